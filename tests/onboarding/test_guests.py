"""Guests' links, sessions and codes, at the service."""

import hashlib
import re
from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from onboarding.models import AuditEvent, Guest, GuestCode, GuestLink, LegalEntity, Mail, User
from onboarding.services import assignments, guest_codes, guests
from onboarding.steps import StepKey

pytestmark = pytest.mark.django_db


@pytest.fixture
def guest(entity: LegalEntity, administrator: User) -> Guest:
    made = assignments.invite(
        entity.company, name="Mieke", firm="", email="mieke@jansen.example", language="nl", by=administrator
    )
    assignments.assign(entity, StepKey.LOKET_ACCOUNT, guest=made, by=administrator)
    Mail.objects.all().delete()
    return made


def token_for(guest: Guest) -> str:
    match = re.search(r"/guest/open/([^/]+)/$", guests.new_link(guest))
    assert match
    return match[1]


@pytest.fixture
def session(guest: Guest) -> SessionStore:
    """A session that the guest has opened."""
    store = SessionStore()
    store.create()
    assert guests.open_session(token_for(guest), store) == guest
    return store


def code_in_mail() -> str:
    match = re.search(r"^(\d{6})$", Mail.objects.filter(kind="guest_code").latest("pk").text, re.MULTILINE)
    assert match
    return match[1]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


# --- The link -----------------------------------------------------------------------------------------------------------


def test_a_token_has_256_bits_and_only_its_hash_is_stored(guest: Guest) -> None:
    tokens = {token_for(guest) for _ in range(5)}
    assert len(tokens) == 5
    assert all(len(token) == 43 for token in tokens)  # 32 bytes in base64
    stored = set(GuestLink.objects.values_list("token_hash", flat=True))
    assert {hashlib.sha256(token.encode()).hexdigest() for token in tokens} <= stored


def test_a_link_holds_for_14_days(guest: Guest) -> None:
    token = token_for(guest)
    link = GuestLink.objects.latest("pk")
    assert link.expires_at - link.created_at == timedelta(days=14)
    assert guests.peek(token) == guest
    GuestLink.objects.update(expires_at=timezone.now())
    assert guests.peek(token) is None
    assert guests.open_session(token, SessionStore()) is None


def test_looking_changes_nothing(guest: Guest) -> None:
    token = token_for(guest)
    guests.peek(token)
    assert GuestLink.objects.latest("pk").opened_at is None
    assert not AuditEvent.objects.filter(action="guest_opened").exists()


def test_opening_changes_the_session_key_and_is_in_the_trail(guest: Guest) -> None:
    store = SessionStore()
    store["of_the_member"] = "stays"
    store.create()
    before = store.session_key
    guests.open_session(token_for(guest), store)
    assert store.session_key != before
    assert store["of_the_member"] == "stays"
    assert AuditEvent.objects.get(action="guest_opened").guest == guest


def test_no_session_holds_the_token(guest: Guest) -> None:
    store, token = SessionStore(), token_for(guest)
    store.create()
    guests.open_session(token, store)
    assert token not in str(dict(store.items()))


@pytest.mark.parametrize("how", ["guest", "link", "expired"])
def test_every_request_asks_anew_whether_the_link_holds(how: str, guest: Guest, session: SessionStore) -> None:
    assert guests.current(session) == guest
    if how == "guest":
        Guest.objects.update(revoked_at=timezone.now())
    elif how == "link":
        GuestLink.objects.update(revoked_at=timezone.now())
    else:
        GuestLink.objects.update(expires_at=timezone.now())
    assert guests.current(session) is None
    assert not guests.is_confirmed(session)
    link = guests.visit(session)
    assert link is not None
    assert link.guest.invited_by is not None, "the page can name whom to ask"


def test_revoking_ends_links_sessions_and_tasks_and_inviting_again_revives_none_of_them(
    guest: Guest, session: SessionStore, administrator: User
) -> None:
    token = token_for(guest)
    guests.revoke(guest, administrator)
    assert guests.peek(token) is None
    assert guests.current(session) is None
    assert not guests.tasks(guest).exists()
    assert AuditEvent.objects.get(action="guest_revoked").actor == administrator
    assignments.invite(guest.company, name="Mieke", firm="", email=guest.email, language="nl", by=administrator)
    assert guests.peek(token) is None
    assert guests.current(session) is None
    guest.refresh_from_db()
    assert guests.peek(token_for(guest)) == guest


