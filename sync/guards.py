"""Guards before harm: what a run may not do before a person has said so (D10, rule 53). Pure.

A plan is judged on its totals. What is not approved makes the run wait; somebody who may edit payroll agrees, or has those
changes left out. An answer holds for as much as it was given for: a guard whose count has grown asks again.
"""

import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

FEW = 10
"""So many people may change in one run without a question, however small the company is."""
SHARE = 0.2
"""And so large a part of those whom Loket knows."""
FIRST_WRITES = 25
"""So many writes tell whether Loket refuses what we send in general."""


class Code(StrEnum):
    """What is asked. Those of CAN_BE_LEFT_OUT may be answered with: not these."""

    TOO_MANY_CHANGES = "too_many_changes"
    SOURCE_EMPTY = "source_empty"
    SOURCE_SHRUNKEN = "source_shrunken"
    BANK_ACCOUNTS = "bank_accounts"
    ENDED_EMPLOYMENTS = "ended_employments"
    START_DATES = "start_dates"
    REINSTATEMENTS = "reinstatements"
    REFUSED_AT_START = "refused_at_start"


CAN_BE_LEFT_OUT = frozenset({Code.BANK_ACCOUNTS, Code.ENDED_EMPLOYMENTS, Code.START_DATES, Code.REINSTATEMENTS})
"""Also what a change may name as what it `needs`: it is sent only when that was agreed to."""


@dataclass(frozen=True, slots=True)
class Guard:
    """One question: it is about `count` people, of `of` where that tells something."""

    code: str
    count: int
    of: int = 0

    @property
    def can_be_left_out(self) -> bool:
        """Whether the run may go on without these changes."""
        return self.code in CAN_BE_LEFT_OUT


class Worded:
    """Whom the answers of a run are about, by guard: whom its plan counted, and who turned up on the way while the number
    that was agreed to had room. Thread-safe."""

    def __init__(self) -> None:
        self._keys: dict[str, set[str]] = defaultdict(set)
        self._lock = threading.Lock()

    def count(self, needs: str, key: str) -> None:
        """The plan has counted this person."""
        self._keys[needs].add(key)

    def covers(self, needs: str, key: str, agreed: int) -> bool:
        """Whether a yes to so many people is about this one too, who is one of them from now on."""
        with self._lock:
            keys = self._keys[needs]
            if key not in keys and len(keys) < agreed:
                keys.add(key)
            return key in keys


class NeedsApproval(Exception):
    """The run stops here until a person has answered these guards."""

    def __init__(self, guards: Sequence[Guard]) -> None:
        super().__init__(", ".join(guard.code for guard in guards))
        self.guards = tuple(guards)


@dataclass(frozen=True, slots=True)
class Totals:
    """What a plan came to, in people.

    `known` are those of the source whom Loket has as employees, `changing` those of them for whom something would be
    written; `needs` counts the people who have a change that needs a word, by what it needs.
    """

    people: int
    known: int = 0
    changing: int = 0
    needs: Mapping[str, int] = field(default_factory=dict)


def judge(
    totals: Totals,
    *,
    approved: Mapping[str, int],
    is_first: bool,
    asks_for_iban: bool,
    people_before: int | None = None,
) -> tuple[Guard, ...]:
    """The questions that nobody has answered yet; none: the run may go on.

    `approved` is how many were agreed to by code, 0 leaves them out; `is_first` is the first sync of a connection, which
    changes much; `people_before` how many the source had in the last sync.
    """
    met = (*source_guards(totals.people, people_before), *_of_changes(totals, is_first, asks_for_iban))
    return unanswered(met, approved)


def source_guards(people: int, people_before: int | None) -> tuple[Guard, ...]:
    """What the source alone tells, before anybody asks Loket: it is empty, or has less than half of last time."""
    if people == 0:
        return (Guard(Code.SOURCE_EMPTY, 1, people_before or 0),)
    if people_before and 2 * people < people_before:
        return (Guard(Code.SOURCE_SHRUNKEN, people_before - people, people_before),)
    return ()


def _of_changes(totals: Totals, is_first: bool, asks_for_iban: bool) -> tuple[Guard, ...]:
    found = [
        Guard(code, totals.needs.get(code, 0), totals.people)
        for code in Code
        if code in CAN_BE_LEFT_OUT and totals.needs.get(code, 0) and (asks_for_iban or code != Code.BANK_ACCOUNTS)
    ]
    if not is_first and totals.changing > max(FEW, SHARE * totals.known):
        found.insert(0, Guard(Code.TOO_MANY_CHANGES, totals.changing, totals.known))
    return tuple(found)


def refused_at_start(written: int, refused: int, approved: Mapping[str, int]) -> tuple[Guard, ...]:
    """What the first writes of a run tell: Loket refuses more than a fifth of them. Ask when FIRST_WRITES are done."""
    if written < FIRST_WRITES or refused <= SHARE * written:
        return ()
    return unanswered((Guard(Code.REFUSED_AT_START, refused, written),), approved)


def unanswered(met: Sequence[Guard], approved: Mapping[str, int]) -> tuple[Guard, ...]:
    """Those that nobody answered, or only for fewer people than there are now."""
    return tuple(guard for guard in met if not _is_answered(guard, approved))


def _is_answered(guard: Guard, approved: Mapping[str, int]) -> bool:
    agreed = approved.get(guard.code)
    if agreed is None:
        return False
    return guard.count <= agreed or (agreed == 0 and guard.can_be_left_out)


def is_left_out(needs: str, approved: Mapping[str, int], *, asks_for_iban: bool = True) -> bool:
    """Whether a change that needs this word is shown and not sent: somebody said so, or was not asked yet."""
    if not needs or (needs == Code.BANK_ACCOUNTS and not asks_for_iban):
        return False
    return not approved.get(needs)


def to_json(guards: Sequence[Guard]) -> list[dict[str, Any]]:
    """As `Run.guards` keeps them."""
    return [{"code": str(guard.code), "count": guard.count, "of": guard.of} for guard in guards]


def from_json(rows: Sequence[Mapping[str, Any]]) -> tuple[Guard, ...]:
    """The inverse of `to_json`."""
    return tuple(Guard(row["code"], row["count"], row.get("of", 0)) for row in rows)
