"""Makes the function, department or distribution unit "Algemeen" at Loket, on a click after a confirmation (rule 20).

Loket is asked just before: only what is missing is made, never beside a near miss. One at a time per employer: whoever
comes second waits for nothing and is told so, and finds the item when he tries again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.db import transaction
from django.utils import timezone

from loket_portal.loket.errors import WriteUnsure
from loket_portal.loket.payloads import NamedItem
from onboarding.checks.named_items import NAME, shown
from onboarding.facts import Fact, Finding, Outcome
from onboarding.models import AuditEvent, Evidence, LegalEntity, LoketLogin, User
from onboarding.services import access, audit, checking, evidence, logins

LEASE = timedelta(minutes=3)  # more than two calls to Loket may take


class What(StrEnum):
    """The three lists of an employer in which "Algemeen" must stand."""

    FUNCTION = "function"
    DEPARTMENT = "department"
    DISTRIBUTION_UNIT = "distribution_unit"

    @property
    def fact(self) -> str:
        """The key of its check."""
        return f"algemeen_{self.value}"


class ItemState(StrEnum):
    """What the checks know of one of the three."""

    FOUND = "found"
    TWICE = "twice"
    NEAR = "near"
    MISSING = "missing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Item:
    """One of the three and what is known of it; `near` are the names that stand there instead, their blanks visible."""

    what: What
    state: ItemState = ItemState.UNKNOWN
    near: tuple[str, ...] = ()
    fact: Fact | None = None


def items_in(facts: Mapping[str, Fact]) -> tuple[Item, ...]:
    """All three, from the facts of an entity."""
    return tuple(_item(what, facts.get(what.fact)) for what in What)


def _item(what: What, fact: Fact | None) -> Item:
    if fact is None:
        return Item(what)
    state = next((one for one in ItemState if fact.code == f"{what.fact}_{one}"), ItemState.UNKNOWN)
    return Item(what, state, tuple(row["name"] for row in fact.details if row["state"] == "near"), fact)


class Refusal(StrEnum):
    """Why nothing was made; the page words it."""

    NOT_ALLOWED = "not_allowed"
    SIGN_IN_FIRST = "sign_in_first"
    NEAR_MISS = "near_miss"
    EXISTS = "exists"
    BUSY = "busy"


class CreateRefused(Exception):
    """Nothing was made at Loket; `near` are the items that are almost called so."""

    def __init__(self, refusal: Refusal, near: tuple[str, ...] = ()) -> None:
        super().__init__(refusal.value)
        self.refusal, self.near = refusal, near


@dataclass(frozen=True, slots=True)
class Seen:
    """A list of the employer as it is now: how many are called exactly "Algemeen", which almost, which codes are taken."""

    exact: int
    near: tuple[str, ...]
    codes: frozenset[int]

    @property
    def free_code(self) -> int:
        """The lowest number from 1 that no item has."""
        return next(code for code in range(1, len(self.codes) + 2) if code not in self.codes)


def seen_in(items: list[NamedItem]) -> Seen:
    """What a list of Loket holds of "Algemeen": names are compared as they are, blanks and case count."""
    alike = [item.description for item in items if " ".join(item.description.split()).casefold() == NAME.casefold()]
    near = tuple(name for name in alike if name != NAME)
    codes = frozenset(item.code for item in items if item.code is not None)
    return Seen(len(alike) - len(near), tuple(map(shown, near)), codes)


def refusal_to_create(entity: LegalEntity, user: User) -> Refusal | None:
    """Why this user can't make anything for this entity, before Loket is asked; None when he can (rule 9)."""
    if not access.may_connect(user, entity):
        return Refusal.NOT_ALLOWED
    return None if logins.login_for(entity) else Refusal.SIGN_IN_FIRST


def look(entity: LegalEntity, what: What, user: User) -> Seen:
    """The list as Loket has it now, when the item is missing from it; raises CreateRefused and SyncError."""
    return _missing_from(_login(entity, user), what)


def create(entity: LegalEntity, what: What, by: User) -> str:
    """Makes it if it is missing at this moment, checks again, and gives its name; raises CreateRefused and SyncError.

    A call without a clear answer raises WriteUnsure: the next attempt reads first, and finds what was made.
    """
    login = _login(entity, by)
    _take_turn(login, what, by)
    try:
        made = _make(login, what, _missing_from(login, what).free_code)
    except WriteUnsure:
        _note(entity, f"{what}: {NAME} (no clear answer)", by)
        raise
    except CreateRefused as refused:
        if refused.refusal is Refusal.EXISTS:  # somebody made it meanwhile: the hub is to know
            checking.check(entity, (what.fact,), actor=by)
        raise
    finally:
        _end_turn(login, what, by)
    _note(entity, f"{what}: {made.description}", by)
    checking.check(entity, (what.fact,), actor=by)
    return made.description


def _note(entity: LegalEntity, detail: str, by: User) -> None:
    audit.record(AuditEvent.Action.CREATED_IN_LOKET, company=entity.company, entity=entity, actor=by, detail=detail)


def _login(entity: LegalEntity, user: User) -> LoketLogin:
    login = logins.login_for(entity)
    if refusal := refusal_to_create(entity, user):
        raise CreateRefused(refusal)
    if login is None:
        raise CreateRefused(Refusal.SIGN_IN_FIRST)
    return login


def _missing_from(login: LoketLogin, what: What) -> Seen:
    client, employer = logins.client_for(login), str(login.employer_id)
    read: dict[What, Callable[[str], list[NamedItem]]] = {
        What.FUNCTION: client.list_functions,
        What.DEPARTMENT: client.list_departments,
        What.DISTRIBUTION_UNIT: client.list_distribution_units,
    }
    seen = seen_in(read[what](employer))
    if seen.exact:
        raise CreateRefused(Refusal.EXISTS)
    if seen.near:
        raise CreateRefused(Refusal.NEAR_MISS, seen.near)
    return seen


def _make(login: LoketLogin, what: What, code: int) -> NamedItem:
    client, employer = logins.client_for(login), str(login.employer_id)
    if what is What.FUNCTION:
        return client.create_function(employer, NAME)
    if what is What.DEPARTMENT:
        return client.create_department(employer, NAME, code)
    return client.create_distribution_unit(employer, NAME, code)


def _turn(what: What) -> str:
    return f"creating_{what}"


@transaction.atomic
def _take_turn(login: LoketLogin, what: What, by: User) -> None:
    """Nobody else makes this item at this employer while it lasts: no call to Loket happens inside a transaction."""
    same = LoketLogin.objects.filter(environment=login.environment, employer_id=login.employer_id)
    list(same.select_for_update().order_by("pk"))
    last = Evidence.objects.filter(login__in=same, fact=_turn(what)).first()
    if last and last.outcome == Outcome.DECLARED and last.at > timezone.now() - LEASE:
        raise CreateRefused(Refusal.BUSY)
    evidence.record(Finding(Outcome.DECLARED, "turn"), _turn(what), login=login, actor=by)


def _end_turn(login: LoketLogin, what: What, by: User) -> None:
    evidence.record(Finding(Outcome.WITHDRAWN, "turn"), _turn(what), login=login, actor=by)
