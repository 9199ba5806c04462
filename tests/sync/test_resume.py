"""Killed at any point, the same run goes on: one concept for everybody, everything equal, nothing twice (D1, D4, D5).

Each call to Loket, the journal, the memory and the reporter is a point before and a point after its effect; the tests
kill the attempt at every one of them.
"""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loket_portal.loket.errors import WriteUnsure
from sync.engine import Outcome
from tests.sync.fakes import AS_FULL, CALM, FULL, Killed, World, record, sync

PEOPLE = (
    record(1001, 2, **FULL),
    record(1002, 3, first_name="Johanna", bsn="999902702"),
    record(1101, 4, **FULL | {"birth_date": "1998-01-01", "bsn": "999901333", "iban": "NL24TEST0026007966"}),
    record(1102, 5, **FULL | {"birth_date": "1998-01-02", "bsn": None, "function": "Sommelier"}),
    record(1103, 6, **FULL | {"birth_date": "1998-01-03", "bsn": "999901370", "city": "Zeist"}),
)


def loket() -> World:
    """Two employees, and a concept from an earlier run that is out of date."""
    world = World()
    world.hire(1001, **AS_FULL)
    world.bsns[world.hire(1002)] = "999902702"
    sync(world, record(1103, 6, **FULL | {"birth_date": "1998-01-03", "bsn": "999901333"}))
    world.calls.clear()
    world.clock = 0
    return world


def content(world: World) -> Any:
    """All of Loket, with numbers in place of the ids it gave."""
    people = {e["employeeNumber"]: {**e, "id": ""} for e in world.employees.values()}
    names = {loket_id: c["uniqueName"] for loket_id, c in world.concepts.items()}
    names |= {loket_id: str(e["employeeNumber"]) for loket_id, e in world.employees.items()}
    return deepcopy(
        (
            people,
            {c["uniqueName"]: {**c, "id": "", "creationDate": ""} for c in world.concepts.values()},
            {names[loket_id]: bsn for loket_id, bsn in world.bsns.items()},
            {names[loket_id]: bsn for loket_id, bsn in world.concept_bsns.items()},
            {key: (names[loket_id], is_concept) for key, (loket_id, is_concept) in world.links.items()},
            world.fingerprints,
        )
    )


def undisturbed(convert_new: bool) -> tuple[Any, int, dict[str, Outcome]]:
    world = loket()
    sync(world, *PEOPLE, convert_new=convert_new)
    return content(world), world.clock, {key: found.outcome for key, found in world.results.items()}


PLAIN, CONVERTING = undisturbed(False), undisturbed(True)


def finish(world: World, convert_new: bool) -> None:
    """Attempts the run again and again, as the sweeper does, until it is through."""
    is_resumed = False
    while True:
        try:
            sync(world, *PEOPLE, convert_new=convert_new, resume=is_resumed)
        except Killed:
            is_resumed = True
        else:
            return


def check(world: World, convert_new: bool) -> None:
    expected, _, outcomes = CONVERTING if convert_new else PLAIN
    assert content(world) == expected
    posts = [about for name, about in world.calls if name == "create_concept"]
    assert sorted(posts) == ["LP-1101", "LP-1102"], "never two POSTs for one person"
    assert {key: found.outcome for key, found in world.results.items()} == outcomes


def test_the_story_has_all_kinds_of_work_in_it() -> None:
    assert set(PLAIN[2].values()) == {Outcome.CREATED, Outcome.CHANGED, Outcome.UNCHANGED}
    assert len(CONVERTING[0][0]) == 4, "1102 has a problem and stays a concept"
    assert set(CONVERTING[0][1]) == {"LP-1102"}


@pytest.mark.parametrize("point", range(1, PLAIN[1] + 1))
def test_killed_once_at_any_point(point: int) -> None:
    world = loket()
    world.kill_at = point
    finish(world, convert_new=False)
    check(world, convert_new=False)


@pytest.mark.parametrize("point", range(1, CONVERTING[1] + 1))
def test_killed_once_at_any_point_while_converting(point: int) -> None:
    world = loket()
    world.kill_at = point
    finish(world, convert_new=True)
    check(world, convert_new=True)


@CALM
@given(st.lists(st.integers(1, 60), min_size=2, max_size=6), st.booleans())
def test_killed_again_and_again(gaps: list[int], convert_new: bool) -> None:
    world = loket()
    is_resumed = False
    for gap in gaps:
        world.kill_at = world.clock + gap
        try:
            sync(world, *PEOPLE, convert_new=convert_new, resume=is_resumed)
        except Killed:
            is_resumed = True
            world.attempts.clear()  # whoever ended three workers is set aside: `test_apply` has that
        else:
            break
    else:
        world.kill_at = None
        sync(world, *PEOPLE, convert_new=convert_new, resume=True)
    check(world, convert_new)


WRITES = ["put_employee", "put_bsn", "create_concept", "put_concept", "put_concept_bsn", "convert_concept"]


@pytest.mark.parametrize("call", WRITES)
@pytest.mark.parametrize("point", range(1, CONVERTING[1] + 1, 5))
def test_a_lost_answer_and_a_kill_together(call: str, point: int) -> None:
    world = loket()
    world.faults_after[call] = [WriteUnsure("timeout")]
    world.kill_at = point
    finish(world, convert_new=True)
    check(world, convert_new=True)


@CALM
@given(st.data())
def test_any_writes_may_lose_their_answers(data: st.DataObject) -> None:
    """Three lost answers of one PUT are too many for this run; the next one makes it equal."""
    world = loket()
    loss = st.sampled_from([None, None, WriteUnsure("timeout")])
    for call in WRITES:
        world.faults_after[call] = data.draw(st.lists(loss, max_size=6))
        if call != "create_concept":
            world.faults[call] = data.draw(st.lists(loss, max_size=6))
    sync(world, *PEOPLE, convert_new=True)
    world.faults.clear()
    world.faults_after.clear()
    sync(world, *PEOPLE, convert_new=True)
    assert content(world) == CONVERTING[0]
    posts = [about for name, about in world.calls if name == "create_concept"]
    assert sorted(posts) == ["LP-1101", "LP-1102"]
