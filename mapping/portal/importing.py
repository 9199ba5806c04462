"""A file with values of people: what it would do first, then, once somebody has seen that, doing it (rule 25).

A file with a column that nobody knows is refused whole. A row that can't be stored is a reject, and the others go on.
Between the two steps nothing is kept here: the page holds what was read, as ciphertext that only this portal opens.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from loket_portal.lib import crypto
from mapping.models import HRAttribute, Section, ValueImport
from mapping.portal import carrying, sections, values
from mapping.portal.canonical import canonical
from mapping.portal.carrying import Line, Plan
from mapping.portal.files import HEADINGS, Known, fused
from mapping.portal.refusals import PortalRefused, Refusal
from mapping.rules import option_key
from onboarding.models import LegalEntity, User
from onboarding.services.access import NotAllowed

MAX_ROWS = 10_000
HOLDS = timedelta(hours=1)
Row = tuple[int, Sequence[str]]
"""The number of a row in the file, and its cells."""


@dataclass(frozen=True, slots=True)
class Column:
    """What would become of one attribute's column."""

    attribute: HRAttribute
    plan: Plan


def read(section: Section, user: User | None, people: Iterable[Known], rows: Sequence[Row]) -> list[Column]:
    """What the file would store, attribute by attribute; the first row names the columns. Nothing is stored.

    An empty cell leaves the value as it is. Raises NotAllowed, and PortalRefused for a file that can't be meant.
    """
    if not sections.may_edit(user, section):
        raise NotAllowed
    if not rows:
        raise PortalRefused(Refusal.NO_TABLE)
    if len(rows) > MAX_ROWS + 1:
        raise PortalRefused(Refusal.TOO_MANY_ROWS, limit=str(MAX_ROWS))
    places, chosen = _columns(section, rows[0][1])
    whose = _Whose(people, places)
    return [Column(attribute, _plan(attribute, place, whose, rows[1:])) for attribute, place in chosen]


def _columns(section: Section, head: Sequence[str]) -> tuple[dict[str, int], list[tuple[HRAttribute, int]]]:
    """Where the person stands, and where each attribute."""
    known = {option_key(attribute.label): attribute for attribute in section.attributes.all()}
    words = {word: name for name, several in HEADINGS.items() for word in several}
    places: dict[str, int] = {}
    chosen: dict[str, tuple[HRAttribute, int]] = {}
    for place, cell in enumerate(head):
        key = option_key(fused(cell))
        if not key:
            continue
        name = "" if key in known else words.get(key, "")
        if key not in known and not name:
            raise PortalRefused(Refusal.UNKNOWN_COLUMN, column=cell[:40])
        if key in chosen or (name and name in places):
            raise PortalRefused(Refusal.COLUMN_TWICE, column=cell[:40])
        if name:
            places[name] = place
        else:
            chosen[key] = (known[key], place)
    if not {"person", "number"} & places.keys():
        raise PortalRefused(Refusal.NO_PERSON_COLUMN)
    if not chosen:
        raise PortalRefused(Refusal.NO_ATTRIBUTE_COLUMN)
    return places, list(chosen.values())


class _Whose:
    """Finds the person of a row: by the key where there is one, else by the employee number."""

    def __init__(self, people: Iterable[Known], places: dict[str, int]) -> None:
        self._places = places
        self._by_key: dict[str, Known] = {}
        self._by_number: dict[str, list[Known]] = {}
        for person in people:
            self._by_key[person.key] = person
            if person.number:
                self._by_number.setdefault(_bare(person.number), []).append(person)

    def find(self, cells: Sequence[str]) -> tuple[str, Known | Refusal]:
        """What the row calls the person, and who that is."""
        key, number = self._cell("person", cells), self._cell("number", cells)
        if key:
            return key, self._stable(self._by_key.get(key))
        found = self._by_number.get(_bare(number), []) if number else []
        return number, self._stable(found[0]) if len(found) == 1 else Refusal.UNKNOWN_PERSON

    def _cell(self, name: str, cells: Sequence[str]) -> str:
        return _cell(cells, self._places[name]) if name in self._places else ""

    def _stable(self, person: Known | None) -> Known | Refusal:
        if person is None:
            return Refusal.UNKNOWN_PERSON
        return person if values.is_known(person.key) else Refusal.NO_NUMBER


