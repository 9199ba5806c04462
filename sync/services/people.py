"""Who of the roster is in the sync and who isn't, with the reason (rules 39 to 42): what the People page shows.

People are decrypted page by page; only a search by name reads them all.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.core.cache import cache
from django.core.paginator import Page, Paginator
from django.utils import timezone

from onboarding.models import LegalEntity
from sync import policy
from sync.models import Roster
from sync.records import HRRecord, Later, Problem
from sync.services import attribute_labels, rosters, settled
from sync.services.search import is_found

PAGE_SIZE = 50
LONGEST_PK = 19
"""Digits: what is longer is no number of a row."""
DAY = 24 * 3600


def number_in(person: Mapping[str, str]) -> str:
    """The employee number in who a stored result is about, or its key where that is one; "" for none."""
    key = person.get("key", "")
    return person.get("number", "") or ("" if key.startswith(("row-", "personio-")) else key)


def is_pk(text: str) -> bool:
    """Whether a text that a form sent may be the number of a row."""
    return text.isascii() and text.isdecimal() and len(text) < LONGEST_PK


@dataclass(frozen=True, slots=True)
class ScopeCounts:
    """How many people of the roster are in the sync, blocked, or left out."""

    in_scope: int = 0
    blocked: int = 0
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person of the roster: `status` is in, out or blocked; `reason` a code of sync.policy.

    `day`: when somebody who starts later does; `later`: what is planned for this person in Personio (rule 43).
    """

    row: int
    key: str
    name: str
    status: str
    reason: str
    problems: tuple[Problem, ...]
    number: str = ""
    day: date | None = None
    later: tuple[Later, ...] = ()


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """One page of people; `counts` holds all, in, blocked and out for the whole roster."""

    rows: Sequence[PersonRow]
    counts: Mapping[str, int]
    page_obj: Page[Any]
    show: str = "all"
    search: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How one row stands today: no name and no value, so that it may be kept in the cache."""

    row: int
    status: str
    reason: str


def find(entity: LegalEntity, *, show: str = "all", search: str = "", page: int | str = 1) -> PeoplePage:
    """Who of the newest roster is in the sync and who isn't, with the reason. No network.

    Only the page that is shown is decrypted, unless names are searched.
    """
    roster = rosters.current(entity)
    standings = _standings(entity, roster) if roster else []
    counts = Counter(standing.status for standing in standings) + Counter(all=len(standings))
    wanted = [standing for standing in standings if show in {"all", standing.status}]
    if search and roster:
        found = {r.row for r in settled.records(entity, roster) if is_found(search, r.name, r.key, r.number)}
        wanted = [standing for standing in wanted if standing.row in found]
    page_obj = Paginator(wanted, PAGE_SIZE).get_page(page)
    rows = _rows(entity, roster, list(page_obj.object_list)) if roster else []
    return PeoplePage(rows, counts, page_obj, show, search)


def _standings(entity: LegalEntity, roster: Roster) -> list[Standing]:
    """Everybody's status, worked out once a day for a roster: dates in it count from today."""
    today = timezone.localdate()
    key = f"sync.standings.{roster.pk}.{roster.digest}.{settled.mark(entity, roster)}.{today.isoformat()}"
    known: list[Standing] | None = cache.get(key)
    if known is None:
        decided = policy.decide_all(tuple(settled.records(entity, roster)), today)
        known = [Standing(record.row, _status(decision), str(decision.reason)) for record, decision in decided]
        cache.set(key, known, DAY)
    return known


def _status(decision: policy.Decision) -> str:
    return "blocked" if decision.blocked else "in" if decision.in_scope else "out"


def _rows(entity: LegalEntity, roster: Roster, standings: Sequence[Standing]) -> list[PersonRow]:
    today, wanted = timezone.localdate(), [standing.row for standing in standings]
    records = {record.row: record for record in settled.records(entity, roster, rows=wanted)}
    rows = [_person(records[standing.row], standing, today) for standing in standings if standing.row in records]
    labels = attribute_labels.of(entity.company_id, (problem for row in rows for problem in row.problems))
    return [replace(row, problems=attribute_labels.named(row.problems, labels)) for row in rows]


def _person(record: HRRecord, standing: Standing, today: date) -> PersonRow:
    # A double number is in the record already: the reader, who saw everybody, has put it there.
    if standing.reason != policy.Reason.DUPLICATE_NUMBER:
        record = policy.undoubled(record)  # the other one has left since
    decision = policy.decide(record, today)
    return PersonRow(
        record.row,
        record.key,
        record.name,
        standing.status,
        standing.reason,
        decision.problems or record.problems,
        number=record.number,
        day=decision.day,
        later=record.later,
    )


def scope(roster: Roster) -> ScopeCounts:
    """How many people are in the sync, of a roster that is in use."""
    counts = Counter(standing.status for standing in _standings(_entity(roster), roster))
    return ScopeCounts(counts["in"], counts["blocked"], counts["out"])


def numbers_in_scope(roster: Roster) -> frozenset[int]:
    """The Loket employee numbers of those who are in the sync (rules 39 to 41)."""
    entity = _entity(roster)
    rows = [standing.row for standing in _standings(entity, roster) if standing.status == "in"]
    numbers = (policy.loket_number(record) for record in settled.records(entity, roster, rows=rows))
    return frozenset(number for number in numbers if number is not None)


def _entity(roster: Roster) -> LegalEntity:
    if roster.entity is None:
        raise ValueError("only the people of a roster in use are counted")
    return roster.entity
