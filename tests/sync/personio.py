"""A company whose people come from the simulator's Personio, connected with the simulator's Loket "Linde Horeca B.V."."""

from typing import Any

import requests
from django.conf import LazySettings
from django.utils import timezone

from loket_portal.simulator import Simulator
from mapping import definitions
from onboarding.models import Connection, LegalEntity, User
from onboarding.services import connections, personio_entities, signin
from sync.models import Result, Roster, Run
from sync.services import rosters, runs
from tests.browserless import sign_in_at_loket
from tests.factories import CompanyFactory, member
from tests.sync.answers import worked

CLIENT_ID, CLIENT_SECRET = "linde-demo-client", "linde-demo-secret"
HORECA, CATERING, GASTRO = "170", "171", "172"
LINDE, LINDE_USER = "Linde Horeca B.V.", "integratie@lindehoreca.example"


def point_at(simulator: Simulator, settings: LazySettings) -> None:
    """From now on Personio is the simulator."""
    settings.PERSONIO_API_URL = f"{simulator.url}/personio"


def entity_of_personio(personio_id: str = HORECA, **fields: Any) -> LegalEntity:
    """An enabled legal entity of a new company that reads Personio, with the default mapping published."""
    company = CompanyFactory(**fields)
    definitions.connect(company, None, CLIENT_ID, CLIENT_SECRET)
    entity = personio_entities.take(company, None, personio_id)
    definitions.publish_default(company, None)
    LegalEntity.objects.filter(pk=entity.pk).update(enabled_at=timezone.now())
    entity.refresh_from_db()
    return entity


def connect_linde(entity: LegalEntity, user: User | None = None, name: str = LINDE) -> Connection:
    """The entity, connected with an administration of the simulator's third employer by way of OAuth."""
    actor = user or member(entity)
    address = signin.begin(entity, f"session-{entity.pk}", user=actor)
    signin.complete(f"session-{entity.pk}", sign_in_at_loket(address, user=LINDE_USER), user=actor)
    _login, choices = connections.choices(entity, actor)
    chosen = next(c.administration for c in choices if c.administration.name == name)
    return connections.link(entity, chosen.id, chosen.name, actor)


def start(connection: Connection, *, is_dry: bool = True, trigger: Run.Trigger = Run.Trigger.PERSON) -> Run:
    assert connection.entity
    return runs.start(connection.entity, is_dry=is_dry, user=None, trigger=trigger, ring=False)


def work(connection: Connection, *, is_dry: bool = True, trigger: Run.Trigger = Run.Trigger.PERSON) -> Run:
    """A run of the entity, worked to its end or as far as it gets; what it asks is agreed to."""
    return worked(start(connection, is_dry=is_dry, trigger=trigger))


def reading(connection: Connection) -> Roster:
    """The reading in use."""
    assert connection.entity
    found = rosters.current(connection.entity)
    assert found is not None
    return found


def people(connection: Connection) -> dict[int, Any]:
    """The records of the reading in use, by their id in Personio."""
    return {record.row: record for record in rosters.records(reading(connection))}


def result(run: Run, person_id: int) -> Result:
    return run.results.get(row=person_id)


def edit(simulator: Simulator, person_id: int, **attributes: Any) -> None:
    """Somebody edits a person in Personio."""
    _post(simulator, "personio/people/edit", {"id": person_id, "attributes": attributes})


def tell(simulator: Simulator, **event: Any) -> None:
    """Personio sends an event to every webhook that is on."""
    _post(simulator, "personio/events", event)


def _post(simulator: Simulator, lever: str, body: dict[str, Any]) -> None:
    answer = requests.post(f"{simulator.url}/_simulator/{lever}", json=body, timeout=10)
    assert answer.ok, answer.text


def asked(simulator: Simulator, part: str) -> list[str]:
    """The addresses of Personio that were asked and have this in them."""
    return [
        call["path"] for call in simulator.log.all() if call["path"].startswith("/personio") and part in call["path"]
    ]
