"""Uploaded bytes to rows of cells: CSV in the encodings and separators of practice, and XLSX. Decides no value.

A file that can't be read whole is refused whole (`RosterRefused`), so that nothing is ever half imported. Codes:
`empty`, `too_large`, `unknown_type`, `old_excel`, `not_xlsx`, `overfull`, `encoding`, `nul_bytes`, `broken_csv`,
`too_many_rows`, `too_many_columns`; `roster.py` adds those about headers.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any

from openpyxl import load_workbook

from sync.sources.archive import refuse_unsafe
from sync.sources.cells import RosterRefused, Row

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 50_000
MAX_SHEET_ROWS = 1_048_576
"""Rows of the sheet, blank ones too: Excel's own limit."""
MAX_COLUMNS = 500
SEPARATORS = (";", ",", "\t")
LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
TOP_ROWS = 20
"""How far down a header is looked for: to tell the separator, and to say where it stands when not in row 1."""

KnownHeaders = Callable[[Sequence[str]], int]
"""How many of these headers are known: what decides between separators."""


def read_table(file_name: str, data: bytes, known: KnownHeaders) -> Iterator[tuple[int, Row]]:
    """The rows that are not blank, each with its number in the file as Excel shows it (the first row is 1).

    Raises RosterRefused. The content decides what the file is, not only its name: a CSV that was called .xlsx, or
    the reverse, is read as what it is.
    """
    _refuse_size(file_name, data)
    if data.startswith(b"PK"):
        rows = _xlsx_rows(data)
    elif data.startswith(b"\xd0\xcf\x11\xe0"):  # Excel 97–2003, and every XLSX with a password
        raise RosterRefused("old_excel")
    else:
        rows = _csv_rows(_decode(data), known)
    return _filled(rows)


def _refuse_size(file_name: str, data: bytes) -> None:
    if not file_name.lower().endswith((".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".xls")):
        raise RosterRefused("unknown_type")
    if len(data) > MAX_BYTES:
        raise RosterRefused("too_large", {"limit": str(MAX_BYTES // 1024**2)})
    if not data.strip():
        raise RosterRefused("empty")


def _filled(rows: Iterator[Row]) -> Iterator[tuple[int, Row]]:
    count = 0
    for number, row in enumerate(rows, start=1):
        if len(row) > MAX_COLUMNS:
            raise RosterRefused("too_many_columns", {"limit": str(MAX_COLUMNS), "row": str(number)})
        is_filled = any(cell is not None and str(cell).strip() for cell in row)
        count += is_filled
        if count > MAX_ROWS + 1 or number > MAX_SHEET_ROWS:  # the header is one more
            raise RosterRefused("too_many_rows", {"limit": str(MAX_ROWS)})
        if is_filled:
            yield number, row


def _decode(data: bytes) -> str:
    """The text, by its byte order mark, else UTF-8, else Windows-1252 (what Dutch Excel writes as "CSV")."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    elif data.startswith(b"\xef\xbb\xbf"):
        encodings = ("utf-8-sig",)
    else:
        encodings = ("utf-8", "cp1252")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            raise RosterRefused("nul_bytes")
        return text
    raise RosterRefused("encoding")


def _csv_rows(text: str, known: KnownHeaders) -> Iterator[Row]:
    if told := re.match(r"sep=([;,\t])\r?\n", text, re.IGNORECASE):  # Excel's own note, the first row of the file
        return chain([()], _parse(_lines(text, told.end()), told[1]))  # the empty row keeps the numbers of the others
    return _parse(_lines(text), max(SEPARATORS, key=lambda separator: _likelihood(_top(text, separator), known)))


def _lines(text: str, start: int = 0) -> Iterator[str]:
    """Its lines with their ends, one at a time: io.StringIO would hold the text once more, at 4 bytes a character."""
    return (line[0] for line in LINE.finditer(text, start))


def _likelihood(rows: Sequence[Sequence[str]], known: KnownHeaders) -> tuple[int, int]:
    """The first row decides; where it has no header at all (a title), the rows below it do."""
    return known(rows[0] if rows else []), max(map(known, rows), default=0)


def _top(text: str, separator: str) -> list[list[str]]:
    """The first rows that are not blank, read with this separator; as many as can be read so."""
    rows: list[list[str]] = []
    try:
        for row in csv.reader(_lines(text), delimiter=separator):
            rows += [row] if any(row) else []
            if len(rows) == TOP_ROWS:
                break
    except csv.Error:
        pass
    return rows


def _parse(lines: Iterator[str], separator: str) -> Iterator[Row]:
    # strict: a quote that is never closed would otherwise swallow all rows after it into one cell
    reader = csv.reader(lines, delimiter=separator, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise RosterRefused("broken_csv", {"line": str(reader.line_num)}) from error


def _xlsx_rows(data: bytes) -> Iterator[Row]:
    """The rows of the first visible sheet. Formulas give the value that Excel stored; nothing is ever calculated."""
    try:
        refuse_unsafe(data)
        workbook: Any = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet = next(sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible")
        sheet.reset_dimensions()  # a file may claim a million rows; believe only those that are there
        yield from sheet.iter_rows(values_only=True)
    except RosterRefused:
        raise
    except Exception as error:  # a strange file makes openpyxl raise nearly anything
        raise RosterRefused("not_xlsx") from error
