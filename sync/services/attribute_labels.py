"""What the attributes are called that problems are about: one query for a page, however many people stand on it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from mapping.models import HRAttribute
from mapping.rules import OWN, PORTAL
from sync.records import Problem

CALLED = "called"
"""The name in the params of a Problem that holds the label."""
NAMED_BY_KEY = (PORTAL, OWN)
"""How the keys of attributes begin that no table of words has: those of the portal, and columns of a company's own."""


def of(company_id: int, problems: Iterable[Problem]) -> dict[str, str]:
    """The labels by key of the company's attributes that these problems are about; no query where none is."""
    keys = {problem.field for problem in problems if problem.field.startswith(NAMED_BY_KEY)}
    rows = HRAttribute.objects.filter(company=company_id, key__in=keys)
    return dict(rows.values_list("key", "label")) if keys else {}


def named(problems: Iterable[Problem], labels: Mapping[str, str]) -> tuple[Problem, ...]:
    """The same problems; one that is about such an attribute brings its label along."""
    return tuple(_named(problem, labels) for problem in problems)


def _named(problem: Problem, labels: Mapping[str, str]) -> Problem:
    if not problem.field.startswith(NAMED_BY_KEY) or problem.field not in labels:
        return problem
    return replace(problem, params={**problem.params, CALLED: labels[problem.field]})
