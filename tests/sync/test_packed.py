"""People in memory, compressed: what comes out is what went in, and the rest is as small as 20,000 demand."""

from copy import deepcopy

from hypothesis import given
from hypothesis import strategies as st

from sync.packed import Concepts, LoketPerson, Press, Staff
from sync.signs import in_loket, unpack
from tests.sync.fakes import CALM, employee, employment

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=12,
)


@CALM
@given(st.lists(JSON, min_size=1, max_size=5), st.integers(0, 99))
def test_what_is_packed_comes_out_again(values: list[object], room: int) -> None:
    press = Press(room)
    packed = [press.pack(value) for value in values]
    assert [press.unpack(one) for one in packed] == values


def test_rows_that_are_much_alike_take_few_bytes() -> None:
    press, rows = Press(room=0), [employee(number, f"e-{number}") for number in range(1, 100)]
    sizes = [len(press.pack(row)) for row in rows]
    assert max(sizes[1:]) < 200


def test_two_looks_at_one_person_share_nothing() -> None:
    staff = Staff()
    staff.add(LoketPerson(1, "e-1", employee(1, "e-1"), employment()))
    (packed,) = staff
    one = staff.whole(packed)
    one.employee["personalDetails"]["lastName"] = "Other"
    assert staff.whole(packed).employee["personalDetails"]["lastName"] == "Berg"


def test_somebody_is_found_by_number_and_by_id_whatever_its_case() -> None:
    staff = Staff()
    staff.add(LoketPerson(1, "E-1", employee(1, "E-1"), employment() | {"id": "B-1"}))
    found = staff.by_number(1)
    assert found is not None
    assert staff.by_id("e-1") is found
    assert (staff.by_number(2), staff.by_id("e-2")) == (None, None)
    assert staff.numbers_of({"b-1": 7, "b-2": 8}) == {1: 7}


def test_what_identity_asks_stands_beside_the_packed_row() -> None:
    staff = Staff()
    whole = employee(1, "e-1")
    staff.add(LoketPerson(1, "e-1", whole, employment() | {"endDate": "2026-12-31T00:00:00"}))
    (packed,) = staff
    assert unpack(packed.signs) == unpack(in_loket(whole["personalDetails"]))
    assert (packed.is_here, packed.ends) == (True, "2026-12-31")


def test_concepts_are_found_by_name_and_number_the_oldest_first() -> None:
    concepts = Concepts()
    for name, number, made in (("LP-1", 1, "2026-02"), ("Zoë", 1, "2026-01"), ("LP-1", None, "2026-03")):
        concept = {
            "id": f"C-{made}",
            "uniqueName": name,
            "creationDate": made,
            "employeeData": {"employeeNumber": number},
        }
        before = deepcopy(concept)
        assert concepts.whole(concepts.add(concept)) == before
    assert [one.created for one in concepts.about("LP-1", 1)] == ["2026-01", "2026-02", "2026-03"]
    assert [one.created for one in concepts.about("LP-1")] == ["2026-02", "2026-03"]
    found = concepts.by_id("c-2026-01")
    assert found is not None
    assert (found.unique_name, found.administration) == ("Zoë", "")
