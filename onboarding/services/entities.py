"""Legal entities: enabling the integration, which support does when the attributes are mapped (rules 1, 8, 28)."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from onboarding.models import AuditEvent, LegalEntity, User
from onboarding.services import audit


class NotPossible(Exception):
    """The entity can't be enabled; the message says why, in the reader's language."""


@transaction.atomic
def enable(entity: LegalEntity, user: User | None) -> bool:
    """Enables the integration and tells whether anything changed; raises NotPossible outside the Netherlands."""
    if not entity.is_dutch:
        raise NotPossible(
            _("%(entity)s is not in the Netherlands, so it can't be connected to Loket.") % {"entity": entity.name}
        )
    won = LegalEntity.objects.filter(pk=entity.pk, enabled_at__isnull=True).update(
        enabled_at=timezone.now(), enabled_by=user
    )
    if won:
        audit.record(AuditEvent.Action.ENABLED, company=entity.company, entity=entity, actor=user)
    entity.refresh_from_db()
    return won == 1
