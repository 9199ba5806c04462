"""What each test of the faults has measured, as a table at the end of `make faults` (conftest.py prints it)."""

from collections.abc import Iterable

import pytest

NAME = "figure"


class Figures:
    """`figures("takeover", "2.4 s")`: a line of the table, also when the test fails."""

    def __init__(self, node: pytest.Item) -> None:
        self._node = node

    def __call__(self, what: str, value: object) -> None:
        self._node.user_properties.append((NAME, f"{what}: {value}"))


def lines(reports: Iterable[pytest.TestReport]) -> list[str]:
    """The table: each test's name, and below it what it has measured."""
    found = {}
    for report in reports:
        texts = [str(value) for name, value in getattr(report, "user_properties", ()) if name == NAME]
        if texts:
            found[report.nodeid] = texts
    return [line for nodeid in sorted(found) for line in (nodeid, *(f"    {text}" for text in found[nodeid]))]


def spread(seconds: Iterable[float]) -> str:
    """The least, the middle and the most of some times."""
    ordered = sorted(seconds)
    if not ordered:
        return "–"
    return f"{ordered[0]:.1f} to {ordered[-1]:.1f} s, half of them within {ordered[len(ordered) // 2]:.1f} s"
