"""Reads and writes the people of one administration in Loket: the engine's `Target` over the Loket client.

Everything is read in full at the start of a run: comprehensive employments, concept employees, value lists, and the
employees list only when some employee may be in no employment (rule 42, D1).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from loket_portal.loket.client import LoketClient
from loket_portal.loket.errors import RecordRejected
from loket_portal.loket.payloads import Message
from mapping.rules import Option, ValueLists
from onboarding.models import Connection
from sync.ports import LoketPerson, Snapshot

Raw = dict[str, Any]


class LoketTarget:
    """`Target` for one connection. Errors are those of `loket_portal.loket.errors`."""

    def __init__(self, client: LoketClient, connection: Connection, today: date) -> None:
        self._client, self._today = client, today
        self._employer_id = str(connection.login.employer_id)
        self._administration_id = str(connection.administration_id)

    def snapshot(self) -> Snapshot:
        return Snapshot(
            concepts=tuple(self._client.iter_concepts(self._employer_id)),
            people=self._people(),
            value_lists=self._value_lists,
            concept_defaults=self._client.concept_defaults(self._administration_id, self._employer_id),
        )

    def _people(self) -> dict[int, LoketPerson]:
        rows: dict[int, list[Raw]] = {}
        for row in self._client.iter_employments(self._employer_id):
            rows.setdefault(row["employee"]["employeeNumber"], []).append(row)
        people = {number: self._person(number, employments) for number, employments in rows.items()}
        for employee in self._client.iter_employees(self._employer_id):
            number = employee["employeeNumber"]
            people.setdefault(number, LoketPerson(number, employee["id"], employee))
        return people

    def _person(self, number: int, rows: Sequence[Raw]) -> LoketPerson:
        here = [row for row in rows if self._is_here(row)]
        # The employment that runs now, else the one that ended or starts last.
        newest = max(here, key=lambda row: (self._runs_now(row), row["startDate"]), default=None)
        employee = rows[0]["employee"]
        return LoketPerson(number, employee["id"], employee, newest, is_elsewhere=newest is None)

    def _is_here(self, row: Raw) -> bool:
        administration = row.get("payrollAdministration")
        return administration is not None and administration["id"].casefold() == self._administration_id.casefold()

    def _runs_now(self, row: Raw) -> bool:
        return row["endDate"] is None or date.fromisoformat(row["endDate"][:10]) >= self._today

    @cached_property
    def _value_lists(self) -> ValueLists:
        lists = self._client.concept_metadata(self._administration_id, self._employer_id)
        return {name: tuple(Option(o.key, o.value, o.iso_code) for o in options) for name, options in lists.items()}

    def require_answer(self) -> None:
        self._client.get_user()

    def get_employee(self, employee_id: str) -> Raw:
        return self._client.get_employee(employee_id)

    def put_employee(self, person: LoketPerson, body: Raw) -> Raw:
        return self._client.put_employee(person.employee_id, body)

    def get_bsn(self, person: LoketPerson) -> str | None:
        return self._client.get_bsn(person.employee_id)

    def put_bsn(self, person: LoketPerson, bsn: str) -> None:
        self._client.put_bsn(person.employee_id, bsn)

    def get_iban(self, person: LoketPerson) -> str | None:
        wage = self.get_payment(person)
        return wage["iban"] if wage else None

    def get_payment(self, person: LoketPerson) -> Raw | None:
        """The payment record with the lowest payroll component: that of the wage."""
        if person.employment is None:
            return None
        return min(self._client.list_payment_information(person.employment["id"]), key=_component, default=None)

    def get_concept(self, concept_id: str) -> Raw | None:
        try:
            return self._client.get_concept(concept_id)
        except RecordRejected as error:
            if error.status == 404:
                return None
            raise

    def find_concept(self, unique_name: str) -> Raw | None:
        concepts = self._client.iter_concepts(self._employer_id)
        return next((concept for concept in concepts if concept["uniqueName"] == unique_name), None)

    def create_concept(self, body: Raw) -> Raw:
        return self._client.create_concept(self._employer_id, body)

    def put_concept(self, concept_id: str, body: Raw) -> Raw:
        return self._client.put_concept(concept_id, body)

    def get_concept_bsn(self, concept_id: str) -> str | None:
        return self._client.get_concept_bsn(concept_id)

    def put_concept_bsn(self, concept_id: str, bsn: str) -> None:
        self._client.put_concept_bsn(concept_id, bsn)

    def validate_concept(self, concept_id: str) -> tuple[Message, ...]:
        return self._client.validate_concept(concept_id)

    def convert_concept(self, concept_id: str) -> tuple[Message, ...]:
        return self._client.convert_concept(concept_id)

    def take_warnings(self) -> tuple[Message, ...]:
        return self._client.take_warnings()


def _component(record: Mapping[str, Any]) -> int:
    return int((record.get("payrollComponent") or {}).get("key") or 0)
