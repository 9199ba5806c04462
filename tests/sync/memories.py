"""The memory of a run whose people are those of the roster in use, without running anything."""

from datetime import timedelta

from django.utils import timezone

from onboarding.models import Connection
from sync.models import Run
from sync.services import rosters
from sync.services.memory import DbMemory
from sync.services.scribe import Scribe


def memory_of(connection: Connection) -> DbMemory:
    """All that a run of this connection would know now; what it is told is committed at once."""
    assert connection.entity
    roster = rosters.current(connection.entity)
    assert roster
    held = {"state": "running", "claimed_by": "me", "lease_until": timezone.now() + timedelta(hours=1)}
    now = {"roster": roster, "personio_id": connection.entity.personio_id, **held}
    run, _made = Run.objects.update_or_create(connection=connection, is_dry=True, trigger="person", defaults=now)
    memory = DbMemory(connection, Scribe(run, "me", is_threaded=False))
    for record in rosters.records(roster):
        memory.note(record)
    return memory
