"""The filter settings of the user (rule 22), which stand on a server of their own."""

from typing import Any

import pytest
import responses

from loket_portal.loket.errors import ConfigProblem, Forbidden
from loket_portal.loket.filter_settings import FilterClient, FilterSettings
from tests.contract.plugin import Traffic

BASE = "https://filter.loket.example/globalfilter-microservice"
ID = "904d6856-6034-4624-bcbc-886188c115c5"
URL = f"{BASE}/user/filtersettings/{ID}"
NEUTRAL: dict[str, Any] = {
    "filterOnAdministrations": [],
    "filterOnDepartments": [],
    "filterOnEmploymentCategoryType": [],
    "filterOnEmployedStatus": "AllEmployments",
    "filterOnOnCallEmployment": None,
}


def settings(**more: Any) -> FilterSettings:
    responses.get(URL, json={"content": {"employmentFilter": {**NEUTRAL, **more}}})
    return FilterClient(BASE, lambda: "t").get_filter_settings(ID)


@responses.activate
def test_they_are_asked_for_at_their_own_server_with_the_same_token(loket_traffic: Traffic) -> None:
    assert settings() == FilterSettings(0, 0, 0, "AllEmployments", None)
    request = responses.calls[0].request
    assert request.url == URL
    assert request.headers["Authorization"] == "Bearer t"
    assert request.headers["Accept"] == "application/json;version=2018-01-01"
    assert loket_traffic.violations() == []


@responses.activate
@pytest.mark.parametrize(
    "more",
    [
        {},
        {"filterOnAdministrations": None, "filterOnDepartments": None, "filterOnEmploymentCategoryType": None},
        {"filterOnDepartments": [None]},
    ],
)
def test_without_a_filter_they_are_neutral(more) -> None:
    assert settings(**more).is_neutral


@responses.activate
@pytest.mark.parametrize(
    ("more", "read"),
    [
        ({"filterOnAdministrations": [{"key": ID}]}, FilterSettings(1, 0, 0, "AllEmployments", None)),
        ({"filterOnDepartments": [{"key": ID}, {"key": ID}]}, FilterSettings(0, 2, 0, "AllEmployments", None)),
        ({"filterOnEmploymentCategoryType": [{"key": 1}]}, FilterSettings(0, 0, 1, "AllEmployments", None)),
        ({"filterOnEmployedStatus": "ActiveEmployments"}, FilterSettings(0, 0, 0, "ActiveEmployments", None)),
        ({"filterOnOnCallEmployment": False}, FilterSettings(0, 0, 0, "AllEmployments", False)),
        ({"filterOnOnCallEmployment": True}, FilterSettings(0, 0, 0, "AllEmployments", True)),
    ],
)
def test_each_filter_alone_hides_somebody(more, read: FilterSettings) -> None:
    found = settings(**more)
    assert found == read
    assert not found.is_neutral


@responses.activate
@pytest.mark.parametrize(
    "content",
    [
        {},
        {"employmentFilter": None},
        {"employmentFilter": {}},
        {"employmentFilter": {**NEUTRAL, "filterOnEmployedStatus": None}},
        {"employmentFilter": {**NEUTRAL, "filterOnOnCallEmployment": "no"}},
        {"employmentFilter": {**NEUTRAL, "filterOnDepartments": {"key": ID}}},
        {"employmentFilter": {**NEUTRAL, "filterOnDepartments": 0}},
    ],
)
def test_what_is_not_said_is_not_taken_for_neutral(content) -> None:
    responses.get(URL, json={"content": content})
    with pytest.raises(ConfigProblem, match="not what Loket documents"):
        FilterClient(BASE, lambda: "t").get_filter_settings(ID)


@responses.activate
def test_a_refusal_is_a_refusal_here_too() -> None:
    responses.get(URL, status=403)
    with pytest.raises(Forbidden):
        FilterClient(BASE, lambda: "t").get_filter_settings(ID)


@responses.activate
def test_an_id_cannot_lead_elsewhere() -> None:
    with pytest.raises(ConfigProblem):
        FilterClient(BASE, lambda: "t").get_filter_settings("../../user")
    assert len(responses.calls) == 0
