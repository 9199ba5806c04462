"""People beside the portal's own attributes: a page of them, one of them, and their values as a file.

People are decrypted page by page; only a search by name and a file read them all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import transaction
from django.utils import timezone

from loket_portal.lib.redact import mask
from mapping.models import HRAttribute, PersonValue, Section
from mapping.portal import attributes, files, importing, values
from mapping.portal.files import Known
from mapping.portal.refusals import PortalRefused, Refusal
from onboarding.models import LegalEntity, User
from sync.records import HRRecord
from sync.services import rosters
from sync.services.portal_values import who
from sync.services.search import is_found
from sync.sources.tables import read_table
from sync.sources.values import plain

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Cell:
    """What one attribute says of one person; a BSN or an IBAN is masked in `shown`.

    `is_of_other`: it says something of a former holder of the employee number only, which doesn't count.
    """

    attribute: HRAttribute
    shown: str = field(repr=False)
    is_of_other: bool = False


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person of the legal entity; `is_known`: values can be kept for this person (there is a number)."""

    row: int
    name: str = field(repr=False)
    number: str = field(repr=False)
    is_known: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class SectionPage:
    """One page of people with the values of a section's attributes today."""

    attributes: Sequence[HRAttribute]
    rows: Sequence[PersonRow]
    page_obj: Page[Any]
    search: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What an attribute said from a day on; `on` is None where it is from the beginning.

    `is_of_other`: it was said of a former holder of the employee number, and doesn't count.
    """

    on: date | None
    shown: str = field(repr=False)
    row: PersonValue
    is_of_other: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One attribute of one person: what holds today, plain for who types over it, and its history, newest first.

    A sensitive value is in no form: `value` is empty, `shown` its mask.
    """

    attribute: HRAttribute
    value: str = field(repr=False)
    shown: str = field(repr=False)
    is_sensitive: bool
    history: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One person and a section; `token` says who it is, whatever row the next file has the person in."""

    record: HRRecord = field(repr=False)
    token: str
    is_known: bool
    lines: tuple[Line, ...]

    @property
    def number(self) -> str:
        """The employee number, where there is one."""
        return self.record.number

    @property
    def has_history(self) -> bool:
        """Whether anything was ever said of the person here."""
        return any(line.history for line in self.lines)

    @property
    def has_others(self) -> bool:
        """Whether anything was said of a former holder of the employee number."""
        return any(said.is_of_other for line in self.lines for said in line.history)


def find(section: Section, entity: LegalEntity, *, search: str = "", page: int | str = 1) -> SectionPage:
    """People of the legal entity's roster with what the section's attributes say today."""
    chosen = list(section.attributes.all())
    roster = rosters.current(entity)
    wanted: list[int] = list(roster.people.values_list("row", flat=True)) if roster else []
    if search and roster:
        found = {r.row for r in rosters.records(roster) if is_found(search, r.name, r.key, r.number)}
        wanted = [row for row in wanted if row in found]
    page_obj = Paginator(wanted, PAGE_SIZE).get_page(page)
    records = list(rosters.records(roster, list(page_obj.object_list))) if roster else []
    return SectionPage(chosen, _rows(section, entity, chosen, records), page_obj, search)


def _rows(
    section: Section, entity: LegalEntity, chosen: Sequence[HRAttribute], records: Sequence[HRRecord]
) -> list[PersonRow]:
    hidden = attributes.sensitive_keys(section.company)
    hashes = [one for record in records for one in values.person_hashes(entity, record.key)]
    known = values.on(section.company, entity, timezone.localdate(), hashes)
    rows = []
    for record in records:
        said = values.of_person(known, entity, record.key, who(record))
        others = values.of_others(known, entity, record.key, who(record))
        cells = tuple(Cell(one, _shown(said.get(one.key), one.key in hidden), one.key in others) for one in chosen)
        rows.append(PersonRow(record.row, record.name, record.number, values.is_known(record.key), cells))
    return rows


def one(section: Section, entity: LegalEntity, row: int) -> PersonPage | None:
    """One person of the roster; None where that row is no longer there."""
    record = _record(entity, row)
    if record is None:
        return None
    hidden = attributes.sensitive_keys(section.company)
    lines = tuple(_line(one, entity, record, one.key in hidden) for one in section.attributes.all())
    is_known = values.is_known(record.key)
    return PersonPage(record, values.person_hash(entity, record.key), is_known, lines)


def _line(attribute: HRAttribute, entity: LegalEntity, record: HRRecord, is_sensitive: bool) -> Line:
    rows = list(values.history(attribute, entity, record.key))
    own = {row.pk for row in rows if values.is_said_of(row.who, entity, record.key, who(record))}
    today = timezone.localdate()
    value = next((row.value for row in rows if row.effective_on <= today and row.pk in own), "")
    told = tuple(Said(_day(row), _shown(row.value, is_sensitive), row, row.pk not in own) for row in rows)
    return Line(attribute, "" if is_sensitive else value, _shown(value, is_sensitive), is_sensitive, told)


def _day(row: PersonValue) -> date | None:
    return None if row.effective_on == PersonValue.ALWAYS else row.effective_on


@transaction.atomic
def save(
    section: Section,
    entity: LegalEntity,
    row: int,
    token: str,
    texts: dict[int, str],
    effective_on: date | None,
    user: User,
) -> int:
    """Stores what was typed, by the pk of the attribute, from a day on; gives the number of values.

    Raises NotAllowed, and PortalRefused: also where another person stands in that row by now.
    """
    record = _same_person(entity, row, token)
    chosen = {attribute.pk: attribute for attribute in section.attributes.filter(pk__in=texts)}
    for pk, attribute in chosen.items():
        values.set_value(attribute, entity, record.key, texts[pk], effective_on, user, who(record))
    return len(chosen)


def take_back(
    section: Section, entity: LegalEntity, row: int, token: str, attribute_pk: int, day: date, user: User
) -> bool:
    """Forgets what was set from a day on, so that the value before it counts again. Raises as `save` does."""
    key = _same_person(entity, row, token).key
    attribute = section.attributes.filter(pk=attribute_pk).first()
    return attribute is not None and values.take_back(attribute, entity, key, day, user)


def _same_person(entity: LegalEntity, row: int, token: str) -> HRRecord:
    record = _record(entity, row)
    if record is None or token not in values.person_hashes(entity, record.key):
        raise PortalRefused(Refusal.CHANGED_MEANWHILE)
    return record


def _record(entity: LegalEntity, row: int) -> HRRecord | None:
    roster = rosters.current(entity)
    return next(rosters.records(roster, [row]), None) if roster else None


def people(entity: LegalEntity) -> Iterator[Known]:
    """Everybody of the legal entity, as far as a file needs them."""
    roster = rosters.current(entity)
    for record in rosters.records(roster) if roster else ():
        yield Known(entity, record.key, record.name, record.number, who(record))


def export(section: Section, entity: LegalEntity) -> bytes:
    """What the section's attributes say today of everybody in the legal entity, as a CSV file."""
    known = values.on(section.company, entity, timezone.localdate())
    return files.export(list(section.attributes.all()), people(entity), known)


def read_file(section: Section, entity: LegalEntity, user: User, file_name: str, data: bytes) -> list[importing.Column]:
    """What a file (CSV or XLSX) would store, attribute by attribute; nothing is stored.

    Raises RosterRefused for a file that can't be read, and what `importing.read` raises.
    """
    heads = {files.fused(one).casefold() for one in section.attributes.values_list("label", flat=True)}

    def known(cells: Sequence[str]) -> int:
        return sum(cell.casefold() in heads for cell in cells) + 1

    rows = [(number, [plain(cell) for cell in cells]) for number, cells in read_table(file_name, data, known)]
    return importing.read(section, user, people(entity), rows)


def _shown(text: str | None, is_sensitive: bool) -> str:
    return mask(text or "") if is_sensitive else text or ""
