"""The same invented people twice: as Loket has them (the simulator's crowd), and as the HR system has them now."""

import csv
import io
import json
from pathlib import Path
from typing import Any

from loket_portal.simulator import crowd

Row = dict[str, str | None]
COLUMNS = {
    "employee_number": "employeeNumber",
    "income_number": "incomeNumber",
    "first_name": "firstName",
    "initials": "initials",
    "prefix": "prefix",
    "last_name": "lastName",
    "birth_date": "dateOfBirth",
    "gender": "gender",
    "nationality": "nationality",
    "bsn": "bsn",
    "iban": "iban",
    "street": "street",
    "house_number": "houseNumber",
    "house_number_addition": "houseNumberAddition",
    "postal_code": "postalCode",
    "city": "city",
    "country": "country",
    "phone": "phoneNumber",
    "mobile": "mobilePhoneNumber",
    "email": "emailAddress",
    "start_date": "startDate",
    "end_date": "endDate",
    "function": "function",
    "department": "department",
    "hours_per_week": "hoursPerWeek",
}


def username(company: int) -> str:
    """Its user at Loket."""
    return crowd.username(company)


def roster(company: int, people: int, *, first: int = 0, moved: int = 0) -> list[Row]:
    """So many people of a company from the `first` on; of the first `moved` of them every detail is another."""
    rows = []
    for index in range(first, first + people):
        row = _row(crowd.person(company, index))
        rows.append(_moved(row, index) if index < first + moved else row)
    return rows


def telephoned(rows: list[Row], share: float) -> list[Row]:
    """The same people, of whom a share, at least one, has yet another telephone."""
    count = max(1, round(len(rows) * share))
    return [row | {"phone": f"030-8{place:06}"} if place < count else row for place, row in enumerate(rows)]


def _row(person: dict[str, Any]) -> Row:
    known = {column: person.get(name) for column, name in COLUMNS.items()}
    decided: Row = {"status": "active", "consider_in_nl_payroll": "yes"}
    return decided | {column: None if value is None else str(value) for column, value in known.items()}


def _moved(row: Row, index: int) -> Row:
    """Somebody who has moved and has another telephone."""
    changes: Row = {
        "street": "Nieuwe Gracht",
        "house_number": str(1 + index % 900),
        "house_number_addition": "bis",
        "postal_code": f"{3500 + index % 90} ZZ",
        "city": "Nieuwegein",
        "phone": f"030-9{index:06}",
        "mobile": f"06-9{index:07}",
        "email": f"verhuisd{index:05}@thuis.example",
        "initials": "V.H.",
    }
    return row | changes


def as_csv(rows: list[Row]) -> bytes:
    """The file that somebody would upload."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=";")
    writer.writeheader()
    writer.writerows({name: value or "" for name, value in row.items()} for row in rows)
    return text.getvalue().encode()


def as_json(rows: list[Row], path: Path) -> Path:
    """The file that the bare script reads."""
    path.write_text(json.dumps(rows), encoding="utf-8")
    return path
