"""What is known of a setup, and how well: the words that evidence, checks and progress share. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """How a fact is known. Proved, failed, derived and unreachable come from a check, declared and withdrawn from a person."""

    PROVED = "proved"  # the API showed it
    FAILED = "failed"  # the API showed that it isn't so
    DERIVED = "derived"  # concluded from something else that the API showed
    DECLARED = "declared"  # a person says so
    WITHDRAWN = "withdrawn"  # a person takes it back
    UNREACHABLE = "unreachable"  # Loket couldn't be asked: what was known before still counts

    @property
    def is_good(self) -> bool:
        """Whether a check with this outcome has passed."""
        return self in (Outcome.PROVED, Outcome.DERIVED)


class Owner(StrEnum):
    """Who must act: rule 9, and the check catalogue."""

    ADMINISTRATOR = "administrator"  # of the company, with payroll edit for the entity
    PAYROLL = "payroll"  # anybody of the company with payroll edit for the entity
    ACCOUNTANT = "accountant"  # the payroll administrator or tax accountant, in Loket
    SUPPORT = "support"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found. `code` chooses the words (wording/checks.py), `params` fill their places.

    `details` are rows for a table, plain strings and booleans only: names of rights, employers, items. Never anything
    about an employee, a token, or an answer of Loket as it came.
    """

    outcome: Outcome
    code: str
    params: dict[str, str] = field(default_factory=dict)
    details: tuple[dict[str, Any], ...] = ()
    owner: Owner | None = None  # where it isn't the check's usual one


@dataclass(frozen=True, slots=True)
class Fact:
    """The latest of what is known of one fact. `since`: Loket couldn't be asked since then, and the rest is older."""

    key: str
    outcome: Outcome
    at: datetime
    by: str = ""
    code: str = ""
    params: dict[str, str] = field(default_factory=dict)
    details: tuple[dict[str, Any], ...] = ()
    owner: Owner | None = None
    since: datetime | None = None
