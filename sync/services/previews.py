"""Read models of the pages: one call gives a page all it shows, as codes and data; the words are in wording.py.

People are decrypted page by page; only a search by name reads them all.
"""

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from django.core.cache import cache
from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, IntegerField, QuerySet, Value, When
from django.utils import timezone

from onboarding.models import Connection, LegalEntity, LoketLogin, User
from onboarding.services import access, connections
from sync import policy
from sync.models import Result, Roster, Run
from sync.policy import Reason
from sync.records import HRRecord, Problem
from sync.services import codec, rosters

PAGE_SIZE = 50
DAY = 24 * 3600


class NextStep(StrEnum):
    """The one thing to do next for an entity."""

    NOT_DUTCH = "not_dutch"
    WAIT_FOR_SUPPORT = "wait_for_support"
    CONNECT = "connect"
    CHOOSE = "choose"
    SIGN_IN_AGAIN = "sign_in_again"
    UPLOAD = "upload"
    PREVIEW = "preview"
    SYNC = "sync"
    PREVIEW_FAILED = "preview_failed"
    SYNC_FAILED = "sync_failed"
    NOTHING_TO_SEND = "nothing_to_send"
    SOME_NEED_YOU = "some_need_you"
    SOME_NOT_SENT = "some_not_sent"
    DONE = "done"


FAILURES = frozenset({NextStep.PREVIEW_FAILED, NextStep.SYNC_FAILED})


@dataclass(frozen=True, slots=True)
class ScopeCounts:
    """How many people of the roster are in the sync, blocked, or left out."""

    in_scope: int = 0
    blocked: int = 0
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything the page of one entity shows."""

    entity: LegalEntity
    connection: Connection | None
    login: LoketLogin | None
    roster: Roster | None
    active_run: Run | None
    last_preview: Run | None
    last_sync: Run | None
    may_connect: bool
    may_edit_payroll: bool
    next_step: NextStep
    scope: ScopeCounts | None
    stopped: Run | None
    """The run whose failure is the next thing to deal with."""
    synced: Run | None
    """The newest sync of the roster in use that was completed, and below what it came to, per filter."""
    came_to: Mapping[str, int]


def overview(entity: LegalEntity, user: User) -> Overview:
    """The state of one entity, and what comes next. No network."""
    connection = Connection.objects.select_related("login").filter(entity=entity).first()
    all_runs = Run.objects.filter(connection=connection) if connection else Run.objects.none()
    finished = all_runs.exclude(state__in=Run.ACTIVE)
    roster = rosters.current(entity)
    login = connections.login_for(entity)
    next_step = _next_step(entity, connection, login, roster)
    synced = _newest(roster, is_dry=False, state__in=Run.FINISHED)
    return Overview(
        entity=entity,
        connection=connection,
        login=login,
        roster=roster,
        active_run=all_runs.filter(state__in=Run.ACTIVE).first(),
        last_preview=finished.filter(is_dry=True).first(),
        last_sync=finished.filter(is_dry=False).first(),
        may_connect=access.may_connect(user, entity),
        may_edit_payroll=access.may_edit_payroll(user, entity),
        next_step=next_step,
        scope=_scope(roster) if roster else None,
        stopped=_newest(roster, is_dry=next_step is NextStep.PREVIEW_FAILED) if next_step in FAILURES else None,
        synced=synced,
        came_to=counts(synced) if synced else {},
    )


def _next_step(
    entity: LegalEntity, connection: Connection | None, login: LoketLogin | None, roster: Roster | None
) -> NextStep:
    must_sign_in = login is not None and login.state == LoketLogin.State.SIGN_IN_NEEDED
    steps = [
        (not entity.is_dutch, NextStep.NOT_DUTCH),
        (not entity.is_enabled, NextStep.WAIT_FOR_SUPPORT),
        (login is None, NextStep.CONNECT),
        (must_sign_in, NextStep.SIGN_IN_AGAIN),
        (connection is None, NextStep.CHOOSE),
        (roster is None, NextStep.UPLOAD),
    ]
    return next((step for holds, step in steps if holds), None) or _step_of_roster(roster)


def _step_of_roster(roster: Roster | None) -> NextStep:
    """What the runs of the roster in use leave to do."""
    sync = _newest(roster, is_dry=False)
    if sync is not None:
        return NextStep.SYNC_FAILED if sync.state == Run.State.FAILED else _after_sync(sync)
    preview = _newest(roster, is_dry=True)
    if preview is None:
        return NextStep.PREVIEW
    seen = _newest(roster, is_dry=True, state__in=Run.FINISHED)
    if seen is None:
        return NextStep.PREVIEW_FAILED
    return NextStep.SYNC if has_to_send(counts(seen)) else NextStep.NOTHING_TO_SEND


def _newest(roster: Roster | None, **which: Any) -> Run | None:
    """The newest run of this roster that has ended, however it did."""
    return Run.objects.filter(roster=roster, roster__isnull=False, **which).exclude(state__in=Run.ACTIVE).first()


def _after_sync(sync: Run) -> NextStep:
    found = counts(sync)
    if sync.state == Run.State.PARTIAL or found["problems"]:
        return NextStep.SOME_NEED_YOU
    return NextStep.SOME_NOT_SENT if found["not_sent"] or found["waiting"] else NextStep.DONE


def has_to_send(found: Mapping[str, int]) -> bool:
    """Whether a preview with these counts has anything that a sync would write."""
    return bool(found["created"] or found["changed"])


# --- Who is in the sync, and why not (rules 39 to 42) ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person of the roster: `status` is in, out or blocked; `reason` a code of sync.policy."""

    row: int
    key: str
    name: str
    status: str
    reason: str
    problems: tuple[Problem, ...]
    number: str = ""


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


