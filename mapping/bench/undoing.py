"""Undo and redo of a draft, step by step: a step is what one click changed. Nothing goes from the history by it."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Q, QuerySet

from mapping.bench.opening import opened
from mapping.bench.refusals import NotPossible, Refusal
from mapping.models import MappingChange, MappingSet
from mapping.services.changes import change_rules, changes_since_begun, rule_in
from onboarding.models import User


@dataclass(slots=True)
class Steps:
    """What can be taken back and what can be done again, the next one last."""

    done: list[list[MappingChange]] = field(default_factory=list)
    undone: list[list[MappingChange]] = field(default_factory=list)


@transaction.atomic
def undo(draft: MappingSet, user: User | None) -> uuid.UUID | None:
    """Takes back the last step that isn't taken back yet; gives that step's batch, or None when there is none."""
    draft = opened(draft, user)
    return _take_back(draft, user, steps(draft).done)


@transaction.atomic
def redo(draft: MappingSet, user: User | None) -> uuid.UUID | None:
    """Does again what was taken back last, as long as nothing else was changed since; gives the batch, or None."""
    draft = opened(draft, user)
    return _take_back(draft, user, steps(draft).undone)


def can_undo(draft: MappingSet) -> bool:
    """Whether there is a step to take back."""
    return bool(steps(draft).done)


def can_redo(draft: MappingSet) -> bool:
    """Whether there is a step to do again."""
    return bool(steps(draft).undone)


def steps(draft: MappingSet) -> Steps:
    """The steps of a draft's history that can be taken back or done again, by looking at each step once.

    A step that takes another one back makes that one undone; one that takes such a step back makes it done again. A new
    change leaves nothing to do again.
    """
    found = Steps()
    for batch in _batches(_of_rules(draft)):
        if batch[0].undoes_id is None:
            found.done.append(batch)
            found.undone.clear()
        elif found.done and _is_taken_back(found.done[-1], batch):
            found.done.pop()
            found.undone.append(batch)
        else:
            found.undone.pop()
            found.done.append(batch)
    return found


def _of_rules(draft: MappingSet) -> QuerySet[MappingChange]:
    """The changes of rules, but those of a legal entity that is gone: its rules went with it, and none comes back."""
    gone = Q(entity=None) & ~Q(entity_name="")
    return changes_since_begun(draft).exclude(gone).select_related("entity").order_by("pk")


def _is_taken_back(batch: Sequence[MappingChange], by: Sequence[MappingChange]) -> bool:
    return {change.pk for change in batch} == {change.undoes_id for change in by}


def _batches(changes: Iterable[MappingChange]) -> list[list[MappingChange]]:
    found: dict[uuid.UUID, list[MappingChange]] = {}
    for change in changes:
        found.setdefault(change.batch, []).append(change)
    return list(found.values())


def _take_back(draft: MappingSet, user: User | None, batches: list[list[MappingChange]]) -> uuid.UUID | None:
    if not batches:
        return None
    changes = list(reversed(batches[-1]))
    try:
        wanted = [(change.target, rule_in(change.before), change.entity) for change in changes]
    except ValueError as error:
        raise NotPossible(Refusal.RULE_INVALID, {"text": str(error)}) from error
    change_rules(draft, user, wanted, undoes=changes)
    return changes[0].batch
