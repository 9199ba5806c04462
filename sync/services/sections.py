"""What the pages of a company's sections show, and what is done there: one call for each page and button."""

from dataclasses import dataclass

from django.db.models import QuerySet

from mapping.models import HRAttribute, MappingSet, Section, ValueImport
from mapping.portal import attributes, rights, sections
from onboarding.models import Company, LegalEntity, Role, User
from onboarding.services.company_picture import company_of


@dataclass(frozen=True, slots=True)
class Card:
    """A section in the list: who sees it besides administrators, how many attributes it holds."""

    section: Section
    attributes: int
    roles: tuple[str, ...]
    may_edit: bool


@dataclass(frozen=True, slots=True)
class Board:
    """The sections of a company that the user may see."""

    company: Company
    cards: tuple[Card, ...]
    may_manage: bool
    administrators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """One section that the user may see, and whose people stand beside it."""

    company: Company
    section: Section
    entities: tuple[LegalEntity, ...]
    entity: LegalEntity | None
    may_edit: bool
    may_manage: bool
    imports: tuple[ValueImport, ...] = ()


@dataclass(frozen=True, slots=True)
class AttributeRow:
    """An attribute of a section as its settings show it: which mappings read it (rule 26), how many have a value."""

    attribute: HRAttribute
    readers: tuple[MappingSet, ...]
    people: int


@dataclass(frozen=True, slots=True)
class Settings:
    """What an administrator changes of a section."""

    desk: Desk
    rows: tuple[AttributeRow, ...]
    roles: tuple[Role, ...]
    access: dict[int, str]
    others: tuple[Section, ...]


def board(user: User, company_pk: int) -> Board | None:
    """The list of sections; None for a company that the user is no member of, as for one that doesn't exist."""
    company = company_of(user, company_pk)
    if company is None:
        return None
    rows = sections.visible_to(user, company).prefetch_related("access__role", "attributes")
    may_manage = rights.may_manage(user, company)
    cards = tuple(_card(row, user) for row in rows)
    return Board(company, cards, may_manage, rights.administrators(company))


def _card(section: Section, user: User) -> Card:
    roles = tuple(row.role.name for row in section.access.all() if not row.role.is_administrator)
    return Card(section, len(section.attributes.all()), roles, sections.may_edit(user, section))


def desk(user: User, company_pk: int, section_pk: int, entity_pk: str | int = "") -> Desk | None:
    """One section with a legal entity of the company, the first where none is named; None where the user may see none."""
    company = company_of(user, company_pk)
    section = sections.visible_to(user, company).filter(pk=section_pk).first() if company else None
    if company is None or section is None:
        return None
    entities = tuple(LegalEntity.objects.visible_to(user).filter(company=company))
    entity = next((one for one in entities if str(one.pk) == str(entity_pk)), None)
    if entity_pk == "" and entities:
        entity = entities[0]
    may_edit = sections.may_edit(user, section)
    imports = tuple(_imports(section).select_related("attribute").defer("rejects", "former")[:10]) if may_edit else ()
    return Desk(company, section, entities, entity, may_edit, rights.may_manage(user, company), imports)


def _imports(section: Section) -> QuerySet[ValueImport]:
    return ValueImport.objects.filter(attribute__section=section, kind=ValueImport.Kind.FILE)


def settings(found: Desk) -> Settings | None:
    """What an administrator changes; None for anybody else."""
    if not found.may_manage:
        return None
    rows = tuple(
        AttributeRow(row, tuple(attributes.readers(row)), attributes.people_with_a_value(row))
        for row in found.section.attributes.all()
    )
    roles = tuple(found.company.roles.filter(is_administrator=False))
    others = tuple(sections.of_company(found.company).exclude(pk=found.section.pk))
    return Settings(found, rows, roles, sections.access_of(found.section), others)


def import_of(found: Desk, pk: int) -> ValueImport | None:
    """An import of a file into the section, for who may change values in it."""
    if not found.may_edit:
        return None
    rows = _imports(found.section).select_related("attribute__section", "attribute__company", "by")
    return rows.filter(pk=pk).first()
