"""The statements that a run writes out itself do what the models would have done, on either database."""

from datetime import date

import pytest

from onboarding.models import Connection
from sync.models import Link, Operation, Result, RosterPerson, Run
from sync.services import rosters, statements
from sync.services.statements import LinkRow, ResultRow, link_row
from tests.factories import ConnectionFactory, EntityFactory
from tests.sync import pages

pytestmark = [pytest.mark.any_database, pytest.mark.django_db]
ONE = "0a000000-0000-4000-8000-000000000001"
ODD = 'Zoë "d\'Hondt" \\ %s %% \u2028 漢'


@pytest.fixture
def connection() -> Connection:
    return ConnectionFactory(entity=EntityFactory())


@pytest.fixture
def run(connection: Connection) -> Run:
    return Run.objects.create(connection=connection, is_dry=False)


def row(key: str, outcome: str = "planned", **more: object) -> ResultRow:
    given = {"row": 2, "reason": "", "not_sent_count": 0, "person": '{"name":"A"}', "detail": '{"changes":[]}'} | more
    return ResultRow(key, outcome=outcome, **given)  # type: ignore[arg-type]


def test_a_result_is_stored_as_it_was_given_and_encrypted(run: Run) -> None:
    statements.put_results(run, [row("a" * 64, person=statements.as_json({"name": ODD}), not_sent_count=3)])
    found = Result.objects.get()
    assert (found.run, found.key_hash, found.row, found.outcome, found.not_sent_count) == (
        run,
        "a" * 64,
        2,
        "planned",
        3,
    )
    assert (found.person, found.detail, found.attempts) == ({"name": ODD}, {"changes": []}, 0)
    raw = Result.objects.extra(select={"raw": "person"}).values_list("raw", flat=True).get()
    assert "Zo" not in raw


def test_a_later_result_takes_its_place_and_keeps_the_attempts(run: Run) -> None:
    statements.put_results(run, [row("a" * 64), row("b" * 64)])
    statements.count_attempts(run, {"a" * 64: 2})
    before = Result.objects.get(key_hash="a" * 64)
    statements.put_results(run, [row("a" * 64, "failed", reason="rejected", row=7)])
    found = Result.objects.get(key_hash="a" * 64)
    assert (found.pk, found.outcome, found.reason, found.row, found.attempts) == (before.pk, "failed", "rejected", 7, 2)
    assert found.at > before.at
    assert Result.objects.get(key_hash="b" * 64).attempts == 0


def test_an_end_changes_nothing_else(run: Run) -> None:
    statements.put_results(run, [row("a" * 64), row("b" * 64), row("c" * 64)])
    statements.end_results(run, {"a" * 64: ("changed", "", 0), "b" * 64: ("changed", "", 1)})
    found = {one.key_hash[0]: (one.outcome, one.not_sent_count, one.person) for one in Result.objects.all()}
    name = {"name": "A"}
    assert found == {"a": ("changed", 0, name), "b": ("changed", 1, name), "c": ("planned", 0, name)}


def test_another_run_keeps_its_own(run: Run, connection: Connection) -> None:
    Run.objects.filter(pk=run.pk).update(state=Run.State.SUCCEEDED)
    other = Run.objects.create(connection=connection, is_dry=False)
    for one in (run, other):
        statements.put_results(one, [row("a" * 64)])
    statements.end_results(other, {"a" * 64: ("changed", "", 0)})
    assert (run.results.get().outcome, other.results.get().outcome) == ("planned", "changed")


def test_operations_get_their_ids_in_their_order(run: Run) -> None:
    rows = [(str(number) * 64, "employee.put", "f" * 64, number + 1) for number in range(5)]
    made = statements.add_operations(run, rows)
    found = [Operation.objects.get(pk=pk) for pk in made]
    assert [(one.key_hash, one.action, one.fingerprint, one.attempt) for one in found] == rows
    assert {(one.run, one.state, one.ended_at) for one in found} == {(run, "sent", None)}
    assert all(one.sent_at for one in found)


def test_operations_end_each_in_its_way(run: Run) -> None:
    first, second, third = statements.add_operations(run, [(str(n) * 64, "bsn.put", "", 1) for n in range(3)])
    statements.end_operations({first: ("confirmed", 200), second: ("unknown", None)})
    found = [Operation.objects.get(pk=pk) for pk in (first, second, third)]
    assert [(one.state, one.http_status, one.ended_at is not None) for one in found] == [
        ("confirmed", 200, True),
        ("unknown", None, True),
        ("sent", None, False),
    ]


def test_a_link_is_stored_with_and_without_its_days_and_replaced(connection: Connection) -> None:
    whole = LinkRow("a" * 64, "n" * 64, ONE, True, "b" * 64, "i" * 64, "m" * 64, 2**40, date(2026, 12, 1))
    statements.put_links(connection.pk, [whole, LinkRow("b" * 64)])
    names = statements.LINK_FIELDS
    assert link_row(Link.objects.values_list(*names).get(key_hash="a" * 64)) == whole
    assert link_row(Link.objects.values_list(*names).get(key_hash="b" * 64)) == LinkRow("b" * 64)
    later = LinkRow("a" * 64, loket_id=ONE, version=2**40 + 1)
    statements.put_links(connection.pk, [later])
    assert link_row(Link.objects.values_list(*names).get(key_hash="a" * 64)) == later
    assert Link.objects.get(loket_id=ONE).connection == connection


def test_what_loket_confirmed_is_sealed_in_the_roster_and_nothing_else(connection: Connection) -> None:
    assert connection.entity
    roster = pages.upload(connection.entity, None, "1001;1;Active;Yes;Zoë;Berg", "1002;1;Active;Yes;Daan;Berg")
    first, second = RosterPerson.objects.filter(roster=roster)
    before = dict(second.values)
    first.values |= {"bsn": "111222333", "iban": None}
    first.save()
    rosters.seal_confirmed(roster.pk, {first.row: {"bsn": "f" * 64, "iban": "g" * 64}})
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.values["bsn"] == {"fingerprint": "f" * 64, "masked": "••••••333"}
    assert (first.values["iban"], first.values["first_name"]) == (None, "Zoë")
    assert second.values == before


def test_nothing_to_write_is_no_statement(run: Run, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        statements.put_results(run, [])
        statements.put_links(run.connection_id, [])
        statements.put_values({})
        statements.end_results(run, {})
        statements.end_operations({})
        assert statements.add_operations(run, []) == []
