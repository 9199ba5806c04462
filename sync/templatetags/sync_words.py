"""Codes to words in templates; the words themselves are in sync/wording/."""

from collections.abc import Iterable
from dataclasses import dataclass

from django import template

from onboarding.wording import Status, Words
from sync import wording
from sync.engine import unique_name
from sync.models import Run
from sync.outcomes import Outcome
from sync.policy import Reason
from sync.records import Effect, Later, Problem
from sync.services.attribute_labels import CALLED
from sync.services.people import PersonRow
from sync.services.results import ResultRow
from sync.sources.columns import Column

register = template.Library()


@dataclass(frozen=True, slots=True)
class Said:
    """A Problem in words: the field it is about, the value that was given, what is wrong, and the fix."""

    label: str
    value: str
    text: str
    fix: str
    is_field_only: bool


@register.filter
def said(problem: Problem, reads_personio: object = False) -> Said:
    """The words of a problem, where the people come from a roster or from Personio."""
    words = wording.problem(problem.code, problem.params, reads_personio=bool(reads_personio))
    name = problem.field or problem.params.get("target", "")
    called = problem.params.get(CALLED) or (wording.label(name) if name else "")
    return Said(called, problem.value, str(words.text), str(words.fix), problem.effect is Effect.FIELD)


@register.filter
def reason(person: PersonRow, reads_personio: object = False) -> Words:
    """Why somebody is in or out."""
    return wording.reason(person.reason, person.day.isoformat() if person.day and reads_personio else "")


@register.filter
def why(row: ResultRow, run: Run) -> Words | None:
    """The reason beside a result; None where the outcome or the problems say it already."""
    if row.reason in {"", Reason.ACTIVE, Reason.FAULTY_DATA} or (row.problems and row.outcome in {"blocked", "failed"}):
        return None
    would_be = run.is_dry and row.outcome in {Outcome.CREATED, Outcome.CHANGED}
    if would_be and row.outcome == Outcome.CREATED and row.reason == Reason.WAITS_AS_CONCEPT:
        return None  # said once, above all of them
    of_preview = wording.REASONS_OF_PREVIEW.get(row.reason) if would_be else None
    words = of_preview or wording.reason(row.reason, row.day if run.reads_personio else "")
    return words.filled({"name": _name_in_loket(number(row))})


def _name_in_loket(number: str) -> str:
    return unique_name(int(number)) if number.isdecimal() else "LP-…"


@register.filter
def number(row: ResultRow) -> str:
    """The employee number, also of somebody who shares it with another; empty where there is none."""
    if row.key.startswith("personio-"):
        return row.number
    if not row.key.startswith("row-"):
        return row.key
    return next((problem.value for problem in row.problems if problem.code == "duplicate_number"), "")


@register.filter
def until_then(problem: Problem, row: ResultRow) -> str:
    """What a new person gets for as long as this problem lasts; empty for everybody and everything else."""
    if row.outcome != Outcome.CREATED or problem.code not in {"unmapped_option", "ambiguous_option"}:
        return ""
    target = problem.params.get("target")
    return next((change.new for change in row.changes if change.field == target), "")


@register.filter
def distinct(problems: Iterable[Problem]) -> list[Problem]:
    """Each problem of a field once: the roster's reader and the policy may both have found it."""
    return list({(problem.code, problem.field): problem for problem in reversed(tuple(problems))}.values())[::-1]


@register.filter
def ended(run: Run) -> Status:
    """How a run ended, or what keeps it from going on."""
    if run.state in wording.HELD:
        return wording.HELD[run.state]
    if run.state == Run.State.CANCELLED:
        return wording.CANCELLED
    if run.state == Run.State.FAILED:
        return wording.PREVIEW_FAILED if run.is_dry else wording.SYNC_FAILED
    if run.is_dry:
        return wording.PREVIEW_MADE
    if run.as_in_id and run.total == run.same and run.state == Run.State.SUCCEEDED:
        return wording.NOTHING_NEW
    return Status(run.get_state_display(), "ok" if run.state == Run.State.SUCCEEDED else "attention")


@register.filter
def outcome(code: str) -> Status:
    """How a person ended in a run."""
    return wording.OUTCOMES.get(code) or Status(code)


@register.filter
def tone(end: Status, run: Run) -> str:
    """The colour of an outcome: in a preview nothing is done yet."""
    return end.tone if end.tone != "done" else "todo" if run.is_dry else "ok"


@register.filter
def why_aside(reason: str, reads_personio: object = False) -> Words:
    """Why somebody is set aside, and who does what about it."""
    return wording.aside(reason, reads_personio=bool(reads_personio))


@register.filter
def scope(code: str) -> Status:
    """Whether a person of the roster is in the sync."""
    return wording.SCOPES.get(code) or Status(code)


@register.filter
def shown(text: str, name: str) -> str:
    """A value of this field as people write it."""
    return wording.value(name, text)


@register.filter
def label(name: str) -> str:
    """The field's name as people know it."""
    return wording.label(name)


@register.filter
def day(text: str) -> str:
    """An ISO day as people write it."""
    return wording.day(text)


@register.filter
def planned(person: PersonRow) -> list[Later]:
    """What is planned for this person in Personio (rule 43), without what is never shown."""
    return [later for later in person.later if not wording.is_hidden(later.column)]


@register.filter
def other_headers(column: Column) -> list[str]:
    """The other names under which the roster knows this column, each once, without the one of this page's language."""
    return [
        name for name in dict.fromkeys((column.english, column.dutch, *column.synonyms)) if name != label(column.name)
    ]
