"""One round of checks over a sign-in: looked at once, written down at once, of the sign-in and of its legal entities.

Nothing here runs inside a transaction: a round makes calls to Loket (docs/adr/0013).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from loket_portal.loket.filter_settings import FilterClient
from onboarding.checks import CHECKS, Check, Scope, Seen, look
from onboarding.facts import Fact, Finding, Outcome
from onboarding.models import Connection, Evidence, Guest, LegalEntity, LoketLogin, User
from onboarding.services import evidence, logins, slots, tokens


@dataclass(frozen=True, slots=True)
class By:
    """Who asked for the round; nobody at night."""

    actor: User | None = None
    guest: Guest | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What one check found, of the sign-in (`entity` None) or of one legal entity; `former`: what was known before."""

    key: str
    finding: Finding
    entity: LegalEntity | None
    former: Fact | None
    row: Evidence | None = None

    @property
    def is_new_problem(self) -> bool:
        """Whether something that was good has failed, and no other round has found so meanwhile."""
        was_good = self.former is not None and self.former.outcome.is_good
        has_failed = was_good and self.finding.outcome is Outcome.FAILED
        return has_failed and (self.row is None or evidence.is_first_failure(self.row))


@dataclass
class Round:
    """The checks of one sign-in, over these legal entities that use it."""

    login: LoketLogin
    entities: Sequence[LegalEntity]
    by: By = By()
    found: list[Found] = field(default_factory=list)
    _noted: set[tuple[str, int | None]] = field(default_factory=set)

    def run(self, checks: Iterable[Check]) -> list[Found]:
        """Looks, and writes down what each check finds as soon as it has found it. Raises nothing of Loket's."""
        before, seen = evidence.facts_of(self.entities), seen_with(self.login)
        connections = {c.entity_id: c for c in seen.linked if c.entity_id in before}
        self._noted = _noted_on(self.entities)
        for check in checks:
            if check.scope is Scope.LOGIN:
                self._note(check, look(check, seen), None, _of_any(before, check.key))
            else:
                for entity in self.entities:
                    own = seen.of(entity, connections.get(entity.pk), before[entity.pk])
                    self._note(check, look(check, own), entity, before[entity.pk].get(check.key))
            self._mark_refused(seen)
        return self.found

    def _note(self, check: Check, finding: Finding | None, entity: LegalEntity | None, former: Fact | None) -> None:
        if finding is None:
            return
        if finding.outcome is Outcome.FAILED:  # who acts stands in the row, for whoever reads it without the checks
            finding = replace(finding, owner=finding.owner or check.owner)
        by: dict[str, Any] = {"actor": self.by.actor, "guest": self.by.guest}
        row = evidence.record(finding, check.key, entity=entity, login=None if entity else self.login, **by)
        for one in () if entity else self._with_own_row(check.key):
            evidence.record(finding, check.key, entity=one, **by)
        self.found.append(Found(check.key, finding, entity, former, row))

    def _with_own_row(self, key: str) -> list[LegalEntity]:
        """The entities with a row of their own of this fact: a sign-in that was refused has no other place, and what is
        found with one that counts takes its place."""
        return [entity for entity in self.entities if (key, entity.pk) in self._noted]

    def _mark_refused(self, seen: Seen) -> None:
        """Pages ask for a new sign-in from now on, and no further call is made with this one (rule 34)."""
        if seen.refusal and self.login.state != LoketLogin.State.SIGN_IN_NEEDED:
            tokens.refused(self.login, seen.refusal)
            self.login.state = LoketLogin.State.SIGN_IN_NEEDED


def _noted_on(entities: Sequence[LegalEntity]) -> set[tuple[str, int | None]]:
    """The facts of a sign-in that stand on an entity, as (fact, entity)."""
    keys = [key for key, check in CHECKS.items() if check.scope is Scope.LOGIN]
    rows = Evidence.objects.filter(entity__in=[entity.pk for entity in entities], fact__in=keys)
    return set(rows.order_by().values_list("fact", "entity_id").distinct())


def _of_any(before: Mapping[int, Mapping[str, Fact]], key: str) -> Fact | None:
    """A fact of the sign-in is the same for all entities that use it."""
    return next((facts[key] for facts in before.values() if key in facts), None)


def seen_with(login: LoketLogin) -> Seen:
    """What a round with this sign-in shares; no call is made yet."""
    filter_url = settings.LOKET_FILTER_URL
    return Seen(
        login=login,
        make_client=lambda: logins.client_for(login),
        make_filters=(lambda: FilterClient(filter_url, tokens.source(login), gate=slots.door()))
        if filter_url
        else None,
        now=timezone.now(),
        today=timezone.localdate(),
        linked=list(Connection.objects.filter(environment=login.environment, released_at__isnull=True)),
    )


def entities_of(login: LoketLogin) -> list[LegalEntity]:
    """The legal entities that use a sign-in: the connected ones first."""
    connected = Q(connection__login=login)
    checked = Q(loket_login=login, connection__isnull=True)
    rows = LegalEntity.objects.filter(connected | checked).select_related("company")
    return list(rows.order_by("connection__linked_at", "name", "pk"))


def chosen(keys: Iterable[str] | None) -> list[Check]:
    """The checks of these keys, in their order; without keys all but those that only run on request."""
    if keys is None:
        return [check for check in CHECKS.values() if not check.is_on_request]
    wanted = set(keys)
    return [check for key, check in CHECKS.items() if key in wanted]