def test_an_expired_link_is_renewed_by_mail_once_a_day(guest: Guest) -> None:
    GuestLink.objects.update(created_at=timezone.now() - timedelta(days=15), expires_at=timezone.now())
    link = GuestLink.objects.latest("pk")
    assert guests.renew_link(link)
    assert not guests.renew_link(link)
    assert [mail.to for mail in Mail.objects.filter(kind="link_new")] == [guest.email]


@pytest.mark.parametrize("why", ["revoked", "no task"])
def test_nobody_renews_what_was_ended(why: str, guest: Guest, administrator: User) -> None:
    if why == "revoked":
        guests.revoke(guest, administrator)
    else:
        assignments.take_back(guest.assignments.get(), administrator)
    GuestLink.objects.update(created_at=timezone.now() - timedelta(days=15), expires_at=timezone.now())
    assert not guests.renew_link(GuestLink.objects.latest("pk"))
    assert not Mail.objects.filter(kind="link_new").exists()


# --- The code -------------------------------------------------------------------------------------------------------------


def test_the_code_of_the_mail_confirms_once(guest: Guest, session: SessionStore) -> None:
    assert guest_codes.send(guest, session)
    assert not guests.is_confirmed(session)
    code, key = code_in_mail(), session.session_key
    assert guest_codes.confirm(guest, session, f" {code[:3]} {code[3:]} ")
    assert guests.is_confirmed(session)
    assert session.session_key != key
    assert not guest_codes.confirm(guest, session, code)


def test_a_code_is_stored_as_a_hash_that_six_digits_do_not_break(guest: Guest, session: SessionStore) -> None:
    guest_codes.send(guest, session)
    stored, code = GuestCode.objects.get(), code_in_mail()
    assert code not in (stored.code_hash, stored.session_hash)
    assert stored.code_hash != hashlib.sha256(code.encode()).hexdigest()


def test_a_code_counts_in_its_own_session_only(guest: Guest, session: SessionStore) -> None:
    guest_codes.send(guest, session)
    other = SessionStore()
    other.create()
    guests.open_session(token_for(guest), other)
    assert not guest_codes.confirm(guest, other, code_in_mail())
    assert not guests.is_confirmed(other)


def test_a_code_holds_for_15_minutes(guest: Guest, session: SessionStore) -> None:
    guest_codes.send(guest, session)
    GuestCode.objects.update(created_at=timezone.now() - timedelta(minutes=15, seconds=1))
    assert not guest_codes.is_waiting(session)
    assert not guest_codes.confirm(guest, session, code_in_mail())


def test_five_tries_are_all_then_a_new_code_is_needed(guest: Guest, session: SessionStore) -> None:
    guest_codes.send(guest, session)
    code = code_in_mail()
    assert [guest_codes.confirm(guest, session, wrong(code)) for _ in range(5)] == [False] * 5
    assert not guest_codes.confirm(guest, session, code)
    assert not guest_codes.is_waiting(session)
    GuestCode.objects.update(created_at=timezone.now() - timedelta(seconds=61))
    assert guest_codes.send(guest, session)
    assert guest_codes.confirm(guest, session, code_in_mail())


def test_four_wrong_tries_leave_a_fifth(guest: Guest, session: SessionStore) -> None:
    guest_codes.send(guest, session)
    code = code_in_mail()
    for _ in range(4):
        guest_codes.confirm(guest, session, wrong(code))
    assert guest_codes.confirm(guest, session, code)


def test_a_newer_code_ends_the_one_before(guest: Guest, session: SessionStore) -> None:
    guest_codes.send(guest, session)
    first = code_in_mail()
    GuestCode.objects.update(created_at=timezone.now() - timedelta(seconds=61))
    guest_codes.send(guest, session)
    newest = code_in_mail()
    if first != newest:
        assert not guest_codes.confirm(guest, session, first)
    assert guest_codes.confirm(guest, session, newest)


def test_codes_are_mailed_once_a_minute_and_ten_times_a_day(guest: Guest, session: SessionStore) -> None:
    assert guest_codes.send(guest, session)
    assert not guest_codes.send(guest, session)
    for _ in range(9):
        GuestCode.objects.update(created_at=timezone.now() - timedelta(minutes=2))
        assert guest_codes.send(guest, session)
    GuestCode.objects.update(created_at=timezone.now() - timedelta(minutes=2))
    assert not guest_codes.send(guest, session)
    assert Mail.objects.filter(kind="guest_code").count() == 10


def test_leaving_ends_the_guest_and_nothing_else(guest: Guest, session: SessionStore) -> None:
    session["of_the_member"] = "stays"
    guests.leave(session)
    assert guests.current(session) is None
    assert session["of_the_member"] == "stays"
