"""The client against the simulator's Personio: everybody comes once, also while things go wrong."""

from collections.abc import Iterator
from typing import Any

import pytest

from loket_portal.personio.client import Credentials, PersonioClient
from loket_portal.personio.errors import CredentialsRefused, ListChanged, NotReadable, Retryable
from loket_portal.simulator import Options, Simulator, create_simulator
from tests.personio.conftest import Clock


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with create_simulator(Options()) as running:
        yield running


def client_of(simulator: Simulator, clock: Clock, **options: Any) -> PersonioClient:
    """A client whose waits take no time, of a simulator that has these options from now on."""
    simulator.options.change(options)
    given = Credentials(Options.personio_client_id, Options.personio_client_secret)
    return PersonioClient(f"{simulator.url}/personio", given, sleep=clock.sleep, clock=clock)


def numbers(client: PersonioClient, limit: int = 20) -> list[int | None]:
    return [employee.id for page in client.pages(limit=limit) for employee in page.employees]


def test_everybody_is_in_both_lists(simulator, clock) -> None:
    client = client_of(simulator, clock)
    found = numbers(client)
    assert len(found) == len(set(found)) > 60
    assert sorted(person.id for person in client.iter_persons()) == sorted(found)


def test_definitions_entities_and_employments_are_understood(simulator, clock) -> None:
    client = client_of(simulator, clock)
    options = {definition.label: definition.options for definition in client.list_attributes()}
    assert "Male" in options["Geslacht"]
    assert {entity.id: entity.country for entity in client.list_legal_entities()} == {
        "170": "NL",
        "171": "NL",
        "172": "DE",
    }
    several = [person for person in client.iter_persons() if len(person.employment_ids) > 1]
    found = client.list_employments(several[0].id)
    assert tuple(employment.id for employment in found) == several[0].employment_ids
    assert all(employment.start_on and employment.legal_entity_id for employment in found)


def test_a_webhook_can_be_made_and_removed(simulator, clock) -> None:
    client = client_of(simulator, clock)
    made = client.create_webhook("https://portal.example/hook", "Bearer x", ["person.updated"], "Loket Portal")
    assert [(hook.id, hook.is_enabled) for hook in client.list_webhooks()] == [(made, True)]
    client.delete_webhook(made)
    assert client.list_webhooks() == []


def test_wrong_credentials_are_refused(simulator, clock) -> None:
    client = PersonioClient(f"{simulator.url}/personio", Credentials("x", "y"), sleep=clock.sleep, clock=clock)
    with pytest.raises(CredentialsRefused):
        client.sign_in()


@pytest.mark.parametrize(
    "fault",
    [
        {"personio_expire_after": 3},
        {"personio_busy": 3},
        {"personio_busy": 3, "personio_retry_after": "2"},
        {"personio_success_false": 3},
        {"personio_language": "de", "personio_success_false": 1},
    ],
    ids=str,
)
def test_a_list_is_whole_in_spite_of(simulator, clock, fault) -> None:
    usual = numbers(client_of(simulator, clock))
    assert numbers(client_of(simulator, clock, **fault)) == usual


def test_a_storm_ends_with_a_time_to_stay_away(simulator, clock) -> None:
    with pytest.raises(Retryable) as caught:
        numbers(client_of(simulator, clock, personio_busy=50))
    assert caught.value.retry_after == 60


def test_a_page_that_repeats_ends_in_an_error(simulator, clock) -> None:
    client = client_of(simulator, clock, personio_repeat_page=2)
    with pytest.raises(ListChanged):
        numbers(client)
    client = client_of(simulator, clock, personio_repeat_page=1)
    with pytest.raises(ListChanged):
        list(client.iter_persons())


def test_a_record_of_nulls_is_counted_and_nobody_is_lost(simulator, clock) -> None:
    usual = numbers(client_of(simulator, clock))
    found = numbers(client_of(simulator, clock, personio_null_record=5))
    assert len(found) == len(usual)
    assert set(usual) - set(found) <= {usual[4]}


@pytest.mark.parametrize(
    ("scope", "call", "what"),
    [
        ("employees:read", lambda client: client.list_attributes(), "attributes"),
        ("employees:read", numbers, "employees"),
        ("personio:persons:read", lambda client: list(client.iter_persons()), "persons"),
        ("personio:legal-entities:read", lambda client: client.list_legal_entities(), "legal_entities"),
        (
            "personio:webhooks:write",
            lambda client: client.create_webhook("https://x.nl", "t", ["ping"], "d"),
            "webhooks",
        ),
    ],
)
def test_a_missing_scope_is_named(simulator, clock, scope, call, what) -> None:
    client = client_of(simulator, clock, personio_missing_scopes=(scope,))
    with pytest.raises(NotReadable) as caught:
        call(client)
    assert caught.value.what == what


def test_a_company_without_legal_entities_is_told(simulator, clock) -> None:
    with pytest.raises(NotReadable) as caught:
        client_of(simulator, clock, personio_no_legal_entities=True).list_legal_entities()
    assert caught.value.what == "legal_entities"
