"""`manage.py forget_person ENTITY NUMBER --reason "…"`: for somebody who was removed from Loket for good."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand

from onboarding.models import Connection
from sync.services import links


class Command(BaseCommand):
    help = "Forgets the stored Loket id of one person, so that the next sync sees a new person. It is audited."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("entity", help="name of the connected legal entity")
        parser.add_argument("number", help="employee number, as the roster has it")
        parser.add_argument("--reason", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        found = Connection.objects.select_related("entity__company").filter(entity__name__iexact=options["entity"])
        if len(found) != 1:
            raise CommandError(f"There is no single connected legal entity {options['entity']!r}.")
        if not links.forget(found[0], options["number"], options["reason"]):
            raise CommandError(f"Nothing is remembered of employee number {options['number']}.")
        self.stdout.write("Forgotten. The next preview shows what becomes of this person.")
