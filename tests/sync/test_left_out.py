"""What somebody had left out is remembered with the answer: shown, not sent, not asked again until it is another (D10)."""

from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.conf import LazySettings
from django.utils import timezone

from loket_portal.simulator import Simulator
from mapping.rules import Empty, MappingSet, Rule
from onboarding.models import AuditEvent, Connection, LegalEntity, User
from onboarding.services.access import NotAllowed
from sync.engine import NeedsApproval, Outcome, PersonResult
from sync.guards import Code, Guard, to_json
from sync.models import LeftOut, Run, Standing
from sync.policy import Reason
from sync.records import HRRecord
from sync.services import approvals, execution, left_out, links, retention, runs
from sync.services.memory import key_hashes
from tests.factories import ConnectionFactory, EntityFactory, member
from tests.sync import held, pages
from tests.sync.conftest import writes
from tests.sync.fakes import FakeSeal, World, record, sync
from tests.sync.memories import memory_of
from tests.sync.resourcing import END, HOURS, START
from tests.sync.test_resources_runs import AS_LOKET, MAPPING, leaver

START_DATES = Code.START_DATES.value
LOKETS, MINE, THIRD = "NL24TEST0026007966", "NL91ABNA0417164300", "NL20INGB0001234567"
DAY, OTHER_DAY = "2015-05-01", "2015-06-01"


@pytest.fixture
def world() -> World:
    """One employee, whose bank account was confirmed once."""
    world = World()
    world.ibans[world.hire(1001)] = LOKETS
    sync(world, someone(iban=LOKETS), mapping=MAPPING)
    world.calls.clear()
    return world


def someone(number: int = 1001, **values: Any) -> HRRecord:
    return record(number, number, **AS_LOKET | values)


def run(world: World, *people: HRRecord, **how: Any) -> PersonResult:
    sync(world, *people, mapping=MAPPING, **{"approved": {}} | how)
    return world.results[people[0].key]


def asked(world: World, *people: HRRecord, **how: Any) -> dict[str, int]:
    with pytest.raises(NeedsApproval) as caught:
        run(world, *people, **how)
    return {guard.code: guard.count for guard in caught.value.guards}


def leave_out(world: World) -> None:
    """What the plan asks about is left out, as `left_out.remember` keeps it."""
    for key, result in world.planned.items():
        signs = {change.needs: change.sign for change in result.changes if change.sign}
        world.left_out.setdefault(key, {}).update(signs)


def left(result: PersonResult) -> set[str]:
    return {change.field for change in result.changes if change.left_out}


# --- a run --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        (someone(start_date=DAY), Code.START_DATES, START),
        (someone(iban=MINE), Code.BANK_ACCOUNTS, "iban"),
        (leaver(), Code.ENDED_EMPLOYMENTS, END),
    ],
)
def test_the_same_difference_is_shown_and_not_asked_again(
    world: World, changed: HRRecord, code: str, field: str
) -> None:
    assert asked(world, changed) == {code: 1}
    leave_out(world)
    found = run(world, changed)
    assert (world.writes, field in left(found)) == ([], True)
    assert found.outcome in {Outcome.UNCHANGED, Outcome.SKIPPED}
    assert not any(change.sendable for change in found.changes)
    assert run(world, changed).changes == found.changes, "nor by the run after"


def test_who_has_nothing_else_is_told_to_be_left_out(world: World) -> None:
    asked(world, someone(start_date=DAY))
    leave_out(world)
    assert run(world, someone(start_date=DAY)).reason == Reason.LEFT_OUT


@pytest.mark.parametrize(
    ("first", "then", "code"),
    [
        ({"start_date": DAY}, {"start_date": OTHER_DAY}, "start_dates"),
        ({"iban": MINE}, {"iban": THIRD}, "bank_accounts"),
    ],
)
def test_another_value_in_hr_is_asked_about(world: World, first: Any, then: Any, code: str) -> None:
    asked(world, someone(**first))
    leave_out(world)
    assert asked(world, someone(**then)) == {code: 1}
    assert world.left_out == {"1001": {}}, "the answer was about something else"


def test_another_day_in_loket_is_asked_about(world: World) -> None:
    asked(world, someone(start_date=DAY))
    leave_out(world)
    (employment,) = world.employments.values()
    employment["startDate"] = OTHER_DAY
    assert asked(world, someone(start_date=DAY)) == {"start_dates": 1}


