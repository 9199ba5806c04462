from typing import Any

from celery.signals import worker_init
from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OnboardingConfig(AppConfig):
    """Who is connected: companies, people, legal entities and their connection with Loket."""

    name = "onboarding"
    verbose_name = _("Companies and connections")

    def ready(self) -> None:
        from onboarding.services import connections

        def compare(**_more: Any) -> None:
            """A worker refuses to start on a database of another environment of Loket."""
            connections.refuse_other_environment()

        worker_init.connect(compare, weak=False, dispatch_uid="compare-environment")
