"""What departments are called, by their id in Personio: v2 gives ids only, and a reading of some people sees few names."""

from collections.abc import Mapping

from django.core.cache import cache

from sync.models import Roster

DAY = 24 * 3600


def keep(roster: Roster, names: Mapping[str, str]) -> None:
    """Keeps the names that a complete reading has seen, for as long as it may be kept up to date."""
    cache.set(_key(roster), dict(names), DAY)


def of(roster: Roster) -> Mapping[str, str]:
    """The names of a reading; nothing where they were not kept: then a department is absent and changes nothing."""
    found: Mapping[str, str] = cache.get(_key(roster), {})
    return found


def _key(roster: Roster) -> str:
    return f"sync.departments.{roster.pk}"
