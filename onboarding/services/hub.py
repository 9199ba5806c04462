"""Where the setup of a legal entity stands and whose turn it is: calculated from what is stored. No network."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from onboarding.checks import CHECKS
from onboarding.facts import Fact, Owner
from onboarding.models import Assignment, Booking, Connection, LegalEntity, User
from onboarding.progress import Holder, State, Status, states_of
from onboarding.services import known
from onboarding.services.known import Member, Rows
from onboarding.steps import StepKey


@dataclass(frozen=True, slots=True)
class Wait:
    """How many tasks wait for one holder, since the first of them does. Without a name it is the owner (support)."""

    name: str
    count: int
    since: datetime
    owner: Owner | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """The setup of one legal entity as one user sees it.

    `next_step` is for this user; `next_of_others` is what somebody else could do now, where the user can do nothing.
    `may_act`: has payroll edit (rule 7). `administrators`: who can change that, by name.
    """

    entity: LegalEntity
    states: tuple[State, ...]
    facts: Mapping[str, Fact]
    assignments: Mapping[StepKey, Assignment]
    booking: Booking | None
    connection: Connection | None
    waits: tuple[Wait, ...]
    next_step: StepKey | None
    next_of_others: StepKey | None
    may_act: bool
    is_administrator: bool
    administrators: tuple[str, ...]
    editors: tuple[str, ...]
    connectors: tuple[str, ...]

    @property
    def done(self) -> int:
        """How many of the nine are completed or verified."""
        return sum(state.status.is_done for state in self.states)

    @property
    def is_complete(self) -> bool:
        return self.done == len(self.states)

    @property
    def problems(self) -> tuple[State, ...]:
        return tuple(state for state in self.states if state.status is Status.PROBLEM)

    def state(self, key: StepKey) -> State:
        """The state of one task."""
        return next(state for state in self.states if state.step.key is key)


def board(entity: LegalEntity, user: User | None) -> Board:
    """The setup of one legal entity; without a user (a guest, the worker) nothing is next for anybody."""
    return boards([entity], user)[0]


def boards(entities: Iterable[LegalEntity], user: User | None) -> list[Board]:
    """The setups of many legal entities, in their order: a constant number of queries."""
    entities = list(entities)
    rows = known.read(entities)
    return [_board(entity, rows, user) for entity in entities]


def state(entity: LegalEntity, key: StepKey, user: User | None) -> State:
    """Where one task stands, as this user sees it."""
    return board(entity, user).state(key)


def _board(entity: LegalEntity, rows: Rows, user: User | None) -> Board:
    gate = None if entity.is_dutch else StepKey.LEGAL_ENTITY
    user_key = user.pk if user else None
    states = tuple(_seen_by(user_key, one) for one in states_of(known.of(entity, rows), gate))
    people, editors = rows.members[entity.company_id], known.editors(entity, rows)
    me = next((member for member in people if member.pk == user_key), None)
    return Board(
        entity=entity,
        states=states,
        facts=rows.facts.get(entity.pk, {}),
        assignments=rows.assignments[entity.pk],
        booking=rows.bookings.get(entity.pk),
        connection=rows.connections.get(entity.pk),
        waits=_waits(states),
        next_step=_first(states, lambda one: me is not None and is_turn_of(me, one, entity)),
        next_of_others=_first(states, lambda one: True),
        may_act=me in editors,
        is_administrator=me is not None and me.is_administrator,
        administrators=tuple(member.name for member in people if member.is_administrator),
        editors=tuple(member.name for member in editors),
        connectors=tuple(member.name for member in editors if member.is_administrator),
    )


def _seen_by(user_key: int | None, state: State) -> State:
    """A task that waits for the one who looks is to be done by him, not waited for."""
    is_mine = state.holder is not None and user_key in state.holder.users
    return to_be_done_by_holder(state) if is_mine else state


def to_be_done_by_holder(state: State) -> State:
    """The state of a task as whoever holds it sees it."""
    return replace(state, status=Status.TO_DO) if state.status is Status.WAITING else state


def _waits(states: Iterable[State]) -> tuple[Wait, ...]:
    found: dict[tuple[str, Owner | None], list[Holder]] = {}
    for one in states:
        if one.status is Status.WAITING and one.holder:
            found.setdefault((one.holder.name, one.holder.owner), []).append(one.holder)
    return tuple(
        Wait(name, len(holders), min(holder.since for holder in holders), owner)
        for (name, owner), holders in found.items()
    )


def _first(states: Sequence[State], is_wanted: Callable[[State], bool]) -> StepKey | None:
    """The first problem that is wanted, else the first task to do."""
    found = (one for status in (Status.PROBLEM, Status.TO_DO) for one in states if one.status is status)
    return next((one.step.key for one in found if is_wanted(one)), None)


def is_turn_of(me: Member, state: State, entity: LegalEntity) -> bool:
    """Whether this member can move the task on himself, or hand it to somebody."""
    if entity.pk not in me.edits:  # an administrator can give himself payroll edit, and without it do nothing else
        return me.is_administrator and state.step.key is StepKey.PERMISSIONS
    owners = {owner_of(state, fact) for fact in state.problems} or {state.step.owner}
    if Owner.ACCOUNTANT in owners and (state.holder is None or me.pk in state.holder.users):
        return True  # nobody has it yet: it is to be done, or to be handed to the accountant
    return Owner.PAYROLL in owners or (me.is_administrator and Owner.ADMINISTRATOR in owners)


def owner_of(state: State, fact: Fact) -> Owner:
    """Who must act on a fact that failed: as it says itself, else as its check does, else whose task it is."""
    check = CHECKS.get(fact.key)
    return fact.owner or (check.owner if check else state.step.owner)
