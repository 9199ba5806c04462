"""The roster: an uploaded CSV or XLSX file to one `HRRecord` per row.

A file with a wrong header is refused whole, like one that can't be read (`tables.py`). A row with a fault becomes a
record with problems: that person is blocked, the others go on (rule 50). Nothing here knows Loket's limits or lists.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from loket_portal.lib.redact import mask
from sync.records import REQUIRED_COLUMNS, Effect, HRRecord, Problem
from sync.sources.columns import ROSTER_COLUMNS, Column, match
from sync.sources.tables import Cell, RosterRefused, Row, read_table
from sync.sources.values import Fault, canonical, plain

__all__ = ["RosterFile", "RosterRefused", "read"]

SHOWN_CHARACTERS = 80
"""Of a faulty value: enough to find the cell again."""


@dataclass(frozen=True, slots=True)
class RosterFile:
    """What a file holds: its people in the file's order, the canonical columns it has, the headers nobody knows."""

    records: tuple[HRRecord, ...]
    columns: tuple[str, ...]
    ignored_columns: tuple[str, ...] = ()


def read(file_name: str, data: bytes) -> RosterFile:
    """All people of the file. Raises RosterRefused with one of the codes of `tables.py`, or `missing_columns`
    (params: columns), `duplicate_column` (column, headers), `no_rows`.
    """
    rows = read_table(file_name, data, _known)
    if (first := next(rows, None)) is None:
        raise RosterRefused("empty")
    headers = [plain(cell) for cell in first[1]]
    columns = match(headers)
    _refuse_columns(headers, columns)
    records = tuple(_record(number, row, headers, columns) for number, row in rows)
    if not records:
        raise RosterRefused("no_rows")
    present = tuple(column.name for column in columns if column)
    ignored = tuple(header for header, column in zip(headers, columns, strict=True) if header and not column)
    return RosterFile(_without_doubles(records), present, ignored)


def _known(headers: Sequence[str]) -> int:
    return sum(column is not None for column in match(headers))


def _refuse_columns(headers: Sequence[str], columns: Sequence[Column | None]) -> None:
    by_column: dict[str, list[str]] = defaultdict(list)
    for header, column in zip(headers, columns, strict=True):
        if column:
            by_column[column.name].append(header)
    for name, spellings in by_column.items():
        if len(spellings) > 1:
            raise RosterRefused("duplicate_column", {"column": name, "headers": ", ".join(spellings)})
    if missing := [name for name in REQUIRED_COLUMNS if name not in by_column]:
        labels = {column.name: f"{column.english} ({column.dutch})" for column in ROSTER_COLUMNS}
        raise RosterRefused("missing_columns", {"columns": ", ".join(labels[name] for name in missing)})


def _record(number: int, row: Row, headers: Sequence[str], columns: Sequence[Column | None]) -> HRRecord:
    """One row. A value with a fault stays as it was written, so that the screen can show which cell it is."""
    values: dict[str, str | None] = {}
    problems: list[Problem] = []
    for place, column in enumerate(columns):
        if column:
            cell = row[place] if place < len(row) else None  # Excel leaves empty cells at the end of a row out
            values[column.name], problem = _value(column, cell)
            problems += [problem] if problem else []
    problems += _missing(values) + _too_long(row, headers)
    is_numbered = values["employee_number"] and not any(problem.field == "employee_number" for problem in problems)
    key = values["employee_number"] if is_numbered else None
    return HRRecord(key=key or f"row-{number}", row=number, values=values, problems=tuple(problems))


def _value(column: Column, cell: Cell) -> tuple[str | None, Problem | None]:
    try:
        return canonical(column.kind, cell), None
    except Fault as fault:
        text = plain(cell)
        shown = mask(text) if column.is_sensitive else text[:SHOWN_CHARACTERS]
        return text, _blocking(fault.code, column.name, shown)


def _missing(values: dict[str, str | None]) -> list[Problem]:
    """Who has no last name or no status can't be judged. Without a number, or without "Consider in NL payroll", a
    person is simply not sent (rules 39 and 40): that is the policy's business.
    """
    return [_blocking("missing_value", name) for name in ("status", "last_name") if not values[name]]


def _too_long(row: Row, headers: Sequence[str]) -> list[Problem]:
    """A value without a header above it: mostly a separator inside a value without quotes, so all after it shifted."""
    if any(plain(cell) and (place >= len(headers) or not headers[place]) for place, cell in enumerate(row)):
        return [_blocking("row_too_long", params={"columns": str(len(headers))})]
    return []


def _without_doubles(records: tuple[HRRecord, ...]) -> tuple[HRRecord, ...]:
    """Two rows with one employee number: neither is sent (rule 41), and neither keeps the number as its key."""
    rows: dict[str, list[int]] = defaultdict(list)
    for record in records:
        rows[record.key].append(record.row)
    return tuple(_double(record, rows[record.key]) if len(rows[record.key]) > 1 else record for record in records)


def _double(record: HRRecord, rows: list[int]) -> HRRecord:
    params = {"rows": ", ".join(str(row) for row in rows)}
    problem = _blocking("duplicate_number", "employee_number", record.key, params)
    return replace(record, key=f"row-{record.row}", problems=(*record.problems, problem))


def _blocking(code: str, field: str = "", value: str = "", params: dict[str, str] | None = None) -> Problem:
    return Problem(code=code, field=field, value=value, params=params or {}, effect=Effect.PERSON)
