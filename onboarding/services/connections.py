"""Choosing the administration, once and for good (rules 1 to 5, 11, 36 and 37)."""

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.conf import settings
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from loket_portal.loket.client import LoketClient
from loket_portal.loket.errors import ConfigProblem
from loket_portal.loket.payloads import PayrollAdministration
from onboarding.models import AuditEvent, Connection, LegalEntity, LoketLogin, User
from onboarding.services import access, audit, tokens

log = logging.getLogger(__name__)


class Refusal(StrEnum):
    """Why an administration, or the wish to link one, is refused; the pages word it."""

    NO_TAX_ID = "no_tax_id"
    SHARED_TAX_ID = "shared_tax_id"
    TAX_ID_CONNECTED = "tax_id_connected"
    TAKEN = "taken"
    ENDED = "ended"
    GONE = "gone"
    NOT_ALLOWED = "not_allowed"
    NOT_DUTCH = "not_dutch"
    NOT_ENABLED = "not_enabled"
    ALREADY_CONNECTED = "already_connected"
    SIGN_IN_FIRST = "sign_in_first"
    NAME_DIFFERS = "name_differs"
    OTHER_EMPLOYER = "other_employer"


class LinkRefused(Exception):
    """The link was not made; `sharers` names the administrations that share the tax ID."""

    def __init__(self, refusal: Refusal, sharers: tuple[str, ...] = ()) -> None:
        super().__init__(refusal.value)
        self.refusal, self.sharers = refusal, sharers


@dataclass(frozen=True, slots=True)
class Choice:
    """An administration as the chooser shows it: selectable, or refused with the reason (rule 36)."""

    administration: PayrollAdministration
    refusal: Refusal | None = None
    sharers: tuple[str, ...] = ()

    @property
    def is_selectable(self) -> bool:
        return self.refusal is None


def client_for(login: LoketLogin) -> LoketClient:
    """A client that speaks as this sign-in; raises ConfigProblem for a sign-in of another environment."""
    return LoketClient(settings.LOKET_API_URL, tokens.source(login))


def login_for(entity: LegalEntity) -> LoketLogin | None:
    """The sign-in this entity uses: its connection's, else the newest of its company in this environment."""
    if connection := Connection.objects.select_related("login").filter(entity=entity).first():
        return connection.login
    logins = LoketLogin.objects.filter(company=entity.company_id, environment=settings.LOKET_ENV)
    return logins.order_by("-signed_in_at").first()


def judge(
    administrations: Sequence[PayrollAdministration], taken: Iterable[Connection], today: date
) -> tuple[Choice, ...]:
    """Every administration with the first rule it breaks; both of a pair with one tax ID are refused (rules 4 and 36)."""
    shared = Counter(a.tax_id for a in administrations if a.tax_id)
    linked = {str(c.administration_id) for c in taken}
    linked_tax_ids = {c.tax_id for c in taken}

    def refusal(a: PayrollAdministration) -> Refusal | None:
        checks = [
            (a.id in linked, Refusal.TAKEN),
            (a.end_on is not None and a.end_on < today, Refusal.ENDED),
            (not a.tax_id, Refusal.NO_TAX_ID),
            (shared[a.tax_id or ""] > 1, Refusal.SHARED_TAX_ID),
            (a.tax_id in linked_tax_ids, Refusal.TAX_ID_CONNECTED),
        ]
        return next((reason for broken, reason in checks if broken), None)

    return tuple(Choice(a, refusal(a), _sharers(a, administrations)) for a in administrations)


def _sharers(one: PayrollAdministration, administrations: Iterable[PayrollAdministration]) -> tuple[str, ...]:
    return tuple(a.name for a in administrations if one.tax_id and a.tax_id == one.tax_id and a.id != one.id)


def choices(entity: LegalEntity, user: User) -> tuple[LoketLogin, tuple[Choice, ...]]:
    """The sign-in and its administrations, read from Loket now; raises LinkRefused and SyncError."""
    login = _login_to_link(entity, user)
    return login, _read(login)


def _login_to_link(entity: LegalEntity, user: User) -> LoketLogin:
    if refusal := _refusal_of_entity(entity, user):
        raise LinkRefused(refusal)
    login = login_for(entity)
    if login is None:
        raise LinkRefused(Refusal.SIGN_IN_FIRST)
    return login


def _refusal_of_entity(entity: LegalEntity, user: User) -> Refusal | None:
    checks = [
        (not entity.is_dutch, Refusal.NOT_DUTCH),
        (not entity.is_enabled, Refusal.NOT_ENABLED),
        (not access.may_connect(user, entity), Refusal.NOT_ALLOWED),
        (Connection.objects.filter(entity=entity).exists(), Refusal.ALREADY_CONNECTED),
    ]
    return next((reason for broken, reason in checks if broken), None)


