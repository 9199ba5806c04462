"""Sections of the portal's own attributes: who sees them, who changes values in them (rules 26 and 27)."""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import Max, Q, QuerySet

from loket_portal.lib.text import one_line
from mapping.models import Section, SectionAccess
from mapping.portal import attributes
from mapping.portal.refusals import PortalRefused, Refusal
from mapping.portal.rights import access_row, is_administrator, may_manage, record, require_management
from onboarding.models import AuditEvent, Company, User
from onboarding.services import locks

LONGEST_NAME = 60
VIEW, EDIT = "view", "edit"
"""What a role may be given; nothing said is no access."""
CHANGED = AuditEvent.Action.SECTION_CHANGED


def loket(company: Company) -> Section:
    """The section "Loket" of the company, made where it isn't there yet; until roles get access only administrators see it."""
    found = Section.objects.filter(company=company, is_loket=True).first()
    return found or _loket(company)


@transaction.atomic
def _loket(company: Company) -> Section:
    locks.company(company.pk)
    rows = Section.objects.filter(company=company)
    taken = rows.filter(name__iexact=Section.LOKET, is_loket=False).first()
    if taken is not None:  # somebody called one so, before every company had its own
        rows.filter(pk=taken.pk).update(is_loket=True)
        return rows.get(pk=taken.pk)
    return rows.get_or_create(company=company, is_loket=True, defaults={"name": Section.LOKET})[0]


def of_company(company: Company) -> QuerySet[Section]:
    """Every section of the company, the one called "Loket" among them: what administrators and support see."""
    loket(company)
    return Section.objects.filter(company=company)


def visible_to(user: User, company: Company) -> QuerySet[Section]:
    """The sections that this member of the company may see: an administrator all, others by their role (rule 27)."""
    if is_administrator(user, company):
        return of_company(company)
    mine = Q(
        access__role__memberships__user=user, access__role__company=company, access__role__memberships__company=company
    )
    return Section.objects.filter(mine, company=company).distinct() if user.is_active else Section.objects.none()


def may_edit(user: User | None, section: Section) -> bool:
    """Whether the user may change values of people in the section; None is the command line."""
    if may_manage(user, section.company):
        return True
    row = access_row(user, section)
    return row is not None and row.may_edit


def make(company: Company, user: User | None, name: str) -> Section:
    """A new section, seen by administrators only. Raises NotAllowed and PortalRefused."""
    with transaction.atomic():
        _begin(company, user)
        name = _name(company, name)
        last = Section.objects.filter(company=company).aggregate(last=Max("position"))["last"]
        made = Section.objects.create(company=company, name=name, position=(last or 0) + 1)
        record(CHANGED, company, user, f"made:{made.name}")
        return made


@transaction.atomic
def rename(section: Section, user: User | None, name: str) -> None:
    """Gives the section another name; the section "Loket" keeps its own. Raises NotAllowed and PortalRefused."""
    _begin(section.company, user)
    if section.is_loket:
        raise PortalRefused(Refusal.IS_LOKET)
    former, section.name = section.name, _name(section.company, name, section)
    section.save(update_fields=["name"])
    record(CHANGED, section.company, user, f"renamed:{former} → {section.name}")


@transaction.atomic
def move(section: Section, user: User | None, step: int) -> None:
    """Puts the section `step` places further down the list (up where negative); at an end it stays."""
    _begin(section.company, user)
    rows = list(Section.objects.filter(company=section.company))
    place = rows.index(section)
    wanted = min(max(place + step, 0), len(rows) - 1)
    rows.insert(wanted, rows.pop(place))
    for position, row in enumerate(rows):
        Section.objects.filter(pk=row.pk).update(position=position)
    if wanted != place:
        record(CHANGED, section.company, user, f"moved:{section.name}: {place + 1} → {wanted + 1}")


@transaction.atomic
def delete(section: Section, user: User | None) -> None:
    """Deletes a section with the attributes and values in it.

    Raises PortalRefused for the section "Loket", and while a mapping reads one of its attributes (rule 26): that one
    can be moved to another section first.
    """
    _begin(section.company, user)
    if section.is_loket:
        raise PortalRefused(Refusal.IS_LOKET)
    mapped = [row for row in section.attributes.all() if attributes.readers(row)]
    if mapped:
        raise PortalRefused(Refusal.HOLDS_MAPPED, attributes=", ".join(row.label for row in mapped))
    record(CHANGED, section.company, user, f"deleted:{section.name}")
    section.attributes.all().delete()
    section.delete()


@transaction.atomic
def set_access(section: Section, user: User | None, access: Mapping[int, str]) -> bool:
    """Gives the roles (by pk) exactly this access, `VIEW` or `EDIT`; tells whether anything changed (rule 27).

    Raises NotAllowed, and PortalRefused for a role of another company.
    """
    _begin(section.company, user)
    roles = {role.pk: role for role in section.company.roles.filter(is_administrator=False)}
    wanted = {pk: said for pk, said in access.items() if said in {VIEW, EDIT}}
    if not wanted.keys() <= roles.keys():
        raise PortalRefused(Refusal.OTHER_COMPANY)
    if wanted == access_of(section):
        return False
    section.access.all().delete()
    SectionAccess.objects.bulk_create(
        [SectionAccess(section=section, role=roles[pk], may_edit=said == EDIT) for pk, said in wanted.items()]
    )
    told = ", ".join(f"{roles[pk].name}={said}" for pk, said in wanted.items())
    record(CHANGED, section.company, user, f"access:{section.name}: {told or '–'}")
    return True


def access_of(section: Section) -> dict[int, str]:
    """What each role (by pk) may: `VIEW` or `EDIT`. Roles of administrators are not in it; they may everything."""
    rows = section.access.filter(role__is_administrator=False)
    return {row.role_id: EDIT if row.may_edit else VIEW for row in rows}


def _begin(company: Company, user: User | None) -> None:
    locks.company(company.pk)
    require_management(user, company)


def _name(company: Company, name: str, section: Section | None = None) -> str:
    """The name as it is stored: on one line, not empty, and nobody else's in the company."""
    name = one_line(name)[:LONGEST_NAME].strip()
    if not name:
        raise PortalRefused(Refusal.NAME_MISSING)
    others = Section.objects.filter(company=company).exclude(pk=section.pk if section else 0)
    if others.filter(name__iexact=name).exists():
        raise PortalRefused(Refusal.NAME_TAKEN, name=name)
    return name