def test_another_account_that_loket_was_seen_to_have_is_asked_about(world: World) -> None:
    asked(world, someone(iban=MINE))
    leave_out(world)
    world.fingerprints["1001", "iban"] = FakeSeal().fingerprint("iban", THIRD)
    assert asked(world, someone(iban=MINE)) == {"bank_accounts": 1}


def test_an_account_that_has_to_be_read_first_is_recognised_too(world: World) -> None:
    asked(world, someone(iban=MINE))
    leave_out(world)
    world.fingerprints.clear()
    found = run(world, someone(iban=MINE))
    assert (left(found), world.writes) == ({"iban"}, [])


def test_what_agrees_meanwhile_is_forgotten(world: World) -> None:
    asked(world, someone(start_date=DAY, iban=MINE))
    leave_out(world)
    run(world, someone(start_date="2015-04-01", iban=LOKETS))
    assert world.left_out == {"1001": {}}


def test_a_preview_shows_it_and_forgets_nothing(world: World) -> None:
    asked(world, someone(start_date=DAY))
    leave_out(world)
    found = run(world, someone(start_date=DAY), dry_run=True)
    assert (found.outcome, left(found)) == (Outcome.UNCHANGED, {START})
    run(world, someone(start_date="2015-04-01"), dry_run=True)
    assert world.left_out["1001"]


def test_the_rest_of_the_person_goes(world: World) -> None:
    asked(world, someone(iban=MINE, start_date=DAY))
    leave_out(world)
    found = run(world, someone(iban=MINE, start_date=DAY, first_name="Jo", hours_per_week="32"))
    assert (found.outcome, left(found)) == (Outcome.CHANGED, {START, "iban"})
    assert {name for name, _ in world.writes} == {"put_employee", "create_working_hours"}


def test_a_yes_about_somebody_else_sends_only_that(world: World) -> None:
    world.hire(1002)
    asked(world, someone(start_date=DAY))
    leave_out(world)
    people = (someone(start_date=DAY), someone(1002, start_date=DAY))
    assert asked(world, *people) == {"start_dates": 1}
    run(world, *people, approved={"start_dates": 1}, resume=True)
    assert [row["startDate"] for row in world.employments.values()] == ["2015-04-01", DAY]


def test_an_account_that_was_left_out_stays_so_when_nobody_is_asked_any_more(world: World) -> None:
    asked(world, someone(iban=MINE))
    leave_out(world)
    run(world, someone(iban=MINE), asks_for_iban=False)
    assert world.writes == []
    world.left_out.clear()
    run(world, someone(iban=MINE), asks_for_iban=False)
    assert [name for name, _ in world.writes] == ["put_payment_information"]


def test_what_waits_for_a_return_is_left_out_with_it(world: World) -> None:
    (employment,) = world.employments.values()
    employment["endDate"] = "2026-10-31"
    others = [rule for rule in MAPPING.rules if rule.target != END]
    mapping = MappingSet("M", 1, (*others, Rule(END, "end_date", empty=Empty.CLEAR)))
    back = someone(end_date=None, hours_per_week="32")
    with pytest.raises(NeedsApproval):
        sync(world, back, mapping=mapping, approved={})
    leave_out(world)
    more = someone(end_date=None, hours_per_week="24")
    sync(world, more, mapping=mapping, approved={})
    assert left(world.results["1001"]) == {END, HOURS}
    assert world.writes == []


# --- what need not be looked at again -----------------------------------------------------------------------------------

DIFFERENCES = [(someone(start_date=DAY), START), (someone(iban=MINE), "iban"), (leaver(), END)]


def calls(world: World, *people: HRRecord, **how: Any) -> list[str]:
    """Those of one more run, which trusts what is remembered."""
    world.calls.clear()
    sync(world, *people, mapping=MAPPING, **{"approved": {}, "is_full": False} | how)
    return [name for name, _ in world.calls]


def settled(world: World, *people: HRRecord) -> None:
    """Somebody has left out what the first run asked, and a run has ended so."""
    asked(world, *people)
    leave_out(world)
    calls(world, *people)


@pytest.mark.parametrize(("changed", "field"), DIFFERENCES, ids=["a first day", "an account", "an end"])
def test_as_long_as_both_sides_stay_as_they_are_the_next_run_is_one_call(
    world: World, changed: HRRecord, field: str
) -> None:
    settled(world, changed)
    assert field in left(world.results["1001"])
    assert calls(world, changed) == ["versions"]
    assert world.same_as_before == 1


