"""The portal's own attributes beside what HR says of people: a mapping reads them like any other column."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import islice

from mapping.portal import attributes, values
from onboarding.models import LegalEntity
from sync.records import HRRecord

BATCH = 500


def who(record: HRRecord) -> values.Who:
    """What tells the person from another holder of the same employee number: the birth date, and the last name."""
    return values.Who(_day(record.text("birth_date") or ""), record.text("last_name") or "")


def _day(text: str) -> str:
    """An ISO day; of what nobody could read as one there is none."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""


def with_portal(entity: LegalEntity, records: Iterable[HRRecord], day: date) -> Iterator[HRRecord]:
    """The same people, with what each attribute of the portal ("portal.7") says of them on that day.

    Who never had a value lacks the column, so that Loket keeps its own, as does who has the number of somebody of before;
    an emptied value is there and empty.
    """
    if not attributes.of_company(entity.company).exists():
        yield from records
        return
    rest = iter(records)
    while some := tuple(islice(rest, BATCH)):
        yield from _with(entity, some, day)


def _with(entity: LegalEntity, records: tuple[HRRecord, ...], day: date) -> Iterator[HRRecord]:
    keys = [record.key for record in records if values.is_known(record.key)]
    hashes = [one for key in keys for one in values.person_hashes(entity, key)]
    known = values.on(entity.company, entity, day, hashes)
    for record in records:
        found = values.of_person(known, entity, record.key, who(record))
        yield replace(record, values={**record.values, **found}) if found else record
