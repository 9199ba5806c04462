"""JSON by orjson says what the standard library's says, also where orjson itself would refuse."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loket_portal.lib import quick_json

SCALARS = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
)
VALUES = st.recursive(
    SCALARS | st.text(st.characters(exclude_categories=())),  # with half surrogate pairs
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=())), inner),
    max_leaves=20,
)


@given(VALUES)
def test_what_was_written_is_read_again(value: Any) -> None:
    assert quick_json.loads(quick_json.dumps(value)) == value


@given(VALUES)
def test_it_reads_and_is_read_by_the_standard_library(value: Any) -> None:
    assert quick_json.loads(json.dumps(value)) == value
    assert json.loads(quick_json.dumps(value)) == value


def test_keys_are_sorted_on_request_and_a_text_of_half_a_pair_is_no_exception() -> None:
    assert quick_json.dumps({"b": 1, "a": 2}, sort_keys=True) == b'{"a":2,"b":1}'
    assert quick_json.dumps({"b": "\ud800", "a": 2}, sort_keys=True) == b'{"a":2,"b":"\\ud800"}'


def test_what_json_does_not_know_goes_through_default_or_is_an_error() -> None:
    assert quick_json.dumps([date(2026, 2, 28)], default=str) == b'["2026-02-28"]'
    with pytest.raises(TypeError):
        quick_json.dumps([object()])


def test_what_is_no_json_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="Expecting value"):
        quick_json.loads("<html>")
    with pytest.raises(RecursionError):
        quick_json.loads("[" * 100_000)


def test_an_answer_with_a_byte_order_mark_is_read() -> None:
    assert quick_json.loads(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}
