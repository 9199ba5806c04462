"""Who can sign in, and which employers each of them reaches (rules 11 and 12)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from . import crowd
from .metadata import ValueLists
from .options import USERNAME, Options
from .world import Record, World

FIRST = ""  # the marks of the employers: Tulp Horeca B.V. …
SECOND = "second"  # … Roos Horeca B.V. …
THIRD = "third"  # … and Linde Horeca B.V.


@dataclass(frozen=True)
class Login:
    """One user of Loket. All of them have the same password and verification code."""

    username: str
    first_name: str
    last_name: str
    employers: tuple[str, ...]
    role: str = "Systeemkoppeling"

    @property
    def initials(self) -> str:
        """The first letter of the first name."""
        return f"{self.first_name[0]}."


LOGINS = {
    login.username: login
    for login in (
        Login(USERNAME, "Koppeling", "Tulp Horeca", (FIRST,)),
        Login("integratie@rooshoreca.example", "Koppeling", "Roos Horeca", (SECOND,)),
        Login("j.jansen@jansen-accountants.example", "Joost", "Jansen", (FIRST, SECOND), "Salarisadministrateur"),
        Login("tweede@tulphoreca.example", "Tweede", "Tulp Horeca", (FIRST,)),
        Login("integratie@lindehoreca.example", "Koppeling", "Linde Horeca", (THIRD,)),
    )
}
ACCOUNTANT = "j.jansen@jansen-accountants.example"


def ensure(world: World, lists: ValueLists) -> None:
    """Adds the users that a world lacks. A world of an older version has one, who gets his user name."""
    found = {record.mark: record for record in world.all("user", "")}
    if "" in found:
        found[USERNAME] = world.replace(found[""], found[""].body, mark=USERNAME)
    for login in LOGINS.values():
        if login.username not in found:
            own_id = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{world.fact('seed')} {login.username}"))
            world.add("user", "", user_body(login, lists), mark=login.username, record_id=own_id)


def user_body(login: Login, lists: ValueLists) -> dict[str, Any]:
    """What is stored of a user."""
    return {
        "contactInformation": {
            "emailAddress": login.username,
            "phoneNumber": "030-0001000",
            "placeOfEmployment": "Utrecht",
        },
        "personalDetails": {
            "firstName": login.first_name,
            "initials": login.initials,
            "lastName": login.last_name,
            "prefix": None,
        },
        "photo": None,
        "user": {
            "userCustomSpecifiedRole": "Koppeling met HR" if login.role == "Systeemkoppeling" else None,
            "userSpecifiedRole": lists.key_of("userSpecifiedRole", login.role),
        },
        "_created": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def user_record(world: World, username: str) -> Record:
    """The stored user with that name."""
    return world.all("user", "", username)[0]


def performer(record: Record) -> dict[str, Any]:
    """A user as Loket names him beside what he did."""
    details = record.body["personalDetails"]
    name = f"{details['lastName']}, {details['initials']}"
    return {
        "formattedName": name,
        "id": record.id,
        "initials": details["initials"],
        "lastName": details["lastName"],
        "prefix": details["prefix"],
    }


def login_of(username: str) -> Login | None:
    """One of those above, or the user of a generated company; None for anybody else."""
    if username in LOGINS:
        return LOGINS[username]
    company = crowd.company_of(username)
    return None if company is None else login_at(company)


def login_at(company: int) -> Login:
    """The user of a generated company."""
    return Login(crowd.username(company), "Koppeling", crowd.name(company), (crowd.mark(company),))


def knows(world: World, username: str) -> bool:
    """Whether there is such a user in this world; in lower case."""
    return bool(world.all("user", "", username))


def everybody(mark: str) -> list[str]:
    """The users who may be linked to the employer with that mark."""
    company = crowd.company_with(mark)
    return [*LOGINS] if company is None else [crowd.username(company)]


def marks(username: str, options: Options) -> set[str]:
    """The marks of the employers that a user is linked to."""
    login = login_of(username)
    also = {SECOND} if options.two_employers and username == USERNAME else set()
    return also.union(login.employers if login else ())


def reachable(world: World, options: Options, username: str) -> list[Record]:
    """The employers that a user reaches: one, as rule 11 wants, unless an option says otherwise."""
    wanted = set() if options.no_employer else marks(username, options)
    return [record for mark in sorted(wanted) for record in world.all("employer", "", mark)]
