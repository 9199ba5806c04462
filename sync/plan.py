"""The plan of a run: everybody once, without a write, and in a sync without a read of a single person (D10).

Who somebody is, is decided for all before anything else. Whoever needs nothing has a result at once; for the others a row
says what would be written, and the guards judge them together.
"""

import logging
import traceback
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from loket_portal.loket.errors import SyncError
from mapping.catalogue import LOKET_FIELDS, Resource
from sync.certainty import is_certain, look_on
from sync.diff import Change
from sync.guards import Totals
from sync.identity import Identified, Identity, Newcomer, Stop, claimed_twice
from sync.outcomes import Outcome, PersonResult
from sync.packed import Packed
from sync.person import Seat, begin, go_through
from sync.policy import LEAVERS, Reason
from sync.ports import Confirmed, Memory, Reporter, Target
from sync.resources.actions import PAYMENT_PUT
from sync.resources.words_given import BANK_ACCOUNTS
from sync.roll import Roll, result_key
from sync.work import RunContext, Work

BATCH = 250
"""Results that are stored together."""
HELD = 2500
"""People whose rows may wait in memory: of those still to be done they are stored beside the writing, not before it."""

logger = logging.getLogger("sync.engine")


@dataclass
class Plan:
    """What the plan came to. `uncertain`: somebody's result may be another one tomorrow though nothing changed here."""

    seats: list[Seat]
    todo: list[Seat] = field(default_factory=list)
    held: dict[str, PersonResult] = field(default_factory=dict)
    """Rows of those still to be done that are not stored yet, by result key."""
    totals: Totals = field(default_factory=lambda: Totals(0))
    outcomes: Counter[str] = field(default_factory=Counter)
    same: int = 0
    resumed: int = 0
    uncertain: bool = False


def seat_all(roll: Roll, *, with_signs: bool = True) -> list[Seat]:
    """Everybody with the decision; who they are is not asked yet. `with_signs`: what that asks for is made already."""
    seats = []
    for entry in roll.entries:
        record = roll.record(entry)
        decision = roll.decide(record)
        seat = Seat(entry, result_key(record, decision), decision)
        if with_signs and is_looked_up(seat):
            roll.signs(entry, record)
        seats.append(seat)
    return seats


def is_looked_up(seat: Seat) -> bool:
    """Whether somebody asks who this is in Loket. With a successor, the employment under this number is the successor's."""
    decision = seat.decision
    is_leaver = decision.reason in LEAVERS and not decision.is_succeeded
    return seat.entry.number is not None and (decision.in_scope or (is_leaver and not decision.blocked))


def is_confirmed(seat: Seat, roll: Roll, memory: Memory, suspects: Container[str]) -> bool:
    """Whether HR says what it said when Loket was seen to hold all of it, and no day has come since (D2)."""
    entry = seat.entry
    mark, _, day = memory.confirmed_mark(entry.key)
    if mark != entry.mark or (day is not None and day <= roll.today) or entry.row in roll.double_bsn_rows:
        return False
    return not (seat.key in suspects or memory.quarantined(entry.key))


def identify(seats: Sequence[Seat], identity: Identity, target: Target) -> Identity:
    """Tells of everybody who it is. The employees list is read only when somebody may be in no employment.

    What everybody was recognised by is forgotten then: some hundred bytes a person for which nobody asks again.
    """
    if _ask(seats, identity):
        target.add_unemployed(identity.snapshot.people)
        identity = identity.anew()
        _ask(seats, identity)
    twice = claimed_twice({seat.key: seat.who for seat in seats if seat.decision.in_scope and seat.who})
    for seat in seats:
        if seat.key in twice:
            seat.who = Stop(Reason.OTHER_PERSON)
    for seat in seats:
        seat.entry.signs = None
    return identity.anew()


def _ask(seats: Sequence[Seat], identity: Identity) -> bool:
    """Whether somebody was not found."""
    is_missing = False
    for seat in seats:
        number = seat.entry.number
        if number is not None and is_looked_up(seat):
            seat.who = identity.of(seat.entry, number)
            is_missing |= seat.decision.in_scope and _is_not_found(seat.who)
    return is_missing


