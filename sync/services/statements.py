"""The statements that a run makes for each handful of people, written out: Django needs three times as long to make them
up as the database to run them, and they are made a hundred times a minute beside the calls to Loket.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, models
from django.utils import timezone

from loket_portal.lib import quick_json
from loket_portal.lib.crypto import encrypt
from onboarding.models import Connection, LegalEntity
from sync.models import Link, Operation, Result, RosterPerson, Run

ROWS = 500
"""In one statement: what it holds is one text, which is in memory twice."""
_OF_RESULT = ("row", "outcome", "reason", "not_sent_count", "person", "detail", "at")
_RUN, _RESULT, _OPERATION, _PERSON = (f'"{model._meta.db_table}"' for model in (Run, Result, Operation, RosterPerson))
_HELD = f"""
 WHERE id = %s AND state = 'running' AND claimed_by = %s AND EXISTS (
  SELECT 1 FROM "{Connection._meta.db_table}" c JOIN "{LegalEntity._meta.db_table}" e ON e.id = c.entity_id
  WHERE c.id = {_RUN}.connection_id AND c.released_at IS NULL AND e.personio_id = {_RUN}.personio_id)
 RETURNING asked"""
"""As `leases` says who holds a run."""


def hold(run: Run, worker: str, fields: Mapping[str, Any]) -> str | None:
    """Starts the lease again and stores these fields of the run; what was asked of it, or None when it was lost."""
    given = {"lease_until": timezone.now() + timedelta(seconds=settings.RUN_LEASE_SECONDS), **fields}
    columns: list[Any] = [Run._meta.get_field(name) for name in given]
    values = [_stored(field, value) for field, value in zip(columns, given.values(), strict=True)]
    changes = ", ".join(f'"{field.column}" = %s' for field in columns)
    found = _fetch(f"UPDATE {_RUN} SET {changes}{_HELD}", [*values, run.pk, worker])
    return found[0][0] if found else None


def add_operations(run: Run, rows: Sequence[tuple[str, str, str, int]]) -> list[int]:
    """Rows of writes that are about to be made, in this order: person, action, fingerprint, attempt. Gives their ids."""
    if not rows:
        return []
    columns = ["run_id", "key_hash", "action", "fingerprint", "attempt", "state", "sent_at"]
    now = _now(Operation, "sent_at")
    table, whole = _rows(Operation, columns, [(run.pk, *row, "sent", now) for row in rows])
    made = _fetch(f"INSERT INTO {_OPERATION} ({_names(columns)}) {table} RETURNING id", [whole])
    return sorted(pk for (pk,) in made)  # they are given in the order of the rows, and told in any


def end_operations(ended: Mapping[int, tuple[str, int | None]]) -> None:
    """How these writes ended: their state and the status that Loket gave."""
    for (state, status), pks in _alike(ended).items():
        among, several = _among(pks)
        values = [state, status, _now(Operation, "ended_at"), several]
        _run(f"UPDATE {_OPERATION} SET state = %s, http_status = %s, ended_at = %s WHERE id {among}", values)


@dataclass(slots=True)
class ResultRow:
    """A row of `Result`; `person` and `detail` are the JSON texts that are stored encrypted."""

    key_hash: str
    row: int
    outcome: str
    reason: str
    not_sent_count: int
    person: str
    detail: str


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A row of `Link`, small: there may be 20,000 of them. `loket_id` is the text of its UUID."""

    key_hash: str
    number_hash: str = ""
    loket_id: str | None = None
    is_concept: bool = False
    bsn_fingerprint: str = ""
    iban_fingerprint: str = ""
    mark: str = ""
    version: int | None = None
    look_on: date | None = None


LINK_FIELDS: tuple[str, ...] = LinkRow.__slots__


def link_row(values: Sequence[Any]) -> LinkRow:
    """A row as the database gives its LINK_FIELDS."""
    given: list[Any] = [str(value) if isinstance(value, UUID) else value for value in values]
    return LinkRow(*given)


def put_results(run: Run, rows: Sequence[ResultRow]) -> None:
    """Results of people, new or instead of what there was of them; how often somebody began with them stays."""
    now = _now(Result, "at")
    ready = [
        (run.pk, one.key_hash, 0, one.row, one.outcome, one.reason, one.not_sent_count, *_hidden(one), now)
        for one in rows
    ]
    _upsert(Result, ["run_id", "key_hash"], ["attempts"], _OF_RESULT, ready)


def _hidden(one: ResultRow) -> tuple[str, str]:
    return encrypt(one.person), encrypt(one.detail)


