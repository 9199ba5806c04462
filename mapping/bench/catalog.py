"""The attributes that a mapping of one source may read: the source's own, a roster's columns, and the portal's."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from mapping.attributes import default_roster
from mapping.catalogue import LOKET_FIELDS
from mapping.models import HRAttribute
from mapping.services import Source
from onboarding.models import Company


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute as the workbench shows it. A roster's own columns, which nobody has to define, have no `pk`; they are
    called as the field of Loket that they are `meant_for`, in the reader's language (`mapping.wording`).
    """

    key: str
    label: str
    type: str
    origin: str
    options: tuple[str, ...] = ()
    section: str = ""
    is_there: bool = True
    migration: str = ""
    pk: int | None = None
    meant_for: str = ""


def attributes_of(company: Company, source: str) -> dict[str, Attribute]:
    """The attributes by key: of the source first, then the portal's by section; also those that are gone."""
    rows = HRAttribute.objects.filter(company=company, source__in=(source, HRAttribute.Source.PORTAL))
    found = {one.key: one for one in roster_columns()} if source == Source.ROSTER else {}
    return found | {row.key: _attribute(row) for row in _sorted(rows.select_related("section"))}


def _sorted(rows: Iterable[HRAttribute]) -> list[HRAttribute]:
    def place(row: HRAttribute) -> tuple[bool, int, str, str, str]:
        section = (row.section.position, row.section.name) if row.section else (0, "")
        return (row.source == HRAttribute.Source.PORTAL, *section, row.label.casefold(), row.key)

    return sorted(rows, key=place)


def _attribute(row: HRAttribute) -> Attribute:
    return Attribute(
        key=row.key,
        label=row.label,
        type=row.type,
        origin=row.source,
        options=tuple(row.options),
        section=row.section.name if row.section else "",
        is_there=row.is_there,
        migration=row.migration,
        pk=row.pk,
    )


@cache
def roster_columns() -> tuple[Attribute, ...]:
    """The columns that every roster may have, called as the field of Loket that they are meant for."""
    named = {row["source"]: LOKET_FIELDS[row["target"]] for row in default_roster()["rules"] if row.get("source")}
    return tuple(
        Attribute(name, field.label, str(field.type), HRAttribute.Source.ROSTER, meant_for=field.key)
        for name, field in named.items()
    )
