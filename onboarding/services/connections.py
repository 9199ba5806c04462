"""Choosing the administration, once and for good (rules 1 to 5, 11, 36 and 37)."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from loket_portal.loket.errors import ConfigProblem
from loket_portal.loket.payloads import PayrollAdministration
from onboarding.facts import Fact
from onboarding.models import AuditEvent, Connection, LegalEntity, LoketLogin, User
from onboarding.services import access, audit, checking
from onboarding.services.choices import Choice, Refusal, judge
from onboarding.services.logins import authorized_for, client_for
from onboarding.steps import BY_KEY, HEALTH, StepKey

__all__ = [
    "Choice",
    "LinkRefused",
    "Refusal",
    "check_again",
    "choices",
    "judge",
    "link",
    "refuse_other_environment",
    "set_conversion",
]

SHOWN_OF_IT = (
    *BY_KEY[StepKey.LEGAL_ENTITY].checks,  # a tax ID that was mended in Loket since the sign-in
    *BY_KEY[StepKey.AUTHORIZE].checks,
    *(key for key in HEALTH if key != checking.NEW_HIRE),
)
"""What Loket is asked of a connection from its beginning; the rest was looked at with the sign-in."""

log = logging.getLogger(__name__)
CHECKED_WITHIN = timedelta(hours=24)  # of the choice: the sign-in runs the checks, and a choice may come days later


class LinkRefused(Exception):
    """The link was not made; `sharers` names the administrations that share the tax ID, `facts` what a check found."""

    def __init__(self, refusal: Refusal, sharers: tuple[str, ...] = (), facts: tuple[Fact, ...] = ()) -> None:
        super().__init__(refusal.value)
        self.refusal, self.sharers, self.facts = refusal, sharers, facts


def choices(entity: LegalEntity, user: User) -> tuple[LoketLogin, tuple[Choice, ...]]:
    """The sign-in and its administrations, read from Loket now; raises LinkRefused and SyncError."""
    login = _login_to_link(entity, user)
    return login, _read(login)


def check_again(entity: LegalEntity, user: User) -> None:
    """Runs every check before the choice once more; raises LinkRefused when it is not this user's to choose."""
    _authorized_login(entity, user)
    checking.check(entity, actor=user)


def _login_to_link(entity: LegalEntity, user: User) -> LoketLogin:
    login = _authorized_login(entity, user)
    if login.checked_at is None or login.checked_at < timezone.now() - CHECKED_WITHIN:
        checking.check(entity, actor=user)
    if failed := checking.blocking(entity):  # rule 35
        raise LinkRefused(Refusal.CHECKS_FAILED, facts=failed)
    return login


def _authorized_login(entity: LegalEntity, user: User) -> LoketLogin:
    if refusal := _refusal_of_entity(entity, user):
        raise LinkRefused(refusal)
    login = authorized_for(entity)
    if login is None:  # rule 8: a check sign-in only looks
        raise LinkRefused(Refusal.SIGN_IN_FIRST)
    if login.state != LoketLogin.State.ACTIVE:
        raise LinkRefused(Refusal.SIGN_IN_AGAIN)
    return login


def _refusal_of_entity(entity: LegalEntity, user: User) -> Refusal | None:
    checks = [
        (not entity.is_dutch, Refusal.NOT_DUTCH),
        (not entity.is_enabled, Refusal.NOT_ENABLED),
        (not access.may_connect(user, entity), Refusal.NOT_ALLOWED),
        (Connection.objects.filter(entity=entity).exists(), Refusal.ALREADY_CONNECTED),
    ]
    return next((refusal for broken, refusal in checks if broken), None)


def _read(login: LoketLogin) -> tuple[Choice, ...]:
    client = client_for(login)
    employers = client.list_employers()
    if [employer.id.casefold() for employer in employers] != [str(login.employer_id)]:  # rule 11, every time
        raise LinkRefused(Refusal.OTHER_EMPLOYER, tuple(employer.name for employer in employers))
    administrations = client.list_administrations(str(login.employer_id))
    taken = Connection.objects.filter(environment=login.environment, released_at__isnull=True)
    return judge(administrations, taken.select_related("entity"), timezone.localdate(), login.company_id)


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
    checking.check(entity, SHOWN_OF_IT, actor=user)
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
        if refusal := _refusal_of_entity(locked, user) or _refusal_of_login(locked, login):
            raise LinkRefused(refusal)
        connection = _create_or_explain(locked, user, login, administration)
        audit.record(
            AuditEvent.Action.LINKED, company=entity.company, entity=entity, actor=user, detail=administration.name
        )
    return connection


def _refusal_of_login(entity: LegalEntity, login: LoketLogin) -> Refusal | None:
    """The list was read from Loket with this sign-in; meanwhile the entity may have got another, or another employer.

    The sign-in stays locked until the connection stands: its user may move while nothing is connected (rule 12).
    """
    list(LoketLogin.objects.select_for_update(no_key=True).filter(pk=login.pk))
    now = authorized_for(entity)
    is_same = now is not None and (now.pk, now.employer_id) == (login.pk, login.employer_id)
    return None if is_same else Refusal.GONE


def _create_or_explain(
    entity: LegalEntity, user: User, login: LoketLogin, administration: PayrollAdministration
) -> Connection:
    """Inserts; of two that try at once the unique constraints let one through, the other gets the reason."""
    same = Connection.objects.filter(environment=login.environment, released_at__isnull=True)
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
    entity = connection.entity
    rows = Connection.objects.filter(pk=connection.pk, converts_new_people=not converts, released_at__isnull=True)
    if entity is None or not rows.update(converts_new_people=converts):  # a released connection is history
        return False
    audit.record(
        AuditEvent.Action.CONVERSION_SET,
        company=entity.company,
        entity=entity,
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
