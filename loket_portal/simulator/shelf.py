"""A long list of records, of which only those are read that are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .world import Record, World


class Shelf(Sequence["Record"]):
    """The records of an owner, in their order."""

    def __init__(self, world: World, kind: str, owner: str) -> None:
        self.world, self.kind, self.owner = world, kind, owner

    def __len__(self) -> int:
        sql = "SELECT COUNT(*) FROM records WHERE kind = ? AND owner = ?"
        return int(self.world.rows(sql, self.kind, self.owner)[0][0])

    def __iter__(self) -> Iterator[Record]:
        return iter(self.world.all(self.kind, self.owner))

    def __getitem__(self, place: Any) -> Any:
        if not isinstance(place, slice):
            return self.world.all(self.kind, self.owner)[place]
        start, stop, _step = place.indices(len(self))
        where = "kind = ? AND owner = ? ORDER BY rank LIMIT ? OFFSET ?"
        return self.world.find(where, self.kind, self.owner, max(stop - start, 0), start)
