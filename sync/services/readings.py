"""Readings: the people of an entity as Personio has them, stored as its roster (docs/adr/0017).

A reading grows beside the one in use and takes its place in one transaction, when the list was whole. Whatever happens
before that, the former one stays. No transaction is open while Personio is asked.
"""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from loket_portal.lib.errors import ConfigProblem, SyncError
from mapping.models import MappingSet
from mapping.services import frozen_rules
from onboarding.models import Issue, LegalEntity
from onboarding.services import issues
from onboarding.services.issues import Found
from sync.models import Roster, RosterPerson, Run
from sync.policy import canonical_number, holds_number, number_holders
from sync.records import Effect, HRRecord, Problem
from sync.services import departed, departments, gate, memory, rosters, runs
from sync.services.personio_people import NeedsEverybody, People

Hold = Callable[[int], None]
"""Told how many people were read so far; raises LeaseLost when somebody else has the run."""

FILE_NAME = "Personio"
SOME = 50
"""More people than this are not asked for one by one."""


@dataclass(frozen=True, slots=True)
class Told:
    """What Personio told of that a reading will see: all before `until`, these `events` of the last moments before."""

    until: datetime
    events: tuple[int, ...] = ()


def refresh(run: Run, hold: Hold, told: Told | None = None) -> Roster:
    """Reads everybody and makes that the run's roster, and the entity's; raises SyncError, and then nothing changes."""
    entity, mapping_set = _whose(run)
    Roster.objects.filter(incoming_for=entity).delete()  # of a worker that was killed
    began, told = timezone.now(), told or Told(timezone.now())
    incoming = Roster.objects.create(
        incoming_for=entity,
        source=Roster.Source.PERSONIO,
        personio_id=run.personio_id,
        day=timezone.localdate(began),
        mapping_set=mapping_set,
        file_name=FILE_NAME,
        uploaded_at=began,
        uploaded_by=run.started_by,
        told_until=told.until,
        seen_events=list(told.events),
        person_count=0,
        fault_count=0,
    )
    try:
        people = _read_all(run, entity, mapping_set, incoming, hold)
    except SyncError:
        Roster.objects.filter(pk=incoming.pk).delete()
        raise
    _tell_of_strays(entity, people)
    return incoming


def _read_all(run: Run, entity: LegalEntity, mapping_set: MappingSet, incoming: Roster, hold: Hold) -> People:
    people = _people(entity, mapping_set, incoming, hold)
    for records in people.pages():
        with transaction.atomic():  # fenced: who no longer has the run stores nothing
            hold(len(people.seen))
            rosters.store(incoming, memory.sealed(run.connection, records))
    _look_where_lacking(run, entity, mapping_set, people)
    _keep_unseen(run, entity, incoming, people)
    departments.keep(incoming, people.departments)
    _mark_doubles(incoming)
    _swap(run, entity, incoming, people, hold)
    return people


def refresh_some(run: Run, ids: frozenset[int], hold: Hold, told: Told | None = None) -> Roster:
    """Reads only these people anew, where a whole reading of today by the same mapping is there; else everybody."""
    entity, mapping_set = _whose(run)
    roster = rosters.current(entity)
    if roster is None or not may_keep(roster, mapping_set) or not 0 < len(ids) <= SOME:
        return refresh(run, hold, told)
    told = told or Told(timezone.now())
    people = _people(entity, mapping_set, roster, hold)
    try:
        found = dict(people.some(ids))
    except NeedsEverybody:
        return refresh(run, hold, told)
    _look_where_lacking(run, entity, mapping_set, people)
    found |= _gone(roster, ids - people.seen)
    with transaction.atomic():
        lock(run)
        hold(len(found))
        RosterPerson.objects.filter(roster=roster, row__in=found).delete()
        rosters.store(roster, memory.sealed(run.connection, [record for record in found.values() if record]))
        _mark_doubles(roster)
        roster.told_until, roster.seen_events = told.until, list(told.events)
        _take_into_use(run, roster)
    return roster


def _gone(roster: Roster, ids: Iterable[int]) -> dict[int, HRRecord]:
    """Those of the reading whom Personio has no more."""
    day = roster.day or timezone.localdate()
    return {record.row: departed.gone(record, day, readings=0) for record in rosters.records(roster, sorted(ids))}


