"""What a run did, or would do, for each person: what the Preview and Last sync pages show. The words are in wording."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, IntegerField, QuerySet, Value, When

from sync.models import Result, Run
from sync.policy import Reason
from sync.records import LEGAL_ENTITY, Problem
from sync.services import attribute_labels, codec
from sync.services.people import PAGE_SIZE
from sync.services.search import is_found

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
    """One field of one person: what Loket has, what it gets; `is_sent` False: this version doesn't send it yet.

    `waits_until`: the HR system has it from that day on (ISO), and it is not sent before (rule 43).
    """

    field: str
    old: str
    new: str
    is_sent: bool
    waits_until: str = ""


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One person of a run; `changes` that wait for their day come last, `day` is the first day (ISO) of somebody who
    starts later, `number` the employee number where the key isn't (people of Personio).

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


@dataclass(frozen=True, slots=True)
class ResultsPage:
    """One page of a run's results, people who need somebody first; `counts` has a number per filter."""

    rows: Sequence[ResultRow]
    counts: Mapping[str, int]
    page_obj: Page[Any]
    show: str = "all"
    search: str = ""


def find(run: Run, *, show: str = "all", search: str = "", page: int | str = 1) -> ResultsPage:
    """A page of the run's results; `search` looks in names and employee numbers."""
    show = show if show in FILTERS else "all"
    rows = run.results.filter(**FILTERS[show]).order_by(_WORST_FIRST, "row")
    found: QuerySet[Result] | list[Result] = rows
    if search:
        found = [r for r in rows if r.person and is_found(search, *r.person.values())]
    page_obj = Paginator(found, PAGE_SIZE).get_page(page)
    here = str(run.connection.entity or "")
    shown = _labelled(run, [_result(result, here) for result in page_obj.object_list])
    return ResultsPage(shown, counts(run), page_obj, show, search)


def _labelled(run: Run, rows: Sequence[ResultRow]) -> list[ResultRow]:
    """With what the attributes are called that their problems are about."""
    entity = run.connection.entity
    labels = attribute_labels.of(entity.company_id, (one for row in rows for one in row.problems)) if entity else {}
    return [replace(row, problems=list(attribute_labels.named(row.problems, labels))) for row in rows]


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
    return ShownChange(stored["field"], old, stored["new"], stored["sendable"], stored.get("waits_until", ""))
