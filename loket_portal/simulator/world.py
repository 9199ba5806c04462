"""The simulator's memory: one SQLite file, or none at all (`:memory:`), used by many threads one at a time."""

from __future__ import annotations

import sqlite3
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from .compact import compact, parsed
from .shelf import Shelf
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
TOUCH = """
UPDATE records AS one SET version = ? + (
    SELECT COUNT(*) FROM records WHERE kind = one.kind AND owner = one.owner AND mark = one.mark AND rank < one.rank)
WHERE kind = ? AND owner = ? AND mark = ?
"""
SHARED = frozenset({"function", "department", "distributionunit", "administration"})
"""What many people refer to. `World.shared_at` is another number after each change of any of these."""


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
        body: dict[str, Any] = parsed(self.text)
        return body


class World:
    """All records, in the order in which they came. Ids and tokens survive a restart; `version` only ever grows."""

    def __init__(self, path: str = ":memory:") -> None:
        if path != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        self.lock = threading.RLock()
        self.shared_at = 0
        self._version: int | None = None  # the newest one of a transaction that is under way
        self._stored: int | None = None
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
                self._keep_version()
            except BaseException:
                self.db.execute("ROLLBACK")
                self.shared_at += 1
                raise
            finally:
                self._version = None
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
        return next(iter(self._find("kind = ? AND id = ?", kind, record_id.lower())), None)

    def all(self, kind: str, owner: str, mark: str | None = None) -> list[Record]:
        """The records of an owner, oldest first."""
        if mark is None:
            return self._find("kind = ? AND owner = ?", kind, owner)
        return self._find("kind = ? AND owner = ? AND mark = ?", kind, owner, mark)

    def employed(self, owner: str, numbers: Sequence[int]) -> list[Record]:
        """The employments of the employees with these numbers, oldest first."""
        some = ", ".join("?" * len(numbers))
        people = (
            f"SELECT id FROM records WHERE kind = 'employee' AND owner = ? AND body ->> 'employeeNumber' IN ({some})"
        )
        return self._find(f"kind = 'employment' AND owner = ? AND mark IN ({people})", owner, owner, *numbers)

    def moved(self, kind: str, owner: str, since: int) -> list[Record]:
        """The records of an owner with a version above that number, oldest first."""
        return self._find("kind = ? AND owner = ? AND version > ?", kind, owner, since)

    def shelf(self, kind: str, owner: str) -> Sequence[Record]:
        """The same records, of which only those are read that are asked for."""
        return Shelf(self, kind, owner)

    def add(self, kind: str, owner: str, body: dict[str, Any], *, mark: str = "", record_id: str = "") -> Record:
        """Stores a new record, under a new id unless one is given."""
        with self.transaction() as db:
            made = Record(record_id or str(uuid.uuid4()), kind, owner, mark, self._next_version(), compact(body))
            db.execute(
                "INSERT INTO records (id, kind, owner, mark, version, body) VALUES (?, ?, ?, ?, ?, ?)",
                (made.id, kind, owner, mark, made.version, made.text),
            )
            self._note(kind)
        return made

    def replace(self, record: Record, body: dict[str, Any], *, mark: str | None = None) -> Record:
        """Stores a record's new fields under a new version number."""
        text, mark = compact(body), record.mark if mark is None else mark
        with self.transaction() as db:
            version = self._next_version()
            db.execute("UPDATE records SET body = ?, version = ? WHERE id = ?", (text, version, record.id))
            if mark != record.mark:  # it is in the index
                db.execute("UPDATE records SET mark = ? WHERE id = ?", (mark, record.id))
            self._note(record.kind)
        return Record(record.id, record.kind, record.owner, mark, version, text)

    def touch(self, kind: str, owner: str, mark: str) -> None:
        """Gives records new version numbers, in their order, since something that belongs to them changed."""
        with self.transaction() as db:
            first = self._next_version()
            self._version = first - 1 + db.execute(TOUCH, (first, kind, owner, mark)).rowcount
            self._note(kind)

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

    def _next_version(self) -> int:
        """One more than any before it. Of many in one transaction only the first one and the last one are stored."""
        if self._version is None:
            self._version = self._stored = self.next_number("version")
        else:
            self._version += 1
        return self._version

    def _keep_version(self) -> None:
        if self._version is not None and self._version != self._stored:
            self.db.execute("UPDATE facts SET value = ? WHERE name = 'version'", (str(self._version),))

    def _note(self, kind: str) -> None:
        self.shared_at += kind in SHARED

    def _find(self, where: str, *values: Any) -> list[Record]:
        return self.find(f"{where} ORDER BY rank", *values)

    def find(self, where: str, *values: Any) -> list[Record]:
        """The records that a condition of SQL is true of."""
        sql = f"SELECT id, kind, owner, mark, version, body FROM records WHERE {where}"
        return [Record(*row) for row in self.rows(sql, *values)]
