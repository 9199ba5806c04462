"""Rosters and runs for page tests, made without Loket."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from onboarding.models import Connection, LegalEntity, User
from sync.models import Result, Roster, Run
from sync.services import rosters

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


def run(connection: Connection, *, is_dry: bool = False, state: str = Run.State.SUCCEEDED, **fields: Any) -> Run:
    """A run without results, finished unless the state says otherwise."""
    ended: datetime | None = None if state in Run.ACTIVE else timezone.now()
    lease = timezone.now() + timedelta(minutes=1) if state == Run.State.RUNNING else None
    values = {"trigger": Run.Trigger.PERSON, "finished_at": ended, "lease_until": lease, "total": 3, "done": 1} | fields
    values.setdefault("roster", rosters.current(connection.entity))
    return Run.objects.create(connection=connection, is_dry=is_dry, state=state, **values)


def result(made: Run, outcome: str, name: str, **fields: Any) -> Result:
    """One person's result; `changes` are (field, old, new, sendable)."""
    changes = [dict(zip(("field", "old", "new", "sendable"), c, strict=True)) for c in fields.pop("changes", ())]
    row = made.results.count() + 2
    detail = {"changes": changes, "problems": fields.pop("problems", []), "messages": fields.pop("messages", [])}
    return Result.objects.create(
        run=made,
        key_hash=f"hash-{row}",
        row=row,
        outcome=outcome,
        person={"key": f"10{row:02d}", "name": name},
        detail=detail,
        not_sent_count=sum(1 for change in changes if not change["sendable"]),
        **fields,
    )


PROBLEM = {"code": "bad_bsn", "field": "bsn", "value": "••••••782", "params": {}, "effect": "person"}
