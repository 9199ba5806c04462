"""The roster reader: what it accepts, what it refuses whole, and what becomes one blocked person (rules 40, 41, 50)."""

import csv
import io
import json
import unicodedata
import zipfile
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from sync.records import COLUMNS, Effect, HRRecord
from sync.sources import archive, tables
from sync.sources.columns import HEADERS, ROSTER_COLUMNS, normal_header
from sync.sources.roster import RosterRefused, read
from sync.sources.template import template_csv, template_xlsx

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "docs/samples/roster.csv"
HEADER = ["Personeelsnummer", "Inkomstenverhouding", "Status", "Meenemen in NL payroll", "Achternaam"]
PERSON = ["1001", "1", "Actief", "Ja", "Jansen"]
SHEET, TEXTS, TYPES = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "[Content_Types].xml"
SST = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
PACKAGE = b"http://schemas.openxmlformats.org/package/2006/relationships"
TEXTS_TYPE = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"


def csv_bytes(*rows: list[str], separator: str = ";", encoding: str = "utf-8", line_end: str = "\r\n") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator=line_end).writerows(rows)
    return text.getvalue().encode(encoding)


def xlsx_bytes(*rows: list[Any]) -> bytes:
    workbook = Workbook()
    sheet: Any = workbook.active
    for row in rows:
        sheet.append(row)
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


def one(column: str, cell: str) -> HRRecord:
    """The record of one CSV row that has this column besides the required ones."""
    return read("a.csv", csv_bytes([*HEADER, column], [*PERSON, cell])).records[0]


def one_cell(column: str, cell: object) -> HRRecord:
    return read("a.xlsx", xlsx_bytes([*HEADER, column], [1001, 1, "Actief", "Ja", "Jansen", cell])).records[0]


def refusal(data: bytes, name: str = "a.csv") -> RosterRefused:
    with pytest.raises(RosterRefused) as caught:
        read(name, data)
    return caught.value


def codes(record: HRRecord) -> list[tuple[str, str]]:
    return [(problem.code, problem.field) for problem in record.problems]


class TestFormats:
    @pytest.mark.parametrize("separator", [";", ",", "\t"])
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
    @pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r"])
    def test_every_usual_text_file_reads_the_same(self, separator: str, encoding: str, line_end: str) -> None:
        rows = [[*HEADER, "Straat"], [*PERSON[:4], "Müller, Bjørn; é", "’t Zand"]]
        record = read("a.csv", csv_bytes(*rows, separator=separator, encoding=encoding, line_end=line_end)).records[0]
        assert (record.values["last_name"], record.values["street"]) == ("Müller, Bjørn; é", "’t Zand")
        assert record.problems == ()

    def test_big_endian_utf_16_is_told_by_its_mark(self) -> None:
        data = b"\xfe\xff" + csv_bytes(HEADER, PERSON, encoding="utf-16-be")
        assert read("a.csv", data).records[0].key == "1001"

    def test_many_commas_in_values_do_not_decide_the_separator(self) -> None:
        data = csv_bytes([*HEADER, "a,b,c,d,e,f"], [*PERSON, "1,2,3,4,5,6,7"])
        assert read("a.csv", data).records[0].values["last_name"] == "Jansen"

    def test_excels_separator_note_is_obeyed_and_keeps_the_row_numbers(self) -> None:
        record = read("a.csv", b"sep=;\r\n" + csv_bytes(HEADER, PERSON)).records[0]
        assert (record.key, record.row) == ("1001", 3)

    def test_blank_lines_are_skipped_and_rows_are_numbered_as_excel_shows_them(self) -> None:
        data = csv_bytes([], HEADER, [""] * 5, PERSON, ["  "], ["1002", *PERSON[1:]], [])
        assert [(record.key, record.row) for record in read("a.csv", data).records] == [("1001", 4), ("1002", 6)]

    def test_a_short_row_has_empty_cells_at_its_end(self) -> None:
        """Excel leaves them out of a CSV."""
        record = read("a.csv", csv_bytes([*HEADER, "Mobiel", "E-mail"], PERSON)).records[0]
        assert (record.values["mobile"], record.values["email"], record.problems) == (None, None, ())

    def test_the_content_decides_what_the_file_is_not_only_its_name(self) -> None:
        assert read("a.csv", xlsx_bytes(HEADER, PERSON)).records == read("a.xlsx", csv_bytes(HEADER, PERSON)).records

    def test_only_the_first_visible_sheet_counts(self) -> None:
        workbook = Workbook()
        other: Any = workbook.active
        other.append(["something else"])
        other.sheet_state = "hidden"
        sheet = workbook.create_sheet("Roster")
        sheet.append(HEADER)
        sheet.append(PERSON)
        workbook.save(content := io.BytesIO())
        assert read("a.xlsx", content.getvalue()).records[0].key == "1001"

    def test_a_formula_gives_the_value_that_excel_stored(self) -> None:
        data = _edit(xlsx_bytes(HEADER, ["=1000+1", *PERSON[1:]]), b"<v></v>", b"<v>1001</v>", b"<v />", b"<v>1001</v>")
        assert read("a.xlsx", data).records[0].values["employee_number"] == "1001"

    @pytest.mark.parametrize("claimed", [b'ref="A1:A1"', b'ref="A1:XFD1048576"'])
    def test_what_a_workbook_claims_about_its_size_is_not_believed(self, claimed: bytes) -> None:
        data = _edit(xlsx_bytes(HEADER, PERSON), b'ref="A1:E2"', claimed)
        assert read("a.xlsx", data).records == read("a.csv", csv_bytes(HEADER, PERSON)).records

    def test_ten_thousand_rows_are_all_there(self) -> None:
        rows: list[list[str]] = [[str(number), *PERSON[1:]] for number in range(1, 10_001)]
        for data in (csv_bytes(HEADER, *rows), xlsx_bytes(HEADER, *rows)):
            records = read("a.csv", data).records
            assert [record.key for record in records] == [row[0] for row in rows]


