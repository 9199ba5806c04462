"""A draft becomes the mapping in force, once nothing stands against it and nobody else has published meanwhile."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Max

from mapping import attributes, services
from mapping.bench.opening import opened
from mapping.bench.refusals import NotPossible, Refusal
from mapping.bench.validity import deciding_columns, known_keys
from mapping.compare import Difference, differences
from mapping.models import HRAttribute, MappingSet
from mapping.services.changes import note_whole
from mapping.services.sets import RulesByPlace, rules_of
from onboarding.models import AuditEvent, User
from onboarding.services import audit


@dataclass(frozen=True, slots=True)
class Against:
    """One thing that stands against publishing; worded like NotPossible. `target`: the field that it is about."""

    code: Refusal
    params: dict[str, str] = field(default_factory=dict)
    target: str = ""


def refusals(draft: MappingSet) -> tuple[Against, ...]:
    """All that stands against publishing, in the order in which it is mended; empty when nothing does."""
    found = rules_of(draft)
    if not services.rules_in_force(found, None):
        return (Against(Refusal.NOTHING_MAPPED),)
    current = services.published(draft.company, draft.source)
    if current is not None and not differences(rules_of(current), found):
        return (Against(Refusal.NOTHING_CHANGED, {"version": str(current.version)}),)
    return (*unusable(draft), *_requested(draft, found), *_read_twice(draft, found))


def mark(draft: MappingSet) -> int:
    """Which of its changes is the newest: whoever looks at a draft has seen all up to this one."""
    newest: int | None = draft.changes.aggregate(newest=Max("pk"))["newest"]
    return newest or 0


def unusable(mapping_set: MappingSet) -> tuple[Against, ...]:
    """The attributes that a set reads and that nobody can read: they are gone, or their old data is undecided (rule 25)."""
    found = rules_of(mapping_set)
    return (*_gone(mapping_set, found), *_undecided(mapping_set, found))


@transaction.atomic
def publish(draft: MappingSet, user: User | None, against: int | None, seen: int | None = None) -> MappingSet:
    """Puts the draft in force: it becomes the version itself, so that the previews seen of it count (rule 29).

    `against` is the key of the version in force that the user has compared it with, `seen` the `mark` that the draft
    had then; None: whatever it says. Raises NotAllowed for anybody but support, and NotPossible: when another version
    has come meanwhile, or another change of the draft, and with the first of `refusals`.
    """
    draft = opened(draft, user)
    if seen is not None and mark(draft) != seen:
        raise NotPossible(Refusal.DRAFT_CHANGED)
    current = services.published(draft.company, draft.source)
    if (current.pk if current else None) != against:
        raise NotPossible(Refusal.PUBLISHED_MEANWHILE, {"version": str(current.version) if current else ""})
    if found := refusals(draft):
        raise NotPossible(found[0].code, found[0].params)
    put_in_force(draft, user, current)
    return draft


def put_in_force(draft: MappingSet, user: User | None, current: MappingSet | None) -> None:
    """Publishes it whatever stands against it, with all that follows. For a caller that holds the company's lock."""
    after = rules_of(draft)
    changed = differences(rules_of(current) if current else {}, after)
    services.put_in_force(draft, user, services.digest_of(services.frozen_rules(draft)))
    note_whole(draft, user, {"published": draft.version})
    for one in changed if current else ():
        _audit_moved(draft, user, one)
    attributes.after_publishing(draft.company)


def _audit_moved(published: MappingSet, user: User | None, one: Difference) -> None:
    """Which attribute took the place of which (rule 24)."""
    if one.is_moved and one.before is not None and one.before.source is not None:
        new = one.after.source if one.after and one.after.source else "–"
        detail = f"{published}: {one.target}: {one.before.source} → {new}"
        action = AuditEvent.Action.MAPPING_PUBLISHED
        audit.record(action, company=published.company, actor=user, detail=detail)


def _gone(draft: MappingSet, found: RulesByPlace) -> Iterator[Against]:
    """Attributes that are read and that the HR system no longer shows."""
    there, names = known_keys(draft, is_there=True), _names(draft)
    for (target, _place), rule in found.items():
        if rule.source is not None and rule.source not in there:
            yield Against(Refusal.ATTRIBUTE_GONE, {"attribute": names.get(rule.source, rule.source)}, target)


def _undecided(draft: MappingSet, found: RulesByPlace) -> Iterator[Against]:
    """Duplicates for which nobody has chosen what becomes of the old data (rule 25)."""
    rows = HRAttribute.objects.filter(company=draft.company_id, migration=HRAttribute.Migration.OPEN)
    labels = dict(rows.values_list("key", "label"))
    for (target, _place), rule in found.items():
        if rule.source in labels:
            yield Against(Refusal.MIGRATION_OPEN, {"attribute": labels[rule.source]}, target)


def _requested(draft: MappingSet, found: RulesByPlace) -> Iterator[Against]:
    """What the customer was asked to make and hasn't, where nothing else is read in its place."""
    if draft.source != MappingSet.Source.PERSONIO:
        return
    for request in attributes.open_requests(draft.company):
        rule = found.get((request.target, None))
        if rule is None or rule.source is None:
            yield Against(Refusal.REQUEST_OPEN, {"attribute": request.label}, request.target)


def _read_twice(draft: MappingSet, found: RulesByPlace) -> Iterator[Against]:
    """Columns of a roster that decide who somebody is, filled from another one, which a second field reads as they were.

    The reader of the file puts the other value there, so the second field would get that one too.
    """
    if draft.source != MappingSet.Source.ROSTER:
        return
    for place in dict.fromkeys((None, *(place for _target, place in found))):
        read = {rule.target: rule.source for rule in services.rules_in_force(found, place)}
        for target, column in deciding_columns().items():
            others = [one for one, source in read.items() if source == column and one != target]
            if others and read.get(target) not in (None, column):
                yield Against(Refusal.READ_TWICE, {"attribute": column, "target": target}, others[0])


def _names(draft: MappingSet) -> dict[str, str]:
    return dict(HRAttribute.objects.filter(company=draft.company_id).values_list("key", "label"))
