"""The simulator's memory: one SQLite file, or none at all (`:memory:`), used by many threads one at a time."""

from __future__ import annotations

import json
import sqlite3
import threading
import uuid
from collections.abc import Iterator
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
CREATE TABLE IF NOT EXISTS sign_ins (
    id TEXT PRIMARY KEY, ends REAL NOT NULL, user TEXT NOT NULL, asked TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS codes (
    code TEXT PRIMARY KEY, ends REAL NOT NULL, is_used INTEGER NOT NULL, redirect_uri TEXT NOT NULL,
    challenge TEXT NOT NULL, method TEXT NOT NULL, user TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS tokens (
    access TEXT PRIMARY KEY, refresh TEXT NOT NULL UNIQUE, ends REAL NOT NULL, is_used INTEGER NOT NULL,
    user TEXT NOT NULL);
"""


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

    def add(self, kind: str, owner: str, body: dict[str, Any], *, mark: str = "", record_id: str = "") -> Record:
        """Stores a new record, under a new id unless one is given."""
        record_id = record_id or str(uuid.uuid4())
        with self.transaction() as db:
            db.execute(
                "INSERT INTO records (id, kind, owner, mark, version, body) VALUES (?, ?, ?, ?, ?, ?)",
                (record_id, kind, owner, mark, self.next_number("version"), json.dumps(body)),
            )
        return self._stored(kind, record_id)

    def replace(self, record: Record, body: dict[str, Any], *, mark: str | None = None) -> Record:
        """Stores a record's new fields under a new version number."""
        with self.transaction() as db:
            db.execute(
                "UPDATE records SET body = ?, mark = ?, version = ? WHERE id = ?",
                (json.dumps(body), record.mark if mark is None else mark, self.next_number("version"), record.id),
            )
        return self._stored(record.kind, record.id)

    def touch(self, record: Record) -> None:
        """Gives a record a new version number, since something that belongs to it changed."""
        self.replace(record, record.body)

    def remove(self, record: Record) -> None:
        """Forgets a record."""
        with self.transaction() as db:
            db.execute("DELETE FROM records WHERE id = ?", (record.id,))

    def highest_mark(self, kind: str, owner: str) -> int:
        """The highest mark of an owner's records, read as a number; 0 when there is none."""
        found = self.rows("SELECT MAX(CAST(mark AS INTEGER)) FROM records WHERE kind = ? AND owner = ?", kind, owner)
        return int(found[0][0] or 0)

    def next_number(self, name: str) -> int:
        """Counts a counter on by one: 1, 2, 3 …"""
        with self.transaction():
            number = int(self.fact(name) or 0) + 1
            self.remember(name, str(number))
        return number

    def _find(self, where: str, *values: str) -> list[Record]:
        found = self.rows(
            f"SELECT id, kind, owner, mark, version, body FROM records WHERE {where} ORDER BY rank", *values
        )
        return [Record(*row) for row in found]

    def _stored(self, kind: str, record_id: str) -> Record:
        return self._find("kind = ? AND id = ?", kind, record_id)[0]

    @staticmethod
    def _first(found: list[Record]) -> Record | None:
        return found[0] if found else None
