"""Who may do what with the portal's sections and attributes: one answer per question."""

from mapping.models import Section, SectionAccess
from onboarding.models import AuditEvent, Company, User
from onboarding.services import access, audit
from onboarding.services.access import NotAllowed

SUPPORT = "mapping.change_mappingset"


def is_support(user: User | None) -> bool:
    """Whether the user is of the support desk and may change mappings (rule 28); None is the command line."""
    return user is None or (user.is_active and user.is_staff and user.has_perm(SUPPORT))


def is_administrator(user: User, company: Company) -> bool:
    """Whether the user administers the company; such people see and change every section (rule 27)."""
    return access.may_administer(user, company)


def may_manage(user: User | None, company: Company) -> bool:
    """Whether the user may make, rename, move and delete sections and attributes, and say who sees them."""
    return user is None or is_administrator(user, company) or is_support(user)


def access_row(user: User | None, section: Section) -> SectionAccess | None:
    """What the user's role was given in this section."""
    if user is None or not user.is_active:
        return None
    mine = {"role__memberships__user": user, "role__memberships__company": section.company_id}
    return section.access.filter(**mine, role__company=section.company_id).first()


def administrators(company: Company) -> tuple[str, ...]:
    """Names of those who administer the company: they say who sees what."""
    rows = company.memberships.filter(role__is_administrator=True, role__company=company, user__is_active=True)
    return tuple(str(row.user) for row in rows.select_related("user").order_by("user__last_name", "user__email"))


def require_management(user: User | None, company: Company) -> None:
    """Raises NotAllowed for anybody but administrators of the company and support."""
    if not may_manage(user, company):
        raise NotAllowed


def require_support(user: User | None) -> None:
    """Raises NotAllowed for anybody but support (rule 28)."""
    if not is_support(user):
        raise NotAllowed


def record(action: AuditEvent.Action, company: Company, user: User | None, detail: str) -> None:
    """Writes it down; `detail` holds names of sections and attributes and counts, never a value of a person."""
    audit.record(action, company=company, actor=user, detail=detail)
