"""Generated companies for measuring: each has so many invented people, one user, and always the same of them.

Person number 7 of company 3 is the same in every world, so the roster of an HR system can be made of the same people:
`person` is what Loket has, and a test changes of it what it likes.
"""

from __future__ import annotations

import re
from typing import Any

Person = dict[str, Any]

FIRST_NAMES = (
    *("Sanne", "Daan", "Emma", "Lucas", "Julia", "Sem", "Zoë", "Finn", "Fatima", "Bram", "Noor", "Mees", "Renée"),
    *("Jan Willem", "Aylin", "Thijs", "Marieke", "Youssef", "Anouk"),
)
LAST_NAMES = (
    *("Jansen", "Vries", "Berg", "Bakker", "Visser", "Smit", "Meijer", "Boer", "Mulder", "Groot", "Bos", "Vos"),
    *("Peters", "Hendriks", "Dijkstra", "Kuiper", "Brouwer", "Yılmaz", "Çelik", "Öztürk", "Müller", "Wal", "Veld"),
)
PREFIXES = (None, None, "van", None, "de", None, "van der", None, None, "van den", None)
STREETS = ("Kerkstraat", "Dorpsweg", "Lindelaan", "Hopakker", "Molenpad", "Stationsplein", "Slotlaan", "Polderweg")
CITIES = (("Utrecht", "35"), ("Zeist", "37"), ("Houten", "39"), ("Amersfoort", "38"), ("Tiel", "40"))
FUNCTIONS = (("Kok", "Keuken"), ("Bediening", "Bediening"), ("Manager", "Kantoor"), ("Afwasser", "Keuken"))
LETTERS = "ABCDEGHJKLMNPRSTVWXZ"
COMPANY = re.compile(r"koppeling@bedrijf(\d{4})\.example")
MARK = "crowd "
FIRST_NUMBER = 10_001


def username(company: int) -> str:
    """The user of a generated company, counted from 1; he reaches no other."""
    return f"koppeling@bedrijf{company:04}.example"


def company_of(user: str) -> int | None:
    """The number of the generated company whose user this is; None for anybody else."""
    found = COMPANY.fullmatch(user)
    return int(found[1]) if found else None


def mark(company: int) -> str:
    """What the employer's record is found by."""
    return f"{MARK}{company:04}"


def company_with(mark: str) -> int | None:
    """The number of the generated company with that mark; None for any other."""
    return int(mark.removeprefix(MARK)) if mark.startswith(MARK) else None


def name(company: int) -> str:
    """What the employer and its one payroll administration are called."""
    return f"Bedrijf {company:04} B.V."


def tax_id(company: int) -> str:
    """The payroll tax number of its administration (rule 4)."""
    return f"87{company:07}L01"


def person(company: int, index: int) -> Person:
    """Somebody, counted from 0, in the form of seed_people.json."""
    count = company * 7 + index
    first, last = FIRST_NAMES[count % len(FIRST_NAMES)], LAST_NAMES[count * 5 % len(LAST_NAMES)]
    city, code = CITIES[count % len(CITIES)]
    function, department = FUNCTIONS[count % len(FUNCTIONS)]
    return {
        "employeeNumber": FIRST_NUMBER + index,
        "incomeNumber": 1,
        "firstName": first,
        "initials": "".join(f"{part[0]}." for part in first.split()),
        "prefix": PREFIXES[count % len(PREFIXES)],
        "lastName": last,
        "howToFormatLastName": "Achternaam",
        "dateOfBirth": f"{1960 + count % 45}-{1 + count % 12:02}-{1 + count % 28:02}",
        "placeOfBirth": city,
        "gender": ("Vrouw", "Man")[count % 2],
        "nationality": "Nederlandse",
        "civilStatus": "Ongehuwd",
        "street": STREETS[count % len(STREETS)],
        "houseNumber": 1 + count % 300,
        "postalCode": f"{code}{10 + count % 90} {LETTERS[count % 20]}{LETTERS[count // 20 % 20]}",
        "city": city,
        "country": "NL",
        "phoneNumber": f"030-{company % 100:02}{index:05}",
        "mobilePhoneNumber": f"06-{company % 1000:03}{index:05}",
        "emailAddress": f"p{index:05}@post{company:04}.example",
        "bsn": bsn(company * 1_000 + index),
        "iban": iban(company * 100_000 + index),
        "startDate": f"{2005 + count % 20}-{1 + count % 12:02}-01",
        "hoursPerWeek": 16 + count % 24,
        "function": function,
        "department": department,
        "distributionUnit": "Algemeen",
        "grossWage": 2000 + count % 2000,
    }


def bsn(number: int) -> str:
    """A number that passes the eleven test and that nobody has: none begins with 9. Another one for a million numbers."""
    for last in "01":  # at most one of the two has no check digit
        digits = f"{9_000_000 + number % 1_000_000}{last}"
        check = sum(weight * int(digit) for weight, digit in zip(range(9, 1, -1), digits, strict=True)) % 11
        if check < 10:
            return f"{digits}{check}"
    raise AssertionError("two numbers that differ by two can't both leave ten")


def iban(number: int) -> str:
    """An IBAN of a bank that there isn't, another one for each number."""
    account = f"{number:010}"
    rest = int("".join(str(int(character, 36)) for character in f"TEST{account}NL00")) % 97
    return f"NL{98 - rest:02}TEST{account}"