def end_results(run: Run, ended: Mapping[str, tuple[str, str, int]]) -> None:
    """Outcome, reason and number of values not sent, of people about whom nothing else is new."""
    for end, hashes in _alike(ended).items():
        among, several = _among(hashes)
        changes = "outcome = %s, reason = %s, not_sent_count = %s, at = %s"
        values = [*end, _now(Result, "at"), run.pk, several]
        _run(f"UPDATE {_RESULT} SET {changes} WHERE run_id = %s AND key_hash {among}", values)


def count_attempts(run: Run, attempts: Mapping[str, int]) -> None:
    """How often somebody began with these people."""
    for number, hashes in _alike(attempts).items():
        among, several = _among(hashes)
        _run(f"UPDATE {_RESULT} SET attempts = %s WHERE run_id = %s AND key_hash {among}", [number, run.pk, several])


def put_links(connection_pk: int, rows: Sequence[LinkRow]) -> None:
    """What is known of people, new or instead of what there was of them."""
    now = _now(Link, "confirmed_at")
    ready = [(connection_pk, *(_of_link(one, name) for name in LINK_FIELDS), now) for one in rows]
    _upsert(Link, ["connection_id", "key_hash"], [], [*LINK_FIELDS[1:], "confirmed_at"], ready)


def _of_link(one: LinkRow, name: str) -> Any:
    value = getattr(one, name)
    return value.replace("-", "") if name == "loket_id" and value else value  # as either database reads a UUID


def _upsert(
    model: type[models.Model],
    unique: Sequence[str],
    kept: Sequence[str],
    told: Sequence[str],
    rows: Sequence[Sequence[Any]],
) -> None:
    """Rows in the order of these columns; of one that is there those in `told` change."""
    columns = [*unique, *kept, *told]
    changes = ", ".join(f'"{name}" = excluded."{name}"' for name in told)
    for start in range(0, len(rows), ROWS):
        table, whole = _rows(model, columns, rows[start : start + ROWS])
        _run(
            f'INSERT INTO "{model._meta.db_table}" ({_names(columns)}) {table} '
            f"ON CONFLICT ({_names(unique)}) DO UPDATE SET {changes}",
            [whole],
        )


def put_values(values: Mapping[int, Any]) -> None:
    """The values of people of a roster, by the id of their row."""
    if not values:
        return
    rows = [(pk, encrypt(as_json(found))) for pk, found in values.items()]
    table, whole = _rows(RosterPerson, ["id", "values"], rows)
    _run(f'UPDATE {_PERSON} SET "values" = new."values" FROM ({table}) AS new WHERE {_PERSON}.id = new.id', [whole])


def _rows(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> tuple[str, str]:
    """A SELECT of these rows in their order, and the one text that they all are.

    A place in the statement for each value would be taken apart by the driver anew each time, at more than the database
    needs for all of it.
    """
    is_sqlite = connection.vendor == "sqlite"
    picked = []
    for place, name in enumerate(columns):
        kind = model._meta.get_field(name).db_type(connection)
        found = f"json_extract(value, '$[{place}]')" if is_sqlite else f"(one->>{place})::{kind}"
        picked.append(f'{found} AS "{name}"')
    if is_sqlite:
        table = f"SELECT {', '.join(picked)} FROM json_each(%s) WHERE true ORDER BY key"
    else:
        listed = "json_array_elements(%s::json) WITH ORDINALITY AS listed(one, place)"
        table = f"SELECT {', '.join(picked)} FROM {listed} ORDER BY place"
    return table, quick_json.dumps(rows, default=str).decode()


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


def _alike(found: Mapping[Any, Any]) -> dict[Any, list[Any]]:
    """The keys by what they come to."""
    alike: dict[Any, list[Any]] = defaultdict(list)
    for key, value in found.items():
        alike[value].append(key)
    return alike


def _among(values: Sequence[object]) -> tuple[str, object]:
    """What says in a statement that a column has one of these values, which are one value to the driver."""
    if connection.vendor == "sqlite":
        return "IN (SELECT value FROM json_each(%s))", quick_json.dumps(values).decode()
    return "= ANY(%s)", list(values)


def as_json(value: Any) -> str:
    """As encrypted columns hold it."""
    return quick_json.dumps(value).decode()


def _now(model: type[models.Model], name: str) -> Any:
    return _stored(model._meta.get_field(name), timezone.now())


def _stored(field: Any, value: Any) -> Any:
    return field.get_db_prep_save(value, connection)


def _fetch(sql: str, values: Sequence[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _run(sql: str, values: Sequence[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
