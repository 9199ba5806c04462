"""Rosters: store an uploaded file as people, give them back as records, and purge what Loket has confirmed."""

import hashlib
from collections.abc import Iterator, Sequence
from enum import StrEnum

from django.db import transaction
from django.utils import timezone

from onboarding.models import AuditEvent, LegalEntity, User
from onboarding.services import access, audit
from sync.models import Roster, RosterPerson, Run
from sync.records import HRRecord, Sealed
from sync.services import codec
from sync.sources import roster as source

BATCH = 500


class Refusal(StrEnum):
    """Why no roster is taken now, whatever the file; the pages word it."""

    NOT_DUTCH = "not_dutch"
    BUSY = "busy"


class UploadRefused(Exception):
    """The roster stays as it is: the entity can't be connected, or a sync is sending the roster in use."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


def current(entity: LegalEntity) -> Roster | None:
    """The newest roster that could be read; older ones are gone."""
    return Roster.objects.filter(entity=entity).first()


def digest(data: bytes) -> str:
    """SHA-256 of a file, to tell whether it is the one we have."""
    return hashlib.sha256(data).hexdigest()


def upload(entity: LegalEntity, user: User | None, file_name: str, data: bytes) -> Roster:
    """Reads the file and replaces the roster; a row with a fault becomes a blocked person.

    Raises NotAllowed, UploadRefused, and RosterRefused when the file can't be read: then the last good roster stays.
    """
    access.require_payroll_edit(user, entity)
    _refuse(entity)
    return _replace(entity, user, file_name, data, source.read(file_name, data))


def refusal_to_upload(entity: LegalEntity) -> Refusal | None:
    """Why no roster is taken now; a preview that is under way refuses nothing, it ends and says why."""
    if not entity.is_dutch:  # rule 1
        return Refusal.NOT_DUTCH
    sends = Run.objects.filter(connection__entity=entity, is_dry=False, state__in=Run.ACTIVE)
    return Refusal.BUSY if sends.exists() else None


def _refuse(entity: LegalEntity) -> None:
    if refusal := refusal_to_upload(entity):
        raise UploadRefused(refusal)


@transaction.atomic
def _replace(entity: LegalEntity, user: User | None, file_name: str, data: bytes, read: source.RosterFile) -> Roster:
    LegalEntity.objects.select_for_update().get(pk=entity.pk)
    _refuse(entity)
    Roster.objects.filter(entity=entity).delete()
    roster = Roster.objects.create(
        entity=entity,
        file_name=file_name[-200:],
        uploaded_at=timezone.now(),
        uploaded_by=user,
        person_count=len(read.records),
        fault_count=sum(1 for record in read.records if record.problems),
        ignored_columns=list(read.ignored_columns),
        digest=digest(data),
    )
    for start in range(0, len(read.records), BATCH):  # Django would hold all rows of one call in memory
        RosterPerson.objects.bulk_create([_row(roster, record) for record in read.records[start : start + BATCH]])
    audit.record(
        AuditEvent.Action.ROSTER_UPLOADED,
        company=entity.company,
        entity=entity,
        actor=user,
        detail=f"{roster.person_count} people, {roster.fault_count} with a fault",
    )
    return roster


def _row(roster: Roster, record: HRRecord) -> RosterPerson:
    return RosterPerson(
        roster=roster,
        row=record.row,
        values={"key": record.key, **codec.values_to_json(record)},
        problems=[codec.problem_to_json(problem) for problem in record.problems],
    )


def records(roster: Roster, rows: Sequence[int] | None = None) -> Iterator[HRRecord]:
    """The roster's people in the order of the file; `rows` names those wanted, None is everybody."""
    people = roster.people.all() if rows is None else roster.people.filter(row__in=rows)
    for person in people.iterator(chunk_size=BATCH):
        yield _record(person)


def _record(person: RosterPerson) -> HRRecord:
    values = codec.values_from_json(person.values)
    key = values.pop("key")
    problems = tuple(codec.problem_from_json(problem) for problem in person.problems)
    return HRRecord(key=str(key), row=person.row, values=values, problems=problems)


@transaction.atomic
def seal(roster: Roster, row: int, column: str, sealed: Sealed) -> None:
    """Replaces a confirmed BSN or IBAN by its fingerprint and mask; a newer roster is left alone."""
    person = RosterPerson.objects.select_for_update().filter(roster=roster, row=row).first()
    if person is None or not isinstance(person.values.get(column), str):
        return
    person.values = {**person.values, column: {"fingerprint": sealed.fingerprint, "masked": sealed.masked}}
    person.save(update_fields=["values"])
