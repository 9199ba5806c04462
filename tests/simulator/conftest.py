"""A simulator in memory, started afresh for every test; it needs neither Django nor a database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from types import SimpleNamespace
from typing import Any

import pytest

from loket_portal.simulator import Options, Simulator, create_simulator
from tests.contract.checker import check_exchange
from tests.contract.document import path_of_document
from tests.simulator.loket import Loket, signed_in

Start = Callable[..., Simulator]
ON_PURPOSE = (
    "unknown path",
    "distributionunits: answer 400: status not documented",  # the supplement names only the answer to a good call
)


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts simulators with options. At the end they are stopped, and all their answers checked by the document."""
    started: list[Simulator] = []
    with ExitStack() as stack:

        def begin(**options: Any) -> Simulator:
            started.append(stack.enter_context(create_simulator(Options(**options))))
            return started[-1]

        yield begin
    if path_of_document():
        assert [text for simulator in started for text in wrong_answers(simulator.exchanges)] == []


def wrong_answers(exchanges: list[dict[str, Any]]) -> list[str]:
    """What the answers have that is not in the document; these tests' requests are wrong on purpose."""
    found = {text: None for exchange in exchanges for text in check_exchange(as_answered(exchange))}
    return [text for text in found if ": answer " in text and not text.endswith(ON_PURPOSE)]


def as_answered(exchange: dict[str, Any]) -> SimpleNamespace:
    """The exchange as if exactly the version had been asked for that was given: the checker knows no other."""
    headers = {**exchange["request_headers"], "Accept": exchange["response_headers"]["Content-Type"]}
    return SimpleNamespace(**{**exchange, "request_headers": headers})


@pytest.fixture
def simulator(start: Start) -> Simulator:
    return start()


@pytest.fixture
def loket(simulator: Simulator) -> Loket:
    """An application that is signed in."""
    return signed_in(simulator)
