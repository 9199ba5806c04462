"""The whole production form on this machine, as a library: start, ask, kill, restart, stop."""

import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import redis
from psycopg import sql

from scripts.services import compose, given
from scripts.services.child import Child, Ended, begin, finish
from scripts.services.front import Front, certificate
from scripts.services.machine import ROOT, Machine, free_port

SETUP = ROOT / "docs" / "samples" / "setup.yaml"
SERVERS = ("db", "redis")
SIMULATOR = "simulator"
STOPS = {"db": signal.SIGINT}  # the fast end, as in PostgreSQL's image
LOOK = "import sys, urllib.request as u; u.urlopen(sys.argv[1], timeout=5)"


class Production:
    """db, redis, migrate, web, worker and beat of docker-compose.yml, and a proxy for HTTPS in front.

    `environment` is portal.env: it is given to each of the portal's services, wins over what docker-compose.yml says, and is
    what `${NAME}` stands for there. With `DATABASE_URL` in it no PostgreSQL is started. With `simulator` Loket and Personio
    are simulated beside it, with these options of `python -m loket_portal.simulator`.
    """

    def __init__(
        self, folder: Path, *, port: int = 0, simulator: Sequence[str] | None = (), **environment: str
    ) -> None:
        self.machine = Machine(folder)
        self.port, self.simulator_port = port or free_port(), free_port()
        self.url, self.loket = f"https://127.0.0.1:{self.port}", f"http://127.0.0.1:{self.simulator_port}"
        self.simulator = simulator
        own = {} if simulator is None else given.simulated(self.url, self.simulator_port)
        self.given = own | environment
        self.services = compose.read(self.given)
        if "DATABASE_URL" in self.given:
            del self.services["db"]
        self.children: dict[str, Child] = {}
        self.front: Front | None = None

    @property
    def certificate(self) -> Path:
        """Whom a client must trust that asks at `url`; nobody has signed it."""
        return self.machine.folder / "front.pem"

    # --- All of it --------------------------------------------------------------------------------------------------

    def start(self) -> "Production":
        """Starts all that docker-compose.yml has, in its order, and waits until each is healthy."""
        self.prepare()
        self.start_service(*(name for name, one in self.services.items() if not one.ends and name not in SERVERS))
        self.start_front()
        return self

    def prepare(self) -> None:
        """What web, worker and beat need: servers, static files, tables; with a simulator its companies, too."""
        folder = given.SECRETS if self.simulator is None else None
        self.machine.write_secrets(given.secrets_for(self.machine.database_url, folder))
        static = begin([sys.executable, "scripts/build_static.py"], self.machine.environment({}, "static"))
        self.start_service(*(name for name in SERVERS if name in self.services))
        if "db" in self.services:
            self.machine.make_database()
        for service in self.services.values():
            if service.ends:
                finish(begin(self.machine.command(service.command, service.name), self.environment(service.name)))
        finish(static)
        if self.simulator is not None:
            self._simulate(self.simulator)

    def stop(self) -> None:
        """Stops everything in order: first what asks, last what is asked. Nothing is left behind."""
        if self.front:
            self.front.stop()
            self.front = None
        for child in reversed(self.children.values()):
            child.stop()
        self.children.clear()
        self.machine.leave()

    def __enter__(self) -> "Production":
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *_exc: object) -> None:
        self.stop()

    def ended(self) -> Child | None:
        """A service that has ended by itself."""
        return next((child for child in self.children.values() if not child.is_running), None)

    # --- One service ------------------------------------------------------------------------------------------------

    def start_service(self, *names: str, **environment: str) -> None:
        """Starts services that are not there and waits until they are healthy: "worker.2" is a second worker.

        `environment` is for these alone.
        """
        for name in names:
            self.children[name] = self._child(name, environment)
            self.children[name].start()
        for name in names:
            self.children[name].wait()

    def restart(self, name: str) -> None:
        """Starts it anew, whether it was killed or still runs, and waits until it is healthy."""
        child = self.children[name]
        child.stop()
        child.start()
        child.wait()

    def start_front(self) -> None:
        """Starts the proxy for HTTPS at `url`."""
        self.front = Front(self.port, self.machine.web, certificate(self.certificate))
        self.front.start()

    def flush_redis(self) -> None:
        """Empties the broker: every message, and who waits for one."""
        with redis.Redis.from_url(self.environment("web")["REDIS_URL"]) as broker:
            broker.flushall()

    def kill(self, *names: str) -> None:
        """kill -9 of all processes of these services, as when their containers die; `restart` brings them back."""
        for name in names:
            self.children[name].kill()

    def kill_pool_child(self, name: str = "worker") -> int:
        """kill -9 of one process of a worker's pool, as when memory runs out; gives its number."""
        for pid in reversed(self.children[name].children()):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                return pid
        raise Ended(f"{name} has no process in its pool")

    def pids(self, name: str) -> list[int]:
        """The numbers of its processes, the first one first."""
        child = self.children[name]
        return [child.pid, *child.children()]

    def said(self, name: str) -> str:
        """All that a service has logged."""
        return self.children[name].log.read_text("utf-8", "replace")

    def environment(self, name: str, **more: str) -> dict[str, str]:
        """What a service gets to know; the name may have a number."""
        service = self.services[name.partition(".")[0]]
        values = self.given | more if service.name not in SERVERS else more
        return given.with_values(self.machine.environment(service.environment, name), values)

    def manage(self, *arguments: str, **environment: str) -> str:
        """Runs `manage.py` with the settings of web and gives what it printed; raises Ended when it fails."""
        return finish(begin([sys.executable, "manage.py", *arguments], self.environment("web", **environment)))

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What the database says."""
        address = self.given.get("DATABASE_URL", self.machine.database_url)
        with psycopg.connect(address, autocommit=True) as connection:
            return connection.execute(sql.SQL(query), values).fetchall()

    # --- How --------------------------------------------------------------------------------------------------------

    def _child(self, name: str, more: dict[str, str]) -> Child:
        service = self.services[name.partition(".")[0]]
        return Child(
            name,
            self.machine.command(service.command, name),
            self.environment(name, **more),
            self.machine.command(service.health, name),
            self.machine.log(name),
            service.grace,
            STOPS.get(service.name, signal.SIGTERM),
            self.machine.prepare_database() if service.name == "db" else None,
        )

    def _simulate(self, options: Sequence[str]) -> None:
        """Starts the simulator, and loads the companies of the demo, which are enabled only with the demo's settings."""
        command = [sys.executable, "manage.py", "simulator", "--", "--parent-pid", str(os.getpid()), *options]
        health = [sys.executable, "-c", LOOK, f"{self.loket}/_simulator/log"]
        simulator = Child(SIMULATOR, command, self.environment("web"), health, self.machine.log(SIMULATOR))
        self.children[SIMULATOR] = simulator
        simulator.start()
        simulator.wait()
        self.manage("load_setup", str(SETUP), PORTAL_MODE="demo")
