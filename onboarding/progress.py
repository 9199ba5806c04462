"""From what is known to the hub's six statuses. Pure: no clock, no database.

Proved by a check is Verified, declared by a person is Completed, failed is Problem found. Unreachable keeps what was
known before (docs/setup-wizard.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from onboarding.facts import Fact, Outcome, Owner
from onboarding.steps import BY_KEY, STEPS, Step, StepKey


class Status(StrEnum):
    """The six, and no more."""

    TO_DO = "to_do"
    WAITING = "waiting"
    BLOCKED = "blocked"
    PROBLEM = "problem"
    COMPLETED = "completed"
    VERIFIED = "verified"

    @property
    def is_done(self) -> bool:
        return self in (Status.COMPLETED, Status.VERIFIED)


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose turn it is, since when: a guest, members (`users` are their keys), or support, which has no name."""

    name: str
    since: datetime
    is_guest: bool = False
    owner: Owner | None = None
    users: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one step: its latest facts by key, who declared it, who holds it."""

    checks: Mapping[str, Fact]
    declared: Fact | None = None
    holder: Holder | None = None


@dataclass(frozen=True, slots=True)
class State:
    """Where one step stands. `at` and `by`: when and by whom it got there; `problems`: the facts that failed."""

    step: Step
    status: Status
    at: datetime | None = None
    by: str = ""
    is_derived: bool = False
    holder: Holder | None = None
    blocked_by: tuple[StepKey, ...] = ()
    problems: tuple[Fact, ...] = ()
    unreachable_since: datetime | None = None


def state_of(step: Step, known: Known, blocked_by: Sequence[StepKey] = ()) -> State:
    """The state of one step; `blocked_by` are the steps it needs that aren't done."""
    return (
        _failed(step, known)
        or _proved(step, known)
        or _declared(step, known)
        or _open(step, known.holder, tuple(blocked_by))
    )


def _failed(step: Step, known: Known) -> State | None:
    """A failed fact beats everything, also what a person says."""
    failed = tuple(fact for fact in known.checks.values() if fact.outcome is Outcome.FAILED)
    if not failed:
        return None
    at, since = max(fact.at for fact in failed), _since(known)
    return State(step, Status.PROBLEM, at=at, holder=known.holder, problems=failed, unreachable_since=since)


def _proved(step: Step, known: Known) -> State | None:
    """Verified takes every check of the step, each proved or derived; it is as old as the oldest of them."""
    facts = [known.checks[key] for key in step.checks if key in known.checks]
    if not facts or len(facts) < len(step.checks) or not all(fact.outcome.is_good for fact in facts):
        return None
    is_derived = any(fact.outcome is Outcome.DERIVED for fact in facts)
    oldest, since = min(facts, key=lambda fact: fact.at), _since(known)
    return State(step, Status.VERIFIED, at=oldest.at, by=oldest.by, is_derived=is_derived, unreachable_since=since)


def _declared(step: Step, known: Known) -> State | None:
    said = known.declared
    if said is None or said.outcome is not Outcome.DECLARED:
        return None
    return State(step, Status.COMPLETED, at=said.at, by=said.by, unreachable_since=_since(known))


def _open(step: Step, holder: Holder | None, blocked_by: tuple[StepKey, ...]) -> State:
    if blocked_by:
        return State(step, Status.BLOCKED, holder=holder, blocked_by=blocked_by)
    if holder:
        return State(step, Status.WAITING, at=holder.since, holder=holder)
    return State(step, Status.TO_DO)


def _since(known: Known) -> datetime | None:
    return min((fact.since for fact in known.checks.values() if fact.since), default=None)


def states_of(known: Mapping[StepKey, Known], gate: StepKey | None = None) -> tuple[State, ...]:
    """The state of all nine steps, in their order; a step waits for those it needs (rule 8).

    `gate` is a step without which there is no point in going on: whatever is not done waits for it (rule 1).
    """
    states: dict[StepKey, State] = {}
    nothing = Known({})
    if gate is not None:
        states[gate] = state_of(BY_KEY[gate], known.get(gate, nothing))
    for step in STEPS:
        needs = step.needs if gate is None else (gate,)
        blocked_by = [key for key in needs if key != step.key and not states[key].status.is_done]
        states[step.key] = state_of(step, known.get(step.key, nothing), blocked_by)
    return tuple(states[step.key] for step in STEPS)
