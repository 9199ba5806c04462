"""Reads and writes the people of one administration in Loket: the engine's `Target` over the Loket client.

Everybody is read by lists at the start of a run, some pages at a time: comprehensive employments, concept employees, value
lists, and the employees list only when some employee may be in no employment (rule 42, D1).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from functools import partial
from typing import Any, TypeVar

from loket_portal.loket.client import LoketClient
from loket_portal.loket.errors import RecordRejected
from loket_portal.loket.payloads import Message
from mapping.rules import Option, ValueLists
from onboarding.models import Connection
from sync.packed import Concepts, LoketPerson, Staff
from sync.ports import NUMBERS_A_CALL, Snapshot, Versions
from sync.resources.lists import WithMore

AHEAD = 3
"""Answers with a page of everybody that may be in memory: each is more than a megabyte."""
Raw = dict[str, Any]
T = TypeVar("T")


class LoketTarget:
    """`Target` for one connection. Errors are those of `loket_portal.loket.errors`.

    The calls of an employment and its parts are the client's own. `parallel` is how many pages are read at once, 1 reads
    them in the caller's thread; `leave` is called at the end of each thread. `expected` people are in HR, so that about as
    many pages of Loket's list are asked for together.
    """

    def __init__(
        self,
        client: LoketClient,
        connection: Connection,
        today: date,
        *,
        parallel: int = 1,
        leave: Callable[[], object] = lambda: None,
        expected: int = 0,
    ) -> None:
        self._client, self._today, self._parallel, self._leave = client, today, parallel, leave
        self._employer_id = str(connection.login.employer_id)
        self._administration_id = str(connection.administration_id)
        self._known_defaults: Raw | None = None
        self._told = client.calls, client.repeats
        self._listed = expected
        self.get_employment, self.put_employment = client.get_employment, client.put_employment
        self.terminate, self.reinstate = client.terminate, client.reinstate
        self.correct_start_date = client.correct_start_date
        self.list_organizational_entities = client.list_organizational_entities
        self.create_organizational_entity = client.create_organizational_entity
        self.get_organizational_entity = client.get_organizational_entity
        self.put_organizational_entity = client.put_organizational_entity
        self.list_working_hours, self.create_working_hours = client.list_working_hours, client.create_working_hours
        self.get_working_hours, self.put_working_hours = client.get_working_hours, client.put_working_hours
        self.list_payment_information = client.list_payment_information
        self.create_payment_information = client.create_payment_information
        self.get_payment_information = client.get_payment_information
        self.put_payment_information = client.put_payment_information
        self.payment_metadata, self.payment_defaults = client.payment_metadata, client.payment_defaults

    # everybody

    def snapshot(self, numbers: Sequence[int] | None = None) -> Snapshot:
        """Everybody as the lists have them; what new people start with is read when it is first asked for."""
        with self._pages() as pages:
            general, own = (self._beside(pages, read) for read in (self._general_lists, self._own_lists))
            concepts = self._beside(pages, self._concepts) if numbers is None else Concepts
            staff = self._staff(pages, numbers)
            return Snapshot(
                staff,
                concepts(),
                WithMore({**general(), **own()}, partial(self._more_lists, staff)),
                self._concept_defaults,
            )

    def _staff(self, pages: Executor | None, numbers: Sequence[int] | None) -> Staff:
        staff = Staff()
        for row in self._employments(pages, numbers):
            staff.add_employment(row, is_here=self._is_here(row), runs_now=self._runs_now(row))
        return staff

    def _employments(self, pages: Executor | None, numbers: Sequence[int] | None) -> Iterable[Raw]:
        if numbers is None:
            return self._everybody(pages)
        parts = (numbers[start : start + NUMBERS_A_CALL] for start in range(0, len(numbers), NUMBERS_A_CALL))
        reads = [
            self._beside(pages, partial(self._client.list_employments_of, self._employer_id, part)) for part in parts
        ]
        return (row for read in reads for row in read())

    def _everybody(self, pages: Executor | None) -> Iterator[Raw]:
        count = 0
        listed = self._client.iter_employments(
            self._employer_id, pages=pages, ahead=min(AHEAD, self._parallel), expected=self._listed
        )
        for count, row in enumerate(listed, 1):  # noqa: B007  counted for the next time
            yield row
        self._listed = count

    def add_unemployed(self, staff: Staff) -> None:
        """Those without any employment, whom only the employees list has."""
        with self._pages() as pages:
            for employee in self._client.iter_employees(self._employer_id, pages=pages, ahead=self._parallel):
                staff.add_employee(employee)

    def people_again(self, numbers: Sequence[int] | None = None) -> Iterable[LoketPerson]:
        """The comprehensive list once more, row by row."""
        with self._pages() as pages:
            for row in self._employments(pages, numbers):
                employee, is_here = row["employee"], self._is_here(row)
                yield LoketPerson(
                    employee["employeeNumber"], employee["id"], employee, row if is_here else None, not is_here
                )

    def versions(self, since: int | None) -> Versions:
        """What moved after `since`, and the highest number; without it, only that number."""
        if since is None:
            return Versions(self._client.list_employer_versions().get(self._employer_id, 0))
        found = self._client.list_employment_versions(self._employer_id, since)
        return Versions(found.highest, found.by_employment)

    def _concepts(self) -> Concepts:
        concepts = Concepts()
        for concept in self._client.iter_concepts(self._employer_id):
            concepts.add(concept)
        return concepts

    def _is_here(self, row: Raw) -> bool:
        administration = row.get("payrollAdministration")
        return administration is not None and administration["id"].casefold() == self._administration_id.casefold()

    def _runs_now(self, row: Raw) -> bool:
        return row["endDate"] is None or date.fromisoformat(row["endDate"][:10]) >= self._today

    def _general_lists(self) -> ValueLists:
        return _options(self._client.general_metadata(self._employer_id))

    def _own_lists(self) -> ValueLists:
        return _options(self._client.concept_metadata(self._administration_id))

    def _more_lists(self, staff: Staff) -> ValueLists:
        """Those that only an employment has: of anybody's here."""
        employment_id = next((person.employment_id for person in staff if person.is_here), "")
        return _options(self._client.employment_metadata(employment_id)) if employment_id else {}

    def _concept_defaults(self) -> Raw:
        if self._known_defaults is None:
            self._known_defaults = self._client.concept_defaults(self._administration_id, self._employer_id)
        return self._known_defaults

    # one by one

    def require_answer(self) -> None:
        """A cheap call about nobody."""
        self._client.get_user()

    def get_employee(self, employee_id: str) -> Raw:
        """A fresh read; the next PUT of this employee goes with its ETag."""
        return self._client.get_employee(employee_id)

    def put_employee(self, person: LoketPerson, body: Raw) -> Raw:
        """Replaces the whole employee."""
        return self._client.put_employee(person.employee_id, body)

    def get_bsn(self, person: LoketPerson) -> str | None:
        """The BSN that Loket has."""
        return self._client.get_bsn(person.employee_id)

    def put_bsn(self, person: LoketPerson, bsn: str) -> None:
        """Replaces the BSN."""
        self._client.put_bsn(person.employee_id, bsn)

    def find_employee(self, number: int) -> Raw | None:
        """The employee with this number, by reading everybody again."""
        rows = self._client.iter_employees(self._employer_id)
        return next((row for row in rows if row["employeeNumber"] == number), None)

    def find_person(self, number: int) -> LoketPerson | None:
        """The employee with this number and the employment here; None without one here."""
        rows = self._client.list_employments_of(self._employer_id, [number])
        here = [row for row in rows if self._is_here(row)]
        row = max(here, key=lambda row: (self._runs_now(row), row["startDate"]), default=None)
        return LoketPerson(number, row["employee"]["id"], row["employee"], row) if row else None

    def get_concept(self, concept_id: str) -> Raw | None:
        """One concept employee; None when it is gone."""
        try:
            return self._client.get_concept(concept_id)
        except RecordRejected as error:
            if error.status == 404:
                return None
            raise

    def find_concepts(self, unique_name: str) -> list[Raw]:
        """Those with this name, by reading all of them again."""
        concepts = self._client.iter_concepts(self._employer_id)
        return [concept for concept in concepts if concept["uniqueName"] == unique_name]

    def create_concept(self, body: Raw) -> Raw:
        """Makes a concept employee."""
        return self._client.create_concept(self._employer_id, body)

    def put_concept(self, concept_id: str, body: Raw) -> Raw:
        """Replaces the whole concept employee."""
        return self._client.put_concept(concept_id, body)

    def get_concept_bsn(self, concept_id: str) -> str | None:
        """The BSN of a concept employee."""
        return self._client.get_concept_bsn(concept_id)

    def put_concept_bsn(self, concept_id: str, bsn: str) -> None:
        """Replaces it."""
        self._client.put_concept_bsn(concept_id, bsn)

    def validate_concept(self, concept_id: str) -> tuple[Message, ...]:
        """What Loket would say to a conversion."""
        return self._client.validate_concept(concept_id)

    def convert_concept(self, concept_id: str) -> tuple[Message, ...]:
        """Makes an employee of it, who keeps its id."""
        return self._client.convert_concept(concept_id)

    def take_warnings(self) -> tuple[Message, ...]:
        """What Loket remarked on this thread's writes."""
        return self._client.take_warnings()

    def take_calls(self) -> tuple[int, int]:
        """Calls and repeats since this was asked last."""
        calls, repeats = self._told
        self._told = self._client.calls, self._client.repeats
        return self._told[0] - calls, self._told[1] - repeats

    # threads that read pages

    @contextmanager
    def _pages(self) -> Iterator[Executor | None]:
        if self._parallel == 1:
            yield None
            return
        with _Leaving(self._parallel, self._leave) as executor:
            yield executor

    def _beside(self, pages: Executor | None, read: Callable[[], T]) -> Callable[[], T]:
        """Reads while something else is being read, where there are threads; call the answer to have it."""
        return read if pages is None else pages.submit(read).result


class _Leaving(ThreadPoolExecutor):
    """Threads that keep nothing open between two pages."""

    def __init__(self, threads: int, leave: Callable[[], object]) -> None:
        super().__init__(threads, "pages")
        self._left = leave

    def submit(self, call: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        def left() -> T:
            try:
                return call(*args, **kwargs)
            finally:
                self._left()

        return super().submit(left)


def _options(lists: Any) -> ValueLists:
    return {name: tuple(Option(o.key, o.value, o.iso_code) for o in options) for name, options in lists.items()}
