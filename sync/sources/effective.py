"""Which of somebody's employments counts on a day (rule 43). v1 shows one employment and not which; v2 has the dates.

The employment in force wins over what v1 shows. Only attributes that v1 shows are touched: what a company keeps from us
there, it keeps from us here. What v2 knows by id only, and v1 shows of another employment, is left out: absent, so that
nothing is sent in its place. Pure; the day is passed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from loket_portal.personio.payloads import Attribute, Employee, Employment, related
from sync.records import LEGAL_ENTITY
from sync.sources.personio_values import day

STATUSES = frozenset({"onboarding", "active", "leave", "inactive"})
NO_NAMES: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class LaterValue:
    """What the attribute under `key` holds from a later day on; `LEGAL_ENTITY`: the id of the one moved to."""

    key: str
    value: Any = field(repr=False)
    on: date


def in_force(employments: Sequence[Employment], today: date) -> Employment | None:
    """The employment that counts on this day: begun, not ended, the newest. Its legal entity is the person's.

    With none in force it is the next one, else the last one; None where Personio shows no start date of any. Of two that
    begin on one day the one that is listed first counts: Personio lists the newest first.
    """
    dated = [employment for employment in reversed(employments) if employment.start_on]
    dated.sort(key=_start)
    begun = [employment for employment in dated if _start(employment) <= today]
    running = [employment for employment in begun if (end_of(employment) or today) >= today]
    ahead = dated[len(begun) :]
    if running:
        return running[-1]
    return ahead[0] if ahead else begun[-1] if begun else None


def as_of(
    employee: Employee,
    employments: Sequence[Employment],
    today: date,
    departments: Mapping[str, str] = NO_NAMES,
    status: str = "status",
) -> tuple[Employee, tuple[LaterValue, ...]]:
    """The employee with the values of the employment in force on this day, and the values that are planned.

    Of somebody who has left and comes back it is the employment that has ended, until that day. `departments` has names
    by id, as far as they are known; `status` is the key of the attribute that says who is sent. Without readable
    employments all stays as v1 shows it.
    """
    current = shown_employment(employments, today)
    if current is None:
        return employee, ()
    names = {**departments, **_shown_department(employee.attributes)}
    attributes = dict(employee.attributes)
    values = _values(current, employments, employee.attributes, names) | _status(current, today, status)
    for key, value in values.items():
        if key in attributes and value is _UNKNOWN:
            del attributes[key]
        elif key in attributes:
            attributes[key] = replace(attributes[key], value=value)
    later = _planned(current, employments, today, names)
    told = tuple(item for item in later if item.key == LEGAL_ENTITY or item.key in employee.attributes)
    return replace(employee, attributes=attributes), told


def since(employments: Sequence[Employment], today: date) -> dict[str, date]:
    """From which day the present position, hours and department hold, where an employment before it had others."""
    current = shown_employment(employments, today)
    if current is None or starts_later(current, today):
        return {}
    found = {key: _since(current, employments, read) for key, read in _KEPT.items()}
    return {key: on for key, on in found.items() if on is not None}


def _since(current: Employment, employments: Sequence[Employment], read: Callable[[Employment], str]) -> date | None:
    """None where it has been so from the first employment on, or where a gap lies between."""
    first = current
    while (before := _before(first, employments)) is not None:
        if read(before) != read(current):
            return first.start_on if read(before) and read(current) else None
        first = before
    return None


def _before(employment: Employment, employments: Sequence[Employment]) -> Employment | None:
    earlier = (one for one in employments if one.start_on and _follows(employment, one))
    return max(earlier, key=_start, default=None)


_KEPT: Mapping[str, Callable[[Employment], str]] = {
    "position": lambda employment: employment.position,
    "weekly_working_hours": lambda employment: employment.weekly_hours,
    "department": lambda employment: employment.department_id,
}


def shown_employment(employments: Sequence[Employment], today: date) -> Employment | None:
    """The employment in force; in a gap at one legal entity the one before it, whose end Loket may lack."""
    current = in_force(employments, today)
    if current is None or not starts_later(current, today):
        return current
    same = [one for one in employments if one.legal_entity_id == current.legal_entity_id and one.start_on]
    begun = [one for one in same if not starts_later(one, today)]
    return max(reversed(begun), key=_start, default=current)


def has_ended(employment: Employment, today: date) -> bool:
    """Whether its last day has passed."""
    return (end_of(employment) or today) < today


def starts_later(employment: Employment, today: date) -> bool:
    """Whether its first day is still to come."""
    return _start(employment) > today


def end_of(employment: Employment) -> date | None:
    """Its last day; None where none is known."""
    return employment.end_on or employment.termination_on


def _status(current: Employment, today: date, key: str) -> dict[str, str]:
    """Dates beat words: a status may have been left as it was, or be that of another employment."""
    if has_ended(current, today):
        return {key: "inactive"}
    if starts_later(current, today):
        return {key: "onboarding"}
    return {"status": current.status} if current.status in STATUSES else {}


_UNKNOWN = object()


def _values(
    current: Employment, employments: Sequence[Employment], shown: Mapping[str, Attribute], names: Mapping[str, str]
) -> dict[str, Any]:
    """What differs from employment to employment, by attribute; `_UNKNOWN`: v1 may show another one's value.

    Where v1 shows this very employment, what v2 leaves open stays as v1 has it.
    """
    begins = _day_of(shown.get("hire_date"))
    is_this = begins == _iso(current.start_on)
    values: dict[str, Any] = {
        "position": current.position or _UNKNOWN,
        "weekly_working_hours": current.weekly_hours or _UNKNOWN,
        **_ends(current, employments),
    }
    if is_this:
        values = {key: value for key, value in values.items() if value not in {None, _UNKNOWN}}
    elif begins not in _chain(current, employments):
        values["hire_date"] = _iso(current.start_on)
    if _goes_on(current, employments):
        values["termination_date"] = None
    if not _shows_department(current, shown, is_this):
        values["department"] = names.get(current.department_id, _UNKNOWN)
    return values


def _shows_department(current: Employment, shown: Mapping[str, Attribute], is_this: bool) -> bool:
    """Whether v1 has the department of this employment: by id, or, where one of the ids is missing, by its first day."""
    ids = _shown_department(shown)
    return current.department_id in ids or (is_this and not (ids and current.department_id))


def _ends(employment: Employment, employments: Sequence[Employment]) -> dict[str, str | None]:
    """An employment that goes on in the next one ends nothing in Loket."""
    ends = None if _goes_on(employment, employments) else _iso(end_of(employment))
    return {"termination_date": ends, "contract_end_date": _iso(employment.contract_end_on)}


def _planned(
    current: Employment, employments: Sequence[Employment], today: date, names: Mapping[str, str]
) -> Iterator[LaterValue]:
    """What each later employment changes against the one before it; whoever moves away leaves the rest behind."""
    before, after = current, max(today, _start(current))
    for employment in sorted((one for one in employments if _start(one) > after), key=_start):
        on = _start(employment)
        if employment.legal_entity_id not in ("", before.legal_entity_id):
            yield LaterValue(LEGAL_ENTITY, employment.legal_entity_id, on)
            return
        old, new = (_told(one, employments, names) for one in (before, employment))
        if not _follows(employment, before):
            yield LaterValue("hire_date", on.isoformat(), on)
        for key, value in new.items():
            if value != old[key] and value != "":
                yield LaterValue(key, value, on)
        before = employment


def _told(employment: Employment, employments: Sequence[Employment], names: Mapping[str, str]) -> dict[str, str | None]:
    return {
        "position": employment.position,
        "weekly_working_hours": employment.weekly_hours,
        "department": names.get(employment.department_id, ""),
        **_ends(employment, employments),
    }


def _chain(current: Employment, employments: Sequence[Employment]) -> set[str | None]:
    """The days on which this employment, and those that it goes on from without a gap, began."""
    days, first = {_iso(current.start_on)}, current
    for employment in sorted((one for one in employments if one.start_on), key=_start, reverse=True):
        if _follows(first, employment):
            first = employment
            days.add(_iso(first.start_on))
    return days


def _goes_on(employment: Employment, employments: Sequence[Employment]) -> bool:
    return any(_follows(other, employment) for other in employments)


def _follows(employment: Employment, before: Employment) -> bool:
    """Whether it begins at the same legal entity not later than the day after the other's end."""
    if employment.legal_entity_id != before.legal_entity_id or _start(before) >= _start(employment):
        return False
    end = end_of(before)
    return end is None or (_start(employment) - end).days <= 1


def _start(employment: Employment) -> date:
    return employment.start_on or date.min


def _iso(found: date | None) -> str | None:
    return found.isoformat() if found else None


def _day_of(attribute: Attribute | None) -> str | None:
    value = attribute.value if attribute else None
    return day(value) if isinstance(value, str) else None


def _shown_department(shown: Mapping[str, Attribute]) -> dict[str, str]:
    """The id and name of the department that v1 shows, whichever employment it is of."""
    number, name = related(shown, "department")
    return {number: name} if number and name else {}