def _bare(number: str) -> str:
    return number.strip().lstrip("0") or "0"


def _cell(cells: Sequence[str], place: int) -> str:
    return fused(cells[place].strip()) if place < len(cells) else ""


def _plan(attribute: HRAttribute, place: int, whose: _Whose, rows: Sequence[Row]) -> Plan:
    lines: list[Line] = []
    empty = 0
    for number, cells in rows:
        text = _cell(cells, place)
        if not text:
            empty += 1
            continue
        called, person = whose.find(cells)
        told = {"row": str(number), "person": called, "name": "", "value": text[:80]}
        if isinstance(person, Refusal):
            lines.append(Line("", person, told))
        else:
            lines.append(Line(person.key, _entry(attribute, person, text), told | {"name": person.name}))
    return carrying.plan_of(len(rows), empty, lines)


def _entry(attribute: HRAttribute, person: Known, text: str) -> values.Entry | Refusal:
    try:
        marked = values.mark(person.entity, person.key, person.who)
        return values.Entry(person.entity, person.key, canonical(attribute, text), marked)
    except PortalRefused as refused:
        return refused.refusal


def seal(section: Section, entity: LegalEntity, user: User | None, day: date | None, columns: Sequence[Column]) -> str:
    """What was read, as ciphertext for the page to give back: for this user, this section and one hour."""
    said = {
        "section": section.pk,
        "entity": entity.pk,
        "user": user.pk if user else None,
        "day": day.isoformat() if day else None,
        "at": timezone.now().isoformat(),
        "columns": [_sealed(column) for column in columns],
    }
    return crypto.encrypt(json.dumps(said, ensure_ascii=False, separators=(",", ":")))


def _sealed(column: Column) -> dict[str, object]:
    plan = column.plan
    entries = [[entry.key, entry.value, entry.who] for entry in plan.entries]
    return {
        "attribute": column.attribute.pk,
        "total": plan.total,
        "empty": plan.empty,
        "entries": entries,
        "rejects": list(plan.rejects),
    }


@transaction.atomic
def confirm(section: Section, user: User | None, token: str) -> list[ValueImport]:
    """Stores what `seal` was given, one import for each attribute. Raises NotAllowed, and PortalRefused where the page
    is too old or of somebody else.
    """
    if not sections.may_edit(user, section):
        raise NotAllowed
    said = _opened(token)
    is_mine = said.get("section") == section.pk and said.get("user") == (user.pk if user else None)
    if not is_mine or timezone.now() - datetime.fromisoformat(said["at"]) > HOLDS:
        raise PortalRefused(Refusal.EXPIRED)
    entity = LegalEntity.objects.filter(pk=said["entity"], company=section.company_id).first()
    chosen = {row.pk: row for row in section.attributes.filter(pk__in=[one["attribute"] for one in said["columns"]])}
    if entity is None or len(chosen) < len(said["columns"]):  # moved or deleted meanwhile
        raise PortalRefused(Refusal.EXPIRED)
    day = date.fromisoformat(said["day"]) if said["day"] else None
    kind = ValueImport.Kind.FILE
    return [carrying.store(chosen[one["attribute"]], user, _plan_of(one, entity), day, kind) for one in said["columns"]]


def _opened(token: str) -> dict:  # type: ignore[type-arg]
    try:
        said = json.loads(crypto.decrypt(token))
    except (crypto.CannotDecrypt, ValueError) as error:
        raise PortalRefused(Refusal.EXPIRED) from error
    return (
        said if isinstance(said, dict) and "at" in said and "columns" in said else {"at": "2000-01-01T00:00:00+00:00"}
    )


def _plan_of(one: dict, entity: LegalEntity) -> Plan:  # type: ignore[type-arg]
    entries = tuple(values.Entry(entity, *entry) for entry in one["entries"])
    return Plan(one["total"], entries, one["empty"], tuple(one["rejects"]))
