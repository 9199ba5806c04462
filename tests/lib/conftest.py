"""The helpers know nothing of Loket, and neither do their tests."""

import pytest


@pytest.fixture
def loket_traffic() -> None:
    """Stands before the plugin's: these tests talk to no Loket, so nothing is held against its document."""
