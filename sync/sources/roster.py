"""The roster: an uploaded CSV or XLSX file to one `HRRecord` per row.

A file with a wrong header is refused whole, like one that can't be read (`tables.py`). A row with a fault becomes a
record with problems: that person is blocked, the others go on (rule 50). Nothing here knows Loket's limits or lists.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from loket_portal.lib.redact import mask
from mapping.rules import OWN, MappingSet
from sync.policy import holds_number
from sync.records import REQUIRED_COLUMNS, Effect, HRRecord, Problem
from sync.sources.cells import Cell, RosterRefused, Row
from sync.sources.columns import ROSTER_COLUMNS, Column, Kind, column_of, match, normal_header, own_column
from sync.sources.deciding import DECIDING, meant, settled
from sync.sources.tables import TOP_ROWS, read_table
from sync.sources.values import Fault, canonical, plain

__all__ = ["RosterFile", "RosterRefused", "read"]

SHOWN_CHARACTERS = 80
"""Of a faulty value: enough to find the cell again. No more is kept of it, so nothing later meets 5,000 digits."""
SHOWN_TITLE = 40
HEADER_FROM = 3
"""Known columns in a row that make it a header, below a title."""
NO_TABLE = frozenset({"encoding", "nul_bytes", "broken_csv", "missing_columns"})
"""What another kind of file is refused with when it is read as text."""


class _Values(Mapping[str, str | None]):
    """The values of one row, by column. All rows share the columns: 50,000 dicts of 27 values would be 60 MB more."""

    __slots__ = ("_cells", "_places")

    def __init__(self, places: Mapping[str, int], cells: tuple[str | None, ...]) -> None:
        self._places, self._cells = places, cells

    def __getitem__(self, column: str) -> str | None:
        return self._cells[self._places[column]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._cells)


@dataclass(frozen=True, slots=True)
class RosterFile:
    """What a file holds: its people in the file's order, the columns it has, and the headers that nobody knows.

    `ignored_columns` are left out; `own_columns` are kept, as columns "column:<normal header>".
    """

    records: tuple[HRRecord, ...]
    columns: tuple[str, ...]
    ignored_columns: tuple[str, ...] = ()
    own_columns: tuple[str, ...] = ()


NO_RULES = MappingSet("", 0, ())


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a mapping wants a file to be read: see `read`."""

    as_text: frozenset[str] = frozenset()
    also: frozenset[str] = frozenset()
    deciding: MappingSet = NO_RULES


def read(
    file_name: str,
    data: bytes,
    today: date | None = None,
    *,
    as_text: Collection[str] = (),
    also: Collection[str] = (),
    rules: MappingSet | None = None,
) -> RosterFile:
    """All people of the file; with the day, whoever has left by then blocks nobody's number.

    `as_text` names columns that a converter of the mapping reads, so they are kept as they are written; `also` are
    normal headers of other columns to keep. `rules` is the mapping itself: columns that decide who is sent are
    converted at once by it, and stay as they are read by themselves without it.

    Raises RosterRefused with one of the codes of `tables.py`, or `missing_columns` (params: columns, names),
    `header_not_first` (row, found), `no_xlsx`, `duplicate_column` (column, headers), `no_rows`.
    """
    texts = frozenset(as_text) if rules else frozenset(as_text) - DECIDING
    wanted = Wanted(texts, frozenset(also), meant(rules) if rules else NO_RULES)
    try:
        return _read(file_name, data, today, wanted)
    except RosterRefused as refused:
        is_named_xlsx = file_name.lower().endswith((".xlsx", ".xlsm"))
        if refused.code in NO_TABLE and is_named_xlsx and not data.startswith(b"PK"):
            raise RosterRefused("no_xlsx") from refused
        raise


def _read(file_name: str, data: bytes, today: date | None, wanted: Wanted) -> RosterFile:
    rows = read_table(file_name, data, _known)
    if (first := next(rows, None)) is None:
        raise RosterRefused("empty")
    headers = [plain(cell) for cell in first[1]]
    columns = _columns(headers, wanted)
    _refuse_columns(headers, columns, rows)
    places = _places(columns, wanted.deciding)
    records = tuple(_record(number, row, headers, columns, places, wanted.deciding) for number, row in rows)
    if not records:
        raise RosterRefused("no_rows")
    ignored = tuple(header for header, column in zip(headers, columns, strict=True) if header and not column)
    own = tuple(column.english for column in columns if column and column.name.startswith(OWN))
    return RosterFile(_without_doubles(records, today), tuple(places), ignored, own)


def _columns(headers: Sequence[str], wanted: Wanted) -> list[Column | None]:
    """What each header means: a column of ours, as the mapping wants it read, or one of the company's that it reads."""
    found = match(headers)
    for place, (header, column) in enumerate(zip(headers, found, strict=True)):
        if column and column.name in wanted.as_text:
            found[place] = replace(column, kind=Kind.TEXT)
        elif column is None and normal_header(header) in wanted.also:
            found[place] = own_column(header)
    return found


