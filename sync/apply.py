"""The planned people through a sliding window of jobs, in slices (D4, D8): one person a job, straight through all steps.

Before a slice one call tells who moved at Loket since the lists were read; these are read singly. Whoever is begun is
counted before the work; who ended a worker that way comes last, alone.
"""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from loket_portal.loket.errors import ConfigProblem, Conflict, RecordRejected, Retryable, WriteUnsure
from sync.guards import Guard, NeedsApproval, refused_at_start
from sync.known import send_planned
from sync.outcomes import Outcome, PersonResult
from sync.packed import Packed
from sync.person import Seat, begin, go_through
from sync.plan import log
from sync.policy import Reason
from sync.ports import EMPLOYEE_PUT, Claimed, LeaseLost, Reporter, SliceOver, Stopped
from sync.roll import Roll
from sync.window import Ahead, Answer, Window
from sync.work import Body, RunContext, Work, mark

GROUP = 25
"""People who are counted as begun together."""
MAX_UNREACHABLE = 5
"""For so many people in a row Loket may give no answer; then the run pauses instead of failing all others too."""
MAX_BEGUN = 3
"""Who ended so many workers is not begun again."""


Job = tuple[Seat, PersonResult | None]
"""Somebody to be done; with the row of the plan, where it is at hand."""


class End(Enum):
    """How a job ended."""

    TOLD = "told"
    UNREACHABLE = "unreachable"
    THROTTLED = "throttled"
    STOPS_ALL = "stops all"
    FAILS_ALL = "fails all"


@dataclass(frozen=True)
class Done:
    """One job that has ended. `error` is what concerns the whole run."""

    seat: Seat
    work: Work
    end: End = End.TOLD
    error: BaseException | None = None
    row: PersonResult | None = None
    """As it was planned, where that is at hand."""


def one(context: RunContext, roll: Roll, seat: Seat, row: PersonResult | None = None) -> Done:
    """The one try per person; raises what ends the process or its turn. `row` is the plan's."""
    work = begin(context, seat, roll.record(seat.entry))
    try:
        _steps(work, seat, row)
    except (LeaseLost, ConfigProblem) as error:
        return _for_all(work, seat, error)
    except (WriteUnsure, Conflict):  # somebody edits this very record, again and again: the next run reads first too
        work.fail(Reason.NOT_SURE)
    except Retryable as error:
        if error.retry_after is not None:
            return Done(seat, work, End.THROTTLED, error)
        work.fail(Reason.LOKET_UNREACHABLE)
        return Done(seat, work, End.UNREACHABLE)
    except RecordRejected as error:
        work.hear(error.messages)
        work.fail(Reason.REJECTED)
    except context.options.ends_turn:
        raise
    except Exception as error:  # noqa: BLE001 (rule 50: a fault of ours in one person stops nobody else)
        log(error)
        work.fail(Reason.UNEXPECTED)
    return Done(seat, work, row=row)


def _steps(work: Work, seat: Seat, row: PersonResult | None) -> None:
    if row is not None and isinstance(seat.who, Packed) and is_sent_as_planned(work.context, seat):
        send_planned(work, work.context.snapshot.people.whole(seat.who), row)
    else:
        go_through(work, seat)


def is_sent_as_planned(context: RunContext, seat: Seat) -> bool:
    """Whether this person's row of the plan is all that it takes: no second comparison."""
    return seat.is_plain and not context.dry_run


def _for_all(work: Work, seat: Seat, error: LeaseLost | ConfigProblem) -> Done:
    """What stops everybody; what Loket took of this person before that is told, if anything may be told."""
    if isinstance(error, LeaseLost):
        work.context.halted.set()
    elif not work.context.dry_run and any(change.sendable for change in work.changes):
        work.fail(Reason.STOPPED)
        return Done(seat, work, End.STOPS_ALL, error)
    return Done(seat, work, End.FAILS_ALL, error)


