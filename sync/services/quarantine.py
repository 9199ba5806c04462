"""Has people tried again who were set aside: whom Loket refused, or who ended their worker (D9). Shown: `set_aside.py`."""

from django.db import transaction
from django.utils import timezone

from onboarding.models import AuditEvent, User
from onboarding.services import access, audit
from sync.models import Quarantine
from sync.services import standing


@transaction.atomic
def release(pk: int, user: User | None, *, is_support: bool = False) -> bool:
    """Has the next sync try this person again; tells whether it changed anything. Raises NotAllowed, and DoesNotExist
    for somebody of a connection that is none any more. `is_support`: at the support desk, which has asked for the right."""
    rows = Quarantine.objects.select_related("connection__entity__company")
    row = rows.get(pk=pk, connection__entity__isnull=False)
    entity = row.connection.entity
    if entity is None:
        raise Quarantine.DoesNotExist
    access.require_payroll_edit(None if is_support else user, entity)
    present = Quarantine.objects.filter(pk=pk, released_at__isnull=True)
    if not present.update(released_at=timezone.now(), released_by=user):
        return False
    standing.doubt(row.connection)
    number = (row.person or {}).get("number", "")
    audit.record(
        AuditEvent.Action.QUARANTINE_RELEASED,
        company=entity.company,
        entity=entity,
        actor=user,
        detail=f"employee number {number}" if number else "",
    )
    return True
