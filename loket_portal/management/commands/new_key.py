"""`manage.py new_key`: a key for FIELD_ENCRYPTION_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand

from loket_portal.lib import crypto


class Command(BaseCommand):
    help = "Prints a new key for FIELD_ENCRYPTION_KEYS; put it in front of the keys you have."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(crypto.new_key())
