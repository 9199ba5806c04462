"""One service as a process, with its own group, /tmp and log."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from scripts.services.machine import ROOT

READY_SECONDS = 120
TAIL = 25


class Ended(Exception):
    """A service is not there; the text says which one and what it said last."""


@dataclass
class Child:
    """A service that can be started, asked, stopped as its container would be, and killed."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    health: Sequence[str]
    log: Path
    grace: float = 10
    stop_signal: signal.Signals = signal.SIGTERM
    user: str | None = None
    process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)

    def start(self) -> None:
        """Starts it with an empty /tmp and returns at once. What it says is added to its log."""
        temporary = Path(self.environment["TMPDIR"])
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(parents=True)
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C reaches only us, and we stop it in order
                user=self.user,
            )

    @property
    def pid(self) -> int:
        """The number of its first process; raises Ended when it was not started."""
        if self.process is None:
            raise Ended(f"{self.name} was not started")
        return self.process.pid

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def children(self) -> list[int]:
        """The numbers of the processes that it has started, oldest first: of a worker those of its pool."""
        with suppress(psutil.NoSuchProcess):
            found = psutil.Process(self.pid).children(recursive=True)
            return [one.pid for one in sorted(found, key=psutil.Process.create_time)]
        return []

    def is_healthy(self) -> bool:
        """Whether its health check succeeds, as docker-compose.yml has it."""
        checked = subprocess.run(
            self.health, cwd=ROOT, env=dict(self.environment), capture_output=True, timeout=30, check=False
        )
        return checked.returncode == 0

    def wait(self, seconds: float = READY_SECONDS) -> None:
        """Until it is healthy; raises Ended when it ends before, or isn't in time."""
        until = time.monotonic() + seconds
        while not self.is_healthy():
            if not self.is_running or time.monotonic() > until:
                raise Ended(self.last_words())
            time.sleep(0.1)

    def stop(self) -> None:
        """As `docker stop`: its signal, its time to end, then all its processes at once."""
        if self.is_running and self.process is not None:
            self.process.send_signal(self.stop_signal)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(self.grace)
        self.kill()

    def kill(self) -> None:
        """kill -9 of all its processes at once, as when its container dies."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def last_words(self) -> str:
        """That it ended or isn't healthy, and the end of its log."""
        code = self.process.poll() if self.process else None
        how = "does not get healthy" if code is None else f"has ended with exit code {code}"
        said = self.log.read_text("utf-8", "replace").splitlines()[-TAIL:] if self.log.exists() else []
        return "\n".join([f"{self.name} {how}. Its last lines ({self.log}):", *(f"  {line}" for line in said)])


def finish(process: "subprocess.Popen[str]") -> str:
    """What a step printed; raises Ended when it failed."""
    printed, _ = process.communicate()
    if process.returncode:
        raise Ended(f"{' '.join(map(str, process.args))} failed:\n{printed}")  # type: ignore[arg-type]
    return printed


def begin(command: Sequence[str], environment: Mapping[str, str]) -> "subprocess.Popen[str]":
    """Starts a step that ends by itself."""
    return subprocess.Popen(
        command, cwd=ROOT, env=dict(environment), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
