"""The rows of one host's slots: every change is one statement that says what must still hold. No transaction stays open.

All terms are by the database's clock, so that the clocks of workers may differ; SKIP LOCKED, so that nobody waits for
somebody else's transaction. Taking and freeing a slot is SQL of our own: one statement each, since every call of a page
needs them.
"""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import DurationField, ExpressionWrapper, F, Q, QuerySet
from django.db.models.functions import Now

from loket_portal.lib.shares import Wish
from onboarding.models import HostLease, HostSlot, HostState
from onboarding.services import holders

NOTED = timedelta(seconds=5)
"""How long a lease counts that doesn't renew its note: a killed one that waits must not be waited for."""
FORGOTTEN = timedelta(hours=1)
"""After which the row of a lease that ended with its process is deleted."""

_IS_FREE = Q(holder="") | Q(until__lt=Now())
_TAKE = """
UPDATE {slots} SET holder = %s, until = {until} WHERE (holder = '' OR until < {now}) AND id = (
    SELECT id FROM {slots} WHERE host = %s AND number < %s AND (holder = '' OR until < {now}) {only_if}
    ORDER BY number LIMIT 1 {skip_locked}
)
"""
_NOBODY_ELSE = """
AND NOT EXISTS (SELECT 1 FROM {leases} WHERE host = %s AND has = 0 AND until > {now})
AND NOT EXISTS (SELECT 1 FROM {states} WHERE host = %s AND rests_until IS NOT NULL)
"""
_FREE = "UPDATE {slots} SET holder = '', until = NULL WHERE holder = %s"
_TABLES = {
    "slots": HostSlot._meta.db_table,
    "leases": HostLease._meta.db_table,
    "states": HostState._meta.db_table,
}
_WORDS = {
    "postgresql": {
        "now": "statement_timestamp()",
        "until": "statement_timestamp() + %s * interval '1 second'",
        "skip_locked": "FOR UPDATE SKIP LOCKED",
    },
    "sqlite": {  # one writer at a time, so no row is ever locked
        "now": "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now')",
        "until": "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now', %s || ' seconds')",
        "skip_locked": "",
    },
}
_AGE = ExpressionWrapper(Now() - F("since"), output_field=DurationField())


class HostRows:
    """The slots of one host as one holder sees them."""

    def __init__(self, host: str, most: int, holder: str, seconds: float) -> None:
        """`most` is how many slots the host has, `seconds` how long one is held without being renewed."""
        self.host, self.most, self.holder, self._seconds = host, most, holder, seconds
        self._term = timedelta(seconds=seconds)
        self._slots = HostSlot.objects.filter(host=host, number__lt=most)
        self._mine = HostSlot.objects.filter(host=host, holder=holder)
        self._lease = HostLease.objects.filter(holder=holder)

    def open(self) -> None:
        """Makes the rows that are missing: the first time, and when there are more slots than before."""
        if self._slots.count() < self.most:
            rows = [HostSlot(host=self.host, number=number) for number in range(self.most)]
            HostSlot.objects.bulk_create(rows, ignore_conflicts=True)

    def take(self, *, is_guest: bool = False) -> bool:
        """Takes a slot that nobody has, or whose holder's term is over; False when there is none.

        A guest, who has no lease, gets one only while nobody else waits and the host is not left alone.
        """
        asked = [self.holder, self._seconds, self.host, self.most, *([self.host] * 2 if is_guest else [])]
        return _changed(_TAKE, asked, only_if=_NOBODY_ELSE if is_guest else "") == 1

    def leave_all(self) -> None:
        """Frees every slot of this holder's."""
        _changed(_FREE, [self.holder])

    def renew(self) -> int:
        """Renews the term of every slot that is still this holder's; gives how many those are."""
        return self._mine.update(until=Now() + self._term)

    def give_back(self, count: int) -> int:
        """Frees so many of this holder's slots; gives how many it was."""
        chosen = list(self._mine.order_by("-number").values_list("pk", flat=True)[:count])
        return self._mine.filter(pk__in=chosen).update(holder="", until=None)

    def free_dead(self) -> int:
        """Frees the slots of processes on this machine that are surely dead, before their term; gives how many those were.

        No call of theirs is under way: a socket ends with its process. Of somebody who was dead a moment ago nobody can
        take a slot in between, and a name is nobody else's, so the statement needs no more than the name.
        """
        held = self._slots.filter(until__gt=Now()).exclude(holder="").values_list("holder", flat=True).distinct()
        dead = [holder for holder in held if holder != self.holder and holders.is_dead(holder)]
        if not dead:
            return 0
        HostLease.objects.filter(holder__in=dead).delete()
        return HostSlot.objects.filter(holder__in=dead).update(holder="", until=None)

    def free(self) -> int:
        """How many slots nobody has at this moment."""
        return self._slots.filter(_IS_FREE).count()

    # who wants slots

    def ask(self, wants: int, connection: int | None = None) -> None:
        """Notes that this holder wants slots; forgets those whose process ended long ago."""
        HostLease.objects.filter(until__lt=Now() - FORGOTTEN).delete()
        HostLease.objects.create(
            host=self.host,
            holder=self.holder,
            connection_id=connection,
            wants=wants,
            since=Now(),
            until=Now() + NOTED,
        )

    def tell(self, has: int, *, is_turn: bool) -> None:
        """Renews the note with how many it has; `is_turn` when it has its first, or gave its last one back."""
        since = {"since": Now()} if is_turn else {}
        self._lease.update(has=has, until=Now() + NOTED, **since)

    def leave(self) -> None:
        """Wants nothing any more."""
        self._lease.delete()

    def wishes(self) -> list[Wish]:
        """Everybody who wants slots of this host now, this holder too."""
        rows = self._wanting().annotate(age=_AGE).values_list("holder", "wants", "has", "age")
        return [Wish(holder, wants, has, age.total_seconds()) for holder, wants, has, age in rows]

    def _wanting(self) -> QuerySet[HostLease]:
        return HostLease.objects.filter(host=self.host, until__gt=Now())


def _changed(statement: str, values: list[Any], *, only_if: str = "") -> int:
    """How many rows the statement has changed."""
    words = _TABLES | _WORDS[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(statement.format(**words, only_if=only_if.format(**words)), values)
        return int(cursor.rowcount)
