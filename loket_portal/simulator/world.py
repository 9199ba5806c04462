"""The simulator's memory: one SQLite file, or none at all (`:memory:`), used by many threads one at a time."""

from __future__ import annotations

import json
import sqlite3
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from .upgrade import upgrade

TABLES = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS records (
    rank INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, owner TEXT NOT NULL,
    mark TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS records_by_owner ON records (kind, owner, mark);
CREATE INDEX IF NOT EXISTS records_in_order ON records (kind, owner);
CREATE TABLE IF NOT EXISTS sign_ins (
    id TEXT PRIMARY KEY, ends REAL NOT NULL, user TEXT NOT NULL, asked TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS codes (
    code TEXT PRIMARY KEY, ends REAL NOT NULL, is_used INTEGER NOT NULL, redirect_uri TEXT NOT NULL,
    challenge TEXT NOT NULL, method TEXT NOT NULL, user TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS tokens (
    access TEXT PRIMARY KEY, refresh TEXT NOT NULL UNIQUE, ends REAL NOT NULL, is_used INTEGER NOT NULL,
    user TEXT NOT NULL);
"""
COUNT_ON = """
INSERT INTO facts VALUES (?, '1') ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + 1 RETURNING value
"""
SHARED = frozenset({"function", "department", "distributionunit", "administration"})
"""What many people refer to. `World.shared_at` is another number after each change of any of these."""
_dumps = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(frozen=True)
class Record:
    """One object of Loket. `mark` is what it is found by: an employee's number, an employment's employee."""

    id: str
    kind: str
    owner: str
    mark: str
    version: int
    text: str

    @cached_property
    def body(self) -> dict[str, Any]:
        """The stored fields; names that start with _ are the simulator's own."""
        body: dict[str, Any] = json.loads(self.text)
        return body


class World:
    """All records, in the order in which they came. Ids and tokens survive a restart; `version` only ever grows."""

    def __init__(self, path: str = ":memory:") -> None:
        if path != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        self.lock = threading.RLock()
        self.shared_at = 0
        self.db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)
        upgrade(self.db)
        self.db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;" + TABLES)

    def close(self) -> None:
        """Closes the file; the world can't be used after it."""
        with self.lock:
            self.db.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One thread at a time, all or nothing. May be nested: the outermost one commits."""
        with self.lock:
            if self.db.in_transaction:
                yield self.db
                return
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield self.db
            except BaseException:
                self.db.execute("ROLLBACK")
                self.shared_at += 1
                raise
            self.db.execute("COMMIT")

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """All rows of a question to the database."""
        with self.lock:
            return self.db.execute(sql, values).fetchall()

    def fact(self, name: str) -> str | None:
        """A remembered text, or None."""
        found = self.rows("SELECT value FROM facts WHERE name = ?", name)
        return str(found[0][0]) if found else None

    def remember(self, name: str, value: str) -> None:
        """Stores a text under a name."""
        with self.transaction() as db:
            db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    def get(self, kind: str, record_id: str) -> Record | None:
        """The record with that id; ids are compared without regard to case."""
        return self._first(self._find("kind = ? AND id = ?", kind, record_id.lower()))

    def all(self, kind: str, owner: str, mark: str | None = None) -> list[Record]:
        """The records of an owner, oldest first."""
        if mark is None:
            return self._find("kind = ? AND owner = ?", kind, owner)
        return self._find("kind = ? AND owner = ? AND mark = ?", kind, owner, mark)

    def shelf(self, kind: str, owner: str) -> Sequence[Record]:
        """The same records, of which only those are read that are asked for."""
        return _Shelf(self, kind, owner)

    def add(self, kind: str, owner: str, body: dict[str, Any], *, mark: str = "", record_id: str = "") -> Record:
        """Stores a new record, under a new id unless one is given."""
        with self.transaction() as db:
            made = Record(record_id or str(uuid.uuid4()), kind, owner, mark, self.next_number("version"), _dumps(body))
            db.execute(
                "INSERT INTO records (id, kind, owner, mark, version, body) VALUES (?, ?, ?, ?, ?, ?)",
                (made.id, kind, owner, mark, made.version, made.text),
            )
            self._note(kind)
        return made

    def replace(self, record: Record, body: dict[str, Any], *, mark: str | None = None) -> Record:
        """Stores a record's new fields under a new version number."""
        return self._restore(record, _dumps(body), record.mark if mark is None else mark)

    def touch(self, record: Record) -> None:
        """Gives a record a new version number, since something that belongs to it changed."""
        self._restore(record, record.text, record.mark)

    def remove(self, record: Record) -> None:
        """Forgets a record."""
        with self.transaction() as db:
            db.execute("DELETE FROM records WHERE id = ?", (record.id,))
            self._note(record.kind)

    def highest_mark(self, kind: str, owner: str) -> int:
        """The highest mark of an owner's records, read as a number; 0 when there is none."""
        found = self.rows("SELECT MAX(CAST(mark AS INTEGER)) FROM records WHERE kind = ? AND owner = ?", kind, owner)
        return int(found[0][0] or 0)

    def next_number(self, name: str) -> int:
        """Counts a counter on by one: 1, 2, 3 …"""
        with self.transaction() as db:
            return int(db.execute(COUNT_ON, (name,)).fetchone()[0])

    def _note(self, kind: str) -> None:
        self.shared_at += kind in SHARED

    def _find(self, where: str, *values: Any) -> list[Record]:
        return self.find(f"{where} ORDER BY rank", *values)

    def find(self, where: str, *values: Any) -> list[Record]:
        """The records that a condition of SQL is true of."""
        sql = f"SELECT id, kind, owner, mark, version, body FROM records WHERE {where}"
        return [Record(*row) for row in self.rows(sql, *values)]

    def _restore(self, record: Record, text: str, mark: str) -> Record:
        with self.transaction() as db:
            version = self.next_number("version")
            values = (text, mark, version, record.id)
            db.execute("UPDATE records SET body = ?, mark = ?, version = ? WHERE id = ?", values)
            self._note(record.kind)
        return Record(record.id, record.kind, record.owner, mark, version, text)

    @staticmethod
    def _first(found: list[Record]) -> Record | None:
        return found[0] if found else None


class _Shelf(Sequence[Record]):
    def __init__(self, world: World, kind: str, owner: str) -> None:
        self.world, self.kind, self.owner = world, kind, owner

    def __len__(self) -> int:
        sql = "SELECT COUNT(*) FROM records WHERE kind = ? AND owner = ?"
        return int(self.world.rows(sql, self.kind, self.owner)[0][0])

    def __iter__(self) -> Iterator[Record]:
        return iter(self.world.all(self.kind, self.owner))

    def __getitem__(self, place: Any) -> Any:
        if not isinstance(place, slice):
            return self.world.all(self.kind, self.owner)[place]
        start, stop, _step = place.indices(len(self))
        where = "kind = ? AND owner = ? ORDER BY rank LIMIT ? OFFSET ?"
        return self.world.find(where, self.kind, self.owner, max(stop - start, 0), start)
