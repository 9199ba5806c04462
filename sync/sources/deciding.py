"""What decides who is sent and who it is, brought into its own column as the mapping says. Pure.

The policy knows these by their columns (rules 39 to 42): an employee number, a first and a last day. Where a rule fills
one from elsewhere (another column, an attribute of the portal), or with a converter, the column gets the value here,
before anybody decides. Everything else waits for `mapping.apply`.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from loket_portal.lib.redact import mask
from mapping.catalogue import CONSIDER, LOKET_FIELDS, SCOPE_FIELDS, STATUS
from mapping.converters import Fault, convert
from mapping.rules import MappingSet, Rule, option_key
from mapping.words import UNDERSTOOD
from sync.records import START_DATE, Effect, HRRecord, HRValue, Later, Problem, Sealed
from sync.sources.columns import column_of

DECIDING = frozenset({"employee_number", "income_number", "birth_date", START_DATE, "end_date", "bsn", "iban"})
"""Columns that are read as they stand: what people are told apart by, days, and what is purged once Loket has it."""
WORDS = {STATUS: "unknown_status", CONSIDER: "unknown_yes_no"}
"""The problem with a word that says nothing about who is sent."""
SHOWN_CHARACTERS = 80
NOTHING: Mapping[str, str] = {}


def settled(record: HRRecord, mapping: MappingSet) -> HRRecord:
    """The person with these columns filled as the mapping says; doing it twice changes nothing.

    `mapping` names columns and attributes of the portal, and for who is sent may have rules of the portal's. A value
    that can't be read blocks the person, as it does in a column of its own.
    """
    for rule in mapping.rules:
        if rule.source in record.values and _is_meant(rule):
            record = _settled(record, rule)
    return record


def meant(mapping: MappingSet) -> MappingSet:
    """Only the rules that `settled` goes by."""
    return MappingSet(mapping.name, mapping.version, tuple(rule for rule in mapping.rules if _is_meant(rule)))


def text_of(rule: Rule, text: str) -> str | Fault | None:
    """The canonical text of a deciding column: an ISO day, digits, a word of the portal; None where it says nothing."""
    if rule.target in SCOPE_FIELDS:
        key = option_key(text)
        found = rule.option_map.get(key) or UNDERSTOOD[rule.target].get(key)
        return found or Fault(WORDS[rule.target])
    value = convert(LOKET_FIELDS[rule.target], text, rule.converter, rule.argument)
    if isinstance(value, Fault):
        return value
    return None if value is None else value.isoformat() if isinstance(value, date) else str(value)


def _is_meant(rule: Rule) -> bool:
    column = column_of(rule.target).name
    if rule.target in SCOPE_FIELDS:
        return rule.source not in (None, column)
    return column in DECIDING and (rule.converter != "auto" or rule.source != column)


def _settled(record: HRRecord, rule: Rule) -> HRRecord:
    column, source = column_of(rule.target).name, rule.source or ""
    value = record.values[source]
    if isinstance(value, Sealed):
        return record
    if source == column and any(problem.field == column for problem in record.problems):
        return record  # its reader has told already
    made = text_of(rule, value) if isinstance(value, str) and value.strip() else None
    kept = tuple(
        problem for problem in record.problems if problem.field != column or problem.code == "duplicate_number"
    )
    later = tuple(_settled_later(one, rule, column) for one in record.later)
    if isinstance(made, Fault):
        fault = _blocking(made.code, rule, column, str(value), made.params)
        return replace(record, values=_with(record.values, column, str(value)), problems=(*kept, fault), later=later)
    if made is None and rule.target == STATUS:
        kept = (*kept, _blocking("missing_value", rule, column))
    return replace(record, values=_with(record.values, column, made), problems=kept, later=later)


def _settled_later(later: Later, rule: Rule, column: str) -> Later:
    if later.column != rule.source or not later.value:
        return later
    made = text_of(rule, later.value)
    return later if isinstance(made, Fault) else replace(later, column=column, value=made)


def _blocking(code: str, rule: Rule, column: str, text: str = "", params: Mapping[str, str] = NOTHING) -> Problem:
    shown = mask(text) if column_of(rule.target).is_sensitive else text[:SHOWN_CHARACTERS]
    return Problem(code, column, shown, {"target": rule.target, **params}, Effect.PERSON)


def _with(values: Mapping[str, HRValue], column: str, text: str | None) -> dict[str, HRValue]:
    return {**values, column: text}
