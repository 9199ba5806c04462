"""A run: everybody of the source once, each with a result, whatever happens to one of them (D1, rule 50).

Plan, then apply: nothing is written before everybody is planned and the guards agree. Killed at any point, the same run
goes on where it stopped: people with a result are left alone, and for the one who was being worked on the journal and
Loket tell what has landed.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date

from loket_portal.loket.errors import ConfigProblem, Retryable
from mapping.rules import MappingSet
from sync import confirm, few, roll
from sync.apply import Apply, Done, Tally
from sync.certainty import is_certain, look_on
from sync.guards import Guard, NeedsApproval, judge, source_guards, unanswered
from sync.identity import Identity, unique_name
from sync.outcomes import Counts, MessageLike, Outcome, PersonResult
from sync.packed import Packed
from sync.person import Seat
from sync.plan import Plan, Planner, forget_moved, identify, seat_all
from sync.policy import Reason
from sync.ports import (
    Confirmed,
    Journal,
    LeaseLost,
    LoketPerson,
    Memory,
    Options,
    People,
    Reporter,
    Seal,
    SliceOver,
    Snapshot,
    StandingFacts,
    Stopped,
    Target,
    Versions,
)
from sync.roll import Roll
from sync.work import Mode, RunContext

__all__ = [
    "Counts",
    "Journal",
    "LeaseLost",
    "LoketPerson",
    "Memory",
    "MessageLike",
    "NeedsApproval",
    "Options",
    "Outcome",
    "PersonResult",
    "Reporter",
    "Seal",
    "SliceOver",
    "Snapshot",
    "Stopped",
    "Target",
    "run",
    "unique_name",
]


def run(
    people: People,
    *,
    mapping: MappingSet,
    target: Target,
    memory: Memory,
    journal: Journal,
    reporter: Reporter,
    seal: Seal,
    today: date,
    options: Options,
) -> Counts:
    """Compares everybody with Loket and, unless it is a dry run, writes what differs. `today` is the day in Amsterdam.

    Raises ConfigProblem (also SignInNeeded) when the run can't go on before a person changes something, NeedsApproval when
    somebody must answer first, Stopped when somebody asked for it, SliceOver when others have their turn, LeaseLost when
    it is somebody else's now, and Retryable when it should go on later: not even the first reading succeeds, Loket asks
    for a pause, or it answers for several people in a row no more.
    """
    everybody = roll.with_answers(roll.call(people, mapping, seal, today, options), seal, memory.left_out)
    engine = _Engine(everybody, target, memory, journal, reporter, seal, options)
    try:
        return engine.go()
    finally:
        reporter.called(*target.take_calls())


@dataclass
class _Engine:
    """One attempt of one run."""

    roll: Roll
    target: Target
    memory: Memory
    journal: Journal
    reporter: Reporter
    seal: Seal
    options: Options
    shelf: confirm.Shelf = field(default_factory=confirm.Shelf)
    looked: list[Confirmed] = field(default_factory=list)
    """Those who were looked at and found to agree, without a write."""
    moved: dict[int, int] = field(default_factory=dict)
    """By employee number the version of those who moved since the lists were read, whoever moved them."""
    version: int | None = None
    """The highest version number known."""
    listed: int | None = None
    """That of just before the lists were read."""
    uncertain: bool = False
    read: list[Seat] | None = None
    """Those who were read when nobody else had to be; None when everybody was."""
    heard: Mapping[str, int] | None = None
    """By employment who moved since the last sync, before the lists; None where there was none."""
    unheard: bool = False
    """Somebody who was not read has moved since: the next run hears of it again."""

    def go(self) -> Counts:
        """The whole run."""
        total, options = len(self.roll.entries), self.options
        self.reporter.begin(total)
        standing = self.memory.standing()
        if not options.dry_run:
            self._ask(unanswered(source_guards(total, standing.people), options.approved))
        mark = roll.everybody(self.roll, self.seal)
        before = self._versions_before(standing)
        if before == {} and self._is_same(standing, mark):
            self.reporter.same_as_before(total)
            return Counts(total=total, same=total)
        plan, context = self._plan(standing, before)
        tally = Tally(replace(context, mode=Mode.LOOK if options.dry_run else Mode.APPLY), self.reporter, self._final)
        self._apply(plan, tally)
        if not options.dry_run:
            self._settle(plan, mark, total, tally)
        self.reporter.flush()
        told = plan.outcomes + tally.outcomes
        return Counts(total=total, resumed=plan.resumed, same=plan.same, **told)

    # before the plan

    def _ask(self, guards: Sequence[Guard]) -> None:
        if guards:
            raise NeedsApproval(tuple(guards))

    def _versions_before(self, standing: StandingFacts) -> dict[str, int] | None:
        """What moved since the last sync, by employment; None where nobody knows. Asked before the lists are read."""
        if self.options.dry_run:
            return None
        found = self.target.versions(standing.version)
        self.version = self.listed = max(found.highest, standing.version or 0)
        self.heard = None if standing.version is None else found.moved
        return dict(found.moved) if self.heard is not None and not self.options.is_full else None

    def _is_same(self, standing: StandingFacts, mark: str) -> bool:
        """Whether this one call was all: nothing moved on either side since everybody was certain (D2)."""
        is_reached = standing.look_on is not None and standing.look_on <= self.roll.today
        return bool(standing.mark) and standing.mark == mark and not is_reached

    def _everybody(self) -> tuple[Snapshot, list[Seat]]:
        """Everybody in Loket, and everybody of ours with the decision, made meanwhile where there are threads."""
        if self.options.parallel == 1:
            return self.target.snapshot(), seat_all(self.roll)
        with ThreadPoolExecutor(1, "lists") as beside:
            reading = beside.submit(self._snapshot)
            seats = seat_all(self.roll)
            return reading.result(), seats

    def _few(self) -> tuple[Snapshot, list[Seat]]:
        """The same, but of Loket only the few of whom HR has something new, when that will do: nothing has moved there."""
        seats = seat_all(self.roll, with_signs=False)
        found = few.to_read(self.roll, seats, self.memory, self.reporter.suspects())
        if found is not None:
            snapshot = self.target.snapshot([seat.entry.number or 0 for seat in found])
            if few.are_sure(found, self._context(snapshot).identity):
                self.read = found
                return snapshot, seats
        return self.target.snapshot(), seats

    def _snapshot(self) -> Snapshot:
        try:
            return self.target.snapshot()
        finally:
            self.options.leave()

    def _context(self, snapshot: Snapshot) -> RunContext:
        identity = Identity(snapshot, self.roll, self.memory, self.journal, self.options.administration_id)
        return RunContext(
            mapping=self.roll.mapping,
            target=self.target,
            memory=self.memory,
            journal=self.journal,
            seal=self.seal,
            today=self.roll.today,
            options=self.options,
            snapshot=snapshot,
            identity=identity,
            mode=Mode.PLAN,
            begun=self.reporter.begun(),
            double_bsn_rows=self.roll.double_bsn_rows,
            moved=self.moved,
        )

    def _heard(self, seats: Sequence[Seat]) -> Mapping[str, int]:
        """Who moved, as far as that is known; of those whom an earlier attempt has finished it must be."""
        finals = self.reporter.finals()
        if self.heard is None and not self.options.dry_run and any(seat.key in finals for seat in seats):
            self.heard = self.target.versions(0).moved
        return self.heard or {}

    # the plan and its writing

    def _plan(self, standing: StandingFacts, before: dict[str, int] | None) -> tuple[Plan, RunContext]:
        """Everybody planned; raises NeedsApproval where the totals ask for it."""
        snapshot, seats = self._few() if before == {} else self._everybody()
        context, read = self._context(snapshot), seats if self.read is None else self.read
        context = replace(context, identity=identify(read, context.identity, self.target))
        moved = None if before is None else context.snapshot.people.numbers_of(before)
        unread = few.unread(seats, read) if self.read is not None else frozenset[str]()
        heard = context.snapshot.people.numbers_of(self._heard(seats))
        plan = Planner(context, self.roll, self.reporter, moved, unread, heard).make(seats, self.version)
        self.reporter.called(*self.target.take_calls())
        options = self.options
        if not options.dry_run:
            guards = judge(
                plan.totals,
                approved=options.approved,
                is_first=options.is_first,
                asks_for_iban=options.asks_for_iban,
                people_before=standing.people,
            )
            if guards:
                self.reporter.plan(list(plan.held.values()))
            self._ask(guards)
        return plan, context

    def _apply(self, plan: Plan, tally: Tally) -> None:
        """Writes; what was written is confirmed also when the run stops before its end."""
        try:
            work = Apply(tally.context, self.roll, self.reporter, tally, plan.held)
            work.run(plan.todo, self._moved_since, lambda found: self._before_slice(tally.context, found))
        except (SliceOver, NeedsApproval):
            if not self.options.dry_run:
                self._look_again(tally.context)
            self.reporter.flush()
            raise
        except (ConfigProblem, Retryable, Stopped):
            self.reporter.flush()
            raise

    def _before_slice(self, context: RunContext, found: Versions | None) -> None:
        """Who moved at Loket since the lists were read is read singly from now on."""
        if found is not None:
            self._hear_moved(context, found)
            self.reporter.called(*self.target.take_calls())

    def _moved_since(self) -> Versions | None:
        """Who moved since this was heard last. A preview sends nothing, so that it need not know."""
        return None if self.options.dry_run else self.target.versions(self.version)

    def _hear_moved(self, context: RunContext, found: Versions) -> None:
        self.version = max(found.highest, self.version or 0)
        moved = context.snapshot.people.numbers_of(found.moved)
        self.moved.update(moved)
        self.unheard |= self.read is not None and len(found.moved) > context.snapshot.people.known(found.moved)

    def _final(self, done: Done, result: PersonResult) -> PersonResult:
        """Somebody's end, as the engine's own thread hears of it, and how it is told."""
        if self.options.dry_run:
            return result
        if result.outcome is Outcome.FAILED:
            self.uncertain = True
            return self._failed(done, result)
        self._done(done, result)
        return result

    def _failed(self, done: Done, result: PersonResult) -> PersonResult:
        """Refused, or ended its worker: set aside until something about the person changes."""
        mark = done.seat.entry.mark
        match result.reason:
            case Reason.REJECTED:
                self.memory.quarantine(result, mark, "rejected")
            case Reason.CRASHED:
                self.memory.quarantine(result, mark, "crashed")
            case Reason.NOT_STORED:
                return confirm.unstable(done.work.context, done.seat, result)
        return result

    def _done(self, done: Done, result: PersonResult) -> None:
        seat = done.seat
        if self.memory.quarantined(seat.entry.key):
            self.memory.release(seat.entry.key)
        certain = is_certain(result, seat, self.options)
        if done.work.sends or result.outcome is not Outcome.UNCHANGED:
            self.shelf.keep(done.work, seat, result, certain)
            if isinstance(seat.who, Packed):  # from here on what counts is how Loket has it now
                done.work.context.snapshot.people.let_go(seat.who)
        elif certain and isinstance(seat.who, Packed):
            day = look_on(seat, self.roll.today)
            self.looked.append(Confirmed(seat.entry.key, seat.entry.mark, self.listed, day))
        self.uncertain |= not certain

    # after the writing

    def _look_again(self, context: RunContext) -> confirm.Seen:
        """Confirms what was written; the version number is asked before, so that a later edit is seen by the next run."""
        self.memory.confirm(self.looked)
        if not self.shelf:
            return confirm.Seen()
        self._hear_moved(context, self.target.versions(self.version))
        seen = confirm.look_again(context, self.roll, self.shelf, self.version, self.reporter.told)
        if seen.failed:
            self.reporter.revise(seen.failed)
        self.uncertain |= bool(seen.failed)
        return seen

    def _settle(self, plan: Plan, mark: str, total: int, tally: Tally) -> None:
        """How the connection stands now: what the next run need not look at again."""
        seen, written = self._look_again(tally.context), self.shelf.written
        before = {one.seat.key: one.outcome for one in written}
        for result in seen.failed:  # told as something else before
            tally.outcomes[before[result.key].value] -= 1
            tally.outcomes[result.outcome.value] += 1
        is_moved = forget_moved(self.memory, plan.seats, self.moved, seen.agreed)
        agreed = all(one.seat.key in seen.agreed for one in written)
        is_sure = agreed and not (plan.uncertain or self.uncertain or is_moved)
        day = min(filter(None, map(self._look_on, plan.seats)), default=None)
        version = self.listed if self.unheard else self.version
        facts = StandingFacts(mark if is_sure else "", version, day, None, total)
        self.memory.confirm_all(facts, is_full=plan.same == 0 and self.read is None)

    def _look_on(self, seat: Seat) -> date | None:
        """The next day on which the calendar alone may lead to something else; of who was not read, as it was found then."""
        found = look_on(seat, self.roll.today)
        if seat.who is not None or self.read is None:
            return found
        _, _, known = self.memory.confirmed_mark(seat.entry.key)
        return min(filter(None, (found, known)), default=None)
