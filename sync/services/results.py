"""What a run did, or would do, for each person: what the Preview and Last sync pages show. The words are in wording."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, IntegerField, QuerySet, Value, When

from sync.guards import CAN_BE_LEFT_OUT
from sync.models import Result, Run
from sync.policy import Reason
from sync.records import LEGAL_ENTITY, Problem
from sync.services import attribute_labels, codec, set_aside
from sync.services.people import PAGE_SIZE
from sync.services.search import is_found

FILTERS: dict[str, dict[str, Any]] = {
    "all": {},
    "planned": {"outcome": "planned"},
    "problems": {"outcome__in": ["blocked", "failed"]},
    "changed": {"outcome": "changed"},
    "created": {"outcome": "created"},
    "unchanged": {"outcome": "unchanged"},
    "skipped": {"outcome": "skipped"},
    "not_sent": {"not_sent_count__gt": 0},
    "waiting": {"reason__in": [Reason.WAITS_AS_CONCEPT, Reason.CONVERSION_REFUSED]},
}
ASKED = tuple(sorted(CAN_BE_LEFT_OUT))
"""Filters too: people with a change that needs somebody's word, by the guard."""
_WORST_FIRST = Case(
    *(
        When(outcome=outcome, then=Value(place))
        for place, outcome in enumerate(["failed", "blocked", "planned", "changed", "created"])
    ),
    default=Value(9),
    output_field=IntegerField(),
)


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One field of one person: what Loket has, what it gets; `is_sent` False: it is not sent.

    `waits_until`: the HR system has it from that day on (ISO), and it is not sent before (rule 43); AS_EMPLOYEE: when the
    person is an employee. `needs` is the guard without whose approval it isn't sent, `is_held`: a problem of the person
    stands in the way, `from_day` is the day (ISO) from which it counts in Loket, `is_left_out`: somebody had it left out
    in an earlier sync. `is_done`: it was sent, while the rest of the person is still to be done.
    """

    field: str
    old: str
    new: str
    is_sent: bool
    waits_until: str = ""
    needs: str = ""
    is_held: bool = False
    from_day: str = ""
    is_left_out: bool = False
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One person of a run; `changes` that wait for their day come last, `day` is the first day (ISO) of somebody who
    starts later, `number` the employee number where the key isn't (people of Personio). `is_set_aside`: nothing is sent of
    this person before something changes.

    After the retention term `is_purged` is set and names and values are gone.
    """

    row: int
    key: str
    name: str
    outcome: str
    reason: str
    changes: list[ShownChange] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    messages: list[tuple[str, str]] = field(default_factory=list)
    is_purged: bool = False
    day: str = ""
    number: str = ""
    is_set_aside: bool = False


@dataclass(frozen=True, slots=True)
class ResultsPage:
    """One page of a run's results, people who need somebody first; `counts` has a number per filter.

    `run` is the one whose results they are: an earlier one where nothing had changed since.
    """

    rows: Sequence[ResultRow]
    counts: Mapping[str, int]
    page_obj: Page[Any]
    run: Run
    show: str = "all"
    search: str = ""


def holding(run: Run) -> Run:
    """The run whose results hold for this one: an earlier one where nothing had changed on either side since."""
    return run.as_in if run.as_in is not None and run.total == run.same else run


def find(run: Run, *, show: str = "all", search: str = "", page: int | str = 1) -> ResultsPage:
    """A page of the run's results; `search` looks in names and employee numbers."""
    run = holding(run)
    show = show if show in FILTERS or show in ASKED else "all"
    rows = run.results.filter(**FILTERS.get(show, {})).order_by(_WORST_FIRST, "row")
    found: QuerySet[Result] | list[Result] = rows
    if show in ASKED:
        is_asked = run.is_dry or run.state == Run.State.WAITING
        found = [result for result in rows if _needs(result, show, is_asked=is_asked)]
    if search:
        found = [r for r in found if r.person and is_found(search, *r.person.values())]
    page_obj = Paginator(found, PAGE_SIZE).get_page(page)
    shown = _labelled(run, _rows(run, list(page_obj.object_list)))
    return ResultsPage(shown, counts(run), page_obj, run, show, search)


def _needs(result: Result, guard: str, *, is_asked: bool) -> bool:
    """Whether one of the changes waits for this word; once it is answered, those that were left out count too.

    They are encrypted, so no query can tell.
    """
    changes = (result.detail or {}).get("changes", ())
    return any(change.get("needs") == guard and not (is_asked and change.get("left_out")) for change in changes)


def _rows(run: Run, found: Sequence[Result]) -> list[ResultRow]:
    here = str(run.connection.entity or "")
    aside = set_aside.among(run.connection_id, [result.key_hash for result in found])
    return [replace(_result(result, here), is_set_aside=result.key_hash in aside) for result in found]


def _labelled(run: Run, rows: Sequence[ResultRow]) -> list[ResultRow]:
    """With what the attributes are called that their problems are about."""
    entity = run.connection.entity
    labels = attribute_labels.of(entity.company_id, (one for row in rows for one in row.problems)) if entity else {}
    return [replace(row, problems=list(attribute_labels.named(row.problems, labels))) for row in rows]


def counts(run: Run) -> dict[str, int]:
    """People per filter of the results page. `same` are those of whom nothing had changed, who have no row."""
    run = holding(run)
    by_outcome = dict(run.results.order_by().values_list("outcome").annotate(Count("pk")))
    waiting = run.results.filter(**FILTERS["waiting"])
    return {
        "all": sum(by_outcome.values()),
        "same": run.same,
        "read": sum(by_outcome.values()) + run.same,
        "problems": by_outcome.get("blocked", 0) + by_outcome.get("failed", 0),
        "not_sent": run.results.filter(not_sent_count__gt=0).count(),
        "waiting": waiting.count(),
        "new_concepts": waiting.filter(outcome="created").count(),
        **{
            name: by_outcome.get(name, 0)
            for name in ("planned", "changed", "created", "unchanged", "skipped", "blocked", "failed")
        },
    }


def _result(result: Result, here: str) -> ResultRow:
    if result.person is None or result.detail is None:
        return ResultRow(result.row, "", "", result.outcome, result.reason, is_purged=True)
    return ResultRow(
        row=result.row,
        key=result.person["key"],
        name=result.person["name"],
        outcome=result.outcome,
        reason=result.reason,
        changes=sorted((_change(c, here) for c in result.detail["changes"]), key=lambda change: change.waits_until),
        problems=[codec.problem_from_json(problem) for problem in result.detail["problems"]],
        messages=[(kind, text) for kind, text, *_code in result.detail["messages"]],
        day=result.detail.get("day", ""),
        number=result.person.get("number", ""),
    )


def _change(stored: dict[str, Any], here: str) -> ShownChange:
    """Whoever moves does so from this legal entity."""
    old = here if stored["field"] == LEGAL_ENTITY else stored["old"]
    return ShownChange(
        stored["field"],
        old,
        stored["new"],
        stored["sendable"],
        stored.get("waits_until", ""),
        stored.get("needs", ""),
        stored.get("held", False),
        stored.get("from_day", ""),
        stored.get("left_out", False),
        stored.get("is_done", False),
    )
