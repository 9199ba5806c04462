"""One person's HR values through a mapping set: what Loket should have, and what stands in the way."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from mapping.catalogue import LOKET_FIELDS, SCOPE_FIELDS, WHOLES, FieldType, LoketField, Whole
from mapping.converters import Fault, Plain, convert, find_option, may_shorten, option_for
from mapping.rules import (
    Effect,
    Empty,
    HRValue,
    MappingSet,
    Option,
    Problem,
    Rule,
    Sealed,
    TooLong,
    ValueLists,
    WriteMode,
)

SHORTENED = "shortened"
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
    no value. It never becomes something similar, and something shorter only where the rule says so, with a Problem that
    shows what is left of it (rule 48).
    """
    found: dict[str, Value] = {}
    problems: list[Problem] = []
    for rule in mapping.rules:
        if rule.target in SCOPE_FIELDS:  # the source's to read: it fills nothing in Loket
            continue
        if is_new or rule.write_mode is not WriteMode.ONLY_FOR_NEW:
            _apply_rule(rule, values, value_lists, is_new, found, problems)
    for whole in WHOLES:
        if whole.is_address:
            _check_dutch_postcode(whole, mapping, found, problems)
        if not is_new or whole.is_whole_in_concept:
            _keep_whole(whole, found, problems)
    if is_new:
        problems.extend(_missing(mapping, found, problems))
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
    if isinstance(result, _Cut):
        found[rule.target] = result.value
        problems.append(result.problem)
        return
    if result is not None:
        problems.append(result)
    if is_new and rule.fallback is not None:
        fallback = _from_fallback(rule, field, rule.fallback, value_lists)
        if isinstance(fallback, Value):
            found[rule.target] = fallback
        else:
            problems.append(fallback)


@dataclass(frozen=True, slots=True)
class _Cut:
    """A value that was cut off, and the Problem that says so."""

    value: Value
    problem: Problem


def _from_hr(
    rule: Rule, field: LoketField, values: Mapping[str, HRValue], value_lists: ValueLists
) -> Value | _Cut | Problem | None:
    """The value, or the Problem, or None where HR says nothing that counts."""
    if rule.source is None or rule.source not in values:
        return None
    raw = values[rule.source]
    if isinstance(raw, Sealed):
        return Value(raw)
    if raw is None or not raw.strip():
        return _empty(rule, field)
    result = _converted(rule, field, raw, value_lists)
    if result is None:  # the converter found nothing in it
        return _empty(rule, field)
    if not isinstance(result, Fault):
        return Value(result)
    if result.code == "too_long" and rule.too_long is TooLong.SHORTEN and may_shorten(field):
        return _cut(rule, field, raw, result)
    return _problem(rule.source, field, raw, result)


def _empty(rule: Rule, field: LoketField) -> Value | Problem | None:
    if rule.empty is Empty.KEEP:
        return None
    if not field.nullable:
        return Problem("cannot_clear", rule.source or "", "", {"target": field.key})
    return Value(None)


def _converted(rule: Rule, field: LoketField, raw: str, value_lists: ValueLists) -> Plain | Fault | None:
    if field.type is FieldType.OPTION:
        return option_for(rule, raw, value_lists.get(field.options))
    return convert(field, raw, rule.converter, rule.argument)


def _cut(rule: Rule, field: LoketField, raw: str, fault: Fault) -> _Cut | Problem:
    """As much as Loket has room for. It costs nothing but the rest of it, whatever the field's own effect is."""
    left = convert(field, raw, rule.converter, rule.argument, TooLong.SHORTEN)
    if not isinstance(left, str):
        return _problem(rule.source or "", field, raw, fault)
    params = {"target": field.key, "left": left, **fault.params}
    return _Cut(Value(left), Problem(SHORTENED, rule.source or "", raw.strip(), params))


def _from_fallback(rule: Rule, field: LoketField, fallback: str, value_lists: ValueLists) -> Value | Problem:
    if field.type is FieldType.OPTION:
        result: Plain | Fault | None = find_option(fallback, {}, value_lists.get(field.options), fallback=True)
    else:
        result = convert(field, fallback)
    if isinstance(result, Fault):
        return _problem(rule.source or rule.target, field, fallback, result)
    return Value(result, is_fallback=True)


def _problem(column: str, field: LoketField, raw: str, fault: Fault) -> Problem:
    shown = HIDDEN if field.sensitive else raw.strip()
    return Problem(fault.code, column, shown, {"target": field.key, **fault.params}, field.effect)


def _check_dutch_postcode(whole: Whole, mapping: MappingSet, found: dict[str, Value], problems: list[Problem]) -> None:
    """A Dutch address needs a Dutch code; any other one would be refused with the whole address."""
    key = f"{whole.name}.postalCode"
    code, country = found.get(key), found.get(f"{whole.name}.country")
    if code is None or country is None or not isinstance(country.value, Option) or country.value.iso_code != "NL":
        return
    if isinstance(code.value, str) and not _DUTCH_POSTCODE.fullmatch(code.value):
        del found[key]
        rule = mapping.rule(key)
        column = rule.source if rule and rule.source else key
        problems.append(Problem("invalid_postcode", column, code.value, {"target": key}))


_DUTCH_POSTCODE = re.compile(r"[1-9][0-9]{3} [A-Z]{2}")
_PARTS = {whole.name: frozenset(filter(whole.has, LOKET_FIELDS)) for whole in WHOLES}
"""The fields that each of them consists of."""


def _keep_whole(whole: Whole, found: dict[str, Value], problems: list[Problem]) -> None:
    """A new street with the old number is nobody's address: one unusable part holds back all of them.

    An empty addition says "none" only beside a house number; on an empty address it says nothing.
    """
    for key, pillar in whole.beside:
        if pillar not in found and key in found and found[key].value is None:
            del found[key]
    if not problems:
        return
    ours = [key for key in found if key in _PARTS[whole.name]]
    told = (problem for problem in problems if problem.code != SHORTENED)
    faulty = next((problem for problem in told if whole.has(problem.params.get("target", ""))), None)
    if ours and faulty:
        for key in ours:
            del found[key]
        problems.append(Problem(whole.held, faulty.field, faulty.value, {"target": whole.demanded[0]}))


def _missing(mapping: MappingSet, found: dict[str, Value], problems: list[Problem]) -> list[Problem]:
    told = {problem.params.get("target") for problem in problems if problem.effect is Effect.PERSON}
    missing = []
    for key, field in LOKET_FIELDS.items():
        if field.required_for_new and key not in found and key not in told:
            rule = mapping.rule(key)
            column = rule.source if rule and rule.source else key
            missing.append(Problem("required_for_new", column, "", {"target": key}, Effect.PERSON))
    return missing
