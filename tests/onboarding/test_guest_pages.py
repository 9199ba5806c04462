"""What a guest sees and may do in the browser; and what a mail scanner, a stranger and a revoked guest don't."""

import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from loket_portal.lib.redact import redact_text
from onboarding.facts import Finding, Outcome
from onboarding.models import (
    Assignment,
    AuditEvent,
    Evidence,
    Guest,
    GuestCode,
    GuestLink,
    LegalEntity,
    Mail,
    SignInAttempt,
    User,
)
from onboarding.services import assignments, evidence, guests, rights
from onboarding.steps import StepKey
from onboarding.wording import SIGN_IN
from tests.factories import EntityFactory, LoginFactory, member

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
USER, ACCOUNT = StepKey.INTEGRATION_USER, StepKey.LOKET_ACCOUNT


@pytest.fixture(autouse=True)
def no_limits_left_over() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def hired(entity: LegalEntity, by: User, step: StepKey = ACCOUNT, email: str = "mieke@jansen.example") -> Assignment:
    guest = assignments.invite(
        entity.company, name="Mieke Jansen", firm="Jansen & Co", email=email, language="nl", by=by
    )
    return assignments.assign(entity, step, guest=guest, message="Please look.", by=by)


@pytest.fixture
def task(entity: LegalEntity, administrator: User) -> Assignment:
    entity.company.name = "Tulp Groep"
    entity.company.save()
    return hired(entity, administrator)


@pytest.fixture
def user_task(entity: LegalEntity, administrator: User, task: Assignment) -> Assignment:
    return hired(entity, administrator, USER)


def link_of(guest: Guest | None) -> str:
    assert guest
    return urlsplit(guests.new_link(guest)).path


def come_in(client: Client, task: Assignment) -> Client:
    assert client.post(link_of(task.guest)).headers["Location"] == reverse("guest_tasks")
    return client


def confirm(client: Client, task: Assignment) -> Client:
    client.post(reverse("guest_code"), {"action": "send", "task": task.pk})
    text = Mail.objects.filter(kind="guest_code").latest("pk").text
    code = re.search(r"^(\d{6})$", text, re.MULTILINE)
    assert code
    answer = client.post(reverse("guest_code"), {"code": code[1], "task": task.pk})
    assert answer.headers["Location"] == reverse("guest_task", args=[task.pk])
    return client


@pytest.fixture
def inside(client: Client, task: Assignment) -> Client:
    """A guest who has opened the link."""
    return come_in(client, task)


@pytest.fixture
def confirmed(inside: Client, task: Assignment) -> Client:
    """A guest who has typed the code too."""
    return confirm(inside, task)


def page(client: Client, name: str, *args: int, **more: object) -> str:
    answer = client.get(reverse(name, args=args), **more)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.status_code
    return " ".join(answer.content.decode().split())


# --- The link -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_mail_scanner_opens_nothing(method: str, client: Client, task: Assignment) -> None:
    path = link_of(task.guest)
    for _ in range(3):
        assert getattr(client, method)(path).status_code == 200
    assert "sessionid" not in client.cookies
    assert not GuestLink.objects.filter(opened_at__isnull=False).exists()
    assert not AuditEvent.objects.filter(action="guest_opened").exists()
    assert client.get(reverse("guest_tasks")).status_code == 403
    assert client.post(path).status_code == 302, "and the person who comes after it still gets in"


def test_the_page_of_the_link_names_who_asks_and_shows_one_button(client: Client, task: Assignment) -> None:
    shown = " ".join(client.get(link_of(task.guest)).content.decode().split())
    assert str(task.assigned_by) in shown
    assert 'method="post"' in shown
    assert task.entity.name not in shown, "what the tasks are stands behind the button"


def test_the_token_is_gone_from_the_address_and_from_every_page_after_it(client: Client, task: Assignment) -> None:
    path = link_of(task.guest)
    token = path.split("/")[3]
    answer = client.post(path, follow=True)
    assert answer.redirect_chain == [(reverse("guest_tasks"), 302)]
    assert token not in answer.content.decode()
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert token not in page(client, "guest_task", task.pk)


def test_no_log_shows_a_token(client: Client, task: Assignment, caplog: pytest.LogCaptureFixture) -> None:
    path = link_of(task.guest)
    strict = Client(enforce_csrf_checks=True)
    with caplog.at_level(logging.DEBUG):
        strict.post(path)
    assert caplog.messages, "Django logs the address of a refused request"
    assert not [message for message in caplog.messages if path.split("/")[3] in redact_text(message)]


