"""Looking at a company's Personio, and publishing the default mapping for what is there (rules 24 and 28)."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from loket_portal.lib.errors import SyncError
from loket_portal.personio.client import Definition, PersonioClient, PersonioEntity
from loket_portal.personio.errors import CredentialsRefused, NotReadable
from mapping import services
from mapping.attributes import UNREADABLE, after_publishing, default_document, names_of, of_company, renewal, take
from mapping.renewal import Renewal
from mapping.services import Source
from mapping.services.rights import require_support
from onboarding.models import AuditEvent, Company, Issue, PersonioAccount, PersonioEvent, User
from onboarding.services import audit, issues, locks, personio, personio_entities
from onboarding.services.issues import Found
from onboarding.services.personio import PersonioRefused, Refusal, Trial

__all__ = [
    "connect",
    "default_document",
    "look",
    "look_where_due",
    "names_of",
    "publish_default",
    "renewal",
    "store",
    "take",
]

LOOK_EVERY = timedelta(hours=6)

log = logging.getLogger(__name__)


def connect(company: Company, user: User | None, client_id: str, client_secret: str) -> PersonioAccount:
    """Tries the credentials at Personio, stores them, and takes in what they can read.

    Raises PersonioRefused, and then nothing is stored.
    """
    personio.require_administrator(user, company)
    trial = personio.try_out(client_id, client_secret)
    return store(company, user, client_id, client_secret, trial)


@transaction.atomic
def store(company: Company, user: User | None, client_id: str, client_secret: str, trial: Trial) -> PersonioAccount:
    """Stores credentials that `trial` has shown to work, and takes in what they can read. Asks Personio nothing."""
    locks.company(company.pk)
    account = personio.store(company, user, client_id, client_secret, trial)
    take(company, trial.definitions)
    return account


def look(company: Company, *, is_awaited: bool = False) -> None:
    """Reads attributes and legal entities anew, stores them and reports what they mean for the mapping.

    `is_awaited`: somebody waits at a page, and a Personio that hangs may not hold it.

    Raises PersonioRefused without an account, and every SyncError of Personio. Refused credentials are an issue then,
    and so is that no attribute may be read any more; what was known of them stays as it was, for it may pass.
    """
    account = personio.required(company)
    client = personio.client_of_page(account) if is_awaited else personio.client_for(account)
    try:
        found = client.list_attributes()
        entities = _legal_entities(client)
    except CredentialsRefused:
        personio.note_refused(account)
        raise
    except NotReadable:
        _note_unreadable(account)
        raise
    _take_of(account, found, entities)


def _legal_entities(client: PersonioClient) -> Sequence[PersonioEntity] | None:
    """None where they may not be read (any more): what was known of them stays."""
    try:
        return client.list_legal_entities()
    except NotReadable:
        return None


@transaction.atomic
def _take_of(account: PersonioAccount, found: Iterable[Definition], entities: Sequence[PersonioEntity] | None) -> None:
    """Takes in what was read, unless the account was removed or got other credentials meanwhile."""
    locks.company(account.company_id)
    same = _same(account)
    if not same.exists():
        return
    personio.note_working(account)
    if entities is not None:
        personio_entities.note_listed(account, entities)
    same.update(looked_at=timezone.now())
    take(account.company, found)


@transaction.atomic
def _note_unreadable(account: PersonioAccount) -> None:
    """One issue for all attributes: the credentials are good and lack the right. The next look that may read resolves it."""
    locks.company(account.company_id)
    if _same(account).exists():
        personio.note_working(account)
        issues.report(account.company, Source.PERSONIO, [UNREADABLE], [Found(UNREADABLE, "", is_blocking=True)])


def _same(account: PersonioAccount) -> QuerySet[PersonioAccount]:
    """The account, while it has the credentials that it was read with."""
    return PersonioAccount.objects.filter(pk=account.pk, connected_at=account.connected_at)


def look_where_due() -> int:
    """Looks at each account whose turn it is: every six hours, after an event, and while its attributes are unreadable.

    Gives how many could be looked at.
    """
    count = 0
    for account in _due(timezone.now()):
        try:
            look(account.company)
            count += 1
        except (SyncError, PersonioRefused) as error:
            log.warning("Personio of company %s: not looked at: %s", account.company_id, type(error).__name__)
    return count


def _due(now: datetime) -> list[PersonioAccount]:
    told = PersonioEvent.objects.filter(account=OuterRef("pk"), received_at__gt=OuterRef("looked_at"))
    unreadable = Issue.objects.filter(company=OuterRef("company"), kind=UNREADABLE, resolved_at__isnull=True)
    is_due = Q(looked_at__isnull=True) | Q(looked_at__lte=now - LOOK_EVERY) | Exists(told) | Exists(unreadable)
    rows = PersonioAccount.objects.filter(is_due).select_related("company")
    return list(rows.order_by(F("looked_at").asc(nulls_first=True)))


@transaction.atomic
def publish_default(company: Company, user: User | None) -> Renewal:
    """Publishes the default mapping with the attributes as they are called now; tells what is missing, moved and kept.

    This mends a changed attribute id; the audit trail has the old and the new one (rule 24). What support has set in
    the mapping in force stays, and so does an attribute that is away: `mapping.renewal`. An open draft stays too, as it
    is. Raises NotAllowed for anybody but support (rule 28), and PersonioRefused when nothing was read of Personio yet.
    """
    require_support(user)
    personio.required(company)
    locks.company(company.pk)
    if not of_company(company).filter(gone_at__isnull=True).exists():
        raise PersonioRefused(Refusal.ATTRIBUTES_NOT_READABLE)
    renewed = renewal(company)
    published = services.publish(company, renewed.document, user, Source.PERSONIO)
    for change in renewed.changes:
        if change.former is not None and change.is_moved:
            detail = f"{published}: {change.rule.target}: {change.former.source} → {change.rule.source}"
            audit.record(AuditEvent.Action.MAPPING_PUBLISHED, company=company, actor=user, detail=detail)
    after_publishing(company)
    return renewed
