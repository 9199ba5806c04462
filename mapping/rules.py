"""What a mapping consists of: rules, Loket's value lists, and the problems that mapping finds. Pure data.

A *mapping set* is a list of rules, one for each Loket field it fills. The set is published once and then frozen, so
everything here is immutable. `sync` re-exports `Problem`, `Effect` and `Sealed`.
"""

import dataclasses
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

from mapping.catalogue import LOKET_FIELDS, SCOPE_FIELDS, Effect, FieldType

__all__ = [
    "ARGUMENTS",
    "CONVERTERS",
    "PORTAL",
    "PROBLEM_CODES",
    "SETTINGS",
    "Decision",
    "Effect",
    "Empty",
    "HRValue",
    "MappingSet",
    "Option",
    "Problem",
    "Rule",
    "Sealed",
    "TooLong",
    "ValueLists",
    "WriteMode",
    "from_dict",
    "hours",
    "option_key",
    "row_of",
    "rule_of",
    "to_dict",
]

SETTINGS = {
    *("target", "source", "converter", "argument", "options", "fallback", "write_mode", "empty"),
    *("too_long", "decision", "former_source"),
}
"""What a rule in a document may say."""
CONVERTERS = (
    *("auto", "upper", "lower", "without_dots"),
    *("street_name", "house_number", "house_number_addition"),
    *("name_prefix", "name_without_prefix", "initials_from_names"),
    *("country_code", "nationality_name", "phone_e164", "iban"),
    *("date_day_first", "date_month_first", "date_excel"),
    *("yes_no", "full_time_hours", "whole_number", "decimal_number"),
)
"""What may be done to the HR text before its type decides the rest; the functions are in `converters`."""
ARGUMENTS = {"full_time_hours": "hours"}
"""What a rule with this converter must say besides: "hours" is how many a week are full time ("40")."""
PORTAL = "portal."
"""How the keys of attributes begin whose values are kept in the portal."""
OWN = "column:"
"""How the name of a column begins that only a company's own file has."""
MOST_HOURS = 168


class WriteMode(StrEnum):
    """When a value may be written to somebody who is in Loket already. New people get every value."""

    OVERWRITE = "overwrite"
    ONLY_IF_EMPTY = "only_if_empty"
    ONLY_FOR_NEW = "only_for_new"


class TooLong(StrEnum):
    """What becomes of a text that Loket has no room for (rule 48): a problem, or cut off where support has approved it."""

    REFUSE = "refuse"
    SHORTEN = "shorten"


class Decision(StrEnum):
    """How support came to the attribute (rule 23)."""

    CONNECT = "connect"
    DUPLICATE = "duplicate"
    CREATE = "create"


class Empty(StrEnum):
    """What an empty HR value means (rule 31): Loket keeps what it has, or is cleared. Never decided silently."""

    KEEP = "keep"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that stands in the way; `sync/wording/` turns the code into a message and a fix.

    `field` is a roster column or a Loket field key, `value` the HR value as it was given, masked where the field is
    sensitive. Mapping's own codes are `PROBLEM_CODES`.
    """

    code: str
    field: str = ""
    value: str = ""
    params: Mapping[str, str] = dataclasses.field(default_factory=dict, hash=False)
    effect: Effect = Effect.FIELD


@dataclass(frozen=True, slots=True)
class Sealed:
    """A BSN or IBAN that was purged after Loket confirmed it: only its keyed fingerprint and a mask are left."""

    fingerprint: str
    masked: str


HRValue = str | Sealed | None
"""One HR value: canonical text, or what a purge left of it, or None where the column is there and empty."""


@dataclass(frozen=True, slots=True)
class Option:
    """One allowed value of a Loket metadata field. `key` differs per environment and is never hard-coded."""

    key: int | str
    value: str
    iso_code: str | None = None


ValueLists = Mapping[str, tuple[Option, ...]]
"""Loket's value lists by the last segment of the field name: "gender", "nationality", "function", …"""


@dataclass(frozen=True, slots=True)
class Rule:
    """How one Loket field is filled.

    `target` is a key of the catalogue, `source` an HR column or attribute (None: only the fallback counts),
    `option_map` goes from the casefolded HR value to Loket's text or ISO code, `fallback` is Loket's text and is used
    for new people only (rule 21). A rule of `SCOPE_FIELDS` is for the source to read: `apply` passes over it.
    """

    target: str
    source: str | None
    converter: str = "auto"
    option_map: Mapping[str, str] = dataclasses.field(default_factory=dict, hash=False)
    fallback: str | None = None
    write_mode: WriteMode = WriteMode.OVERWRITE
    empty: Empty = Empty.KEEP
    argument: str = ""
    too_long: TooLong = TooLong.REFUSE
    decision: Decision | None = None
    former_source: str | None = None


