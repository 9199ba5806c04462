"""What the portal remembers of people in Loket, as support may correct it."""

from django.db import transaction
from django.db.models import Q

from onboarding.models import AuditEvent, Connection, LegalEntity
from onboarding.services import audit
from sync.models import Link
from sync.services import left_out, rosters, settled, standing
from sync.services.memory import key_hashes


@transaction.atomic
def forget(connection: Connection, employee_number: str, reason: str) -> bool:
    """Forgets the stored Loket id, fingerprints and answers about one person, audited; tells whether there was one.

    For somebody whom the payroll administrator has removed from Loket for good: the next sync sees a new person.
    """
    entity = connection.entity
    if entity is None:  # a released connection is history, and stays as it was (rule 37)
        return False
    hashes = [one for key in _keys(entity, employee_number) for one in key_hashes(connection, key)]
    left_out.forget(connection, hashes)
    known = Q(key_hash__in=hashes) | Q(number_hash__in=key_hashes(connection, employee_number))
    if not Link.objects.filter(known, connection=connection).delete()[0]:
        return False
    standing.doubt(connection)
    audit.record(
        AuditEvent.Action.PERSON_FORGOTTEN,
        company=entity.company,
        entity=entity,
        detail=f"employee number {employee_number}: {reason}",
    )
    return True


def _keys(entity: LegalEntity, employee_number: str) -> list[str]:
    """What people with this number are called: by it in a file, by their id in Personio, where the number can change."""
    roster = rosters.current(entity) if entity.reads_personio else None
    people = settled.records(entity, roster) if roster else ()
    return [employee_number, *(one.key for one in people if one.number == employee_number)]