class TestColumns:
    @pytest.mark.parametrize("column", ROSTER_COLUMNS, ids=lambda column: column.name)
    def test_every_header_is_known_in_any_style(self, column: Any) -> None:
        required = {name: PERSON[place] for place, name in enumerate(_canonical(HEADER))}
        required.pop(column.name, None)
        for header in (column.name, column.english, column.dutch, *column.synonyms):
            for spelling in (header.upper(), f"  {header.lower()}: ", header.replace(" ", "_")):
                rows = [[*required, spelling], [*required.values(), ""]]
                assert column.name in read("a.csv", csv_bytes(*rows)).columns, spelling

    def test_an_absent_column_has_no_key_and_an_empty_cell_is_none(self) -> None:
        record = one("Mobiel", " ")
        assert record.values["mobile"] is None
        assert "phone" not in record.values

    def test_unknown_columns_are_listed_and_ignored(self) -> None:
        file = read("a.csv", csv_bytes([*HEADER, "Kledingmaat", "Kleur"], [*PERSON, "XL", "rood"]))
        assert file.ignored_columns == ("Kledingmaat", "Kleur")
        assert file.columns == ("employee_number", "income_number", "status", "consider_in_nl_payroll", "last_name")
        assert set(file.records[0].values) == set(file.columns)

    def test_one_column_under_two_headers_is_refused(self) -> None:
        refused = refusal(csv_bytes([*HEADER, "Telefoon", "Phone"], [*PERSON, "1", "2"]))
        assert (refused.code, refused.params) == ("duplicate_column", {"column": "phone", "headers": "Telefoon, Phone"})

    def test_missing_columns_are_all_named_in_both_languages(self) -> None:
        refused = refusal(csv_bytes(["Personeelsnummer", "Status", "Achternaam"], ["1", "Actief", "Bos"]))
        assert refused.code == "missing_columns"
        assert "Inkomstenverhouding" in refused.params["columns"]
        assert "Consider in NL payroll" in refused.params["columns"]
        assert "Achternaam" not in refused.params["columns"]

    def test_the_table_has_exactly_the_columns_of_a_record(self) -> None:
        assert sorted(column.name for column in ROSTER_COLUMNS) == sorted(COLUMNS)

    def test_the_documentation_names_every_header(self) -> None:
        text = (ROOT / "docs/roster.md").read_text(encoding="utf-8")
        for column in ROSTER_COLUMNS:
            for header in (f"`{column.name}`", column.english, column.dutch, *column.synonyms):
                assert header in text, header


