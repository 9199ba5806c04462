"""Anything in any order: files, hand edits, runs, deaths, lost rings, lost answers, tokens and keys that change (D1 to D12).

The engine itself on the real database and a simulated Loket. Whatever happened: nobody is twice at Loket, nothing that we
don't sync is lost, counters add up, no secret is in a log, and after a calm run Loket has what the file says.
"""

import logging
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest
import requests
from cryptography.fernet import Fernet
from django.conf import LazySettings
from django.db import connection as database
from django.utils import timezone
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from loket_portal.lib import bell, http
from loket_portal.simulator import Simulator, crowd
from onboarding.models import HostLease, HostSlot, LoginTokens
from scripts.bench.people import roster
from sync import tasks, work
from sync.models import Operation, Run
from sync.services import execution, leases, results, runs
from tests import snapshots
from tests.faults.company import Company, connect, details
from tests.faults.dying import Killed, Life, mortal
from tests.faults.figures import Figures
from tests.faults.forked import killed_in_a_call

KNOWN, NEW = 5, 3
SHARES = [(parallel, part) for parallel, parts in {1: 5, 4: 3}.items() for part in range(parts)]
"""Calls in flight, and which part it is: eight parts make 200 examples, so that several processes can share them."""
EXAMPLES = round(25 * float(os.environ.get("FAULTS_EXAMPLES", "1")))
"""Of one part; each has up to STEPS steps. FAULTS_EXAMPLES multiplies them."""
STEPS = 50
EVERYBODY = roster(1, KNOWN + NEW)
CALM_AFTER = 12
"""Steps after which all may become calm; each example ends that way, too."""
LONGEST = 30
"""Turns after which a calm run must have ended."""

FILE = {"phone": "030-4{:06}", "house_number": "{}", "email": "e{}@thuis.example", "city": "Plaats {}"}
BY_HAND = {"personalDetails.placeOfBirth": "Dorp {}", "contactInformation.businessPhoneNumber": "030-5{:06}"}
OF_THE_FILE = {"contactInformation.phoneNumber": "030-6{:06}", "address.city": "Elders {}"}
FAULTS = ("drop_after", "drop_before", "status")
CALLS = (
    ("PUT", "/employees/"),
    ("POST", "/conceptemployees"),
    ("PUT", "/citizenservicenumber"),
    ("PATCH", "/convert"),
    ("GET", ""),
)

people = st.integers(0, KNOWN + NEW - 1)
numbers = st.integers(1, 900)