def _read(login: LoketLogin) -> tuple[Choice, ...]:
    client = client_for(login)
    employers = client.list_employers()
    if [employer.id for employer in employers] != [str(login.employer_id)]:  # rule 11, every time
        raise LinkRefused(Refusal.OTHER_EMPLOYER, tuple(employer.name for employer in employers))
    administrations = client.list_administrations(str(login.employer_id))
    taken = Connection.objects.filter(environment=login.environment)
    return judge(administrations, list(taken), timezone.localdate())


def link(entity: LegalEntity, administration_id: str, typed_name: str, user: User) -> Connection:
    """Links the entity for good. Reads Loket afresh, then locks, compares and inserts (rule 5).

    `typed_name` is the administration's name as the administrator typed it. Raises LinkRefused and SyncError.
    """
    try:
        login = _login_to_link(entity, user)
        choice = next((c for c in _read(login) if c.administration.id == administration_id), None)
        connection = _insert(entity, user, login, choice, typed_name)
    except LinkRefused as error:
        audit.record(
            AuditEvent.Action.LINK_REFUSED, company=entity.company, entity=entity, actor=user, detail=error.refusal
        )
        raise
    return connection


def _insert(entity: LegalEntity, user: User, login: LoketLogin, choice: Choice | None, typed_name: str) -> Connection:
    if choice is None:
        raise LinkRefused(Refusal.GONE)
    if choice.refusal:
        raise LinkRefused(choice.refusal, choice.sharers)
    administration = choice.administration
    if " ".join(typed_name.split()).casefold() != " ".join(administration.name.split()).casefold():
        raise LinkRefused(Refusal.NAME_DIFFERS)
    with transaction.atomic():
        locked = LegalEntity.objects.select_for_update().get(pk=entity.pk)
        if refusal := _refusal_of_entity(locked, user):
            raise LinkRefused(refusal)
        connection = _create_or_explain(locked, user, login, administration)
        audit.record(
            AuditEvent.Action.LINKED, company=entity.company, entity=entity, actor=user, detail=administration.name
        )
    return connection


def _create_or_explain(
    entity: LegalEntity, user: User, login: LoketLogin, administration: PayrollAdministration
) -> Connection:
    """Inserts; of two that try at once the unique constraints let one through, the other gets the reason."""
    same = Connection.objects.filter(environment=login.environment)
    try:
        with transaction.atomic():
            return Connection.objects.create(
                entity=entity,
                login=login,
                environment=login.environment,
                administration_id=administration.id,
                administration_name=administration.name,
                administration_number=administration.client_number,
                tax_id=administration.tax_id or "",  # the database refuses an empty one
                period_type=administration.period_type,
                linked_by=user,
                linked_at=timezone.now(),
            )
    except IntegrityError as error:
        if Connection.objects.filter(entity=entity).exists():
            raise LinkRefused(Refusal.ALREADY_CONNECTED) from error
        if same.filter(administration_id=administration.id).exists():
            raise LinkRefused(Refusal.TAKEN) from error
        raise LinkRefused(Refusal.TAX_ID_CONNECTED) from error


@transaction.atomic
def set_conversion(connection: Connection, *, converts: bool, user: User | None) -> bool:
    """Whether new people become employees at once or wait as concept employees (rule 46); tells whether it changed."""
    rows = Connection.objects.filter(pk=connection.pk, converts_new_people=not converts)
    if not rows.update(converts_new_people=converts):
        return False
    audit.record(
        AuditEvent.Action.CONVERSION_SET,
        company=connection.entity.company,
        entity=connection.entity,
        actor=user,
        detail="convert" if converts else "leave as concept",
    )
    return True


def refuse_other_environment() -> None:
    """Raises ConfigProblem when stored sign-ins belong to another environment than LOKET_ENV; called at every start.

    A database that can't be asked yet (away, not migrated) refuses nothing: every use compares again.
    """
    rows = LoketLogin.objects.exclude(environment=settings.LOKET_ENV)
    try:
        others = sorted(set(rows.values_list("environment", flat=True)))
    except DatabaseError as error:
        log.warning("the environment of the stored sign-ins could not be compared: %s", type(error).__name__)
        return
    if others:
        raise ConfigProblem(
            gettext_noop("This database holds sign-ins at Loket's %(stored)s environment, but LOKET_ENV is %(now)s."),
            gettext_noop("Set LOKET_ENV back, or use a database of its own for each environment."),
            params={"stored": ", ".join(others), "now": settings.LOKET_ENV},
        )
