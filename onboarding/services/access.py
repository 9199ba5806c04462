"""Who may do what: one answer per question, used by views and services alike (rules 7 and 9)."""

from onboarding.models import Company, LegalEntity, Membership, User


def membership(user: User, entity: LegalEntity) -> Membership | None:
    """The user's membership of the entity's company, with its role."""
    rows = Membership.objects.select_related("role").filter(user=user, company=entity.company_id)
    return rows.filter(role__company=entity.company_id).first()


def may_edit_payroll(user: User, entity: LegalEntity) -> bool:
    """Whether the user's role has payroll edit for this entity: upload, preview, sync (rule 7)."""
    found = membership(user, entity)
    return found is not None and found.role.payroll_entities.filter(pk=entity.pk).exists()


def may_connect(user: User, entity: LegalEntity) -> bool:
    """Whether the user may sign in at Loket and choose: an administrator with payroll edit (rules 7 and 9)."""
    found = membership(user, entity)
    return (
        found is not None and found.role.is_administrator and found.role.payroll_entities.filter(pk=entity.pk).exists()
    )


def may_administer(user: User, company: Company) -> bool:
    """Whether the user is an administrator of the company: connects its HR system and says who may do what (rule 9)."""
    rows = Membership.objects.filter(user=user, company=company, role__company=company, user__is_active=True)
    return rows.filter(role__is_administrator=True).exists()


class NotAllowed(Exception):
    """The user's role lacks payroll edit for this entity; an administrator of the company can give it (rule 7)."""


def require_payroll_edit(user: User | None, entity: LegalEntity) -> None:
    """Raises NotAllowed; `None` is the command line, which support runs on the server itself."""
    if user is not None and not may_edit_payroll(user, entity):
        raise NotAllowed
