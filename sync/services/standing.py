"""How a connection stands after its last sync: what need not be looked at again, and what it asks before it sends."""

from django.db import transaction

from onboarding.models import AuditEvent, Connection, User
from onboarding.services import access, audit
from sync.models import Standing


def asks_for_iban(connection: Connection) -> bool:
    """Whether a sync that changes a bank account waits for somebody's word."""
    found = Standing.objects.filter(connection=connection).values_list("asks_for_iban", flat=True).first()
    return True if found is None else found


@transaction.atomic
def set_asks_for_iban(connection: Connection, user: User | None, *, asks: bool) -> bool:
    """Switches that question on or off (D10); tells whether it changed. Raises NotAllowed."""
    entity = connection.entity
    if entity is None:  # a released connection is history
        return False
    access.require_payroll_edit(user, entity)
    Standing.objects.get_or_create(connection=connection)
    if not Standing.objects.filter(connection=connection, asks_for_iban=not asks).update(asks_for_iban=asks, mark=""):
        return False
    audit.record(
        AuditEvent.Action.IBAN_APPROVAL_SET,
        company=entity.company,
        entity=entity,
        actor=user,
        detail="ask" if asks else "do not ask",
    )
    return True


def doubt(connection: Connection) -> None:
    """The next sync looks at everybody again, though nothing has moved: something was decided here."""
    Standing.objects.filter(connection=connection).update(mark="")
