"""Previews that somebody has seen, of a draft or of a published mapping (rule 29)."""

from collections.abc import Iterable, Mapping

from django.db import transaction

from mapping.models import MappingSet, Preview
from mapping.rules import Rule
from mapping.services.readiness import lacks_of
from mapping.services.rights import require_support
from mapping.services.sets import frozen_rules, rules_digest
from onboarding.models import LegalEntity, User
from onboarding.services import entities, locks


@transaction.atomic
def note_preview(
    mapping_set: MappingSet,
    entity: LegalEntity,
    user: User | None,
    people: int,
    passed: int,
    unmapped: Mapping[str, int],
    lists_known: bool,
    seen: Iterable[Rule] | None = None,
) -> bool:
    """Notes that somebody of support saw what the set makes of everybody of this legal entity; tells whether it counts.

    `unmapped`: for each target, how many people have a list value that stands for nothing in Loket. `seen`: the rules
    that were looked at, for a draft may be another one by now; None: those it has now. It doesn't count without Loket's
    value lists, nor where there is nobody to look at. Raises NotAllowed for anybody but support.
    """
    require_support(user)
    if not lists_known or not people:
        return False
    locks.company(entity.company_id)
    Preview.objects.create(
        mapping_set=mapping_set,
        entity=entity,
        by=user,
        digest=rules_digest(frozen_rules(mapping_set, entity).rules if seen is None else seen),
        people=people,
        passed=passed,
        unmapped={target: count for target, count in unmapped.items() if count},
    )
    entities.note_mapping(entity, lacks_of(entity))
    return True