def _places(columns: Iterable[Column | None], deciding: MappingSet) -> dict[str, int]:
    """Where each column stands among the values of a row; a column that is filled from another one comes behind."""
    names = [column.name for column in columns if column]
    filled = [column_of(rule.target).name for rule in deciding.rules if rule.source in names]
    return {name: place for place, name in enumerate(dict.fromkeys([*names, *filled]))}


def _known(headers: Sequence[str]) -> int:
    return sum(column is not None for column in match(headers))


def _refuse_columns(headers: Sequence[str], columns: Sequence[Column | None], rows: Iterable[tuple[int, Row]]) -> None:
    by_column: dict[str, list[str]] = defaultdict(list)
    for header, column in zip(headers, columns, strict=True):
        if column:
            by_column[column.name].append(header)
    for name, spellings in by_column.items():
        if len(spellings) > 1:
            raise RosterRefused("duplicate_column", {"column": name, "headers": ", ".join(spellings)})
    if missing := [name for name in REQUIRED_COLUMNS if name not in by_column]:
        _refuse_title(headers, len(by_column), rows)
        labels = {column.name: f"{column.english} ({column.dutch})" for column in ROSTER_COLUMNS}
        named = ", ".join(labels[name] for name in missing)
        raise RosterRefused("missing_columns", {"columns": named, "names": " ".join(missing)})


def _refuse_title(headers: Sequence[str], known: int, rows: Iterable[tuple[int, Row]]) -> None:
    """Says where the header stands when one of the next rows looks more like it; else nothing."""
    for number, row in islice(rows, TOP_ROWS):
        if _known([plain(cell) for cell in row]) >= max(HEADER_FROM, known + 1):
            found = next(text for text in headers if text)[:SHOWN_TITLE]
            raise RosterRefused("header_not_first", {"row": str(number), "found": found})


def _record(
    number: int,
    row: Row,
    headers: Sequence[str],
    columns: Sequence[Column | None],
    places: Mapping[str, int],
    deciding: MappingSet,
) -> HRRecord:
    """One row. A value with a fault stays as it was written, so that the screen can show which cell it is."""
    values: dict[str, str | None] = {}
    problems: list[Problem] = []
    for place, column in enumerate(columns):
        if column:
            cell = row[place] if place < len(row) else None  # Excel leaves empty cells at the end of a row out
            values[column.name], problem = _value(column, cell)
            problems += [problem] if problem else []
    problems += _missing(values) + _too_long(row, headers)
    if deciding.rules:
        found = settled(HRRecord("", number, values, tuple(problems)), deciding)
        values, problems = {name: found.text(name) for name in places}, list(found.problems)
    is_numbered = values["employee_number"] and not any(problem.field == "employee_number" for problem in problems)
    key = values["employee_number"] if is_numbered else None
    kept = _Values(places, tuple(values.values()))
    return HRRecord(key=key or f"row-{number}", row=number, values=kept, problems=tuple(problems))


def _value(column: Column, cell: Cell) -> tuple[str | None, Problem | None]:
    try:
        return canonical(column.kind, cell), None
    except Fault as fault:
        text = plain(cell)[:SHOWN_CHARACTERS]
        return text, _blocking(fault.code, column.name, mask(text) if column.is_sensitive else text)


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


def _without_doubles(records: tuple[HRRecord, ...], today: date | None) -> tuple[HRRecord, ...]:
    """Two rows with one employee number: neither is sent (rule 41), and neither keeps the number as its key.

    Of a leaver and the successor, the successor keeps it.
    """
    rows: dict[str, list[int]] = defaultdict(list)
    for record in records:
        if _holds_number(record, today):
            rows[record.key].append(record.row)
    return tuple(_told_apart(record, rows.get(record.key, []), today) for record in records)


def _told_apart(record: HRRecord, rows: list[int], today: date | None) -> HRRecord:
    if not _holds_number(record, today):
        return replace(record, key=f"row-{record.row}") if rows else record
    return _double(record, rows) if len(rows) > 1 else record


def _holds_number(record: HRRecord, today: date | None) -> bool:
    return today is None or holds_number(record, today)


def _double(record: HRRecord, rows: list[int]) -> HRRecord:
    params = {"rows": ", ".join(str(row) for row in rows)}
    problem = _blocking("duplicate_number", "employee_number", record.key, params)
    return replace(record, key=f"row-{record.row}", problems=(*record.problems, problem))


def _blocking(code: str, field: str = "", value: str = "", params: dict[str, str] | None = None) -> Problem:
    return Problem(code=code, field=field, value=value, params=params or {}, effect=Effect.PERSON)
