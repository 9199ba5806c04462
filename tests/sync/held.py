"""Runs that are held, and people set aside, as rows."""

from typing import Any

from django.utils import timezone

from onboarding.models import Connection
from sync.guards import Code, Guard, to_json
from sync.models import Quarantine, Run
from tests.sync import pages

NAMES = ("Johanna Berg", "Marieke Dam")
BANK = Guard(Code.BANK_ACCOUNTS, 2, 60)
MANY = Guard(Code.TOO_MANY_CHANGES, 31, 58)
EMPTY = Guard(Code.SOURCE_EMPTY, 1, 60)


def waiting(connection: Connection, *guards: Guard, names: tuple[str, str] = NAMES, **fields: Any) -> Run:
    """A sync that waits for an answer to these, with two people still to be done; the first gets another IBAN."""
    made = held(connection, Run.State.WAITING, guards=to_json(guards or (BANK,)), planned=2, **fields)
    other_iban = ("iban", "••••••4300", "••••••1234", True, "", BANK.code)
    other_name = ("employee.personalDetails.lastName", names[1], "Zzdam", True)
    for name, change in zip(names, (other_iban, other_name), strict=True):
        pages.result(made, "planned", name, changes=[change])
    return made


def held(connection: Connection, state: str, **fields: Any) -> Run:
    """A run that no worker takes up."""
    return pages.run(connection, state=state, **{"lease_until": timezone.now(), **fields})


def aside(connection: Connection, name: str = "Niels Beek", **fields: Any) -> Quarantine:
    """Somebody whom Loket refused."""
    detail = {"changes": [], "problems": [], "messages": [["BrokenBusinessRule", "Het adres is niet volledig.", 12]]}
    person = {"key": "1003", "name": name, "number": "1003"}
    known = {"key_hash": f"hash-{name}", "mark": "m", "reason": "rejected", "person": person, "detail": detail}
    return Quarantine.objects.create(connection=connection, **known | fields)
