"""Readings of Personio for a draft: what nobody has read yet because no published mapping asks for it.

Support asks, the worker reads, once for each legal entity at a time. Only attributes that the draft reads are kept,
encrypted, as Personio has them today; what a mapping makes of them is worked out when somebody looks. They are gone
after a day, or when the draft is one no longer (`retention`); once it is in force, when a run has read the people.
"""

import logging
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from loket_portal.lib import bell
from loket_portal.lib.errors import ConfigProblem, SyncError
from loket_portal.personio.client import Employee
from loket_portal.personio.payloads import Attribute
from mapping.catalogue import STATUS, SUBCOMPANY
from mapping.models import MappingSet
from mapping.rules import PORTAL, Decision, Rule
from mapping.rules import MappingSet as Rules
from mapping.services import frozen_rules, published_for, source_of
from mapping.services.rights import require_support
from onboarding.models import Connection, LegalEntity, User
from sync.models import BenchReading, Roster, RosterPerson
from sync.ports import LeaseLost
from sync.records import HRRecord, Sealed
from sync.services import codec, memory, rosters
from sync.services.personio_faults import UNREADABLE, not_readable
from sync.services.personio_people import People
from sync.services.placing import Place, Seen
from sync.sources.effective import as_of
from sync.sources.personio_values import cell
from sync.sources.values import Fault

TASK = "sync.tasks.read_for_mapping"
KEPT = timedelta(days=1)
GONE_AFTER = timedelta(minutes=3)
"""So long a worker may be silent; a call to Personio takes a minute at most."""
RINGS_AGAIN_AFTER = timedelta(seconds=20)
NO_CELL = {"attributes": "?"}
"""Stands for a value of a type that no cell has, and is refused like one."""
State = BenchReading.State

log = logging.getLogger(__name__)


def ask(entity: LegalEntity, mapping_set: MappingSet, user: User | None) -> BenchReading:
    """Asks the worker to read what this draft reads; while one is under way it is that one.

    Raises NotAllowed for anybody but support, and ValueError for a mapping that isn't the entity's or isn't Personio's.
    """
    require_support(user)
    if mapping_set.company_id != entity.company_id or not mapping_set.source == source_of(entity) == "personio":
        raise ValueError("this mapping reads no Personio for this legal entity")
    with transaction.atomic():
        BenchReading.objects.get_or_create(entity=entity, defaults={"asked_at": timezone.now(), "state": State.FAILED})
        row = BenchReading.objects.select_for_update().get(entity=entity)
        if not is_under_way(row):
            row.mapping_set, row.asked_at, row.asked_by = mapping_set, timezone.now(), user
            row.state, row.claimed_by, row.beat_at, row.read = State.ASKED, "", None, 0
            row.message, row.hint, row.params = "", "", {}
            row.save()
        bell.ring(TASK, row.pk)  # also where it waits: the ring before may have been lost
    return row


def state(entity: LegalEntity) -> BenchReading | None:
    """The newest reading that was asked for."""
    return BenchReading.objects.filter(entity=entity).select_related("asked_by", "mapping_set").first()


def is_under_way(row: BenchReading) -> bool:
    """Whether a worker has it or should take it any moment."""
    seen = row.beat_at or row.asked_at
    return row.state in BenchReading.ACTIVE and seen > timezone.now() - GONE_AFTER


def is_waiting(row: BenchReading | None) -> bool:
    """Whether no worker has taken it for so long that the ring may have been lost: asking again rings again."""
    return row is not None and row.state == State.ASKED and row.asked_at < timezone.now() - RINGS_AGAIN_AFTER


def of(entity: LegalEntity) -> Roster | None:
    """The people that were read for the draft, whole, of the legal entity in Personio that counts now; None after a day."""
    rows = Roster.objects.filter(bench_for=entity, personio_id=entity.personio_id).exclude(digest="")
    return rows.filter(counting(), uploaded_at__gt=timezone.now() - KEPT).first()


