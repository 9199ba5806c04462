"""The day in the Netherlands, which is what Loket's dates are about."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

NETHERLANDS = ZoneInfo("Europe/Amsterdam")


def today() -> date:
    """Today's date in the Netherlands."""
    return datetime.now(NETHERLANDS).date()