class Words(logging.Handler):
    """All that is logged."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(self.format(record))


class Ring:
    """What rang: to be joined like a thread."""

    def join(self, _seconds: float) -> None:
        """It was quick."""


class World:
    """What all examples share: the simulator, the snapshot that each begins with, and what has been counted."""

    def __init__(self, loket: Simulator, folder: Path, conf: LazySettings, life: Life) -> None:
        self.loket, self.folder, self.conf, self.life = loket, folder, conf, life
        self.keys = list(conf.FIELD_ENCRYPTION_KEYS)
        self.words, self.rings = Words(), list[int]()
        self.counted: Counter[str] = Counter()

    def anew(self) -> Company:
        """Everything as at the beginning."""
        with database.cursor() as cursor:
            cursor.execute("TRUNCATE " + ", ".join(f'"{table}"' for table in snapshots._tables()) + " CASCADE")
        self.loket.faults.clear()
        self.loket.log.clear()
        self.rings.clear()
        self.words.said.clear()
        self.conf.FIELD_ENCRYPTION_KEYS = list(self.keys)
        self.life.left, self.life.is_over = None, False
        for path in self.folder.glob("people-*"):
            path.unlink()
        return connect(self.loket, self.folder, KNOWN, hires=1)


class Anything(RuleBasedStateMachine):
    """What people, the portal and bad luck do, and what must hold after each step."""

    world: World

    @initialize()
    def begin(self) -> None:
        self.world.counted["examples"] += 1
        self.company = self.world.anew()
        self.entity = self.company.connection.entity
        assert self.entity
        self.rows = list(self.company.rows)
        self.first = self.company.before["employees"]
        self.by_hand: dict[str, dict[str, str]] = {}
        self.is_newer = False
        self.steps = 0
        """Since everything was calm."""

    # what people do

    @rule(place=people, column=st.sampled_from(sorted(FILE)), number=numbers)
    def edit_source(self, place: int, column: str, number: int) -> None:
        row = self.rows[place % len(self.rows)]
        self.rows[place % len(self.rows)] = row | {column: FILE[column].format(number)}
        self.is_newer = True

    @precondition(lambda self: len(self.rows) < KNOWN + NEW)
    @rule()
    def hire(self) -> None:
        self.rows.append(EVERYBODY[len(self.rows)])
        self.is_newer = True

    @rule(place=st.integers(0, KNOWN - 1), field=st.sampled_from(sorted(BY_HAND | OF_THE_FILE)), number=numbers)
    def edit_destination(self, place: int, field: str, number: int) -> None:
        who, text = str(self.rows[place]["employee_number"]), (BY_HAND | OF_THE_FILE)[field].format(number)
        given = {"employeeNumber": int(who), "field": field, "value": text}
        requests.post(f"{self.world.loket.url}/_simulator/people/edit", json=given, timeout=30).raise_for_status()
        if field in BY_HAND:
            self.by_hand.setdefault(who, {})[field] = text

    # what the portal does

    @rule()
    def start(self) -> None:
        if self.is_newer and not Run.objects.filter(state__in=Run.ACTIVE).exists():  # else it is refused
            self.company.upload(self.rows)
            self.is_newer = False
        runs.start(self.entity, is_dry=False, user=None, trigger=Run.Trigger.COMMAND)

    @precondition(lambda self: bool(self.world.rings))
    @rule()
    def deliver(self) -> None:
        self._work(self.world.rings.pop(0))

    @precondition(lambda self: bool(self.world.rings))
    @rule()
    def deliver_twice(self) -> None:
        self.world.rings.insert(0, self.world.rings[0])

    @precondition(lambda self: bool(self.world.rings))
    @rule()
    def flush(self) -> None:
        self.world.counted["rings lost"] += len(self.world.rings)
        self.world.rings.clear()

    @rule()
    def time_passes(self) -> None:
        """Whatever was to be waited for is over; the sweeper comes along."""
        over = timezone.now() - timedelta(seconds=1)
        Run.objects.filter(state__in=[Run.State.QUEUED, Run.State.RUNNING], lease_until__isnull=False).update(
            lease_until=over
        )
        HostSlot.objects.exclude(until=None).update(until=over)
        HostLease.objects.update(until=over)
        runs.sweep()

    @precondition(lambda self: self.steps >= CALM_AFTER)
    @rule()
    def calm_run(self) -> None:
        """Nothing goes wrong any more: what is under way ends, then a run makes all equal, and one more does nothing."""
        self.steps = 0
        self.world.loket.faults.clear()
        self.world.life.left = None
        self._until_all_ended()
        self.start()
        self._until_all_ended()
        run = Run.objects.filter(is_dry=False).first()
        assert run
        assert run.state == Run.State.SUCCEEDED, f"{run.state} {results.counts(run)}"
        self._agrees()
        self.world.loket.log.clear()
        self.start()
        self._until_all_ended()
        assert self.world.loket.log.writes() == [], "nothing differs, so nothing is written"
        self.world.counted["calm runs"] += 1

    # what goes wrong

    @rule(place=people, number=numbers, after=st.integers(0, 45))
    def die_at_work(self, place: int, number: int, after: int) -> None:
        """Somebody has another telephone; the worker whose turn it is dies after so many steps, if it takes so many."""
        self.edit_source(place, "phone", number)
        self.start()
        if self.world.rings:
            self.world.life.left = after
            self._work(self.world.rings.pop(0))

    @rule(
        place=people,
        number=numbers,
        how=st.sampled_from(("hold_before", "hold_after")),
        what=st.sampled_from(CALLS),
        skip=st.integers(0, 4),
    )
    def be_killed_in_a_call(self, place: int, number: int, how: str, what: tuple[str, str], skip: int) -> None:
        """The same, in a process of its own and by a real kill -9, while Loket has the call or has just done it."""
        self.edit_source(place, "phone", number)
        self.start()
        if not self.world.rings:
            return
        method, path = what
        ring = self.world.rings.pop(0)
        is_killed = killed_in_a_call(
            self.world.loket,
            lambda: tasks.execute(ring),
            action=how,
            method=method,
            path=path or "/employees",
            skip=skip,
        )
        self.world.counted["processes killed"] += is_killed

    @rule(how=st.sampled_from(FAULTS), what=st.sampled_from(CALLS), skip=st.integers(0, 4), times=st.integers(1, 2))
    def bad_luck(self, how: str, what: tuple[str, str], skip: int, times: int) -> None:
        method, path = what
        self.world.loket.faults.plan(action=how, method=method, path=path or "/employees", skip=skip, times=times)

    @rule()
    def expire_tokens(self) -> None:
        self.world.loket.keys.expire()

    @rule()
    def rotate_tokens(self) -> None:
        LoginTokens.objects.update(expires_at=timezone.now())

    @precondition(lambda self: len(self.world.conf.FIELD_ENCRYPTION_KEYS) < 4)
    @rule()
    def rotate_key(self) -> None:
        self.world.conf.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode(), *self.world.conf.FIELD_ENCRYPTION_KEYS]

    # what must hold, whatever happened

    @invariant()
    def nobody_is_twice(self) -> None:
        self.steps += 1
        employer = self.world.loket.world.all("employer", "", crowd.mark(1))[0].id
        found = Counter(record.mark for record in self.world.loket.world.all("employee", employer))
        assert not [number for number, times in found.items() if times > 1]
        assert found.keys() <= {str(row["employee_number"]) for row in EVERYBODY}
        names = Counter(record.body["uniqueName"] for record in self.world.loket.world.all("concept", employer))
        assert not [name for name, times in names.items() if times > 1]

    @invariant()
    def nothing_by_hand_is_lost(self) -> None:
        if not self.by_hand:
            return
        found = self.company.state()["employees"]
        for who, fields in self.by_hand.items():
            assert fields.items() <= found[who]["employee"].items()

    def teardown(self) -> None:
        self.calm_run()
        tokens = {text for one in LoginTokens.objects.all() for text in (one.access_token, one.refresh_token)}
        hidden = tokens | {str(row[name]) for row in self.rows for name in ("bsn", "iban")}
        said = "\n".join(self.world.words.said)
        assert not [text for text in hidden if text in said]
        self.world.counted["writes"] += Operation.objects.count()
        for run in Run.objects.filter(is_dry=False):
            self._adds_up(run)
            self.world.counted[f"runs {run.state}"] += 1

    # how

    def _work(self, pk: int) -> None:
        """A worker's turn."""
        self.world.counted["turns"] += 1
        with suppress(Killed):
            tasks.execute(pk)
        life = self.world.life
        self.world.counted["deaths"] += life.is_over
        life.left, life.is_over = None, False

    def _until_all_ended(self) -> None:
        for _ in range(LONGEST):
            if not Run.objects.filter(state__in=Run.ACTIVE).exists():
                return
            self.time_passes()
            while self.world.rings:
                self._work(self.world.rings.pop(0))
        found = Run.objects.filter(state__in=Run.ACTIVE).first()
        raise AssertionError(
            f"{found} is {found and found.state} and does not end: {found and (found.shown_message, found.guards)}"
        )

    def _agrees(self) -> None:
        state = self.company.state()
        assert state["concepts"] == {}
        assert state["employees"].keys() == {str(row["employee_number"]) for row in self.rows}
        for row in self.rows:
            number = str(row["employee_number"])
            found, before = state["employees"][number], self.first.get(number)
            if before is None:
                assert details(row).items() <= found["employee"].items()
            else:
                assert found["employee"] == before["employee"] | details(row) | self.by_hand.get(number, {})
                assert found["employments"] == before["employments"]
            assert (found["bsn"], found["employments"][0]["iban"]) == (row["bsn"], row["iban"])

    def _adds_up(self, run: Run) -> None:
        if run.state not in Run.FINISHED:
            return
        people = results.counts(run)
        assert run.total == run.done, people
        assert run.results.exclude(outcome="planned").count() + run.same == run.total, people


