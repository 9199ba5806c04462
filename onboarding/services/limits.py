"""How often something may be done. Counts live in the cache: what guards for good is counted in the database."""

import logging

from django.core.cache import cache

log = logging.getLogger(__name__)


def is_allowed(what: str, whose: str, *, times: int, seconds: int) -> bool:
    """Whether this may happen once more; counts it. A cache that is away stops nobody."""
    key = f"limit.{what}.{whose}"
    try:
        if cache.add(key, 1, seconds):
            return True
        return cache.incr(key) <= times
    except ValueError:  # it ended between the two: a new term begins
        return True
    except Exception as error:  # noqa: BLE001  whatever the cache is: people go on without it
        log.warning("%s could not be counted: %s", what, type(error).__name__)
        return True
