"""Which sign-in at Loket an entity uses, and a client that speaks as it."""

from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet

from loket_portal.lib.gate import Door
from loket_portal.loket.client import LoketClient
from onboarding.models import Connection, LegalEntity, LoketLogin
from onboarding.services import slots, tokens


def client_for(login: LoketLogin, gate: Door | None = None, **session: Any) -> LoketClient:
    """A client that speaks as this sign-in; raises ConfigProblem for a sign-in of another environment.

    A run gives the `gate` of its lease (`slots.lease`); whoever has none gets a slot of the host for each request.
    `session` is for `lib.http.LockedSession`.
    """
    return LoketClient(settings.LOKET_API_URL, tokens.source(login), gate=gate or slots.door(), **session)


def login_for(entity: LegalEntity) -> LoketLogin | None:
    """The sign-in this entity uses: its connection's, else the one it was checked with or that was chosen for it."""
    if connection := Connection.objects.select_related("login").filter(entity=entity).first():
        return connection.login
    row = LegalEntity.objects.select_related("loket_login").get(pk=entity.pk)  # never a stale one
    login = row.loket_login
    return login if login is not None and login.environment == settings.LOKET_ENV else None


def authorized_for(entity: LegalEntity) -> LoketLogin | None:
    """The sign-in that may serve a connection: an administrator made or chose it for that; a check sign-in only looks."""
    login = login_for(entity)
    return login if login is not None and login.purpose == LoketLogin.Purpose.CONNECTION else None


def offered(entity: LegalEntity) -> QuerySet[LoketLogin]:
    """The sign-ins that the company has in this environment, newest first: one serves all entities of its employer."""
    logins = LoketLogin.objects.filter(company=entity.company_id, environment=settings.LOKET_ENV)
    return logins.filter(state=LoketLogin.State.ACTIVE).order_by("-signed_in_at")


def in_use() -> QuerySet[LoketLogin]:
    """The sign-ins of this environment that some legal entity uses."""
    connected = Connection.objects.filter(login=OuterRef("pk"), released_at__isnull=True)
    chosen_by = LegalEntity.objects.filter(loket_login=OuterRef("pk"))
    return LoketLogin.objects.filter(Exists(connected) | Exists(chosen_by), environment=settings.LOKET_ENV)


def beside(connection: Connection) -> list[str]:
    """The other legal entities that are connected with the same sign-in, by name (rule 12)."""
    rows = LegalEntity.objects.filter(connection__login=connection.login_id).exclude(connection=connection)
    return list(rows.order_by("name").values_list("name", flat=True))
