"""One person of a company, at the simulator and in the portal."""

from typing import Any

import requests

from loket_portal.simulator import crowd
from tests.faults.company import NUMBER, Company, State, is_write

__all__ = ["NUMBER", "at_loket", "edit", "loket_id", "written"]


def loket_id(company: Company, number: str) -> str:
    """The id of the employee with this number."""
    world = company.simulator.world
    [employer] = world.all("employer", "", crowd.mark(company.number))
    [record] = world.all("employee", employer.id, number)
    return str(record.id)


def at_loket(company: Company, number: str) -> State:
    """What Loket has of this person now, by dotted path."""
    found: State = company.state()["employees"][number]["employee"]
    return found


def edit(company: Company, number: str, field: str, value: Any) -> None:
    """Somebody changes one field by hand, at Loket."""
    given = {"employeeNumber": int(number), "field": field, "value": value}
    answer = requests.post(f"{company.simulator.url}/_simulator/people/edit", json=given, timeout=30)
    answer.raise_for_status()
    assert answer.json() == {"changed": 1}


def written(company: Company, number: str) -> int:
    """How often Loket took something of this person since the log was cleared."""
    own = loket_id(company, number)
    return sum(own in entry["path"] and is_write(entry) for entry in company.writes())
