"""Publishing: a mapping from plain data becomes the version in force, and so does whatever else was made ready."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from mapping import rules
from mapping.catalogue import SCOPE_FIELDS
from mapping.models import FieldRule, MappingSet
from mapping.services.changes import note_differences, note_whole
from mapping.services.readiness import write_readiness
from mapping.services.sets import Source, digest_of, frozen_rule, published, rules_of, store_rule
from onboarding.models import AuditEvent, Company, User
from onboarding.services import audit, locks


@transaction.atomic
def publish(
    company: Company, data: Mapping[str, Any], user: User | None = None, source: str = Source.ROSTER
) -> MappingSet:
    """Stores the rules as a new published version and retires the one before; the same rules again change nothing.

    What counts for single legal entities stays, and so does an open draft. What changes is in the history of drafts,
    before and after (rule 28). Raises ValueError, naming the rule, when the data isn't a mapping of this source
    (`rules.from_dict`).
    """
    wanted = rules.from_dict(data)
    for rule in wanted.rules:
        refuse_scope(rule.target, source)
    digest = digest_of(wanted)
    locks.company(company.pk)
    current = published(company, source)
    if current is not None and (current.digest == digest or _is_same(current, wanted)):
        write_readiness(company)
        return current
    made = _made(company, source, wanted.name, current)
    for position, rule in enumerate(wanted.rules):
        store_rule(made, position, rule)
    for row in FieldRule.objects.filter(mapping_set=current, entity__isnull=False) if current else ():
        store_rule(made, row.position, frozen_rule(row), row.entity)
    note_differences(made, user, rules_of(current) if current else {})
    put_in_force(made, user, digest)
    note_whole(made, user, {"published": made.version})
    return made


def _is_same(current: MappingSet, wanted: rules.MappingSet) -> bool:
    """Whether the company's rules in force are these, in whichever order: a draft has an order of its own."""
    found = {rule.target: rule for (_target, place), rule in rules_of(current).items() if place is None}
    return current.name == wanted.name and found == {rule.target: rule for rule in wanted.rules}


def _made(company: Company, source: str, name: str, current: MappingSet | None) -> MappingSet:
    """A set to store rules in. Only here is it a draft: a stored one would be a second one beside the open draft."""
    made = MappingSet.objects.create(
        company=company,
        source=source,
        name=name,
        version=next_version(company, source),
        state=MappingSet.State.RETIRED,
        based_on=current,
    )
    made.state = MappingSet.State.DRAFT
    return made


def refuse_scope(target: str, source: str) -> None:
    """Raises ValueError for a target that an uploaded roster fills by columns of its own."""
    if source != Source.PERSONIO and target in SCOPE_FIELDS:
        raise ValueError(f"{target} has columns of its own in a roster; no rule fills it.")


def next_version(company: Company, source: str, *, besides: MappingSet | None = None) -> int:
    """The number after the highest one; `besides` doesn't count."""
    rows = MappingSet.objects.filter(company=company, source=source)
    rows = rows.exclude(pk=besides.pk) if besides else rows
    highest: int | None = rows.aggregate(highest=Max("version"))["highest"]
    return (highest or 0) + 1


def put_in_force(draft: MappingSet, user: User | None, digest: str) -> None:
    """Makes a draft the version in force and retires the one before. For a caller that holds the company's lock."""
    others = MappingSet.objects.filter(company=draft.company, source=draft.source)
    others.filter(state=MappingSet.State.PUBLISHED).update(state=MappingSet.State.RETIRED)
    draft.version = max(draft.version, next_version(draft.company, draft.source, besides=draft))
    draft.state, draft.digest = MappingSet.State.PUBLISHED, digest
    draft.published_at, draft.published_by = timezone.now(), user
    draft.save(update_fields=["version", "state", "digest", "published_at", "published_by"])
    audit.record(AuditEvent.Action.MAPPING_PUBLISHED, company=draft.company, actor=user, detail=str(draft))
    write_readiness(draft.company)
