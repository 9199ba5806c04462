"""The account and its events against the simulator's Personio, over HTTP both ways."""

import pytest
import requests
from django.conf import LazySettings
from pytest_django.live_server_helper import LiveServer

from loket_portal.lib import bell
from loket_portal.simulator import Options, Simulator
from onboarding.models import Issue, PersonioAccount, PersonioEvent, User
from onboarding.services import events, issues, personio, personio_entities
from onboarding.services.personio import PersonioRefused, Refusal
from tests.factories import CompanyFactory, EntityFactory, PersonioAccountFactory, member

OURS = (Options.personio_client_id, Options.personio_client_secret)


def refusal() -> Refusal:
    with pytest.raises(PersonioRefused) as refused:
        personio.try_out(*OURS)
    return refused.value.refusal


def test_a_trial_finds_everybody_the_attributes_and_the_legal_entities(simulator: Simulator) -> None:
    trial = personio.try_out(*OURS)
    assert trial.people is not None
    assert trial.people > 60
    assert "Linde Horeca B.V." in {entity.name for entity in trial.legal_entities}
    assert "BSN" in {definition.label for definition in trial.definitions}


def test_a_wrong_secret_is_refused(simulator: Simulator) -> None:
    with pytest.raises(PersonioRefused) as refused:
        personio.try_out(OURS[0], "another-secret")
    assert refused.value.refusal is Refusal.WRONG_CREDENTIALS


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("employees:read", {Refusal.ATTRIBUTES_NOT_READABLE, Refusal.EMPLOYEES_NOT_READABLE}),
        ("personio:persons:read", {Refusal.PERSONS_NOT_READABLE}),
        ("personio:legal-entities:read", {Refusal.LEGAL_ENTITIES_NOT_READABLE}),
    ],
)
def test_a_missing_scope_is_named(scope: str, expected: set[Refusal], simulator: Simulator) -> None:
    simulator.options.change({"personio_missing_scopes": [scope]})
    assert refusal() in expected


@pytest.mark.django_db
def test_only_the_dutch_entities_are_offered_and_one_that_moves_abroad_is_an_issue(simulator: Simulator) -> None:
    company = CompanyFactory()
    administrator = member(EntityFactory(company=company))
    account = personio.store(company, administrator, *OURS, personio.try_out(*OURS))
    states = {offer.name: offer.state for offer in personio_entities.offers(company)}
    assert states["Linde Horeca B.V."] == personio_entities.State.FREE
    assert states["Linde Gastro GmbH"] == personio_entities.State.NOT_DUTCH
    taken = personio_entities.take(company, administrator, "170")
    listed = personio.client_for(account).list_legal_entities()
    personio_entities.note_listed(account, [entity for entity in listed if entity.id != "170"])
    assert [issue.kind for issue in issues.blocking(company, taken)] == [Issue.Kind.LEGAL_ENTITY_GONE]


@pytest.fixture
def listening(
    live_server: LiveServer, settings: LazySettings, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> PersonioAccount:
    """An account whose events are on, at a portal that Personio can reach. Rings end here."""
    monkeypatch.setattr(bell, "_send", lambda *_args: None)
    settings.PORTAL_URL = live_server.url.replace("localhost", "127.0.0.1")
    account = PersonioAccountFactory(client_id=OURS[0], client_secret=OURS[1])
    events.switch_on(account, administrator_of(account))
    return account


def administrator_of(account: PersonioAccount) -> User:
    return member(EntityFactory(company=account.company))


def edit(simulator: Simulator, **attributes: str) -> None:
    """Somebody changes a person in Personio; everything that follows is delivered."""
    answer = requests.post(
        f"{simulator.url}/_simulator/personio/people/edit",
        json={"number": 1001, "attributes": attributes},
        timeout=10,
    )
    assert answer.ok, answer.text
    assert simulator.personio.webhooks.sender.wait()


def test_a_change_in_personio_arrives_with_its_person(listening: PersonioAccount, simulator: Simulator) -> None:
    edit(simulator, last_name="Changed")
    pending = events.pending(events.untaken(listening.company))
    assert pending.ids is not None
    assert len(pending.ids) == 1
    edit(simulator, position="Chef")
    assert events.pending(events.untaken(listening.company)).ids == pending.ids, (
        "an event of an employment names its person"
    )
    delivered = [delivery["status"] for delivery in simulator.personio.webhooks.sender.deliveries]
    assert delivered == [204, 204]


def test_after_switching_off_nothing_arrives(listening: PersonioAccount, simulator: Simulator) -> None:
    assert events.switch_off(listening, administrator_of(listening)) is True
    edit(simulator, last_name="Changed")
    assert PersonioEvent.objects.count() == 0
    assert personio.client_for(listening).list_webhooks() == []


def test_without_the_scope_events_say_what_to_allow(
    listening: PersonioAccount, simulator: Simulator, settings: LazySettings
) -> None:
    events.switch_off(listening, administrator_of(listening))
    simulator.options.change({"personio_missing_scopes": ["personio:webhooks:write"]})
    with pytest.raises(PersonioRefused) as refused:
        events.switch_on(listening, administrator_of(listening))
    assert refused.value.refusal is Refusal.EVENTS_NOT_ALLOWED
