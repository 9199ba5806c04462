"""Whether two descriptions may be of one person, by the signs of `sync.signs`. They only suggest (rule 42)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sync.ports import Snapshot
from sync.roll import Roll
from sync.signs import Signs, is_alike, is_other, unpack


@dataclass(frozen=True)
class Lookalikes:
    """Whom of Loket's people a newcomer may be. A corrected number, or somebody who comes back, is no newcomer."""

    snapshot: Snapshot
    roll: Roll

    def number_of(self, signs: Signs) -> str:
        """The number under which Loket has somebody like this, "–" for one without a number, "" for nobody.

        Whoever HR itself has under that other number, and who isn't like this person, is somebody else: a twin.
        """
        for number, text in _of(self._in_loket, signs):
            theirs = unpack(text)
            if is_alike(signs, theirs) and not self._is_somebody_else(number, signs, theirs):
                return str(number or "–")
        return ""

    def is_another_row(self, signs: Signs, theirs: Signs, number: int) -> bool:
        """Whether another row of the roster is the person Loket has here, and this row isn't: swapped twins."""
        if is_alike(signs, theirs):
            return False
        rows = _of(self._in_hr, theirs)
        return any(is_alike(unpack(row), theirs) for row_number, row in rows if row_number != number)

    def _is_somebody_else(self, number: int | None, signs: Signs, theirs: Signs) -> bool:
        """Whether HR has this very person under that number, and it is not the newcomer; a wrong row vouches for nobody."""
        rows = [unpack(row) for row in self._rows.get(number, ())] if number else []
        return any(not is_other(row, theirs) for row in rows) and not any(is_alike(signs, row) for row in rows)

    @cached_property
    def _in_loket(self) -> "_BySign":
        """Everybody whom Loket knows, employees and concepts, with the employee number or None."""
        return _by_sign(self._everybody())

    def _everybody(self) -> Iterator[tuple[int | None, str]]:
        for person in self.snapshot.people:
            yield person.number, person.signs
        for concept in self.snapshot.concepts:
            yield concept.number or None, concept.signs

    @cached_property
    def _in_hr(self) -> "_BySign":
        return _by_sign((number, signs) for number, several in self._rows.items() for signs in several)

    @cached_property
    def _rows(self) -> Mapping[int, list[str]]:
        rows: dict[int, list[str]] = defaultdict(list)
        for entry in self.roll.entries:
            if entry.number is not None:
                rows[entry.number].append(self.roll.signs(entry))
        return rows


_BySign = Mapping[tuple[str, str], Sequence[tuple[int | None, str]]]
"""Number and packed signs by birth date and last name: whoever is alike has both, and of either there may be many."""


def _by_sign(people: Iterable[tuple[int | None, str]]) -> _BySign:
    found: dict[tuple[str, str], list[tuple[int | None, str]]] = defaultdict(list)
    for number, text in people:
        for key in _keys(unpack(text)):
            found[key].append((number, text))
    return found


def _of(people: _BySign, signs: Signs) -> list[tuple[int | None, str]]:
    """Those with this birth date and one of these last names, each once."""
    return list(dict.fromkeys(one for key in _keys(signs) for one in people.get(key, ())))


def _keys(signs: Signs) -> list[tuple[str, str]]:
    return [(signs.born, name) for name in sorted(signs.last_names)] if signs.born else []
