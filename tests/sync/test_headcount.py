"""How many of our people each administration has (rule 36): numbers only, for who may choose, read from Loket now."""

import pytest
from django.test import Client

from loket_portal.simulator import Simulator
from onboarding.models import LegalEntity, LoketLogin, Role, User
from onboarding.services import signin
from onboarding.services.access import NotAllowed
from onboarding.services.signin import Purpose
from sync.models import Roster
from sync.services import headcount, people, rosters
from sync.services.headcount import Headcount
from tests.browserless import sign_in_at_loket
from tests.factories import EntityFactory, UserFactory, member
from tests.sync.conftest import CLEAN, SAMPLE

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def chooser(entity: LegalEntity, administrator: User, simulator: Simulator) -> LegalEntity:
    """Signed in to connect, with the sample roster; nothing is chosen yet."""
    sign_in(entity, administrator, Purpose.CONNECT)
    rosters.upload(entity, administrator, SAMPLE.name, SAMPLE.read_bytes())
    return entity


def sign_in(entity: LegalEntity, user: User, purpose: Purpose) -> None:
    address = signin.begin(entity, "session-1", user=user, purpose=purpose)
    signin.complete("session-1", sign_in_at_loket(address), user=user)
    entity.refresh_from_db()


def read(entity: LegalEntity, user: User) -> Headcount:
    found = headcount.read(entity, user)
    assert found is not None
    return found


def counts(found: Headcount) -> dict[str, int]:
    return {place.name: place.found for place in found.places}


def employed(simulator: Simulator, name: str) -> set[int]:
    """The employee numbers that work in an administration, straight from the simulator's world."""
    world = simulator.world
    employer = world.all("employer", "")[0].id
    administration = next(a.id for a in world.all("administration", employer) if a.body["name"] == name)
    return {
        int(employee.mark)
        for employee in world.all("employee", employer)
        for employment in world.all("employment", employer, employee.id)
        if employment.body["payrollAdministration"] == administration and not employment.body["endDate"]
    }


def leave(simulator: Simulator, number: int, day: str) -> None:
    """Somebody's employment ends on that day."""
    world = simulator.world
    employer = world.all("employer", "")[0].id
    employee = world.all("employee", employer, str(number))[0]
    employment = world.all("employment", employer, employee.id)[0]
    world.replace(employment, {**employment.body, "endDate": day})


def test_only_people_in_the_sync_are_counted(chooser: LegalEntity, administrator: User) -> None:
    roster = rosters.current(chooser)
    assert roster
    scope = people.scope(roster)
    assert read(chooser, administrator).total == scope.in_scope
    assert scope.in_scope < roster.person_count, "the sample has people who are not sent"


def test_each_administration_has_its_own_count(chooser: LegalEntity, administrator: User, simulator: Simulator) -> None:
    roster = rosters.current(chooser)
    assert roster
    wanted = people.numbers_in_scope(roster)
    found = counts(read(chooser, administrator))
    assert found == {name: len(employed(simulator, name) & wanted) for name in found}
    assert found["Tulp Horeca B.V."] > found["Tulp Catering"] == 0
    assert len(found) == 5, "the ended one and those with one tax ID stand there too"


@pytest.mark.parametrize(("day", "gone"), [("2020-12-31", 1), ("2999-12-31", 0)])
def test_who_has_left_is_not_found_there(
    chooser: LegalEntity, administrator: User, simulator: Simulator, day: str, gone: int
) -> None:
    roster = rosters.current(chooser)
    assert roster
    before = counts(read(chooser, administrator))[CLEAN]
    leave(simulator, min(employed(simulator, CLEAN) & people.numbers_in_scope(roster)), day)
    assert counts(read(chooser, administrator))[CLEAN] == before - gone


def test_without_a_roster_there_is_nothing_to_count(chooser: LegalEntity, administrator: User) -> None:
    Roster.objects.all().delete()
    assert headcount.read(chooser, administrator) is None


