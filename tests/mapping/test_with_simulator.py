"""The whole way against the simulated Personio: connect, publish, and what an account does to its attributes."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from loket_portal.simulator import Simulator
from mapping import definitions, services
from onboarding.models import Company, LegalEntity
from onboarding.services import issues, personio
from tests.factories import EntityFactory, member

CREDENTIALS = ("linde-demo-client", "linde-demo-secret")
BSN, GENDER, CONSIDER = "dynamic_24407", "dynamic_24409", "dynamic_24403"


@pytest.fixture
def company(simulator: Simulator, entity: LegalEntity) -> Company:
    definitions.connect(entity.company, None, *CREDENTIALS)
    definitions.publish_default(entity.company, None)
    return entity.company


def found(company: Company) -> dict[str, Any]:
    definitions.look(company)
    return {issue.kind: issue.params for issue in issues.open_of(company)}


def test_the_default_mapping_fits_the_demo_completely(company: Company) -> None:
    reader = EntityFactory(company=company, personio_id="170")
    assert [lack["code"] for lack in services.lacks_of(reader)] == ["preview_missing"]
    assert definitions.renewal(company).resolved.is_complete
    assert found(company) == {}


def test_a_german_account_is_read_as_well(simulator: Simulator, entity: LegalEntity) -> None:
    simulator.options.personio_language = "de"
    definitions.connect(entity.company, None, *CREDENTIALS)
    assert "Geburtsdatum" in definitions.names_of(entity.company).values()
    assert definitions.publish_default(entity.company, None).resolved.is_complete


def test_labels_in_another_language_are_no_other_attributes(company: Company, simulator: Simulator) -> None:
    simulator.options.personio_language = "de"
    assert found(company) == {}


def test_an_attribute_that_is_no_longer_allowed_is_an_issue_until_it_is(company: Company, simulator: Simulator) -> None:
    readable = simulator.options.personio_unreadable
    simulator.options.personio_unreadable = (*readable, BSN)
    assert found(company)["attribute_missing"]["label"] == "BSN"
    simulator.options.personio_unreadable = readable
    assert found(company) == {}


def test_a_changed_id_is_an_issue_until_the_mapping_is_published_anew(company: Company, simulator: Simulator) -> None:
    simulator.options.personio_changed_ids = {BSN: "dynamic_90001"}
    changed = found(company)["attribute_id_changed"]
    assert (changed["old"], changed["new"]) == (BSN, "dynamic_90001")
    definitions.publish_default(company, None)
    assert found(company) == {}


def test_a_renamed_option_is_an_issue_until_it_is_renamed_back(company: Company, simulator: Simulator) -> None:
    simulator.options.personio_renamed_options = {CONSIDER: {"Yes": "Via Loket"}}
    renamed = found(company)["option_renamed"]
    assert (renamed["old"], renamed["new"]) == ("Yes", "Via Loket")
    assert [issue.kind for issue in issues.blocking(company)] == ["option_renamed"]
    simulator.options.personio_renamed_options = {}
    assert found(company) == {}


def test_no_button_of_the_page_asks_personio_with_the_client_that_waits_for_minutes(
    company: Company, entity: LegalEntity, client: Client, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def patient(_account: object) -> None:
        raise AssertionError("somebody waits at the page")

    monkeypatch.setattr(personio, "client_for", patient)
    client.force_login(member(entity))
    credentials = dict(zip(("client_id", "client_secret"), CREDENTIALS, strict=True))
    buttons: list[tuple[str, dict[str, str]]] = [
        ("personio_read", {}),
        ("personio_events", {"action": "on"}),
        ("personio_events", {"action": "off"}),
        ("personio_credentials", credentials),
        ("personio_events", {"action": "on"}),
        ("personio_remove", {}),
        ("personio", credentials),
    ]
    for name, said in buttons:
        simulator.log.clear()
        assert client.post(reverse(name, args=[company.pk]), said).status_code == 302
        assert [call for call in simulator.log.all() if call["path"].startswith("/personio/")], name
