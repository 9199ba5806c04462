"""The cache of several processes, in a table of the database: what is counted there is not lost with a broker."""

import base64
import pickle

from django.core.cache.backends.db import DatabaseCache
from django.db import connections, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone


class TableCache(DatabaseCache):
    """Django's database cache, with an `incr` that many may call at once and that keeps the entry's term.

    Django's own reads, adds, and stores anew for five minutes: a limit per hour would begin again with each attempt.
    """

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """The number after adding; ValueError where there is none or its term is over."""
        made = self.make_and_validate_key(key, version=version)
        connection, table = self._place()
        lock = connection.ops.for_update_sql() if connection.features.has_select_for_update else ""
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM {table} WHERE cache_key = %s {lock}", [made])  # noqa: S608  our own name
            value = self.get(key, version=version)
            if value is None:
                raise ValueError(f"Key {key!r} not found")
            stored = base64.b64encode(pickle.dumps(value + delta, self.pickle_protocol)).decode("latin1")
            cursor.execute(f"UPDATE {table} SET value = %s WHERE cache_key = %s", [stored, made])  # noqa: S608
        return int(value + delta)

    def forget_old(self) -> int:
        """Deletes the entries whose term is over and gives their number; Django waits with that until the table is full."""
        connection, table = self._place()
        with connection.cursor() as cursor:
            now = connection.ops.adapt_datetimefield_value(timezone.now())
            cursor.execute(f"DELETE FROM {table} WHERE expires < %s", [now])  # noqa: S608
            return int(cursor.rowcount)

    def _place(self) -> tuple[BaseDatabaseWrapper, str]:
        connection = connections[router.db_for_write(self.cache_model_class)]
        return connection, connection.ops.quote_name(self.cache_model_class._meta.db_table)
