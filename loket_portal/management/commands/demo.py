"""`manage.py demo`: portal, worker and simulator of Loket and Personio, with two companies. Ctrl-C stops it all."""

import fcntl
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand

from loket_portal import embedded
from loket_portal.loket.errors import ConfigProblem
from loket_portal.management.commands.simulator import arguments
from onboarding.services import connections

SETUP = settings.BASE_DIR / "docs" / "samples" / "setup.yaml"
READY_SECONDS = 20

WELCOME = """
Loket Portal is ready:  {url}   Everybody's password: tulp-demo-2026

  Tulp Horeca, on a roster     Administrator      anna@tulphoreca.example
                               Payroll Manager    piet@tulphoreca.example
                               at Loket           integratie@tulphoreca.example

  Linde Horeca, on Personio    Administrator      bo@lindehoreca.example
                               Payroll Manager    mila@lindehoreca.example
                               at Loket           integratie@lindehoreca.example

  Support                      {url}/admin/   support@portal.example

At Loket (simulator)         Wachtwoord loket-demo   code 123456
A roster to upload at Tulp   docs/samples/roster.csv

Data stays in {var}; `make demo RESET=1` starts over. Ctrl-C stops everything.
"""


class Command(BaseCommand):
    help = "Starts the demo on PORT (8000 if not set) with the simulator of Loket and Personio beside it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reset", action="store_true", help="start over with fresh demo data")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.IS_DEMO:
            raise CommandError("PORTAL_MODE is production; the demo runs with PORTAL_MODE=demo (or without it).")
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        embedded.stop_on_signals()
        try:
            with self._alone():
                self._run(reset=options["reset"])
        except KeyboardInterrupt:  # before it was ready
            pass
        self._say("Stopped.")
        embedded.leave()

    def _run(self, *, reset: bool) -> None:
        self._require_ports()
        if reset:
            self._reset()
        self._prepare()
        with self._simulator():
            # Its second company is connected to Personio, which the simulator answers for.
            call_command("load_setup", str(SETUP), verbosity=0)
            welcome = WELCOME.format(url=settings.PORTAL_URL, var=settings.VAR_DIR)
            embedded.serve("127.0.0.1", settings.PORT, lambda: self._say(welcome))

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (settings.VAR_DIR / "demo.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise CommandError(
                    f"The demo already runs with the data in {settings.VAR_DIR}; stop it first."
                ) from error
            yield

    def _require_ports(self) -> None:
        for port, name in ((settings.PORT, "PORT"), (settings.SIMULATOR_PORT, "SIMULATOR_PORT")):
            try:
                embedded.require_free_port(port)
            except embedded.PortTaken as error:
                raise CommandError(
                    f"Port {port} is taken; choose another one: make demo {name}={port + 1000}"
                ) from error

    def _reset(self) -> None:
        for name in ("portal.sqlite3", "simulator.sqlite3"):
            for path in Path(settings.VAR_DIR).glob(f"{name}*"):
                path.unlink()

    def _prepare(self) -> None:
        self._say("Preparing the database …")
        call_command("migrate", verbosity=0)
        try:
            connections.refuse_other_environment()
        except ConfigProblem as error:
            raise CommandError(f"{error.message} {error.hint}") from error

    @contextmanager
    def _simulator(self) -> Iterator[None]:
        """The simulator as a child; it also ends by itself when this process is gone (--parent-pid)."""
        command = [sys.executable, "-m", "loket_portal.simulator", *arguments(), "--parent-pid", str(os.getpid())]
        # A session of its own: Ctrl-C reaches only us, and we stop it in order.
        child = subprocess.Popen(command, start_new_session=True, cwd=settings.BASE_DIR)  # noqa: S603
        try:
            self._await(child)
            yield
        finally:
            child.terminate()
            try:
                child.wait(2)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def _await(self, child: "subprocess.Popen[bytes]") -> None:
        url = f"http://127.0.0.1:{settings.SIMULATOR_PORT}/_simulator/log"
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until:
            if child.poll() is not None:
                raise CommandError("The Loket simulator did not start; its own message stands above.")
            try:
                urllib.request.urlopen(url, timeout=1).close()
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise CommandError("The Loket simulator did not answer in time.")