@dataclass
class Tally:
    """What came of the people so far; told by the engine's own thread."""

    context: RunContext
    reporter: Reporter
    on_final: Callable[[Done, PersonResult], PersonResult]
    """Hears of each end, and gives the result as it is to be told."""
    outcomes: Counter[str] = field(default_factory=Counter)
    asks: Counter[str] = field(default_factory=Counter)
    """By guard the people whose difference was found on the way, and who wait for an answer."""
    written: int = 0
    refused: int = 0
    _held: list[Done] = field(default_factory=list)

    def hear(self, done: Done) -> None:
        """One job that has ended. Raises what concerns the whole run; Retryable when Loket is away."""
        if done.end is End.UNREACHABLE:
            return self._hold(done)
        if done.end in (End.THROTTLED, End.FAILS_ALL) and done.error is not None:
            if not isinstance(done.error, LeaseLost):
                self.reporter.returned([done.seat.key])
            raise done.error
        if done.work.outcome in (Outcome.CREATED, Outcome.CHANGED, Outcome.FAILED):
            self.tell_held()
        self._tell(done)
        if done.error is not None:
            raise done.error
        return None

    def tell_held(self) -> None:
        """Loket is there: those for whom it gave no answer have failed."""
        held, self._held = self._held, []
        for done in held:
            self._tell(done)

    def return_held(self) -> None:
        """Loket is away: they are tried again when the run goes on."""
        held, self._held = self._held, []
        if held:
            self.reporter.returned([done.seat.key for done in held])

    def _hold(self, done: Done) -> None:
        """When it is one too many in a row, a call about nobody tells: Loket is away, or it is about these people."""
        self._held.append(done)
        if len(self._held) == MAX_UNREACHABLE:
            self.context.target.require_answer()
            self.tell_held()

    def _tell(self, done: Done) -> None:
        asked = done.work.asks if not self.context.is_preview else set[str]()
        if asked and done.work.outcome is not Outcome.FAILED:  # who failed is not tried again in this run
            self.asks.update(asked)
            self.reporter.plan([done.work.waiting()])
            self.reporter.returned([done.seat.key])
            return
        planned = _as_planned(done.work, done.row)
        result = self.on_final(done, planned or done.work.result())
        self.reporter.person(result, as_planned=result is planned)
        self.outcomes[result.outcome.value] += 1
        self._count(done, result)

    def _count(self, done: Done, result: PersonResult) -> None:
        """Whether Loket refuses what we send in general shows in the first writes (D10)."""
        is_refused = result.reason == Reason.REJECTED
        if self.context.is_preview or not (done.work.sends or is_refused):
            return
        self.written, self.refused = self.written + 1, self.refused + is_refused
        if guards := refused_at_start(self.written, self.refused, self.context.approved):
            raise NeedsApproval(guards)


def _as_planned(work: Work, row: PersonResult | None) -> PersonResult | None:
    """The result, where nothing but the end is new: what was planned for this person is what was done."""
    if row is None or row.told or work.messages or work.reason or work.outcome is not Outcome.CHANGED:
        return None
    is_same = row.changes == tuple(work.changes) and row.problems == tuple(work.problems)
    return replace(row, outcome=work.outcome, reason="") if is_same else None


def _threads(parallel: int) -> int:
    """So many that calls need not wait for what comes between them: what is sent is written down first."""
    return 2 * parallel if parallel > 1 else 1


