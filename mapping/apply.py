"""One person's HR values through a mapping set: what Loket should have, and what stands in the way."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from mapping.catalogue import LOKET_FIELDS, FieldType, LoketField
from mapping.converters import Fault, Plain, convert, find_option
from mapping.rules import Effect, Empty, HRValue, MappingSet, Option, Problem, Rule, Sealed, ValueLists, WriteMode

ADDRESS = "employee.address."
HIDDEN = "••••••"


@dataclass(frozen=True, slots=True)
class Value:
    """What one Loket field should hold; None clears it. `is_fallback`: not from HR but the rule's own (rule 21)."""

    value: Plain | Sealed | None
    is_fallback: bool = False


@dataclass(frozen=True, slots=True)
class Mapped:
    """The wanted values by field key, in the order of the mapping. A field that is not here must not change."""

    values: dict[str, Value]
    problems: tuple[Problem, ...]

    @property
    def is_blocked(self) -> bool:
        """True when a problem forbids sending this person at all (rule 49)."""
        return any(problem.effect is Effect.PERSON for problem in self.problems)


def apply(
    mapping: MappingSet, values: Mapping[str, HRValue], value_lists: ValueLists, *, is_new: bool = False
) -> Mapped:
    """The wanted values of one person.

    `is_new` says that the person is not in Loket yet: fallbacks count, as do rules with write mode "only_for_new", and
    what a new person can't do without is a problem when it is missing. A value that can't be used gives a Problem and
    no value; it never becomes something shorter, rounded or similar (rule 48).
    """
    found: dict[str, Value] = {}
    problems: list[Problem] = []
    for rule in mapping.rules:
        if is_new or rule.write_mode is not WriteMode.ONLY_FOR_NEW:
            _apply_rule(rule, values, value_lists, is_new, found, problems)
    _check_dutch_postcode(found, problems)
    if is_new:
        problems.extend(_missing(mapping, found, problems))
    else:
        _keep_address_whole(found, problems)
    return Mapped(found, tuple(problems))


def _apply_rule(
    rule: Rule,
    values: Mapping[str, HRValue],
    value_lists: ValueLists,
    is_new: bool,
    found: dict[str, Value],
    problems: list[Problem],
) -> None:
    field = LOKET_FIELDS[rule.target]
    result = _from_hr(rule, field, values, value_lists)
    if isinstance(result, Value):
        found[rule.target] = result
        return
    if result is not None:
        problems.append(result)
    if is_new and rule.fallback is not None:
        fallback = _from_fallback(rule, field, rule.fallback, value_lists)
        if isinstance(fallback, Value):
            found[rule.target] = fallback
        else:
            problems.append(fallback)


def _from_hr(
    rule: Rule, field: LoketField, values: Mapping[str, HRValue], value_lists: ValueLists
) -> Value | Problem | None:
    """The value, or the Problem, or None where HR says nothing that counts."""
    if rule.source is None or rule.source not in values:
        return None
    raw = values[rule.source]
    if isinstance(raw, Sealed):
        return Value(raw)
    if raw is None or not raw.strip():
        return _empty(rule, field)
    result = _converted(rule, field, raw, value_lists)
    return _problem(rule.source, field, raw, result) if isinstance(result, Fault) else Value(result)


def _empty(rule: Rule, field: LoketField) -> Value | Problem | None:
    if rule.empty is Empty.KEEP:
        return None
    if not field.nullable:
        return Problem("cannot_clear", rule.source or "", "", {"target": field.key})
    return Value(None)


def _converted(rule: Rule, field: LoketField, raw: str, value_lists: ValueLists) -> Plain | Fault:
    if field.type is FieldType.OPTION:
        return find_option(raw.strip(), rule.option_map, value_lists.get(field.options))
    return convert(field, raw, rule.converter)


def _from_fallback(rule: Rule, field: LoketField, fallback: str, value_lists: ValueLists) -> Value | Problem:
    if field.type is FieldType.OPTION:
        result: Plain | Fault = find_option(fallback, {}, value_lists.get(field.options), fallback=True)
    else:
        result = convert(field, fallback)
    if isinstance(result, Fault):
        return _problem(rule.source or rule.target, field, fallback, result)
    return Value(result, is_fallback=True)


def _problem(column: str, field: LoketField, raw: str, fault: Fault) -> Problem:
    shown = HIDDEN if field.sensitive else raw.strip()
    return Problem(fault.code, column, shown, {"target": field.key, **fault.params}, field.effect)


def _check_dutch_postcode(found: dict[str, Value], problems: list[Problem]) -> None:
    """A Dutch address needs a Dutch code; any other one would be refused with the whole address."""
    code, country = found.get("employee.address.postalCode"), found.get("employee.address.country")
    if code is None or country is None or not isinstance(country.value, Option) or country.value.iso_code != "NL":
        return
    if isinstance(code.value, str) and not re.fullmatch(r"[1-9][0-9]{3} [A-Z]{2}", code.value):
        del found["employee.address.postalCode"]
        problems.append(
            Problem("invalid_postcode", "postal_code", code.value, {"target": "employee.address.postalCode"})
        )


def _keep_address_whole(found: dict[str, Value], problems: list[Problem]) -> None:
    """A new street with the old number is nobody's address: one unusable part holds back all of them.

    An empty addition says "none" only beside a house number; on an empty address it says nothing.
    """
    ours = [key for key in found if key.startswith(ADDRESS)]
    number, addition = found.get(f"{ADDRESS}houseNumber"), found.get(f"{ADDRESS}houseNumberAddition")
    if number is None and addition is not None and addition.value is None:
        del found[f"{ADDRESS}houseNumberAddition"]
        ours.remove(f"{ADDRESS}houseNumberAddition")
    faulty = [problem for problem in problems if problem.params.get("target", "").startswith(ADDRESS)]
    if ours and faulty:
        for key in ours:
            del found[key]
        problems.append(Problem("address_held", faulty[0].field, faulty[0].value, {"target": f"{ADDRESS}street"}))


def _missing(mapping: MappingSet, found: dict[str, Value], problems: list[Problem]) -> list[Problem]:
    told = {problem.params.get("target") for problem in problems if problem.effect is Effect.PERSON}
    missing = []
    for key, field in LOKET_FIELDS.items():
        if field.required_for_new and key not in found and key not in told:
            rule = mapping.rule(key)
            column = rule.source if rule and rule.source else key
            missing.append(Problem("required_for_new", column, "", {"target": key}, Effect.PERSON))
    return missing
