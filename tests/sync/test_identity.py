"""Who somebody is in Loket (rule 42): nobody is overwritten, taken over or made twice because of a wrong number."""

from dataclasses import replace
from typing import Any

import pytest

from loket_portal.loket.errors import WriteUnsure
from sync.engine import Outcome, PersonResult
from sync.identity import unique_name
from sync.policy import Reason
from sync.records import HRRecord
from sync.signs import is_alike, is_other, signs_in_loket
from tests.sync.fakes import ADMINISTRATION, FULL, World, employment, record, sync

BSN, OTHER_BSN = "111222333", "999901333"
SAME: dict[str, Any] = {"first_name": "Johanna", "prefix": "van der", "initials": "J.M.", "gender": "vrouw"}
LIKE = {"birth_date": "1984-03-12", "last_name": "BERG", "first_name": "Johanna", "initials": "J.M."}
OTHER = {"birth_date": "1991-07-02", "last_name": "Visser", "first_name": "Karin", "initials": "K."}
ELSEWHERE = "bbbbbbbb-0000-4000-8000-000000000002"


@pytest.fixture
def world() -> World:
    return World()


def result(world: World, *records: HRRecord, **how: Any) -> PersonResult:
    """Runs, and gives the result of the first record."""
    sync(world, *records, **how)
    return world.results[records[0].key]


def refused(world: World, found: PersonResult) -> str:
    """The reason; and nothing was sent, linked or made."""
    assert (found.outcome, world.writes) == (Outcome.BLOCKED, [])
    return found.reason


def wait(world: World, number: int = 1101, **values: Any) -> dict[str, Any]:
    """A concept of ours from an earlier run, linked."""
    sync(world, record(number, **FULL | values))
    world.calls.clear()
    return world.named(unique_name(number))


# -- a number that is another person's ---------------------------------------------------------------------------------


def test_a_number_of_somebody_else_is_blocked_before_anything_is_sent(world: World) -> None:
    """A typing error: birth date, last name and first letter all say that this is somebody else."""
    loket_id = world.hire(1001)
    world.bsns[loket_id] = OTHER_BSN
    found = result(world, record(1001, **FULL | OTHER))
    assert refused(world, found) == Reason.OTHER_PERSON
    assert [problem.code for problem in found.problems] == ["other_person"]
    assert (world.links, world.count("get_bsn")) == ({}, 0)


def test_two_swapped_numbers_are_seen_though_both_are_linked(world: World) -> None:
    world.hire(1001)
    world.hire(1002, personalDetails__lastName="Visser", personalDetails__dateOfBirth="1991-07-02",
               personalDetails__firstName="Karin", personalDetails__initials="K.")  # fmt: skip
    sync(world, record(1001, 2, **LIKE), record(1002, 3, **OTHER))
    links = dict(world.links)
    world.calls.clear()
    sync(world, record(1001, 2, **OTHER, bsn=BSN), record(1002, 3, **LIKE, bsn=OTHER_BSN))
    assert {found.reason for found in world.results.values()} == {Reason.OTHER_PERSON}
    assert (world.writes, world.links) == ([], links)


def test_the_number_of_a_waiting_concept_given_to_somebody_else_is_blocked(world: World) -> None:
    before = wait(world)
    bsns = dict(world.concept_bsns)
    found = result(world, record(1101, **FULL | OTHER | {"bsn": OTHER_BSN}), convert_new=True)
    assert refused(world, found) == Reason.OTHER_PERSON
    assert (world.named("LP-1101"), world.concept_bsns) == (before, bsns)


@pytest.mark.parametrize("changed", [("birth_date",), ("last_name",), ("first_name", "initials")])
def test_one_sign_that_differs_is_a_change_and_no_other_person(world: World, changed: tuple[str, ...]) -> None:
    """A marriage, a corrected birth date, a first name that is used."""
    world.hire(1001)
    values = LIKE | {column: OTHER[column] for column in changed if column in OTHER}
    assert result(world, record(1001, **values)).outcome is Outcome.CHANGED


@pytest.mark.parametrize("kept", [("birth_date",), ("last_name",), ("first_name", "initials")])
def test_one_sign_that_happens_to_agree_excuses_nothing(world: World, kept: tuple[str, ...]) -> None:
    """Two people with a J are two people: nothing is sent, the BSN least of all."""
    world.bsns[world.hire(1001)] = OTHER_BSN
    values = OTHER | {column: LIKE[column] for column in kept if column in LIKE}
    assert refused(world, result(world, record(1001, **values, bsn=BSN))) == Reason.OTHER_PERSON


