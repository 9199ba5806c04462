"""The 15 rights of the integration user: what somebody has ticked, and what the checks know of each (rules 15 to 19)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import transaction

from loket_portal.loket.diagnosis import Cause
from loket_portal.loket.rights import RIGHTS, Right
from onboarding.checks.looking import FORBIDDEN
from onboarding.facts import Fact, Finding, Outcome
from onboarding.models import Guest, LegalEntity, User
from onboarding.services import evidence, reporting
from onboarding.steps import StepKey

TICKS = "ticks"
SLUGS = tuple(right.slug for right in RIGHTS)


@dataclass(frozen=True, slots=True)
class Ticks:
    """Which rights somebody says are given; of the task's holder in Loket, and no proof of anything."""

    slugs: frozenset[str] = frozenset()
    at: datetime | None = None
    by: str = ""

    @property
    def is_complete(self) -> bool:
        return self.slugs >= set(SLUGS)

    @property
    def missing(self) -> tuple[Right, ...]:
        """The rights without a tick, in the article's order."""
        return tuple(right for right in RIGHTS if right.slug not in self.slugs)


class NotAllTicked(Exception):
    """The task was reported as done while some of the rights have no tick."""

    def __init__(self, missing: tuple[Right, ...]) -> None:
        super().__init__("not all rights are ticked")
        self.missing = missing


def ticks_in(facts: Mapping[str, Fact]) -> Ticks:
    """The ticks among the facts of an entity."""
    fact = facts.get(TICKS)
    if fact is None:
        return Ticks()
    return Ticks(frozenset(row["slug"] for row in fact.details if row["slug"] in SLUGS), fact.at, fact.by)


def ticks_of(entity: LegalEntity) -> Ticks:
    """What is ticked now."""
    return ticks_in(evidence.facts_of([entity])[entity.pk])


@transaction.atomic
def save_ticks(
    entity: LegalEntity,
    chosen: Collection[str],
    *,
    shown: Collection[str] = (),
    actor: User | None = None,
    guest: Guest | None = None,
) -> Ticks:
    """Keeps the ticks and gives them as they now are.

    `shown` are those that stood on the page when it was opened: only what the person changed is changed, so that two
    people, or a page that stood open for days, take nothing away from each other.
    """
    LegalEntity.objects.select_for_update().get(pk=entity.pk)
    before = ticks_of(entity).slugs
    after = (before - (set(shown) - set(chosen)) | (set(chosen) - set(shown))) & set(SLUGS)
    if after != before:
        details = tuple({"slug": right.slug, "name": right.name} for right in RIGHTS if right.slug in after)
        said = Finding(Outcome.DECLARED, TICKS, {"number": str(len(after))}, details)
        evidence.record(said, TICKS, entity=entity, actor=actor, guest=guest)
    return ticks_of(entity)


def open_rights(entity: LegalEntity) -> tuple[Right, ...]:
    """The rights that nobody has ticked and no check has seen, in the article's order: they stand against a report."""
    facts = evidence.facts_of([entity])[entity.pk]
    seen = {row.right for row in doctor(facts).rows if row.state in (RightState.GRANTED, RightState.DERIVED)}
    return tuple(right for right in ticks_in(facts).missing if right not in seen)


def report_done(entity: LegalEntity, *, actor: User | None = None, guest: Guest | None = None) -> None:
    """Somebody says that the integration user is as it must be; raises NotAllTicked, and what `reporting.report` does."""
    if missing := open_rights(entity):
        raise NotAllTicked(missing)
    reporting.report(entity, StepKey.INTEGRATION_USER, actor=actor, guest=guest)


# --- The rights doctor ------------------------------------------------------------------------------------------------------


class RightState(StrEnum):
    """What is known of one right of the integration user."""

    GRANTED = "granted"
    MISSING = "missing"
    DERIVED = "derived"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class RightRow:
    """One right and what is known of it. `is_concluded`: from what the user may do, for the rights can't be read."""

    right: Right
    state: RightState
    is_concluded: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """The calls that Loket refuses for one of its five reasons (rule 19), and the rights or modules that would help."""

    cause: Cause
    activities: tuple[str, ...]
    helps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Doctor:
    """All 15 rights, and why calls are refused; `at` is when Loket was asked, None before the first check."""

    rows: tuple[RightRow, ...]
    refused: tuple[Refused, ...]
    at: datetime | None

    def count(self, state: RightState) -> int:
        """How many rights are in this state."""
        return sum(row.state is state for row in self.rows)

    @property
    def missing(self) -> tuple[Right, ...]:
        """The rights to be given, in the article's order."""
        return tuple(row.right for row in self.rows if row.state is RightState.MISSING)


def doctor(facts: Mapping[str, Fact]) -> Doctor:
    """What the latest checks say of every right, from the facts of an entity."""
    fact = facts.get("rights")
    known = {row["slug"]: row for row in fact.details} if fact else {}
    rows = tuple(_row(right, known.get(right.slug, {})) for right in RIGHTS)
    return Doctor(rows, _refused(facts), fact.at if fact else None)


def _row(right: Right, known: Mapping[str, Any]) -> RightRow:
    state, is_concluded = RightState(known.get("state", RightState.UNKNOWN)), bool(known.get("is_derived"))
    if state is RightState.GRANTED and is_concluded:
        state = RightState.DERIVED
    return RightRow(right, state, is_concluded)


def _refused(facts: Mapping[str, Fact]) -> tuple[Refused, ...]:
    """By cause, in Loket's order: from the list of what the user may do, and from checks that were refused themselves."""
    found: dict[Cause, dict[str, str]] = {}
    for row in facts["activities"].details if "activities" in facts else ():
        found.setdefault(Cause(row["cause"]), {})[row["activity"]] = row["module"] or row["right"]
    for fact in facts.values():
        cause = _cause_of(fact)
        if cause and (activity := fact.params.get("activity")):
            found.setdefault(cause, {})[activity] = fact.params.get("right", "")
    return tuple(
        Refused(cause, tuple(sorted(found[cause])), tuple(sorted(set(filter(None, found[cause].values())))))
        for cause in Cause
        if cause in found
    )


def _cause_of(fact: Fact) -> Cause | None:
    return next((cause for cause, code in FORBIDDEN.items() if code == fact.code), None)
