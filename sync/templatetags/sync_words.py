"""Codes to words in templates; the words themselves are in sync/wording.py."""

from collections.abc import Iterable
from dataclasses import dataclass

from django import template

from onboarding.wording import Status, Words
from sync import wording
from sync.models import Run
from sync.policy import Reason
from sync.records import Effect, Problem
from sync.services.previews import ResultRow
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
def said(problem: Problem) -> Said:
    """The words of a problem."""
    words = wording.words(wording.PROBLEMS, problem.code).filled(problem.params)
    name = problem.field or problem.params.get("target", "")
    is_field_only = problem.effect is Effect.FIELD
    return Said(wording.label(name) if name else "", problem.value, str(words.text), str(words.fix), is_field_only)


@register.filter
def reason(code: str) -> Words:
    """Why somebody is in, out or ended as they did."""
    return wording.words(wording.REASONS, code)


@register.filter
def why(row: ResultRow, run: Run) -> Words | None:
    """The reason beside a result; None where the outcome or the problems say it already."""
    if row.reason in {"", Reason.ACTIVE, Reason.FAULTY_DATA} or (row.problems and row.outcome in {"blocked", "failed"}):
        return None
    of_preview = wording.REASONS_OF_PREVIEW.get(row.reason) if run.is_dry else None
    return of_preview or reason(row.reason)


@register.filter
def distinct(problems: Iterable[Problem]) -> list[Problem]:
    """Each problem of a field once: the roster's reader and the policy may both have found it."""
    return list({(problem.code, problem.field): problem for problem in reversed(tuple(problems))}.values())[::-1]


@register.filter
def outcome(code: str) -> Status:
    """How a person ended in a run."""
    return wording.OUTCOMES.get(code) or Status(code)


@register.filter
def tone(end: Status, run: Run) -> str:
    """The colour of an outcome: in a preview nothing is done yet."""
    return end.tone if end.tone != "done" else "todo" if run.is_dry else "ok"


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
def other_headers(column: Column) -> list[str]:
    """The other names under which the roster knows this column, each once, without the one of this page's language."""
    return [
        name for name in dict.fromkeys((column.english, column.dutch, *column.synonyms)) if name != label(column.name)
    ]
