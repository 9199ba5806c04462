"""Rosters and runs for page tests, made without Loket."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from mapping.models import MappingSet
from onboarding.models import Connection, LegalEntity, PersonioAccount, User
from sync.models import Result, Roster, Run
from sync.records import HRRecord
from sync.services import rosters
from tests.factories import PersonioAccountFactory

HEADER = "employee_number;income_number;status;consider_in_nl_payroll;first_name;last_name"
PEOPLE = (
    "1001;1;Active;Yes;Johanna;Berg",
    "1002;1;Leave;Yes;Marieke;Dam",
    ";1;Active;Yes;Niels;Beek",
)


def upload(entity: LegalEntity, user: User, *rows: str) -> Roster:
    """The roster of these rows; without any, one person who is in, one on leave, one blocked."""
    text = "\n".join((HEADER, *(rows or PEOPLE)))
    return rosters.upload(entity, user, "people.csv", text.encode())


def read_personio(entity: LegalEntity, *people: HRRecord, **fields: Any) -> Roster:
    """The entity reads Personio from now on, which has these people; a reading of this moment."""
    if not PersonioAccount.objects.filter(company=entity.company).exists():
        PersonioAccountFactory(company=entity.company)
    entity.personio_id = "170"
    entity.save()
    Roster.objects.filter(entity=entity).delete()
    now = timezone.now()
    made = Roster.objects.create(
        entity=entity,
        source=Roster.Source.PERSONIO,
        personio_id="170",
        mapping_set=mapping_of_personio(entity),
        **{"file_name": "Personio", "uploaded_at": now, "told_until": now, "person_count": len(people)} | fields,
        fault_count=0,
        digest=uuid.uuid4().hex,
    )
    rosters.store(made, people)
    return made


def mapping_of_personio(entity: LegalEntity) -> MappingSet:
    """One in force, without rules."""
    which = {"company": entity.company, "source": MappingSet.Source.PERSONIO, "state": MappingSet.State.PUBLISHED}
    return MappingSet.objects.get_or_create(**which, defaults={"name": "Personio", "version": 1})[0]


def person(row: int, number: str | None, name: str, **values: Any) -> HRRecord:
    """Somebody of Personio who is in the sync, unless the values or problems say otherwise."""
    problems, later = values.pop("problems", ()), values.pop("later", ())
    known: dict[str, Any] = {"employee_number": number, "income_number": "1", "last_name": name}
    known |= {"status": "active", "consider_in_nl_payroll": "yes", **values}
    return HRRecord(f"personio-{row}", row, known, tuple(problems), tuple(later))


def run(connection: Connection, *, is_dry: bool = False, state: str = Run.State.SUCCEEDED, **fields: Any) -> Run:
    """A run without results, finished unless the state says otherwise."""
    ended: datetime | None = None if state in Run.ACTIVE else timezone.now()
    lease = timezone.now() + timedelta(minutes=1) if state == Run.State.RUNNING else None
    values = {"trigger": Run.Trigger.PERSON, "finished_at": ended, "lease_until": lease, "total": 3, "done": 1} | fields
    values.setdefault("roster", rosters.current(connection.entity))
    values.setdefault("personio_id", connection.entity.personio_id)
    if connection.entity.reads_personio:
        values.setdefault("mapping_set", mapping_of_personio(connection.entity))
    return Run.objects.create(connection=connection, is_dry=is_dry, state=state, **values)


def result(made: Run, outcome: str, name: str, **fields: Any) -> Result:
    """One person's result; `changes` are (field, old, new, sendable) and, where they wait, the day, and for which word."""
    names = ("field", "old", "new", "sendable", "waits_until", "needs")
    changes = [dict(zip(names, change, strict=False)) for change in fields.pop("changes", ())]
    row = fields.pop("row", made.results.count() + 2)
    detail = {"changes": changes, "problems": fields.pop("problems", []), "messages": fields.pop("messages", [])}
    detail["day"] = fields.pop("day", "")
    return Result.objects.create(
        run=made,
        key_hash=fields.pop("key_hash", f"hash-{row}"),
        row=row,
        outcome=outcome,
        person=fields.pop("person", {"key": f"10{row:02d}", "name": name}),
        detail=detail,
        not_sent_count=sum(1 for one in changes if not (one["sendable"] or one.get("waits_until") or one.get("needs"))),
        **fields,
    )


PROBLEM = {"code": "bad_bsn", "field": "bsn", "value": "••••••782", "params": {}, "effect": "person"}
