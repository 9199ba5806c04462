"""Plain data for the encrypted columns, and back: people, problems, changes."""

from datetime import date
from typing import Any

from sync.diff import Change
from sync.outcomes import PersonResult
from sync.records import Effect, HRRecord, HRValue, Later, Problem, Sealed

LATER = "later"
"""Beside the columns: what HR has planned. No column is called so."""
SINCE = "since"
"""Likewise: from which day HR has what it has now."""


def values_to_json(record: HRRecord) -> dict[str, Any]:
    """A record's values, and what is planned; what was purged stays a fingerprint with a mask."""
    values = {column: _value_to_json(value) for column, value in record.values.items()}
    more: dict[str, Any] = {LATER: [_later_to_json(later) for later in record.later]} if record.later else {}
    if record.since:
        more[SINCE] = {column: on.isoformat() for column, on in record.since.items()}
    return values | more


def _later_to_json(later: Later) -> dict[str, Any]:
    return {"column": later.column, "value": later.value, "on": later.on.isoformat()}


def _value_to_json(value: HRValue) -> Any:
    return {"fingerprint": value.fingerprint, "masked": value.masked} if isinstance(value, Sealed) else value


def values_from_json(data: dict[str, Any]) -> dict[str, HRValue]:
    """The inverse of `values_to_json`, the planned values and the days apart."""
    columns = {column: value for column, value in data.items() if column not in (LATER, SINCE)}
    return {column: Sealed(**value) if isinstance(value, dict) else value for column, value in columns.items()}


def later_from_json(data: dict[str, Any]) -> tuple[Later, ...]:
    """The planned values among a record's stored ones."""
    return tuple(Later(row["column"], row["value"], date.fromisoformat(row["on"])) for row in data.get(LATER, ()))


def since_from_json(data: dict[str, Any]) -> dict[str, date]:
    """The days from which the present values hold, among a record's stored ones."""
    return {column: date.fromisoformat(on) for column, on in data.get(SINCE, {}).items()}


def person_to_json(result: PersonResult) -> dict[str, str]:
    """Who a result is about."""
    return {"key": result.key, "name": result.name, "number": result.number}


def detail_to_json(result: PersonResult) -> dict[str, object]:
    """What a result shows: changes with masked values, problems, Loket's messages, the first day of who starts later."""
    return {
        "changes": [_change_to_json(change) for change in result.changes],
        "problems": [problem_to_json(problem) for problem in result.problems],
        "messages": [list(message) for message in result.messages],
        "day": result.day.isoformat() if result.day else "",
    }


def mark_of(result: PersonResult) -> int:
    """Stands, in this process, for all that `person_to_json` and `detail_to_json` make of a result, and its row."""
    changes = tuple((*map(change.__getattribute__, _SHOWN), change.held is not None) for change in result.changes)
    problems = tuple((*map(one.__getattribute__, _TOLD), *sorted(one.params.items())) for one in result.problems)
    messages = tuple(map(tuple, result.messages))
    return hash((result.row, result.key, result.name, result.number, result.day, changes, problems, messages))


_SHOWN = ("field", "old", "new", "sendable", "waits_until", "needs", "from_day", "sign", "left_out")
_TOLD = ("code", "field", "value", "effect")


def _change_to_json(change: Change) -> dict[str, object]:
    shown = {"field": change.field, "old": change.old, "new": change.new, "sendable": change.sendable}
    more = {"waits_until": change.waits_until, "needs": change.needs, "from_day": change.from_day, "sign": change.sign}
    flags = {"held": change.held is not None, "left_out": change.left_out}
    return shown | {name: found for name, found in (*more.items(), *flags.items()) if found}


def problem_to_json(problem: Problem) -> dict[str, Any]:
    """A problem as plain data."""
    return {
        "code": problem.code,
        "field": problem.field,
        "value": problem.value,
        "params": dict(problem.params),
        "effect": problem.effect.value,
    }


def problem_from_json(data: dict[str, Any]) -> Problem:
    """The inverse of `problem_to_json`."""
    return Problem(data["code"], data["field"], data["value"], data["params"], Effect(data["effect"]))
