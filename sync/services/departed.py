"""People of the former reading whom Personio has no more. Somebody may have deleted a person whom Loket still employs.

So who was at work stays, blocked, with number and name only: one who is linked with Loket until support forgets the
person, anybody else for one more complete reading. A leaver stays for that one too, left out as before. Whoever's number
is somebody else's now is gone: that one is compared with what Loket has under it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from django.utils import timezone

from onboarding.models import Connection
from sync.models import Link, Roster
from sync.policy import GONE, canonical_number, has_left, number_holders
from sync.records import ELSEWHERE, Effect, HRRecord, Problem
from sync.services import rosters
from sync.services.memory import key_hashes
from sync.services.personio_faults import NO_PERSONIO_ID, with_problem
from sync.services.placing import WHEN, WHO, only

NAMED = ("employee_number", "first_name", "prefix", "last_name")
AS_LEAVER = (*WHO, *WHEN, ELSEWHERE)


def kept(
    connection: Connection, former: Roster, incoming: Roster, unseen: Iterable[int], *, is_nameless: bool
) -> Iterator[list[HRRecord]]:
    """Those of the former reading who stay though a complete one has not seen them, a batch at a time.

    `is_nameless`: Personio gave a record without an id, which may be any of them: then all stay as they were, blocked.
    """
    rows, today = sorted(unseen), incoming.day or timezone.localdate()
    taken = set(number_holders(rosters.records(incoming), today)) if rows else set()
    for start in range(0, len(rows), rosters.BATCH):
        found = rosters.records(former, rows[start : start + rosters.BATCH])
        if is_nameless:
            yield [with_problem(record, NO_PERSONIO_ID) for record in found]
        else:
            left = [record for record in found if canonical_number(record) not in taken]
            yield [gone(record, today, readings=1) for record in left if _stays(connection, record)]


def gone(record: HRRecord, today: date, *, readings: int) -> HRRecord:
    """What is kept of somebody whom Personio has no more; `readings`: how many complete ones have not seen the person."""
    before = _gone(record)
    effect = before.effect if before else Effect.FIELD if has_left(record, today) else Effect.PERSON
    few = replace(only(record, AS_LEAVER if effect is Effect.FIELD else NAMED), problems=(), later=())
    times = max(readings, _readings(before))
    return with_problem(few, Problem(GONE, params={"readings": str(times)}, effect=effect))


def _stays(connection: Connection, record: HRRecord) -> bool:
    """For one complete reading, whoever it is; from then on only somebody who was at work and is linked."""
    before = _gone(record)
    if before is None or not _readings(before):
        return True
    return before.effect is Effect.PERSON and _is_linked(connection, record)


def _gone(record: HRRecord) -> Problem | None:
    return next((problem for problem in record.problems if problem.code == GONE), None)


def _readings(problem: Problem | None) -> int:
    return int(problem.params.get("readings", "0")) if problem else 0


def _is_linked(connection: Connection, record: HRRecord) -> bool:
    keys = filter(None, (record.key, canonical_number(record)))
    hashes = [one for key in keys for one in key_hashes(connection, key)]
    return Link.objects.filter(connection=connection, loket_id__isnull=False, key_hash__in=hashes).exists()
