"""A round of checks against a simulator, without a database: `ask.look(key)` is one look, `ask.tell()` changes Loket."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
import requests
from django.utils import timezone

from loket_portal.loket.client import LoketClient
from loket_portal.loket.filter_settings import FilterClient
from loket_portal.simulator import Simulator
from loket_portal.simulator.options import USERNAME
from onboarding.checks import CHECKS, Seen, look
from onboarding.facts import Fact, Finding
from onboarding.models import Connection, LegalEntity, LoketLogin

CLEAN = "Tulp Horeca B.V."


@dataclass
class Asker:
    """A signed-in integration user, and what the portal knows: a connection with the clean administration."""

    simulator: Simulator
    login: LoketLogin
    entity: LegalEntity
    connection: Connection | None
    user: str = USERNAME
    has_filter: bool = True

    def tell(self, **options: Any) -> None:
        """Changes the simulator's options."""
        answer = requests.post(f"{self.simulator.url}/_simulator/options", json=options, timeout=5)
        assert answer.status_code == 200, answer.text

    def client(self) -> LoketClient:
        """A client with a token of its own."""
        token = self.simulator.keys.grant(self.user)["access_token"]
        return LoketClient(f"{self.simulator.url}/v2", lambda: token)

    def filters(self) -> FilterClient:
        """A client for the filter settings."""
        token = self.simulator.keys.grant(self.user)["access_token"]
        return FilterClient(f"{self.simulator.url}/globalfilter-microservice", lambda: token)

    def seen(self, last: Mapping[str, Fact] | None = None) -> Seen:
        """A new round, which asks everything anew."""
        return Seen(
            login=self.login,
            make_client=self.client,
            make_filters=self.filters if self.has_filter else None,
            now=timezone.now(),
            today=timezone.localdate(),
            linked=[self.connection] if self.connection else [],
            entity=self.entity,
            connection=self.connection,
            last=last or {},
        )

    def look(self, key: str, last: Mapping[str, Fact] | None = None) -> Finding:
        """What the check finds; there must be something to look at."""
        found = look(CHECKS[key], self.seen(last))
        assert found is not None
        assert found.code in CHECKS[key].codes | set(ANY), f"{found.code} is not among the codes of {key}"
        return found


ANY = (
    *("unreachable", "no_sign_in", "odd_answer"),
    *(f"forbidden_{cause}" for cause in ("client", "right", "role", "module", "visibility", "unknown")),
)


@pytest.fixture
def ask(simulator: Simulator) -> Asker:
    """The integration user of Tulp Horeca B.V., with a legal entity that is connected."""
    employer = simulator.world.all("employer", "")[0]
    administration = simulator.world.all("administration", employer.id)[0]
    login = LoketLogin(pk=1, environment="simulator", employer_id=UUID(employer.id), loket_user=USERNAME)
    login.employer_name = CLEAN
    entity = LegalEntity(pk=1, name="Tulp Horeca B.V.", country="NL", tax_id="812345678L01")
    connection = Connection(
        pk=1,
        entity=entity,
        login=login,
        environment="simulator",
        administration_id=UUID(administration.id),
        administration_name=CLEAN,
        tax_id="812345678L01",
    )
    return Asker(simulator, login, entity, connection)


@pytest.fixture
def unconnected(ask: Asker) -> Asker:
    """The same before an administration was chosen."""
    ask.connection = None
    return ask


def states(found: Finding, column: str = "slug") -> dict[str, str]:
    """The state of each row of the details."""
    return {row[column]: row["state"] for row in found.details}
