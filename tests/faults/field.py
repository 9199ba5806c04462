"""The field of the faults: companies at Loket, the services of production beside them, and what may be done to both.

    def test_…(field: Field) -> None:
        with field.running("worker", "beat") as services:      # processes of docker-compose.yml, healthy
            push = field.push()                                # everybody moved; a run that nobody was rung for yet
            kill = field.kill_at(push, writes=40, do=services.kill_working_child)   # None: nothing was in flight
            push.until_end()                                   # by itself, else the test fails with what the services said
            push.assert_whole()                                # Loket equals the file, nobody twice, no concept left
            assert push.needless() <= kill.in_flight

Times are bounded everywhere. The simulator lives in this process: `field.simulator.faults.plan(...)` holds, drops or refuses
the very call that a test names, `field.simulator.log` tells who wrote what when.
"""

import itertools
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection

from loket_portal.simulator import Simulator
from onboarding.models import LoginTokens
from sync.models import Operation, Run
from sync.services import results
from tests.faults.company import Company, connect, is_write, moved
from tests.faults.services import Services, services

WORD = re.compile(r"[A-Za-z0-9]+")
LATENCY = 30  # milliseconds
PATIENCE = 60.0  # seconds until a run must have ended


@dataclass(frozen=True)
class Kill:
    """Where a kill struck: after so many `writes`, with so many calls `in_flight`, and `open` rows in the journal.

    `claimed_by` is who had the run at that moment.
    """

    writes: int
    in_flight: int
    open: int
    at: float
    claimed_by: str


@dataclass
class Push:
    """One run of one company, from the moment that it was queued."""

    company: Company
    run: Run
    services: Services | None = None
    began: float = field(default_factory=time.monotonic)

    def fresh(self) -> Run:
        """The row as it is now."""
        self.run.refresh_from_db()
        return self.run

    def until(self, holds: Callable[[Run], bool], seconds: float = PATIENCE) -> Run:
        """Waits until this holds of the row; fails with its state and the services' words when that takes too long."""
        ends = time.monotonic() + seconds
        while not holds(self.fresh()):
            assert time.monotonic() < ends, self.said()
            if self.services:
                self.services.revive()
            time.sleep(0.02)
        return self.run

    def until_end(self, seconds: float = PATIENCE) -> Run:
        """Waits until the run has ended, or waits for a person."""
        return self.until(lambda run: run.state not in (Run.State.QUEUED, Run.State.RUNNING), seconds)

    def until_writes(self, count: int, seconds: float = PATIENCE) -> bool:
        """Waits until Loket has seen so many writes; False when the run ends before."""
        ends = time.monotonic() + seconds
        while len(self.company.writes()) < count:
            assert time.monotonic() < ends, self.said()
            if not self.fresh().is_active:
                return False
            time.sleep(0.002)
        return True

    def open_operations(self) -> int:
        """Writes that the journal has as sent and that nobody knows the end of."""
        return Operation.objects.filter(run=self.run, state=Operation.State.SENT).count()

    def counts(self) -> dict[str, int]:
        """People by outcome, as the run's page has them."""
        return results.counts(self.fresh())

    def written(self) -> Counter[str]:
        """How often something was written that Loket took, by call: `PUT /v2/…/employees/3f…`."""
        return Counter(f"{one['method']} {one['path']}" for one in self.company.writes() if is_write(one))

    def needless(self) -> int:
        """Writes that Loket took although it had taken the same before."""
        return sum(times - 1 for call, times in self.written().items() if not call.startswith("POST"))

    def has_been_taken_over(self, kill: Kill) -> bool:
        """Whether another one has ended the run than had it when the kill struck: else that one was just done with it."""
        return self.fresh().claimed_by != kill.claimed_by

    def pause_after(self, kill: Kill) -> float:
        """Seconds from a kill to the first call of whoever went on; those in flight were answered long before."""
        later = (one["at"] for one in self.company.simulator.log.all() if one["at"] > kill.at + 0.5)
        return next(later, kill.at) - kill.at

    def took(self) -> float:
        """Seconds from the first write to the last."""
        at = [entry["at"] for entry in self.company.writes()]
        return at[-1] - at[0] if at else 0.0

    def assert_whole(self, state: str = Run.State.SUCCEEDED) -> None:
        """The run ended well and Loket has what the file says: each person once, nothing else touched."""
        assert self.fresh().state == state, self.said()
        found, wanted = self.company.state(), self.company.wanted()
        assert found["concepts"] == wanted["concepts"]
        assert found["employees"].keys() == wanted["employees"].keys()
        other = [number for number, one in found["employees"].items() if one != wanted["employees"][number]]
        assert other == [], f"{len(other)} people differ from the plan, {other[0]} for one"
        assert not self.run.results.filter(outcome__in=["failed", "blocked", "planned"]).exists(), self.counts()
        assert self.open_operations() == 0, "what nobody heard of was read back, and the journal says so"

    def said(self) -> str:
        """The run as it stands and the last lines of every service, for the message of a failed test."""
        run = self.fresh()
        head = f"run {run.state}, attempts {run.attempts}, {self.counts()}: {run.shown_message} {run.shown_hint}"
        children = self.services.children.values() if self.services else ()
        return "\n".join([head, *(child.last_words() for child in children if child.name != "redis")])


