"""People of whom nothing is sent before something changes (D9): what their page shows. Setting aside: `quarantine.py`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from onboarding.models import Connection, LegalEntity
from sync.models import Quarantine, Run
from sync.services.people import PAGE_SIZE, is_pk, number_in


@dataclass(frozen=True, slots=True)
class Aside:
    """One person set aside. After the retention term `is_purged` is set and the name and Loket's words are gone."""

    pk: int
    reason: str
    since: datetime
    run: Run | None
    name: str = ""
    number: str = ""
    messages: Sequence[str] = ()
    is_purged: bool = False


@dataclass(frozen=True, slots=True)
class AsidePage:
    """Those of one page, who waits longest first."""

    people: Sequence[Aside]
    page_obj: Page[Any]


def of(entity: LegalEntity, page: int | str = 1) -> AsidePage:
    """Everybody of the entity who is set aside now."""
    connection = Connection.objects.filter(entity=entity).first()
    rows = _open(connection.pk if connection else None).select_related("run").order_by("since", "pk")
    page_obj = Paginator(rows, PAGE_SIZE).get_page(page)
    return AsidePage([_person(row) for row in page_obj.object_list], page_obj)


def count(connection: Connection | None) -> int:
    """How many are set aside now."""
    return _open(connection.pk).count() if connection else 0


def among(connection_pk: int, key_hashes: Sequence[str]) -> frozenset[str]:
    """Which of these people are set aside now."""
    return frozenset(_open(connection_pk).filter(key_hash__in=key_hashes).values_list("key_hash", flat=True))


def is_of(entity: LegalEntity, pk: str) -> bool:
    """Whether this is the row of somebody of this entity who is set aside now; `pk` as a form sends it."""
    rows = Quarantine.objects.filter(connection__entity=entity, released_at__isnull=True)
    return is_pk(pk) and rows.filter(pk=pk).exists()


def _open(connection_pk: int | None) -> QuerySet[Quarantine]:
    return Quarantine.objects.filter(connection=connection_pk, released_at__isnull=True)


def _person(row: Quarantine) -> Aside:
    person: Mapping[str, str] = row.person or {}
    return Aside(
        pk=row.pk,
        reason=row.reason,
        since=row.since,
        run=row.run,
        name=person.get("name", ""),
        number=number_in(person),
        messages=[text for _kind, text, *_code in (row.detail or {}).get("messages", ())],
        is_purged=row.person is None,
    )
