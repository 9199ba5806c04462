"""Before harm a run waits for a person's word, writes nothing until then, and does just what was said (D10)."""

import time
from pathlib import Path

from django.db import transaction

from loket_portal.simulator import Simulator, crowd
from sync.models import Run
from sync.services import approvals
from tests.faults.field import Field, Push, lay_out
from tests.faults.figures import Figures

PEOPLE = 60
SWEEPS = 3
"""Seconds, and sweeps, in which a run that waits must stay as it is."""


def unasked(field: Field) -> Push:
    """A run of the present file to whose changes nobody has agreed."""
    field.simulator.log.clear()
    with transaction.atomic():  # nobody may claim it before that is taken back
        push = field.start()
        Run.objects.filter(pk=push.run.pk).update(approved={})
    return push


def waits_for(push: Push, **guards: int) -> None:
    """The run waits for these, has written nothing, and nothing happens by itself."""
    push.until_end()
    time.sleep(SWEEPS)
    run = push.fresh()
    assert run.state == Run.State.WAITING, push.said()
    assert {guard["code"]: guard["count"] for guard in run.guards} == guards
    assert push.company.writes() == []


def test_too_many_changes_wait_and_go_on_when_somebody_agrees(
    transactional_db: None, loket: Simulator, tmp_path: Path, figures: Figures
) -> None:
    field = lay_out(loket, tmp_path, PEOPLE)
    with field.running("worker", "beat"):
        field.push().until_end()  # the first sync of a connection changes much
        field.company.upload([row | {"mobile": f"06-1{place:07}"} for place, row in enumerate(field.company.rows)])
        push = unasked(field)
        waits_for(push, too_many_changes=PEOPLE)

        said_at = time.monotonic()
        approvals.approve(push.run, None, {"too_many_changes": True})
        push.until_end()
        push.assert_whole()
        assert set(push.written().values()) == {1}
    figures(f"{PEOPLE} of {PEOPLE} would change: written before somebody agreed", 0)
    figures("done after the word", f"{time.monotonic() - said_at:.1f} s")


def test_bank_accounts_that_are_left_out_stay_as_they_are_and_all_else_is_written(
    transactional_db: None, loket: Simulator, tmp_path: Path, figures: Figures
) -> None:
    field = lay_out(loket, tmp_path, 30, hires=1)
    with field.running("worker", "beat"):
        first = field.start()
        first.until_end()
        assert first.run.state == Run.State.SUCCEEDED, first.said()
        accounts, phones = range(4), range(2, 8)
        field.company.upload(
            [
                row
                | ({"iban": crowd.iban(7_000_000 + place)} if place in accounts else {})
                | ({"phone": f"030-55{place:05}"} if place in phones else {})
                for place, row in enumerate(field.company.rows)
            ]
        )
        before = field.company.before["employees"]
        push = unasked(field)
        waits_for(push, bank_accounts=len(accounts))

        approvals.approve(push.run, None, {"bank_accounts": False})
        push.until_end()
        found = field.company.state()["employees"]
        writes = sum(push.written().values())
    assert push.fresh().state == Run.State.SUCCEEDED, push.said()
    for row in field.company.rows:
        number = str(row["employee_number"])
        assert found[number]["employments"] == before[number]["employments"], "the account is as it was"
        assert found[number]["employee"]["contactInformation.phoneNumber"] == row["phone"]
    assert writes == len(phones)
    figures("4 accounts left out, 6 phones: writes", writes)