@dataclass
class Field:
    """All that a fault needs. `company` is the first one; `add` brings more."""

    simulator: Simulator
    folder: Path
    company: Company
    services: Services | None = None
    rounds: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @contextmanager
    def running(self, *names: str, latency: float = LATENCY, **environment: str) -> Iterator[Services]:
        """These services, healthy, while every answer of Loket takes its time; no secret is in their logs at the end."""
        self.simulator.options.latency = latency
        with services(self.folder / "services", self.simulator, *names, **environment) as running:
            self.services = running
            try:
                yield running
            finally:
                self.services = None
                self.simulator.options.latency = 0
                self.simulator.faults.clear()
        self._assert_silent(running)

    def push(self, company: Company | None = None) -> Push:
        """Everybody has moved: a run that writes each of them once. The simulator's log begins anew."""
        company = company or self.company
        company.upload(moved(company.rows, next(self.rounds)))
        self.simulator.log.clear()
        return self.start(company)

    def start(self, company: Company | None = None) -> Push:
        """A run of the company's present file."""
        company = company or self.company
        return Push(company, company.start(), self.services)

    def kill_at(self, push: Push, writes: int, do: Callable[[], object]) -> Kill | None:
        """Does it when Loket has seen so many writes and a call is under way; None when it never was."""
        if not push.until_writes(writes):
            return None
        ends = time.monotonic() + 2
        while not (in_flight := self.simulator.traffic.now[""]):
            if time.monotonic() > ends or not push.fresh().is_active:
                return None
        do()
        at = time.time()
        return Kill(len(push.company.writes()), in_flight, push.open_operations(), at, push.run.claimed_by)

    def found_again(self) -> None:
        """Forgets this process's connection with a database that was away."""
        connection.close()

    def _assert_silent(self, running: Services) -> None:
        said = "".join(path.read_text("utf-8", "replace") for path in (running.machine.folder / "logs").iterdir())
        words = set(WORD.findall(said))  # a BSN may well be among the digits of a duration
        tokens = {text for one in LoginTokens.objects.all() for text in (one.access_token, one.refresh_token) if text}
        people = {str(row[name]) for row in self.company.rows for name in ("bsn", "iban")}
        assert not [text for text in tokens if text in said], "a token is in the log of a service"
        assert not people & words, "somebody's BSN or IBAN is in the log of a service"


def lay_out(simulator: Simulator, folder: Path, people: int = 200, *, hires: int = 0) -> Field:
    """A field with one company of so many people, of whom the file has `hires` more (`company.connect`)."""
    return Field(simulator, folder, connect(simulator, folder, people, hires=hires))


def points(seed: int, count: int, total: int) -> list[int]:
    """So many places to strike, of which the seed decides: each a number of writes, from the first to nearly the last."""
    return random.Random(f"faults {seed}").sample(range(1, total * 19 // 20), count)
