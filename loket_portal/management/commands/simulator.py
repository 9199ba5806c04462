"""`manage.py simulator …`: the Loket simulator with this installation's client id, secret and address."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from onboarding.services import signin


def arguments() -> list[str]:
    """What the simulator must know of the portal: its port, its client and where it sends people back to."""
    record = settings.SIMULATOR_RECORD
    return [
        *(("--record", record) if record else ()),
        *("--port", str(settings.SIMULATOR_PORT)),
        *("--db", str(settings.VAR_DIR / "simulator.sqlite3")),
        *("--client-id", settings.LOKET_CLIENT_ID),
        *("--client-secret", settings.LOKET_CLIENT_SECRET),
        *("--redirect-uri", signin.redirect_uri()),
    ]


class Command(BaseCommand):
    help = "Runs the Loket simulator for this portal; further options go to `python -m loket_portal.simulator`."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("options", nargs="*", help="after --: options of the simulator, for example --latency 200")

    def handle(self, *args: Any, **options: Any) -> None:
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "loket_portal.simulator", *arguments(), *options["options"]]
        os.execv(sys.executable, command)  # noqa: S606  our own program with our own arguments
