"""The open draft of a mapping: begun, changed rule by rule, taken back, discarded. Only support does that (rule 28).

Of a company and a source there is at most one. Each change is in the history with who, when, before and after.
"""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet

from mapping import rules, services
from mapping.bench.opening import opened
from mapping.bench.refusals import NotPossible, Refusal
from mapping.bench.starting import Start, beginning
from mapping.bench.undoing import can_redo, can_undo, redo, undo
from mapping.bench.validity import Validity
from mapping.models import MappingChange, MappingSet
from mapping.services.changes import Wanted, change_rules, draft_of, note_whole
from mapping.services.rights import require_support
from mapping.services.sets import rules_of
from onboarding.models import AuditEvent, Company, LegalEntity, User
from onboarding.services import audit, locks

__all__ = [
    "NotPossible",
    "Refusal",
    "Start",
    "begin",
    "can_redo",
    "can_undo",
    "change",
    "change_many",
    "discard",
    "draft_of",
    "history",
    "redo",
    "rules_of",
    "undo",
]


@transaction.atomic
def begin(company: Company, source: str, user: User | None, start: Start = Start.PUBLISHED) -> MappingSet:
    """Begins a draft: with the rules in force, with none, or with the default mapping as it fits this company.

    Raises NotPossible where there is a draft already, and where there is nothing to begin with.
    """
    require_support(user)
    locks.company(company.pk)
    if found := draft_of(company, source):
        raise NotPossible(Refusal.DRAFT_OPEN, {"number": str(found.version)})
    name, rows = beginning(company, source, start)
    current = services.published(company, source)
    draft = MappingSet.objects.create(
        company=company,
        source=source,
        name=name,
        version=services.next_version(company, source),
        based_on=current,
        created_by=user,
    )
    services.store_rules(draft, rows)
    told = {"begun": start.value, "version": current.version if current else None}
    services.note_beginning(draft, user, told, rules_of(current) if current else {})
    return draft


def change(
    draft: MappingSet, user: User | None, target: str, rule: rules.Rule | None, entity: LegalEntity | None = None
) -> None:
    """Gives the target this rule: the company's own, or what counts for one legal entity in its place; None removes it.

    `Rule(target, None)` for a legal entity says that it doesn't fill the field at all. A rule that is there already is no
    change. Raises NotAllowed for anybody but support, and NotPossible.
    """
    change_many(draft, user, [(target, rule, entity)])


@transaction.atomic
def change_many(draft: MappingSet, user: User | None, wanted: Iterable[Wanted]) -> None:
    """Several changes in one step, which are taken back together; all of them or none."""
    draft = opened(draft, user)
    validity = Validity(draft)
    rows = [(target, validity.checked(target, rule, entity), entity) for target, rule, entity in wanted]
    change_rules(draft, user, rows)


@transaction.atomic
def discard(draft: MappingSet, user: User | None) -> None:
    """Gives the draft up. Its history stays; its rules never count, and nobody changes them any more."""
    draft = opened(draft, user)
    draft.state = MappingSet.State.DISCARDED
    draft.save(update_fields=["state"])
    note_whole(draft, user, {"discarded": True})
    audit.record(AuditEvent.Action.MAPPING_DISCARDED, company=draft.company, actor=user, detail=str(draft))


def history(company: Company, source: str) -> QuerySet[MappingChange]:
    """Every change of every draft of this source, the newest first: who, when, before, after, and what was taken back."""
    rows = MappingChange.objects.filter(mapping_set__company=company, mapping_set__source=source)
    return rows.select_related("mapping_set", "by", "entity", "undone_by")
