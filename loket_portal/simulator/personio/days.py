"""Days and moments as Personio writes them: v1 with the offset of the season, v2 in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from ..clock import NETHERLANDS


def midnight(day: Any) -> Any:
    """A day as v1 writes it, for example 2024-04-01T00:00:00+02:00. What is no day stays what it is."""
    try:
        return datetime.combine(date.fromisoformat(day), time(), NETHERLANDS).isoformat()
    except (TypeError, ValueError):
        return day


def local(moment: str) -> str:
    """A stored moment as v1 writes it, with the offset of the season."""
    return datetime.fromisoformat(moment).astimezone(NETHERLANDS).isoformat()


def now() -> str:
    """This moment, as it is stored and as v2 writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: str) -> datetime:
    """A moment that was asked for: with a zone, or else in the company's time. Raises ValueError."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=NETHERLANDS)


def day_of(text: Any) -> Any:
    """The first ten characters of a day that was given with time and offset; everything else as it is."""
    return text[:10] if isinstance(text, str) and text[10:11] == "T" else text


def month_start(day: date, months: int) -> date:
    """The first day of the month that lies so many months after the day's own."""
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)
