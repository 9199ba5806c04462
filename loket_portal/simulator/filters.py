"""Loket's filter language: `employeeNumber ge 1 and (personalDetails.lastName lk 'ber' or address.city eq 'Soest')`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

Row = dict[str, Any]
Test = Callable[[Row], bool]
TOKEN = re.compile(r"\s*(?:(?P<quoted>'(?:[^']|'')*')|(?P<bracket>[()])|(?P<word>[^\s()']+))")
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda left, right: left == right,
    "ne": lambda left, right: left != right,
    "gt": lambda left, right: left > right,
    "ge": lambda left, right: left >= right,
    "lt": lambda left, right: left < right,
    "le": lambda left, right: left <= right,
    "lk": lambda left, right: str(right).strip("%") in str(left),
}
WORDS = {"true": True, "false": False, "null": None}


class BadFilter(ValueError):
    """The filter or the order can't be read, or names a field that the rows don't have."""


def predicate(text: str) -> Test:
    """A test for one row. Raises BadFilter; an unknown field shows only when the test meets a row."""
    parser = _Parser(_tokens(text))
    test = parser.any_of()
    if parser.tokens:
        raise BadFilter(f"Can't read the filter at {parser.tokens[0]!r}")
    return test


def numbers_of(text: str, path: str) -> list[int] | None:
    """The numbers of a filter that says nothing but that `path` is one of some numbers; None for any other filter."""
    term = rf"{re.escape(path)} eq ([0-9]+)"
    if not re.fullmatch(rf"{term}( or {term})*", text):
        return None
    return [int(number) for number in re.findall(term, text)]


def above(text: str, path: str) -> int | None:
    """The number that `path` is to be above, where a filter says nothing else; None for any other filter."""
    found = re.fullmatch(rf"{re.escape(path)} gt ([0-9]+)", text)
    return int(found[1]) if found else None


def reach(row: Row, path: str) -> Any:
    """The value of a field in a row, nested fields by dots; below a null everything is null."""
    value: Any = row
    for name in path.split("."):
        if value is None:
            return None
        if not isinstance(value, dict) or name not in value:
            raise BadFilter(f"Unknown field {path}")
        value = value[name]
    return value


class _Parser:
    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens

    def take(self) -> str:
        if not self.tokens:
            raise BadFilter("The filter ends too early")
        return self.tokens.pop(0)

    def any_of(self) -> Test:
        tests = [self.all_of()]
        while self.tokens and self.tokens[0].lower() == "or":
            self.take()
            tests.append(self.all_of())
        return lambda row: any(test(row) for test in tests)

    def all_of(self) -> Test:
        tests = [self.one()]
        while self.tokens and self.tokens[0].lower() == "and":
            self.take()
            tests.append(self.one())
        return lambda row: all(test(row) for test in tests)

    def one(self) -> Test:
        first = self.take()
        if first == "(":
            inner = self.any_of()
            if self.take() != ")":
                raise BadFilter("A bracket is not closed")
            return inner
        operator, wanted = self.take().lower(), _value(self.take())
        if operator not in OPERATORS:
            raise BadFilter(f"Unknown operator {operator}")
        return lambda row: _compare(operator, reach(row, first), wanted)


def _compare(operator: str, left: Any, right: Any) -> bool:
    if isinstance(left, str) and right is not None:
        left, right = left.casefold(), str(right).casefold()
    if (left is None or right is None) and operator not in ("eq", "ne"):
        return False
    if operator in ("gt", "ge", "lt", "le") and isinstance(left, str) != isinstance(right, str):
        return False
    return OPERATORS[operator](left, right)


def _value(token: str) -> Any:
    if token.startswith("'"):
        return token[1:-1].replace("''", "'")
    if token.lower() in WORDS:
        return WORDS[token.lower()]
    try:
        return float(token) if "." in token else int(token)
    except ValueError:
        raise BadFilter(f"Texts and dates stand in single quotes: {token}") from None


def _tokens(text: str) -> list[str]:
    found, position = [], 0
    while text[position:].strip():
        match = TOKEN.match(text, position)
        if not match:
            raise BadFilter(f"Can't read the filter at {text[position : position + 20]!r}")
        found.append(match.group().strip())
        position = match.end()
    return found
