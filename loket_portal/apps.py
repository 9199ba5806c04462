from typing import Any

from django.apps import AppConfig, apps
from django.core.cache import caches
from django.core.management import call_command
from django.db.models.signals import post_migrate

from loket_portal.lib.table_cache import TableCache


class PortalConfig(AppConfig):
    """The frame: settings, addresses, the look of forms, and what every page knows."""

    name = "loket_portal"
    verbose_name = "Loket Portal"

    def ready(self) -> None:
        from loket_portal import stopping

        stopping.connect()
        # An application with tables of its own: of one without, such as this, `migrate` tells nothing.
        post_migrate.connect(make_cache_table, sender=apps.get_app_config("sync"))


def make_cache_table(using: str, **_more: Any) -> None:
    """After each `migrate`: the table of the cache, where several processes share one. What is there stays."""
    if isinstance(caches["default"], TableCache):
        call_command("createcachetable", database=using, verbosity=0)
