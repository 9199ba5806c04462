"""One answer in twenty gets lost after the work was done, and one call in twenty gets a 500: one run, and all is well (D5)."""

from pathlib import Path

import pytest

from loket_portal.simulator import Simulator
from sync.models import Operation
from tests.faults.field import Field, Push, lay_out
from tests.faults.figures import Figures
from tests.faults.luck import Luck, bad_luck
from tests.faults.test_new_hires import HIRES, KNOWN, assert_hired

PEOPLE = 200
MOST = 3
"""So often may one write be sent."""


def assert_journalled(push: Push, luck: Luck) -> None:
    """Every time that something was sent is a row, and each has its outcome."""
    journal = push.run.operations
    assert journal.count() == luck.sent.total()
    assert push.open_operations() == 0
    confirmed = journal.filter(state=Operation.State.CONFIRMED).values("key_hash", "action").distinct()
    assert confirmed.count() == sum(times > 0 for times in luck.sent.values()), "each write is confirmed in the end"


def told(figures: Figures, push: Push, luck: Luck, what: str) -> None:
    struck, calls = luck.struck.total(), push.run.calls
    figures(f"5 % of answers lost, 5 % of 500s: {what}", f"{push.took():.1f} s, one run")
    figures("calls struck", f"{struck} of {calls}, {luck.struck_writes()} of them writes")
    figures("one write was sent at most", f"{luck.most_sent()} times")
    figures("needless writes", push.needless())


@pytest.mark.parametrize("seed", range(2))
def test_a_push_ends_in_one_run_and_nobody_is_written_more_than_three_times(
    field: Field, figures: Figures, seed: int
) -> None:
    with field.running("worker", "beat") as services, bad_luck(field.simulator, seed) as luck:
        push = field.push()
        services.ring(push.run.pk)
        push.until_end(seconds=120)
    push.assert_whole()
    assert luck.struck_writes() >= PEOPLE // 20, "or nothing was tried here"
    assert luck.most_sent() <= MOST
    assert push.counts()["changed"] == PEOPLE
    assert push.needless() == 0, "what was done though its answer was lost is recognised by reading"
    assert_journalled(push, luck)
    assert push.run.calls >= luck.sent.total() + PEOPLE // 250
    told(figures, push, luck, f"a push of {PEOPLE}")


@pytest.mark.parametrize("seed", range(2))
def test_new_people_are_hired_in_one_run_once_each(
    transactional_db: None, loket: Simulator, tmp_path: Path, figures: Figures, seed: int
) -> None:
    hiring = lay_out(loket, tmp_path, KNOWN, hires=HIRES)
    with hiring.running("worker", "beat") as services, bad_luck(loket, seed) as luck:
        push = hiring.start()
        services.ring(push.run.pk)
        push.until_end(seconds=120)
    assert_hired(push)
    assert luck.struck_writes() >= HIRES * 3 // 20, "or nothing was tried here"
    assert luck.most_sent() <= MOST
    assert push.counts()["created"] == HIRES
    assert_journalled(push, luck)
    told(figures, push, luck, f"{HIRES} new people")
