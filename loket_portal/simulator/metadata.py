"""Loket's value lists. Their keys differ per seed, as they differ per environment at Loket: never write one down."""

from __future__ import annotations

import json
import random
import uuid
from functools import cached_property
from pathlib import Path
from typing import Any

from .administrations import is_hidden
from .algemeen import as_told, shown
from .options import Options
from .shapes.field import OPTION_PARTS, Field
from .world import Record, World

SOURCE = Path(__file__).with_name("value_lists.json")
PERIODS = ((1, "Maand"), (3, "4 weken"), (4, "Week"))  # the only keys that Loket's pages name themselves
OTHER_REASON = (8, {"key": 8, "value": "Overig"})  # as Loket's page of the termination does
SHIFT = {"shiftNumber": 1, "fullTimeHoursPerWeek": 38, "bonusPercentage": 1}
COMPANY_LISTS = {"function": "function", "department": "department", "distributionUnit": "distributionunit"}
CONTRACT_CODES = ("Vast contract", "Flexibel contract")
STANDARD_FUNCTIONS = ("Medewerker bediening", "Zelfstandig werkend kok", "Medewerker receptie")
EMPTY = frozenset({"nonPayrollAdministration", "sbi"})


class UnknownOption(LookupError):
    """A value list does not know this text."""


class ValueLists:
    """The options of every metadata field, per employer for those that the employer keeps himself."""

    def __init__(self, world: World, options: Options) -> None:
        self.world = world
        self.options = options
        self._found: dict[tuple[str, str], dict[str, Any] | None] = {}
        self._found_at: tuple[int, dict[str, str]] = (0, {})

    @cached_property
    def fixed(self) -> dict[str, dict[Any, dict[str, Any]]]:
        """The lists that every employer shares: list name to key to option."""
        keys = random.Random(int(self.world.fact("seed") or 0))
        lists = {name: _with_keys(values, keys) for name, values in json.loads(SOURCE.read_text("utf-8")).items()}
        lists["payrollPeriodType"] = {key: {"key": key, "value": value} for key, value in PERIODS}
        lists["shift"] = {SHIFT["shiftNumber"]: SHIFT}
        lists["contractCode"] = _contract_codes(keys)
        lists["standardFunction"] = _standard_functions(keys)
        lists["endOfEmploymentReason"].setdefault(*OTHER_REASON)
        return lists

    def offered(self, name: str, employer_id: str) -> list[dict[str, Any]]:
        """What may be chosen now, in Loket's order."""
        if name in COMPANY_LISTS:
            return [_option(name, record) for record in self.company_list(name, employer_id)]
        if name == "payrollAdministration":
            records = self.world.all("administration", employer_id)
            return [_option(name, record) for record in records if not is_hidden(record, self.options)]
        return [] if name in EMPTY else list(self.fixed[name].values())

    def company_list(self, name: str, employer_id: str) -> list[Record]:
        """The employer's functions, departments or distribution units, with the "Algemeen" that the options want."""
        return shown(self.world.all(COMPANY_LISTS[name], employer_id), self.options)

    def find(self, name: str, key: Any) -> dict[str, Any] | None:
        """The option with this key, also when it is no longer offered; None for an unknown key."""
        if name in COMPANY_LISTS or name == "payrollAdministration":
            return self._found_before(name, str(key))
        return self.fixed.get(name, {}).get(key)

    def is_offered(self, name: str, key: Any, employer_id: str) -> bool:
        """Whether it may be chosen now."""
        if name in self.fixed:
            return key in self.fixed[name]
        return any(next(iter(option.values())) == key for option in self.offered(name, employer_id))

    def _found_before(self, name: str, key: str) -> dict[str, Any] | None:
        """Of a list that people refer to by the thousand; looked up anew when one of them was changed or renamed."""
        with self.world.lock:
            now = (self.world.shared_at, self.options.algemeen_variants)
            if now != self._found_at:
                self._found, self._found_at = {}, now
            if (name, key) not in self._found:
                record = self.world.get(COMPANY_LISTS.get(name, "administration"), key)
                self._found[name, key] = _option(name, as_told(record, self.options)) if record else None
            return self._found[name, key]

    def key_of(self, name: str, text: str, employer_id: str = "") -> Any:
        """The key of the option with this text (a country by its ISO code). Raises UnknownOption."""
        for option in self.offered(name, employer_id):
            if text in (option.get("isoCode"), option.get("value"), option.get("description"), option.get("name")):
                return next(iter(option.values()))
        raise UnknownOption(f"{name}: {text!r}")

    def table(self, fields: dict[str, Field], employer_id: str) -> list[dict[str, Any]]:
        """The answer to a metadata call: a row per field with its options."""
        return [
            {"field": path, "options": self.offered(field.options, employer_id)}
            for path, field in fields.items()
            if not field.read_only
        ]


def option_fields(field: Field, path: str = "") -> dict[str, Field]:
    """All metadata fields of a shape by their dotted path."""
    found: dict[str, Field] = {}
    for name, inner in field.fields.items():
        here = f"{path}.{name}".lstrip(".")
        found |= {here: inner} if inner.kind == "option" else option_fields(inner, here)
    return found


def _with_keys(values: Any, keys: random.Random) -> dict[Any, dict[str, Any]]:
    texts = list(values.values()) if isinstance(values, dict) else values
    options = [
        {"key": key, "value": text} for key, text in zip(keys.sample(range(1, 1000), len(texts)), texts, strict=True)
    ]
    if isinstance(values, dict):
        options = [{**option, "isoCode": code} for option, code in zip(options, values, strict=True)]
    return {option["key"]: option for option in options}


def _contract_codes(keys: random.Random) -> dict[Any, dict[str, Any]]:
    ids = [str(uuid.UUID(int=keys.getrandbits(128), version=4)) for _ in CONTRACT_CODES]
    texts = zip(ids, enumerate(CONTRACT_CODES, start=1), strict=True)
    return {key: {"key": key, "code": code, "description": text} for key, (code, text) in texts}


def _standard_functions(keys: random.Random) -> dict[Any, dict[str, Any]]:
    options = _with_keys(STANDARD_FUNCTIONS, keys)
    return {key: {**option, "code": None, "category": 1} for key, option in options.items()}


def _option(name: str, record: Record) -> dict[str, Any]:
    identity, *rest = OPTION_PARTS[name]
    return {identity: record.id, **{part: record.body.get(part) for part in rest}}
