"""The health checks of docker-compose.yml: `python -m loket_portal.alive web`, `worker` or `beat`; exit code 0 is healthy.

Starting Django or asking all workers over the broker for each check would cost more than the work itself. So worker and
beat touch a file as long as they do what they are for, and the check looks how old it is. Standard library only.
"""

import contextlib
import http.client
import os
import sys
import tempfile
import time
from pathlib import Path

WORKER_SECONDS = 60
"""It shows itself every two seconds; a broker that comes back is found again within this time."""
SWEEPS_MISSED = 4
"""The beat shows itself with every sweep that it orders."""


def note(name: str) -> None:
    """Shows that this process lives; a disk that is full stops nobody."""
    with contextlib.suppress(OSError):
        _file(name).touch()


def age(name: str) -> float:
    """The seconds since it last showed itself; endless when it never did."""
    try:
        return time.time() - _file(name).stat().st_mtime
    except FileNotFoundError:
        return float("inf")


def answers(port: int) -> bool:
    """Whether /healthz says 200, asked under a name that the portal answers to."""
    name = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".*") or "localhost"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": name})
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def is_healthy(service: str) -> bool:
    """Whether this container does what it is for."""
    if service == "web":
        return answers(int(os.environ.get("PORT") or 8000))
    if service == "worker":
        return age(service) < WORKER_SECONDS
    return age(service) < SWEEPS_MISSED * float(os.environ.get("SWEEP_SECONDS") or 30)


def _file(name: str) -> Path:
    return Path(tempfile.gettempdir()) / f"loket-portal-{name}.alive"


if __name__ == "__main__":
    sys.exit(0 if is_healthy(sys.argv[1]) else 1)
