"""Events of Personio: only its own are taken, each once, whatever they look like; nobody is asked, nothing is logged."""

import json
import logging
import queue
import socket
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from loket_portal.lib import bell
from loket_portal.lib.redact import redact_text
from loket_portal.personio.client import Webhook
from loket_portal.personio.errors import CredentialsRefused, NotReadable, Retryable
from onboarding.models import AuditEvent, PersonioAccount, PersonioEvent, Role, User
from onboarding.services import events, personio
from onboarding.services.personio_accounts import PersonioRefused, Refusal
from tests.factories import EntityFactory, PersonioAccountFactory, member
from tests.onboarding.personio_double import PersonioDouble, at_personio

__all__ = ["at_personio"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def account(db: None) -> PersonioAccount:
    return PersonioAccountFactory()


@pytest.fixture
def administrator(account: PersonioAccount) -> User:
    return member(EntityFactory(company=account.company))


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tasks that were rung."""
    tasks: list[str] = []
    monkeypatch.setattr(bell, "ring_aside", lambda task, *_ids: tasks.append(task))
    return tasks


def event(name: str = "person.updated", payload: Any = None, at: str = "2026-03-02T09:10:11Z") -> dict[str, Any]:
    return {
        "company_id": "12345",
        "event_name": name,
        "occurred_at": at,
        "payload": {"id": "41001"} if payload is None else payload,
        "meta": {},
    }


def deliver(account: PersonioAccount, body: Any, *, token: str | None = None, key: str | None = None) -> int:
    """Over HTTP, as Personio does it; tells the status of the answer."""
    answer = Client(enforce_csrf_checks=True).post(
        reverse("personio_hook", kwargs={"hook_key": key or account.hook_key}),
        data=body if isinstance(body, bytes) else json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {account.hook_token}" if token is None else token},
    )
    return answer.status_code


def ids(account: PersonioAccount) -> frozenset[int] | None:
    return events.pending(events.untaken(account.company)).ids


# --- Whose event it is --------------------------------------------------------------------------------------------------


def test_an_event_with_the_token_is_stored_and_rings_without_a_session(
    account: PersonioAccount, rung: list[str]
) -> None:
    assert deliver(account, event()) == 204
    assert ids(account) == frozenset({41001})
    assert rung == ["sync.tasks.compare"]


@pytest.mark.parametrize("token", ["", "Bearer wrong", "Bearer ", "Bearer ü", "token", "\ud800"])
def test_a_wrong_token_and_a_wrong_address_get_the_same_answer(token: str, account: PersonioAccount) -> None:
    body = json.dumps(event()).encode()
    assert events.receive(account.hook_key, token, body) is False
    assert events.receive("nowhere", token, body) is False
    assert events.receive("nowhere", "Bearer nowhere", body) is False
    assert PersonioEvent.objects.count() == 0


def test_over_http_both_are_not_found(account: PersonioAccount) -> None:
    assert deliver(account, event(), token="Bearer wrong") == 404
    assert deliver(account, event(), key="nowhere") == 404


def test_the_token_of_another_account_is_wrong(account: PersonioAccount) -> None:
    other = PersonioAccountFactory()
    assert deliver(account, event(), token=f"Bearer {other.hook_token}") == 404


def test_tokens_are_compared_in_constant_time(account: PersonioAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[bytes, bytes]] = []
    monkeypatch.setattr(events.hmac, "compare_digest", lambda a, b: bool(compared.append((a, b))))
    for key in (account.hook_key, "nowhere"):
        events.receive(key, "Bearer x", b"{}")
    assert len(compared) == 2, "also for an address that isn't there"
    assert all(isinstance(side, bytes) for pair in compared for side in pair)


def test_an_address_in_a_log_line_is_masked(account: PersonioAccount) -> None:
    assert account.hook_key not in redact_text(f"Not Found: /personio/events/{account.hook_key}/")


def test_only_a_post_is_an_event(account: PersonioAccount, client: Client) -> None:
    assert client.get(reverse("personio_hook", kwargs={"hook_key": account.hook_key})).status_code == 405


def test_no_answer_waits_for_a_network(
    account: PersonioAccount,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    def refuse(*_args: object) -> None:
        raise AssertionError("somebody was asked")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    sent: queue.Queue[str] = queue.Queue()
    monkeypatch.setattr(bell, "_send", lambda task, _ids: sent.put(task))
    with django_capture_on_commit_callbacks(execute=True):
        assert deliver(account, event()) == 204
    assert sent.get(timeout=10) == "sync.tasks.compare", "to our own worker, and that is all"


def test_no_answer_waits_for_a_broker_that_hangs(
    account: PersonioAccount,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    is_answered, is_sent = Event(), Event()

    def hang(*_args: object) -> None:
        assert is_answered.wait(30)
        is_sent.set()

    monkeypatch.setattr(bell, "_send", hang)
    with django_capture_on_commit_callbacks(execute=True):
        assert deliver(account, event()) == 204
    assert not is_sent.is_set()
    is_answered.set()
    assert is_sent.wait(30)


def test_an_account_that_is_refused_still_takes_events(account: PersonioAccount) -> None:
    PersonioAccount.objects.update(state=PersonioAccount.State.REFUSED)
    assert deliver(account, event()) == 204


# --- Delivered again ----------------------------------------------------------------------------------------------------


def test_a_repeated_delivery_is_one_row_and_rings_once(account: PersonioAccount, rung: list[str]) -> None:
    for _ in range(3):
        assert deliver(account, event()) == 204
    assert PersonioEvent.objects.count() == 1
    assert len(rung) == 1


def test_a_repeated_delivery_of_a_taken_event_changes_nothing(account: PersonioAccount, rung: list[str]) -> None:
    deliver(account, event())
    events.take(account, events.pending(events.untaken(account.company)))
    deliver(account, event())
    assert not events.pending(events.untaken(account.company))
    assert len(rung) == 1


def test_the_same_event_without_a_time_is_looked_at_again(account: PersonioAccount, rung: list[str]) -> None:
    timeless = {"event_name": "person.updated", "payload": {"id": 41001}}
    deliver(account, timeless)
    events.take(account, events.pending(events.untaken(account.company)))
    deliver(account, timeless)
    assert ids(account) == frozenset({41001})
    assert len(rung) == 2


def test_a_storm_rings_once_until_it_is_taken(account: PersonioAccount, rung: list[str]) -> None:
    for number in range(20):
        deliver(account, event(payload={"id": number + 1}))
    assert len(rung) == 1
    events.take(account, events.pending(events.untaken(account.company)))
    deliver(account, event(payload={"id": 99}))
    assert len(rung) == 2


def test_a_storm_fills_no_table_and_is_about_everybody(
    account: PersonioAccount, rung: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "MOST", 3)
    for number in range(9):
        deliver(account, event(payload={"id": number + 1}))
        deliver(account, {"event_name": "person.updated", "payload": {"id": number + 100}})
    assert PersonioEvent.objects.count() == 4
    assert ids(account) is None
    assert len(rung) == 1


def test_what_a_storm_tells_after_a_comparison_began_waits_for_the_next(
    account: PersonioAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "MOST", 1)
    for number in (1, 2):
        deliver(account, event(payload={"id": number}))
    begun = timezone.now()
    deliver(account, event(payload={"id": 3}))
    assert PersonioEvent.objects.filter(taken_at__isnull=True, received_at__gte=begun, person_id="").count() == 1
    events.take(account, events.pending(events.untaken(account.company)))
    deliver(account, event(payload={"id": 4}))
    assert ids(account) == frozenset({4}), "after it each is told from the others again"


def test_of_taken_events_only_the_newest_are_kept(account: PersonioAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "KEPT", 2)
    for number in range(5):
        deliver(account, event(payload={"id": number + 1}))
        events.take(account, events.pending(events.untaken(account.company)))
    assert {row.person_id for row in PersonioEvent.objects.all()} == {"4", "5"}


def test_a_ping_is_stored_and_rings_nothing(account: PersonioAccount, rung: list[str]) -> None:
    assert deliver(account, event("ping", {})) == 204
    assert deliver(account, event("ping", {}, at="2026-03-03T09:10:11Z")) == 204
    assert PersonioEvent.objects.get().name == "ping"
    assert not events.pending(events.untaken(account.company))
    assert rung == []


# --- Whom it is about ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("person.updated", {"id": "41001"}),
        ("person.created", {"id": 41001}),
        ("person.updated", {"person": {"id": " 41001 "}}),
        ("person.updated", {"person": 41001}),
        ("employment.updated", {"id": "77", "person": {"id": "41001"}}),
        ("employment.updated", {"id": 77, "person_id": 41001}),
        ("employment.updated", {"employment": {"id": 77, "person": {"id": 41001}}}),
        ("employment.updated", {"_meta": {"links": {"person": {"href": "https://api.personio.de/v2/persons/41001"}}}}),
        ("employment.started", {"_meta": {"links": {"self": "https://x.example/v2/persons/41001/employments/77"}}}),
    ],
)
def test_ids_are_used_where_they_are_certain(name: str, payload: dict[str, Any], account: PersonioAccount) -> None:
    assert deliver(account, event(name, payload)) == 204
    assert ids(account) == frozenset({41001})


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("employment.updated", {"id": 77}),  # the employment's
        ("employment.updated", {"employment": {"id": 77}, "supervisor": {"person": {"id": 9}}}),
        ("person.updated", {}),
        ("person.updated", []),
        ("person.updated", "41001"),
        ("person.updated", {"id": True}),
        ("person.updated", {"id": 4.5}),
        ("person.updated", {"id": -1}),
        ("person.updated", {"id": 0}),
        ("person.updated", {"id": "٤١"}),
        ("person.updated", {"id": "9" * 400}),
        ("person.updated", {"id": ["41001"]}),
        ("person.updated", {"id": {"id": 1}}),
        ("person.updated", {"id": 1, "person_id": 2}),
        ("person.updated", {"person": [], "_meta": "", "employment": None}),
        ("person.updated", {"_meta": {"links": ["x", {"person": 3}]}}),
        ("person.updated", {"_meta": {"links": {"person": "https://x.example/v2/persons/41001-a"}}}),
        ("something.new", {"id": 5}),
    ],
)
def test_everybody_is_compared_where_an_event_names_nobody_for_certain(
    name: str, payload: Any, account: PersonioAccount, rung: list[str]
) -> None:
    assert deliver(account, event(name, payload)) == 204
    assert events.pending(events.untaken(account.company))
    assert ids(account) is None
    assert len(rung) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{",
        b"\xff\xfe\x00",
        b"[" * 60_000,
        b'{"event_name":' + b"9" * 5000 + b"}",
        json.dumps({"event_name": ["x"], "occurred_at": 5, "payload": None}).encode(),
        json.dumps({"event_name": "a\x00b\ud800" + "x" * 500, "payload": {"id": "\x00"}}).encode(),
        json.dumps({"event_name": None, "payload": {"a": [[[[{}]]]] * 100}}).encode(),
        b"x" * (events.LARGEST + 1),
    ],
)
def test_an_odd_payload_is_an_event_about_anybody_and_never_an_error(body: bytes, account: PersonioAccount) -> None:
    assert events.receive(account.hook_key, f"Bearer {account.hook_token}", body) is True
    assert PersonioEvent.objects.count() == 1
    assert ids(account) is None


def test_a_body_that_no_event_has_is_refused_before_it_is_read(account: PersonioAccount) -> None:
    assert deliver(account, b"x" * (events.LARGEST + 1)) == 413
    assert deliver(account, b"x" * (events.LARGEST + 1), key="nowhere") == 413
    assert PersonioEvent.objects.count() == 0


def test_no_payload_address_or_token_is_logged_or_stored(
    account: PersonioAccount, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        deliver(account, event("person.updated", {"id": 41001, "first_name": "Sanne-of-nobody"}))
        deliver(account, b'{"last_name": "Bakker-of-nobody"')
    stored = " ".join(str(vars(row)) for row in PersonioEvent.objects.all())
    for text in ("Sanne-of-nobody", "Bakker-of-nobody", account.hook_token):
        assert text not in caplog.text
        assert text not in stored


# --- Taken --------------------------------------------------------------------------------------------------------------


def test_several_people_are_one_set(account: PersonioAccount) -> None:
    for number in (7, 8, 7):
        deliver(account, event(payload={"id": number}, at=timezone.now().isoformat()))
    assert ids(account) == frozenset({7, 8})


def test_one_event_about_anybody_is_about_everybody(account: PersonioAccount) -> None:
    deliver(account, event())
    deliver(account, event(payload={}))
    assert ids(account) is None


def test_without_events_nothing_is_pending(account: PersonioAccount) -> None:
    assert not events.pending(events.untaken(account.company))
    assert ids(account) == frozenset()


def test_an_event_that_comes_between_waits_for_the_next_comparison(account: PersonioAccount) -> None:
    deliver(account, event(payload={"id": 1}))
    seen = events.pending(events.untaken(account.company))
    deliver(account, event(payload={"id": 2}))
    events.take(account, seen)
    assert ids(account) == frozenset({2})


def test_events_of_one_account_are_not_anothers(account: PersonioAccount) -> None:
    other = PersonioAccountFactory()
    deliver(other, event())
    assert not events.pending(events.untaken(account.company))
    events.take(account, events.pending(events.untaken(other.company)))
    assert events.pending(events.untaken(other.company))


def test_old_events_are_forgotten(account: PersonioAccount) -> None:
    deliver(account, event(payload={"id": 1}))
    PersonioEvent.objects.update(received_at=timezone.now() - timedelta(days=31))
    deliver(account, event(payload={"id": 2}))
    assert [row.person_id for row in PersonioEvent.objects.all()] == ["2"]


# --- On and off ---------------------------------------------------------------------------------------------------------


def test_switching_on_registers_our_address_and_token_once(
    account: PersonioAccount, administrator: User, at_personio: PersonioDouble, settings: LazySettings
) -> None:
    events.switch_on(account, administrator)
    events.switch_on(account, administrator)
    ((url, token, wanted),) = at_personio.created
    assert url == f"{settings.PORTAL_URL}/personio/events/{account.hook_key}/"
    assert token == f"Bearer {account.hook_token}"
    assert {"person.updated", "employment.updated", "employment.started"} <= set(wanted)
    assert PersonioAccount.objects.get().hook_id == "hook-1"
    assert [event.detail for event in AuditEvent.objects.all()] == ["on"]


def test_a_webhook_whose_registration_was_never_answered_is_replaced(
    account: PersonioAccount, administrator: User, at_personio: PersonioDouble
) -> None:
    ours = Webhook("old-1", events.address(account), "", True)
    at_personio.webhooks = [ours, Webhook("theirs", "https://other.example/", "", True)]
    events.switch_on(account, administrator)
    assert [call for call in at_personio.asked if call[0] == "delete_webhook"] == [("delete_webhook", "old-1")]


@pytest.mark.parametrize(
    ("error", "refusal"),
    [
        (NotReadable("webhooks"), Refusal.EVENTS_NOT_ALLOWED),
        (Retryable("away"), Refusal.UNREACHABLE),
        (CredentialsRefused(), Refusal.WRONG_CREDENTIALS),
    ],
)
def test_what_stops_switching_on_is_named_and_stores_nothing(
    error: Exception, refusal: Refusal, account: PersonioAccount, administrator: User, at_personio: PersonioDouble
) -> None:
    at_personio.fails["create_webhook"] = error
    with pytest.raises(PersonioRefused) as refused:
        events.switch_on(account, administrator)
    assert refused.value.refusal is refusal
    assert PersonioAccount.objects.get().hook_id == ""


def test_switching_off_takes_it_away_and_refuses_what_still_comes(
    account: PersonioAccount, administrator: User, at_personio: PersonioDouble
) -> None:
    events.switch_on(account, administrator)
    former = PersonioAccount.objects.get()
    assert events.switch_off(account, administrator) is True
    assert ("delete_webhook", "hook-1") in at_personio.asked
    assert deliver(former, event()) == 404
    assert PersonioAccount.objects.get().hook_id == ""


def test_switching_off_works_when_personio_is_away(
    account: PersonioAccount, administrator: User, at_personio: PersonioDouble
) -> None:
    events.switch_on(account, administrator)
    at_personio.fails["delete_webhook"] = Retryable("away")
    assert events.switch_off(account, administrator) is False
    assert PersonioAccount.objects.get().hook_id == ""


def test_of_two_who_switch_on_at_once_the_last_one_counts(
    account: PersonioAccount, administrator: User, at_personio: PersonioDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(*_args: object) -> str:
        PersonioAccount.objects.update(hook_id="of-a-colleague")
        return "hook-2"

    monkeypatch.setattr(at_personio, "create_webhook", meanwhile)
    events.switch_on(account, administrator)
    assert PersonioAccount.objects.get().hook_id == "hook-2"
    assert ("delete_webhook", "hook-2") not in at_personio.asked


def test_switching_off_meanwhile_counts_more_than_switching_on(
    account: PersonioAccount, administrator: User, at_personio: PersonioDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(*_args: object) -> str:
        personio.new_hook(PersonioAccount.objects.get())
        return "hook-2"

    monkeypatch.setattr(at_personio, "create_webhook", meanwhile)
    events.switch_on(account, administrator)
    assert PersonioAccount.objects.get().hook_id == ""
    assert ("delete_webhook", "hook-2") in at_personio.asked


def test_an_account_that_is_removed_while_events_are_switched_on_gets_none(
    account: PersonioAccount, administrator: User, at_personio: PersonioDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(*_args: object) -> str:
        PersonioAccount.objects.all().delete()
        return "hook-2"

    monkeypatch.setattr(at_personio, "create_webhook", meanwhile)
    events.switch_on(account, administrator)
    assert ("delete_webhook", "hook-2") in at_personio.asked


def test_an_id_of_a_webhook_that_there_is_no_room_for_is_an_odd_answer(
    account: PersonioAccount, administrator: User, at_personio: PersonioDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(at_personio, "create_webhook", lambda *_args: "x" * 65)
    with pytest.raises(PersonioRefused) as refused:
        events.switch_on(account, administrator)
    assert refused.value.refusal is Refusal.ODD_ANSWER


def test_only_an_administrator_of_the_company_switches(
    account: PersonioAccount, administrator: User, at_personio: PersonioDouble
) -> None:
    manager = member(EntityFactory(company=account.company), Role.Preset.PAYROLL_MANAGER)
    for user in (manager, member(EntityFactory())):
        for act in (events.switch_on, events.switch_off):
            with pytest.raises(PersonioRefused) as refused:
                act(account, user)
            assert refused.value.refusal is Refusal.NOT_ALLOWED
    assert at_personio.asked == []
