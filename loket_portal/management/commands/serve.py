"""`manage.py serve`: web application and worker in one process, for a small office without Redis."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand

from loket_portal import embedded
from loket_portal.loket.errors import ConfigProblem
from onboarding.services import connections


class Command(BaseCommand):
    help = "Serves the portal with an embedded worker. With REDIS_URL set, run gunicorn and Celery instead."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=settings.PORT)

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        if settings.REDIS_URL:
            raise CommandError("REDIS_URL is set: run gunicorn and Celery workers (README), not the embedded worker.")
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        call_command("migrate", verbosity=0)
        try:
            connections.refuse_other_environment()
            embedded.require_free_port(port, host)
        except ConfigProblem as error:
            raise CommandError(f"{error.message} {error.hint}") from error
        except embedded.PortTaken as error:
            raise CommandError(f"Port {port} is taken by another program; choose one with --port.") from error
        embedded.serve(host, port, lambda: self.stdout.write(f"Serving on http://{host}:{port}"))
        embedded.leave()