def people(entity: LegalEntity, *, show: str = "all", search: str = "", page: int | str = 1) -> PeoplePage:
    """Who of the newest roster is in the sync and who isn't, with the reason. No network.

    Only the page that is shown is decrypted, unless names are searched.
    """
    roster = rosters.current(entity)
    standings = _standings(roster) if roster else []
    counts = Counter(standing.status for standing in standings) + Counter(all=len(standings))
    wanted = [standing for standing in standings if show in {"all", standing.status}]
    if search and roster:
        found = {r.row for r in rosters.records(roster) if _is_found(search, r.name, r.key)}
        wanted = [standing for standing in wanted if standing.row in found]
    page_obj = Paginator(wanted, PAGE_SIZE).get_page(page)
    rows = _rows(roster, list(page_obj.object_list)) if roster else []
    return PeoplePage(rows, counts, page_obj, show, search)


def _standings(roster: Roster) -> list[Standing]:
    """Everybody's status, worked out once a day for a roster: dates in it count from today."""
    today = timezone.localdate()
    key = f"sync.standings.{roster.pk}.{roster.digest}.{today.isoformat()}"
    known: list[Standing] | None = cache.get(key)
    if known is None:
        decided = policy.decide_all(tuple(rosters.records(roster)), today)
        known = [Standing(record.row, _status(decision), str(decision.reason)) for record, decision in decided]
        cache.set(key, known, DAY)
    return known


def _status(decision: policy.Decision) -> str:
    return "blocked" if decision.blocked else "in" if decision.in_scope else "out"


def _rows(roster: Roster, standings: Sequence[Standing]) -> list[PersonRow]:
    today = timezone.localdate()
    records = {record.row: record for record in rosters.records(roster, [standing.row for standing in standings])}
    return [_person(records[standing.row], standing, today) for standing in standings if standing.row in records]


def _person(record: HRRecord, standing: Standing, today: date) -> PersonRow:
    # A double number is in the record already: the reader, who saw the whole file, has put it there.
    problems = policy.decide(record, today).problems or record.problems
    number = record.text("employee_number") or ""
    return PersonRow(record.row, record.key, record.name, standing.status, standing.reason, problems, number)


