"""Somebody whose data end the process that works on them: set aside after three deaths, and all others are done (D6, D9)."""

from pathlib import Path

import pytest

from sync.models import Operation, Quarantine, Run
from sync.services import quarantine
from tests.faults.field import Field, Push
from tests.faults.figures import Figures
from tests.faults.one_person import loket_id, written

pytestmark = pytest.mark.django_db(transaction=True)

DEATHS = 3
HOOK = str(Path(__file__).parent / "poison")


def others_are_done(push: Push, number: str) -> bool:
    """Loket has of everybody but this one what the file says, and of this one what it had."""
    found, wanted = push.company.state()["employees"], push.company.wanted()["employees"]
    assert {key for key, one in found.items() if one != wanted[key]} <= {number}
    return bool(found[number] == push.company.before["employees"][number])


def test_who_kills_the_worker_is_set_aside_after_three_times_and_the_others_are_done(
    field: Field, tmp_path: Path, figures: Figures
) -> None:
    number = str(field.company.rows[70]["employee_number"])
    order = tmp_path / "poison"
    order.write_text(f"PUT {loket_id(field.company, number)}", "utf-8")
    with field.running("worker", "beat", PYTHONPATH=HOOK, POISON=str(order)):
        push = field.push()
        push.until_end(seconds=90)
        deaths = order.read_text("utf-8").split()[2:]
        assert push.run.state == Run.State.PARTIAL, push.said()
        assert len(deaths) == len(set(deaths)) == DEATHS, "three processes, each died of it once"
        assert others_are_done(push, number)
        assert push.counts() | {"changed": 199, "failed": 1} == push.counts()
        set_aside = Quarantine.objects.get(released_at__isnull=True)
        assert set_aside.reason == Quarantine.Reason.CRASHED
        lost = Operation.objects.filter(run=push.run).exclude(state=Operation.State.CONFIRMED).count()
        needless, took = push.needless(), push.took()
        assert needless <= lost

        field.simulator.log.clear()
        again = field.start()
        again.until_end()
        assert (again.run.state, again.written()) == (Run.State.PARTIAL, {})
        assert order.read_text("utf-8").split()[2:] == deaths, "not tried again as long as nothing changes"

        order.write_text("", "utf-8")  # what ended the process is mended, and somebody says so
        assert quarantine.release(set_aside.pk, None, is_support=True)
        third = field.start()
        third.until_end()
        third.assert_whole()
        assert set(third.written().values()) == {1}
        assert written(field.company, number) == 1
    figures("a person kills the worker: processes that died", len(deaths))
    figures("the 199 others, done after", f"{took:.1f} s from the first write; needless writes {needless}")
