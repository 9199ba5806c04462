"""Legal entities: what stands against enabling one, and enabling it, which support does (rules 1, 6, 8, 28, 29)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from onboarding.facts import Fact, Finding, Outcome
from onboarding.models import Acknowledgement, AuditEvent, LegalEntity, LoketLogin, Membership, User
from onboarding.services import access, audit, bookings, evidence, legal_entities, logins, mails
from onboarding.steps import BY_KEY, StepKey
from onboarding.texts import SCOPE_VERSION

REQUIRED_FACTS = (*BY_KEY[StepKey.INTEGRATION_USER].checks, *BY_KEY[StepKey.LOKET_ACCOUNT].checks)
"""What a check sign-in must have shown before an entity is enabled (rules 8 and 35)."""


class Against(StrEnum):
    """What can stand against enabling; the pages word it."""

    NOT_DUTCH = "not_dutch"
    NOBODY_TO_ACKNOWLEDGE = "nobody_to_acknowledge"
    NOT_ACKNOWLEDGED = "not_acknowledged"
    NO_SIGN_IN = "no_sign_in"
    SIGN_IN_AGAIN = "sign_in_again"
    CHECK_MISSING = "check_missing"
    CHECK_FAILED = "check_failed"
    MAPPING_UNKNOWN = "mapping_unknown"
    MAPPING_LACKS = "mapping_lacks"


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that stands against enabling: whose names, which facts, or what the mapping lacks."""

    code: Against
    names: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    keys: tuple[str, ...] = ()
    lacks: tuple[dict[str, str], ...] = ()


class NotPossible(Exception):
    """The entity can't be enabled yet; `reasons` is the full list."""

    def __init__(self, reasons: Sequence[Reason]) -> None:
        super().__init__(", ".join(reason.code for reason in reasons))
        self.reasons = tuple(reasons)


def reasons_against_enabling(entity: LegalEntity) -> list[Reason]:
    """All of them, in the order in which they are mended; empty when support may enable it."""
    if not entity.is_dutch:
        return [Reason(Against.NOT_DUTCH)]  # rule 1: nothing else matters
    return [*_acknowledgements(entity), *_sign_in(entity), *_mapping(entity)]


def _acknowledgements(entity: LegalEntity) -> list[Reason]:
    """Rule 6: every member with payroll edit has confirmed the scope in its present version."""
    members = _members(entity).filter(role__payroll_entities=entity).select_related("user")
    users = [member.user for member in members.order_by("user__last_name", "user__email")]
    if not users:
        return [Reason(Against.NOBODY_TO_ACKNOWLEDGE)]
    rows = Acknowledgement.objects.filter(company=entity.company_id, text_version=SCOPE_VERSION)
    done = set(rows.values_list("user_id", flat=True))
    missing = tuple(str(user) for user in users if user.pk not in done)
    return [Reason(Against.NOT_ACKNOWLEDGED, names=missing)] if missing else []


def _members(entity: LegalEntity) -> QuerySet[Membership]:
    rows = Membership.objects.filter(company=entity.company_id, role__company=entity.company_id)
    return rows.filter(user__is_active=True)


def _sign_in(entity: LegalEntity) -> list[Reason]:
    """Rule 8: a check sign-in has shown everything, and Loket still accepts it."""
    login = logins.login_for(entity)
    if login is None:
        return [Reason(Against.NO_SIGN_IN)]
    if login.state == LoketLogin.State.SIGN_IN_NEEDED:
        return [Reason(Against.SIGN_IN_AGAIN, names=(login.loket_user,))]
    facts = evidence.facts_of([entity])[entity.pk]
    failed = tuple(facts[key] for key in REQUIRED_FACTS if key in facts and facts[key].outcome is Outcome.FAILED)
    unknown = tuple(key for key in REQUIRED_FACTS if not _is_answered(facts.get(key)))
    reasons = [Reason(Against.CHECK_FAILED, facts=(fact,)) for fact in failed]
    return [*reasons, Reason(Against.CHECK_MISSING, keys=unknown)] if unknown else reasons


def _is_answered(fact: Fact | None) -> bool:
    return fact is not None and (fact.outcome.is_good or fact.outcome is Outcome.FAILED)


def _mapping(entity: LegalEntity) -> list[Reason]:
    """Rule 29, as the mapping has written it down."""
    if entity.mapping_looked_at is None:
        return [Reason(Against.MAPPING_UNKNOWN)]
    return [Reason(Against.MAPPING_LACKS, lacks=tuple(entity.mapping_lacks))] if entity.mapping_lacks else []


@transaction.atomic
def enable(entity: LegalEntity, user: User | None, *, is_forced: bool = False) -> bool:
    """Enables the integration and tells whether anything changed; raises NotPossible with every reason against it.

    `is_forced` counts in the demo only, whose first entity is past its setup. A foreign entity is never enabled.
    `user` is of support (rule 28), or None for a setup document.
    """
    if user is not None and not user.is_staff:
        raise access.NotAllowed
    locked = LegalEntity.objects.select_for_update().get(pk=entity.pk)
    if locked.is_enabled:
        return False
    is_forced = is_forced and settings.IS_DEMO and locked.is_dutch
    if not is_forced and (reasons := reasons_against_enabling(locked)):
        raise NotPossible(reasons)
    LegalEntity.objects.filter(pk=entity.pk).update(enabled_at=timezone.now(), enabled_by=user)
    audit.record(AuditEvent.Action.ENABLED, company=locked.company, entity=locked, actor=user)
    entity.refresh_from_db()
    bookings.finish_enabled(entity, user)
    if not is_forced:
        _tell(entity)
    return True


def _tell(entity: LegalEntity) -> None:
    """Administrators of the company, and those who edit this entity's payroll: each once."""
    members = _members(entity).filter(Q(role__is_administrator=True) | Q(role__payroll_entities=entity))
    url = mails.link("setup_step", pk=entity.pk, step=StepKey.AUTHORIZE.value)
    context = {"entity": entity, "url": url}
    for user in User.objects.filter(pk__in=members.values("user")).order_by("pk"):
        mails.to_user(user, "enabled", context)


def note_mapping(entity: LegalEntity, lacks: list[dict[str, Any]]) -> None:
    """Writes down what the mapping still lacks for this legal entity. The mapping calls this, which knows it."""
    LegalEntity.objects.filter(pk=entity.pk).update(mapping_lacks=lacks, mapping_looked_at=timezone.now())


@transaction.atomic
def note_correction(entity: LegalEntity, by: User, changed: Sequence[str]) -> None:
    """Support has corrected these fields: audited by name, and what Loket showed of a former tax ID no longer counts."""
    audit.record(
        AuditEvent.Action.ENTITY_CHANGED, company=entity.company, entity=entity, actor=by, detail=", ".join(changed)
    )
    if "tax_id" in changed and entity.evidence.filter(fact=legal_entities.OWN_TAX_ID).exists():
        withdrawn = Finding(Outcome.WITHDRAWN, "number_changed")
        evidence.record(withdrawn, legal_entities.OWN_TAX_ID, entity=entity, actor=by)