@pytest.fixture
def world(
    transactional_db: None, loket: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: LazySettings
) -> Iterator[World]:
    """A company of five and a newcomer, whose workers can die."""
    monkeypatch.setattr(work, "PAUSE", (0.0, 0.0))
    for service in (runs, execution):  # nobody changes the mapping: a fifth of the time would go into reading it
        monkeypatch.setattr(service, "frozen_rules", cache(service.frozen_rules))
    monkeypatch.setattr(http, "random", SimpleNamespace(uniform=lambda *_: 0.0))  # nobody waits before a repeat
    with mortal(monkeypatch) as life:
        made = World(loket, tmp_path, settings, life)

        def ring(task: str, ids: tuple[int, ...], **_when: float) -> Ring:
            made.rings.extend(ids if task == leases.TASK else ())
            return Ring()

        monkeypatch.setattr(bell, "_begin", ring)
        root = logging.getLogger()
        root.addHandler(made.words)
        yield made
        root.removeHandler(made.words)


@pytest.mark.parametrize(("parallel", "part"), SHARES)
def test_whatever_happens_nobody_is_twice_nothing_is_lost_and_a_calm_run_makes_all_equal(
    world: World, figures: Figures, parallel: int, part: int
) -> None:
    world.conf.LOKET_PARALLEL_PER_CONNECTION = parallel
    given = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    machine = seed(100 * parallel + part)(type("Machine", (Anything,), {"world": world}))
    run_state_machine_as_test(machine, settings=given)
    figures(f"{parallel} in flight", ", ".join(f"{count} {what}" for what, count in sorted(world.counted.items())))
