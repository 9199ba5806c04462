"""The columns of a roster: their names in files, English and Dutch, what kind of value stands in them, which field of
Loket they fill. Pure data.

`docs/roster.md` is this table in words; a test keeps the two together.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from mapping.catalogue import CONSIDER, END_REASON, LOKET_FIELDS, SCOPE_FIELDS, STATUS, FieldType
from mapping.rules import OWN
from sync.records import COLUMNS, REQUIRED_COLUMNS

_PERSON, _ADDRESS, _CONTACT = "employee.personalDetails.", "employee.address.", "employee.contactInformation."
_TARGETS = {
    "employee_number": "employee.employeeNumber",
    "income_number": "employment.incomeRelationshipNumber",
    "status": STATUS,
    "consider_in_nl_payroll": CONSIDER,
    "first_name": _PERSON + "firstName",
    "initials": _PERSON + "initials",
    "prefix": _PERSON + "prefix",
    "last_name": _PERSON + "lastName",
    "birth_date": _PERSON + "dateOfBirth",
    "gender": _PERSON + "gender",
    "nationality": _PERSON + "nationality",
    "street": _ADDRESS + "street",
    "house_number": _ADDRESS + "houseNumber",
    "house_number_addition": _ADDRESS + "houseNumberAddition",
    "postal_code": _ADDRESS + "postalCode",
    "city": _ADDRESS + "city",
    "country": _ADDRESS + "country",
    "phone": _CONTACT + "phoneNumber",
    "mobile": _CONTACT + "mobilePhoneNumber",
    "email": _CONTACT + "emailAddress",
    "start_date": "employment.startDate",
    "end_date": "employment.endDate",
    "end_reason": END_REASON,
    "function": "organization.function",
    "department": "organization.department",
    "hours_per_week": "workingHours.deviatingHoursPerWeek",
}
"""BSN and IBAN are called the same in both."""


class Kind(StrEnum):
    """How a cell of the column is read; see `values.py`."""

    TEXT = "text"
    WHOLE = "whole"
    DECIMAL = "decimal"
    DATE = "date"
    STATUS = "status"
    YES_NO = "yes_no"
    BSN = "bsn"
    IBAN = "iban"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: canonical name, the header of our template in English and Dutch, other headers, an example."""

    name: str
    english: str
    dutch: str
    kind: Kind = Kind.TEXT
    synonyms: tuple[str, ...] = ()
    example: str = ""

    @property
    def is_required(self) -> bool:
        return self.name in REQUIRED_COLUMNS

    @property
    def target(self) -> str:
        """The Loket field that it fills, or what the policy decides by ("scope.status")."""
        return _TARGETS.get(self.name, self.name)

    @property
    def is_sensitive(self) -> bool:
        """True: never shown unmasked, however it is read."""
        field = LOKET_FIELDS.get(self.target)
        return field is not None and field.sensitive

    def header(self, language: str) -> str:
        """The header in the language of the screen ("nl…" is Dutch, all else English)."""
        return self.dutch if language.lower().startswith("nl") else self.english


