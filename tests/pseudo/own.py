"""The portal's own sections in the tests' world: one of every kind of attribute, people, values, an import."""

from mapping.models import HRAttribute, Section, ValueImport
from mapping.portal import attributes, carrying, sections, values
from mapping.portal.attributes import AttributeType
from mapping.portal.carrying import Plan
from onboarding.models import LegalEntity
from sync.models import Roster
from tests.pseudo.world import World
from tests.sync.pages import upload

ZZ = {AttributeType.INTEGER: "7", AttributeType.DECIMAL: "7.5", AttributeType.DATE: "2026-03-01"}
ZZ |= {AttributeType.YES_NO: "yes", AttributeType.BSN: "999990093", AttributeType.IBAN: "NL20INGB0001234567"}


def fill(world: World) -> None:
    """A section that payroll may change and the viewer may look at, and one that only administrators see."""
    entity = next(iter(world.entities.values()))
    Roster.objects.filter(entity=entity).delete()
    upload(entity, world.people["administrator"], "1001;1;Active;Yes;Zzjo;Zzberg", ";1;Active;Yes;Zzniels;Zzbeek")
    roles = {role.name: role.pk for role in world.company.roles.all()}
    shown = sections.make(world.company, None, "Zzsection")
    sections.set_access(shown, None, {roles["Zzpayroll"]: sections.EDIT, roles["Zzviewer"]: sections.VIEW})
    few = sections.make(world.company, None, "Zzfew")
    made = [attributes.make(shown, None, f"Zz{kind}", kind, ["Zzred", "Zzblue"]) for kind in AttributeType]
    for attribute in (*made, attributes.make(few, None, "Zzone", AttributeType.TEXT)):
        values.set_value(attribute, entity, "1001", ZZ.get(AttributeType(attribute.type), "Zzred"), None, None)
    rejects = tuple(
        {"row": "3", "person": "zz", "name": "Zzname", "value": "zz", "why": why} for why in ("no_number", "bad_date")
    )
    for is_undone in (False, True):
        imported = carrying.store(made[0], world.people["administrator"], Plan(2, (), 0, rejects), None, _FILE)
        if is_undone:
            carrying.undo(imported, world.people["administrator"])


_FILE = ValueImport.Kind.FILE


def section_of(world: World, values: dict[str, object]) -> list[Section]:
    """The section that the attribute or import of an address stands in, else every one."""
    if pk := values.get("attribute_pk"):
        return list(Section.objects.filter(attributes=pk))
    if pk := values.get("import_pk"):
        return list(Section.objects.filter(attributes__imports=pk))
    return list(sections.of_company(world.company))


def attributes_of(world: World) -> list[HRAttribute]:
    """The attributes of all sections."""
    return list(attributes.of_company(world.company))


def imports_of(world: World) -> list[ValueImport]:
    """The imported files."""
    return list(ValueImport.objects.filter(attribute__company=world.company))


def entities_with_people(world: World) -> list[LegalEntity]:
    """The legal entity that `fill` gave a roster."""
    return list(LegalEntity.objects.filter(company=world.company, roster__isnull=False)[:1])


def rows_of(values: dict[str, object]) -> list[int]:
    """The rows of that roster."""
    return [2, 3]
