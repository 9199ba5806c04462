"""Fixtures for every test."""

import os
from collections.abc import Generator, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import translation

from loket_portal.simulator import Options, Simulator, create_simulator
from onboarding.models import LegalEntity, User
from onboarding.services import signin
from tests import quick
from tests.chromium import CHROMIUM, MISSING
from tests.contract.checker import check_exchange
from tests.contract.plugin import need_document
from tests.factories import EntityFactory, member
from tests.order import pytest_xdist_make_scheduler, slow_first  # noqa: F401  the first is a hook
from tests.secrets import nothing_leaks
from tests.servers import django_db_modify_db_settings  # noqa: F401  a fixture

quick.start()
ANY_DATABASE = "any_database"
IS_CI = os.environ.get("CI", "").lower() in {"1", "true"}


@pytest.fixture(autouse=True)
def default_language() -> Iterator[None]:
    """A page in Dutch leaves its thread in Dutch: every test begins in the language of the settings."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def one_call_at_a_time(settings: LazySettings) -> None:
    """A run does everything in its own thread, inside the test's transaction; transactional tests may set more."""
    settings.LOKET_PARALLEL_PER_CONNECTION = 1


@pytest.fixture
def entity(db: None) -> LegalEntity:
    """A Dutch entity that support has enabled."""
    return EntityFactory()


@pytest.fixture
def administrator(entity: LegalEntity) -> User:
    return member(entity)


@pytest.fixture
def signed_in(client: Client, administrator: User) -> Client:
    client.force_login(administrator, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def simulator(settings: LazySettings) -> Iterator[Simulator]:
    """A simulator that the portal is pointed at.

    What it was asked and what it answered is checked at the end, and that its secrets are nowhere in the portal.
    """
    options = Options(
        client_id=settings.LOKET_CLIENT_ID,
        client_secret=settings.LOKET_CLIENT_SECRET,
        redirect_uris=(signin.redirect_uri(),),
    )
    with create_simulator(options) as running, nothing_leaks(running):
        settings.LOKET_API_URL, settings.LOKET_OAUTH_URL = f"{running.url}/v2", running.url
        settings.LOKET_FILTER_URL = f"{running.url}/globalfilter-microservice"
        settings.PERSONIO_API_URL = f"{running.url}/personio"
        yield running
        # A worker process of its own is seen by nobody but the simulator: its traffic is checked here.
        need_document()
        seen = (SimpleNamespace(**exchange) for exchange in list(running.exchanges))
        assert {text for exchange in seen for text in check_exchange(exchange)} == set()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With CI=true a skipped test is a failure: CI has everything that a test may need."""
    report: pytest.TestReport = yield
    if IS_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {report.longrepr}"
    return report


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Of the tests for any database only the files that have some are read: ten of two hundred."""
    if config.option.markexpr != ANY_DATABASE or not collection_path.match("test_*.py"):
        return None
    return ANY_DATABASE not in collection_path.read_text("utf-8") or None


def pytest_collection_finish() -> None:
    """What is there now stays till the end."""
    quick.settle()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow tests come first. Without Chromium the browser tests are skipped with the reason."""
    slow_first(items)
    if CHROMIUM:
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=MISSING))
