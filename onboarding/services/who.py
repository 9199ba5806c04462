"""Who can do what a page asks for, by name: a page never says "somebody"."""

from onboarding.models import LegalEntity, Membership


def administrators(entity: LegalEntity) -> list[str]:
    """Names of those who may connect the entity and choose its administration (rules 7 and 9)."""
    return _names(entity, role__is_administrator=True)


def payroll_editors(entity: LegalEntity) -> list[str]:
    """Names of those who may upload, preview and sync (rule 7)."""
    return _names(entity)


def _names(entity: LegalEntity, **role: bool) -> list[str]:
    members = Membership.objects.filter(company=entity.company_id, role__payroll_entities=entity, user__is_active=True)
    return [str(member.user) for member in members.filter(**role).select_related("user").order_by("user__last_name")]
