"""When a schedule is due next. Pure: the moment and the zone are passed."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
HOUR = timedelta(hours=1)


def next_hourly(after: datetime, spread: int) -> datetime:
    """The next hour after this moment, at minute `spread` modulo 60: not everybody begins at once (D8)."""
    hour = after.replace(minute=0, second=0, microsecond=0) + timedelta(minutes=spread % 60)
    return hour if hour > after else hour + HOUR


def next_daily(after: datetime, at: time, zone: ZoneInfo = AMSTERDAM) -> datetime:
    """The next day's moment at which the clock on the wall shows `at`: once a day, whatever the night does to it.

    Where the clock skips it in spring, the moment an hour later; where it comes twice in autumn, the first.
    """
    day = after.astimezone(zone).date()
    moments = (datetime.combine(day + timedelta(days=n), at, tzinfo=zone) for n in range(3))
    return next(moment for one in moments if (moment := one.astimezone(after.tzinfo)) > after)
