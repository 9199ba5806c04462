"""For how many people a draft would send other values than the mapping in force; what publishing says beforehand.

It compares what the two make of HR's values and asks Loket nothing, so a value that Loket has already counts as well.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from loket_portal.lib import crypto
from mapping.apply import Value, apply
from mapping.models import MappingSet
from mapping.rules import MappingSet as Rules
from mapping.rules import ValueLists
from mapping.services import published
from onboarding.models import LegalEntity
from sync import policy
from sync.diff import compact
from sync.records import HRRecord, Sealed
from sync.services import bench, bench_people, roster_columns
from sync.services.bench_everyone import Known
from sync.services.bench_people import Look


@dataclass(frozen=True, slots=True)
class Touched:
    """One legal entity. `people`: how many are in the sync by the draft; `touched`: of how many something changes.

    `came` and `gone`: who is in the sync by only one of the two. `targets`: people by field, most first. `unread`: fields
    that can't be compared before their attribute was read. `is_read`: whether the people are known at all. `is_misread`:
    their file was read for other rules, so nothing starts after publishing before it is uploaded again.
    """

    entity: LegalEntity
    people: int = 0
    touched: int = 0
    came: int = 0
    gone: int = 0
    targets: tuple[tuple[str, int], ...] = ()
    unread: tuple[str, ...] = ()
    is_read: bool = False
    is_misread: bool = False


@dataclass(frozen=True, slots=True)
class All:
    """All legal entities that the mapping counts for, and the version that they are compared with: None is the first."""

    entities: tuple[Touched, ...]
    former: MappingSet | None

    @property
    def touched(self) -> int:
        return sum(one.touched for one in self.entities)

    @property
    def is_known(self) -> bool:
        """Whether the number is the last word: everybody is known and every field was compared."""
        return all(one.is_read and not one.unread for one in self.entities)


def read(mapping_set: MappingSet, entity_pk: str = "") -> All:
    """How many people are touched, of one legal entity or of all. Raises LegalEntity.DoesNotExist."""
    former = published(mapping_set.company, mapping_set.source)
    if former is not None and former.pk == mapping_set.pk:
        former = None
    place = bench.place(mapping_set, entity_pk)
    entities = (place.entity,) if place.entity else place.entities
    return All(tuple(_of(one, mapping_set, former) for one in entities), former)


def _of(entity: LegalEntity, mapping_set: MappingSet, former: MappingSet | None) -> Touched:
    now = bench_people.look(entity, mapping_set)
    before = bench_people.look(entity, former) if former else None
    if now.reading is None:
        return Touched(entity)
    unread = {rule.target for one in (now, before) if one for rule in one.unread}
    counts, targets = _compared(now, before, unread)
    return Touched(
        entity,
        people=counts["people"],
        touched=counts["touched"],
        came=counts["came"],
        gone=counts["gone"],
        targets=tuple(targets.most_common()),
        unread=tuple(sorted(unread)),
        is_read=True,
        is_misread=bool(not entity.reads_personio and now.roster and roster_columns.misread(now.roster, now.rules)),
    )


def _compared(now: Look, before: Look | None, unread: set[str]) -> tuple[Counter[str], Counter[str]]:
    counts, targets = Counter[str](), Counter[str]()
    lists, known = bench.lists_of(now.entity), Known(now.entity)
    sent = _sent(before) if before else {}
    for row, record in _sent(now).items():
        former = sent.pop(row, None)
        counts["people"] += 1
        if former is None or before is None:
            counts["came"] += 1
            counts["touched"] += 1
            continue
        differing = _differing(now.mapping, record, before.mapping, former, lists, may_be_new=not known.has(record))
        found = differing - unread
        counts["touched"] += bool(found)
        targets.update(found)
    counts["gone"] = len(sent)
    return counts, targets


def _sent(found: Look) -> dict[int, HRRecord]:
    """Those in the sync, by row."""
    decided = policy.decide_all(tuple(bench_people.records(found)), found.day)
    return {record.row: record for record, decision in decided if decision.in_scope}


def _differing(
    now: Rules, record: HRRecord, before: Rules, former: HRRecord, lists: ValueLists, *, may_be_new: bool
) -> set[str]:
    """The fields for which the two want something else; of somebody who may be new also what only a new person gets."""
    found = set[str]()
    for is_new in (False, True) if may_be_new else (False,):
        ours = apply(now, record.values, lists, is_new=is_new).values
        theirs = apply(before, former.values, lists, is_new=is_new).values
        found |= _other(ours, theirs)
        found |= _other_ways(now, before, ours)
    return found


def _other(ours: Mapping[str, Value], theirs: Mapping[str, Value]) -> set[str]:
    return {target for target in {*ours, *theirs} if not _is_same(target, ours.get(target), theirs.get(target))}


def _is_same(target: str, one: Value | None, other: Value | None) -> bool:
    """A BSN or IBAN of which only the fingerprint is kept is compared by that."""
    if one is None or other is None or one.is_fallback != other.is_fallback:
        return one == other
    return _mark(target, one, other) == _mark(target, other, one)


def _mark(target: str, one: Value, other: Value) -> object:
    if isinstance(one.value, Sealed):
        return one.value.fingerprint
    is_compared = isinstance(other.value, Sealed) and isinstance(one.value, str)
    return crypto.fingerprint(target, compact(str(one.value))) if is_compared else one.value


def _other_ways(now: Rules, before: Rules, targets: Iterable[str]) -> set[str]:
    """Fields with the same value that is now written where it wasn't, or no longer is."""
    ours, theirs = ({rule.target: rule.write_mode for rule in rules.rules} for rules in (now, before))
    return {target for target in targets if target in theirs and ours.get(target) != theirs[target]}
