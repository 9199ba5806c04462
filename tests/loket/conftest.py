"""A simulator to talk to."""

from collections.abc import Iterator

import pytest

from loket_portal.loket.client import LoketClient
from loket_portal.simulator import Options, Simulator, create_simulator
from tests.loket.helpers import sign_in


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with create_simulator(Options()) as running:
        yield running


@pytest.fixture
def client_here(simulator: Simulator) -> LoketClient:
    """The client, signed in at the simulator."""
    tokens = sign_in(simulator.url)
    return LoketClient(f"{simulator.url}/v2", lambda: tokens.access_token)
