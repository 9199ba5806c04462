"""Date chains: the records of an employment that follow each other day by day, without a gap and without an overlap."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from .rules import Checker

Part = dict[str, Any]
CHAINS = {"_workinghours": "working hours", "_organization": "organizational entity", "_wages": "wage"}
"""The linked chains of an employment, by where they are stored, with the words for a message."""


def linked(parts: list[Part], end: str | None) -> list[Part]:
    """The chain in order: each record ends the day before the next one begins, the last one with the employment."""
    ordered = sorted(parts, key=lambda part: part["startDate"])
    ends = [_day_before(part["startDate"]) for part in ordered[1:]] + [end]
    return [{**part, "endDate": last} for part, last in zip(ordered, ends, strict=True)]


def relinked(body: dict[str, Any]) -> dict[str, Any]:
    """The employment with every chain ending as it does."""
    return {**body, **{name: linked(body[name], body["endDate"]) for name in CHAINS}}


def check_new(checker: Checker, body: dict[str, Any], parts: list[Part], start: str) -> None:
    """A new record comes at the end of the chain, inside the employment."""
    if start <= parts[-1]["startDate"]:
        checker.fail(15, f"startDate must lie after {parts[-1]['startDate']}, that of the latest record", "startDate")
    _check_end(checker, body, start)


def check_moved(checker: Checker, body: dict[str, Any], parts: list[Part], place: int, start: str) -> None:
    """A record stays between its neighbours; the first one begins with the employment."""
    if place == 0 and start != parts[0]["startDate"]:
        checker.fail(15, "startDate of the first record goes with that of the employment", "startDate")
    elif place > 0 and start <= parts[place - 1]["startDate"]:
        checker.fail(15, "startDate overlaps with the record before it", "startDate")
    elif place + 1 < len(parts) and start >= parts[place + 1]["startDate"]:
        checker.fail(15, "startDate overlaps with the record after it", "startDate")
    _check_end(checker, body, start)


def check_last_day(checker: Checker, body: dict[str, Any], end: str) -> None:
    """No record of a chain may begin after the employment has ended."""
    for name, words in CHAINS.items():
        if body[name][-1]["startDate"] > end:
            checker.fail(15, f"A record of {words} begins after the end date", "endDate")


def check_first_day(checker: Checker, body: dict[str, Any], start: str) -> None:
    """The second record of a chain must stay after the first day."""
    for name, words in CHAINS.items():
        if len(body[name]) > 1 and body[name][1]["startDate"] <= start:
            checker.fail(15, f"A later record of {words} begins on or before the start date", "startDate")


def with_first_day(body: dict[str, Any], start: str) -> dict[str, Any]:
    """The employment with another first day, which is that of the first record of every chain too."""
    moved = {name: [{**body[name][0], "startDate": start}, *body[name][1:]] for name in CHAINS}
    return relinked({**body, **moved, "startDate": start})


def _check_end(checker: Checker, body: dict[str, Any], start: str) -> None:
    if body["endDate"] is not None and start > body["endDate"]:
        checker.fail(15, "startDate lies after the end of the employment", "startDate")


def _day_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()
