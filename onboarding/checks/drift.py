"""Whether somebody else changed employees in Loket since the last look: how much and which fields, never whose."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from loket_portal.loket.errors import Forbidden
from loket_portal.loket.setup_payloads import AuditChange
from onboarding.checks.base import Check, Row, Scope, failed, proved, told
from onboarding.checks.looking import forbidden
from onboarding.checks.seen import Seen
from onboarding.facts import Fact, Finding, Owner

LONGEST = 40  # rows of details


class Drift(Check):
    """`…/lastmodifiedversionnumbers` says cheaply that something changed; only then the audit trail is asked by whom.

    How far it looked stands in the params (`version`, `looked_at`), from where the next look goes on.
    """

    key = "drift"
    owner = Owner.PAYROLL
    scope = Scope.ENTITY
    codes = frozenset({"drift_first", "drift_none", "drift_found"})

    def look(self, seen: Seen) -> Finding | None:
        if seen.connection is None:
            return None
        since = _looked(seen.last.get(self.key))
        ask = lambda: seen.client.list_employment_versions(seen.employer_id, since[0] if since else None)  # noqa: E731
        versions = seen.answers.once(f"versions since {since}", ask)
        looked = {"version": str(versions.highest), "looked_at": seen.now.replace(microsecond=0).isoformat()}
        if since is None:
            return told(proved("drift_first"), looked)
        if not versions.by_employment:
            return told(proved("drift_none"), looked)
        return _changed(seen, since, looked)


def _looked(fact: Fact | None) -> tuple[int, datetime] | None:
    """How far the last look came."""
    if fact is None or not {"version", "looked_at"} <= fact.params.keys():
        return None
    return int(fact.params["version"]), datetime.fromisoformat(fact.params["looked_at"])


def _changed(seen: Seen, since: tuple[int, datetime], looked: dict[str, str]) -> Finding:
    ask = lambda: seen.client.list_employee_changes(seen.employer_id, since[1])  # noqa: E731
    try:
        changes = seen.answers.once(f"changes since {since[1]}", ask)
    except Forbidden as error:  # nothing was looked at: the next look begins where this one did
        found = forbidden(error.params["activity"], seen)
        return told(found, {"version": str(since[0]), "looked_at": since[1].isoformat()})
    others = _by_others(changes, seen)
    if not others:
        return told(proved("drift_none"), looked)
    rows = _rows(others)
    names = ", ".join(row["name"] for row in rows[:5])
    return told(failed("drift_found", rows, number=str(len(others)), names=names), looked)


def _by_others(changes: Iterable[AuditChange], seen: Seen) -> list[AuditChange]:
    """The changes that a person made who is not the integration user; without a person Loket did it itself."""
    ours = {user.id.casefold() for user in seen.known(lambda seen: seen.our_users) or ()}
    own_name = seen.user.name.casefold()
    by_people = [change for change in changes if change.performed_by_id or change.performed_by]
    if ours:
        return [change for change in by_people if change.performed_by_id.casefold() not in ours]
    return [change for change in by_people if change.performed_by.casefold() != own_name]


def _rows(changes: Iterable[AuditChange]) -> list[Row]:
    """One row per field with how often it was changed, the most changed first."""
    counted = Counter((change.field, change.entity) for change in changes)
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:LONGEST]
    return [{"name": field, "entity": entity, "number": str(number)} for (field, entity), number in ordered]
