"""The rights of the article as data, their names compared, and the right that each activity most likely needs."""

from itertools import combinations

import pytest

from loket_portal.loket import calls, rights
from loket_portal.loket.calls import Call
from loket_portal.loket.rights import ACTIVITIES, NEEDED_ACTIVITIES, RIGHT_OF, RIGHTS, WITHOUT_RIGHT, same_right
from loket_portal.simulator.rights import ALWAYS
from loket_portal.simulator.rights import RIGHTS as SIMULATED

NAMES = [right.name for right in RIGHTS]
CUT = "Beheer diverse vaste gegevens salarisverw"


def used() -> set[str]:
    return {call.activity for call in vars(calls).values() if isinstance(call, Call)}


def named() -> set[str]:
    return {activity for activity in used() if " " not in activity}


# The set


def test_the_set_is_the_article_s_in_its_order() -> None:
    assert len(NAMES) == len(set(NAMES)) == len({right.slug for right in RIGHTS}) == 15
    assert sorted(NAMES, key=lambda name: list(SIMULATED).index(name)) == NAMES
    assert {right.name for right in RIGHTS if right.is_new} == {rights.WRITE_CONCEPTS, rights.READ_CONCEPTS}


def test_the_first_version_had_thirteen_and_no_right_is_newer_than_the_set() -> None:
    assert sum(right.since_version == 1 for right in RIGHTS) == 13
    assert max(right.since_version for right in RIGHTS) == rights.RIGHTS_VERSION


# Names


@pytest.mark.parametrize(
    "written",
    [
        CUT,
        CUT.upper(),
        f"  {CUT.replace(' ', '  ')} ",
        f"{CUT}…",
        f"{CUT}...",
        "Beheer diverse vaste gegevens salarisverwerking",
        "Beheer diverse vaste gegevens salarisver",
    ],
)
def test_a_name_that_was_cut_off_is_still_the_same_right(written: str) -> None:
    assert same_right(CUT, written)
    assert same_right(written, CUT)


@pytest.mark.parametrize(
    "other",
    [
        f"{CUT} beperkt",
        "Beheer diverse vaste gegevens",
        "Beheer diverse",
        "Beheer diverse vaste gege",
        "Raadplegen diverse vaste gegevens salarisverw",
        "",
    ],
)
def test_another_right_that_begins_alike_is_another(other: str) -> None:
    assert not same_right(CUT, other)
    assert not same_right(other, CUT)


@pytest.mark.parametrize(("one", "other"), list(combinations(NAMES, 2)))
def test_no_two_rights_of_the_article_are_taken_for_each_other(one: str, other: str) -> None:
    assert not same_right(one, other)


@pytest.mark.parametrize("name", NAMES)
def test_a_right_with_a_word_more_is_another(name: str) -> None:
    assert not same_right(name, f"{name} beperkt")
    assert not same_right(name, name.rsplit(" ", 1)[0])
    assert not same_right(name[:29], f"{name[:29]}en"), "too short to be a name that was cut off"


def test_the_missing_ones_come_in_the_article_s_order() -> None:
    enabled = {"beheer  HRM", "Beheer diverse vaste gegevens salarisverwerking", "Iets anders"}
    missing = [right.name for right in rights.missing_rights(enabled)]
    assert missing == [name for name in NAMES if name not in ("Beheer HRM", CUT)]
    assert rights.missing_rights(set(NAMES)) == ()


# Activities


def test_every_activity_that_needs_a_right_has_one() -> None:
    assert named() == ACTIVITIES
    assert ACTIVITIES - RIGHT_OF.keys() == WITHOUT_RIGHT
    assert not WITHOUT_RIGHT & RIGHT_OF.keys()


def test_no_right_is_named_for_a_call_that_nobody_makes() -> None:
    assert RIGHT_OF.keys() <= used()


def test_every_named_right_is_one_of_the_article() -> None:
    assert set(RIGHT_OF.values()) <= set(NAMES)


def test_what_only_checks_ask_is_not_needed_by_the_sync() -> None:
    aids = ACTIVITIES - NEEDED_ACTIVITIES
    assert {"GetEmployerUsersByEmployerId", "GetModulesByEmployerId", "PostFunctionByEmployerId"} <= aids
    assert {"GetUserByToken", "PutCitizenServiceNumberByEmployeeId", "GetAuthorizationsByEmployerId"} <= (
        NEEDED_ACTIVITIES
    )
    assert "GetEmploymentLastModifiedVersionNumbersByUser" in NEEDED_ACTIVITIES, "each slice asks what moved"


def test_the_simulator_guards_by_the_rights_we_name() -> None:
    for activity, right in RIGHT_OF.items():
        if activity in ACTIVITIES.difference(ALWAYS):  # to some it is more generous than Loket may be
            assert activity in SIMULATED[right].split(), f"{activity} is not given by {right} in the simulator"
    given = {activity for activities in SIMULATED.values() for activity in activities.split()}
    assert not given & WITHOUT_RIGHT
