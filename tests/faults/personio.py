"""What the faults of Personio are held against: the world after an undisturbed sync, and before any."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import requests
from django.conf import LazySettings
from django.utils import timezone

from loket_portal.personio.client import PersonioClient
from loket_portal.simulator import Simulator
from onboarding.models import Connection, Issue
from onboarding.services import personio as accounts
from onboarding.wording import issues as wording
from sync.models import Roster, Run
from sync.services import results
from tests.expected import world
from tests.personio.conftest import Clock
from tests.snapshots import once
from tests.sync import personio
from tests.sync.answers import worked
from tests.sync.personio import LINDE

WHOLE = {"created": 22, "changed": 17, "unchanged": 10, "skipped": 6, "blocked": 6, "failed": 0, "all": 61}
"""What the sync of Linde Horeca comes to: as the roster's, and one more who moves there later."""


@dataclass
class World:
    """Linde Horeca with a preview made while all was well; Loket as it was then. Waits take no time."""

    connection: Connection
    simulator: Simulator
    clock: Clock
    before: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.before = self.loket()

    def loket(self) -> dict[str, Any]:
        """All that Loket has of this employer."""
        address = f"{self.simulator.url}/_simulator/state"
        found: dict[str, Any] = requests.get(address, params={"employer": LINDE}, timeout=10).json()
        return found

    def misbehave(self, **options: Any) -> None:
        """Changes the simulator's options."""
        self.simulator.options.change(options)

    def sync(self) -> Run:
        """A sync, as far as it gets."""
        return personio.work(self.connection, is_dry=False)

    def preview(self) -> Run:
        """A preview, as far as it gets."""
        return personio.work(self.connection)

    def again(self, run: Run) -> Run:
        """The run once more, as after its pause."""
        Run.objects.filter(pk=run.pk, state=Run.State.QUEUED).update(lease_until=timezone.now() - timedelta(seconds=1))
        return worked(run)

    def people(self) -> dict[int, Any]:
        """The values of the reading in use, by their id in Personio."""
        return {record.row: dict(record.values) for record in personio.people(self.connection).values()}

    def issues(self) -> dict[str, Issue]:
        """The open issues by kind; of a kind with several the newest."""
        assert self.connection.entity
        company = self.connection.entity.company
        return {one.kind: one for one in Issue.objects.filter(company=company, resolved_at__isnull=True).order_by("pk")}

    def said_of(self, kind: str) -> str:
        """What an open issue says, and who does what."""
        words = wording.words(self.issues()[kind])
        return f"{words.text} {words.fix}"


def expected() -> dict[str, Any]:
    """What Loket has after an undisturbed sync: as after the roster's, with the other employer's name."""
    return world(LINDE)


def counts(run: Run) -> dict[str, int]:
    """How many people of each outcome."""
    found = results.counts(run)
    return {name: found[name] for name in WHOLE}


def assert_whole(world: World, run: Run) -> None:
    """The sync is complete, and everybody and everything is as if nothing had happened."""
    assert run.state == Run.State.PARTIAL, (run.state, run.shown_message)  # the six faults of the sample
    assert counts(run) == WHOLE
    assert world.loket() == expected()
    assert Roster.objects.count() == 1


def assert_waits(world: World, run: Run, former: dict[int, Any], *named: str) -> None:
    """The run tries again by itself and says why; nobody of the former reading is lost, nothing reached Loket."""
    assert run.state == Run.State.QUEUED, (run.state, run.shown_message)
    for text in named:
        assert text in f"{run.shown_message} {run.shown_hint}"
    assert world.people() == former
    assert world.simulator.log.writes() == []
    assert world.loket() == world.before


@pytest.fixture
def undisturbed(simulator: Simulator, settings: LazySettings, db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    """The world before the first sync."""
    clock = Clock()

    def quick(*given: Any, **more: Any) -> PersonioClient:
        return PersonioClient(*given, **{**more, "sleep": clock.sleep, "clock": clock})

    monkeypatch.setattr(accounts, "PersonioClient", quick)
    personio.point_at(simulator, settings)
    key = once("undisturbed", simulator, lambda: _previewed(simulator, clock))
    return World(Connection.objects.select_related("entity__company").get(pk=key), simulator, clock)


def _previewed(simulator: Simulator, clock: Clock) -> int:
    world = World(personio.connect_linde(personio.entity_of_personio()), simulator, clock)
    seen = world.preview()
    assert (seen.state, counts(seen)) == (Run.State.PARTIAL, WHOLE)
    simulator.log.clear()
    return world.connection.pk