def may_read(mapping_set: MappingSet, entity: LegalEntity) -> bool:
    """Whether people are read for this mapping: a draft, and the version in force as long as no run has read anybody.

    Without the second, nobody could see the preview that enabling asks for (rule 29), and only then is there a run.
    """
    state = mapping_set.state
    return state == MappingSet.State.DRAFT or (state == MappingSet.State.PUBLISHED and rosters.current(entity) is None)


def counting() -> Q:
    """The readings whose mapping may still be read for."""
    in_use = Roster.objects.filter(entity=OuterRef("bench_for"), personio_id=OuterRef("personio_id"))
    return Q(mapping_set__state=MappingSet.State.DRAFT) | Q(
        ~Exists(in_use), mapping_set__state=MappingSet.State.PUBLISHED
    )


def work(reading_id: int) -> None:
    """Reads, if no other worker does. Never raises for what Personio does: the row says what went wrong and who acts."""
    worker = uuid.uuid4().hex
    now = timezone.now()
    is_free = Q(state=State.ASKED) | Q(state=State.READING, beat_at__lt=now - GONE_AFTER)
    rows = BenchReading.objects.filter(is_free, pk=reading_id)
    if not rows.update(state=State.READING, claimed_by=worker, beat_at=now, read=0):
        return
    row = BenchReading.objects.select_related("entity__company", "mapping_set").get(pk=reading_id)
    try:
        _read(row, worker)
    except LeaseLost:
        log.warning("reading %s for a draft: another worker has it", row.pk)
    except SyncError as error:
        _end(row, worker, State.FAILED, error)
    except Exception as error:
        log.exception("reading %s for a draft failed: %s", row.pk, type(error).__name__)
        _end(row, worker, State.FAILED, _UNEXPECTED)


_UNEXPECTED = ConfigProblem(
    gettext_noop("The reading stopped because of a fault in the portal."),
    gettext_noop("Nothing is lost. Try again; when it happens twice, look at the log of the worker."),
)


def _read(row: BenchReading, worker: str) -> None:
    entity, draft = row.entity, row.mapping_set
    if draft is None or not may_read(draft, entity):
        raise ConfigProblem(
            gettext_noop("The draft was published or discarded before its people were read."),
            gettext_noop("Open the mapping again; what it needs is read from there."),
        )
    wanted = frozenset(_attributes(frozen_rules(draft, entity)))
    day = timezone.localdate()
    with transaction.atomic():
        _beat(row, worker)
        Roster.objects.filter(bench_for=entity).delete()
        roster = _roster(row, draft, wanted, day)
    people = _Employees(entity, _reading_rules(entity, draft), day, lambda: _beat(row, worker))
    try:
        for _records in people.pages():
            with transaction.atomic():
                _beat(row, worker, len(people.seen))
                _store(roster, people, wanted)
    except BaseException:
        Roster.objects.filter(pk=roster.pk).delete()
        raise
    with transaction.atomic():
        _end(row, worker, State.DONE)
        Roster.objects.filter(pk=roster.pk).update(digest=uuid.uuid4().hex, person_count=roster.people.count())


def _roster(row: BenchReading, draft: MappingSet, wanted: Iterable[str], day: date) -> Roster:
    return Roster.objects.create(
        bench_for=row.entity,
        source=Roster.Source.PERSONIO,
        personio_id=row.entity.personio_id,
        day=day,
        mapping_set=draft,
        file_name="Personio",
        uploaded_at=timezone.now(),
        uploaded_by=row.asked_by,
        person_count=0,
        fault_count=0,
        digest="",  # until it is whole
        attributes={key: key for key in sorted(wanted)},
    )


def _attributes(rules: Rules) -> list[str]:
    """What the draft reads, and of a copy what it was made from: its old data is to be carried over (rule 25)."""
    copied = [rule.former_source for rule in rules.rules if rule.decision is Decision.DUPLICATE]
    keys = [*(rule.source for rule in rules.rules), *copied]
    return [key for key in keys if key and not key.startswith(PORTAL)]


