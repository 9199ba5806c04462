"""A connected entity, its roster and a simulator, without a browser."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import LazySettings

from loket_portal.lib import bell
from loket_portal.simulator import Simulator
from mapping import services as mappings
from onboarding.models import Connection, LegalEntity, User
from onboarding.services import connections, signin
from sync.services import rosters
from sync.services.setup import DEFAULT_MAPPING
from tests.browserless import sign_in_at_loket
from tests.factories import EntityFactory, member
from tests.snapshots import once
from tests.sync import personio

SAMPLE = Path(__file__).parents[2] / "docs" / "samples" / "roster.csv"
CLEAN = "Tulp Horeca B.V."


@pytest.fixture
def entity(request: pytest.FixtureRequest, db: None) -> LegalEntity:
    """A Dutch entity that support has enabled; where a test has `connected`, it is that one's."""
    if "connected" not in request.fixturenames:
        return EntityFactory()
    found: LegalEntity = request.getfixturevalue("tulp").entity
    return found


@pytest.fixture
def administrator(request: pytest.FixtureRequest, entity: LegalEntity) -> User:
    if "connected" in request.fixturenames:
        return User.objects.get(memberships__company=entity.company)
    return member(entity)


@pytest.fixture
def mapped(request: pytest.FixtureRequest, entity: LegalEntity) -> LegalEntity:
    """The entity with the default mapping published."""
    return entity if "connected" in request.fixturenames else _mapped(entity)


@pytest.fixture
def tulp(simulator: Simulator, db: None) -> Connection:
    """What `connected` gives: it is made once, so that entity and administrator are part of it."""
    key = once("tulp", simulator, _connected)
    return Connection.objects.select_related("entity__company", "login").get(pk=key)


@pytest.fixture
def connected(tulp: Connection, mapped: LegalEntity, administrator: User) -> Connection:
    """The entity, connected with the simulator's clean administration by way of OAuth."""
    return tulp


def _mapped(entity: LegalEntity) -> LegalEntity:
    mappings.publish(entity.company, yaml.safe_load(DEFAULT_MAPPING.read_text(encoding="utf-8")))
    return entity


def _connected() -> int:
    entity = _mapped(EntityFactory())
    administrator = member(entity)
    address = signin.begin(entity, "session-1", user=administrator)
    signin.complete("session-1", sign_in_at_loket(address), user=administrator)
    _login, choices = connections.choices(entity, administrator)
    chosen = next(c.administration for c in choices if c.administration.name == CLEAN)
    return connections.link(entity, chosen.id, chosen.name, administrator).pk


@pytest.fixture
def sample(connected: Connection, administrator: User) -> Connection:
    """The connected entity with the sample roster of 60."""
    rosters.upload(connected.entity, administrator, SAMPLE.name, SAMPLE.read_bytes())
    return connected


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The runs that were rung; nobody hears it."""
    heard: list[int] = []
    monkeypatch.setattr(bell, "ring", lambda _task, *ids: heard.extend(ids))
    return heard


def writes(simulator: Simulator) -> list[Any]:
    """The calls to the API that changed something; validation alone changes nothing."""
    return simulator.log.writes()


@pytest.fixture
def linde(simulator: Simulator, settings: LazySettings, db: None) -> Connection:
    """A legal entity that reads the simulator's Personio, connected with the simulator's Linde Horeca B.V."""
    personio.point_at(simulator, settings)
    key = once("linde", simulator, lambda: personio.connect_linde(personio.entity_of_personio()).pk)
    return Connection.objects.select_related("entity__company").get(pk=key)


@pytest.fixture
def previewed(simulator: Simulator, settings: LazySettings, db: None) -> Connection:
    """`linde` after its first preview."""
    personio.point_at(simulator, settings)
    return Connection.objects.select_related("entity__company").get(pk=once("previewed", simulator, _previewed))


@pytest.fixture
def synced(simulator: Simulator, settings: LazySettings, db: None) -> Connection:
    """`linde` after its first preview and its first sync."""
    personio.point_at(simulator, settings)
    return Connection.objects.select_related("entity__company").get(pk=once("synced", simulator, _synced))


def _previewed() -> int:
    made = personio.connect_linde(personio.entity_of_personio())
    personio.work(made)
    return made.pk


def _synced() -> int:
    made = Connection.objects.get(pk=_previewed())
    personio.work(made, is_dry=False)
    return made.pk
