"""Who has confirmed to have understood what the integration does, and who still has to (rule 6)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.utils import timezone

from onboarding.models import Acknowledgement, AuditEvent, LegalEntity, Membership, User
from onboarding.services import access, audit
from onboarding.texts import SCOPE_POINTS, SCOPE_VERSION


class Refusal(StrEnum):
    """Why a confirmation doesn't count; wording/before.py words it."""

    OTHER_TEXT = "other_text"
    POINTS_OPEN = "points_open"


class AcknowledgementRefused(Exception):
    """Nothing was written down."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Reader:
    """A member with payroll edit. `at`: when this text was confirmed; `former`: the newest version confirmed before it."""

    name: str
    is_you: bool
    at: datetime | None = None
    former: str = ""


def readers(entity: LegalEntity, you: User) -> tuple[Reader, ...]:
    """Everybody who has to confirm: the active members with payroll edit for the entity, those who still have to first."""
    said: dict[int, dict[str, datetime]] = {}
    for row in Acknowledgement.objects.filter(company=entity.company_id).order_by("at"):
        said.setdefault(row.user_id, {})[row.text_version] = row.at
    found = [_reader(user, you, said.get(user.pk, {})) for user in _editors(entity)]
    return tuple(sorted(found, key=lambda reader: reader.at is not None))


def _editors(entity: LegalEntity) -> list[User]:
    rows = Membership.objects.filter(
        company=entity.company_id,
        role__company=entity.company_id,
        role__payroll_entities=entity,
        user__is_active=True,
    )
    return [row.user for row in rows.select_related("user").order_by("user__last_name", "user__email")]


def _reader(user: User, you: User, said: dict[str, datetime]) -> Reader:
    former = [version for version in said if version != SCOPE_VERSION]
    return Reader(str(user), user.pk == you.pk, said.get(SCOPE_VERSION), former[-1] if former else "")


@transaction.atomic
def acknowledge(entity: LegalEntity, user: User, *, points: Collection[str], version: str) -> bool:
    """Writes down that the user has read this version and ticked every point; tells whether that is new.

    It counts for all legal entities of the company. Raises NotAllowed without payroll edit for this one (rule 7), and
    AcknowledgementRefused for a version that is no longer shown or a point that was left open.
    """
    access.require_payroll_edit(user, entity)
    if version != SCOPE_VERSION:
        raise AcknowledgementRefused(Refusal.OTHER_TEXT)
    if not set(SCOPE_POINTS) <= set(points):
        raise AcknowledgementRefused(Refusal.POINTS_OPEN)
    _row, is_new = Acknowledgement.objects.get_or_create(
        company=entity.company, user=user, text_version=version, defaults={"at": timezone.now()}
    )
    if is_new:
        audit.record(AuditEvent.Action.ACKNOWLEDGED, company=entity.company, entity=entity, actor=user, detail=version)
    return is_new
