"""BSN and IBAN: compared by keyed fingerprint with what Loket confirmed last, read only where nothing is known.

They are in no list of Loket, each has its own right, and our copy is purged once it is confirmed. So a value may be
plain, or `Sealed`: then it can be compared, but never sent again.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from mapping.apply import Value
from mapping.rules import Sealed, WriteMode
from sync.diff import Change, compact
from sync.work import Mode, Work, put_surely

HIDDEN = "••••••"
"""What stands for a value that is there and that nobody has read."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Loket has something else. `change` is masked; the plain values stay inside the engine."""

    change: Change
    wanted: str = field(repr=False)
    current: str = field(repr=False)


def difference(
    work: Work, key: str, value: Value | None, read: Callable[[], str | None], *, trust_memory: bool = True
) -> Difference | None:
    """What differs in this field, None when nothing does or when it can't be known.

    `read` is called at most once, and not at all when the wanted value is the one that Loket confirmed last (for a
    concept of this run that is not enough: `trust_memory` False), nor by a plan that knows already that Loket had
    something else. What is read is noted. A purged value that isn't the one in Loket is the problem "value_purged".
    """
    if value is None or value.value is None or value.is_fallback:
        return None
    context = work.context
    wanted = value.value if isinstance(value.value, Sealed) else compact(str(value.value))
    fingerprint = wanted.fingerprint if isinstance(wanted, Sealed) else context.seal.fingerprint(key, wanted)
    known = context.memory.fingerprint(work.key, key) if trust_memory else None
    if known and _is_same(work, key, wanted, known):
        if not isinstance(wanted, Sealed):  # a newer roster brought it again: that copy may go as well
            context.memory.remember(work.key, key, fingerprint)
        return None
    is_enough = known and context.mode is Mode.PLAN and not context.is_preview
    if is_enough and not isinstance(wanted, Sealed) and not _only_if_empty(work, key):
        return Difference(Change(key, HIDDEN, context.seal.mask(wanted)), wanted, HIDDEN)
    current = compact(read() or "")
    if current and _is_it(work, key, current, fingerprint):
        return None
    if current and _only_if_empty(work, key):
        return None
    if isinstance(wanted, Sealed):
        work.problem("value_purged", key, wanted.masked)
        return None
    mask = context.seal.mask
    return Difference(Change(key, mask(current) if current else "", mask(wanted)), wanted, current)


def _is_same(work: Work, key: str, wanted: str | Sealed, known: str) -> bool:
    """Whether what is known is the wanted value; the newest key may have come between the two."""
    if isinstance(wanted, Sealed):
        return wanted.fingerprint == known
    return work.context.seal.matches(key, wanted, known)


def _is_it(work: Work, key: str, current: str, fingerprint: str) -> bool:
    """Whether Loket has just that value; either way it is noted what it has, in a sync."""
    memory, seal = work.context.memory, work.context.seal
    is_it = seal.matches(key, current, fingerprint)
    if is_it:
        memory.remember(work.key, key, fingerprint)
    elif not work.context.is_preview:
        memory.seen(work.key, key, seal.fingerprint(key, current))
    return is_it


def sync_bsn(
    work: Work,
    action: str,
    value: Value | None,
    read: Callable[[], str | None],
    put: Callable[[str], None],
    *,
    trust_memory: bool = True,
) -> None:
    """Compares a BSN and sends it by its own call, until it is sure to be there; a dry run only plans."""
    found = difference(work, "bsn", value, read, trust_memory=trust_memory)
    if found is None:
        work.check_earlier(action)
    elif work.context.dry_run:
        work.did([found.change])
    else:
        _put_bsn(work, action, found, read, put)


def _put_bsn(
    work: Work, action: str, found: Difference, read: Callable[[], str | None], put: Callable[[str], None]
) -> None:
    unread = [found.current]

    def todo() -> str | None:
        current = unread.pop() if unread else compact(read() or "")
        return None if current == found.wanted else found.wanted

    put_surely(work, action, todo, put, lambda bsn: bsn)
    confirmed(work, "bsn", found.wanted)
    work.did([found.change])


def confirmed(work: Work, key: str, value: str) -> None:
    """Loket took this value: from now on its fingerprint is enough, and our copy may go."""
    work.context.memory.remember(work.key, key, work.context.seal.fingerprint(key, value))


def _only_if_empty(work: Work, key: str) -> bool:
    rule = work.context.mapping.rule(key)
    return rule is not None and rule.write_mode is WriteMode.ONLY_IF_EMPTY