def test_opening_needs_a_token_of_this_site(client: Client, task: Assignment) -> None:
    assert Client(enforce_csrf_checks=True).post(link_of(task.guest)).status_code == 403


@pytest.mark.parametrize("why", ["unknown", "expired", "revoked", "guest revoked"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_that_holds_no_longer_says_whom_to_ask(
    why: str, method: str, client: Client, task: Assignment, administrator: User
) -> None:
    path = link_of(task.guest)
    if why == "expired":
        GuestLink.objects.update(expires_at=timezone.now())
    elif why == "revoked":
        GuestLink.objects.update(revoked_at=timezone.now())
    elif why == "guest revoked":
        Guest.objects.update(revoked_at=timezone.now())
    else:
        path = reverse("guest_open", args=["unknown-token"])
    answer = getattr(client, method)(path)
    assert answer.status_code == 403
    assert (str(administrator) in answer.content.decode()) == (why != "unknown")
    assert client.get(reverse("guest_tasks")).status_code == 403


def test_an_expired_link_offers_a_new_one_and_sends_it_to_the_mailbox_only(client: Client, task: Assignment) -> None:
    path = link_of(task.guest)
    GuestLink.objects.update(expires_at=timezone.now(), created_at=timezone.now() - timedelta(days=15))
    assert 'value="renew"' in client.get(path).content.decode()
    answer = client.post(path, {"action": "renew"})
    written = Mail.objects.get(kind="link_new")
    token = re.search(r"/guest/open/([^/]+)/", written.text)
    assert token
    assert token[1] not in answer.content.decode()
    assert written.to == "mieke@jansen.example"


def test_a_revoked_guest_is_offered_no_new_link(client: Client, task: Assignment) -> None:
    path = link_of(task.guest)
    Guest.objects.update(revoked_at=timezone.now())
    assert 'value="renew"' not in client.get(path).content.decode()


def test_a_session_whose_link_has_expired_offers_a_new_link(inside: Client) -> None:
    GuestLink.objects.update(expires_at=timezone.now(), created_at=timezone.now() - timedelta(days=15))
    answer = inside.get(reverse("guest_tasks"))
    assert reverse("guest_renew") in answer.content.decode()
    inside.post(reverse("guest_renew"))
    assert Mail.objects.filter(kind="link_new").count() == 1


def test_opening_is_limited_per_address(client: Client, task: Assignment) -> None:
    answers = [client.post(reverse("guest_open", args=[f"guess-{number}"])).status_code for number in range(22)]
    assert set(answers[:20]) == {403}
    assert answers[20:] == [429, 429]


# --- Guests and members ---------------------------------------------------------------------------------------------------


def test_a_guest_is_no_user_of_the_portal(confirmed: Client, task: Assignment) -> None:
    for name in ("setup", "entity", "setup_assign", "setup_step", "connect"):
        args = [task.entity.pk, ACCOUNT] if name in {"setup_assign", "setup_step"} else [task.entity.pk]
        assert confirmed.get(reverse(name, args=args)).headers["Location"].startswith("/account/login/")
    assert confirmed.get("/").headers["Location"].startswith("/account/login/")
    assert "_auth_user_id" not in confirmed.session


def test_a_member_who_opens_a_guests_link_stays_signed_in(signed_in: Client, task: Assignment) -> None:
    key = signed_in.session.session_key
    come_in(signed_in, task)
    assert signed_in.session.session_key != key
    assert signed_in.get("/").status_code == 200
    assert signed_in.get(reverse("guest_tasks")).status_code == 200
    signed_in.post(reverse("guest_leave"))
    assert signed_in.get("/").status_code == 200
    assert signed_in.get(reverse("guest_tasks")).status_code == 403


def test_a_member_is_no_guest(signed_in: Client, task: Assignment) -> None:
    for name, args in (("guest_tasks", []), ("guest_task", [task.pk]), ("guest_code", [])):
        assert signed_in.get(reverse(name, args=args)).status_code == 403


GUEST_PAGES = [
    ("guest_task", "get"),
    ("guest_task", "post"),
    ("guest_check", "post"),
    ("guest_sign_in", "post"),
    ("guest_checklist", "get"),
]


@pytest.mark.parametrize(("name", "method"), GUEST_PAGES)
@pytest.mark.parametrize("whose", ["another company", "another guest", "a colleague", "taken back", "nobody"])
def test_a_task_that_is_not_the_guests_own_is_not_found(
    whose: str, name: str, method: str, confirmed: Client, entity: LegalEntity, administrator: User
) -> None:
    other = EntityFactory()
    made = {
        "another company": lambda: hired(other, member(other), USER).pk,
        "another guest": lambda: hired(entity, administrator, USER, "other@firm.example").pk,
        "a colleague": lambda: assignments.assign(entity, USER, member=administrator, by=administrator).pk,
        "taken back": lambda: _taken_back(hired(entity, administrator, USER), administrator),
        "nobody": lambda: 10**6,
    }[whose]()
    assert getattr(confirmed, method)(reverse(name, args=[made])).status_code == 404


def _taken_back(task: Assignment, by: User) -> int:
    assignments.take_back(task, by)
    return task.pk


@pytest.mark.parametrize(("name", "method"), GUEST_PAGES)
def test_who_is_no_guest_gets_no_page(name: str, method: str, client: Client, user_task: Assignment) -> None:
    assert getattr(client, method)(reverse(name, args=[user_task.pk])).status_code == 403


@pytest.mark.parametrize(("name", "method"), GUEST_PAGES)
def test_a_revoked_guest_is_out_at_once(
    name: str, method: str, client: Client, user_task: Assignment, administrator: User
) -> None:
    confirm(come_in(client, user_task), user_task)
    assert user_task.guest
    guests.revoke(user_task.guest, administrator)
    answer = getattr(client, method)(reverse(name, args=[user_task.pk]))
    assert answer.status_code == 403
    assert str(administrator) in answer.content.decode()
    assert not SignInAttempt.objects.exists()


def test_the_list_shows_the_guests_own_tasks_only(inside: Client, task: Assignment, administrator: User) -> None:
    other = EntityFactory(company=task.entity.company, name="Somebody else B.V.")
    administrator.memberships.get().role.payroll_entities.add(other)
    hired(other, administrator, USER, "other@firm.example")
    shown = page(inside, "guest_tasks")
    assert task.entity.name in shown
    assert "Somebody else B.V." not in shown
    assert shown.count('class="card-name"') == 1


def test_an_empty_list_says_whom_to_ask(inside: Client, task: Assignment, administrator: User) -> None:
    assignments.take_back(task, administrator)
    assert str(administrator) in page(inside, "guest_tasks")


# --- The language -----------------------------------------------------------------------------------------------------------


def test_guests_get_dutch_whatever_their_browser_says_until_they_switch(inside: Client, task: Assignment) -> None:
    english = {"accept-language": "en"}
    assert '<html lang="nl">' in page(inside, "guest_tasks", headers=english)
    assert '<html lang="nl">' in page(inside, "guest_task", task.pk, headers=english)
    inside.post(reverse("language"), {"language": "en", "next": reverse("guest_tasks")})
    assert '<html lang="en">' in page(inside, "guest_tasks")


def test_the_switch_changes_the_language_of_mails_after_the_code_only(inside: Client, task: Assignment) -> None:
    inside.post(reverse("language"), {"language": "en"})
    assert Guest.objects.get().language == "nl"
    confirm(inside, task)
    inside.post(reverse("language"), {"language": "en"})
    assert Guest.objects.get().language == "en"


@pytest.mark.parametrize(("chosen", "kept"), [("nl", "nl"), ("en", "en"), ("de", ""), ("", "")])
def test_the_language_that_a_member_chooses_is_that_of_his_mails(
    chosen: str, kept: str, signed_in: Client, administrator: User
) -> None:
    signed_in.post(reverse("language"), {"language": chosen, "next": "/"})
    administrator.refresh_from_db()
    assert administrator.language == kept


def test_what_waits_for_the_guest_is_to_be_done_by_him_on_the_page_too(
    inside: Client, task: Assignment, administrator: User
) -> None:
    evidence.declare(task.entity, StepKey.LEGAL_ENTITY, actor=administrator)
    status = re.search(r'id="task-status">(.*?)</p>', page(inside, "guest_task", task.pk), re.DOTALL)
    assert status
    assert "Te doen" in status[1]
    assert f"door {administrator}" in status[1]
    assert "Wacht op" not in status[1]


# --- The code ---------------------------------------------------------------------------------------------------------------


WRITES = [("guest_task", {"report": "on"}), ("guest_task", {"rights": "x"}), ("guest_check", {}), ("guest_sign_in", {})]


@pytest.mark.parametrize(("name", "data"), WRITES)
def test_nothing_is_written_before_the_code(
    name: str, data: dict[str, str], client: Client, user_task: Assignment
) -> None:
    come_in(client, user_task)
    answer = client.post(reverse(name, args=[user_task.pk]), data, follow=True)
    assert "nothing was saved" in answer.content.decode().lower() or "niets opgeslagen" in answer.content.decode()
    assert not Evidence.objects.exists()
    assert not SignInAttempt.objects.exists()
    user_task.refresh_from_db()
    assert user_task.done_at is None


def test_until_the_code_everything_that_writes_is_disabled(client: Client, user_task: Assignment) -> None:
    come_in(client, user_task)
    shown = page(client, "guest_task", user_task.pk)
    assert 'id="code-first"' in shown
    assert re.search(r'<fieldset class="sheet" disabled aria-describedby="code-first">', shown)
    boxes = re.findall(r'<input type="checkbox"[^>]*>', shown)
    assert boxes
    assert all("disabled" in box for box in boxes)
    confirm(client, user_task)
    shown = page(client, "guest_task", user_task.pk)
    assert 'id="code-first"' not in shown
    assert "disabled" not in " ".join(re.findall(r"<(?:input|fieldset|button|textarea)[^>]*>", shown)).replace(
        "hx-disabled-elt", ""
    )


def test_the_code_brings_the_guest_back_to_his_task(inside: Client, task: Assignment) -> None:
    answer = inside.post(reverse("guest_code"), {"action": "send", "task": task.pk})
    assert answer.headers["Location"] == f"{reverse('guest_code')}?task={task.pk}"
    shown = inside.get(answer.headers["Location"]).content.decode()
    assert f'name="task" value="{task.pk}"' in shown
    assert 'autocomplete="one-time-code"' in shown


def test_a_wrong_code_is_told_at_the_field_and_lets_nobody_in(inside: Client, task: Assignment) -> None:
    inside.post(reverse("guest_code"), {"action": "send"})
    GuestCode.objects.update(code_hash="0" * 64)
    answer = inside.post(reverse("guest_code"), {"code": "123456"})
    assert answer.status_code == 200
    assert 'id="id_code_error"' in answer.content.decode()
    assert inside.post(reverse("guest_task", args=[task.pk]), {"report": "on"}, follow=True).status_code == 200
    task.refresh_from_db()
    assert task.done_at is None


@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "1234567", "１２３４５６"])
def test_what_is_no_code_costs_no_try(typed: str, inside: Client) -> None:
    inside.post(reverse("guest_code"), {"action": "send"})
    inside.post(reverse("guest_code"), {"code": typed})
    assert GuestCode.objects.get().tries == 0


