"""`manage.py demo` as a process of its own: free ports, a folder of its own, its output."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import requests

from tests.servers import SHARED

ROOT = Path(__file__).parents[2]
READY = 60  # seconds before a test gives up; nothing is measured here


def migrated(folder: Path) -> Path:
    """The folder, with a portal's database that is empty: made once for all journeys, since it takes five seconds."""
    folder.mkdir()
    made = SHARED / "migrated" / "portal.sqlite3"
    with (SHARED / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            made.parent.mkdir()
            command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
            subprocess.run(command, cwd=ROOT, env=environment(made.parent), check=True)
    shutil.copyfile(made, folder / made.name)
    return folder


def environment(folder: Path) -> dict[str, str]:
    """What a process of the portal with its data in this folder gets to know; nothing of this one's settings."""
    clean = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    return clean | {"PORTAL_ENV_FILE": os.devnull, "PORTAL_VAR_DIR": str(folder)}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class AtLoket:
    """What the simulated Loket at the address `loket` has and was asked."""

    loket: str

    def state(self, employer: str = "") -> dict[str, object]:
        """All that the simulated Loket has of an employer, or of the first one."""
        return requests.get(f"{self.loket}/_simulator/state", params={"employer": employer}, timeout=10).json()

    def misbehave(self, **options: object) -> None:
        """Changes the simulator's options while it runs."""
        requests.post(f"{self.loket}/_simulator/options", json=options, timeout=10).raise_for_status()

    def writes(self) -> list[dict[str, object]]:
        """The calls to the simulator's API that change something; validation alone changes nothing."""
        log = requests.get(f"{self.loket}/_simulator/log", timeout=10).json()["requests"]
        assert log, "the log is on"
        calls = [entry for entry in log if entry["path"].startswith("/v2") and not entry["validateOnly"]]
        return [entry for entry in calls if entry["method"] != "GET"]


class Demo(AtLoket):
    """A running demo; `url` is the portal's address, `loket` the simulator's."""

    def __init__(self, folder: Path, *arguments: str, **options: str) -> None:
        self.folder, self.port, self.simulator_port = folder, free_port(), free_port()
        self.url, self.loket = f"http://127.0.0.1:{self.port}", f"http://127.0.0.1:{self.simulator_port}"
        folder.mkdir(exist_ok=True)
        self.log = folder / "output.txt"
        self.environment = environment(folder) | {
            "PORT": str(self.port),
            "SIMULATOR_PORT": str(self.simulator_port),
            **options,
        }
        self.arguments = arguments
        self.process = self.start()

    def start(self) -> "subprocess.Popen[bytes]":
        """Starts `manage.py demo` and returns at once."""
        output = self.log.open("wb")
        command = [sys.executable, "manage.py", "demo", *self.arguments]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=output, stderr=output)
        return self.process

    @property
    def said(self) -> str:
        return self.log.read_text("utf-8")

    def wait_until_ready(self) -> "Demo":
        until = time.monotonic() + READY
        while "is ready" not in self.said:
            assert self.process.poll() is None, self.said
            assert time.monotonic() < until, self.said
            time.sleep(0.05)
        return self

    def family(self) -> list[psutil.Process]:
        """The process and all it has started."""
        me = psutil.Process(self.process.pid)
        return [me, *me.children(recursive=True)]

    def interrupt(self) -> int:
        """Ctrl-C; gives the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.interrupt()
