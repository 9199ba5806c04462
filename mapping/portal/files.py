"""Values of people as files: what a section holds, what an import left out, what was there before it.

Everything that leaves is defused: no cell begins a formula. A BSN or an IBAN leaves in no file.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from loket_portal.lib.redact import mask
from mapping.models import HRAttribute, ValueImport
from mapping.portal import attributes, values
from mapping.portal.carrying import Person
from onboarding.models import LegalEntity

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would calculate."""
PERSON, NUMBER, NAME = _("Person"), _("Employee number"), _("Name")
HEADINGS = {
    "person": ("person", "persoon"),
    "number": ("employee number", "personeelsnummer", "employee_number"),
    "name": ("name", "naam"),
}
"""Columns beside the attributes, by the headings that are understood whatever the language of the reader."""


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody of a legal entity, as far as a file needs it."""

    entity: LegalEntity
    key: str = field(repr=False)
    name: str = field(repr=False)
    number: str = field(default="", repr=False)
    who: values.Who = values.ANYBODY


def defused(text: str) -> str:
    """The text as a cell that no spreadsheet calculates."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def fused(text: str) -> str:
    """The text that `defused` was given."""
    return text[1:] if text.startswith("'") and text[1:].startswith(DANGEROUS) else text


def table(rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV file as a Dutch Excel opens it: semicolons, CRLF, UTF-8 with its mark. Every cell is defused."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows([defused(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def export(chosen: Sequence[HRAttribute], people: Iterable[Known], known: values.Known) -> bytes:
    """What the attributes say of these people, one row for each; attributes with a BSN or an IBAN are left out."""
    shown = [attribute for attribute in chosen if not is_sensitive(attribute)]
    head = [str(PERSON), str(NUMBER), str(NAME), *(attribute.label for attribute in shown)]
    rows = [head]
    for person in people:
        said = values.of_person(known, person.entity, person.key, person.who)
        rows.append([person.key, person.number, person.name, *((said.get(one.key) or "") for one in shown)])
    return table(rows)


def old_data(attribute: HRAttribute, people: Iterable[Person], *, is_masked: bool = False) -> bytes:
    """What the old attribute says of everybody, before it is carried over; masked where either of the two is."""
    label = attribute.duplicate_of.label if attribute.duplicate_of else attribute.label
    is_masked = is_masked or is_sensitive(attribute)
    head = [str(PERSON), str(NAME), label]
    return table([head, *([key, name, _shown(old or "", is_masked)] for _entity, key, name, old, _who in people)])


def rejects(made: ValueImport, why: Mapping[str, object], *, is_masked: bool = False) -> bytes:
    """Whom an import left out, with the reasons in words (`why`, by code)."""
    is_masked = is_masked or is_sensitive(made.attribute)
    head = [str(_("Row")), str(PERSON), str(NAME), made.attribute.label, str(_("Why"))]
    rows = [
        [one.get("row", ""), one["person"], one["name"], _shown(one["value"], is_masked), _word(why, one["why"])]
        for one in made.rejects
    ]
    return table([head, *rows])


def undo_file(made: ValueImport, *, is_masked: bool = False) -> bytes:
    """What the values were before an import, and what it made of them."""
    is_masked = is_masked or is_sensitive(made.attribute)
    head = [str(PERSON), made.attribute.label, str(_("Value after the import"))]
    rows = [[one["person"], *(_shown(one[which] or "", is_masked) for which in ("was", "now"))] for one in made.former]
    return table([head, *rows])


def is_sensitive(attribute: HRAttribute) -> bool:
    """Whether its values, or those it was copied from, are masked wherever they are shown."""
    keys = {attribute.key} | ({attribute.duplicate_of.key} if attribute.duplicate_of else set())
    return not keys.isdisjoint(attributes.sensitive_keys(attribute.company))


def _shown(text: str, is_masked: bool) -> str:
    return mask(text) if is_masked else text


def _word(why: Mapping[str, object], code: str) -> str:
    return str(why.get(code, code))
