""" "Algemeen" in Loket: looked up, made on a click after a confirmation, never twice and never beside a near miss (rule 20)."""

import threading
from datetime import timedelta

import pytest
from django.db import OperationalError, transaction
from django.db import connection as db
from django.test import Client
from django.utils import timezone

from loket_portal.loket.errors import WriteUnsure
from loket_portal.loket.payloads import NamedItem
from loket_portal.simulator import Simulator
from onboarding.facts import Outcome
from onboarding.models import AuditEvent, Evidence, LegalEntity, LoketLogin, Role, User
from onboarding.services import algemeen, checking, evidence, logins, signin
from onboarding.services.algemeen import CreateRefused, Refusal, What
from onboarding.services.signin import Purpose
from tests.browserless import sign_in_at_loket
from tests.factories import EntityFactory, login_of, member

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
POSTS = {What.FUNCTION: "/functions", What.DEPARTMENT: "/departments", What.DISTRIBUTION_UNIT: "/distributionunits"}
OPTION = {What.FUNCTION: "function", What.DEPARTMENT: "department", What.DISTRIBUTION_UNIT: "distributionunit"}


def item(description: str, code: int | None = None) -> NamedItem:
    return NamedItem("key", description, {}, code)


def created(simulator: Simulator) -> list[str]:
    """The paths of everything that was made at Loket."""
    return [call["path"] for call in simulator.log.writes() if "/providers/" in call["path"]]


@pytest.fixture
def checked(entity: LegalEntity, administrator: User, simulator: Simulator) -> LegalEntity:
    """The entity after a check sign-in at a Loket in which nothing is called "Algemeen" yet."""
    simulator.options.change({"missing_algemeen": list(OPTION.values())})
    address = signin.begin(entity, "session-1", user=administrator, purpose=Purpose.CHECK)
    signin.complete("session-1", sign_in_at_loket(address), user=administrator)
    entity.refresh_from_db()
    return entity


# --- Judging a list -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["algemeen", "Algemeen ", " Algemeen", "ALGEMEEN", "Algemeen\u00a0"])
def test_a_name_that_differs_in_case_or_blanks_is_a_near_miss(name: str) -> None:
    seen = algemeen.seen_in([item("Keuken"), item(name)])
    assert seen.exact == 0
    assert len(seen.near) == 1


@pytest.mark.parametrize("name", ["Algemeen beheer", "Algemene zaken", "Keuken", ""])
def test_another_name_is_no_near_miss(name: str) -> None:
    assert algemeen.seen_in([item(name)]) == algemeen.Seen(0, (), frozenset())


def test_the_blanks_of_a_near_miss_can_be_seen() -> None:
    assert algemeen.seen_in([item("algemeen ")]).near == ("algemeen·",)


@pytest.mark.parametrize(("codes", "free"), [((), 1), ((1, 2, 4), 3), ((2, 3), 1), ((1, 2), 3), ((-1, 0, 1), 2)])
def test_the_free_code_is_the_lowest_from_1(codes: tuple[int, ...], free: int) -> None:
    assert algemeen.seen_in([item("Keuken", code) for code in codes]).free_code == free


# --- Making it ------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("what", What)
def test_what_is_missing_is_made_once_and_the_check_sees_it(
    checked: LegalEntity, administrator: User, simulator: Simulator, what: What
) -> None:
    assert algemeen.create(checked, what, administrator) == "Algemeen"
    assert [path.rpartition("/")[2] for path in created(simulator)] == [POSTS[what].strip("/")]
    facts = evidence.facts_of([checked])[checked.pk]
    assert facts[what.fact].outcome is Outcome.PROVED
    assert algemeen.items_in(facts)[list(What).index(what)].state is algemeen.ItemState.FOUND
    event = AuditEvent.objects.get(action=AuditEvent.Action.CREATED_IN_LOKET)
    assert (event.actor, event.entity, event.detail) == (administrator, checked, f"{what}: Algemeen")


@pytest.mark.django_db
def test_a_second_click_finds_it_and_makes_nothing(
    checked: LegalEntity, administrator: User, simulator: Simulator
) -> None:
    algemeen.create(checked, What.DEPARTMENT, administrator)
    with pytest.raises(CreateRefused) as refused:
        algemeen.create(checked, What.DEPARTMENT, administrator)
    assert refused.value.refusal is Refusal.EXISTS
    assert len(created(simulator)) == 1


