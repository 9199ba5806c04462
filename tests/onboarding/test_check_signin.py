"""The check sign-in (rule 8): by an administrator or the guest who holds the task; it looks, and connects nothing."""

import pytest
from django.utils import timezone

from loket_portal.simulator import Simulator
from onboarding.facts import Outcome
from onboarding.models import (
    Assignment,
    AuditEvent,
    Connection,
    Evidence,
    Guest,
    LegalEntity,
    LoketLogin,
    Mail,
    Role,
    SignInAttempt,
    User,
)
from onboarding.services import checking, evidence, guests, newcomers, signin
from onboarding.services.signin import Purpose, Refusal, SignInRefused
from onboarding.steps import StepKey
from tests.browserless import sign_in_at_loket
from tests.factories import ConnectionFactory, EntityFactory, login_of, member
from tests.onboarding import setups
from tests.onboarding.trips import ACCOUNTANT, FIRST, OTHER, SECOND, SESSION, holder, linked, trip

VERIFICATION, CONNECTION = LoketLogin.Purpose.VERIFICATION, LoketLogin.Purpose.CONNECTION


@pytest.fixture(autouse=True)
def checked(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Who had the checks run after a sign-in; what they find has tests of its own."""
    asked: list[object] = []
    monkeypatch.setattr(checking, "after_sign_in", lambda *_entity, actor, guest: asked.append(actor or guest))
    return asked


@pytest.fixture
def waiting(entity: LegalEntity) -> LegalEntity:
    """An entity that support has not enabled yet."""
    entity.enabled_at = None
    entity.save()
    return entity


@pytest.fixture
def task(waiting: LegalEntity) -> Assignment:
    return holder(waiting)


def refused(entity: LegalEntity, user: User | None = None, **how: object) -> SignInRefused:
    with pytest.raises(SignInRefused) as caught:
        trip(entity, user, **{"purpose": Purpose.CHECK} | how)  # type: ignore[arg-type]
    return caught.value


def test_an_administrator_may_check_before_support_has_enabled(
    waiting: LegalEntity, administrator: User, simulator: Simulator, checked: list[object]
) -> None:
    login = trip(waiting, administrator, purpose=Purpose.CHECK).login
    waiting.refresh_from_db()
    assert (login.purpose, login.signed_in_by, waiting.loket_login) == (VERIFICATION, administrator, login)
    assert checked == [administrator]


def test_a_payroll_manager_may_not(waiting: LegalEntity) -> None:  # rule 9
    with pytest.raises(SignInRefused) as caught:
        signin.begin(waiting, SESSION, user=member(waiting, Role.Preset.PAYROLL_MANAGER), purpose=Purpose.CHECK)
    assert caught.value.refusal == Refusal.NOT_ALLOWED


@pytest.mark.parametrize("purpose", [Purpose.CONNECT, Purpose.RECONNECT])
def test_only_the_check_is_possible_before_support_has_enabled(
    waiting: LegalEntity, administrator: User, purpose: Purpose
) -> None:
    with pytest.raises(SignInRefused) as caught:
        signin.begin(waiting, SESSION, user=administrator, purpose=purpose)
    assert caught.value.refusal == Refusal.NOT_ENABLED


# --- Guests -----------------------------------------------------------------------------------------------------------


def test_the_guest_who_holds_the_task_may_check_and_comes_back_to_it(
    waiting: LegalEntity, task: Assignment, simulator: Simulator, checked: list[object]
) -> None:
    done = trip(waiting, guest=task.guest, purpose=Purpose.CHECK)
    assert (done.login.purpose, done.login.signed_in_guest) == (VERIFICATION, task.guest)
    assert (done.is_guest, done.guest_task) == (True, task.pk)
    assert checked == [task.guest]
    assert AuditEvent.objects.filter(action="signed_in", guest=task.guest, actor=None).exists()


@pytest.mark.parametrize("purpose", [Purpose.CONNECT, Purpose.RECONNECT])
def test_a_guest_never_connects(entity: LegalEntity, purpose: Purpose) -> None:
    with pytest.raises(SignInRefused) as caught:
        signin.begin(entity, SESSION, guest=holder(entity).guest, purpose=purpose)
    assert caught.value.refusal == Refusal.NOT_YOUR_TASK


def without_task(entity: LegalEntity) -> Assignment:
    return setups.assign(entity, StepKey.LOKET_ACCOUNT, guest=setups.guest(entity))


def of_other_entity(entity: LegalEntity) -> Assignment:
    return holder(EntityFactory(company=entity.company))


def of_other_company(entity: LegalEntity) -> Assignment:
    return holder(EntityFactory())


def of_other_company_with_a_row(entity: LegalEntity) -> Assignment:
    """What no page makes: a task of this entity in the hands of another company's guest."""
    return setups.assign(entity, StepKey.INTEGRATION_USER, guest=setups.guest(EntityFactory()))


@pytest.mark.parametrize("who", [without_task, of_other_entity, of_other_company, of_other_company_with_a_row])
def test_a_guest_who_does_not_hold_the_task_can_not_begin(waiting: LegalEntity, who: object) -> None:
    guest = who(waiting).guest  # type: ignore[operator]
    with pytest.raises(SignInRefused) as caught:
        signin.begin(waiting, SESSION, guest=guest, purpose=Purpose.CHECK)
    assert caught.value.refusal == Refusal.NOT_YOUR_TASK
    assert not SignInAttempt.objects.exists()


@pytest.mark.parametrize("how", ["revoked", "revoked in admin", "taken back"])
def test_a_guest_who_lost_the_task_while_away_stores_nothing(
    waiting: LegalEntity, task: Assignment, administrator: User, simulator: Simulator, how: str
) -> None:
    answer = sign_in_at_loket(signin.begin(waiting, SESSION, guest=task.guest, purpose=Purpose.CHECK))
    if how == "revoked":
        assert task.guest
        guests.revoke(task.guest, administrator)
    elif how == "revoked in admin":  # and the task still stands
        Guest.objects.update(revoked_at=timezone.now())
    else:
        Assignment.objects.update(ended_at=timezone.now())
    with pytest.raises(SignInRefused) as caught:
        signin.complete(SESSION, answer, guest=task.guest)
    assert (caught.value.refusal, caught.value.is_guest) == (Refusal.NOT_YOUR_TASK, True)
    assert not LoketLogin.objects.exists()
    assert not [call for call in simulator.log.all() if call["path"] == "/token"], "the code was never used"


def test_a_state_of_a_guest_is_no_good_for_a_member_in_the_same_browser(
    waiting: LegalEntity, task: Assignment, administrator: User, simulator: Simulator
) -> None:
    answer = sign_in_at_loket(signin.begin(waiting, SESSION, guest=task.guest, purpose=Purpose.CHECK))
    with pytest.raises(SignInRefused) as caught:
        signin.complete(SESSION, answer, user=administrator)
    assert caught.value.refusal == Refusal.WRONG_STATE


# --- What it leaves alone ------------------------------------------------------------------------------------------------


def test_the_purpose_is_never_downgraded(entity: LegalEntity, administrator: User, simulator: Simulator) -> None:
    trip(entity, administrator)
    checked = trip(entity, guest=holder(entity).guest, purpose=Purpose.CHECK).login
    assert (LoketLogin.objects.get(), checked.purpose) == (checked, CONNECTION)


def test_connecting_authorizes_what_was_checked_before(
    entity: LegalEntity, administrator: User, simulator: Simulator
) -> None:
    first = trip(entity, administrator, purpose=Purpose.CHECK).login
    second = trip(entity, administrator).login
    assert (first.purpose, second.pk, second.purpose) == (VERIFICATION, first.pk, CONNECTION)


def test_a_check_by_another_user_of_the_employer_takes_no_connection_over(
    entity: LegalEntity, administrator: User, simulator: Simulator
) -> None:
    connection = linked(EntityFactory(company=entity.company), trip(entity, administrator).login)
    made = trip(entity, administrator, purpose=Purpose.CHECK, as_user=SECOND).login
    connection.refresh_from_db()
    entity.refresh_from_db()
    assert (connection.login.loket_user, entity.loket_login, made.purpose) == (FIRST, made, VERIFICATION)


def test_a_check_hands_no_connection_over(entity: LegalEntity, administrator: User) -> None:
    ConnectionFactory(entity=entity)
    for purpose, number in ((Purpose.CHECK, 0), (Purpose.RECONNECT, 1)):
        attempt = SignInAttempt(entity=entity, user=administrator, purpose=purpose)
        assert Connection.objects.filter(newcomers.taken_over(attempt)).count() == number


def test_a_check_by_another_user_need_not_see_what_it_does_not_serve(
    entity: LegalEntity, administrator: User, simulator: Simulator
) -> None:
    login = trip(entity, administrator).login
    ConnectionFactory(entity=EntityFactory(company=entity.company), login=login)  # an administration that nobody sees
    assert trip(entity, administrator, purpose=Purpose.CHECK, as_user=SECOND).login.loket_user == SECOND


def test_a_connected_entity_is_checked_as_the_user_it_is_connected_as(
    entity: LegalEntity, administrator: User, simulator: Simulator
) -> None:
    connection = linked(entity, trip(entity, administrator).login)
    found = refused(entity, administrator, as_user=SECOND)
    assert (found.refusal, found.names) == (Refusal.OTHER_USER, (FIRST,))
    connection.refresh_from_db()
    assert connection.login.loket_user == FIRST
    assert refused(entity, administrator, as_user=OTHER).refusal == Refusal.OTHER_EMPLOYER
    assert trip(entity, administrator, purpose=Purpose.CHECK).login == connection.login


# --- What a refused one tells ---------------------------------------------------------------------------------------------


def single_employer(entity: LegalEntity) -> object:
    fact = evidence.facts_of([entity])[entity.pk].get("single_employer")
    return fact and (fact.outcome, fact.code)


def test_two_employers_are_a_fact_of_the_entity_until_a_later_check_is_good(  # rules 11 and 35
    waiting: LegalEntity, task: Assignment, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulator.options.change({"two_employers": True})
    assert refused(waiting, guest=task.guest).refusal == Refusal.SEVERAL_EMPLOYERS
    row = Evidence.objects.get()
    assert (row.entity, row.guest, row.params["number"]) == (waiting, task.guest, "2")
    assert (row.details, row.params) == ([], {"number": "2"}), "a guest's own sign-in shows his office's customers"
    assert single_employer(waiting) == (Outcome.FAILED, "several_employers_unnamed")
    assert [fact.key for fact in checking.blocking(waiting)] == ["single_employer"]

    simulator.options.change({"two_employers": False})
    trip(waiting, guest=task.guest, purpose=Purpose.CHECK)
    checking.check(waiting, ["single_employer"])
    assert single_employer(waiting) == (Outcome.PROVED, "one_employer")
    assert checking.blocking(waiting) == ()


def test_a_second_employer_of_a_user_that_was_good_is_told_to_who_mends_it_once(
    waiting: LegalEntity, task: Assignment, administrator: User, simulator: Simulator
) -> None:
    trip(waiting, administrator, purpose=Purpose.CHECK)
    checking.check(waiting, ["single_employer"])
    simulator.options.change({"two_employers": True})
    for _again in range(2):
        refused(waiting, administrator)
    assert task.guest
    [mail] = Mail.objects.filter(kind="problem_found")
    assert mail.to == task.guest.email
    assert "Roos Horeca B.V." in mail.text


def test_of_the_entity_and_its_sign_in_the_newer_word_counts(entity: LegalEntity) -> None:
    login = login_of(entity)
    for outcome, of in ((Outcome.FAILED, {"entity": entity}), (Outcome.PROVED, {"login": login})) * 2:
        setups.found(outcome, "single_employer", **of)
        assert evidence.facts_of([entity])[entity.pk]["single_employer"].outcome is outcome


def test_no_employer_is_a_fact_as_well(waiting: LegalEntity, administrator: User, simulator: Simulator) -> None:
    simulator.options.change({"no_employer": True})
    refused(waiting, administrator)
    assert single_employer(waiting) == (Outcome.FAILED, "no_employer")


def test_a_personal_sign_in_says_nothing_about_the_user_that_is_in_use(
    waiting: LegalEntity, administrator: User, simulator: Simulator
) -> None:
    trip(waiting, administrator, purpose=Purpose.CHECK)
    assert refused(waiting, administrator, as_user=ACCOUNTANT).refusal == Refusal.SEVERAL_EMPLOYERS
    assert single_employer(waiting) is None
    assert AuditEvent.objects.filter(action="sign_in_refused", detail="several_employers").exists()


def test_of_the_customers_of_an_office_only_some_names_are_kept(
    waiting: LegalEntity, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = tuple(f"Klant {number}" for number in range(300))

    def refuse(*_args: object) -> LoketLogin:
        raise SignInRefused(Refusal.SEVERAL_EMPLOYERS, names=names)

    monkeypatch.setattr(signin, "_sign_in", refuse)
    monkeypatch.setattr(signin, "claim", lambda *_args: attempt)
    attempt = SignInAttempt.objects.create(
        entity=waiting, user=administrator, purpose=Purpose.CHECK, code_verifier="v", created_at=timezone.now()
    )
    with pytest.raises(SignInRefused):
        signin.complete(SESSION, {}, user=administrator)
    row = Evidence.objects.get()
    assert (len(row.details), row.params["number"]) == (10, "300")


def test_another_entity_that_uses_the_sign_in_is_left_as_it_is(
    waiting: LegalEntity, administrator: User, simulator: Simulator
) -> None:
    other = EntityFactory(company=waiting.company)
    former = login_of(other)
    trip(waiting, administrator, purpose=Purpose.CHECK)
    other.refresh_from_db()
    assert other.loket_login == former
