"""Changes that somebody had left out: remembered with the answer, shown, and asked about again when somebody wants that.

What is remembered is a keyed fingerprint of the difference. While HR and Loket have what they had then, no sync asks
again; the engine forgets it as soon as one of them has something else (`sync/resources/words_given.py`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from onboarding.models import AuditEvent, Connection, LegalEntity, User
from onboarding.services import access, audit
from sync.models import LeftOut, Result, Run
from sync.outcomes import Outcome
from sync.services import standing
from sync.services.memory import key_hashes
from sync.services.people import PAGE_SIZE, is_pk, number_in

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Out:
    """One change of one person; `field`, `old` and `new` as a result shows them, `by` who said so."""

    pk: int
    guard: str
    since: datetime
    run: Run | None
    by: User | None
    name: str = ""
    number: str = ""
    field: str = ""
    old: str = ""
    new: str = ""


@dataclass(frozen=True, slots=True)
class OutPage:
    """Those of one page, what waits longest first."""

    changes: Sequence[Out]
    page_obj: Page[Any]


def remember(run: Run, user: User | None, guards: Collection[str]) -> int:
    """Keeps what this run asked about and somebody has just had left out; gives the number of changes.

    Only what the plan had to show: what turns up later in the run is left out of it, and asked about by the next one.
    """
    found = (
        [row for result in _planned(run).iterator(AT_ONCE) for row in _rows(run, user, result, guards)]
        if guards
        else []
    )
    for start in range(0, len(found), AT_ONCE):
        some = found[start : start + AT_ONCE]
        hashes = [one for row in some for one in _hashes(run.connection, row)]
        present = _open(run.connection_id).filter(key_hash__in=hashes, guard__in=guards)
        present.update(ended_at=timezone.now(), ended_by=user)
        LeftOut.objects.bulk_create(some)
    return len(found)


def of(entity: LegalEntity, page: int | str = 1) -> OutPage:
    """All that is left out at the entity now."""
    connection = Connection.objects.filter(entity=entity).first()
    rows = _open(connection.pk if connection else None).select_related("run", "said_by").order_by("since", "pk")
    page_obj = Paginator(rows, PAGE_SIZE).get_page(page)
    return OutPage([_shown(row) for row in page_obj.object_list], page_obj)


def count(connection: Connection | None) -> int:
    """How many people have a change that is left out now."""
    return _open(connection.pk).values("key_hash").distinct().count() if connection else 0


@transaction.atomic
def ask_again(entity: LegalEntity, pk: str, user: User | None) -> bool:
    """Has the next sync ask about this change again; tells whether it was left out until now. `pk` as a form sends it.

    Raises NotAllowed.
    """
    access.require_payroll_edit(user, entity)
    if not is_pk(pk):
        return False
    row = LeftOut.objects.filter(pk=pk, connection__entity=entity).select_related("connection").first()
    return row is not None and _end(row, entity, user)


@transaction.atomic
def ask_again_as_support(pk: int, user: User, reason: str) -> bool:
    """The same at the support desk, which has asked for the right and says why. Raises DoesNotExist for a change of a
    connection that is none any more."""
    row = LeftOut.objects.select_related("connection__entity__company").get(pk=pk, connection__entity__isnull=False)
    if row.connection.entity is None:
        raise LeftOut.DoesNotExist
    return _end(row, row.connection.entity, user, reason)


def _end(row: LeftOut, entity: LegalEntity, user: User | None, reason: str = "") -> bool:
    if not LeftOut.objects.filter(pk=row.pk, ended_at=None).update(ended_at=timezone.now(), ended_by=user):
        return False
    standing.doubt(row.connection)
    number = (row.person or {}).get("number", "")
    told = (row.guard, f"employee number {number}" if number else "", " ".join(reason.split()))
    about: dict[str, Any] = {"company": entity.company, "entity": entity, "actor": user}
    audit.record(AuditEvent.Action.LEFT_OUT_ASKED, detail=": ".join(filter(None, told)), **about)
    return True


def forget(connection: Connection, hashes: Collection[str]) -> None:
    """Deletes what is kept of a person; `hashes` are what stands for the person."""
    LeftOut.objects.filter(connection=connection, key_hash__in=hashes).delete()


def purge(limit: datetime) -> None:
    """Names and values go with those of the results: of what is asked again, and of connections that are none any more."""
    LeftOut.objects.filter(ended_at__lt=limit).update(person=None, change=None)
    LeftOut.objects.filter(connection__released_at__lt=limit).update(person=None, change=None)


def _open(connection_pk: int | None) -> QuerySet[LeftOut]:
    return LeftOut.objects.filter(connection=connection_pk, ended_at=None)


def _planned(run: Run) -> QuerySet[Result]:
    return run.results.filter(outcome=Outcome.PLANNED.value, detail__isnull=False, person__isnull=False)


def _rows(run: Run, user: User | None, result: Result, guards: Collection[str]) -> list[LeftOut]:
    """What is new to be left out of this person's changes."""
    known: Mapping[str, Any] = {"connection_id": run.connection_id, "run": run, "said_by": user}
    return [
        LeftOut(
            key_hash=result.key_hash,
            guard=change["needs"],
            sign=change["sign"],
            person=result.person,
            change={name: change[name] for name in ("field", "old", "new")},
            since=timezone.now(),
            **known,
        )
        for change in (result.detail or {}).get("changes", ())
        if change.get("sign") and change.get("needs") in guards and not change.get("left_out")
    ]


def _hashes(connection: Connection, row: LeftOut) -> list[str]:
    """What stands for the person, also under earlier keys of this installation."""
    return [row.key_hash, *key_hashes(connection, (row.person or {}).get("key", ""))]


def _shown(row: LeftOut) -> Out:
    person, change = row.person or {}, row.change or {}
    return Out(
        pk=row.pk,
        guard=row.guard,
        since=row.since,
        run=row.run,
        by=row.said_by,
        name=person.get("name", ""),
        number=number_in(person),
        field=change.get("field", ""),
        old=change.get("old", ""),
        new=change.get("new", ""),
    )
