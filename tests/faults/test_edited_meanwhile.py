"""Somebody edits an employee at Loket while a sync is under way: the field that we don't sync keeps the edit, ours wins (D3).

A list is read once, and its rows are written later. Before each slice one call tells who moved since; these are read singly
and written with If-Match, so that even an edit between that very read and the write survives.
"""

import time
from pathlib import Path

import pytest

from loket_portal.simulator import Simulator
from tests.faults.company import details
from tests.faults.field import Field, Push, lay_out
from tests.faults.figures import Figures
from tests.faults.one_person import at_loket, edit, loket_id, written

PEOPLE, SLICE, PARALLEL = 80, 20, 4
SHAPE = {"SLICE_PEOPLE": str(SLICE), "RUN_LEASE_SECONDS": "30"}
"""A call that is held must not be given up: that happens after two thirds of a lease."""
PLACE, WORK_PHONE, PHONE = "placeOfBirth", "businessPhoneNumber", "phoneNumber"
UNMAPPED = {f"personalDetails.{PLACE}": "Paramaribo", f"contactInformation.{WORK_PHONE}": "030-7654321"}
MAPPED = f"contactInformation.{PHONE}"


@pytest.fixture
def crowd(transactional_db: None, loket: Simulator, tmp_path: Path) -> Field:
    return lay_out(loket, tmp_path, PEOPLE)


def begun(field: Field) -> Push:
    """A push of which every call that may be under way is held at Loket; the last slices have not begun."""
    push = field.push()
    field.simulator.faults.plan(action="hold_after", method="PUT", path="/employees/", skip=3, times=PARALLEL)
    assert field.services
    field.services.ring(push.run.pk)
    assert field.simulator.faults.wait_held(PARALLEL, timeout=60), push.said()
    return push


def until_held(push: Push, own: str) -> None:
    """Waits until the single read of this person is held, and nothing else is."""
    log, faults, ends = push.company.simulator.log, push.company.simulator.faults, time.monotonic() + 60
    while not any(entry["method"] == "GET" and own in entry["path"] for entry in log.all()) or faults.held != 1:
        assert time.monotonic() < ends, f"who has moved is read singly\n{push.said()}"
        time.sleep(0.01)


def assert_both_hold(push: Push, number: str, edited: dict[str, str]) -> None:
    """Loket has what somebody edited, and everything that the file says; of everybody else, too."""
    push.until_end()
    found = at_loket(push.company, number)
    assert {field: found[field] for field in edited} == edited
    push.company.before["employees"][number]["employee"] |= edited
    push.assert_whole()
    row = next(row for row in push.company.rows if row["employee_number"] == number)
    assert details(row).items() <= found.items()


def test_an_edit_between_the_list_and_the_write_survives(crowd: Field, figures: Figures) -> None:
    number = str(crowd.company.rows[-1]["employee_number"])
    with crowd.running("worker", "beat", **SHAPE):
        push = begun(crowd)
        for field, value in UNMAPPED.items():
            edit(push.company, number, field, value)
        edit(push.company, number, MAPPED, "06-00000000")
        crowd.simulator.faults.release()
        assert_both_hold(push, number, UNMAPPED)
        assert written(push.company, number) == 1
    figures(
        "edited between our list and our write", "both edits of unmapped fields are there, ours won in the mapped one"
    )


def test_an_edit_between_the_single_read_and_its_write_survives(crowd: Field, figures: Figures) -> None:
    number = str(crowd.company.rows[-1]["employee_number"])
    own = loket_id(crowd.company, number)
    (first, place), (second, phone) = UNMAPPED.items()
    with crowd.running("worker", "beat", **SHAPE):
        push = begun(crowd)
        edit(push.company, number, first, place)
        crowd.simulator.faults.plan(action="hold_after", method="GET", path=f"/employees/{own}")
        crowd.simulator.faults.release()
        until_held(push, own)
        edit(push.company, number, second, phone)
        crowd.simulator.faults.release()
        assert_both_hold(push, number, UNMAPPED)
        tries = [entry["status"] for entry in push.company.writes() if own in entry["path"]]
    assert tries[-1] == 200
    assert len(tries) == 2, f"the write on top of the older read was refused, then one on top of the newer: {tries}"
    figures("edited between our read and our write: answers to it", ", ".join(map(str, tries)))
