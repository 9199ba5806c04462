"""The versions that were in force, what differs between two, and going back to one."""

from django.db import transaction
from django.db.models import QuerySet

from mapping import services
from mapping.bench import drafts, publishing
from mapping.bench.refusals import NotPossible, Refusal
from mapping.compare import Difference, differences
from mapping.models import MappingSet
from mapping.services.rights import require_support
from mapping.services.sets import rules_of
from onboarding.models import Company, User
from onboarding.services import locks


def versions(company: Company, source: str) -> QuerySet[MappingSet]:
    """What is in force and what was, the newest first."""
    states = (MappingSet.State.PUBLISHED, MappingSet.State.RETIRED)
    rows = MappingSet.objects.filter(company=company, source=source, state__in=states)
    return rows.select_related("published_by", "based_on").order_by("-version")


def difference(before: MappingSet | None, after: MappingSet) -> tuple[Difference, ...]:
    """What the second one does differently; without a first one, all of it is added."""
    return differences(rules_of(before) if before else {}, rules_of(after))


@transaction.atomic
def roll_back(version: MappingSet, user: User | None, *, discards_draft: bool = False) -> MappingSet:
    """Puts the rules of an older version in force again, as a new version; gives that one.

    Raises NotAllowed for anybody but support. Raises NotPossible for what was never in force or is so now, for what reads
    an attribute that can't be read any more, and while a draft is open, which `discards_draft` gives up.
    """
    require_support(user)
    locks.company(version.company_id)
    old = MappingSet.objects.select_related("company").get(pk=version.pk)
    if old.state != MappingSet.State.RETIRED:
        is_now = old.state == MappingSet.State.PUBLISHED
        raise NotPossible(Refusal.IN_FORCE if is_now else Refusal.NOT_A_VERSION, {"version": str(old.version)})
    current = services.published(old.company, old.source)
    if current is not None and not difference(current, old):
        raise NotPossible(Refusal.NOTHING_CHANGED, {"version": str(current.version)})
    _refuse_unusable(old, current)
    if draft := drafts.draft_of(old.company, old.source):
        if not discards_draft:
            raise NotPossible(Refusal.DRAFT_OPEN, {"number": str(draft.version)})
        drafts.discard(draft, user)
    return _again(old, user, current)


def _refuse_unusable(old: MappingSet, current: MappingSet | None) -> None:
    """What stands against the version in force already gets no worse by going back."""
    known = publishing.unusable(current) if current else ()
    if found := [one for one in publishing.unusable(old) if one not in known]:
        raise NotPossible(found[0].code, found[0].params)


def _again(old: MappingSet, user: User | None, current: MappingSet | None) -> MappingSet:
    made = MappingSet.objects.create(
        company=old.company,
        source=old.source,
        name=old.name,
        version=services.next_version(old.company, old.source),
        based_on=old,
        created_by=user,
    )
    services.store_rules(made, rules_of(old))
    told = {"begun": "version", "version": old.version}
    services.note_beginning(made, user, told, rules_of(current) if current else {})
    publishing.put_in_force(made, user, current)
    return made
