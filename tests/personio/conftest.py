"""A small Personio, and a client of it whose waits take no time."""

from collections.abc import Iterator

import pytest

from loket_portal.personio.client import Credentials, PersonioClient
from tests.personio.server import CLIENT, SECRET, Personio


class Clock:
    """Stands still, but for waits."""

    def __init__(self) -> None:
        self.now, self.waits = 1000.0, list[float]()

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def personio() -> Iterator[Personio]:
    server = Personio()
    yield server
    server.close()


@pytest.fixture
def client_here(personio: Personio, clock: Clock) -> PersonioClient:
    return PersonioClient(personio.url, Credentials(CLIENT, SECRET), sleep=clock.sleep, clock=clock)