def test_typing_codes_is_limited(inside: Client) -> None:
    answers = [inside.post(reverse("guest_code"), {"code": "123456"}).status_code for _ in range(22)]
    assert answers[20:] == [429, 429]


@pytest.mark.parametrize("to", ["1e3", "-1", "//evil.example/", "²", "9" * 30])
def test_only_a_number_leads_back_to_a_task(to: str, confirmed: Client) -> None:
    assert confirmed.get(reverse("guest_code"), {"task": to}).headers["Location"] == reverse("guest_tasks")


# --- The work -----------------------------------------------------------------------------------------------------------------


def test_done_with_a_note_is_evidence_and_leads_back_to_the_list(confirmed: Client, task: Assignment) -> None:
    answer = confirmed.post(reverse("guest_task", args=[task.pk]), {"report": "on", "note": "All three."})
    assert answer.headers["Location"] == reverse("guest_tasks")
    assert Evidence.objects.get(fact=ACCOUNT).params == {"note": "All three."}
    assert "All three." in Mail.objects.get(kind="done").text


@pytest.mark.parametrize("note", ["BSN 123456782", "NL91 ABNA 0417 1643 00", "password=hunter2!"])
def test_a_note_with_a_number_of_a_person_or_a_secret_is_refused_and_kept_on_the_page(
    note: str, confirmed: Client, task: Assignment
) -> None:
    answer = confirmed.post(reverse("guest_task", args=[task.pk]), {"report": "on", "note": note})
    assert answer.status_code == 200
    assert 'id="id_note_error"' in answer.content.decode()
    assert note in answer.content.decode()
    assert not Evidence.objects.filter(fact=ACCOUNT).exists()
    assert not Mail.objects.filter(kind="done").exists()