def _scope(roster: Roster) -> ScopeCounts:
    counts = Counter(standing.status for standing in _standings(roster))
    return ScopeCounts(counts["in"], counts["blocked"], counts["out"])


def _is_found(search: str, *texts: str) -> bool:
    plain = [_plain(text) for text in texts]
    return all(any(word in text for text in plain) for word in _plain(search).split())


def _plain(text: str) -> str:
    """Letters without accents and case, so that "zoe" finds Zoë and "kjaer" finds Kjær."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return bare.casefold().translate(_LIGATURES)


_LIGATURES = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})


# --- What a run did, or would do ------------------------------------------------------------------------------------------

FILTERS: dict[str, dict[str, Any]] = {
    "all": {},
    "problems": {"outcome__in": ["blocked", "failed"]},
    "changed": {"outcome": "changed"},
    "created": {"outcome": "created"},
    "unchanged": {"outcome": "unchanged"},
    "skipped": {"outcome": "skipped"},
    "not_sent": {"not_sent_count__gt": 0},
    "waiting": {"reason__in": [Reason.WAITS_AS_CONCEPT, Reason.CONVERSION_REFUSED]},
}
_WORST_FIRST = Case(
    *(
        When(outcome=outcome, then=Value(place))
        for place, outcome in enumerate(["failed", "blocked", "changed", "created"])
    ),
    default=Value(9),
    output_field=IntegerField(),
)


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One field of one person: what Loket has, what it gets; `is_sent` False: this version doesn't send it yet."""

    field: str
    old: str
    new: str
    is_sent: bool


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One person of a run. After the retention term `is_purged` is set and names and values are gone."""

    row: int
    key: str
    name: str
    outcome: str
    reason: str
    changes: list[ShownChange] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    messages: list[tuple[str, str]] = field(default_factory=list)
    is_purged: bool = False


@dataclass(frozen=True, slots=True)
class ResultsPage:
    """One page of a run's results, people who need somebody first; `counts` has a number per filter."""

    rows: Sequence[ResultRow]
    counts: Mapping[str, int]
    page_obj: Page[Any]
    show: str = "all"
    search: str = ""


def results(run: Run, *, show: str = "all", search: str = "", page: int | str = 1) -> ResultsPage:
    """A page of the run's results; `search` looks in names and employee numbers."""
    show = show if show in FILTERS else "all"
    rows = run.results.filter(**FILTERS[show]).order_by(_WORST_FIRST, "row")
    found: QuerySet[Result] | list[Result] = rows
    if search:
        found = [r for r in rows if r.person and _is_found(search, r.person["name"], r.person["key"])]
    page_obj = Paginator(found, PAGE_SIZE).get_page(page)
    return ResultsPage([_result(result) for result in page_obj.object_list], counts(run), page_obj, show, search)


def counts(run: Run) -> dict[str, int]:
    """People per filter of the results page."""
    by_outcome = dict(run.results.order_by().values_list("outcome").annotate(Count("pk")))
    waiting = run.results.filter(**FILTERS["waiting"])
    return {
        "all": sum(by_outcome.values()),
        "problems": by_outcome.get("blocked", 0) + by_outcome.get("failed", 0),
        "not_sent": run.results.filter(not_sent_count__gt=0).count(),
        "waiting": waiting.count(),
        "new_concepts": waiting.filter(outcome="created").count(),
        **{
            name: by_outcome.get(name, 0)
            for name in ("changed", "created", "unchanged", "skipped", "blocked", "failed")
        },
    }


def _result(result: Result) -> ResultRow:
    if result.person is None or result.detail is None:
        return ResultRow(result.row, "", "", result.outcome, result.reason, is_purged=True)
    return ResultRow(
        row=result.row,
        key=result.person["key"],
        name=result.person["name"],
        outcome=result.outcome,
        reason=result.reason,
        changes=[ShownChange(c["field"], c["old"], c["new"], c["sendable"]) for c in result.detail["changes"]],
        problems=[codec.problem_from_json(problem) for problem in result.detail["problems"]],
        messages=[(kind, text) for kind, text, *_code in result.detail["messages"]],
    )