def _reading_rules(entity: LegalEntity, draft: MappingSet) -> Rules:
    """The draft's rules; where it doesn't say yet who works here, those in force and Personio's own status say so."""
    own = frozen_rules(draft, entity)
    published = published_for(entity)
    others = frozen_rules(published, entity).rules if published else ()
    rules = {rule.target: rule for rule in (Rule(STATUS, "status"), *others, *own.rules)}
    return Rules(own.name, own.version, tuple(rules.values()))


class _Employees(People):
    """The same look at Personio as a sync has, which keeps of everybody who works here what Personio shows today.

    Of the problems only what was unreadable: those of values are found again through the draft.
    """

    def __init__(self, entity: LegalEntity, rules: Rules, day: date, beat: Any) -> None:
        super().__init__(entity, rules, today=day, beat=beat)
        self.found: list[tuple[Employee, HRRecord]] = []

    def _here(self, seen: Seen) -> HRRecord:
        record = super()._here(seen)
        employee = seen.employee
        if len(seen.employments or ()) > 1:
            status = self._lens.columns.get("status", "status")
            employee, _later = as_of(employee, self._placing.told(seen), self._today, self.departments, status)
        self.found.append((employee, replace(record, problems=(), later=())))
        return record

    def _unreadable(self, employee: Employee, place: Place) -> HRRecord:
        record = super()._unreadable(employee, place)
        if place is Place.HERE:
            self.found.append((employee, replace(record, problems=(UNREADABLE,), later=())))
        return record

    def _require_attributes(self) -> None:
        """Only without this one nobody knows who works here; what else is missing shows at the people."""
        if self.seen and not self._found[SUBCOMPANY]:
            raise not_readable(self._entity, [SUBCOMPANY])

    @property
    def columns(self) -> Mapping[str, str]:
        return self._lens.columns


def _store(roster: Roster, people: _Employees, wanted: frozenset[str]) -> None:
    found, people.found = people.found, []
    sealed = _sealed(roster, [record for _employee, record in found])
    rows = []
    for employee, record in found:
        cells: dict[str, Any] = {
            key: _cell(key, attribute) for key, attribute in employee.attributes.items() if key in wanted
        }
        for column, value in sealed.get(record.row, {}).items():
            if (key := people.columns[column]) in cells:
                cells[key] = {"fingerprint": value.fingerprint, "masked": value.masked}
        problems = [codec.problem_to_json(problem) for problem in record.problems]
        rows.append(
            RosterPerson(roster=roster, row=record.row, values={"key": record.key, "cells": cells}, problems=problems)
        )
    RosterPerson.objects.bulk_create(rows)


def _sealed(roster: Roster, records: list[HRRecord]) -> dict[int, dict[str, Sealed]]:
    """A BSN or IBAN that Loket has confirmed is not stored here a second time either."""
    connection = Connection.objects.filter(entity=roster.bench_for_id).first()
    if connection is None:
        return {}
    return {
        record.row: {column: value for column, value in record.values.items() if isinstance(value, Sealed)}
        for record in memory.sealed(connection, records)
    }


def _cell(key: str, attribute: Attribute) -> Any:
    """The value as a cell of a roster would hold it: of a relation its name only."""
    try:
        return cell(key, attribute)
    except Fault:
        return NO_CELL


def _beat(row: BenchReading, worker: str, read: int | None = None) -> None:
    """Raises LeaseLost when somebody else reads now."""
    fields: dict[str, Any] = {"beat_at": timezone.now()} | ({} if read is None else {"read": read})
    if not BenchReading.objects.filter(pk=row.pk, claimed_by=worker, state=State.READING).update(**fields):
        raise LeaseLost


def _end(row: BenchReading, worker: str, state: State, error: SyncError | None = None) -> None:
    mine = BenchReading.objects.filter(pk=row.pk, claimed_by=worker, state=State.READING)
    ended = mine.update(state=state, beat_at=timezone.now(), **BenchReading.words(error))
    if not ended and state == State.DONE:
        raise LeaseLost
