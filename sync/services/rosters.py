"""Rosters: store people, give them back as records, and purge what Loket has confirmed.

They come from an uploaded file here, or from Personio (`readings.py`); which one counts says the legal entity.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils import timezone

from loket_portal.lib.redact import mask
from onboarding.models import AuditEvent, LegalEntity, User
from onboarding.services import access, audit
from sync.models import Roster, RosterPerson, Run
from sync.records import HRRecord, Sealed
from sync.services import codec, roster_columns, statements
from sync.sources import roster as source

BATCH = 500


class Refusal(StrEnum):
    """Why no roster is taken now, whatever the file; the pages word it."""

    NOT_DUTCH = "not_dutch"
    PERSONIO = "personio"
    BUSY = "busy"
    HELD = "held"


class UploadRefused(Exception):
    """The roster stays as it is: the entity can't be connected, or a sync is sending the roster in use."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


def current(entity: LegalEntity) -> Roster | None:
    """The newest roster that could be read; older ones are gone.

    One of elsewhere than the people come from now doesn't count: a file, Personio, or another legal entity there.
    """
    return Roster.objects.filter(entity=entity, personio_id=entity.personio_id).first()


def digest(data: bytes) -> str:
    """SHA-256 of a file, to tell whether it is the one we have."""
    return hashlib.sha256(data).hexdigest()


def upload(entity: LegalEntity, user: User | None, file_name: str, data: bytes) -> Roster:
    """Reads the file and replaces the roster; a row with a fault becomes a blocked person.

    Raises NotAllowed, UploadRefused, and RosterRefused when the file can't be read: then the last good roster stays.
    """
    access.require_payroll_edit(user, entity)
    _refuse(entity)
    rules = roster_columns.rules_of(entity)
    as_text, also = (roster_columns.as_text(rules), roster_columns.own_headers(rules)) if rules else ((), ())
    read = source.read(file_name, data, timezone.localdate(), as_text=as_text, also=also, rules=rules)
    return _replace(entity, user, file_name, data, read, roster_columns.converters(rules) if rules else {})


def refusal_to_upload(entity: LegalEntity) -> Refusal | None:
    """Why no roster is taken now; a preview that is under way refuses nothing, it ends and says why.

    A sync that waits for a person keeps its roster: who wants to send another one cancels it first.
    """
    if not entity.is_dutch:  # rule 1
        return Refusal.NOT_DUTCH
    if entity.reads_personio:
        return Refusal.PERSONIO
    active = Run.objects.filter(connection__entity=entity, is_dry=False, state__in=Run.ACTIVE).first()
    if active is None:
        return None
    return Refusal.HELD if active.state in Run.HELD else Refusal.BUSY


def _refuse(entity: LegalEntity) -> None:
    if refusal := refusal_to_upload(entity):
        raise UploadRefused(refusal)


@transaction.atomic
def _replace(
    entity: LegalEntity,
    user: User | None,
    file_name: str,
    data: bytes,
    read: source.RosterFile,
    converters: Mapping[str, str],
) -> Roster:
    _refuse(
        LegalEntity.objects.select_for_update(no_key=True).get(pk=entity.pk)
    )  # as it is now: Personio may be its source
    Roster.objects.filter(entity=entity).delete()
    roster = Roster.objects.create(
        entity=entity,
        file_name=file_name[-200:],
        uploaded_at=timezone.now(),
        uploaded_by=user,
        person_count=len(read.records),
        fault_count=sum(1 for record in read.records if record.problems),
        ignored_columns=list(read.ignored_columns),
        attributes=dict(converters),  # also of columns that this file lacks: it was read for them
        digest=digest(data),
    )
    for start in range(0, len(read.records), BATCH):  # Django would hold all rows of one call in memory
        store(roster, read.records[start : start + BATCH])
    roster_columns.note(entity.company, (*read.ignored_columns, *read.own_columns))
    audit.record(
        AuditEvent.Action.ROSTER_UPLOADED,
        company=entity.company,
        entity=entity,
        actor=user,
        detail=f"{roster.person_count} people, {roster.fault_count} with a fault",
    )
    return roster


def store(roster: Roster, records: Iterable[HRRecord]) -> None:
    """Adds these people, at most BATCH at a time, to a roster that is being made."""
    RosterPerson.objects.bulk_create([row_of(roster, record) for record in records])


def row_of(roster: Roster, record: HRRecord) -> RosterPerson:
    """One person as a row that isn't stored yet."""
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
    later, since = codec.later_from_json(person.values), codec.since_from_json(person.values)
    return HRRecord(key=str(key), row=person.row, values=values, problems=problems, later=later, since=since)


def seal_confirmed(roster_id: int, confirmed: Mapping[int, Mapping[str, str]]) -> None:
    """Replaces what Loket has confirmed, fingerprints by row and column, as `seal` does; in the caller's transaction."""
    people = RosterPerson.objects.select_for_update().filter(roster=roster_id, row__in=confirmed)
    found = [
        (pk, values, _seals(values, confirmed[row])) for pk, row, values in people.values_list("pk", "row", "values")
    ]
    statements.put_values({pk: {**values, **seals} for pk, values, seals in found if seals})


def _seals(values: Mapping[str, Any], fingerprints: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What takes the place of the values that are still there."""
    return {
        column: {"fingerprint": fingerprint, "masked": mask(value)}
        for column, fingerprint in fingerprints.items()
        if isinstance(value := values.get(column), str)
    }


@transaction.atomic
def seal(roster: Roster, row: int, column: str, sealed: Sealed) -> None:
    """Replaces a confirmed BSN or IBAN by its fingerprint and mask; a newer roster is left alone."""
    person = RosterPerson.objects.select_for_update().filter(roster=roster, row=row).first()
    if person is None or not isinstance(person.values.get(column), str):
        return
    person.values = {**person.values, column: {"fingerprint": sealed.fingerprint, "masked": sealed.masked}}
    person.save(update_fields=["values"])
