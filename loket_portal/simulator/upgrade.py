"""Brings a file of an older version up to date: its tokens go on, as those of the only user that there was."""

from __future__ import annotations

import sqlite3

from .options import USERNAME


def upgrade(db: sqlite3.Connection) -> None:
    """Changes the tables of a file as it was before there were several users; does nothing to any other."""
    if not _columns(db, "tokens") or "user" in _columns(db, "tokens"):
        return
    db.executescript(
        "BEGIN IMMEDIATE;"
        f"ALTER TABLE tokens ADD COLUMN user TEXT NOT NULL DEFAULT '{USERNAME}';"
        # What lives for minutes only is not worth a conversion: these tables are made anew.
        "DROP TABLE codes;"
        "DROP TABLE sign_ins;"
        "COMMIT;"
    )


def _columns(db: sqlite3.Connection, table: str) -> set[str]:
    return {row[1] for row in db.execute(f"PRAGMA table_info({table})")}