@dataclass(frozen=True)
class MappingSet:
    """A named and numbered list of rules, at most one for each target."""

    name: str
    version: int
    rules: tuple[Rule, ...]

    def rule(self, target: str) -> Rule | None:
        """The rule that fills this Loket field, or None when nobody mapped it."""
        return self._by_target.get(target)

    @cached_property
    def _by_target(self) -> Mapping[str, Rule]:
        return {rule.target: rule for rule in reversed(self.rules)}


PROBLEM_CODES = (
    # a value that can't go as it is (rule 48)
    "too_long",
    "too_small",
    "too_large",
    "too_many_decimals",
    "invalid_integer",
    "invalid_decimal",
    "invalid_date",
    "invalid_boolean",
    "invalid_bsn",
    "invalid_iban",
    "invalid_phone",
    "invalid_email",
    "invalid_postcode",
    # a value that its converter can't read
    "unsplit_address",
    "invalid_initials",
    "zeros_in_front",
    "invalid_part_time",
    "bad_setting",
    # cut off, as support approved
    "shortened",
    # a value of no list
    "unmapped_option",
    "ambiguous_option",
    "no_value_list",
    "fallback_missing",
    # a value that is not there, or not whole
    "cannot_clear",
    "required_for_new",
    "address_held",
    "whole_held",
)
"""Every code that mapping can put in a Problem. `sync.records` has those of the sync, the roster reader its own."""


def from_dict(data: Mapping[str, Any]) -> MappingSet:
    """The mapping set that a parsed YAML or JSON document describes (format: `mapping/defaults/roster.yaml`).

    Raises ValueError with a message that names the rule (by number and target) and what is wrong with it.
    """
    _refuse_unknown(data, {"name", "version", "rules"}, "the mapping set")
    name, version, rows = data.get("name"), data.get("version"), data.get("rules")
    if not isinstance(name, str) or not name.strip():
        raise ValueError("The mapping set has no name.")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise ValueError("The version of the mapping set must be a whole number from 1.")
    if not isinstance(rows, Sequence) or isinstance(rows, str) or not rows:
        raise ValueError("The mapping set has no list of rules.")
    rules = tuple(_rule(row, number) for number, row in enumerate(rows, start=1))
    _refuse_twice(rules)
    return MappingSet(name=name.strip(), version=version, rules=rules)


def to_dict(mapping: MappingSet) -> dict[str, Any]:
    """The same set as plain data; `from_dict(to_dict(m)) == m`."""
    return {"name": mapping.name, "version": mapping.version, "rules": [_row(rule) for rule in mapping.rules]}


def option_key(text: str) -> str:
    """How HR values of an option map are compared: without outer blanks, without case, an accent as part of its letter."""
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()


def hours(text: str) -> Decimal | None:
    """The hours that a rule's argument says ("40", "38,5"); None where it says none."""
    if not re.fullmatch(r"[0-9]{1,3}([.,][0-9]{1,2})?", text):
        return None
    number = Decimal(text.replace(",", "."))
    return number if 0 < number <= MOST_HOURS else None


def _row(rule: Rule) -> dict[str, Any]:
    row: dict[str, Any] = {"target": rule.target, "source": rule.source, "converter": rule.converter}
    row |= {"fallback": rule.fallback, "write_mode": rule.write_mode.value, "empty": rule.empty.value}
    row |= {"options": dict(rule.option_map)}
    told = {"argument": rule.argument, "decision": rule.decision and rule.decision.value}
    told |= {"former_source": rule.former_source, "too_long": "" if rule.too_long is TooLong.REFUSE else "shorten"}
    return row | {name: value for name, value in told.items() if value}  # said only where it says something


def row_of(rule: Rule) -> dict[str, Any]:
    """One rule as a document has it."""
    return _row(rule)


def rule_of(row: Mapping[str, Any]) -> Rule:
    """The rule that one row of a document describes; raises ValueError, naming what is wrong with it."""
    return _rule(row, 1)


