"""Two people in the editor of one target: who saves second hears what the first one did, and overwrites it knowingly."""

import hashlib
import json
from datetime import datetime

from django.db.models import Q

from mapping.bench.desk import Desk, Row
from mapping.bench.refusals import NotPossible, Refusal
from mapping.models import MappingSet
from mapping.rules import row_of
from mapping.services.sets import rule_at, rules_of
from onboarding.models import User


def token(row: Row) -> str:
    """What stands for the rule that somebody sees who opens the editor now: the same for the same rule."""
    said = [row.is_own, row_of(row.rule) if row.rule else None]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def refuse_other(desk: Desk, row: Row, seen: str) -> None:
    """Raises NotPossible, with who and when, where the rule isn't the one that was `seen` any more."""
    if desk.draft is not None and seen != token(row):
        raise _changed(desk, row)


def refuse_changed(draft: MappingSet, desk: Desk, row: Row) -> None:
    """The same of a change that came since the row was read. For a caller that holds the company's lock."""
    if rule_at(rules_of(draft), row.target, desk.entity.pk if desk.entity else None) != row.rule:
        raise _changed(desk, row)


def _changed(desk: Desk, row: Row) -> NotPossible:
    who, when = _last(desk, row)
    params = {"who": str(who or ""), "when": when.isoformat() if when else ""}
    return NotPossible(Refusal.RULE_CHANGED, params)


def _last(desk: Desk, row: Row) -> tuple[User | None, datetime | None]:
    """Who changed the rule last, and when; of one that the draft was begun with, who began the draft."""
    draft = desk.draft
    if draft is None:
        return None, None
    here = Q(entity=None, entity_name="") | Q(entity=desk.entity) if desk.entity else Q(entity=None)
    change = draft.changes.filter(here, target=row.target).select_related("by").order_by("-pk").first()
    return (change.by, change.at) if change else (draft.created_by, draft.created_at)