def test_twins_whose_numbers_are_swapped_are_seen(world: World) -> None:
    """They differ in one sign only, but the roster itself says whose number it is."""
    world.bsns[world.hire(1001)] = BSN
    world.bsns[world.hire(1002, personalDetails__firstName="Karin", personalDetails__initials="K.")] = OTHER_BSN
    karin = LIKE | {"first_name": "Karin", "initials": "K."}
    sync(world, record(1001, 2, **karin, bsn=OTHER_BSN), record(1002, 3, **LIKE, bsn=BSN))
    assert {found.reason for found in world.results.values()} == {Reason.OTHER_PERSON}
    assert world.writes == []


def test_a_shifted_number_makes_nobody_twice(world: World) -> None:
    """The row that took the number over is wrong itself, so it vouches for nobody."""
    world.hire(1005)
    sync(world, record(1005, 2, **OTHER), record(1061, 3, **FULL | LIKE))
    assert {key: found.reason for key, found in world.results.items()} == {
        "1005": Reason.OTHER_PERSON,
        "1061": Reason.MAYBE_IN_LOKET,
    }
    assert world.writes == []


def test_a_leaver_under_somebody_elses_number_shows_no_end_date(world: World) -> None:
    world.hire(1001)
    values = {"status": "inactive", "end_date": "2026-10-31"}
    assert result(world, record(1001, **values, **OTHER)).changes == ()
    assert result(world, record(1001, **values, **LIKE)).changes != ()


@pytest.mark.parametrize(
    ("one", "other", "alike", "different"),
    [
        ({}, {}, False, False),
        ({"lastName": "Berg"}, {"lastName": "berg"}, True, False),
        ({"lastName": "Müller"}, {"lastName": "MULLER "}, True, False),
        ({"lastName": "d'Hondt"}, {"lastName": "D’Hondt"}, True, False),
        ({"lastName": "van der Berg"}, {"prefix": "van der", "lastName": "Berg"}, True, False),
        ({"lastName": "Berg"}, {"lastName": "Visser"}, False, False),
        ({"lastName": "Berg", "initials": "J."}, {"lastName": "Visser", "initials": "K."}, False, True),
        ({"lastName": "Berg", "initials": "J."}, {"lastName": "Berg", "firstName": "Élise"}, False, False),
        ({"lastName": "Berg", "initials": "E."}, {"lastName": "Berg", "firstName": "Élise"}, True, False),
        (
            {"lastName": "Berg", "initials": "J.", "firstName": "Hans"},
            {"lastName": "Berg", "firstName": "Hans"},
            True,
            False,
        ),
        ({"dateOfBirth": "1984-03-12"}, {"dateOfBirth": "1984-03-12T00:00:00"}, False, False),
        ({"dateOfBirth": "1984-03-12", "lastName": "A"}, {"dateOfBirth": "1984-03-13", "lastName": "B"}, False, True),
    ],
)
def test_signs_are_compared_as_people_write_them(one: Any, other: Any, alike: bool, different: bool) -> None:
    a, b = signs_in_loket(one), signs_in_loket(other)
    assert (is_alike(a, b), is_alike(b, a)) == (alike, alike)
    assert (is_other(a, b), is_other(b, a)) == (different, different)


# -- concept employees: whose are they ---------------------------------------------------------------------------------


def test_a_concept_of_another_administration_is_not_taken_over(world: World) -> None:
    """`LP-1101` says nothing of the administration, and two may have somebody with that number."""
    concept = wait(world)
    concept["employmentData"]["payrollAdministration"] = {"id": ELSEWHERE}
    linked = result(world, record(1101, **FULL | {"city": "Zeist"}))
    assert refused(world, linked) == Reason.CONCEPT_ELSEWHERE
    world.links.clear()
    assert refused(world, result(world, record(1101, **FULL | {"city": "Zeist"}))) == Reason.CONCEPT_ELSEWHERE
    assert world.links == {}
    concept["uniqueName"] = "Zoë"
    assert refused(world, result(world, record(1101, **FULL))) == Reason.CONCEPT_ELSEWHERE


@pytest.mark.parametrize("gone", [{"payrollAdministration": None}, None])
def test_a_concept_without_an_administration_is_ours_only_when_linked(world: World, gone: Any) -> None:
    concept = wait(world)
    concept["employmentData"] = concept["employmentData"] | gone if gone else None
    assert result(world, record(1101, **FULL)).outcome is not Outcome.BLOCKED
    concept = world.named("LP-1101")
    concept["employmentData"] = {"payrollAdministration": None}
    world.links.clear()
    world.calls.clear()
    assert refused(world, result(world, record(1101, **FULL))) == Reason.CONCEPT_OF_OTHERS


def test_our_concept_that_somebody_renamed_is_still_ours(world: World) -> None:
    concept = wait(world)
    concept["uniqueName"] = "Zoë de Graaf"
    found = result(world, record(1101, **FULL | {"city": "Zeist"}), convert_new=True)
    assert (found.outcome, found.reason) == (Outcome.CHANGED, Reason.CONVERTED)
    assert (world.count("create_concept"), len(world.employees)) == (0, 1)


