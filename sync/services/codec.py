"""Plain data for the encrypted columns, and back: people, problems, changes."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sync.diff import Change
from sync.models import Result
from sync.outcomes import Begun, Outcome, PersonResult, Remark
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
    } | ({"told": list(result.told)} if result.told else {})


def begun_from_json(detail: Mapping[str, Any] | None) -> Begun:
    """Of somebody still to be done what is done, as `detail_to_json` keeps it."""
    detail = detail or {}
    done = [change for change in detail.get("changes", ()) if change.get("is_done")]
    messages = (Remark(*said) for said in detail.get("messages", ()))
    return Begun(tuple(map(_change_from_json, done)), tuple(detail.get("told", ())), tuple(messages))


def result_of(row: Result) -> PersonResult:
    """The result that a row was made from, but for the person's key in memory, and the values and paths of its changes."""
    person, detail = row.person or {}, row.detail or {}
    return PersonResult(
        key=person.get("key", ""),
        row=row.row,
        name=person.get("name", ""),
        outcome=Outcome(row.outcome),
        reason=row.reason,
        changes=tuple(map(_change_from_json, detail.get("changes", ()))),
        problems=tuple(map(problem_from_json, detail.get("problems", ()))),
        messages=tuple(Remark(*message) for message in detail.get("messages", ())),
        day=date.fromisoformat(detail["day"]) if detail.get("day") else None,
        number=person.get("number", ""),
        told=tuple(detail.get("told", ())),
    )


def _change_to_json(change: Change) -> dict[str, object]:
    told = {"field": change.field, "old": change.old, "new": change.new, "sendable": change.sendable}
    for name in _WHERE_TRUE:
        if found := getattr(change, name):
            told[name] = found
    return told | {"held": True} if change.held else told


_WHERE_TRUE = ("waits_until", "needs", "from_day", "sign", "left_out", "is_done")


def _change_from_json(data: dict[str, Any]) -> Change:
    shown = {name: value for name, value in data.items() if name != "held"}
    return Change(**shown, held=Problem("held", data["field"]) if data.get("held") else None)


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
