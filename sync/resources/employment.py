"""The fields of the employment itself, the income number among them. They have no date: what is sent counts from now."""

from collections.abc import Mapping, Sequence
from typing import Any

from mapping.apply import Mapped
from mapping.catalogue import END_DATE, START_DATE, Resource
from sync.diff import Change, diff_part, overlay
from sync.resources.actions import EMPLOYMENT_PUT
from sync.work import Body, RunContext, Work, ask, mark, put_surely

_DATES = (START_DATE, END_DATE)


def plan(row: Mapping[str, Any], mapped: Mapped, context: RunContext) -> list[Change]:
    """What a PUT of the employment must change. Its two dates have calls of their own."""
    wanted = {key: value for key, value in mapped.values.items() if key not in _DATES}
    return diff_part(Resource.EMPLOYMENT, row, wanted, context.mapping)


def send(work: Work, employment_id: str, mapped: Mapped, changes: Sequence[Change]) -> None:
    """Lays what still differs over the employment as it is now."""
    target, first = work.context.target, list[Change]()
    fields = {change.field for change in changes}

    def todo() -> Body | None:
        fresh = ask(work, "employment", lambda: target.get_employment(employment_id))
        found = [change for change in plan(fresh, mapped, work.context) if change.field in fields]
        first.extend(() if first else found)
        return Body(overlay(fresh, found), found) if found else None

    def put(body: Body) -> tuple[dict[str, Any], list[Change]]:
        return ask(work, "employment", lambda: target.put_employment(employment_id, body.whole)), body.changes

    work.took(first, put_surely(work, EMPLOYMENT_PUT, todo, put, mark))