ROSTER_COLUMNS = (
    Column(
        "employee_number",
        "Employee number",
        "Personeelsnummer",
        Kind.WHOLE,
        ("Loket employee number", "Medewerkernummer", "Werknemernummer"),
        "9001",
    ),
    Column(
        "income_number",
        "Income number",
        "Inkomstenverhouding",
        Kind.WHOLE,
        ("Income relationship number", "Nummer inkomstenverhouding", "IKV", "IKV-nummer"),
        "1",
    ),
    Column("status", "Status", "Status", Kind.STATUS, ("Employment status",), "Actief"),
    Column(
        "consider_in_nl_payroll",
        "Consider in NL payroll",
        "Meenemen in NL payroll",
        Kind.YES_NO,
        ("Meenemen in Nederlandse salarisadministratie",),
        "Nee",
    ),
    Column("first_name", "First name", "Voornaam", synonyms=("Roepnaam",), example="Sanne"),
    Column("initials", "Initials", "Voorletters", synonyms=("Initialen",), example="S.M."),
    Column("prefix", "Prefix", "Tussenvoegsel", synonyms=("Voorvoegsel", "Tussenvoegsels"), example="van der"),
    Column("last_name", "Last name", "Achternaam", synonyms=("Surname", "Family name"), example="Voorbeeld"),
    Column("birth_date", "Birth date", "Geboortedatum", Kind.DATE, ("Date of birth", "Birthday"), "23-07-1991"),
    Column("gender", "Gender", "Geslacht", example="Vrouw"),
    Column("nationality", "Nationality", "Nationaliteit", example="Nederlandse"),
    Column("bsn", "BSN", "BSN", Kind.BSN, ("Burgerservicenummer", "Citizen service number"), "999900018"),
    Column("iban", "IBAN", "IBAN", Kind.IBAN, ("Bankrekening", "IBAN-nummer", "Bank account"), "NL09TEST0000000111"),
    Column("street", "Street", "Straat", synonyms=("Straatnaam",), example="Voorbeeldstraat"),
    Column("house_number", "House number", "Huisnummer", Kind.WHOLE, ("Huisnr",), "12"),
    Column(
        "house_number_addition",
        "House number addition",
        "Toevoeging",
        synonyms=("Huisnummertoevoeging", "Huisnummer toevoeging"),
        example="bis",
    ),
    Column("postal_code", "Postal code", "Postcode", synonyms=("Zip code", "Zip"), example="1234 AB"),
    Column("city", "City", "Plaats", synonyms=("Woonplaats",), example="Utrecht"),
    Column("country", "Country", "Land", example="NL"),
    Column("phone", "Phone", "Telefoon", synonyms=("Telefoonnummer", "Phone number"), example="030-0001234"),
    Column(
        "mobile",
        "Mobile",
        "Mobiel",
        synonyms=("Mobiele telefoon", "Mobile phone", "Mobiel nummer"),
        example="06-00001234",
    ),
    Column("email", "E-mail", "E-mail", synonyms=("E-mailadres", "Email address"), example="sanne@voorbeeld.example"),
    Column("start_date", "Start date", "Startdatum", Kind.DATE, ("Hire date", "Datum in dienst"), "01-09-2026"),
    Column("end_date", "End date", "Einddatum", Kind.DATE, ("Termination date", "Datum uit dienst"), ""),
    Column(
        "end_reason",
        "Reason for the end",
        "Reden einde dienstverband",
        synonyms=("Termination reason", "Reason for leaving", "Reden uit dienst", "Reden einde"),
    ),
    Column("function", "Function", "Functie", synonyms=("Position", "Job title"), example="Kok"),
    Column("department", "Department", "Afdeling", example="Keuken"),
    Column("hours_per_week", "Hours per week", "Uren per week", Kind.DECIMAL, ("Weekly hours", "Uren"), "32,5"),
)
"""In the order of the template. Exactly the columns of `sync.records.COLUMNS`."""


def normal_header(text: str) -> str:
    """A header as it is compared: without case, punctuation, outer or doubled blanks ("E-Mail:" is "e mail")."""
    return " ".join(re.sub(r"[\W_]+", " ", unicodedata.normalize("NFC", text).casefold()).split())


def _headers() -> dict[str, Column]:
    found: dict[str, Column] = {}
    for column in ROSTER_COLUMNS:
        for text in (column.name, column.english, column.dutch, *column.synonyms):
            # "email" and "e-mail" are both usual; so are "postalcode" and "postal code"
            for key in (normal_header(text), normal_header(text).replace(" ", "")):
                if found.setdefault(key, column) is not column:
                    raise ValueError(f"The header {text!r} belongs to two columns.")
    return found


HEADERS = _headers()


def own_column(header: str) -> Column:
    """The column for a header that nobody knows, kept because a mapping reads it; a text, whatever stands in it."""
    return Column(f"{OWN}{normal_header(header)}", header, header)


def match(headers: Sequence[str]) -> list[Column | None]:
    """The column that each header of a file means; None for one that nobody knows."""
    return [HEADERS.get(normal_header(header)) for header in headers]


def column_of(target: str) -> Column:
    """The column that fills this Loket field; for one that no roster has, a column of that name.

    Raises KeyError for what is no target at all.
    """
    if target in _BY_TARGET:
        return _BY_TARGET[target]
    field = LOKET_FIELDS[target]
    return Column(target, field.label, field.label_nl, _KINDS.get(field.type, Kind.TEXT))


_BY_TARGET = {column.target: column for column in ROSTER_COLUMNS}
_KINDS = {
    FieldType.INTEGER: Kind.WHOLE,
    FieldType.DECIMAL: Kind.DECIMAL,
    FieldType.DATE: Kind.DATE,
    FieldType.BOOLEAN: Kind.YES_NO,
    FieldType.BSN: Kind.BSN,
    FieldType.IBAN: Kind.IBAN,
}

if {column.name for column in ROSTER_COLUMNS} != set(COLUMNS):
    raise ValueError("The roster's columns and sync.records.COLUMNS differ.")
if unknown := set(_BY_TARGET) - set(LOKET_FIELDS) - set(SCOPE_FIELDS):
    raise ValueError(f"Columns fill what is no field of Loket: {', '.join(sorted(unknown))}.")
