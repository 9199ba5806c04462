"""Checks all traffic with Loket against its API document, in every test.

`-p tests.contract.plugin` makes it so. Each request that the product's client sends in this process is checked, and
each answer that a simulator gave to it (answers that a test made up are odd on purpose, and are not). A simulator in
a process of its own writes its traffic with `--record FILE`; a test checks that with `check_record(FILE)`.
"""

import json
import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from loket_portal.lib import exchanges
from tests.contract.checker import Exchange, check_exchange
from tests.contract.document import NO_DOCUMENT, path_of_document

IS_CI = os.environ.get("CI", "").lower() in ("1", "true")


class Traffic:
    """The exchanges of one test."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []
        self.allowed: frozenset[str] = frozenset()

    def note(self, exchange: exchanges.Exchange) -> None:
        """Keeps an exchange with Loket; other services have documents of their own."""
        if exchange.service == "loket":
            self.exchanges.append(exchange)

    def allow(self, *paths: str) -> None:
        """Declares unknown properties that this test sends or gets on purpose, as `personalDetails.newInLoket`."""
        self.allowed |= set(paths)

    def violations(self) -> list[str]:
        """Everything that is not as the document says, each once."""
        found = {
            text: None
            for exchange in self.exchanges
            for text in check_exchange(exchange, allowed=self.allowed, only_request=not is_simulated(exchange))
        }
        return list(found)


def is_simulated(exchange: Exchange) -> bool:
    """Whether a real server gave the answer, and not a test's stand-in for one."""
    return exchange.response_headers.get("Server", "").startswith("Werkzeug")


def check_record(file: Path | str, allowed: frozenset[str] = frozenset()) -> list[str]:
    """The violations in a simulator's record (JSON lines, one exchange each), each once; both sides are checked."""
    lines = Path(file).read_text(encoding="utf-8").splitlines()
    exchanges_ = (SimpleNamespace(**json.loads(line)) for line in lines if line)
    return list({text: None for exchange in exchanges_ for text in check_exchange(exchange, allowed=allowed)})


def need_document() -> None:
    """Ends a test that cannot do without the document: skipped with the reason, failed in CI."""
    if path_of_document() is None:
        if IS_CI:
            pytest.fail(NO_DOCUMENT, pytrace=False)
        pytest.skip(NO_DOCUMENT)


@pytest.fixture(autouse=True)
def loket_traffic() -> Iterator[Traffic]:
    """Every exchange with Loket of this test; fails the test at its end when one breaks the contract."""
    traffic = Traffic()
    exchanges.observers.append(traffic.note)
    try:
        yield traffic
    finally:
        exchanges.observers.remove(traffic.note)
    if not traffic.exchanges:
        return
    if path_of_document() is None and not IS_CI:
        warnings.warn(NO_DOCUMENT, stacklevel=1)
        return
    need_document()
    if violations := traffic.violations():
        pytest.fail("Not as Loket's API document says:\n" + "\n".join(violations), pytrace=False)
