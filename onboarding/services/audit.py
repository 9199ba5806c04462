"""Writes the audit trail."""

from onboarding.models import AuditEvent, Company, Guest, LegalEntity, User


def record(
    action: AuditEvent.Action,
    *,
    company: Company,
    entity: LegalEntity | None = None,
    actor: User | None = None,
    guest: Guest | None = None,
    detail: str = "",
) -> AuditEvent:
    """Adds one event; `detail` must hold no personal data of employees and no secret."""
    return AuditEvent.objects.create(
        company=company, entity=entity, actor=actor, guest=guest, action=action, detail=detail[:300]
    )
