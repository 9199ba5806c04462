"""Who may use how many slots of one host: everybody a fair share, the rest to whoever has use for it. Pure.

Each asks for himself, about once a second, with the table of all before him; two answers at the same moment may both
count on the same free slot, and then the rows decide who has it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

TURN = 3.0  # seconds that somebody may keep the only slot he has while others have none


@dataclass(frozen=True, slots=True)
class Wish:
    """One who wants slots: how many, how many he has, and for how many seconds he has had none, or some."""

    holder: str
    wants: int
    has: int
    seconds: float


def due(mine: str, wishes: Sequence[Wish], host: int, free: int) -> int:
    """How many slots `mine` should have now. `host` is how many there are, `free` how many nobody has.

    More than he has: he may take so many more if he gets them. Fewer: he gives the others back.
    """
    me = next(wish for wish in wishes if wish.holder == mine)
    others = [wish for wish in wishes if wish.holder != mine]
    share = max(1, host // len(wishes))
    fair = min(me.wants, share)
    if me.has < fair:
        return min(fair, me.has + max(0, free - _before(me, others)))
    lacking = sum(max(0, min(other.wants, share) - other.has) for other in others)
    if lacking <= free:
        return min(me.wants, me.has + free - lacking)
    if me.has > fair:
        return max(fair, me.has - (lacking - free))
    return 0 if _makes_way(me, others, free) else me.has


def _before(me: Wish, others: Sequence[Wish]) -> int:
    """How many without a slot come first: those who have waited longer, and all of them before one who has some."""
    waiting = (other for other in others if other.has == 0)
    return sum(me.has > 0 or (other.seconds, other.holder) > (me.seconds, me.holder) for other in waiting)


def _makes_way(me: Wish, others: Sequence[Wish], free: int) -> bool:
    """Whether it is up to this one to give his only slot to somebody who has none: who has had it longest, first."""
    missing = sum(other.has == 0 for other in others) - free
    if missing <= 0 or me.seconds < TURN or any(other.has > 1 for other in others):
        return False
    longer = sum(other.has == 1 and (other.seconds, other.holder) > (me.seconds, me.holder) for other in others)
    return longer < missing
