"""Whether an XLSX may be unpacked and parsed. openpyxl has no limits of its own: 200 KiB can cost it gigabytes.

Two looks, both before openpyxl gets a byte. The directory of the ZIP: sizes and ratios that no roster has. Then each
part once through expat, which builds nothing: how many elements it has, and how many in one row or one text, since that
is what openpyxl holds in memory at a time. A part's real size is counted on the way; what its directory says may be a lie.

Measured with 50,000 people and 27 columns: 70 MiB and 4.1 million elements in a sheet with inline texts (openpyxl's way
of writing), 8 to 22 times as large as packed; Excel's way is smaller.
"""

import io
import zipfile
from dataclasses import dataclass
from xml.parsers.expat import ExpatError, ParserCreate

from sync.sources.cells import RosterRefused

MIB = 1024 * 1024
MAX_PARTS = 10_000
MAX_UNPACKED = 160 * MIB
MAX_RATIO, RATIO_FROM = 100, MIB
MAX_TAG = MIB
"""One tag, comment or the like: expat holds it whole, and a tag's attributes too."""
CHUNK = 64 * 1024
PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""All that the standard of XLSX allows; of others, zipfile unpacks without a bound."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one part: bytes unpacked, elements, elements called `unit`, and other elements between two of those."""

    size: int
    elements: int
    unit: str = ""
    units: int = 0
    between: int = 0


SHEET = Limits(128 * MIB, 8_000_000, "row", 262_144, 100_000)
TEXTS = Limits(48 * MIB, 2_000_000, "si", 2_000_000, 4_096)
OTHER = Limits(24 * MIB, 200_000)

LARGE = {"worksheets/": "worksheet", "sharedstrings.xml": "sharedstrings"}
"""What stands in the names of parts with wider limits, and in the content types and relations that they may have."""


class _Exceeded(Exception):
    """A limit is passed; ends the parsing."""


def refuse_unsafe(data: bytes) -> None:
    """Returns when openpyxl may read this file. Raises RosterRefused (overfull, not_xlsx) and BadZipFile."""
    if data.count(b"PK\x01\x02") > MAX_PARTS:  # entries of the directory, which ZipFile reads whole
        raise RosterRefused("overfull")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        _refuse_directory(parts)
        for part in parts:
            _refuse_part(archive, part)


def _refuse_directory(parts: list[zipfile.ZipInfo]) -> None:
    if any(part.compress_type not in PACKINGS for part in parts):
        raise RosterRefused("not_xlsx")
    if any(_is_overfull(part) for part in parts) or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise RosterRefused("overfull")


def _is_overfull(part: zipfile.ZipInfo) -> bool:
    is_blown_up = part.file_size > RATIO_FROM and part.file_size > MAX_RATIO * part.compress_size
    return is_blown_up or part.file_size > _limits(part.filename).size


def _limits(name: str) -> Limits:
    """By the name, which openpyxl goes by too; `_Part.link` sees to it that a large part serves as nothing else."""
    lower = name.lower()
    if lower.startswith("xl/worksheets/") and lower.endswith(".xml"):
        return SHEET
    return TEXTS if lower == "xl/sharedstrings.xml" else OTHER


def _refuse_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """One part through expat, in pieces; what is no XML (a picture) ends at its first bytes, here and in openpyxl."""
    counted, parser = _Part(_limits(part.filename)), ParserCreate()
    parser.ordered_attributes = True
    parser.StartDoctypeDeclHandler = counted.doctype
    parser.StartElementHandler = counted.link if part.filename.endswith((".rels", "_Types].xml")) else counted.element
    size = 0
    try:
        with archive.open(part) as source:
            while chunk := source.read(CHUNK):
                size += len(chunk)
                parser.Parse(chunk, False)
                if size > counted.limits.size or size - parser.CurrentByteIndex > MAX_TAG:
                    raise _Exceeded
    except _Exceeded as error:
        raise RosterRefused("overfull") from error
    except ExpatError:
        return


class _Part:
    """The handlers of expat for one part, and what they counted."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.elements = self.units = self.between = 0

    def element(self, name: str, _attributes: object) -> None:
        self.elements += 1
        self.between += 1
        if self.limits.unit and name.endswith(self.limits.unit):  # whatever its prefix
            self.units += 1
            self.between = 0
        elif self.between > (self.limits.between or self.limits.elements):
            raise _Exceeded
        if self.elements > self.limits.elements or self.units > (self.limits.units or self.limits.elements):
            raise _Exceeded

    def link(self, name: str, attributes: list[str]) -> None:
        """What a content type or a relation makes of a large part has to be what its limits are for: openpyxl takes the
        workbook and chart sheets whole into memory, whatever part is named as such.
        """
        self.element(name, attributes)
        given = dict(zip(attributes[::2], attributes[1::2], strict=True))
        target = (given.get("PartName") or given.get("Target") or "").lower()
        kind = (given.get("ContentType") or given.get("Type") or "").lower()
        if given.get("TargetMode") != "External":  # a link in a cell
            for place, only_kind in LARGE.items():
                if place in target and only_kind not in kind:
                    raise RosterRefused("not_xlsx")

    def doctype(self, *_arguments: object) -> None:
        """A workbook has none; entities come with it."""
        raise RosterRefused("not_xlsx")
