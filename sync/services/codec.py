"""Plain data for the encrypted columns, and back: people, problems, changes."""

from typing import Any

from sync.records import Effect, HRRecord, HRValue, Problem, Sealed


def values_to_json(record: HRRecord) -> dict[str, Any]:
    """A record's values; what was purged stays a fingerprint with a mask."""
    return {column: _value_to_json(value) for column, value in record.values.items()}


def _value_to_json(value: HRValue) -> Any:
    return {"fingerprint": value.fingerprint, "masked": value.masked} if isinstance(value, Sealed) else value


def values_from_json(data: dict[str, Any]) -> dict[str, HRValue]:
    """The inverse of `values_to_json`."""
    return {column: Sealed(**value) if isinstance(value, dict) else value for column, value in data.items()}


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
