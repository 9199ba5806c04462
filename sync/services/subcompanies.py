"""Which legal entity a subcompany of v1 is: the two have numbers of their own, and only employments know both."""

from collections.abc import Callable
from typing import Any

from loket_portal.lib.errors import ConfigProblem, gettext_noop
from loket_portal.personio.payloads import Employee, Employment, related
from mapping.catalogue import SUBCOMPANY
from sync.services.employments import Employments

TRIES = 3
"""So many people of one subcompany are asked, and so many of its leavers, before it counts as one that can't be told."""


class Subcompanies:
    """Learnt once per subcompany, from the employments of one person who has it."""

    def __init__(self, employments: Employments, legal_entities: list[dict[str, Any]]) -> None:
        self._employments = employments
        self._names = {str(row["id"]): _plain(str(row.get("name", ""))) for row in legal_entities}
        self._known: dict[str, str] = {}
        self._asked: dict[tuple[str, bool], set[int]] = {}

    def legal_entity_of(
        self, employee: Employee, *, at: str = "", has_left: Callable[[], bool] = lambda: False
    ) -> str | None:
        """The id of the legal entity; "" for somebody without any, None while Personio hasn't told.

        `at` is the number of the subcompany where v2 tells it: v1 may show another employment's.
        """
        number, name = related(employee.attributes, SUBCOMPANY)
        if at and at != number:
            number, name = at, ""
        key = number or name
        if not key:
            return ""
        if key not in self._known and employee.id is not None:
            self._ask(key, employee.id, number, name, has_left())
        return self._known.get(key)

    def known(self, number: str) -> str:
        """The legal entity of a subcompany that was learnt already, else ""."""
        return self._known.get(number, "")

    def is_named_as(self, employee: Employee, legal_entity: str) -> bool:
        """Whether the subcompany that v1 shows bears the name of this legal entity."""
        name = self._names.get(legal_entity)
        return bool(name) and _plain(related(employee.attributes, SUBCOMPANY)[1]) == name

    def untold(self, employee: Employee) -> ConfigProblem:
        """What to raise when nobody of the subcompany could tell."""
        return ConfigProblem(
            gettext_noop("Personio does not tell to which legal entity the people of %(name)s belong."),
            gettext_noop(
                "Whoever administers Personio allows this integration to read persons with their employments, and gives "
                "these people a legal entity; then you start again."
            ),
            params={"name": " ".join(related(employee.attributes, SUBCOMPANY))},
        )

    def _ask(self, key: str, person_id: int, number: str, name: str, has_left: bool) -> None:
        """Leavers are counted apart: however many can't tell, somebody who works there is still asked."""
        asked = self._asked.setdefault((key, has_left), set())
        if person_id in asked or len(asked) >= TRIES:
            return
        asked.add(person_id)
        found = self._told(self._employments.of(person_id) or [], number, name)
        if found:
            self._known[key] = found

    def _told(self, employments: list[Employment], number: str, name: str) -> str:
        """An employment that names both decides. Without, the only legal entity there is, if it has the same name."""
        both = {one.legal_entity_id for one in employments if number and one.sub_company_id == number} - {""}
        if len(both) == 1:
            return both.pop()
        only = {one.legal_entity_id for one in employments if not one.sub_company_id} - {""}
        if name and len(only) == 1 and self._names.get(next(iter(only))) == _plain(name):
            return only.pop()
        return ""


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
