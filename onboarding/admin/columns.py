"""Columns of the support desk with a heading in the reader's language; the model's own field names are for programmers."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin


def column(field: str, heading: Any, *, is_tick: bool = False) -> Callable[[Any], Any]:
    """A sortable column that shows a field; choices show their word, not their code."""

    @admin.display(description=heading, ordering=field, boolean=is_tick)
    def shown(row: Any) -> Any:
        display = getattr(row, f"get_{field}_display", None)
        return display() if display else getattr(row, field)

    shown.__name__ = field
    return shown
