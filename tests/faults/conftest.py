"""The field of the faults, and the table of what they measured; the same connected entities as in tests/sync."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from _pytest.terminal import TerminalReporter
from django.conf import LazySettings

from loket_portal.simulator import Options, Simulator, create_simulator
from onboarding.services import signin
from tests.contract.checker import check_exchange
from tests.contract.plugin import need_document
from tests.faults import figures as table
from tests.faults.field import Field, lay_out
from tests.faults.personio import undisturbed
from tests.sync.conftest import administrator, connected, entity, linde, mapped, sample, tulp

__all__ = ["administrator", "connected", "entity", "linde", "mapped", "sample", "tulp", "undisturbed"]


@pytest.fixture
def loket(settings: LazySettings) -> Iterator[Simulator]:
    """A simulator for processes beside this one; of what it was asked and answered the last is checked at the end."""
    options = Options(
        client_id=settings.LOKET_CLIENT_ID,
        client_secret=settings.LOKET_CLIENT_SECRET,
        redirect_uris=(signin.redirect_uri(),),
        keep_exchanges=100,
    )
    with create_simulator(options) as running:
        settings.LOKET_API_URL, settings.LOKET_OAUTH_URL = f"{running.url}/v2", running.url
        settings.LOKET_FILTER_URL = f"{running.url}/globalfilter-microservice"
        settings.PERSONIO_API_URL = f"{running.url}/personio"
        yield running
        need_document()
        seen = (SimpleNamespace(**exchange) for exchange in running.exchanges)
        assert {text for exchange in seen for text in check_exchange(exchange)} == set()


@pytest.fixture
def field(transactional_db: None, loket: Simulator, tmp_path: Path) -> Field:
    """A connected company of 200 people, whose details only are in the mapping; nothing runs yet."""
    return lay_out(loket, tmp_path)


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> table.Figures:
    """`figures("what", value)`: for the table at the end."""
    return table.Figures(request.node)


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """The table of what was measured."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.getreports(kind)]
    lines = table.lines(reports)
    if lines:
        terminalreporter.section("What the faults measured")
        terminalreporter.write("\n".join(lines) + "\n")