def test_ticks_are_kept_with_done_and_done_needs_all_of_them(client: Client, user_task: Assignment) -> None:
    confirm(come_in(client, user_task), user_task)
    path = reverse("guest_task", args=[user_task.pk])
    some = list(rights.SLUGS[:14])
    answer = client.post(path, {"rights": some, "report": "on", "note": "Almost."})
    assert answer.status_code == 200
    assert "Almost." in answer.content.decode()
    assert rights.ticks_of(user_task.entity).slugs == set(some)
    assert not Evidence.objects.filter(fact=USER).exists()
    client.post(path, {"rights": list(rights.SLUGS), "shown": some, "report": "on"})
    said = Evidence.objects.get(fact=USER)
    assert said.guest == user_task.guest


def test_a_tick_is_kept_as_it_is_made(client: Client, user_task: Assignment) -> None:
    come_in(client, user_task)
    confirm(client, user_task)
    url = reverse("guest_task", args=[user_task.pk])
    assert f'hx-post="{url}"' in page(client, "guest_task", user_task.pk)
    answer = client.post(url, {"rights": [rights.SLUGS[0]]}, headers={"hx-request": "true"})
    assert answer.status_code == 200
    assert f'name="shown" value="{rights.SLUGS[0]}"' in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert rights.ticks_of(user_task.entity).slugs == {rights.SLUGS[0]}


