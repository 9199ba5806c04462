"""A worker is killed while it makes an employee of somebody new: there is exactly one, and nothing is left over (D5).

Four calls make one: POST of the concept, PUT of the BSN, PATCH for Loket's verdict, PATCH that converts. Each is held back
at Loket before or after it was done, for somebody in the middle of the list, and the worker dies while it waits.
"""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from loket_portal.simulator import Simulator
from sync.models import Link
from tests.faults.company import State, details, is_write
from tests.faults.field import Field, Push, lay_out
from tests.faults.figures import Figures

KNOWN, HIRES = 3, 24
CONCEPTS, BSN, CONVERT = "/conceptemployees", "/citizenservicenumber", "/convertToEmployee"
MOMENTS: dict[str, dict[str, Any]] = {
    "the concept is posted, and arrives after the death": {"action": "hold_before", "method": "POST", "path": CONCEPTS},
    "the concept is there, and nobody heard": {"action": "hold_after", "method": "POST", "path": CONCEPTS},
    "its BSN is there, and nobody heard": {"action": "hold_after", "method": "PUT", "path": BSN},
    "Loket's verdict is given, and nobody heard": {
        "action": "hold_after",
        "method": "PATCH",
        "path": CONVERT,
        "validation": True,
    },
    "the conversion arrives after the death": {
        "action": "hold_before",
        "method": "PATCH",
        "path": CONVERT,
        "validation": False,
    },
    "it is converted, and nobody heard": {
        "action": "hold_after",
        "method": "PATCH",
        "path": CONVERT,
        "validation": False,
    },
}


@pytest.fixture
def hiring(transactional_db: None, loket: Simulator, tmp_path: Path) -> Field:
    """Three people whom Loket knows, and two dozen whom it doesn't."""
    return lay_out(loket, tmp_path, KNOWN, hires=HIRES)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_worker_that_dies_while_it_hires_leaves_one_employee_each_and_no_concept(
    hiring: Field, figures: Figures, moment: str
) -> None:
    with hiring.running("worker", "beat") as services:
        push = hiring.start()
        hiring.simulator.faults.plan(**MOMENTS[moment], skip=HIRES // 2)
        services.ring(push.run.pk)
        assert hiring.simulator.faults.wait_held(timeout=60), push.said()
        before = push.company.state()
        services.kill("worker")
        open_operations = push.open_operations()
        hiring.simulator.faults.release()
        services.bring_up("worker")
        push.until_end()
    assert open_operations > 0, "no write was under way"
    assert_hired(push)
    figures(f"killed when {moment}", f"{len(before['employees']) - KNOWN} of {HIRES} were hired by then")
    figures("needless writes", push.needless())


def assert_hired(push: Push) -> None:
    """Everybody is in Loket once, as in the file, under the id of the one concept that was made; no concept is left."""
    state = push.company.state()
    assert push.fresh().state == push.run.State.SUCCEEDED, push.said()
    assert state["concepts"] == {}
    assert sorted(state["employees"]) == sorted(str(row["employee_number"]) for row in push.company.rows)
    assert {number: one for number, one in state["employees"].items() if not _fits(push, number, one)} == {}
    posts = [one for one in push.company.writes() if one["method"] == "POST" and is_write(one)]
    assert len(posts) == HIRES, "each newcomer was posted once"
    assert push.counts()["created"] + push.counts()["unchanged"] == KNOWN + HIRES
    assert Counter(links()) == Counter(ids(push)), "the portal knows everybody by the id that Loket gave the concept"


def links() -> list[str]:
    """The ids that the portal has of people in Loket."""
    return [str(one) for one in Link.objects.filter(is_concept=False).values_list("loket_id", flat=True)]


def ids(push: Push) -> list[str]:
    """The ids of all employees at the simulator; those of the new ones were the ids of their concepts."""
    world = push.company.simulator.world
    employer = str(push.company.connection.login.employer_id)
    return [record.id for record in world.all("employee", employer)]


def _fits(push: Push, number: str, found: State) -> bool:
    row = next(row for row in push.company.rows if row["employee_number"] == number)
    [employment] = found["employments"]
    same = {path: found["employee"].get(path) for path in details(row)} == details(row)
    return same and (found["bsn"], employment.get("iban")) == (row["bsn"], row["iban"])