def test_a_linked_concept_goes_before_one_that_has_our_name_now(world: World) -> None:
    concept = wait(world)
    concept["uniqueName"] = "mine"
    world.concepts["c9"] = concept | {
        "id": "c9",
        "uniqueName": "LP-1101",
        "employeeData": dict(concept["employeeData"]),
    }
    result(world, record(1101, **FULL | {"city": "Zeist"}))
    assert {about for name, about in world.writes} == {concept["id"]}


def test_our_name_on_a_concept_with_another_number_proves_nothing(world: World) -> None:
    concept = wait(world)
    concept["employeeData"]["employeeNumber"] = 1999
    world.links.clear()
    assert refused(world, result(world, record(1101, **FULL))) == Reason.CONCEPT_OF_OTHERS


def test_two_concepts_about_one_number_are_a_question(world: World) -> None:
    concept = wait(world)
    world.concepts["c9"] = concept | {"id": "c9"}
    world.links.clear()
    assert refused(world, result(world, record(1101, **FULL))) == Reason.CONCEPT_OF_OTHERS


def test_a_lost_post_does_not_adopt_what_another_administration_made_meanwhile(world: World) -> None:
    """Both administrations of the employer are synced at the same moment."""
    theirs = {"id": "c9", "uniqueName": "LP-1101", "employeeData": {"employeeNumber": 1101}}
    theirs["employmentData"] = {"payrollAdministration": {"id": ELSEWHERE}}
    world.concepts["c9"] = theirs
    world.unlisted = {"LP-1101"}
    world.faults["create_concept"] = [WriteUnsure("timeout")]
    found = result(world, record(1101, **FULL))
    assert found.outcome is Outcome.CREATED
    assert world.concepts["c9"] == theirs
    assert world.links["1101"][0] != "c9"


def test_a_linked_concept_that_the_list_does_not_show_yet_is_read_by_its_id(world: World) -> None:
    """The run was interrupted after its POST; its list came from before it."""
    sync(world, record(1101, **FULL))
    world.results.clear()
    world.unlisted = {"LP-1101"}
    found = result(world, record(1101, **FULL), resume=True)
    assert (found.outcome, world.count("create_concept")) == (Outcome.CREATED, 1)


def test_a_concept_is_written_by_its_id_and_the_list_is_read_once(world: World) -> None:
    """However many concepts wait: no second list for a PUT or a conversion."""
    people = [record(1101 + n, 2 + n, **FULL | {"birth_date": f"1998-01-{n + 1:02}", "bsn": None}) for n in range(6)]
    sync(world, *people)
    world.calls.clear()
    moved = [replace(person, values=dict(person.values) | {"city": "Zeist"}) for person in people]
    assert sync(world, *moved, convert_new=True).changed == 6
    assert (world.count("snapshot"), world.count("find_concept")) == (1, 0)
    assert world.count("get_concept") == 12


def test_a_concept_is_ours_whatever_the_case_of_its_ids(world: World) -> None:
    concept = wait(world)
    concept["employmentData"]["payrollAdministration"] = {"id": ADMINISTRATION.upper()}
    world.links.clear()
    assert result(world, record(1101, **FULL)).outcome is Outcome.UNCHANGED


# -- ids and numbers ---------------------------------------------------------------------------------------------------


def test_an_employee_of_another_administration_is_not_touched(world: World) -> None:
    loket_id = world.hire(1001)
    del world.employments[loket_id]
    world.elsewhere.add(loket_id)
    found = result(world, record(1001, last_name="Jansen"))
    assert (found.outcome, found.reason, world.writes) == (Outcome.BLOCKED, Reason.EMPLOYED_ELSEWHERE, [])


def test_our_number_on_another_id_is_somebody_else(world: World) -> None:
    world.hire(1001)
    world.links["1001"] = ("e9999999-0000-4000-8000-000000000000", False)
    found = result(world, record(1001, last_name="Jansen"))
    assert (found.outcome, found.reason, world.writes) == (Outcome.BLOCKED, Reason.OTHER_PERSON, [])


def test_the_stored_id_goes_before_the_number(world: World) -> None:
    loket_id = world.hire(2001)
    world.links["1001"] = (loket_id.upper(), False)
    found = result(world, record(1001, **SAME, last_name="Jansen"))
    assert found.outcome is Outcome.CHANGED
    assert world.employees[loket_id]["employeeNumber"] == 2001
    waiting = [(change.field, change.old, change.new) for change in found.changes if not change.sendable]
    assert waiting == [("employee.employeeNumber", "2001", "1001")]


