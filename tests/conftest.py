"""Fixtures for every test."""

import os
from collections.abc import Generator

import pytest
from django.test import Client

from onboarding.models import LegalEntity, User
from tests.chromium import CHROMIUM, MISSING
from tests.factories import EntityFactory, member

IS_CI = os.environ.get("CI", "").lower() in {"1", "true"}


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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without Chromium the browser tests are skipped with the reason."""
    if CHROMIUM:
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=MISSING))
