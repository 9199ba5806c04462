"""The statements that a run makes for each handful of people, written out: Django needs three times as long to make them
up as the database to run them, and they are made a hundred times a minute beside the calls to Loket.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.utils import timezone

from onboarding.models import Connection, LegalEntity
from sync.models import Operation, Result, Run

_RUN, _RESULT, _OPERATION = (f'"{model._meta.db_table}"' for model in (Run, Result, Operation))
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
    one = f"({int(run.pk)}, %s, %s, %s, %s, 'sent', %s)"
    values = [value for row in rows for value in (*row, _now(Operation, "sent_at"))]
    columns = "(run_id, key_hash, action, fingerprint, attempt, state, sent_at)"
    made = _fetch(f"INSERT INTO {_OPERATION} {columns} VALUES {', '.join([one] * len(rows))} RETURNING id", values)
    return [pk for (pk,) in made]


def end_operations(ended: Mapping[int, tuple[str, int | None]]) -> None:
    """How these writes ended: their state and the status that Loket gave."""
    for (state, status), pks in _alike(ended).items():
        values = [state, status, _now(Operation, "ended_at"), *pks]
        _run(f"UPDATE {_OPERATION} SET state = %s, http_status = %s, ended_at = %s WHERE id IN {_in(pks)}", values)


def end_results(run: Run, ended: Mapping[str, tuple[str, str, int]]) -> None:
    """Outcome, reason and number of values not sent, of people about whom nothing else is new."""
    for end, hashes in _alike(ended).items():
        values = [*end, _now(Result, "at"), run.pk, *hashes]
        changes = "outcome = %s, reason = %s, not_sent_count = %s, at = %s"
        _run(f"UPDATE {_RESULT} SET {changes} WHERE run_id = %s AND key_hash IN {_in(hashes)}", values)


def count_attempts(run: Run, attempts: Mapping[str, int]) -> None:
    """How often somebody began with these people."""
    for number, hashes in _alike(attempts).items():
        values = [number, run.pk, *hashes]
        _run(f"UPDATE {_RESULT} SET attempts = %s WHERE run_id = %s AND key_hash IN {_in(hashes)}", values)


def _alike(found: Mapping[Any, Any]) -> dict[Any, list[Any]]:
    """The keys by what they come to."""
    alike: dict[Any, list[Any]] = defaultdict(list)
    for key, value in found.items():
        alike[value].append(key)
    return alike


def _in(values: Iterable[object]) -> str:
    return f"({', '.join('%s' for _ in values)})"


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
