"""Keeps the slots of one lease: renews them about once a second, and shares them with whoever else wants some.

A slot is held for TERM seconds. Nobody may begin a call with a slot unless its term surely outlives the call: the gate
shuts TERM - CALL seconds after the last renewal that came through, counted from before it was sent. So a slot that
somebody else takes when its term is over carries no call any more, whether its holder was killed, hangs, or can't reach
the database. What a killed process had is free again after TERM seconds; and at once where somebody who wants slots
runs on the same machine and sees that the process is dead (`holders.py`).

CALL is what one attempt takes at most, and MARGIN for what no timeout bounds: looking up the host's name, and a
connection that is tried at one address after the other.
"""

import logging
import threading
import time
from collections.abc import Callable

from django.db import DatabaseError, close_old_connections, connection

from loket_portal.lib import shares
from loket_portal.lib.gate import LOOK, OUT_OF_ORDER, Gate, Met
from loket_portal.loket.transport import TOTAL
from onboarding.services import circuit
from onboarding.services.host_rows import HostRows

MARGIN = 10.0
CALL = TOTAL + MARGIN
TERM = CALL + 10.0
BEAT, HURRY = 1.0, 0.2  # seconds between two looks at the rows; the second while there is no slot

log = logging.getLogger(__name__)


class Keeper:
    """The slots of one lease, and the gate that lets as many requests through. `begin`, `attend`, then `end`."""

    def __init__(self, rows: HostRows, connection_pk: int | None, parallel: int, watch: circuit.Watch) -> None:
        self._rows, self._connection, self._parallel, self._watch = rows, connection_pk, parallel, watch
        self._is_alone = parallel == 1  # no second thread, and so no second connection with the database
        tend = self._tend if self._is_alone else None
        self.gate = Gate(parallel, size=0, tend=tend, watch=self._met, look=HURRY if tend else LOOK)
        if watch.is_trial:
            self.gate.narrow()
        self._has = -1  # nothing told yet
        self._wake, self._over = threading.Event(), False
        self._next_look = 0.0
        self._thread = threading.Thread(target=self._run, name="slots", daemon=True)

    def begin(self) -> None:
        """Takes what there is now; the rest comes with the beats."""
        self._rows.open()
        self._rows.ask(self._parallel, self._connection)
        self.beat()

    def attend(self) -> None:
        """Sees to the beats: in a thread of its own, or for one slot in whoever comes to the gate."""
        if not self._is_alone:
            self._thread.start()

    def end(self) -> None:
        """Gives the slots back. One with a request still under way is free when its term is over."""
        self.gate.close()
        self._over = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()
        try:
            self._watch.settle()
            self._rows.give_back(max(0, self._rows.renew() - self.gate.inflight))
            self._rows.leave()
        except DatabaseError as error:
            log.warning("slots could not be given back: %s", type(error).__name__)

    def beat(self) -> None:
        """Renews, looks at the others, takes or gives back."""
        usable_until = time.monotonic() + TERM - CALL  # from before the statement that renews
        if rest := self._watch.settle() or self._rest():
            self.gate.close(OUT_OF_ORDER, rest)
        has = self._rows.renew()
        self.gate.resize(min(self.gate.size, has))
        self.gate.usable_until(usable_until)
        if has < self._parallel:
            self._rows.free_dead()
        due = shares.due(self._rows.holder, self._wishes(), self._rows.most, self._rows.free())
        has = self._fewer(has, due) if due < has else self._more(has, due)
        self._rows.tell(has, is_turn=(has > 0) != (self._has > 0))
        self._has = has
        self._next_look = time.monotonic() + (HURRY if has == 0 else BEAT)

    def _rest(self) -> float:
        """The seconds of a rest that another process began; whoever tries whether it is over doesn't keep it."""
        return 0.0 if self._watch.is_trial else circuit.wait_of(self._rows.host)

    def _wishes(self) -> list[shares.Wish]:
        """Everybody's; our own is there even when its term was over and somebody has deleted it."""
        wishes = self._rows.wishes()
        if all(wish.holder != self._rows.holder for wish in wishes):
            wishes.append(shares.Wish(self._rows.holder, self._parallel, max(0, self._has), 0.0))
        return wishes

    def _fewer(self, has: int, due: int) -> int:
        """Lets fewer in, and gives back what no request uses any more."""
        inside = self.gate.resize(due)
        return has - self._rows.give_back(has - max(due, inside)) if has > max(due, inside) else has

    def _more(self, has: int, due: int) -> int:
        while has < due and self._rows.take():
            has += 1
        self.gate.resize(has)
        return has

    def _met(self, met: Met) -> None:
        self._watch.met(met)
        if self._watch.is_pressing:
            self._next_look = 0.0
            self._wake.set()

    def _tend(self) -> None:
        if time.monotonic() >= self._next_look:
            self._guarded(self.beat)

    def _run(self) -> None:
        try:
            while not self._over:
                self._wake.wait(max(0.0, self._next_look - time.monotonic()))
                self._wake.clear()
                if not self._over:
                    close_old_connections()
                    self._guarded(self.beat)
        finally:
            connection.close()

    def _guarded(self, act: Callable[[], None]) -> None:
        """Whatever the database does: until it is back, the gate shuts by itself in time."""
        self._next_look = time.monotonic() + BEAT
        try:
            act()
        except DatabaseError as error:
            log.warning("slots could not be renewed: %s", type(error).__name__)
