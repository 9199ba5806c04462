"""The filter language, without a server."""

from __future__ import annotations

import pytest

from loket_portal.simulator.filters import BadFilter, predicate

ROW = {
    "number": 7,
    "name": "Van 't Hof",
    "start": "2026-01-31",
    "is_on": True,
    "end": None,
    "address": {"city": "Soest"},
}


@pytest.mark.parametrize(
    "text",
    [
        "number eq 7",
        "number ne 8 and number gt 6 and number ge 7 and number lt 7.5 and number le 7",
        "name eq 'van ''t hof'",
        "name lk 'HOF'",
        "name lk '%hof%'",
        "start ge '2026-01-31' and start lt '2026-02-01'",
        "is_on eq true",
        "end eq null",
        "address.city eq 'Soest'",
        "number eq 1 or number eq 7",
        "number eq 7 or number eq 1 and number eq 2",
        "(number eq 7 or number eq 1) and address.city ne 'Utrecht'",
    ],
)
def test_fits(text: str) -> None:
    assert predicate(text)(ROW)


@pytest.mark.parametrize(
    "text",
    [
        "number eq 8",
        "number gt 7",
        "name eq 'Hof'",
        "end ge '2026-01-01'",
        "end eq 'x'",
        "(number eq 7 or number eq 1) and is_on eq false",
    ],
)
def test_does_not_fit(text: str) -> None:
    assert not predicate(text)(ROW)


@pytest.mark.parametrize(
    "text",
    [
        "number",
        "number is 7",
        "number eq",
        "name eq Hof",
        "(number eq 7",
        "number eq 7)",
        "number eq 7 number eq 7",
        "name eq 'x",
    ],
)
def test_a_broken_filter_is_refused(text: str) -> None:
    with pytest.raises(BadFilter):
        predicate(text)


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(BadFilter, match="Unknown field"):
        predicate("address.town eq 'Soest'")(ROW)