def _is_not_found(who: Identified) -> bool:
    return isinstance(who, Newcomer) or (isinstance(who, Stop) and who.reason is Reason.GONE_IN_LOKET)


class Planner:
    """Makes the plan of one run."""

    def __init__(
        self,
        context: RunContext,
        roll: Roll,
        reporter: Reporter,
        moved: Mapping[int, int] | None,
        unread: Container[str] = frozenset(),
        heard: Mapping[int, int] = MappingProxyType({}),
    ) -> None:
        """`moved` has the employee numbers of those who moved since the last sync; None: everybody is to be looked at.
        `unread` are the result keys of those who were not read, since there is nothing new of them. `heard` has those of
        whom it is known that they moved, with their numbers: whom an earlier attempt has finished may be among them."""
        self._context, self._roll, self._reporter, self._moved = context, roll, reporter, moved
        self._unread, self._heard = unread, heard
        self._needs: Counter[str] = Counter()
        self._changing = 0
        self._rows: list[PersonResult] = []
        self._confirmed: list[Confirmed] = []
        self._suspects = reporter.suspects()

    def make(self, seats: list[Seat], version: int | None) -> Plan:
        """Everybody who has no final result yet; results and rows are stored on the way. `version`: as of the lists."""
        plan, finals = Plan(seats), self._reporter.finals()
        for place, seat in enumerate(seats):
            if place % BATCH == 0:
                self._reporter.check()
            if place and place % HELD == 0:
                self._reporter.flush()  # planning is faster than writing down: what waits must not grow with the people
            self._seat(plan, seat, finals, version)
            if len(self._rows) >= BATCH:
                self._store()
        self._store()
        known = sum(1 for seat in seats if seat.decision.in_scope and self._is_known(seat))
        plan.totals = Totals(len(seats), known, self._changing, dict(self._needs))
        self._reporter.planned(len(plan.todo), plan.same)
        return plan

    def _seat(self, plan: Plan, seat: Seat, finals: Container[str], version: int | None) -> None:
        if self._context.journal.was_sent(seat.entry.key, PAYMENT_PUT):  # in an earlier turn, for the same yes
            self._context.worded.count(BANK_ACCOUNTS, seat.key)
        if seat.key in finals:
            plan.resumed += 1
            if not self._was_certain(seat):
                plan.uncertain = True
                self._doubt(seat)
        elif seat.key in self._unread or self._is_same(seat):
            plan.same += 1
        else:
            self._one(plan, seat, version)

    def _was_certain(self, seat: Seat) -> bool:
        """Of somebody whom an earlier attempt of this run has finished, and whom nobody has touched since in Loket."""
        if seat.decision.blocked or (not seat.decision.in_scope and seat.who is None):
            return True
        mark, version, _ = self._context.memory.confirmed_mark(seat.entry.key)
        return mark == seat.entry.mark and not _is_later(self._heard, seat, version)

    def _is_known(self, seat: Seat) -> bool:
        return isinstance(seat.who, Packed) or seat.key in self._unread

    def _is_same(self, seat: Seat) -> bool:
        """Whether nothing has changed on either side since Loket was seen to hold all of it (D2)."""
        memory, who = self._context.memory, seat.who
        if self._moved is None or not isinstance(who, Packed) or not seat.decision.in_scope:
            return False
        if not is_confirmed(seat, self._roll, memory, self._suspects):
            return False
        _, version, _ = memory.confirmed_mark(seat.entry.key)
        return not _is_later(self._moved, seat, version)

    def _one(self, plan: Plan, seat: Seat, version: int | None) -> None:
        work = begin(self._context, seat, self._roll.record(seat.entry))
        try:
            go_through(work, seat)
        except SyncError:
            raise  # of a list that everybody needs
        except self._context.options.ends_turn:
            raise
        except Exception as error:  # noqa: BLE001 (rule 50: a fault of ours in one person stops nobody else)
            log(error)
            work.changes.clear()
            work.must_look = False
            work.fail(Reason.UNEXPECTED)
        if work.is_to_do and not self._is_set_aside(work, seat):
            self._to_do(plan, seat, work)
        else:
            self._final(plan, seat, work, version)

    def _is_set_aside(self, work: Work, seat: Seat) -> bool:
        """Whether Loket refused just this before. Bound to the mark: who changed is tried again (D9)."""
        found = self._context.memory.quarantined(seat.entry.key)
        if self._context.is_preview or found is None or found.mark != seat.entry.mark:
            return False
        work.changes.clear()
        work.messages.extend(found.messages)
        work.block(Reason.SET_ASIDE)
        return True

    def _to_do(self, plan: Plan, seat: Seat, work: Work) -> None:
        sendable = [change for change in work.changes if change.sendable]
        for needs in {change.needs for change in sendable if change.needs}:
            self._needs[needs] += 1
            self._context.worded.count(needs, seat.key)
        self._changing += bool(sendable) and isinstance(seat.who, Packed)
        if self._context.is_preview and not work.must_look:
            self._final(plan, seat, work, None)
            return
        plan.todo.append(seat)
        seat.is_plain = _is_plain(work, seat)
        if len(plan.held) < HELD and not self._suspects:  # an earlier attempt may have counted on rows
            plan.held[seat.key] = work.plan()
        else:
            self._rows.append(work.plan())

    def _final(self, plan: Plan, seat: Seat, work: Work, version: int | None) -> None:
        result = work.result()
        self._rows.append(result)
        plan.outcomes[result.outcome.value] += 1
        if self._context.is_preview:
            return
        certain = is_certain(result, seat, self._context.options)
        plan.uncertain |= not certain
        memory = self._context.memory
        if result.outcome in (Outcome.UNCHANGED, Outcome.CHANGED) and memory.quarantined(seat.entry.key):
            memory.release(seat.entry.key)
        if isinstance(seat.who, Packed) and seat.decision.in_scope:
            if certain:
                self._confirm(seat, version)
            else:
                self._doubt(seat)

    def _confirm(self, seat: Seat, version: int | None) -> None:
        known, entry = self._context.memory.confirmed_mark(seat.entry.key), seat.entry
        day = look_on(seat, self._context.today)
        if known[0] != entry.mark or known[2] != day:
            self._confirmed.append(Confirmed(entry.key, entry.mark, version, day))

    def _doubt(self, seat: Seat) -> None:
        """What was certain once is so no more: the next run looks again, though HR says the same as then."""
        if self._context.memory.confirmed_mark(seat.entry.key)[0]:
            self._confirmed.append(Confirmed(seat.entry.key, "", None))

    def _store(self) -> None:
        if self._rows:
            self._reporter.plan(self._rows)
        if self._confirmed:
            self._context.memory.confirm(self._confirmed)
        self._rows, self._confirmed = [], []


