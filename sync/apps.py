from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SyncConfig(AppConfig):
    """Moves people: rosters, runs, and what every run did."""

    name = "sync"
    verbose_name = _("Rosters and runs")
