"""Loket's answers as small frozen types. Each keeps the raw object, so that nothing we don't know is ever lost."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from loket_portal.lib.text import storable

Raw = dict[str, Any]
LONGEST_ADDRESS = 254  # characters of an e-mail address


@dataclass(frozen=True, slots=True)
class Message:
    """One of the `messages` of an answer; `type` is BrokenBusinessRule, Exception, NotFound or Warning.

    Loket may change a `code`: show the description, decide by the type.
    """

    code: int | None
    type: str
    description: str
    properties: tuple[str, ...] = ()
    id: str | None = None

    @property
    def is_warning(self) -> bool:
        """Whether the call succeeded in spite of it."""
        return self.type.casefold() == "warning"


@dataclass(frozen=True, slots=True)
class LoketUser:
    """The user who signed in (`GET /user`); Loket gives no id here (rule 18)."""

    email: str
    name: str
    raw: Raw = field(repr=False)


@dataclass(frozen=True, slots=True)
class Employer:
    """An employer that the token can reach."""

    id: str
    name: str
    raw: Raw = field(repr=False)


@dataclass(frozen=True, slots=True)
class PayrollAdministration:
    """A payroll administration; `tax_id` is normalised as rule 4 compares it, None where Loket has none."""

    id: str
    name: str
    description: str
    client_number: int | None
    tax_id: str | None
    period_type: str
    start_on: date | None
    end_on: date | None
    raw: Raw = field(repr=False)


@dataclass(frozen=True, slots=True)
class NamedItem:
    """A function, department or distribution unit; `key` is what a metadata field takes. A function has no code."""

    key: str
    description: str
    raw: Raw = field(repr=False)
    code: int | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """An allowed value of a metadata field. Keys differ per environment, some are integers and some UUIDs."""

    key: int | str
    value: str
    iso_code: str | None = None


ValueLists = dict[str, tuple[Option, ...]]


def normal_tax_id(text: str | None) -> str | None:
    """A payroll tax number as rule 4 compares it: upper case, no blanks or dots; None when nothing is left."""
    return "".join(character for character in (text or "").upper() if character.isalnum()) or None


def day(text: str | None) -> date | None:
    """The date of an ISO date or date-time; None for null."""
    return date.fromisoformat(text[:10]) if text else None


def messages(body: object) -> tuple[Message, ...]:
    """The `messages` of an answer, whatever its shape; () when there are none."""
    rows = body.get("messages") if isinstance(body, dict) else None
    return tuple(_message(row) for row in rows if isinstance(row, dict)) if isinstance(rows, list) else ()


def _message(row: Raw) -> Message:
    properties = row.get("properties")
    return Message(
        row.get("code"),
        str(row.get("type") or ""),
        str(row.get("description") or ""),
        tuple(map(str, properties)) if isinstance(properties, list) else (),
        row.get("id"),
    )


def identity(raw: Raw) -> str:
    """The UUID of an object that must have one. Raises TypeError, ValueError or KeyError."""
    if not isinstance(raw["id"], str):
        raise TypeError("id")
    uuid.UUID(raw["id"])
    return raw["id"]


def words(text: object, longest: int) -> str:
    """A text that is stored: "" for null, not longer than Loket documents. Raises TypeError for anything but a text."""
    if not isinstance(text, str | None):
        raise TypeError("text")
    return str(storable(text or ""))[:longest]


def _address(text: object) -> str:
    """An e-mail address, which names somebody: it is never mended."""
    if words(text, LONGEST_ADDRESS) != (text or ""):
        raise ValueError("address")
    return str(text or "")


def loket_user(raw: Raw) -> LoketUser:
    """From the content of `GET /user`; name as "S. van den Berg", empty where Loket has none."""
    contact, person = raw.get("contactInformation") or {}, raw.get("personalDetails") or {}
    parts = (person.get("initials") or person.get("firstName"), person.get("prefix"), person.get("lastName"))
    return LoketUser(_address(contact.get("emailAddress")), " ".join(part for part in parts if part), raw)


def employer(raw: Raw) -> Employer:
    """From a row of `GET /providers/employers`."""
    return Employer(identity(raw), words(raw.get("companyName"), 70), raw)


def payroll_administration(raw: Raw) -> PayrollAdministration:
    """From a row of `GET /providers/employers/{employerId}/payrolladministrations`."""
    return PayrollAdministration(
        id=identity(raw),
        name=words(raw.get("name"), 70),
        description=words(raw.get("description"), 50),
        client_number=raw.get("clientNumber"),
        tax_id=normal_tax_id(raw.get("payrollTaxesNumber")),
        period_type=words((raw.get("payrollPeriodType") or {}).get("value"), 50),
        start_on=day(raw.get("startDate")),
        end_on=day(raw.get("endDate")),
        raw=raw,
    )


def named_item(raw: Raw) -> NamedItem:
    """From a row of functions (which have a `key`), departments or distribution units (which have an `id`)."""
    description = raw.get("description") or ""
    if not isinstance(description, str):
        raise TypeError("description")
    return NamedItem(raw.get("key") or raw["id"], description, raw, raw.get("code"))


def option(raw: Raw) -> Option:
    """From an option of a metadata list; employer lists call the text `description`."""
    key = next(raw[name] for name in ("key", "id", "shiftNumber") if raw.get(name) is not None)
    text = raw.get("value") or raw.get("description") or raw.get("name")
    if not text and "shiftNumber" in raw:
        text = str(key)  # a shift has a number and no name
    return Option(key, text or "", raw.get("isoCode"))


def value_lists(rows: Iterable[Mapping[str, Any]]) -> ValueLists:
    """Options by the last segment of the field's name: `personalDetails.gender` and `gender` are both "gender".

    Where two fields share that segment (country of two addresses) the options of both are kept, each once.
    """
    lists: dict[str, dict[Option, None]] = {}
    for row in rows:
        options = lists.setdefault(str(row["field"]).rsplit(".", 1)[-1], {})
        options.update(dict.fromkeys(option(raw) for raw in row.get("options") or ()))
    return {name: tuple(options) for name, options in lists.items()}
