"""What a fixture does to the portal and its simulator, done once and then copied: an entity that is connected, a preview.

    pk = once("linde", simulator, lambda: connect(…).pk)
    world = rows_once("world", lambda: build(…))

A test gets the same rows, the same world behind a simulator of its own, and what was said up to there; the fixture
itself runs in the first test that needs it, and with another database than PostgreSQL in each.
"""

import pickle
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache as once_only
from typing import Any

from django.apps import apps
from django.core.cache import cache
from django.db import connection as database
from django.db import transaction

from loket_portal.simulator import Simulator

APPS = ("onboarding", "mapping", "sync")


@dataclass(frozen=True)
class Portal:
    """The portal's rows and its cache."""

    rows: dict[str, bytes]
    cached: tuple[dict[str, Any], dict[str, Any]]

    @classmethod
    def taken(cls) -> "Portal":
        rows = {table: rows for table in _tables() if (rows := _rows(table))}
        kept = tuple(dict(part) for part in _cache())
        return cls(rows, (kept[0], kept[1]))

    def restore(self, moved: Callable[[bytes], bytes] = bytes) -> None:
        """Puts it into an empty portal; `moved` may change the rows on their way."""
        with transaction.atomic(), database.cursor() as cursor:  # in one go: then the order of the tables is no matter
            for table, rows in self.rows.items():
                with cursor.copy(f'COPY "{table}" FROM STDIN') as into:
                    into.write(moved(rows))
        for here, kept in zip(_cache(), self.cached, strict=True):
            here.clear()
            here.update(kept)


@dataclass(frozen=True)
class Snapshot:
    """All that was there afterwards, and the key of what was made."""

    key: int
    portal: Portal
    world: sqlite3.Connection
    log: list[dict[str, Any]]
    url: str

    def restore(self, simulator: Simulator) -> None:
        """Puts it into an empty portal and a simulator at its beginning, which has an address of its own."""
        self.portal.restore(lambda rows: rows.replace(self.url.encode(), simulator.url.encode()))
        with simulator.world.lock:
            self.world.backup(simulator.world.db)
        simulator.log.entries.extend(self.log)


_known: dict[str, Snapshot] = {}
_made: dict[str, tuple[Portal, bytes]] = {}


def once(name: str, simulator: Simulator, make: Callable[[], int]) -> int:
    """What `make` gives: the key of what it made. The name says all that it depends on."""
    if database.vendor != "postgresql" or _has_rows():
        return make()
    if name in _known:
        _known[name].restore(simulator)
    else:
        _known[name] = _taken(make(), simulator)
    return _known[name].key


def rows_once(name: str, make: Callable[[], Any]) -> Any:
    """What `make` gives, rows and values, where it needs no simulator. Each test gets objects of its own."""
    if database.vendor != "postgresql" or _has_rows():
        return make()
    if name not in _made:
        value = make()
        _made[name] = (Portal.taken(), pickle.dumps(value))
        return value
    portal, value = _made[name]
    portal.restore()
    return pickle.loads(value)


def _taken(key: int, simulator: Simulator) -> Snapshot:
    world = sqlite3.connect(":memory:", check_same_thread=False)
    with simulator.world.lock:
        simulator.world.db.backup(world)
    return Snapshot(key, Portal.taken(), world, simulator.log.all(), simulator.url)


def _rows(table: str) -> bytes:
    with database.cursor() as cursor, cursor.copy(f'COPY "{table}" TO STDOUT') as out:
        return b"".join(bytes(part) for part in out)


def _has_rows() -> bool:
    with database.cursor() as cursor:
        cursor.execute("SELECT " + " OR ".join(f'EXISTS (SELECT FROM "{table}")' for table in _tables()))
        return bool(cursor.fetchone()[0])


@once_only
def _tables() -> tuple[str, ...]:
    models = apps.get_models(include_auto_created=True)
    return tuple(dict.fromkeys(model._meta.db_table for model in models if model._meta.app_label in APPS))


def _cache() -> Iterator[dict[str, Any]]:
    """What is in the cache of this process, and until when."""
    yield cache._cache
    yield cache._expire_info
