"""Which runs a page shows: the last that was completed, and before it what went wrong since."""

import pytest

from onboarding.models import Connection, LegalEntity
from sync.models import Run
from sync.services import history
from tests.factories import ConnectionFactory
from tests.sync import pages


@pytest.fixture
def connection(entity: LegalEntity) -> Connection:
    return ConnectionFactory(entity=entity)


def made(connection: Connection, state: str, trigger: str = "person", *, is_dry: bool = True) -> Run:
    return pages.run(connection, is_dry=is_dry, state=state, trigger=trigger)


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_what_broke_off_comes_before_the_last_that_was_completed(connection: Connection, state: str) -> None:
    completed, broken = made(connection, "succeeded"), made(connection, state)
    found = history.of(connection.entity, is_dry=True)
    assert (found.completed, found.failed, found.earlier) == (completed, broken, ())


@pytest.mark.parametrize("trigger", ["webhook", "schedule"])
def test_a_comparison_that_made_way_is_no_news(connection: Connection, trigger: str) -> None:
    completed, away = made(connection, "succeeded"), made(connection, "cancelled", trigger)
    found = history.of(connection.entity, is_dry=True)
    assert (found.completed, found.failed, found.earlier) == (completed, None, (away,))


def test_what_failed_before_it_still_is(connection: Connection) -> None:
    broken = made(connection, "failed")
    made(connection, "cancelled", "webhook")
    assert history.of(connection.entity, is_dry=True).failed == broken


def test_a_scheduled_sync_that_somebody_cancelled_is_news(connection: Connection) -> None:
    cancelled = made(connection, "cancelled", "schedule", is_dry=False)
    assert history.of(connection.entity, is_dry=False).failed == cancelled