@pytest.mark.parametrize(("changed", "field"), DIFFERENCES, ids=["a first day", "an account", "an end"])
def test_who_is_to_be_asked_again_is_though_nothing_has_moved(world: World, changed: HRRecord, field: str) -> None:
    """Also when a run was under way that moment, and has said afterwards how everybody stands."""
    settled(world, changed)
    calls(world, changed)
    world.left_out.clear()
    found = asked(world, changed, is_full=False)
    assert list(found.values()) == [1], field


def test_somebody_else_who_changes_is_read_alone(world: World) -> None:
    world.hire(1002)
    one, other = someone(start_date=DAY), someone(1002)
    settled(world, one, other)
    world.calls.clear()
    sync(world, one, someone(1002, first_name="Jo"), mapping=MAPPING, approved={}, is_full=False)
    assert [about for name, about in world.calls if name == "snapshot"] == ["1002"]
    assert world.results["1002"].outcome is Outcome.CHANGED
    assert calls(world, one, someone(1002, first_name="Jo")) == ["versions"]


def test_who_was_written_beside_it_is_as_certain(world: World) -> None:
    changed = someone(start_date=DAY, first_name="Jo", hours_per_week="32")
    asked(world, changed)
    leave_out(world)
    assert "create_working_hours" in calls(world, changed)
    assert calls(world, changed) == ["versions"]


def test_an_edit_in_loket_is_looked_at(world: World) -> None:
    settled(world, someone(start_date=DAY))
    (loket_id,), (employment,) = world.employments.keys(), world.employments.values()
    employment["startDate"] = OTHER_DAY
    world.touch(loket_id)
    assert asked(world, someone(start_date=DAY), is_full=False) == {"start_dates": 1}


def test_what_was_left_out_of_one_run_alone_is_asked_about_by_the_next(world: World) -> None:
    """It turned up after the answer, so no answer is remembered about it."""
    run(world, someone(start_date=DAY), approved={START_DATES: 0})
    assert asked(world, someone(start_date=DAY), is_full=False) == {"start_dates": 1}


# --- the answer ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def connection(entity: LegalEntity, administrator: User) -> Connection:
    pages.upload(entity, administrator)
    return ConnectionFactory(entity=entity)


def waiting(connection: Connection, *signs: str, guard: str = Code.BANK_ACCOUNTS, **more: Any) -> Run:
    """A sync that asks about the bank account of 1001, 1002, …; each difference has one of these signs."""
    guards = to_json([Guard(guard, len(signs), 60), Guard(Code.TOO_MANY_CHANGES, 30, 60)])
    made = held.held(connection, Run.State.WAITING, guards=guards)
    for number, sign in enumerate(signs, 1001):
        key = str(number)
        change = {"field": "iban", "old": "••••••", "new": "••••••300", "sendable": True, "needs": guard, "sign": sign}
        detail = {
            "changes": [change | more, change | more | {"sign": "", "field": "x"}],
            "problems": [],
            "messages": [],
        }
        person = {"key": key, "name": f"Person {key}", "number": key}
        key_hash = key_hashes(connection, key)[0]
        made.results.create(row=number, key_hash=key_hash, outcome="planned", person=person, detail=detail)
    return made


def answer(connection: Connection, user: User | None, *signs: str, is_yes: bool = False, **more: Any) -> Run:
    made = waiting(connection, *signs, **more)
    approvals.approve(made, user, {Code.BANK_ACCOUNTS: is_yes, Code.TOO_MANY_CHANGES: True})
    Run.objects.update(state=Run.State.SUCCEEDED)  # as it goes on to its end
    return made


