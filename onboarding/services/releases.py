"""The release of a connection: by support, with a reason, and only when a second person agrees (rule 37).

The connection stays as history, with its links, runs and audit trail; its entity can be connected anew.
"""

from enum import StrEnum

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from onboarding.facts import Finding, Outcome
from onboarding.models import AuditEvent, Connection, Evidence, LegalEntity, Membership, ReleaseRequest, User
from onboarding.services import audit, evidence, mails
from onboarding.steps import HEALTH

OF_THE_CONNECTION = ("linked_administration", *HEALTH)
"""What was seen of the administration: it says nothing about the next one."""


class Refusal(StrEnum):
    """Why a release is not asked or not decided; the pages word it."""

    NOT_STAFF = "not_staff"
    NO_REASON = "no_reason"
    RELEASED = "released"
    ALREADY_ASKED = "already_asked"
    DECIDED = "decided"
    SAME_PERSON = "same_person"


class ReleaseRefused(Exception):
    """Nothing was changed."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


def waiting_for(connection: Connection) -> ReleaseRequest | None:
    """The request that nobody has decided yet."""
    rows = ReleaseRequest.objects.filter(connection=connection, decided_at__isnull=True)
    return rows.select_related("requested_by").first()


@transaction.atomic
def ask(connection: Connection, reason: str, by: User) -> ReleaseRequest:
    """Asks for the release; a second person decides. Raises ReleaseRefused."""
    if not by.is_staff:
        raise ReleaseRefused(Refusal.NOT_STAFF)
    if not reason.strip():
        raise ReleaseRefused(Refusal.NO_REASON)
    connection = Connection.objects.select_for_update().get(pk=connection.pk)
    if connection.entity is None:
        raise ReleaseRefused(Refusal.RELEASED)
    try:
        with transaction.atomic():
            request = ReleaseRequest.objects.create(
                connection=connection, reason=reason.strip(), requested_by=by, requested_at=timezone.now()
            )
    except IntegrityError as error:
        raise ReleaseRefused(Refusal.ALREADY_ASKED) from error
    _record(AuditEvent.Action.RELEASE_ASKED, connection.entity, by, f"{connection.administration_name}: {reason}")
    return request


@transaction.atomic
def decide(request: ReleaseRequest, by: User, approve: bool) -> Connection:
    """Approves or refuses; raises ReleaseRefused. Who asked may not approve, but may take the request back."""
    row = ReleaseRequest.objects.select_for_update().get(pk=request.pk)
    if refusal := _refusal(row, by, approve):
        raise ReleaseRefused(refusal)
    connection = Connection.objects.select_for_update().get(pk=row.connection_id)
    entity = connection.entity
    if entity is None:
        raise ReleaseRefused(Refusal.RELEASED)
    row.decided_by, row.decided_at, row.is_approved = by, timezone.now(), approve
    row.save(update_fields=["decided_by", "decided_at", "is_approved"])
    if not approve:
        _record(AuditEvent.Action.RELEASE_REFUSED, entity, by, connection.administration_name)
        return connection
    _release(connection, entity, row, by)
    connection.refresh_from_db()
    return connection


def _refusal(request: ReleaseRequest, by: User, approve: bool) -> Refusal | None:
    checks = [
        (not by.is_staff, Refusal.NOT_STAFF),
        (request.decided_at is not None, Refusal.DECIDED),
        (approve and request.requested_by_id in (None, by.pk), Refusal.SAME_PERSON),
    ]
    return next((refusal for broken, refusal in checks if broken), None)


def _release(connection: Connection, entity: LegalEntity, request: ReleaseRequest, by: User) -> None:
    Connection.objects.filter(pk=connection.pk, released_at__isnull=True).update(
        entity=None, former_entity=F("entity"), released_at=request.decided_at
    )
    seen = Evidence.objects.filter(entity=entity, fact__in=OF_THE_CONNECTION).order_by()
    for fact in sorted(set(seen.values_list("fact", flat=True))):
        evidence.record(Finding(Outcome.WITHDRAWN, "released"), fact, entity=entity, actor=by)
    _record(AuditEvent.Action.RELEASED, entity, by, f"{connection.administration_name}: {request.reason}")
    _tell(entity, connection)


def _record(action: AuditEvent.Action, entity: LegalEntity, by: User, detail: str) -> None:
    audit.record(action, company=entity.company, entity=entity, actor=by, detail=detail)


def _tell(entity: LegalEntity, connection: Connection) -> None:
    """The company's administrators: they connect it anew."""
    url = mails.link("setup", pk=entity.pk)
    context = {"entity": entity, "administration": connection.administration_name, "url": url}
    administrators = Membership.objects.filter(
        company=entity.company_id, role__is_administrator=True, user__is_active=True
    )
    for member in administrators.select_related("user").order_by("pk"):
        mails.to_user(member.user, "released", context)
