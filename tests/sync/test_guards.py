"""What a run may not do before a person has said so (D10, rule 53)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync import guards
from sync.guards import CAN_BE_LEFT_OUT, FEW, FIRST_WRITES, Code, Guard, NeedsApproval, Totals

PEOPLE = st.integers(0, 30_000)
CODES = sorted(CAN_BE_LEFT_OUT)


@st.composite
def plans(draw: st.DrawFn) -> Totals:
    people = draw(PEOPLE)
    known = draw(st.integers(0, people))
    changing = draw(st.integers(0, known))
    return Totals(people, known, changing, draw(st.dictionaries(st.sampled_from(CODES), st.integers(0, people))))


def judged(totals: Totals, **more: object) -> tuple[Guard, ...]:
    options = {"approved": {}, "is_first": False, "asks_for_iban": True, "people_before": None} | more
    return guards.judge(totals, **options)  # type: ignore[arg-type]


def codes(found: tuple[Guard, ...]) -> list[str]:
    return [guard.code for guard in found]


def yes(found: tuple[Guard, ...]) -> dict[str, int]:
    return {guard.code: guard.count for guard in found}


@pytest.mark.parametrize(
    ("known", "changing", "is_asked"),
    [(12, FEW, False), (12, FEW + 1, True), (100, 20, False), (100, 21, True), (2000, 400, False), (2000, 401, True)],
)
def test_more_changes_than_ten_and_than_a_fifth_are_asked_about(known: int, changing: int, is_asked: bool) -> None:
    found = judged(Totals(known, known, changing))
    assert codes(found) == ([Code.TOO_MANY_CHANGES] if is_asked else [])
    assert not judged(Totals(known, known, changing), is_first=True), "the first sync changes what it changes"


@pytest.mark.parametrize(
    ("people", "before", "code"),
    [
        (0, None, Code.SOURCE_EMPTY),
        (0, 60, Code.SOURCE_EMPTY),
        (29, 60, Code.SOURCE_SHRUNKEN),
        (30, 60, None),
        (60, 30, None),
        (1, None, None),
    ],
)
def test_a_source_that_is_empty_or_lost_more_than_half_is_asked_about(
    people: int, before: int | None, code: str | None
) -> None:
    assert codes(guards.source_guards(people, before)) == ([code] if code else [])


def test_a_bank_account_is_asked_about_unless_that_is_switched_off() -> None:
    plan = Totals(60, 60, 2, {Code.BANK_ACCOUNTS: 2})
    assert judged(plan) == (Guard(Code.BANK_ACCOUNTS, 2, 60),)
    assert judged(plan, asks_for_iban=False) == ()


@pytest.mark.parametrize("code", [Code.ENDED_EMPLOYMENTS, Code.START_DATES, Code.REINSTATEMENTS])
def test_an_end_a_start_and_a_return_are_always_asked_about(code: str) -> None:  # rule 53
    assert codes(judged(Totals(60, 60, 1, {code: 1}), is_first=True, asks_for_iban=False)) == [code]


@pytest.mark.parametrize(
    ("written", "refused", "is_asked"),
    [
        (FIRST_WRITES - 1, 20, False),
        (FIRST_WRITES, 5, False),
        (FIRST_WRITES, 6, True),
    ],
)
def test_many_refusals_at_the_start_are_asked_about(written: int, refused: int, is_asked: bool) -> None:
    found = guards.refused_at_start(written, refused, {})
    assert codes(found) == ([Code.REFUSED_AT_START] if is_asked else [])
    assert guards.refused_at_start(written, refused, {Code.REFUSED_AT_START: refused}) == ()


@given(plans(), st.booleans(), st.booleans(), st.one_of(st.none(), PEOPLE))
def test_who_said_yes_to_everything_is_not_asked_again(
    plan: Totals, is_first: bool, asks: bool, before: int | None
) -> None:
    about = {"is_first": is_first, "asks_for_iban": asks, "people_before": before}
    found = judged(plan, **about)
    assert len({*codes(found)}) == len(found)
    assert all(guard.count > 0 for guard in found)
    assert judged(plan, approved=yes(found), **about) == ()


@given(plans(), st.sampled_from(CODES), st.integers(1, 50))
def test_what_has_grown_since_the_answer_is_asked_again(plan: Totals, code: str, more: int) -> None:
    approved = yes(judged(plan))
    grown = Totals(plan.people, plan.known, plan.changing, {**plan.needs, code: plan.needs.get(code, 0) + more})
    assert codes(judged(grown, approved=approved)) == [code]


@given(plans(), st.sampled_from(CODES))
def test_what_was_left_out_is_not_asked_again_however_much_it_is(plan: Totals, code: str) -> None:
    assert code not in codes(judged(plan, approved={code: 0}))
    assert guards.is_left_out(code, {code: 0})
    assert not guards.is_left_out(code, {code: 3})


def test_a_no_is_no_answer_where_nothing_can_be_left_out() -> None:
    assert codes(judged(Totals(60, 60, 60), approved={Code.TOO_MANY_CHANGES: 0})) == [Code.TOO_MANY_CHANGES]


@pytest.mark.parametrize(
    ("needs", "asks", "is_out"),
    [("", True, False), (Code.BANK_ACCOUNTS, True, True), (Code.BANK_ACCOUNTS, False, False)],
)
def test_a_change_that_needs_a_word_is_not_sent_before_it(needs: str, asks: bool, is_out: bool) -> None:
    assert guards.is_left_out(needs, {}, asks_for_iban=asks) is is_out


@given(plans(), st.one_of(st.none(), PEOPLE))
def test_guards_survive_being_stored(plan: Totals, before: int | None) -> None:
    found = judged(plan, people_before=before)
    assert guards.from_json(guards.to_json(found)) == found


def test_the_stop_carries_its_questions() -> None:
    found = judged(Totals(0))
    with pytest.raises(NeedsApproval) as stopped:
        raise NeedsApproval(found)
    assert stopped.value.guards == found
