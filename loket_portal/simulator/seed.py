"""The world at its beginning: Tulp Horeca B.V., its administrations (rules 4 and 36), and the user that reaches it."""

from __future__ import annotations

import random
import uuid
from typing import Any

from .administrations import last_year
from .algemeen import add_twins
from .logins import FIRST, LOGINS, SECOND, ensure, user_body
from .metadata import ValueLists
from .options import USERNAME, Options
from .seed_people import Recruiter, load_people
from .world import Record, World

FUNCTIONS = "Algemeen|Kok|Souschef|Bediening|Barmedewerker|Manager|Afwasser|Administratief medewerker"
DEPARTMENTS = "Algemeen|Keuken|Bediening|Kantoor"
ADMINISTRATIONS = (
    ("Tulp Horeca B.V.", 40201, "812345678L01"),
    ("Tulp Catering", 40202, "823456789L01"),
    ("Tulp Events", 40203, "823456789L01"),
    ("Tulp Vakantiehuis", 40204, None),
    ("Tulp Strandtent (oud)", 40205, "834567891L01"),
)
SECOND_ADMINISTRATION = ("Roos Horeca B.V.", 40301, "845678912L01")
ENDED = "Tulp Strandtent (oud)"


def create(world: World, options: Options) -> None:
    """Fills an empty world, adds to an older one what it lacks. The first start's seed stays, whatever a later one says."""
    with world.transaction():
        if world.fact("seed") is None:
            world.remember("seed", str(options.seed))
            _Builder(world, options).build()
        ensure(world, ValueLists(world, Options()))
        add_twins(world)


class _Builder:
    def __init__(self, world: World, options: Options) -> None:
        self.world = world
        self.lists = ValueLists(world, Options())
        self.random = random.Random(f"ids {options.seed}")

    def build(self) -> None:
        self._user()
        tulp = self._employer("Tulp Horeca B.V.", 20720, "18124676", mark=FIRST)
        administrations = [self._administration(tulp, *row) for row in ADMINISTRATIONS]
        self._company_lists(tulp)
        recruiter = Recruiter(self.world, self.lists, tulp, administrations[0], self._id)
        for person in load_people():
            recruiter.hire(person)
        roos = self._employer("Roos Horeca B.V.", 20721, "18124677", mark=SECOND)
        self._administration(roos, *SECOND_ADMINISTRATION)
        self._company_lists(roos)

    def _id(self) -> str:
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def _add(self, kind: str, owner: str, body: dict[str, Any], mark: str = "") -> Record:
        return self.world.add(kind, owner, body, mark=mark, record_id=self._id())

    def _user(self) -> None:
        self._add("user", "", user_body(LOGINS[USERNAME], self.lists), mark=USERNAME)

    def _address(self) -> dict[str, Any]:
        return {
            "city": "Utrecht",
            "country": self.lists.key_of("country", "NL"),
            "houseNumber": 12,
            "postalCode": "3511 AB",
            "province": self.lists.key_of("province", "Utrecht"),
            "street": "Tulpenkade",
        }

    def _employer(self, name: str, number: int, register: str, mark: str) -> Record:
        body = {
            "address": self._address(),
            "branch": self.lists.key_of("branch", "Horeca"),
            "chamberOfCommerceNumber": register,
            "companyName": name,
            "contact": {"name": "Sanne Tulp", "function": "Directeur", "phoneNumber": "030-0001001"},
            "contactInformation": {"emailAddress": "info@tulphoreca.example", "phoneNumber": "030-0001000"},
            "employerNumber": number,
            "legalForm": self.lists.key_of("legalForm", "Besloten vennootschap (B.V.)"),
            "providerSettings": {"sendEmailWhenSalarySlipIsAvailable": False},
        }
        return self._add("employer", "", body, mark)

    def _administration(self, employer: Record, name: str, number: int, tax_number: str | None) -> Record:
        body = {
            "address": self._address(),
            "administrationNumber": f"D{number}",
            "cao": self.lists.key_of("cao", "Horeca"),
            "claTaxReturnCBSCode": 283,
            "clientNumber": number,
            "contact": {"name": "Sanne Tulp", "phoneNumber": "030-0001001"},
            "description": name,
            "endDate": last_year() if name == ENDED else None,
            "groupCode": 1,
            "loonmodel": self.lists.key_of("loonmodel", "Horeca"),
            "name": name,
            "payrollPeriodType": self.lists.key_of("payrollPeriodType", "Maand"),
            "payrollTaxesNumber": tax_number,
            "shortName": name[:12].strip(),
            "startDate": "1990-01-01",
        }
        return self._add("administration", employer.id, body)

    def _company_lists(self, employer: Record) -> None:
        for code, name in enumerate(FUNCTIONS.split("|"), start=1):
            self._add("function", employer.id, {"description": name, "group": f"F{code:02}"})
        for code, name in enumerate(DEPARTMENTS.split("|"), start=10):
            self._add("department", employer.id, {"code": code, "description": name, "emailLeaveRequest": None})
        self._add("distributionunit", employer.id, {"code": 1, "description": "Algemeen"})
