"""From which day a change of a dated record counts (docs/adr/0020)."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from mapping.rules import MappingSet


def day_of(value: Any) -> date | None:
    """A date as Loket writes it; it may come with a time, and only the day counts."""
    return date.fromisoformat(value[:10]) if isinstance(value, str) and value else None


def day_in_hr(fields: Iterable[str], mapping: MappingSet, since: Mapping[str, date], today: date) -> date:
    """The day from which HR has these fields as they are, when it lies in this month; else today.

    Of several the last one, so that none counts before HR says so. An earlier month may be paid already: what was
    changed then counts from now on (rule 44).
    """
    return max(_day(rule.source if (rule := mapping.rule(key)) else None, since, today) for key in fields)


def _day(source: str | None, since: Mapping[str, date], today: date) -> date:
    told = since.get(source or "")
    return told if told and told <= today and (told.year, told.month) == (today.year, today.month) else today