class Apply:
    """Works off the planned people of one run, or in a preview looks at them."""

    def __init__(
        self, context: RunContext, roll: Roll, reporter: Reporter, tally: Tally, held: dict[str, PersonResult]
    ) -> None:
        """`held` are rows of the plan that are still to be stored: each before its person is begun."""
        self._context, self._roll, self._reporter, self._tally = context, roll, reporter, tally
        self._held = held
        self._suspects = reporter.suspects()

    def run(self, todo: Sequence[Seat], ask: Callable[[], Answer], hear: Callable[[Answer], None]) -> None:
        """All of them. What is in flight is finished whatever happens, except when the run is somebody else's.

        `hear` is given an answer of `ask` before each slice, in the caller's thread. It is asked while the last people
        of the slice before are still to be begun, so that nobody waits for it.
        Raises SliceOver, Stopped, NeedsApproval, LeaseLost, Retryable and ConfigProblem: the rest stays planned.
        """
        suspects = [seat for seat in todo if self._begun(seat)]
        others = [seat for seat in todo if not self._begun(seat)]
        options = self._context.options
        slices = _parts(others, options.slice_people)
        with (
            Window[Job, Done](_threads(options.parallel), self._one, options.leave) as window,
            Ahead(ask, options.leave, is_threaded=options.parallel > 1) as asked,
        ):
            try:
                for part in slices:
                    hear(asked.answer())
                    self._feed(window, part, _nothing if part is slices[-1] else asked.begin)
                self._finish(window)
            except BaseException as error:
                self._drain(window, error)
                raise
        try:
            self._alone(suspects)
        except (Retryable, SliceOver, Stopped):
            self._tally.return_held()
            raise
        self._tally.tell_held()
        if self._tally.asks:
            raise NeedsApproval(tuple(Guard(code, count) for code, count in sorted(self._tally.asks.items())))

    def _begun(self, seat: Seat) -> int:
        return self._suspects.get(seat.key, 0)

    def _one(self, job: Job) -> Done:
        return one(self._context, self._roll, *job)

    def _feed(self, window: Window[Job, Done], part: Sequence[Seat], before_last: Callable[[], object]) -> None:
        groups = _parts(part, GROUP)
        for group in groups:
            if group is groups[-1]:
                before_last()
            while window.waiting >= window.threads or window.has_done:
                self._take(window)
            self._check_turn()
            rows = self._store(group)
            plain = [(seat.entry.key, rows[seat.key]) for seat in group if self._is_plain(seat, rows)]
            self._reporter.started([seat.key for seat in group], with_next=bool(plain))
            self._write_down(plain)
            for seat in group:
                window.put((seat, rows.get(seat.key)))

    def _store(self, seats: Iterable[Seat]) -> dict[str, PersonResult]:
        """The rows of these people, as far as they wait for it."""
        rows = {seat.key: self._held.pop(seat.key) for seat in seats if seat.key in self._held}
        if rows:
            self._reporter.plan(list(rows.values()))
        return rows

    def _is_plain(self, seat: Seat, rows: Container[str]) -> bool:
        return seat.key in rows and is_sent_as_planned(self._context, seat)

    def _write_down(self, planned: Sequence[tuple[str, PersonResult]]) -> None:
        """The one PUT of each goes to the journal together: a commit for each would cost as much as the call itself."""
        context = self._context
        marks = [mark(Body({}, [change for change in row.changes if change.sendable])) for _, row in planned]
        prints = [context.seal.fingerprint(EMPLOYEE_PUT, text) for text in marks]
        writes = [(key, EMPLOYEE_PUT, print_of) for (key, _), print_of in zip(planned, prints, strict=True)]
        ops = context.journal.sent_ahead(writes) if writes else ()
        for (key, action, _), text, op in zip(writes, marks, ops, strict=True):
            context.claimed[key, action] = Claimed(text, op)

    def _not_sent(self, seats: Iterable[Seat]) -> None:
        """What was written down ahead and not sent after all."""
        for seat in seats:
            if ahead := self._context.claimed.pop((seat.entry.key, EMPLOYEE_PUT), None):
                self._context.journal.rejected(ahead.op, 0, "not sent")

    def _check_turn(self) -> None:
        self._reporter.check()
        if self._reporter.slice_is_over():
            raise SliceOver

    def _finish(self, window: Window[Job, Done]) -> None:
        while window.is_busy:
            self._take(window)

    def _take(self, window: Window[Job, Done]) -> None:
        done = window.take()
        if done.end is not End.FAILS_ALL:
            self._not_sent([done.seat])
        self._tally.hear(done)
        self._reporter.check()

    def _drain(self, window: Window[Job, Done], error: BaseException) -> None:
        """Who was not begun is handed back; who was is finished and told, but when nothing may be said any more."""
        unbegun = [seat for seat, _ in window.give_back()]
        if not isinstance(error, Retryable | ConfigProblem | SliceOver | Stopped | NeedsApproval):
            self._context.halted.set()
            return
        self._reporter.plan(list(self._held.values()))
        self._held.clear()
        self._not_sent(unbegun)
        if unbegun:
            self._reporter.returned([seat.key for seat in unbegun])
        while window.is_busy:
            self._hear_last(window.take())
        if isinstance(error, Retryable | Stopped):
            self._tally.return_held()
        else:
            self._tally.tell_held()

    def _hear_last(self, done: Done) -> None:
        try:
            self._tally.hear(done)
        except (Retryable, ConfigProblem, NeedsApproval):  # the first reason is the one that counts
            return

    def _alone(self, suspects: Sequence[Seat]) -> None:
        """One at a time, those who were begun least often first: of them one has ended a worker."""
        for seat in sorted(suspects, key=self._begun):
            if self._begun(seat) >= MAX_BEGUN:
                self._crashed(seat)
                continue
            self._check_turn()
            self._reporter.started([seat.key])
            self._tally.hear(self._one((seat, None)))
            self._reporter.flush()

    def _crashed(self, seat: Seat) -> None:
        work = begin(self._context, seat, self._roll.record(seat.entry))
        work.fail(Reason.CRASHED)
        self._tally.hear(Done(seat, work))


def _parts(seats: Sequence[Seat], size: int) -> list[Sequence[Seat]]:
    return [seats[start : start + size] for start in range(0, len(seats), size)]


def _nothing() -> None:
    pass