@pytest.mark.usefixtures("rung")
class TestTheAnswer:
    def test_what_is_left_out_is_kept_for_each_person(self, connection: Connection, administrator: User) -> None:
        made = answer(connection, administrator, "one", "two")
        memory = memory_of(connection)
        assert dict(memory.left_out("1001")) == {"bank_accounts": "one"}
        assert dict(memory.left_out("1002")) == {"bank_accounts": "two"}
        assert dict(memory.left_out("1003")) == {}
        row = LeftOut.objects.get(sign="one")
        assert (row.said_by, row.run, row.ended_at) == (administrator, made, None)

    def test_what_is_agreed_to_is_not(self, connection: Connection) -> None:
        answer(connection, None, "one", is_yes=True)
        assert not LeftOut.objects.exists()

    def test_nothing_is_kept_of_a_sync_that_is_cancelled_instead(self, connection: Connection) -> None:
        made = waiting(connection, "one")
        approvals.approve(made, None, {Code.BANK_ACCOUNTS: False, Code.TOO_MANY_CHANGES: False})
        assert not LeftOut.objects.exists()

    def test_what_was_left_out_before_stays_as_it_was(self, connection: Connection) -> None:
        first = answer(connection, None, "one")
        answer(connection, None, "one", left_out=True)
        assert LeftOut.objects.get().run == first

    def test_another_difference_takes_its_place(self, connection: Connection, settings: LazySettings) -> None:
        answer(connection, None, "one")
        settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode(), *settings.FIELD_ENCRYPTION_KEYS]
        answer(connection, None, "two")
        assert dict(memory_of(connection).left_out("1001")) == {"bank_accounts": "two"}
        assert LeftOut.objects.get(ended_at=None).sign == "two"

    def test_values_are_in_no_row_in_clear(self, connection: Connection) -> None:
        answer(connection, None, "one")
        stored = str(LeftOut.objects.values().get()) + str(LeftOut.objects.extra(select={"raw": "person"}).get().sign)
        assert "Person 1001" in stored, "as the model reads it"
        from_database = LeftOut.objects.extra(select={"raw": "person", "rawc": "change"}).values_list("raw", "rawc")
        assert not any("1001" in text or "300" in text for text in from_database.get())

    def test_the_run_forgets_what_is_another_now(self, connection: Connection) -> None:
        answer(connection, None, "one")
        memory = memory_of(connection)
        memory.ask_again("1001", "bank_accounts")
        memory.ask_again("1002", "bank_accounts")
        assert dict(memory.left_out("1001")) == {}
        row = LeftOut.objects.get()
        assert row.ended_at is not None
        assert row.ended_by is None


# --- the page -----------------------------------------------------------------------------------------------------------


def out(connection: Connection, name: str = "Johanna Berg", **fields: Any) -> LeftOut:
    change = {"field": START, "old": "2015-04-01", "new": DAY}
    person = {"key": "1001", "name": name, "number": "1001"}
    known: dict[str, Any] = {
        "key_hash": f"hash-{name}",
        "guard": "start_dates",
        "sign": "s",
        "person": person,
        "change": change,
    }
    known |= {"since": timezone.now()}
    return LeftOut.objects.create(connection=connection, **known | fields)


def page(client: Any, connection: Connection, path: str = "left-out/") -> str:
    return " ".join(client.get(f"/entities/{connection.entity_id}/{path}").content.decode().split())


def ask(client: Any, connection: Connection, change: object) -> str:
    url = f"/entities/{connection.entity_id}/left-out/"
    return client.post(url, {"change": change}, follow=True).content.decode()


class TestThePage:
    def test_it_lists_who_what_and_how_it_is_in_loket(self, signed_in: Any, connection: Connection) -> None:
        made = pages.run(connection)
        out(connection, run=made)
        text = page(signed_in, connection)
        for said in ("Johanna Berg", "1001", "1 May 2015", "1 April 2015", "Loket keeps the start date that it has."):
            assert said in text, said
        assert f'href="/entities/{connection.entity_id}/runs/{made.pk}/"' in text

    @pytest.mark.parametrize("guard", ["bank_accounts", "ended_employments", "start_dates", "reinstatements", "newer"])
    def test_every_kind_has_its_words(self, signed_in: Any, connection: Connection, guard: str) -> None:
        out(connection, guard=guard)
        assert page(signed_in, connection).count("Ask again") == 2

    def test_asking_again_ends_it_is_audited_and_has_the_next_sync_look(
        self, signed_in: Any, connection: Connection
    ) -> None:
        Standing.objects.create(connection=connection, mark="all")
        kept, ended = out(connection, "Jan Vos"), out(connection)
        assert "The next sync asks about it again." in ask(signed_in, connection, ended.pk)
        assert list(LeftOut.objects.filter(ended_at=None)) == [kept]
        told = AuditEvent.objects.get(action="left_out_asked")
        assert (told.entity, told.detail) == (connection.entity, "start_dates: employee number 1001")
        assert Standing.objects.get().mark == ""

    def test_what_ended_meanwhile_is_no_error(self, signed_in: Any, connection: Connection) -> None:
        ended = out(connection, ended_at=timezone.now())
        for change in (ended.pk, "", "x", "9" * 40):
            assert "This change is not left out any more." in ask(signed_in, connection, change)
        assert not AuditEvent.objects.filter(action="left_out_asked").exists()

    def test_one_of_another_entity_is_not_ended_from_here(self, signed_in: Any, connection: Connection) -> None:
        other = out(ConnectionFactory(entity=EntityFactory(company=connection.entity.company)))
        ask(signed_in, connection, other.pk)
        other.refresh_from_db()
        assert other.ended_at is None

    def test_without_payroll_edit_nothing_is_ended(self, client: Any, connection: Connection) -> None:
        reader = member(connection.entity)
        reader.memberships.update(role=connection.entity.company.roles.create(name="Reader"))
        made = out(connection)
        with pytest.raises(NotAllowed):
            left_out.ask_again(connection.entity, str(made.pk), reader)
        client.force_login(reader, backend="allauth.account.auth_backends.AuthenticationBackend")
        assert "Ask again" not in page(client, connection)
        assert "Your role has no payroll edit" in ask(client, connection, made.pk)
        made.refresh_from_db()
        assert made.ended_at is None

    def test_the_overview_has_the_number_of_people_and_the_way_there(
        self, signed_in: Any, connection: Connection
    ) -> None:
        assert "left-out" not in page(signed_in, connection, "")
        out(connection, "Jan Vos")
        out(connection, "Jan Vos", guard="bank_accounts")
        out(connection)
        text = page(signed_in, connection, "")
        assert "2 people have a change that somebody had left out" in text
        assert f'href="/entities/{connection.entity_id}/left-out/"' in text

    def test_nothing_left_out_is_said(self, signed_in: Any, connection: Connection) -> None:
        out(connection, ended_at=timezone.now())
        assert "Nothing is left out" in page(signed_in, connection)

    def test_the_results_show_it_as_left_out_with_the_way_there(self, signed_in: Any, connection: Connection) -> None:
        made = waiting(connection, "one", left_out=True, sendable=False)
        text = page(signed_in, connection, f"runs/{made.pk}/?show=all")
        assert text.count(f'href="/entities/{connection.entity_id}/left-out/"') == 2
        assert "Person 1001" not in page(signed_in, connection, f"runs/{made.pk}/?show=bank_accounts"), "nobody asks"
        Run.objects.update(state=Run.State.SUCCEEDED, approved={"bank_accounts": 0})
        assert "Person 1001" in page(signed_in, connection, f"runs/{made.pk}/?show=bank_accounts")