@pytest.mark.django_db
def test_while_somebody_makes_it_nobody_else_does_also_by_another_user_of_the_employer(
    checked: LegalEntity, administrator: User, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = EntityFactory(company=checked.company)
    colleague = member(other)
    first = logins.login_for(checked)
    assert first is not None
    login_of(other, employer_id=first.employer_id)
    make, seen = algemeen._make, []

    def in_between(login: LoketLogin, what: What, code: int) -> NamedItem:
        with pytest.raises(CreateRefused) as refused:
            algemeen.create(other, what, colleague)
        seen.append(refused.value.refusal)
        return make(login, what, code)

    monkeypatch.setattr(algemeen, "_make", in_between)
    algemeen.create(checked, What.FUNCTION, administrator)
    assert seen == [Refusal.BUSY]
    assert len(created(simulator)) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.any_database
def test_of_two_clicks_at_the_same_moment_one_gets_the_turn(entity: LegalEntity, administrator: User) -> None:
    login = login_of(entity)
    start, won = threading.Barrier(2), []

    def click() -> None:
        start.wait()
        try:
            algemeen._take_turn(login, What.FUNCTION, administrator)
            won.append(True)
        except CreateRefused:
            won.append(False)
        finally:
            db.close()

    threads = [threading.Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False, True]


@pytest.mark.django_db(transaction=True)
def test_the_turn_is_compared_and_taken_under_a_lock(entity: LegalEntity, administrator: User) -> None:
    login = login_of(entity)
    found: list[bool] = []

    def knock() -> None:
        try:
            with transaction.atomic():
                LoketLogin.objects.select_for_update(nowait=True).get(pk=login.pk)
            found.append(True)
        except OperationalError:
            found.append(False)
        finally:
            db.close()

    with transaction.atomic():
        algemeen._take_turn(login, What.FUNCTION, administrator)
        thread = threading.Thread(target=knock)
        thread.start()
        thread.join()
    assert found == [False]


@pytest.mark.django_db
def test_a_turn_that_was_never_ended_holds_nobody_up_for_long(entity: LegalEntity, administrator: User) -> None:
    login = login_of(entity)
    algemeen._take_turn(login, What.FUNCTION, administrator)
    Evidence.objects.update(at=timezone.now() - algemeen.LEASE - timedelta(seconds=1))
    algemeen._take_turn(login, What.FUNCTION, administrator)
    assert Evidence.objects.filter(fact="creating_function").count() == 2


@pytest.mark.django_db
def test_a_near_miss_is_told_and_nothing_is_made_beside_it(
    checked: LegalEntity, administrator: User, simulator: Simulator
) -> None:
    simulator.options.change({"missing_algemeen": [], "algemeen_variants": {"department": "algemeen "}})
    with pytest.raises(CreateRefused) as refused:
        algemeen.create(checked, What.DEPARTMENT, administrator)
    assert refused.value.refusal is Refusal.NEAR_MISS
    assert refused.value.near == ("algemeen·",)
    assert created(simulator) == []


@pytest.mark.django_db
def test_a_lost_answer_is_noted_and_the_next_attempt_finds_what_was_made(
    checked: LegalEntity, administrator: User, simulator: Simulator
) -> None:
    simulator.faults.plan(action="drop_after", method="POST", path="/functions")
    with pytest.raises(WriteUnsure):
        algemeen.create(checked, What.FUNCTION, administrator)
    assert "no clear answer" in AuditEvent.objects.get(action=AuditEvent.Action.CREATED_IN_LOKET).detail
    with pytest.raises(CreateRefused) as refused:
        algemeen.create(checked, What.FUNCTION, administrator)
    assert refused.value.refusal is Refusal.EXISTS
    assert evidence.facts_of([checked])[checked.pk]["algemeen_function"].outcome is Outcome.PROVED


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("preset", "refusal"),
    [(Role.Preset.PAYROLL_MANAGER, Refusal.NOT_ALLOWED), (Role.Preset.ADMINISTRATOR, Refusal.SIGN_IN_FIRST)],
)
def test_it_takes_an_administrator_and_a_sign_in(entity: LegalEntity, preset: Role.Preset, refusal: Refusal) -> None:
    with pytest.raises(CreateRefused) as refused:
        algemeen.create(entity, What.FUNCTION, member(entity, preset))
    assert refused.value.refusal is refusal


# --- The pages ------------------------------------------------------------------------------------------------------------