def test_a_check_sign_in_reads_no_people(  # rule 8
    entity: LegalEntity, administrator: User, simulator: Simulator
) -> None:
    sign_in(entity, administrator, Purpose.CHECK)
    rosters.upload(entity, administrator, SAMPLE.name, SAMPLE.read_bytes())
    simulator.log.clear()
    assert headcount.read(entity, administrator) is None
    assert simulator.log.all() == []


def test_who_may_not_edit_payroll_is_refused_before_loket_is_asked(chooser: LegalEntity, simulator: Simulator) -> None:
    simulator.log.clear()
    reader = member(chooser, Role.Preset.PAYROLL_MANAGER)
    reader.memberships.get().role.payroll_entities.clear()
    with pytest.raises(NotAllowed):
        headcount.read(chooser, reader)
    assert simulator.log.all() == []


# --- The fragment and the page --------------------------------------------------------------------------------------------

FRAGMENT = {"HX-Request": "true"}


def text(client: Client, entity: LegalEntity, **headers: str) -> str:
    answer = client.get(f"/entities/{entity.pk}/headcount/", headers=headers)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_the_fragment_fills_the_places_of_the_chooser(
    chooser: LegalEntity, signed_in: Client, administrator: User
) -> None:
    page = text(signed_in, chooser, **FRAGMENT)
    found = read(chooser, administrator)
    assert "<html" not in page
    for place in found.places:
        expected = f'<p id="found-{place.id}" class="small" hx-swap-oob="true"> {place.found} of {found.total} of our'
        assert expected in page


def test_without_script_it_is_a_whole_page_with_names_and_a_way_back(
    chooser: LegalEntity, signed_in: Client, administrator: User
) -> None:
    page = text(signed_in, chooser)
    found = read(chooser, administrator)
    assert "<html" in page
    for place in found.places:
        assert f"<strong>{place.name}</strong>: {place.found} of {found.total} of our people found here" in page
    assert f'href="/entities/{chooser.pk}/administration/"' in page
    assert "hx-swap-oob" not in page


def test_nobodys_name_or_number_is_in_either(chooser: LegalEntity, signed_in: Client) -> None:
    roster = rosters.current(chooser)
    assert roster
    said = text(signed_in, chooser) + text(signed_in, chooser, **FRAGMENT)
    for record in rosters.records(roster):
        assert record.name not in said
        assert not record.text("employee_number") or f">{record.text('employee_number')}<" not in said


def test_a_loket_that_is_away_is_a_sentence(chooser: LegalEntity, signed_in: Client, simulator: Simulator) -> None:
    simulator.faults.plan(action="drop_before", times=1000)  # stopped, it could not tell its secrets to the grep
    for headers in ({}, FRAGMENT):
        assert "can't be counted now" in text(signed_in, chooser, **headers)


def test_a_reader_is_told_who_sees_it(chooser: LegalEntity, client: Client) -> None:
    reader = member(chooser, Role.Preset.PAYROLL_MANAGER)
    reader.memberships.get().role.payroll_entities.clear()
    client.force_login(reader, backend=BACKEND)
    assert "Only members with payroll edit see" in text(client, chooser, **FRAGMENT)


def test_another_company_finds_nothing(chooser: LegalEntity, client: Client, simulator: Simulator) -> None:
    simulator.log.clear()
    for stranger in (member(EntityFactory()), UserFactory(is_staff=True, is_superuser=True)):
        client.force_login(stranger, backend=BACKEND)
        assert client.get(f"/entities/{chooser.pk}/headcount/", headers=FRAGMENT).status_code == 404
    assert simulator.log.all() == []


def test_the_sign_in_of_another_entity_counts_nothing(
    chooser: LegalEntity, administrator: User, simulator: Simulator
) -> None:
    other = EntityFactory(company=chooser.company)
    administrator.memberships.get().role.payroll_entities.add(other)
    rosters.upload(other, administrator, SAMPLE.name, SAMPLE.read_bytes())
    assert LoketLogin.objects.exists()
    assert headcount.read(other, administrator) is None
