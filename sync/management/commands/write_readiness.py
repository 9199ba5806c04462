"""`manage.py write_readiness`: looks at what every company's mapping lacks, and writes it down on its legal entities."""

from typing import Any

from django.core.management.base import BaseCommand

from mapping import services as mappings
from onboarding.models import Company


class Command(BaseCommand):
    help = "Once after an upgrade from a version before the setup wizard; harmless at any time."

    def handle(self, *args: Any, **options: Any) -> None:
        for company in Company.objects.order_by("name"):
            lacks = mappings.write_readiness(company)
            if options["verbosity"]:
                self.stdout.write(f"{company}: {len(lacks)} lacking" if lacks else f"{company}: nothing lacking")