class TestRefusedWhole:
    """Nothing is half imported: the file as a whole is refused, and the code says why."""

    @pytest.mark.parametrize(
        ("data", "code"),
        [
            (b"", "empty"),
            (b" \r\n\r\n", "empty"),
            (b"\xef\xbb\xbf", "empty"),
            (b";;;;\r\n", "empty"),
            (csv_bytes(HEADER), "no_rows"),
            (csv_bytes(HEADER, PERSON) + b"\x00", "nul_bytes"),
            (csv_bytes(HEADER, PERSON, encoding="utf-16-le"), "nul_bytes"),
            (csv_bytes(HEADER, PERSON) + b"\x81", "encoding"),
            (b"\xef\xbb\xbf" + csv_bytes(HEADER, [*PERSON[:4], "Müller"], encoding="cp1252"), "encoding"),
            (b"\xff\xfea", "encoding"),
            (csv_bytes(HEADER, PERSON) + b'1002;1;Actief;Ja;"Bos\r\n1003;1;Actief;Ja;Vos\r\n', "broken_csv"),
            (csv_bytes(HEADER, [*PERSON[:4], "x" * 200_000]), "broken_csv"),
            (csv_bytes(HEADER, PERSON + ["x"] * 600), "too_many_columns"),
            (b"%PDF-1.7 something", "missing_columns"),
        ],
    )
    def test_a_text_file_that_cannot_be_read(self, data: bytes, code: str) -> None:
        assert refusal(data).code == code

    def test_a_quote_that_is_never_closed_says_where(self) -> None:
        assert refusal(csv_bytes(HEADER, PERSON) + b'1;1;Actief;Ja;"Bos').params == {"line": "3"}

    @pytest.mark.parametrize(
        ("data", "name", "code"),
        [
            (b"%PDF-1.7", "a.pdf", "unknown_type"),
            (b"\xd0\xcf\x11\xe0rest", "a.xls", "old_excel"),
            (b"PK\x03\x04rubbish", "a.xlsx", "not_xlsx"),
        ],
    )
    def test_another_kind_of_file(self, data: bytes, name: str, code: str) -> None:
        assert refusal(data, name).code == code

    def test_a_zip_that_is_no_workbook(self) -> None:
        with zipfile.ZipFile(content := io.BytesIO(), "w") as archive:
            archive.writestr("readme.txt", "hello")
        assert refusal(content.getvalue(), "a.xlsx").code == "not_xlsx"

    def test_more_than_twenty_mebibytes(self) -> None:
        refused = refusal(csv_bytes(HEADER, PERSON) + b"\r\n" * (10 * 1024 * 1024))
        assert (refused.code, refused.params) == ("too_large", {"limit": "20"})

    def test_xml_entities_in_a_workbook_are_refused(self) -> None:
        declaration = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><worksheet'
        assert refusal(_edit(xlsx_bytes(HEADER, PERSON), b"<worksheet", declaration), "a.xlsx").code == "not_xlsx"

    @pytest.mark.parametrize("data", [b"hello", b"Naam;BSN\r\nJansen;1\r\n", b"\x89PNG\r\n\x1a\n\x00\x81", b'a;"b'])
    @pytest.mark.parametrize("name", ["a.xlsx", "A.XLSM"])
    def test_another_file_under_the_name_of_an_xlsx_is_told_so(self, data: bytes, name: str) -> None:
        assert refusal(data, name).code == "no_xlsx"
        assert refusal(data, "a.csv").code != "no_xlsx"

    @pytest.mark.parametrize("title", [["Medewerkers Tulp Horeca"], ["Status", "van 1 september"], ["", "x" * 200]])
    def test_a_title_above_the_header_is_named_with_the_row_of_the_header(self, title: list[str]) -> None:
        first = next(text for text in title if text)[:40]
        for rows in (
            [title, HEADER, PERSON],
            [title, [], ["", "oktober"], HEADER, PERSON],
            [title, HEADER[:4], PERSON],
        ):
            row = next(number for number, row in enumerate(rows, start=1) if row[:1] == HEADER[:1])
            for refused in (refusal(csv_bytes(*rows)), refusal(xlsx_bytes(*rows), "a.xlsx")):
                assert (refused.code, refused.params) == ("header_not_first", {"row": str(row), "found": first})

    def test_two_known_words_below_are_no_header(self) -> None:
        rows = [["Medewerkers"], ["Status", "Achternaam"], ["Actief", "Bos"]]
        assert refusal(csv_bytes(*rows)).code == "missing_columns"

    def test_fifty_thousand_people_is_the_limit(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert tables.MAX_ROWS == 50_000
        monkeypatch.setattr(tables, "MAX_ROWS", 3)
        rows = [[str(number), *PERSON[1:]] for number in range(1, 5)]
        assert len(read("a.csv", csv_bytes(HEADER, *rows[:3], [], [])).records) == 3
        assert refusal(csv_bytes(HEADER, *rows)).code == "too_many_rows"

    def test_a_sheet_that_jumps_past_excels_last_row(self) -> None:
        jump = _edit(xlsx_bytes(HEADER, PERSON), b'r="2"', b'r="999999999999"', b'r="A2"', b'r="A999999999999"')
        assert refusal(jump, "a.xlsx").code in {"too_many_rows", "not_xlsx"}

    def test_no_cell_of_a_person_is_in_a_refusal(self) -> None:
        refused = refusal(csv_bytes(["Naam", "BSN"], ["Jansen", "999900018"]))
        assert "Jansen" not in f"{refused} {refused.params}"
        assert "999900018" not in f"{refused} {refused.params}"

    @given(st.binary(max_size=400), st.sampled_from(["a.csv", "a.xlsx"]))
    def test_any_bytes_are_read_or_refused_and_nothing_else(self, data: bytes, name: str) -> None:
        for content in (data, csv_bytes(HEADER) + data, b"PK\x03\x04" + data):
            try:
                read(name, content)
            except RosterRefused:
                continue


class TestOverfull:
    """What would cost openpyxl gigabytes or minutes is refused before it is asked."""

    @pytest.fixture(autouse=True)
    def _openpyxl_is_not_asked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tables, "load_workbook", lambda *_args, **_kwargs: pytest.fail("openpyxl was asked"))

    @pytest.mark.parametrize(
        ("content", "ratio"),
        [(b" " * (archive.SHEET.size + 1), 2_000), (b" " * (2 * archive.MIB), archive.MAX_RATIO)],
        ids=["size", "ratio"],
    )
    def test_what_the_directory_tells_is_refused_unread(
        self, monkeypatch: pytest.MonkeyPatch, content: bytes, ratio: int
    ) -> None:
        data = _with_parts({SHEET: content})
        monkeypatch.setattr(archive, "MAX_RATIO", ratio)
        monkeypatch.setattr(archive, "_refuse_part", lambda *_arguments: pytest.fail("it was unpacked"))
        assert refusal(data, "a.xlsx").code == "overfull"

    def test_millions_of_elements_in_one_text(self) -> None:
        """As a reviewer measured it: 218 KiB, 61 seconds and 3.4 GiB in openpyxl."""
        data = _with_parts({TEXTS: SST + b"<si>" + b"<r><t>a</t></r>" * 7_500_000 + b"</si></sst>"})
        assert len(data) < 256 * 1024
        assert refusal(data, "a.xlsx").code == "overfull"

    @pytest.mark.parametrize(
        ("part", "content"),
        [
            ("xl/sharedStrings.xml", b"<sst><si>" + b"<r/>" * 4_097),
            ("xl/sharedStrings.xml", b"<x:sst><x:si>" + b"<x:r/>" * 4_097),
            ("xl/worksheets/sheet1.xml", b"<worksheet><row>" + b"<c/>" * 100_001),
            ("xl/worksheets/sheet2.xml", b"<worksheet><row>" + b"<c/>" * 100_001),
            ("xl/worksheets/sheet1.xml", b"<worksheet>" + b"<row/>" * 262_145),
            ("xl/styles.xml", b"<styleSheet>" + b"<xf/>" * 200_000),
            ("xl/styles.xml", b"<styleSheet " + b" ".join(b'a%d=""' % number for number in range(200_000)) + b"/>"),
            ("docProps/core.xml", b"<a><!--" + b"x" * 3_000_000),
        ],
    )
    def test_too_much_for_memory_in_one_part(self, monkeypatch: pytest.MonkeyPatch, part: str, content: bytes) -> None:
        monkeypatch.setattr(archive, "MAX_RATIO", 2_000)  # the directory tells nothing
        assert refusal(_with_parts({part: content}), "a.xlsx").code == "overfull"

    def test_too_many_texts_in_all(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(archive, "TEXTS", replace(archive.TEXTS, elements=1_000))
        content = SST + b"<si><t>a</t></si>" * 500 + b"</sst>"
        assert refusal(_with_parts({TEXTS: content}), "a.xlsx").code == "overfull"

    def test_too_many_cells_in_all(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(archive, "SHEET", replace(archive.SHEET, elements=1_000))
        rows = [[str(number), *PERSON[1:]] for number in range(1, 101)]
        assert refusal(xlsx_bytes(HEADER, *rows), "a.xlsx").code == "overfull"

    def test_all_parts_together(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(archive, "MAX_UNPACKED", 10_000)
        assert refusal(_with_parts({"xl/media/image1.png": b"x" * 9_000}), "a.xlsx").code == "overfull"

    def test_a_directory_of_a_million_parts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(archive, "MAX_PARTS", 20)
        assert refusal(_with_parts({f"xl/media/{number}": b"" for number in range(20)}), "a.xlsx").code == "overfull"

    def test_a_directory_that_lies_about_a_size(self) -> None:
        content = SST + b"<si>" + b"<r><t>a</t></r>" * 100_000 + b"</si></sst>"
        data = _with_parts({TEXTS: content})
        assert data.count(len(content).to_bytes(4, "little")) == 2
        lie = data.replace(len(content).to_bytes(4, "little"), (200).to_bytes(4, "little"))
        assert refusal(lie, "a.xlsx").code == "not_xlsx"

    @pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
    def test_a_packing_that_zipfile_unpacks_without_a_bound(self, packing: int) -> None:
        assert refusal(_with_parts({TEXTS: SST + b"</sst>"}, packing), "a.xlsx").code == "not_xlsx"

    @pytest.mark.parametrize(
        ("part", "old", "new"),
        [
            ("[Content_Types].xml", b".worksheet+xml", b".sharedStrings+xml"),
            ("[Content_Types].xml", b"/xl/workbook.xml", b"/xl/worksheets/sheet1.xml"),
            ("xl/_rels/workbook.xml.rels", b"relationships/worksheet", b"relationships/chartsheet"),
        ],
    )
    def test_a_sheet_that_serves_as_what_is_read_whole(self, part: str, old: bytes, new: bytes) -> None:
        """The limits of a sheet are wide, since openpyxl reads it row by row; other parts it holds in memory."""
        whole = xlsx_bytes(HEADER, PERSON)
        content = zipfile.ZipFile(io.BytesIO(whole)).read(part)
        assert old in content
        assert refusal(_with_parts({part: content.replace(old, new)}), "a.xlsx").code == "not_xlsx"


class TestNotOverfull:
    """What people really upload passes."""

    def test_shared_texts_pictures_and_links_are_read_or_left_alone(self) -> None:
        links = b'<Relationships><Relationship Id="a" Target="http://a.example/worksheets/" TargetMode="External"'
        links += (
            b' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"/></Relationships>'
        )
        links = links.replace(b"<Relationships>", b'<Relationships xmlns="%s">' % PACKAGE)
        parts = {
            TEXTS: SST + b"<si><r><t>Van </t></r><r><t>Dam</t></r></si></sst>",
            "xl/media/image1.png": b"\x89PNG" + bytes(range(256)) * 100,
            "xl/worksheets/_rels/sheet1.xml.rels": links,
        }
        data = _edit(_with_parts(parts), b't="inlineStr"><is><t>Jansen</t></is>', b't="s"><v>0</v>')
        assert read("a.xlsx", data).records[0].values["last_name"] == "Van Dam"

    def test_fifty_thousand_people_with_all_columns_fit_with_room(self) -> None:
        """In openpyxl's way of writing, the most wasteful one; Excel's takes half."""
        people, header = 500, [column.dutch for column in ROSTER_COLUMNS]
        rows = [[str(10_000 + number), *(f"voorbeeld {number}" for _ in header[1:])] for number in range(people)]
        part = zipfile.ZipFile(io.BytesIO(data := xlsx_bytes(header, *rows))).getinfo(SHEET)
        content = zipfile.ZipFile(io.BytesIO(data)).read(SHEET)
        times = tables.MAX_ROWS / people
        assert content.count(b"<") / 2 * times < archive.SHEET.elements * 0.7
        assert part.file_size * times < archive.SHEET.size * 0.9
        assert part.file_size / part.compress_size < archive.MAX_RATIO / 3
        assert len(read("a.xlsx", data).records) == people


class TestValues:
    @pytest.mark.parametrize(
        ("cell", "expected"),
        [
            ("1988-02-29", "1988-02-29"),
            ("29-02-1988", "1988-02-29"),
            ("1-9-1988", "1988-09-01"),
            ("1988-09-01 00:00:00", "1988-09-01"),
            ("", None),
        ],
    )
    def test_a_date(self, cell: str, expected: str | None) -> None:
        record = one("Geboortedatum", cell)
        assert (record.values["birth_date"], record.problems) == (expected, ())

    @pytest.mark.parametrize(
        "cell", ["31-02-1988", "29-02-1987", "01-02-88", "02/08/1988", "1988-13-01", "28-2", "0988-01-01", "gisteren"]
    )
    def test_a_date_that_is_none_or_could_be_two_is_not_guessed(self, cell: str) -> None:
        record = one("Geboortedatum", cell)
        assert codes(record) == [("bad_date", "birth_date")]
        assert record.problems[0].value == cell

    @pytest.mark.parametrize("cell", [date(1988, 9, 1), datetime(1988, 9, 1, 12, 30)])  # noqa: DTZ001 -- as Excel has it
    def test_an_excel_date_cell(self, cell: date) -> None:
        assert one_cell("Geboortedatum", cell).values["birth_date"] == "1988-09-01"

    def test_an_excel_number_is_no_date(self) -> None:
        assert codes(one_cell("Geboortedatum", 32387)) == [("bad_date", "birth_date")]

    @pytest.mark.parametrize("cell", ["000123456", "0001.23.456", " 000123456 ", "123456"])
    def test_the_zeros_in_front_of_a_bsn_are_kept_or_restored(self, cell: str) -> None:
        assert one("BSN", cell).values["bsn"] == "000123456"

    @pytest.mark.parametrize("cell", [123456, 123456.0, "000123456"])
    def test_the_zeros_that_excel_dropped_from_a_bsn_come_back(self, cell: object) -> None:
        assert one_cell("BSN", cell).values["bsn"] == "000123456"

    def test_no_other_value_gets_zeros(self) -> None:
        assert one("Telefoon", "030-0001234").values["phone"] == "030-0001234"
        assert one_cell("Telefoon", "0300001234").values["phone"] == "0300001234"
        assert one_cell("Telefoon", 300001234).values["phone"] == "300001234"
        assert one_cell("Postcode", 2018.0).values["postal_code"] == "2018"

    @pytest.mark.parametrize("cell", ["999900019", "000000000", "1234567890", "99990001", "A99900018"])
    def test_a_bsn_that_fails_the_eleven_test_is_shown_masked(self, cell: str) -> None:
        problem = one("BSN", cell).problems[0]
        assert (problem.code, problem.field, problem.effect) == ("bad_bsn", "bsn", Effect.PERSON)
        assert cell not in repr(problem)
        assert problem.value.endswith(cell[-3:])

    def test_an_iban_is_compacted_and_checked(self) -> None:
        assert one("IBAN", "nl09 test 0000 0001 11").values["iban"] == "NL09TEST0000000111"
        problem = one("IBAN", "NL10TEST0000000111").problems[0]
        assert (problem.code, problem.field) == ("bad_iban", "iban")
        assert "TEST" not in repr(problem)

    @pytest.mark.parametrize(
        ("cell", "expected"), [("32", "32"), ("32,50", "32.5"), ("32.5", "32.5"), ("0,25", "0.25")]
    )
    def test_hours(self, cell: str, expected: str) -> None:
        assert one("Uren per week", cell).values["hours_per_week"] == expected

    @pytest.mark.parametrize(("cell", "expected"), [(32, "32"), (32.5, "32.5"), (40.0, "40"), (0.1, "0.1")])
    def test_hours_in_a_number_cell(self, cell: float, expected: str) -> None:
        assert one_cell("Uren per week", cell).values["hours_per_week"] == expected

    @pytest.mark.parametrize("cell", ["1.234,5", "-8", "veel", "32 uur", "1e3", "³", "nan", "Infinity"])
    def test_hours_that_are_no_number(self, cell: str) -> None:
        assert codes(one("Uren per week", cell)) == [("bad_number", "hours_per_week")]

    @pytest.mark.parametrize("column", [c for c in ROSTER_COLUMNS if c.kind != "text"], ids=lambda column: column.name)
    def test_five_thousand_digits_are_a_fault_of_one_person(self, column: Any) -> None:
        """Python raises ValueError when it is to make a number of them."""
        cells = {**dict(zip(HEADER, PERSON, strict=True)), column.dutch: "9" * 5000}
        other = {**dict(zip(HEADER, PERSON, strict=True)), column.dutch: "", "Personeelsnummer": "1002"}
        rows = ([*cells], [*cells.values()], [*other.values()])
        for data in (csv_bytes(*rows), xlsx_bytes(*rows)):
            first, second = read("a.csv", data).records
            assert [problem.field for problem in first.problems] == [column.name]
            assert len(first.problems[0].value) <= 80
            assert len(first.text(column.name) or "") <= 80
            assert second.key == "1002"

    def test_a_house_number_with_its_addition_is_not_taken_apart(self) -> None:
        assert codes(one("Huisnummer", "12A")) == [("bad_number", "house_number")]

    @pytest.mark.parametrize(
        ("cell", "expected"),
        [
            *(("Actief", "active"), ("ACTIVE", "active"), ("Verlof", "leave"), ("on leave", "leave")),
            *(("Onboarding", "onboarding"), ("Inactief", "inactive"), ("uit dienst", "inactive")),
        ],
    )
    def test_a_status_in_both_languages(self, cell: str, expected: str) -> None:
        record = read("a.csv", csv_bytes(HEADER, ["1001", "1", cell, "Ja", "Bos"])).records[0]
        assert (record.values["status"], record.problems) == (expected, ())

    @pytest.mark.parametrize(
        ("cell", "expected"), [("ja", "yes"), ("Yes", "yes"), ("NEE", "no"), ("n", "no"), ("", None)]
    )
    def test_yes_and_no_in_both_languages(self, cell: str, expected: str | None) -> None:
        record = read("a.csv", csv_bytes(HEADER, ["1001", "1", "Actief", cell, "Bos"])).records[0]
        assert (record.values["consider_in_nl_payroll"], record.problems) == (expected, ())

    def test_excels_own_true_is_yes(self) -> None:
        record = read("a.xlsx", xlsx_bytes(HEADER, [1001, 1, "Actief", True, "Bos"])).records[0]
        assert record.values["consider_in_nl_payroll"] == "yes"

    def test_formulas_in_a_text_are_left_as_they_are(self) -> None:
        assert one("Straat", '=cmd("x")').values["street"] == '=cmd("x")'

    def test_blanks_and_accents_are_made_alike(self) -> None:
        assert one("Straat", "  Cafe\u0301\u00a0 plein\n").values["street"] == "Café plein"

    @given(st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=40).filter(lambda t: t[0] != "#"))
    def test_any_text_comes_through_composed(self, text: str) -> None:
        record = one("Straat", text)
        assert record.values["street"] == _nfc(text)
        assert record.problems == ()


class TestFaultyRows:
    """A faulty row is a blocked person with column and value; the others go on (rule 50)."""

    def test_one_fault_does_not_touch_the_next_row(self) -> None:
        first, second = read("a.csv", csv_bytes(HEADER, ["10A1", *PERSON[1:]], PERSON)).records
        assert (first.key, codes(first)) == ("row-2", [("bad_number", "employee_number")])
        assert (second.key, second.problems) == ("1001", ())

    def test_all_faults_of_a_row_are_told_at_once(self) -> None:
        data = csv_bytes([*HEADER, "BSN", "Startdatum"], ["1001", "een", "weg", "soms", "", "1", "morgen"])
        assert codes(read("a.csv", data).records[0]) == [
            ("bad_number", "income_number"),
            ("unknown_status", "status"),
            ("unknown_yes_no", "consider_in_nl_payroll"),
            ("bad_bsn", "bsn"),
            ("bad_date", "start_date"),
            ("missing_value", "last_name"),
        ]

    def test_a_row_without_a_number_keeps_its_place_as_key_and_is_no_fault(self) -> None:
        """Rule 40: it is not sent, and the policy says so."""
        record = read("a.csv", csv_bytes(HEADER, ["", *PERSON[1:]])).records[0]
        assert (record.key, record.values["employee_number"], record.problems) == ("row-2", None, ())

    def test_an_empty_status_is_a_fault(self) -> None:
        assert codes(read("a.csv", csv_bytes(HEADER, ["1", "1", "", "Ja", "Bos"])).records[0]) == [
            ("missing_value", "status")
        ]

    def test_two_rows_with_one_number_are_both_blocked_and_neither_has_the_key(self) -> None:
        """Rule 41: send neither. "01001" is the same number."""
        data = csv_bytes(HEADER, PERSON, ["1002", *PERSON[1:]], ["01001", *PERSON[1:4], "Bos"])
        first, other, last = read("a.csv", data).records
        assert codes(first) == codes(last) == [("duplicate_number", "employee_number")]
        assert first.problems[0].params == {"rows": "2, 4"}
        assert (first.key, last.key) == ("row-2", "row-4")
        assert (other.key, other.problems) == ("1002", ())

    def test_a_leaver_leaves_the_number_to_the_successor(self) -> None:
        data = csv_bytes(HEADER, ["1001", "1", "Inactief", "Ja", "Bos"], PERSON)
        leaver, successor = read("a.csv", data, date(2026, 11, 23)).records
        assert (leaver.key, leaver.problems) == ("row-2", ())
        assert (successor.key, successor.problems) == ("1001", ())

    def test_a_row_that_is_longer_than_the_header(self) -> None:
        record = read("a.csv", csv_bytes(HEADER, [*PERSON, "", "verschoven"])).records[0]
        assert codes(record) == [("row_too_long", "")]

    def test_empty_cells_behind_the_header_are_no_fault(self) -> None:
        assert read("a.csv", csv_bytes([*HEADER, ""], [*PERSON, "", ""])).records[0].problems == ()

    @pytest.mark.parametrize("cell", ["#N/A", "#N/B", "#VERW!", "########"])
    def test_an_error_of_excel_is_not_a_value(self, cell: str) -> None:
        assert codes(one("Straat", cell)) == [("excel_error", "street")]

    @pytest.mark.parametrize("cell", ["M\ufffdller", "a\x07b"])
    def test_damaged_text_is_not_sent(self, cell: str) -> None:
        assert codes(one("Straat", cell)) == [("bad_text", "street")]

    def test_a_last_name_of_26_characters_is_read_here_and_judged_by_the_mapping(self) -> None:
        assert one("Straat", "x" * 26).problems == ()

    def test_every_problem_blocks_the_person(self) -> None:
        for record in read("roster.csv", SAMPLE.read_bytes()).records:
            assert all(problem.effect is Effect.PERSON for problem in record.problems)


class TestSample:
    """docs/samples/roster.csv and the simulator's 40, as docs/samples/README.md describes them."""

    def test_sixty_rows_of_which_five_have_faults_of_the_reader(self) -> None:
        records = read("roster.csv", SAMPLE.read_bytes()).records
        assert len(records) == 60
        faults = {record.text("employee_number"): codes(record) for record in records if record.problems}
        assert faults == {
            "1131": [("bad_bsn", "bsn")],
            "1132": [("bad_iban", "iban")],
            "1133": [("bad_date", "birth_date")],
            "1134": [("duplicate_number", "employee_number")],
        }
        assert len(_by_number("1136").text("last_name") or "") > 25

    def test_who_is_out_of_scope(self) -> None:
        records = read("roster.csv", SAMPLE.read_bytes()).records
        left_out = {
            record.key: (record.values["status"], record.values["consider_in_nl_payroll"])
            for record in records
            if (record.values["status"], record.values["consider_in_nl_payroll"]) != ("active", "yes")
        }
        assert left_out == {
            "1016": ("inactive", "yes"),
            "1021": ("leave", "yes"),
            "1029": ("active", "no"),
            "1138": ("active", "no"),
            "row-26": ("onboarding", "yes"),
        }

    def test_thirty_are_among_the_forty_and_half_of_the_forty_are_out_of_date(self) -> None:
        seed = {str(person["employeeNumber"]): person for person in _seed()}
        known = {record.key: record for record in read("a.csv", SAMPLE.read_bytes()).records if record.key in seed}
        assert (len(seed), len(known)) == (40, 30)
        assert sum(_differs(record, seed[key]) for key, record in known.items()) == 20

    def test_everybody_is_invented(self) -> None:
        for person in _seed():
            assert person["bsn"].startswith(("9999", "0001"))
            assert person["iban"][4:8] == "TEST"
            assert (person["emailAddress"] or ".example").endswith(".example")


class TestTemplate:
    @pytest.mark.parametrize("language", ["en", "nl", "nl-be"])
    def test_it_reads_back_without_a_fault_and_never_reaches_loket(self, language: str) -> None:
        for name, data in (("t.csv", template_csv(language)), ("t.xlsx", template_xlsx(language))):
            file = read(name, data)
            assert file.columns == tuple(column.name for column in ROSTER_COLUMNS)
            assert [record.problems for record in file.records] == [()]
            assert file.records[0].values["consider_in_nl_payroll"] == "no"

    def test_the_header_is_in_the_language_of_the_screen(self) -> None:
        assert "Geboortedatum" in template_csv("nl").decode("utf-8-sig")
        assert "Birth date" in template_csv("en").decode("utf-8-sig")


def _canonical(headers: list[str]) -> list[str]:
    return [HEADERS[normal_header(header)].name for header in headers]


def _nfc(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _edit(data: bytes, *pairs: bytes) -> bytes:
    """The workbook with bytes of its first sheet replaced."""
    source, target = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for part in source.namelist():
            content = source.read(part)
            if part.endswith("sheet1.xml"):
                for old, new in zip(pairs[::2], pairs[1::2], strict=True):
                    content = content.replace(old, new)
            archive.writestr(part, content)
    return target.getvalue()


def _with_parts(parts: dict[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A good workbook of one person, with these parts in the place of its own, or added."""
    source = zipfile.ZipFile(io.BytesIO(xlsx_bytes(HEADER, PERSON)))
    all_parts = {name: source.read(name) for name in source.namelist()}
    if TEXTS in parts:
        override = b'<Override PartName="/%s" ContentType="%s"/></Types>' % (TEXTS.encode(), TEXTS_TYPE)
        all_parts[TYPES] = all_parts[TYPES].replace(b"</Types>", override)
    with zipfile.ZipFile(target := io.BytesIO(), "w", packing) as workbook:
        for name, content in {**all_parts, **parts}.items():
            workbook.writestr(name, content)
    return target.getvalue()


def _by_number(number: str) -> HRRecord:
    records = read("roster.csv", SAMPLE.read_bytes()).records
    return next(record for record in records if record.values["employee_number"] == number)


def _seed() -> list[dict[str, Any]]:
    people: list[dict[str, Any]] = json.loads((ROOT / "loket_portal/simulator/seed_people.json").read_text("utf-8"))
    return people


def _differs(record: HRRecord, person: dict[str, Any]) -> bool:
    """True when any value of the roster that is not empty differs from Loket's, written alike."""
    keys = {column: _camel(column) for column in record.values}
    keys |= {
        "birth_date": "dateOfBirth",
        "phone": "phoneNumber",
        "mobile": "mobilePhoneNumber",
        "email": "emailAddress",
    }
    del keys["status"], keys["consider_in_nl_payroll"]
    pairs = ((record.text(column), person[key], column) for column, key in keys.items())
    return any(mine and _alike(mine, column) != _alike(str(theirs), column) for mine, theirs, column in pairs)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def _alike(text: str, column: str) -> str:
    if column in {"phone", "mobile"}:
        digits = "".join(char for char in text if char in "+0123456789")
        return "0" + digits.removeprefix("+31") if digits.startswith("+31") else digits
    if column == "gender":
        return text[0]
    return text.replace(" ", "") if column == "postal_code" else text
