"""Plain data for the encrypted columns, and back: people, problems, changes."""

from datetime import date
from typing import Any

from sync.records import Effect, HRRecord, HRValue, Later, Problem, Sealed

LATER = "later"
"""Beside the columns: what HR has planned. No column is called so."""


def values_to_json(record: HRRecord) -> dict[str, Any]:
    """A record's values, and what is planned; what was purged stays a fingerprint with a mask."""
    values = {column: _value_to_json(value) for column, value in record.values.items()}
    return values | ({LATER: [_later_to_json(later) for later in record.later]} if record.later else {})


def _later_to_json(later: Later) -> dict[str, Any]:
    return {"column": later.column, "value": later.value, "on": later.on.isoformat()}


def _value_to_json(value: HRValue) -> Any:
    return {"fingerprint": value.fingerprint, "masked": value.masked} if isinstance(value, Sealed) else value


def values_from_json(data: dict[str, Any]) -> dict[str, HRValue]:
    """The inverse of `values_to_json`, the planned values apart."""
    columns = {column: value for column, value in data.items() if column != LATER}
    return {column: Sealed(**value) if isinstance(value, dict) else value for column, value in columns.items()}


def later_from_json(data: dict[str, Any]) -> tuple[Later, ...]:
    """The planned values among a record's stored ones."""
    return tuple(Later(row["column"], row["value"], date.fromisoformat(row["on"])) for row in data.get(LATER, ()))


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
