"""The world at its beginning: three employers, their administrations (rules 4 and 36), and the users that reach them."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .administrations import last_year
from .algemeen import add_twins
from .logins import FIRST, LOGINS, SECOND, THIRD, ensure, user_body
from .metadata import ValueLists
from .options import USERNAME, Options
from .seed_people import Person, Recruiter, load_people
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
THIRD_ADMINISTRATIONS = (
    ("Linde Horeca B.V.", 40401, "867891234L01"),
    ("Linde Catering", 40402, "878912345L01"),
    ("Linde Events", 40403, "878912345L01"),
    ("Linde Vakantiehuis", 40404, None),
    ("Linde Strandtent (oud)", 40405, "889123456L01"),
)
ENDED = ("Tulp Strandtent (oud)", "Linde Strandtent (oud)")


@dataclass(frozen=True)
class Employer:
    """An employer as it begins."""

    name: str
    number: int
    register: str
    mark: str
    administrations: tuple[tuple[str, int, str | None], ...]
    contact: str = "Sanne Tulp"
    domain: str = "tulphoreca.example"
    street: str = "Tulpenkade"


TULP = Employer("Tulp Horeca B.V.", 20720, "18124676", FIRST, ADMINISTRATIONS)
ROOS = Employer("Roos Horeca B.V.", 20721, "18124677", SECOND, (SECOND_ADMINISTRATION,))
LINDE = Employer(
    "Linde Horeca B.V.",
    20722,
    "18124678",
    THIRD,
    THIRD_ADMINISTRATIONS,
    contact="Bo Linden",
    domain="lindehoreca.example",
    street="Lindelaan",
)


def create(world: World, options: Options) -> None:
    """Fills an empty world, adds to an older one what it lacks. The first start's seed stays, whatever a later one says."""
    with world.transaction():
        if world.fact("seed") is None:
            world.remember("seed", str(options.seed))
            Builder(world, f"ids {options.seed}").begin()
        if not world.all("employer", "", THIRD):
            # Its ids are drawn apart: those of the two before it stay as they always were.
            Builder(world, f"ids {THIRD} {world.fact('seed')}").set_up(LINDE, load_people())
        ensure(world, ValueLists(world, Options()))
        add_twins(world)


class Builder:
    """Puts employers into a world; all their ids come from one stream of chance."""

    def __init__(self, world: World, stream: str) -> None:
        self.world = world
        self.lists = ValueLists(world, Options())
        self.random = random.Random(stream)

    def begin(self) -> None:
        """The first user and the two employers that every world has."""
        self._add("user", "", user_body(LOGINS[USERNAME], self.lists), mark=USERNAME)
        self.set_up(TULP, load_people())
        self.set_up(ROOS, ())

    def set_up(self, employer: Employer, people: Iterable[Person]) -> Record:
        """One employer with all that belongs to it; the people are in the first of its administrations."""
        record = self._employer(employer)
        administrations = [self._administration(record, employer, *row) for row in employer.administrations]
        self._company_lists(record)
        recruiter = Recruiter(self.world, self.lists, record, administrations[0], self._id)
        for person in people:
            recruiter.hire(person)
        return record

    def _id(self) -> str:
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def _add(self, kind: str, owner: str, body: dict[str, Any], mark: str = "") -> Record:
        return self.world.add(kind, owner, body, mark=mark, record_id=self._id())

    def _address(self, employer: Employer) -> dict[str, Any]:
        return {
            "city": "Utrecht",
            "country": self.lists.key_of("country", "NL"),
            "houseNumber": 12,
            "postalCode": "3511 AB",
            "province": self.lists.key_of("province", "Utrecht"),
            "street": employer.street,
        }

    def _employer(self, employer: Employer) -> Record:
        body = {
            "address": self._address(employer),
            "branch": self.lists.key_of("branch", "Horeca"),
            "chamberOfCommerceNumber": employer.register,
            "companyName": employer.name,
            "contact": {"name": employer.contact, "function": "Directeur", "phoneNumber": "030-0001001"},
            "contactInformation": {"emailAddress": f"info@{employer.domain}", "phoneNumber": "030-0001000"},
            "employerNumber": employer.number,
            "legalForm": self.lists.key_of("legalForm", "Besloten vennootschap (B.V.)"),
            "providerSettings": {"sendEmailWhenSalarySlipIsAvailable": False},
        }
        return self._add("employer", "", body, employer.mark)

    def _administration(
        self, owner: Record, employer: Employer, name: str, number: int, tax_number: str | None
    ) -> Record:
        body = {
            "address": self._address(employer),
            "administrationNumber": f"D{number}",
            "cao": self.lists.key_of("cao", "Horeca"),
            "claTaxReturnCBSCode": 283,
            "clientNumber": number,
            "contact": {"name": employer.contact, "phoneNumber": "030-0001001"},
            "description": name,
            "endDate": last_year() if name in ENDED else None,
            "groupCode": 1,
            "loonmodel": self.lists.key_of("loonmodel", "Horeca"),
            "name": name,
            "payrollPeriodType": self.lists.key_of("payrollPeriodType", "Maand"),
            "payrollTaxesNumber": tax_number,
            "shortName": name[:12].strip(),
            "startDate": "1990-01-01",
        }
        return self._add("administration", owner.id, body)

    def _company_lists(self, employer: Record) -> None:
        for code, name in enumerate(FUNCTIONS.split("|"), start=1):
            self._add("function", employer.id, {"description": name, "group": f"F{code:02}"})
        for code, name in enumerate(DEPARTMENTS.split("|"), start=10):
            self._add("department", employer.id, {"code": code, "description": name, "emailLeaveRequest": None})
        self._add("distributionunit", employer.id, {"code": 1, "description": "Algemeen"})
