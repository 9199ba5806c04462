"""The template that people download: the header and one invented person, as CSV or XLSX.

The invented person is not considered in NL payroll, so a row left in by mistake never reaches Loket (rule 39).
"""

import csv
import io
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from sync.sources.columns import ROSTER_COLUMNS

ENGLISH_EXAMPLES = {"status": "Active", "consider_in_nl_payroll": "No", "gender": "Female"}
TEXT_FORMAT = "@"
"""Excel's format "Text": keeps the zeros in front of a BSN and leaves dates as they are typed."""


def template_csv(language: str = "nl") -> bytes:
    """UTF-8 with byte order mark, semicolons and CRLF: what a Dutch Excel opens with a double click."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerows([_header(language), _example(language)])
    return text.getvalue().encode("utf-8-sig")


def template_xlsx(language: str = "nl") -> bytes:
    """One sheet, all columns in text format, the header in bold and standing still."""
    workbook = Workbook()
    sheet: Any = workbook.active
    sheet.title = "Roster"
    sheet.append(_header(language))
    sheet.append(_example(language))
    sheet.freeze_panes = "A2"
    for place, header in enumerate(_header(language), start=1):
        sheet.cell(1, place).font = Font(bold=True)
        sheet.cell(2, place).number_format = TEXT_FORMAT
        dimension = sheet.column_dimensions[get_column_letter(place)]
        dimension.number_format = TEXT_FORMAT
        dimension.width = max(14, len(header) + 2)
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


def _header(language: str) -> list[str]:
    return [column.header(language) for column in ROSTER_COLUMNS]


def _example(language: str) -> list[str]:
    words = {} if language.lower().startswith("nl") else ENGLISH_EXAMPLES
    return [words.get(column.name, column.example) for column in ROSTER_COLUMNS]
