"""Leaves a host alone that only has faults: for a minute nobody calls it, then one tries whether it is back (D8).

Five faults in a row open the circuit: 5xx, silence, refused connections. Faults about the same record count once, for
one person's poisoned record must not stop everybody. And while another process gets good answers from the host, the
fault is one customer's, not the host's.
"""

import os
import threading
import uuid
from datetime import timedelta

from django.db.models import DurationField, ExpressionWrapper, F, Q
from django.db.models.functions import Now

from loket_portal.lib.gate import OUT_OF_ORDER, GateClosed, Met, Trouble
from onboarding.models import HostState

FAULTS = 5
REST = 60  # seconds
ANSWERS = (Trouble.NONE, Trouble.BUSY)  # a refusal is an answer
LATELY = timedelta(seconds=2)  # a process writes down once a second that it got a good answer


def wait_of(host: str) -> float:
    """Seconds for which nobody should call the host; 0 when one may."""
    return max(0.0, _left(host) or 0.0)


def _left(host: str) -> float | None:
    """Seconds of the rest; none left when somebody is to try, and None when there is no rest."""
    left = ExpressionWrapper(F("rests_until") - Now(), output_field=DurationField())
    rows = HostState.objects.filter(host=host, rests_until__isnull=False).annotate(left=left)
    found = rows.values_list("left", flat=True).first()
    return None if found is None else found.total_seconds()


def admit(host: str) -> bool:
    """Whether this is the one that tries first after a rest. Raises GateClosed while the host rests.

    Whoever tries lets the others wait once more as long: they need not know whether he came back.
    """
    left = _left(host)
    if left is None:
        return False
    over = HostState.objects.filter(host=host, rests_until__lte=Now())
    if left <= 0 and over.update(rests_until=Now() + timedelta(seconds=REST)):
        return True
    raise GateClosed(OUT_OF_ORDER, left if left > 0 else REST)  # or somebody else was faster


class Streak:
    """The faults in a row that this process met at one host. Safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: set[str] = set()
        self._count = 0

    def add(self, met: Met) -> bool:
        """Whether there are enough of them now."""
        with self._lock:
            if met.trouble in ANSWERS:
                self._faults.clear()
                return False
            self._count += 1
            self._faults.add(met.about or f"#{self._count}")
            return len(self._faults) >= FAULTS

    def clear(self) -> None:
        """Begins anew."""
        with self._lock:
            self._faults.clear()


_streaks: dict[str, Streak] = {}
_process = uuid.uuid4().hex


def _begin_anew() -> None:
    global _process  # noqa: PLW0603  a child is another process than its parent
    _process = uuid.uuid4().hex
    _streaks.clear()


os.register_at_fork(after_in_child=_begin_anew)


class Watch:
    """What one client's requests say about the host: `met` for each, in any thread, then `settle` to write it down."""

    def __init__(self, host: str, *, is_trial: bool) -> None:
        self.host, self.is_trial = host, is_trial
        self.is_pressing = False
        """Whether `settle` should come at once."""
        self._has_answer = self._is_long = False
        self._streak = _streaks.setdefault(host, Streak())

    def met(self, met: Met) -> None:
        """Learns from one request; asks nothing of the database."""
        self._is_long = self._streak.add(met)
        self._has_answer |= met.trouble in ANSWERS
        self.is_pressing |= self._is_long or self.is_trial

    def settle(self) -> float:
        """Writes down what was met; gives the seconds for which the host is left alone from now on, or 0."""
        has_answer, self._has_answer = self._has_answer, False
        is_pressing, self.is_pressing = self.is_pressing, False
        if has_answer:
            self._note_answer()
        elif is_pressing and self.is_trial:
            return float(REST)  # `admit` has written it down
        return float(REST) if self._is_long and self._open() else 0.0

    def _note_answer(self) -> None:
        """A good answer also ends the rest that this one was to try."""
        now = {"answered_at": Now(), "answered_to": _process}
        if self.is_trial:
            self.is_trial = False
            now |= {"rests_until": None}
        if not HostState.objects.filter(host=self.host).update(**now):
            HostState.objects.bulk_create([HostState(host=self.host)], ignore_conflicts=True)

    def _open(self) -> bool:
        HostState.objects.bulk_create([HostState(host=self.host)], ignore_conflicts=True)
        alone = Q(answered_at=None) | Q(answered_at__lt=Now() - LATELY) | Q(answered_to=_process)
        rows = HostState.objects.filter(alone, host=self.host)
        if not rows.update(rests_until=Now() + timedelta(seconds=REST)):
            return False
        self._streak.clear()
        return True
