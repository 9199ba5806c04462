"""What every check is made of: its key, whose it is when it fails, and one look that gives a finding."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any, ClassVar

from onboarding.checks.seen import Seen
from onboarding.facts import Finding, Outcome, Owner

Row = dict[str, Any]


class Scope(StrEnum):
    """What a fact is about: the sign-in, which several legal entities may share (rule 12), or one legal entity."""

    LOGIN = "login"
    ENTITY = "entity"


class Check(ABC):
    """One fact, proved at Loket. `look` only reads, but for the one that `is_on_request`.

    `codes` are all that it can find; each has words in wording/checks.py. `stamp` goes into the params of whatever it
    finds.
    """

    key: ClassVar[str]
    owner: ClassVar[Owner]
    codes: ClassVar[frozenset[str]]
    scope: ClassVar[Scope] = Scope.LOGIN
    is_blocking: ClassVar[bool] = False
    """Whether a failed one blocks the choice of an administration (rule 35), and a sync (rule 57)."""
    is_on_request: ClassVar[bool] = False
    """Whether it runs only when somebody asks for it by name, for it writes something and takes it away again."""
    stamp: ClassVar[dict[str, str]] = {}

    @abstractmethod
    def look(self, seen: Seen) -> Finding | None:
        """What Loket shows; None when there is nothing to look at yet. Raises SyncError."""


def proved(code: str, details: Iterable[Row] = (), **params: str) -> Finding:
    """The API showed it."""
    return Finding(Outcome.PROVED, code, params, tuple(details))


def derived(code: str, details: Iterable[Row] = (), **params: str) -> Finding:
    """Concluded from something else that the API showed (rule 18)."""
    return Finding(Outcome.DERIVED, code, params, tuple(details))


def failed(code: str, details: Iterable[Row] = (), *, owner: Owner | None = None, **params: str) -> Finding:
    """The API showed that it isn't so. `owner` where it isn't the check's usual one."""
    return Finding(Outcome.FAILED, code, params, tuple(details), owner)


def told(finding: Finding, params: Mapping[str, str]) -> Finding:
    """The finding with these params as well."""
    return replace(finding, params={**finding.params, **params})


def unreachable(code: str, *, owner: Owner | None = None, **params: str) -> Finding:
    """Loket couldn't be asked: what was known before still counts."""
    return Finding(Outcome.UNREACHABLE, code, params, owner=owner)
