"""The people of a roster or a reading as the sync takes them: with what the portal keeps of them, and with the columns
that decide who is sent filled as the mapping says (rules 27, 39 to 42)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import partial

from django.db.models import Count, Max
from django.utils import timezone

from mapping.models import MappingSet, PersonValue
from mapping.rules import PORTAL
from mapping.rules import MappingSet as Rules
from mapping.services import Source, frozen_rules, published_for
from onboarding.models import LegalEntity
from sync.models import Roster
from sync.records import HRRecord
from sync.services import rosters
from sync.services.portal_values import with_portal
from sync.sources.deciding import meant, settled
from sync.sources.personio import lens


def records(
    entity: LegalEntity, roster: Roster, mapping_set: MappingSet | None = None, rows: Sequence[int] | None = None
) -> Iterator[HRRecord]:
    """The people in the order of the roster, on its day; `rows` names those wanted, None is everybody.

    `mapping_set` is the one of a run; without it, the one that counts for the roster now.
    """
    found = mapping_set or _in_force(entity, roster)
    return of(entity, rosters.records(roster, rows), found, day_of(roster))


class RosterPeople:
    """`People`: everybody of a roster or a reading, read in batches and never all in memory.

    `note` is told of each one before it is given.
    """

    def __init__(
        self, entity: LegalEntity, roster: Roster, mapping_set: MappingSet, note: Callable[[HRRecord], object]
    ) -> None:
        self._of = partial(records, entity, roster, mapping_set)
        self._note = note

    def __iter__(self) -> Iterator[HRRecord]:
        for record in self._of():
            self._note(record)
            yield record


def of(
    entity: LegalEntity, people: Iterable[HRRecord], mapping_set: MappingSet | None, day: date
) -> Iterator[HRRecord]:
    """The same of people who aren't stored; without a mapping they get what the portal keeps and nothing else."""
    deciding = _deciding(entity, mapping_set)
    found = with_portal(entity, people, day)
    return found if deciding is None else _settled(found, deciding)


def day_of(roster: Roster) -> date:
    """The day on which these people hold: of a reading its own, of a file today."""
    return roster.day or timezone.localdate()


def mark(entity: LegalEntity, roster: Roster) -> str:
    """Changes whenever somebody could be decided about in another way, though the roster is the same."""
    mapping_set = _in_force(entity, roster)
    deciding = _deciding(entity, mapping_set)
    if mapping_set is None or deciding is None:
        return "-"
    from_portal = any(rule.source and rule.source.startswith(PORTAL) for rule in deciding.rules)
    return f"{mapping_set.pk}-{_portal_mark(entity) if from_portal else ''}"


def _portal_mark(entity: LegalEntity) -> str:
    found = PersonValue.objects.filter(attribute__company=entity.company_id).aggregate(Max("set_at"), Count("pk"))
    return f"{found['set_at__max']}-{found['pk__count']}".replace(" ", "T")


def _in_force(entity: LegalEntity, roster: Roster) -> MappingSet | None:
    """A reading is in the columns of the mapping that it was made with; a file goes through the one in force."""
    return roster.mapping_set or published_for(entity)


def _deciding(entity: LegalEntity, mapping_set: MappingSet | None) -> Rules | None:
    if mapping_set is None:
        return None
    rules = frozen_rules(mapping_set, entity)
    return lens(rules).deciding if mapping_set.source == Source.PERSONIO else rules


def _settled(people: Iterable[HRRecord], deciding: Rules) -> Iterator[HRRecord]:
    ours = meant(deciding)
    for record in people:
        yield settled(record, ours)
