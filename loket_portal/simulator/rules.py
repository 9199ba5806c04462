"""What Loket refuses: unknown fields, wrong types, too long texts, unknown keys, a wrong BSN. Its texts are English."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from stdnum import iban
from stdnum.nl import bsn

from .clock import today
from .metadata import ValueLists
from .shapes.field import Field

BROKEN = "BrokenBusinessRule"
WARNING = "Warning"
TYPES: dict[str, type | tuple[type, ...]] = {"text": str, "date": str, "int": int, "num": (int, float), "bool": bool}
DUTCH_POSTCODE = re.compile(r"[1-9]\d{3} ?[A-Z]{2}", re.IGNORECASE)
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


@dataclass(frozen=True)
class Message:
    """One line of the `messages` in an answer."""

    code: int
    description: str
    properties: tuple[str, ...] = ()
    type: str = BROKEN

    def as_json(self) -> dict[str, Any]:
        """The message as it goes over the wire."""
        properties = list(self.properties)
        return {
            "code": self.code,
            "description": self.description,
            "id": None,
            "properties": properties,
            "type": self.type,
        }


class Checker:
    """Takes a request's body apart by a shape and collects what is wrong with it."""

    def __init__(self, lists: ValueLists, employer_id: str) -> None:
        self.lists = lists
        self.employer_id = employer_id
        self.messages: list[Message] = []

    def fail(self, code: int, description: str, path: str) -> None:
        """Adds a broken rule about one field."""
        self.messages.append(Message(code, description, (path,) if path else ()))

    def clean(self, field: Field, value: Any, path: str = "") -> Any:
        """What is to be stored: only writable fields, options by their key, everything that was left out as null."""
        if value is None:
            if not field.nullable:
                self.fail(1, f"{path} is required", path)
            return None
        if field.kind == "object":
            return self._object(field, value, path)
        if field.kind == "option":
            return self._option(field, value, path)
        return self._plain(field, value, path)

    def _object(self, field: Field, value: Any, path: str) -> Any:
        if not isinstance(value, dict):
            return self.fail(2, f"{path or 'The body'} must be an object", path)
        for name in value.keys() - field.fields.keys():
            here = f"{path}.{name}" if path else name
            self.fail(3, f"Unknown property {here}", here)
        stored = {}
        for name, inner in field.fields.items():
            if not inner.read_only:
                empty: dict[str, Any] | None = {} if inner.kind == "object" and not inner.nullable else None
                stored[name] = self.clean(inner, value.get(name, empty), f"{path}.{name}" if path else name)
        return stored

    def _option(self, field: Field, value: Any, path: str) -> Any:
        identity = field.parts[0]
        key = value.get(identity) if isinstance(value, dict) else None
        if not isinstance(value, dict) or value.keys() - set(field.parts):
            return self.fail(2, f"{path} must be an object with a {identity}", path)
        if isinstance(key, bool) or not isinstance(key, int | str):
            return self.fail(4, f"{path}.{identity} is required", path)
        key = key.lower() if isinstance(key, str) else key
        if not self.lists.is_offered(field.options, key, self.employer_id):
            return self.fail(4, f"{key} is not a valid {identity} of {path}", path)
        return key

    def _plain(self, field: Field, value: Any, path: str) -> Any:
        is_type = isinstance(value, TYPES[field.kind]) and (field.kind == "bool" or not isinstance(value, bool))
        if not is_type:
            return self.fail(2, f"Invalid type for {path}", path)
        if field.kind == "date" and not _is_date(value):
            return self.fail(2, f"{path} must be a date (yyyy-MM-dd)", path)
        size = len(value) if field.kind == "text" else value
        if field.kind in ("text", "int", "num") and not _is_within(field, size):
            return self.fail(5, f"{path} is too long, too short or out of range", path)
        return value

    def person(self, body: dict[str, Any], path: str = "") -> None:
        """The rules about a person that no single field shows: addresses, e-mail, dates of birth."""
        self.address(body.get("address"), f"{path}address")
        self.address(body.get("deviatingPostalAddress"), f"{path}deviatingPostalAddress")
        for name, value in (body.get("contactInformation") or {}).items():
            if "email" in name.lower() and value and not EMAIL.fullmatch(value):
                self.fail(12, f"Invalid value for {name}", f"{path}contactInformation.{name}")
        born = (body.get("personalDetails") or {}).get("dateOfBirth")
        if born and born > today().isoformat():
            self.fail(12, "dateOfBirth lies in the future", f"{path}personalDetails.dateOfBirth")

    def address(self, address: dict[str, Any] | None, path: str) -> None:
        """In the Netherlands a postal code is 1234 AB."""
        country = self.lists.find("country", (address or {}).get("country"))
        postal_code = (address or {}).get("postalCode")
        if country and country["isoCode"] == "NL" and not DUTCH_POSTCODE.fullmatch(postal_code or ""):
            self.fail(12, "Invalid value for postalCode", f"{path}.postalCode")

    def citizen_service_number(self, number: str | None, path: str = "citizenServiceNumber") -> None:
        """Nine digits that pass the eleven test, or nothing."""
        if number is not None and not (len(number) == 9 and bsn.is_valid(number)):
            self.fail(21, "The citizen service number is not valid", path)

    def bank_account(self, number: str | None, path: str) -> None:
        """A valid IBAN without spaces, or nothing."""
        if number is not None and (" " in number or not iban.is_valid(number)):
            self.fail(22, "The IBAN is not valid", path)


def _is_date(value: str) -> bool:
    try:
        return len(value) == 10 and bool(date.fromisoformat(value))
    except ValueError:
        return False


def _is_within(field: Field, size: float) -> bool:
    return (field.low is None or size >= field.low) and (field.high is None or size <= field.high)
