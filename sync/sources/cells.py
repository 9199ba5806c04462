"""What the readers of files share: a cell, a row, and the refusal of a whole file."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

Cell = str | int | float | bool | datetime | date | time | timedelta | None
Row = Sequence[Cell]


class RosterRefused(Exception):
    """The file can't be read. `code` and `params` choose the words (`sync/refusals.py`); no cell of a person in them."""

    def __init__(self, code: str, params: Mapping[str, str] | None = None) -> None:
        self.code = code
        self.params: dict[str, str] = dict(params or {})
        super().__init__(f"{code} {self.params}" if self.params else code)