# --- how long it is kept ------------------------------------------------------------------------------------------------


def test_a_person_who_is_forgotten_is_forgotten_here_too(connection: Connection) -> None:
    out(connection, key_hash=key_hashes(connection, "1001")[0])
    kept = out(connection, key_hash=key_hashes(connection, "1002")[0])
    memory_of(connection).link("1001", "e0000000-0000-4000-8000-000000001001", False)
    assert links.forget(connection, "1001", "left for good")
    assert list(LeftOut.objects.all()) == [kept]


def test_values_go_after_their_term_and_not_while_they_are_needed(
    connection: Connection, settings: LazySettings
) -> None:
    old = timezone.now() - timedelta(days=settings.RESULT_RETENTION_DAYS + 1)
    now, ended = out(connection, since=old), out(connection, "Jan Vos", since=old, ended_at=old)
    retention.purge()
    now.refresh_from_db()
    ended.refresh_from_db()
    assert (now.person is None, now.change is None) == (False, False)
    assert (ended.person, ended.change) == (None, None)
    Connection.objects.update(entity=None, released_at=old, former_entity=connection.entity)
    retention.purge()
    now.refresh_from_db()
    assert (now.person, now.change) == (None, None)


# --- with all of it -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_next_sync_of_the_same_people_does_not_wait_again(
    sample: Connection, administrator: User, simulator: Simulator
) -> None:
    runs.start(sample.entity, is_dry=True, user=administrator, ring=False)
    execution.execute(Run.objects.get().pk)
    first = executed(sample, administrator)
    while first.state == Run.State.WAITING:
        asks = approvals.questions(first)
        approvals.approve(first, administrator, {one.code: not one.can_be_left_out for one in asks})
        first = execution.execute(first.pk)
    remembered = LeftOut.objects.filter(ended_at=None).count()
    assert remembered > 0
    sent = len(writes(simulator))
    again = executed(sample, administrator)
    assert again.state in Run.FINISHED, again.guards
    assert len(writes(simulator)) == sent
    assert LeftOut.objects.filter(ended_at=None).count() == remembered
    shown = [change for one in first.results.all() for change in one.detail["changes"] if change.get("left_out")]
    assert len(shown) >= remembered

    assert left_out.ask_again(sample.entity, str(LeftOut.objects.filter(ended_at=None)[0].pk), administrator)
    assert executed(sample, administrator).state == Run.State.WAITING


def executed(connection: Connection, user: User) -> Run:
    started = runs.start(connection.entity, is_dry=False, user=user, ring=False)
    ended = execution.execute(started.pk)
    assert ended is not None
    return ended
