"""`manage.py load_setup FILE.yaml`: companies, people, entities, their sources and mappings (format: docs/setup.md)."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand

from sync.services import setup
from sync.services.setup_document import SetupRefused
from sync.sources.roster import RosterRefused


class Command(BaseCommand):
    help = "Loads a setup document; loading it twice changes nothing, and nothing is ever deleted."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = setup.load(options["file"])
        except (SetupRefused, RosterRefused) as error:
            raise CommandError(str(error)) from error
        if options["verbosity"]:
            self.stdout.write(
                f"{loaded.companies} companies, {loaded.entities} entities, {loaded.users} users, {loaded.rosters} rosters."
            )