def _rule(row: object, number: int) -> Rule:
    if not isinstance(row, Mapping):
        raise ValueError(f"Rule {number} is not a list of settings.")
    where = f"rule {number} ({row.get('target') or 'without a target'})"
    _refuse_unknown(row, SETTINGS, where)
    target, source, fallback = _text(row, "target", where), _text(row, "source", where), _text(row, "fallback", where)
    if target is None:
        raise ValueError(f"In {where} the target is missing.")
    if source is None and fallback is None:
        raise ValueError(f"In {where} there is neither a source nor a fallback.")
    options = _options(row.get("options"), where)
    _check_target(target, options, fallback, where)
    _check_scope(target, options, fallback, where)
    converter = _choice(row, "converter", CONVERTERS, where) or "auto"
    _check_converter(target, converter, _text(row, "argument", where) or "", where)
    return Rule(
        target=target,
        source=source,
        converter=converter,
        option_map=options,
        fallback=fallback,
        write_mode=WriteMode(_choice(row, "write_mode", WriteMode, where) or WriteMode.OVERWRITE),
        empty=Empty(_choice(row, "empty", Empty, where) or Empty.KEEP),
        argument=_text(row, "argument", where) or "",
        too_long=TooLong(_choice(row, "too_long", TooLong, where) or TooLong.REFUSE),
        decision=Decision(decision) if (decision := _choice(row, "decision", Decision, where)) else None,
        former_source=_text(row, "former_source", where),
    )


def _text(row: Mapping[str, Any], name: str, where: str) -> str | None:
    value = row.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"In {where} {name} must be a text.")
    return value.strip()


def _check_target(target: str, options: Mapping[str, str], fallback: str | None, where: str) -> None:
    if target in SCOPE_FIELDS:
        return
    if target not in LOKET_FIELDS:
        raise ValueError(f"In {where} the target is not a field of the catalogue.")
    if fallback is not None and LOKET_FIELDS[target].sensitive:
        # It is one person's own, and a rule stands in the history and in exports.
        raise ValueError(f"In {where} there is a fallback, but a BSN or an IBAN is nobody else's.")
    if options and LOKET_FIELDS[target].type is not FieldType.OPTION:
        raise ValueError(f"In {where} there are options, but this field has no value list.")


def _check_scope(target: str, options: Mapping[str, str], fallback: str | None, where: str) -> None:
    """Whom to send is read for each person and is one of few words; nothing stands in for it (rule 39)."""
    if target not in SCOPE_FIELDS:
        return
    if fallback is not None:
        raise ValueError(f"In {where} there is a fallback, but nothing stands in for what decides who is sent.")
    values = SCOPE_FIELDS[target].values
    if wrong := sorted(set(options.values()) - set(values)):
        raise ValueError(f"In {where} an option becomes {wrong[0]!r}; it must be one of {', '.join(values)}.")


def _check_converter(target: str, converter: str, argument: str, where: str) -> None:
    if target in SCOPE_FIELDS and converter != "auto":
        raise ValueError(f"In {where} there is a converter, but who is sent is read from words; use options.")
    wanted = ARGUMENTS.get(converter)
    if wanted and hours(argument) is None:
        raise ValueError(f"In {where} the argument of {converter} must be hours a week, such as '40'.")
    if argument and not wanted:
        raise ValueError(f"In {where} there is an argument, but {converter} takes none.")


def _choice(row: Mapping[str, Any], name: str, choices: Iterable[str], where: str) -> str | None:
    value = _text(row, name, where)
    allowed = [str(choice) for choice in choices]
    if value is not None and value not in allowed:
        raise ValueError(f"In {where} {name} is {value!r}; it must be one of {', '.join(allowed)}.")
    return value


def _options(raw: object, where: str) -> Mapping[str, str]:
    if raw is None:
        return {}
    if not isinstance(raw, Mapping):
        raise ValueError(f"In {where} options must go from an HR value to Loket's text.")
    options: dict[str, str] = {}
    for hr_value, loket_text in raw.items():
        if not isinstance(hr_value, str) or not isinstance(loket_text, str) or not loket_text.strip():
            raise ValueError(f"In {where} the option {hr_value!r}: {loket_text!r} must be two texts (use quotes).")
        key = option_key(hr_value)
        if options.get(key, loket_text.strip()) != loket_text.strip():
            raise ValueError(f"In {where} the option {hr_value!r} is there twice.")
        options[key] = loket_text.strip()
    return options


def _refuse_unknown(data: Mapping[str, Any], known: set[str], where: str) -> None:
    if unknown := sorted(str(name) for name in data if name not in known):
        raise ValueError(f"In {where} there are unknown settings: {', '.join(unknown)}.")


def _refuse_twice(rules: tuple[Rule, ...]) -> None:
    targets = [rule.target for rule in rules]
    for number, target in enumerate(targets, start=1):
        if target in targets[: number - 1]:
            raise ValueError(f"Rule {number} ({target}): an earlier rule fills this field already.")
