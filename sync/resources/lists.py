"""Value lists of which some are read only when somebody asks for them: they cost a call of their own. Pure."""

from collections.abc import Callable, Iterator, Mapping
from threading import Lock

from loket_portal.loket.errors import Forbidden, RecordRejected
from mapping.catalogue import LOKET_FIELDS, ListSource
from mapping.rules import Option, ValueLists

OF_EMPLOYMENT = frozenset(f.options for f in LOKET_FIELDS.values() if f.options_from is ListSource.EMPLOYMENT)
"""Lists that only the metadata of an employment have."""


class WithMore(Mapping[str, tuple[Option, ...]]):
    """`lists`, and those of OF_EMPLOYMENT from `more`, which is called once, when the first of them is wanted.

    Where Loket doesn't give them they are not there, and nobody's employment can be ended. Safe for several threads.
    """

    def __init__(self, lists: ValueLists, more: Callable[[], ValueLists]) -> None:
        self._lists, self._more, self._lock = dict(lists), more, Lock()
        self._is_whole = False

    def __getitem__(self, name: str) -> tuple[Option, ...]:
        if name in OF_EMPLOYMENT:
            self._complete()
        return self._lists[name]

    def __iter__(self) -> Iterator[str]:
        self._complete()
        return iter(self._lists)

    def __len__(self) -> int:
        self._complete()
        return len(self._lists)

    def _complete(self) -> None:
        with self._lock:
            if not self._is_whole:
                self._lists |= {name: options for name, options in self._asked().items() if name in OF_EMPLOYMENT}
                self._is_whole = True

    def _asked(self) -> ValueLists:
        try:
            return self._more()
        except (Forbidden, RecordRejected):
            return {}