def _is_plain(work: Work, seat: Seat) -> bool:
    """Whether all there is to do is a PUT of the employee, of somebody about whom there is nothing else to tell."""
    is_alone = work.outcome is Outcome.CHANGED and not (work.reason or work.must_look or work.begun.changes)
    return is_alone and isinstance(seat.who, Packed) and all(map(_is_of_employee, work.changes))


def _is_of_employee(change: Change) -> bool:
    """Whether a change that is sent goes in the employee; one that is not sent goes nowhere."""
    return not change.sendable or LOKET_FIELDS[change.field].resource is Resource.EMPLOYEE


def _is_later(moved: Mapping[int, int], seat: Seat, version: int | None) -> bool:
    """Whether somebody moved after Loket was seen at that version."""
    number = moved.get(seat.who.number) if isinstance(seat.who, Packed) else None
    return number is not None and (version is None or number > version)


def forget_moved(memory: Memory, seats: Sequence[Seat], moved: Container[int], seen: Container[str]) -> bool:
    """Whoever moved at Loket while the run went on, and was not seen again since, is looked at by the next run."""
    gone = [seat.entry.key for seat in _moved(seats, moved) if seat.key not in seen]
    if gone:
        memory.confirm([Confirmed(key, "", None) for key in gone])
    return bool(gone)


def _moved(seats: Sequence[Seat], moved: Container[int]) -> Iterator[Seat]:
    return (seat for seat in seats if isinstance(seat.who, Packed) and seat.who.number in moved)


def log(error: Exception) -> None:
    """The kind of error and its place only: its text may hold a value of this person."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    logger.error("a person failed: %s in %s line %s", type(error).__name__, frame.name, frame.lineno)
