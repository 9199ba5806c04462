"""What the portal remembers of people in Loket, as support may correct it."""

from django.db import transaction

from onboarding.models import AuditEvent, Connection
from onboarding.services import audit
from sync.models import Link
from sync.services.ports import key_hashes


@transaction.atomic
def forget(connection: Connection, employee_number: str, reason: str) -> bool:
    """Forgets the stored Loket id and fingerprints of one person, audited; tells whether there was one.

    For somebody whom the payroll administrator has removed from Loket for good: the next sync sees a new person.
    """
    entity = connection.entity
    links = Link.objects.filter(connection=connection, key_hash__in=key_hashes(connection, employee_number))
    if entity is None or not links.delete()[0]:  # a released connection is history, and stays as it was (rule 37)
        return False
    audit.record(
        AuditEvent.Action.PERSON_FORGOTTEN,
        company=entity.company,
        entity=entity,
        detail=f"employee number {employee_number}: {reason}",
    )
    return True