def test_somebody_known_who_is_no_longer_visible_is_not_made_again(world: World) -> None:
    """A filter of the integration user hides people (rule 22); a second concept would be a second person."""
    world.links["1001"] = ("e9999999-0000-4000-8000-000000000000", False)
    found = result(world, record(1001, **FULL))
    assert (found.outcome, found.reason, world.writes) == (Outcome.BLOCKED, Reason.GONE_IN_LOKET, [])


def test_a_concept_that_somebody_else_made_for_our_number_is_theirs(world: World) -> None:
    concept = {"id": "c9", "uniqueName": "Zoë de Graaf", "employeeData": {"employeeNumber": 1101}}
    world.concepts["c9"] = concept
    found = result(world, record(1101, **FULL))
    assert (found.outcome, found.reason, world.writes) == (Outcome.BLOCKED, Reason.CONCEPT_OF_OTHERS, [])


# -- a newcomer whom Loket may know under another number -----------------------------------------------------------------


def test_somebody_with_another_number_is_asked_about_and_not_made_twice(world: World) -> None:
    world.hire(1001)
    found = result(world, record(2099, **LIKE))
    assert (found.outcome, found.reason, world.writes) == (Outcome.BLOCKED, Reason.MAYBE_IN_LOKET, [])
    assert [p.params for p in found.problems if p.code == "maybe_in_loket"] == [{"number": "1001"}]


def test_a_concept_under_another_number_counts_too(world: World) -> None:
    sync(world, record(1002, **FULL | LIKE))
    world.calls.clear()
    found = result(world, record(2099, **FULL | LIKE | {"bsn": OTHER_BSN}))
    assert (found.outcome, world.writes) == (Outcome.BLOCKED, [])


@pytest.mark.parametrize(
    "other", [{"first_name": "Karin", "initials": "K."}, {"birth_date": "1984-03-13"}, {"last_name": "Bergman"}]
)
def test_a_twin_or_a_namesake_is_somebody_new(world: World, other: dict[str, str]) -> None:
    world.hire(1001)
    assert result(world, record(2099, **FULL | LIKE | other)).outcome is Outcome.CREATED


def test_whom_hr_has_under_the_other_number_is_another_person(world: World) -> None:
    world.hire(1001)
    people = record(2099, **FULL | LIKE), record(1001, row=3, **SAME | {"first_name": "Karin", "initials": "K."})
    assert result(world, *people).outcome is Outcome.CREATED


@pytest.mark.parametrize("row", [record(None, 3), record(0, 3, status="leave"), record(1, 3, employee_number="x-1")])
def test_somebody_without_a_number_switches_nothing_off(world: World, row: HRRecord) -> None:
    """A concept without a number is not the one of somebody whom HR has without a number."""
    concept = wait(world, 1002, **LIKE)
    concept["employeeData"]["employeeNumber"] = None
    concept["uniqueName"] = "Johanna"
    found = result(world, record(2099, **FULL | LIKE | {"bsn": OTHER_BSN}), row)
    assert refused(world, found) == Reason.MAYBE_IN_LOKET
    assert [dict(p.params) for p in found.problems] == [{"number": "–"}]


@pytest.mark.parametrize("old", [LIKE, SAME], ids=["with birth date", "without"])
def test_somebody_who_comes_back_under_a_new_number_is_not_made_twice(world: World, old: dict[str, Any]) -> None:
    """The old row is still in the roster, Inactive; it is the same person."""
    world.hire(1001)
    found = result(world, record(2099, **FULL | LIKE), record(1001, row=3, status="inactive", **old))
    assert refused(world, found) == Reason.MAYBE_IN_LOKET


def test_two_newcomers_with_one_bsn_are_not_made(world: World) -> None:
    """They may be one person; a concept without the BSN would be a person too many."""
    sync(world, record(1101, 2, **FULL), record(1102, 3, **FULL | {"birth_date": "1998-01-01"}))
    assert (world.writes, world.links) == ([], {})
    for found in world.results.values():
        assert (found.outcome, found.reason) == (Outcome.BLOCKED, Reason.FAULTY_DATA)
        assert [problem.code for problem in found.problems] == ["duplicate_bsn"]


def test_a_concept_that_waits_keeps_all_but_a_doubtful_bsn(world: World) -> None:
    wait(world)
    people = record(1101, 2, **FULL | {"city": "Zeist"}), record(1102, 3, **FULL | {"birth_date": "1998-01-01"})
    found = result(world, *people, convert_new=True)
    assert (found.outcome, found.reason) == (Outcome.CHANGED, Reason.WAITS_AS_CONCEPT)
    assert [problem.code for problem in found.problems] == ["duplicate_bsn"]


def test_whoever_is_blocked_is_not_linked(world: World) -> None:
    loket_id = world.hire(1001)
    world.employments[loket_id] = employment()
    sync(world, record(1001, **LIKE | {"last_name": "B" * 26}))
    assert world.results["1001"].outcome is Outcome.BLOCKED
    assert world.links == {}
