"""Opening a draft to change it: by support only, one at a time, and only while it is a draft."""

from mapping.bench.refusals import NotPossible, Refusal
from mapping.models import MappingSet
from mapping.services.rights import require_support
from onboarding.models import User
from onboarding.services import locks


def opened(draft: MappingSet, user: User | None) -> MappingSet:
    """The draft as it is stored, locked until the transaction ends.

    Raises NotAllowed for anybody but support, and NotPossible when it was published or discarded meanwhile.
    """
    require_support(user)
    locks.company(draft.company_id)
    found = MappingSet.objects.select_related("company").get(pk=draft.pk)
    if found.state != MappingSet.State.DRAFT:
        raise NotPossible(Refusal.NOT_A_DRAFT)
    return found
