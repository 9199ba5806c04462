"""What the worker does for the frame itself."""

from celery import shared_task
from django.core.cache import caches
from django.core.management import call_command

from loket_portal.lib.table_cache import TableCache


@shared_task
def tidy() -> None:
    """Deletes the sessions and the entries of the cache whose term is over."""
    call_command("clearsessions", verbosity=0)
    cache = caches["default"]
    if isinstance(cache, TableCache):
        cache.forget_old()
