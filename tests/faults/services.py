"""The services of docker-compose.yml as processes on the database of the test, with a Valkey of their own.

They are started as production starts them (scripts/services), except that the simulator is the test's own, that the keys are
those of the demo, so that the test can read what they write, and that lease and sweep are short.
"""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import redis
from celery import Celery
from django.conf import settings
from django.db import connection as database

from loket_portal.simulator import Simulator
from scripts.services import Production

QUICK = {"RUN_LEASE_SECONDS": "2", "SWEEP_SECONDS": "1"}
SHIPPED = {"RUN_LEASE_SECONDS": "60", "SWEEP_SECONDS": "30"}
TASK = "sync.tasks.execute"
QUEUE = "celery"


class Services(Production):
    """redis, and of worker, beat and web those that a test starts: `worker`, `worker.2`, `beat`, `web`."""

    def __init__(self, folder: Path, simulator: Simulator, **environment: str) -> None:
        super().__init__(folder, simulator=None, **(_given(simulator) | QUICK | environment))
        self.revived: list[str] = []
        self._simulator_port = int(simulator.url.rpartition(":")[2])

    def bring_up(self, *names: str) -> None:
        """Starts these, as a container that ended is started again, and waits for nobody."""
        for name in names:
            self.children[name].start()

    def revive(self) -> None:
        """Starts what has ended by an error of its own, as `restart: unless-stopped` does; `revived` says what that was.

        Celery's worker is such a one: when Redis goes while a task runs, kombu 5.7 fails as it gives the message back.
        """
        for name, child in self.children.items():
            if child.process is not None and (child.process.poll() or 0) > 0:  # below 0: somebody killed it
                self.revived.append(name)
                child.start()

    def pool_children(self, name: str = "worker") -> list[int]:
        """The processes of a worker's pool that are connected with Loket: the one that talks, and who did so just before."""
        found = []
        for pid in self.children[name].children():
            with suppress(psutil.NoSuchProcess):
                lines = psutil.Process(pid).net_connections("tcp")
                found += [pid] * any(one.raddr and one.raddr.port == self._simulator_port for one in lines)
        return found

    def kill_working_child(self, name: str = "worker") -> None:
        """kill -9 of just these, as when memory runs out; their worker goes on."""
        pids = self.pool_children(name)
        assert pids, f"no process of {name} talks to Loket"
        for pid in pids:
            os.kill(pid, signal.SIGKILL)

    def flush(self) -> None:
        """Empties Redis: no message is left."""
        with redis.Redis.from_url(self.machine.redis_url) as client:
            client.flushall()

    def ring(self, *run_ids: int, times: int = 1) -> None:
        """Sends each of these messages so many times."""
        with Celery("ringer", broker=self.machine.redis_url, set_as_current=False) as sender:
            for run_id in run_ids * times:
                sender.send_task(TASK, args=(run_id,))

    def double(self) -> int:
        """Delivers each message that waits for a worker once more, the same in every byte; gives how many wait then."""
        with redis.Redis.from_url(self.machine.redis_url) as client:
            for message in client.lrange(QUEUE, 0, -1):
                client.lpush(QUEUE, message)
            return client.llen(QUEUE)

    def drained(self, seconds: float = 20) -> bool:
        """Waits until no message is left, neither waiting nor with a worker; False when that takes too long."""
        ends = time.monotonic() + seconds
        with redis.Redis.from_url(self.machine.redis_url) as client:
            while client.llen(QUEUE) or client.hlen("unacked"):
                if time.monotonic() > ends:
                    return False
                time.sleep(0.05)
        return True

    def end(self) -> None:
        """Kills what is left: the rows are whole at any moment, and a test has no time for good manners."""
        for child in reversed(self.children.values()):
            child.kill()
        self.machine.leave()


@contextmanager
def services(folder: Path, simulator: Simulator, *names: str, **environment: str) -> Iterator[Services]:
    """redis and these services, healthy; `environment` wins over what is usual here."""
    made = Services(folder, simulator, **environment)
    try:
        made.start_service("redis")
        made.start_service(*names)
        yield made
    finally:
        made.end()


def database_url() -> str:
    """Where the test's own database is."""
    made = database.settings_dict
    return f"postgres://{made['USER']}@/{made['NAME']}?host={made['OPTIONS'].get('host') or made['HOST']}"


def _given(simulator: Simulator) -> dict[str, str]:
    return {
        "PORTAL_MODE": "demo",
        "DATABASE_URL": database_url(),
        "SECRET_KEY": settings.SECRET_KEY,
        "FIELD_ENCRYPTION_KEYS": ",".join(settings.FIELD_ENCRYPTION_KEYS),
        "LOKET_CLIENT_ID": settings.LOKET_CLIENT_ID,
        "LOKET_CLIENT_SECRET": settings.LOKET_CLIENT_SECRET,
        "LOKET_API_URL": f"{simulator.url}/v2",
        "LOKET_OAUTH_URL": simulator.url,
        "LOKET_FILTER_URL": f"{simulator.url}/globalfilter-microservice",
        "PERSONIO_API_URL": f"{simulator.url}/personio",
        "LOKET_PARALLEL_PER_HOST": "200",  # a killed process keeps its slots for more than a minute
        "EMAIL_URL": "consolemail://",
        "LOG_LEVEL": "INFO",
        "C_FORCE_ROOT": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
