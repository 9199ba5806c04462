"""When Loket has not moved and HR says something new of a few, only these few are read (D2). Pure.

Of everybody else it is known what Loket holds: nobody has touched it since it was seen. Whenever there is a doubt about
who somebody is, everybody is read after all.
"""

from collections.abc import Container, Sequence

from sync.identity import Identity
from sync.packed import Packed
from sync.person import Seat
from sync.plan import is_confirmed, is_looked_up
from sync.ports import NUMBERS_A_CALL, Memory
from sync.roll import Roll

PAGE = 250
"""People whom one call of a whole list tells about."""


def is_cheaper(numbers: int, everybody: int) -> bool:
    """Whether asking for so many people by their numbers takes at most half the calls of reading the whole list."""
    return -(-numbers // NUMBERS_A_CALL) <= max(1, -(-everybody // PAGE) // 2)


def to_read(roll: Roll, seats: Sequence[Seat], memory: Memory, suspects: Container[str]) -> list[Seat] | None:
    """Those of whom something is new, when they are few and known as employees; None: everybody is to be read."""
    found = []
    for seat in seats:
        if not is_looked_up(seat) or (seat.decision.in_scope and is_confirmed(seat, roll, memory, suspects)):
            continue
        if not _is_known_employee(seat.entry.key, memory):
            return None
        found.append(seat)
    return found if is_cheaper(len(found), len(seats)) else None


def _is_known_employee(key: str, memory: Memory) -> bool:
    return bool(memory.linked_id(key)) and memory.is_current(key) and not memory.is_concept(key)


def unread(seats: Sequence[Seat], read: Sequence[Seat]) -> frozenset[str]:
    """The result keys of everybody else whom somebody would have asked about."""
    asked = {seat.key for seat in read}
    return frozenset(seat.key for seat in seats if is_looked_up(seat) and seat.key not in asked)


def are_sure(found: Sequence[Seat], identity: Identity) -> bool:
    """Whether each of them is the employee who is known; whoever is not found so is looked for among everybody."""
    return all(isinstance(identity.of(seat.entry, seat.entry.number or 0), Packed) for seat in found)
