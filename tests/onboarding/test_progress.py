"""From facts to the six statuses: table-driven, and with Hypothesis for what must hold whatever is known."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.facts import Fact, Outcome
from onboarding.progress import Holder, Known, State, Status, state_of, states_of
from onboarding.steps import BY_KEY, HEALTH, STEPS, StepKey

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
USER = BY_KEY[StepKey.INTEGRATION_USER]
PERSON = BY_KEY[StepKey.PAYROLL_PERSON]
HOLDER = Holder("Jansen Accountants", NOW - timedelta(days=3), is_guest=True)
GOOD = (Outcome.PROVED, Outcome.DERIVED)


def fact(key: str, outcome: Outcome, *, at: datetime = NOW, by: str = "", since: datetime | None = None) -> Fact:
    return Fact(key, outcome, at, by, since=since)


def proved(step: StepKey, **others: Outcome) -> dict[str, Fact]:
    """Every check of the step proved, but for the named ones."""
    return {key: fact(key, others.get(key, Outcome.PROVED)) for key in BY_KEY[step].checks}


def said(outcome: Outcome = Outcome.DECLARED) -> Fact:
    return fact(USER.key, outcome, by="M. Jansen")


# --- One step ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("checks", "declared", "holder", "blocked_by", "status"),
    [
        ({}, None, None, (), Status.TO_DO),
        ({}, None, HOLDER, (), Status.WAITING),
        ({}, None, HOLDER, (StepKey.LEGAL_ENTITY,), Status.BLOCKED),
        ({}, Outcome.DECLARED, HOLDER, (), Status.COMPLETED),
        ({}, Outcome.DECLARED, None, (StepKey.LEGAL_ENTITY,), Status.COMPLETED),
        ({}, Outcome.WITHDRAWN, None, (), Status.TO_DO),
        ({}, Outcome.WITHDRAWN, HOLDER, (), Status.WAITING),
        (proved(USER.key), None, HOLDER, (), Status.VERIFIED),
        (proved(USER.key), Outcome.DECLARED, None, (), Status.VERIFIED),
        (proved(USER.key), Outcome.WITHDRAWN, None, (StepKey.LEGAL_ENTITY,), Status.VERIFIED),
        (proved(USER.key, rights=Outcome.DERIVED), None, None, (), Status.VERIFIED),
        (proved(USER.key, rights=Outcome.FAILED), None, None, (), Status.PROBLEM),
        (proved(USER.key, rights=Outcome.FAILED), Outcome.DECLARED, HOLDER, (StepKey.SCOPE,), Status.PROBLEM),
        (proved(USER.key, modules=Outcome.UNREACHABLE), None, None, (), Status.TO_DO),
        (proved(USER.key, modules=Outcome.UNREACHABLE), Outcome.DECLARED, None, (), Status.COMPLETED),
        ({"rights": fact("rights", Outcome.PROVED)}, None, None, (), Status.TO_DO),
    ],
)
def test_a_step_stands_where_its_facts_put_it(
    checks: Mapping[str, Fact],
    declared: Outcome | None,
    holder: Holder | None,
    blocked_by: tuple[StepKey, ...],
    status: Status,
) -> None:
    known = Known(checks, said(declared) if declared else None, holder)
    assert state_of(USER, known, blocked_by).status is status


def test_a_step_without_checks_is_completed_and_never_verified() -> None:
    state = state_of(PERSON, Known({}, said()))
    assert (state.status, state.by, state.at) == (Status.COMPLETED, "M. Jansen", NOW)


def test_verified_is_as_old_as_its_oldest_check_and_names_who_asked_for_that_one() -> None:
    checks = proved(USER.key)
    old = fact("modules", Outcome.PROVED, at=NOW - timedelta(days=1), by="Anna")
    state = state_of(USER, Known(checks | {"modules": old}))
    assert (state.at, state.by) == (old.at, "Anna")


@pytest.mark.parametrize("outcome", GOOD)
def test_verified_says_derived_where_something_was_concluded(outcome: Outcome) -> None:
    state = state_of(USER, Known(proved(USER.key, rights=outcome)))
    assert state.is_derived is (outcome is Outcome.DERIVED)


def test_a_problem_lists_every_fact_that_failed_and_keeps_who_has_the_task() -> None:
    known = Known(proved(USER.key, rights=Outcome.FAILED, modules=Outcome.FAILED), holder=HOLDER)
    state = state_of(USER, known)
    assert [problem.key for problem in state.problems] == ["rights", "modules"]
    assert state.holder is HOLDER


def test_a_fact_that_no_check_of_the_step_found_can_fail_it_too() -> None:
    """As the country of a legal entity does, or a declined booking."""
    state = state_of(PERSON, Known({"country": fact("country", Outcome.FAILED)}, said()))
    assert state.status is Status.PROBLEM


def test_what_could_not_be_asked_keeps_what_was_known_and_says_since_when() -> None:
    """The store gives the former outcome with `since`; the status stays, and the page can say so."""
    since = NOW - timedelta(hours=2)
    checks = proved(USER.key)
    checks["modules"] = replace(checks["modules"], since=since)
    state = state_of(USER, Known(checks))
    assert (state.status, state.unreachable_since) == (Status.VERIFIED, since)


def test_verified_that_fails_becomes_a_problem_and_verified_again_when_mended() -> None:
    course = [Outcome.PROVED, Outcome.FAILED, Outcome.PROVED]
    statuses = [state_of(USER, Known(proved(USER.key, rights=outcome), said())).status for outcome in course]
    assert statuses == [Status.VERIFIED, Status.PROBLEM, Status.VERIFIED]


# --- All nine ---------------------------------------------------------------------------------------------------------------


def by_key(states: tuple[State, ...]) -> dict[StepKey, State]:
    return {state.step.key: state for state in states}


def declared(*keys: StepKey) -> dict[StepKey, Known]:
    return {key: Known({}, said()) for key in keys}


def test_at_the_start_what_needs_nothing_is_to_do_and_the_rest_names_what_blocks_it() -> None:
    states = by_key(states_of({}))
    assert [key for key, state in states.items() if state.status is Status.TO_DO] == list(StepKey)[:4]
    assert states[StepKey.INTEGRATION_USER].blocked_by == (StepKey.LEGAL_ENTITY,)
    assert states[StepKey.BOOKING].blocked_by == tuple(list(StepKey)[:4])
    assert states[StepKey.AUTHORIZE].blocked_by == (StepKey.ATTRIBUTES,)


def test_a_blocked_step_names_only_what_is_not_done_yet() -> None:
    states = by_key(states_of(declared(StepKey.PAYROLL_PERSON, StepKey.LEGAL_ENTITY)))
    assert states[StepKey.BOOKING].blocked_by == (StepKey.SCOPE, StepKey.PERMISSIONS)
    assert states[StepKey.LOKET_ACCOUNT].status is Status.TO_DO


def test_a_problem_in_one_step_blocks_those_that_need_it() -> None:
    known = declared(*StepKey) | {StepKey.LEGAL_ENTITY: Known({"own_tax_id": fact("own_tax_id", Outcome.FAILED)})}
    known[StepKey.BOOKING] = Known({})
    states = by_key(states_of(known))
    assert states[StepKey.LEGAL_ENTITY].status is Status.PROBLEM
    assert states[StepKey.BOOKING].blocked_by == (StepKey.LEGAL_ENTITY,)


def test_behind_a_gate_everything_that_is_not_done_waits_for_it() -> None:
    """Rule 1: for a legal entity outside the Netherlands there is no point in going on."""
    failing = Known({"country": fact("country", Outcome.FAILED)})
    known = {StepKey.LEGAL_ENTITY: failing, StepKey.SCOPE: Known({}, said())}
    states = by_key(states_of(known, gate=StepKey.LEGAL_ENTITY))
    assert states[StepKey.LEGAL_ENTITY].status is Status.PROBLEM
    assert states[StepKey.SCOPE].status is Status.COMPLETED
    others = [state for key, state in states.items() if key not in {StepKey.LEGAL_ENTITY, StepKey.SCOPE}]
    assert {(state.status, state.blocked_by) for state in others} == {(Status.BLOCKED, (StepKey.LEGAL_ENTITY,))}


def test_a_gate_that_is_done_blocks_nothing() -> None:
    states = states_of(declared(StepKey.LEGAL_ENTITY), gate=StepKey.LEGAL_ENTITY)
    assert not [state for state in states if state.status is Status.BLOCKED]


def test_the_steps_are_nine_in_their_order_and_need_only_earlier_ones() -> None:
    assert [step.key for step in STEPS] == list(StepKey)
    for number, step in enumerate(STEPS):
        assert set(step.needs) <= {earlier.key for earlier in STEPS[:number]}


def test_no_fact_proves_two_steps_and_health_proves_none() -> None:
    keys = [key for step in STEPS for key in step.checks]
    assert len(keys) == len(set(keys))
    assert not set(keys) & set(HEALTH)


# --- Whatever is known ------------------------------------------------------------------------------------------------------

outcomes = st.sampled_from(Outcome)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
steps = st.sampled_from(STEPS)


@st.composite
def knowns(draw: st.DrawFn, step_key: StepKey) -> Known:
    keys = [*BY_KEY[step_key].checks, "besides"]
    checks = draw(st.dictionaries(st.sampled_from(keys), outcomes))
    declared_as = draw(st.none() | st.sampled_from([Outcome.DECLARED, Outcome.WITHDRAWN]))
    holder = draw(st.none() | st.just(HOLDER))
    facts = {key: fact(key, outcome, at=draw(moments)) for key, outcome in checks.items()}
    return Known(facts, said(declared_as) if declared_as else None, holder)


everything = st.fixed_dictionaries({key: knowns(key) for key in StepKey})


@given(everything)
def test_a_failed_fact_beats_everything(known: dict[StepKey, Known]) -> None:
    for state in states_of(known):
        failed = {key for key, one in known[state.step.key].checks.items() if one.outcome is Outcome.FAILED}
        assert (state.status is Status.PROBLEM) is bool(failed)
        assert {problem.key for problem in state.problems} == failed


@given(everything)
def test_verified_takes_every_check_and_a_person_saying_so_is_never_enough(known: dict[StepKey, Known]) -> None:
    for state in states_of(known):
        if state.status is Status.VERIFIED:
            checks = known[state.step.key].checks
            assert state.step.checks
            assert all(checks[key].outcome in GOOD for key in state.step.checks)


@given(everything)
def test_completed_is_always_somebodys_word(known: dict[StepKey, Known]) -> None:
    for state in states_of(known):
        if state.status is Status.COMPLETED:
            declared_fact = known[state.step.key].declared
            assert declared_fact is not None
            assert declared_fact.outcome is Outcome.DECLARED
            assert state.by == declared_fact.by


@given(everything)
def test_what_is_blocked_names_open_steps_that_it_needs_and_the_rest_names_none(known: dict[StepKey, Known]) -> None:
    states = by_key(states_of(known))
    for state in states.values():
        assert bool(state.blocked_by) is (state.status is Status.BLOCKED)
        assert all(not states[key].status.is_done and key in state.step.needs for key in state.blocked_by)


@given(steps.flatmap(lambda step: st.tuples(st.just(step.key), knowns(step.key))), moments)
def test_being_unreachable_changes_no_status(pair: tuple[StepKey, Known], since: datetime) -> None:
    key, known = pair
    away = replace(known, checks={name: replace(one, since=since) for name, one in known.checks.items()})
    assert state_of(BY_KEY[key], away).status is state_of(BY_KEY[key], known).status


@given(everything)
def test_the_same_is_known_the_same_is_said(known: dict[StepKey, Known]) -> None:
    assert states_of(known) == states_of(dict(reversed(known.items())))