def create_url(entity: LegalEntity, what: str = "department") -> str:
    return f"/entities/{entity.pk}/setup/loket-account/create/?what={what}"


def test_the_page_asks_first_and_only_the_confirmed_post_creates(
    signed_in: Client, checked: LegalEntity, simulator: Simulator
) -> None:
    page = signed_in.get(create_url(checked)).content.decode()
    assert "Create it in Loket" in page
    unconfirmed = signed_in.post(create_url(checked), {"what": "department"})
    assert unconfirmed.status_code == 200
    assert created(simulator) == []
    answer = signed_in.post(create_url(checked), {"what": "department", "confirmed": "yes"})
    assert answer["Location"] == f"/entities/{checked.pk}/setup/loket-account/"
    assert len(created(simulator)) == 1


def test_a_member_without_the_role_gets_403_and_nothing_is_made(
    client: Client, checked: LegalEntity, simulator: Simulator
) -> None:
    client.force_login(member(checked, Role.Preset.PAYROLL_MANAGER), backend=BACKEND)
    assert client.get(create_url(checked)).status_code == 403
    assert client.post(create_url(checked), {"what": "department", "confirmed": "yes"}).status_code == 403
    assert created(simulator) == []


def test_beside_a_near_miss_the_page_says_rename_and_has_no_button(
    signed_in: Client, checked: LegalEntity, simulator: Simulator
) -> None:
    simulator.options.change({"missing_algemeen": [], "algemeen_variants": {"department": "algemeen "}})
    page = signed_in.get(create_url(checked)).content.decode()
    assert "algemeen·" in page
    assert "renames it in Loket" in page
    assert "Create it in Loket" not in page


def test_a_missing_right_is_named_with_who_gives_it(
    signed_in: Client, checked: LegalEntity, simulator: Simulator
) -> None:
    simulator.options.change({"missing_rights": ["Applicatiebeheer werkgever"]})
    page = signed_in.post(create_url(checked), {"what": "function", "confirmed": "yes"}).content.decode()
    assert "Applicatiebeheer werkgever" in page
    assert "payroll administrator or tax accountant gives" in page
    assert created(simulator) == []


def test_an_unknown_list_is_not_found(signed_in: Client, entity: LegalEntity) -> None:
    assert signed_in.get(create_url(entity, "employee")).status_code == 404


def test_the_task_shows_each_of_the_three_by_itself(
    signed_in: Client, checked: LegalEntity, administrator: User, simulator: Simulator
) -> None:
    missing = signed_in.get(f"/entities/{checked.pk}/setup/loket-account/").content.decode()
    for what in What:
        assert f"loket-account/create/?what={what}" in missing
    algemeen.create(checked, What.FUNCTION, administrator)
    page = signed_in.get(f"/entities/{checked.pk}/setup/loket-account/").content.decode()
    assert "?what=function" not in page
    assert "?what=department" in page


def test_a_near_miss_and_two_of_them_are_shown_on_the_task(
    signed_in: Client, checked: LegalEntity, administrator: User, simulator: Simulator
) -> None:
    options = {
        "missing_algemeen": [],
        "algemeen_variants": {"department": "algemeen "},
        "algemeen_twice": ["function"],
    }
    simulator.options.change(options)
    checking.check(checked, actor=administrator)
    page = signed_in.get(f"/entities/{checked.pk}/setup/loket-account/").content.decode()
    assert "algemeen·" in page
    assert "Found more than once" in page
    assert "?what=department" not in page


def test_before_any_sign_in_the_task_can_be_reported_by_hand(signed_in: Client, entity: LegalEntity) -> None:
    url = f"/entities/{entity.pk}/setup/loket-account/"
    assert "?what=" not in signed_in.get(url).content.decode()
    signed_in.post(url)
    row = Evidence.objects.get(fact="loket-account")
    assert row.outcome == Outcome.DECLARED
    assert "Completed" in signed_in.get(url).content.decode()


def test_without_payroll_edit_the_task_is_there_to_read_only(client: Client, entity: LegalEntity) -> None:
    reader = member(entity, Role.Preset.PAYROLL_MANAGER)
    reader.memberships.get().role.payroll_entities.clear()
    client.force_login(reader, backend=BACKEND)
    page = client.get(f"/entities/{entity.pk}/setup/loket-account/").content.decode()
    assert "report it done" not in page
    assert "no payroll edit" in page
    assert client.post(f"/entities/{entity.pk}/setup/loket-account/").status_code == 403
    assert not Evidence.objects.exists()