def test_ticks_are_saved_without_reporting(client: Client, user_task: Assignment) -> None:
    confirm(come_in(client, user_task), user_task)
    client.post(reverse("guest_task", args=[user_task.pk]), {"rights": [rights.SLUGS[0]]})
    ticks = rights.ticks_of(user_task.entity)
    assert (ticks.slugs, ticks.by) == ({rights.SLUGS[0]}, str(user_task.guest))
    user_task.refresh_from_db()
    assert user_task.done_at is None


def test_the_check_sign_in_leaves_for_loket_in_the_name_of_the_guest(client: Client, user_task: Assignment) -> None:
    confirm(come_in(client, user_task), user_task)
    answer = client.post(reverse("guest_sign_in", args=[user_task.pk]))
    assert "/authorize" in answer.headers["Location"]
    attempt = SignInAttempt.objects.get()
    assert (attempt.guest, attempt.user, attempt.purpose) == (user_task.guest, None, "check")


def test_only_the_integration_user_has_a_sign_in(confirmed: Client, task: Assignment) -> None:
    assert confirmed.post(reverse("guest_sign_in", args=[task.pk])).status_code == 404


def test_the_checklist_is_dutch_and_leads_back_to_the_guests_page(inside: Client, task: Assignment) -> None:
    shown = page(inside, "guest_checklist", task.pk)
    assert "Algemeen" in shown
    assert reverse("guest_task", args=[task.pk]) in shown


def test_no_page_of_a_guest_leads_to_a_page_of_members(
    confirmed: Client, user_task: Assignment, task: Assignment
) -> None:
    for name, args in (("guest_tasks", []), ("guest_task", [task.pk]), ("guest_task", [user_task.pk])):
        links = re.findall(r'(?:href|action)="(/[^"#]*)"', page(confirmed, name, *args))
        allowed = ("/guest/", "/language/", "/static/", "/outbox/")
        assert [link for link in links if not link.startswith(allowed)] == []


# --- The guest is the one who acts ------------------------------------------------------------------------------------------


def read(client: Client, task: Assignment) -> str:
    client.cookies["django_language"] = "en"
    Guest.objects.update(language="en")
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page(client, "guest_task", task.pk)))


def test_a_guest_is_spoken_to_and_not_spoken_of(inside: Client, user_task: Assignment) -> None:
    failed = Finding(Outcome.FAILED, "rights_missing", {"names": "Beheer HRM"})
    ours = Finding(Outcome.FAILED, "filter_set")
    login = LoginFactory(company=user_task.entity.company)
    LegalEntity.objects.filter(pk=user_task.entity_id).update(loket_login=login)
    evidence.record(failed, "rights", login=login)
    evidence.record(ours, "filter_settings", login=login)
    text = read(inside, user_task)
    assert "Usually done by You, in Loket" in text
    assert "Who acts: you." in text
    assert "To be done by you." in text
    assert "To be done by an administrator of Tulp Groep" in text
    assert "your payroll administrator" not in text.lower()
    assert "your company" not in text


@pytest.mark.parametrize("refusal", [refusal for refusal, told in SIGN_IN.items() if told.is_in_loket])
@pytest.mark.parametrize("is_guest", [True, False])
def test_a_stopped_sign_in_says_who_works_in_loket_to_members_only(
    is_guest: bool, refusal: str, inside: Client, signed_in: Client
) -> None:
    client = inside if is_guest else signed_in
    session = client.session
    session["sign_in_stopped"] = {"is_guest": is_guest, "refusal": refusal}
    session.save()
    text = client.get(reverse("connect_stopped"), headers={"accept-language": "en"}).content.decode()
    assert ("accountant" in text) is not is_guest
