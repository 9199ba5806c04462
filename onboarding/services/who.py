"""Who can do what a page asks for, by name: a page never says "somebody"."""

from django.db.models import QuerySet

from onboarding.models import LegalEntity, Membership, User


def administrators(entity: LegalEntity) -> list[str]:
    """Names of those who may connect the entity and choose its administration (rules 7 and 9)."""
    return _names(entity, role__is_administrator=True)


def payroll_editors(entity: LegalEntity) -> list[str]:
    """Names of those who may upload, preview and sync (rule 7)."""
    return _names(entity)


def connectors(entity: LegalEntity) -> list[User]:
    """Those who may connect the entity, to write to (rules 7 and 9)."""
    return [member.user for member in _members(entity, role__is_administrator=True)]


def _names(entity: LegalEntity, **role: bool) -> list[str]:
    return [str(member.user) for member in _members(entity, **role)]


def _members(entity: LegalEntity, **role: bool) -> QuerySet[Membership]:
    members = Membership.objects.filter(company=entity.company_id, role__payroll_entities=entity, user__is_active=True)
    return members.filter(role__company=entity.company_id, **role).select_related("user").order_by("user__last_name")