def lock(run: Run) -> LegalEntity:
    """The run's legal entity, which nobody changes before this transaction ends.

    Raises ConfigProblem when its people come from elsewhere than when the run was started: then nothing is replaced.
    """
    entity = LegalEntity.objects.select_for_update(no_key=True).get(pk=_whose(run)[0].pk)
    if entity.personio_id != run.personio_id:
        raise ConfigProblem(*runs.OTHER_PEOPLE)
    return entity


def may_keep(roster: Roster, mapping_set: MappingSet) -> bool:
    """Whether a reading still holds: it was taken today, since days count in it, and by this mapping."""
    return roster.day == timezone.localdate() and roster.mapping_set_id == mapping_set.pk


def _whose(run: Run) -> tuple[LegalEntity, MappingSet]:
    entity, mapping_set = run.connection.entity, run.mapping_set
    if entity is None or mapping_set is None:
        raise ValueError("only a run of a connected entity with a mapping reads Personio")
    return entity, mapping_set


def _people(entity: LegalEntity, mapping_set: MappingSet, roster: Roster, hold: Hold) -> People:
    """A look at Personio as it holds on the roster's day."""
    return People(
        entity,
        frozen_rules(mapping_set, entity),
        former=_former(entity),
        today=roster.day,
        departments=departments.of(roster),
        beat=lambda: hold(0),
    )


def _former(entity: LegalEntity) -> frozenset[int]:
    """The ids of those who are in the reading in use."""
    roster = rosters.current(entity)
    return frozenset(roster.people.values_list("row", flat=True)) if roster else frozenset()


def _look_where_lacking(run: Run, entity: LegalEntity, mapping_set: MappingSet, people: People) -> None:
    """What somebody lacks may have been hidden since the look before the reading: then it is an issue at once."""
    if people.is_lacking:
        gate.ensure_ready(entity, mapping_set, is_dry=run.is_dry)


def _keep_unseen(run: Run, entity: LegalEntity, incoming: Roster, people: People) -> None:
    """Nobody of the former reading is forgotten because Personio has the person no more."""
    roster = rosters.current(entity)
    if roster is None:
        return
    unseen = _former(entity) - people.seen
    for records in departed.kept(run.connection, roster, incoming, unseen, is_nameless=people.nameless > 0):
        rosters.store(incoming, records)


def _swap(run: Run, entity: LegalEntity, incoming: Roster, people: People, hold: Hold) -> None:
    with transaction.atomic():
        lock(run)
        hold(len(people.seen))
        Roster.objects.filter(entity=entity).delete()
        incoming.entity, incoming.incoming_for = entity, None
        _take_into_use(run, incoming)


def _take_into_use(run: Run, roster: Roster) -> None:
    """The roster as it is now, and the run that goes on with it however often it is interrupted."""
    roster.person_count = roster.people.count()
    roster.digest = uuid.uuid4().hex  # what was worked out from it before holds no longer
    roster.save()
    run.roster = roster
    Run.objects.filter(pk=run.pk).update(roster=roster)


def _mark_doubles(roster: Roster) -> None:
    """Writes at everybody with somebody else's employee number whose else it is (rule 41), and counts the faults."""
    today = roster.day or timezone.localdate()
    holders = number_holders(rosters.records(roster), today)
    changed, roster.fault_count = [], 0
    for record in rosters.records(roster):
        rows = holders.get(canonical_number(record) or "", []) if holds_number(record, today) else []
        marked = _with_double(record, rows)
        roster.fault_count += bool(marked.problems)
        if marked != record:
            changed.append(marked)
    for record in changed:
        person = rosters.row_of(roster, record)
        RosterPerson.objects.filter(roster=roster, row=record.row).update(problems=person.problems)


def _with_double(record: HRRecord, rows: list[int]) -> HRRecord:
    kept = tuple(problem for problem in record.problems if problem.code != "duplicate_number")
    if len(rows) > 1:
        params = {"rows": ", ".join(map(str, sorted(rows)))}
        kept = (*kept, Problem("duplicate_number", "employee_number", record.number, params, Effect.PERSON))
    return replace(record, problems=kept)


def _tell_of_strays(entity: LegalEntity, people: People) -> None:
    """People whom no legal entity gets: nobody is sent, and somebody should know."""
    kinds = {Issue.Kind.NO_LEGAL_ENTITY: people.unassigned, Issue.Kind.RECORD_WITHOUT_ID: people.nameless}
    found = [Found(kind, "", {"count": count}) for kind, count in kinds.items() if count]
    issues.report(entity.company, Issue.Source.PERSONIO, list(kinds), found)
