"""Where the readings of a mapping stand: what is known of its people, what isn't, and whether the worker is at it."""

from dataclasses import dataclass
from datetime import datetime

from mapping.models import MappingSet
from mapping.rules import Rule
from onboarding.models import LegalEntity, User
from sync.models import BenchReading
from sync.services import bench, bench_people, bench_reading


@dataclass(frozen=True, slots=True)
class Standing:
    """One legal entity that reads Personio. `reading` is the newest that was asked for, `people` and `read_at` are of the
    one that is there. `unread`: rules whose attribute nobody has read."""

    entity: LegalEntity
    reading: BenchReading | None
    is_under_way: bool
    is_read: bool
    people: int | None
    read_at: datetime | None
    unread: tuple[Rule, ...]
    may_ask: bool

    @property
    def has_failed(self) -> bool:
        return self.reading is not None and self.reading.state == BenchReading.State.FAILED

    @property
    def is_interrupted(self) -> bool:
        """It was never finished, and nobody is at it."""
        return self.reading is not None and self.reading.state in BenchReading.ACTIVE and not self.is_under_way


def read(mapping_set: MappingSet, entity_pk: str = "") -> Standing | None:
    """The state; None where nobody of the company reads Personio by this mapping. Raises LegalEntity.DoesNotExist."""
    entity = bench.place(mapping_set, entity_pk).one
    if entity is None or not entity.reads_personio:
        return None
    found, asked = bench_people.look(entity, mapping_set), bench_reading.state(entity)
    is_under_way = asked is not None and bench_reading.is_under_way(asked)
    return Standing(
        entity=entity,
        reading=asked,
        is_under_way=is_under_way,
        is_read=found.reading is not None,
        people=found.bench.person_count if found.bench else None,
        read_at=found.bench.uploaded_at if found.bench else None,
        unread=found.unread,
        may_ask=bench_reading.may_read(mapping_set, entity) and (not is_under_way or bench_reading.is_waiting(asked)),
    )


def ask(mapping_set: MappingSet, user: User, entity_pk: str = "") -> BenchReading | None:
    """Asks for a reading of one legal entity; None where there is nothing to read.

    Raises NotAllowed and LegalEntity.DoesNotExist.
    """
    entity = bench.place(mapping_set, entity_pk).one
    if entity is None or not entity.reads_personio or not bench_reading.may_read(mapping_set, entity):
        return None
    return bench_reading.ask(entity, mapping_set, user)
