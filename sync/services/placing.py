"""Where somebody of Personio works on a day, as one legal entity sees it: here, elsewhere, nowhere, or not told yet.

The employment in force on the day decides, not an older one. A name never decides alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum, auto

from loket_portal.personio.client import Employee, Employment
from sync.records import ELSEWHERE, START_DATE, HRRecord
from sync.services.subcompanies import Subcompanies
from sync.sources.effective import end_of, in_force

WHO = ("employee_number", "income_number", "first_name", "initials", "prefix", "last_name", "birth_date")
"""All that is kept of somebody who doesn't work here: enough to show who it is."""
WHEN = ("status", "consider_in_nl_payroll", START_DATE, "end_date")
"""Besides that of somebody who left, or is still to come: why the person is left out."""
UNKNOWN_DAY = "?"


class Place(Enum):
    """HERE: at the legal entity that is read. UNKNOWN: somebody else of the same subcompany may tell."""

    HERE = auto()
    ELSEWHERE = auto()
    NOWHERE = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody of v1 with the employments of v2: empty where v1 shows about the only one, None where unreadable."""

    employee: Employee
    employments: Sequence[Employment] | None


class Placing:
    """Tells it for everybody of one look at Personio."""

    def __init__(self, subcompanies: Subcompanies, legal_entity: str, today: date) -> None:
        self._subcompanies, self._legal_entity, self._today = subcompanies, legal_entity, today

    def of(self, seen: Seen, has_left: Callable[[], bool]) -> Place:
        """Where this person works today; of somebody without an employment in force, the next or else the last one."""
        found = self._legal_entity_of(seen, has_left)
        if found is None:
            return Place.UNKNOWN
        if not found:
            return Place.NOWHERE
        return Place.HERE if found == self._legal_entity else Place.ELSEWHERE

    def told(self, seen: Seen) -> list[Employment]:
        """The employments, with the legal entity where v2 names the subcompany only."""
        known = self._subcompanies.known
        employments = [
            one if one.legal_entity_id else replace(one, legal_entity_id=known(one.sub_company_id))
            for one in seen.employments or ()
        ]
        current = in_force(employments, self._today)
        if current is None or current.legal_entity_id:
            return employments
        theirs = self._legal_entity_of(seen, lambda: True) or ""
        return [replace(one, legal_entity_id=theirs) if one is current else one for one in employments]

    def here(self, seen: Seen) -> list[Employment]:
        """Those of the employments that are at this legal entity and have a first day."""
        return [one for one in self.told(seen) if one.legal_entity_id == self._legal_entity and one.start_on]

    def _legal_entity_of(self, seen: Seen, has_left: Callable[[], bool]) -> str | None:
        employments = seen.employments or ()
        current = in_force(employments, self._today)
        if current is not None and current.legal_entity_id:
            return current.legal_entity_id
        named = {one.legal_entity_id for one in employments} - {""}
        if current is None and len(named) == 1:  # without days there is no choice to make
            return named.pop()
        at = current.sub_company_id if current else ""
        return self._subcompanies.legal_entity_of(seen.employee, at=at, has_left=has_left)


def only(record: HRRecord, columns: tuple[str, ...]) -> HRRecord:
    """The record with nothing but these columns: no BSN, no IBAN, no address of somebody who works elsewhere."""
    values = {name: value for name, value in record.values.items() if name in columns}
    problems = tuple(problem for problem in record.problems if problem.field in ("", *columns))
    later = tuple(later for later in record.later if later.column in columns)
    return replace(record, values=values, problems=problems, later=later)


def moved(record: HRRecord, here: Sequence[Employment], everywhere: Sequence[Employment], today: date) -> HRRecord:
    """Somebody who worked here and works elsewhere now: who it is, since when, and the last day here if there is one."""
    values = dict(only(record, WHO).values)
    last = max(here, key=_start, default=None)
    end = end_of(last) if last else None
    if end is not None:
        values["end_date"] = end.isoformat()
    return replace(record, values={**values, ELSEWHERE: _since(last, here, everywhere, today)}, problems=(), later=())


def _since(last: Employment | None, here: Sequence[Employment], everywhere: Sequence[Employment], today: date) -> str:
    """The first day after the last one began here; not told where Personio changed the employment itself."""
    if last is None:
        return UNKNOWN_DAY
    ids = {one.id for one in here}
    days = [one.start_on for one in everywhere if one.start_on and one.id not in ids and one.start_on <= today]
    after = [day for day in days if day > _start(last)]
    return min(after or days).isoformat() if days else UNKNOWN_DAY


def _start(employment: Employment) -> date:
    return employment.start_on or date.min


def names_in(legal_entities: Sequence[Mapping[str, object]]) -> dict[str, str]:
    """What legal entities are called, by their id in Personio."""
    return {str(row["id"]): str(row.get("name") or "") for row in legal_entities}
