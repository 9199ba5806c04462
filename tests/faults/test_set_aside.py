"""Whom Loket refuses is set aside: not sent again before the file changes, or a person says so; all others are done (D9)."""

from pathlib import Path

import pytest

from loket_portal.simulator import Simulator
from sync.models import Quarantine, Run
from sync.services import quarantine
from tests.faults.company import Company
from tests.faults.field import Field, Push, lay_out
from tests.faults.figures import Figures
from tests.faults.one_person import loket_id

PEOPLE, PLACE = 60, 30


@pytest.fixture
def crowd(transactional_db: None, loket: Simulator, tmp_path: Path) -> Field:
    return lay_out(loket, tmp_path, PEOPLE)


def change_one(company: Company, mobile: str) -> None:
    """The file has another telephone of this one person."""
    company.upload([row | {"mobile": mobile} if place == PLACE else row for place, row in enumerate(company.rows)])


def synced(field: Field, own: str) -> tuple[Push, int]:
    """A run of the present file to its end, and how often this person was sent."""
    field.simulator.log.clear()
    push = field.start()
    push.until_end()
    return push, sum(own in entry["path"] for entry in push.company.writes())


def refuse(field: Field, own: str) -> None:
    field.simulator.faults.plan(action="status", status=400, method="PUT", path=f"/employees/{own}")


def test_who_was_refused_is_sent_again_when_the_file_changes_or_somebody_says_so(
    crowd: Field, figures: Figures
) -> None:
    own = loket_id(crowd.company, str(crowd.company.rows[PLACE]["employee_number"]))
    with crowd.running("worker", "beat"):
        push = crowd.push()
        refuse(crowd, own)
        push.until_end()
        assert push.run.state == Run.State.PARTIAL, push.said()
        assert push.counts() | {"changed": PEOPLE - 1, "failed": 1} == push.counts()
        assert Quarantine.objects.get(released_at=None).reason == Quarantine.Reason.REJECTED

        again, sent = synced(crowd, own)
        assert (again.run.state, sent) == (Run.State.PARTIAL, 0), "nothing has changed"

        change_one(crowd.company, "06-11111111")
        changed, sent = synced(crowd, own)
        changed.assert_whole()
        assert sent == 1
        assert not Quarantine.objects.filter(released_at=None).exists()

        change_one(crowd.company, "06-22222222")
        refuse(crowd, own)
        refused, sent = synced(crowd, own)
        assert (refused.run.state, sent) == (Run.State.PARTIAL, 1)
        assert quarantine.release(Quarantine.objects.get(released_at=None).pk, None, is_support=True)
        released, sent = synced(crowd, own)
        released.assert_whole()
        assert sent == 1
    figures("refused: sent again while nothing changes, after the file changed, after somebody said so", "0, 1, 1")
