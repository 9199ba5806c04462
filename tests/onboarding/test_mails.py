"""E-mails: their words in both languages, to whom they go, and how they leave: once, again after a fault, or never."""

import re
import smtplib
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.core import mail as django_mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from onboarding.facts import Fact, Outcome, Owner
from onboarding.models import AuditEvent, Booking, Guest, Issue, LegalEntity, Mail, Role, User
from onboarding.services import assignments, delivery, mails
from onboarding.steps import StepKey
from onboarding.wording import mails as words
from sync.guards import Code, Guard
from tests.factories import EntityFactory, UserFactory, member

pytestmark = pytest.mark.django_db
URL = "https://portal.example/somewhere/"


@pytest.fixture
def production(settings: LazySettings) -> LazySettings:
    """Mail as production has it: sent by the worker, and its text gone afterwards."""
    settings.IS_DEMO = False
    return settings


@pytest.fixture
def guest(entity: LegalEntity, administrator: User) -> Guest:
    return Guest.objects.create(
        company=entity.company, name="Mieke <Jansen>", firm="Jansen & Co", email="mieke@jansen.example"
    )


def context_of(kind: str, entity: LegalEntity, by: User, guest: Guest) -> dict[str, Any]:
    """A whole context, as the docstring of services/mails.py promises it."""
    step, now = StepKey.INTEGRATION_USER, timezone.now()
    failed = Fact("sign_in_needed", Outcome.FAILED, now, code="sign_in_needed", params={"user": "u@company.example"})
    refused = Issue(company=entity.company, kind=Issue.Kind.CREDENTIALS_REFUSED, is_blocking=True)
    own: dict[str, dict[str, Any]] = {
        "assigned": {"step": step, "by": by, "message": "Please <b>look</b>.\n\nThank you.", "guest": guest},
        "reminder": {"step": step, "by": None, "giver": by, "since": now, "message": "Please.", "guest": guest},
        "done": {"step": step, "holder": str(guest), "by": str(guest), "note": "All ticked."},
        "problem_found": {"step": step, "facts": [failed], "guest": None},
        "sign_in_needed": {"employer": "Tulp Horeca B.V.", "loket_user": "u@company.example"},
        "enabled": {},
        "released": {"administration": "Tulp Horeca B.V."},
        "booking_received": {"entities": [entity], "position": 2},
        "booking_new": {"entities": [entity], "company": entity.company, "by": by},
        "booking_changed": {"entities": [entity], "state": Booking.State.WAITING, "reply": "Which one?"},
        "booking_answered": {"entities": [entity], "company": entity.company, "by": by, "answer": "The first."},
        "guest_code": {"code": "012345", "guest": guest},
        "link_new": {"guest": guest},
        "hr_issue": {"issues": [refused]},
        "schedule_stopped": {"is_sign_in": True},
        "run_waiting": {"guards": (Guard(Code.BANK_ACCOUNTS, 3, 60), Guard(Code.TOO_MANY_CHANGES, 30, 60))},
    }
    return {"entity": entity, "url": URL} | own[kind]


# --- The words ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("kind", mails.KINDS)
def test_every_kind_names_the_entity_and_has_one_link_in_both_parts(
    kind: str, language: str, entity: LegalEntity, administrator: User, guest: Guest
) -> None:
    written = mails.send(kind, "x@y.example", language, context_of(kind, entity, administrator, guest))
    for part in (written.text, written.html):
        assert entity.name in part
        assert set(re.findall(r"https?://[^\s\"<]+", part)) == {URL}
        assert not re.search(r"%\(|\{\{|\{%|None|%s|\?\?", part)
        assert not re.search(r"\[\w+\]", part)
        assert "B.V.." not in part
    assert entity.name in written.subject
    assert written.html.count("<a ") == 1, "one action per e-mail"
    assert f'<html lang="{language}">' in written.html
    assert "<" not in written.text.replace("Mieke <Jansen>", "").replace("<b>look</b>", "")


@pytest.mark.parametrize("kind", mails.KINDS)
def test_every_kind_has_a_name_and_the_subject_is_one_line(
    kind: str, entity: LegalEntity, administrator: User, guest: Guest
) -> None:
    assert kind in words.KINDS
    LegalEntity.objects.filter(pk=entity.pk).update(name="Two\nlines B.V.")
    entity.refresh_from_db()
    written = mails.send(kind, "x@y.example", "en", context_of(kind, entity, administrator, guest))
    assert "\n" not in written.subject


def test_what_people_wrote_is_escaped_in_html_and_plain_in_text(
    entity: LegalEntity, administrator: User, guest: Guest
) -> None:
    written = mails.to_guest(guest, "assigned", context_of("assigned", entity, administrator, guest))
    assert "Please &lt;b&gt;look&lt;/b&gt;." in written.html
    assert "<b>look</b>" not in written.html
    assert "Mieke &lt;Jansen&gt;" in written.html
    assert "> Please <b>look</b>.\n>\n> Thank you." in written.text


def test_a_mail_speaks_the_language_of_its_reader(entity: LegalEntity, administrator: User, guest: Guest) -> None:
    told = context_of("assigned", entity, administrator, guest)
    administrator.language = "nl"
    assert mails.to_user(administrator, "assigned", told).language == "nl"
    assert mails.to_user(UserFactory(), "assigned", told).language == "en"
    assert mails.to_guest(guest, "assigned", told).language == "nl"
    assert mails.send("enabled", "x@y.example", "xx", told).language == "en"


def test_a_guest_without_an_address_in_the_context_gets_a_link_of_his_own(
    entity: LegalEntity, administrator: User, guest: Guest, settings: LazySettings
) -> None:
    told = context_of("assigned", entity, administrator, guest)
    del told["url"]
    written = mails.to_guest(guest, "assigned", told)
    assert f"{settings.PORTAL_URL}/guest/open/" in written.text
    assert guest.links.count() == 1


def test_several_tasks_are_told_as_several_with_the_minutes_of_all(
    entity: LegalEntity, administrator: User, guest: Guest
) -> None:
    told = context_of("assigned", entity, administrator, guest) | {"with_others": [StepKey.LOKET_ACCOUNT]}
    written = mails.send("assigned", "x@y.example", "en", told)
    assert "asks you to do these tasks" in written.text
    assert "Together they take about 20 minutes." in written.text
    own = mails.send("assigned", "x@y.example", "en", told | {"guest": None})
    assert "gave you these tasks" in own.text
    one = mails.send("assigned", "x@y.example", "en", told | {"with_others": []})
    assert "asks you to do a task" in one.text
    assert "It takes about 15 minutes." in one.text


def test_a_quote_is_introduced_with_the_name_of_who_wrote_it(
    entity: LegalEntity, administrator: User, guest: Guest
) -> None:
    for kind, said in (("assigned", "writes:"), ("reminder", "wrote on")):
        written = mails.send(kind, "x@y.example", "en", context_of(kind, entity, administrator, guest))
        assert f"{administrator} {said}" in written.text.partition("\n> ")[0]


def test_a_guest_who_reports_speaks_for_himself_and_a_colleague_for_him(
    entity: LegalEntity, administrator: User, guest: Guest
) -> None:
    made = assignments.assign(entity, StepKey.INTEGRATION_USER, guest=guest, by=administrator)
    assignments.report_done(made, guest=guest)
    assert f"{guest} says that this task" in Mail.objects.get(kind="done").text
    Mail.objects.all().delete()
    colleague = member(entity, Role.Preset.PAYROLL_MANAGER)
    assignments.report_done(made, by=colleague)
    assert f"{colleague} says, for {guest}, that this task" in Mail.objects.get(kind="done").text


def test_a_reminder_names_no_button_that_a_member_does_not_have(
    entity: LegalEntity, administrator: User, guest: Guest
) -> None:
    told = context_of("reminder", entity, administrator, guest) | {"guest": None}
    assert "“Done”" not in mails.send("reminder", "x@y.example", "en", told).text


def test_who_does_not_work_in_loket_is_asked_to_pass_it_on_and_who_does_is_not(
    entity: LegalEntity, administrator: User, guest: Guest
) -> None:
    facts = [Fact("rights", Outcome.FAILED, timezone.now(), code="rights_missing", params={"names": "Beheer HRM"})]

    def written() -> str:
        (mail,) = mails.to_owner(entity, Owner.ACCOUNTANT, "problem_found", {"facts": facts}, StepKey.INTEGRATION_USER)
        return mail.text

    guest.language = "en"
    guest.save()
    assert "please pass it on" in written()
    assignments.assign(entity, StepKey.INTEGRATION_USER, member=administrator, by=administrator)
    assert "please pass it on" not in written(), "a member who holds the task does it himself"
    assignments.assign(entity, StepKey.INTEGRATION_USER, guest=guest, by=administrator)
    assert "please pass it on" not in written()
    assert "tax accountant" not in written()


# --- To whom ----------------------------------------------------------------------------------------------------------------


def problem(entity: LegalEntity, owner: Owner, step: StepKey | None = None) -> list[Mail]:
    return mails.to_owner(entity, owner, "problem_found", {"facts": []}, step)


def test_the_owner_is_everybody_who_may_act(entity: LegalEntity, settings: LazySettings) -> None:
    administrator, manager = member(entity), member(entity, Role.Preset.PAYROLL_MANAGER)
    elsewhere = member(EntityFactory())
    assert [mail.to for mail in problem(entity, Owner.ADMINISTRATOR)] == [administrator.email]
    assert {mail.to for mail in problem(entity, Owner.PAYROLL)} == {administrator.email, manager.email}
    assert [mail.to for mail in problem(entity, Owner.SUPPORT)] == [settings.SUPPORT_EMAIL]
    assert elsewhere.email not in {mail.to for mail in Mail.objects.all()}


def test_the_owner_in_loket_is_who_holds_the_task_else_those_with_payroll_edit(
    entity: LegalEntity, administrator: User, guest: Guest
) -> None:
    step = StepKey.INTEGRATION_USER
    assert [mail.to for mail in problem(entity, Owner.ACCOUNTANT, step)] == [administrator.email]
    assignments.assign(entity, step, guest=guest, by=administrator)
    (written,) = problem(entity, Owner.ACCOUNTANT, step)
    assert written.to == guest.email
    assert "/guest/open/" in written.text


def test_where_nobody_may_act_support_hears_of_it(entity: LegalEntity, settings: LazySettings) -> None:
    (written,) = problem(entity, Owner.ADMINISTRATOR)
    assert written.to == settings.SUPPORT_EMAIL
    assert "/admin/onboarding/legalentity/" in written.text


def test_who_left_gets_nothing(entity: LegalEntity, administrator: User) -> None:
    manager = member(entity, Role.Preset.PAYROLL_MANAGER)
    administrator.is_active = False
    administrator.save()
    assert [mail.to for mail in problem(entity, Owner.ADMINISTRATOR)] == [manager.email]


def test_a_holder_who_left_the_company_gets_nothing(entity: LegalEntity, administrator: User) -> None:
    step, gone = StepKey.INTEGRATION_USER, member(entity, Role.Preset.PAYROLL_MANAGER)
    assignments.assign(entity, step, member=gone, by=administrator)
    assert [mail.to for mail in problem(entity, Owner.ACCOUNTANT, step)] == [gone.email]
    gone.memberships.all().delete()
    assert [mail.to for mail in problem(entity, Owner.ACCOUNTANT, step)] == [administrator.email]


# --- How they leave -------------------------------------------------------------------------------------------------------


def written(**fields: Any) -> Mail:
    made = mails.store("enabled", "anna@company.example", "en", "Subject", "Secret text", "<p>Secret html</p>")
    Mail.objects.filter(pk=made.pk).update(**fields)
    return Mail.objects.get(pk=made.pk)


def broken(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fails(_self: EmailBackend, _messages: object) -> int:
        raise error

    monkeypatch.setattr(EmailBackend, "send_messages", fails)


def test_a_mail_leaves_with_both_parts_and_its_text_is_gone(production: LazySettings) -> None:
    made = written()
    assert delivery.send_due() == 1
    (sent,) = django_mail.outbox
    assert (sent.to, sent.subject, sent.body) == (["anna@company.example"], "Subject", "Secret text")
    assert sent.alternatives[0].mimetype == "text/html"
    made.refresh_from_db()
    assert made.sent_at is not None
    assert (made.text, made.html) == ("", "")


def test_the_text_is_ciphertext_until_then(production: LazySettings) -> None:
    made = written()
    with connection.cursor() as cursor:
        cursor.execute("SELECT text, html FROM onboarding_mail WHERE id = %s", [made.pk])
        assert "Secret" not in "".join(cursor.fetchone())


def test_a_mail_that_was_sent_is_not_sent_again(production: LazySettings) -> None:
    made = written()
    assert [delivery.send_due(made.pk), delivery.send_due(made.pk), delivery.send_due()] == [1, 0, 0]
    assert len(django_mail.outbox) == 1


def test_of_two_workers_one_sends(production: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    made, calls = written(), []

    def while_the_other_comes(self: EmailBackend, messages: list[Any]) -> int:
        calls.append(delivery.send_due())  # the second worker, in the middle of the first one's sending
        calls.append(delivery._deliver(made.pk, 0))  # and one that had read the list before
        return len(messages)

    monkeypatch.setattr(EmailBackend, "send_messages", while_the_other_comes)
    assert delivery.send_due(made.pk) == 1
    assert calls == [0, False]


def test_a_fault_is_tried_again_later_each_time_with_a_longer_pause(
    production: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, pauses = written(), []
    broken(monkeypatch, smtplib.SMTPServerDisconnected("secret@host.example went away"))
    for _ in range(3):
        Mail.objects.filter(pk=made.pk).update(due_at=timezone.now())
        delivery.send_due()
        made.refresh_from_db()
        pauses.append(made.due_at - timezone.now())
        assert delivery.send_due() == 0, "not due yet"
    assert pauses == sorted(pauses)
    assert pauses[0] > timedelta(seconds=delivery.SERVER_SECONDS)
    assert (made.tries, made.error, made.given_up_at) == (3, "SMTPServerDisconnected", None)
    monkeypatch.undo()
    Mail.objects.filter(pk=made.pk).update(due_at=timezone.now())
    assert delivery.send_due() == 1


def test_after_a_day_it_is_given_up_and_logged_without_the_address(
    production: LazySettings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    made = written(created_at=timezone.now() - timedelta(days=1, minutes=1))
    broken(monkeypatch, smtplib.SMTPRecipientsRefused({"anna@company.example": (550, b"unknown")}))
    delivery.send_due()
    made.refresh_from_db()
    assert made.given_up_at is not None
    assert made.text == ""
    assert f"e-mail {made.pk} was given up" in caplog.text
    assert "anna@" not in caplog.text
    assert "anna@" not in made.error


@pytest.mark.parametrize("error", [ConnectionResetError, LookupError("unknown encoding: odd")])
def test_one_that_fails_does_not_hold_up_the_next(
    production: LazySettings, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    bad, _good = written(to="bad@company.example"), written()
    plain = EmailBackend.send_messages

    def picky(self: EmailBackend, messages: list[Any]) -> int:
        if messages[0].to == [bad.to]:
            raise error
        return plain(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", picky)
    assert delivery.send_due() == 1
    assert [sent.to for sent in django_mail.outbox] == [["anna@company.example"]]
    bad.refresh_from_db()
    assert bad.error, "support sees why, and after a day it is given up"


def test_nothing_leaves_from_what_was_rolled_back(
    production: LazySettings, entity: LegalEntity, administrator: User, guest: Guest
) -> None:
    with transaction.atomic():
        assignments.assign(entity, StepKey.INTEGRATION_USER, guest=guest, by=administrator)
        transaction.set_rollback(True)
    assert delivery.send_due() == 0
    assert not Mail.objects.exists()


def test_the_worker_is_rung_when_the_transaction_commits(
    production: LazySettings,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    rung: list[tuple[str, tuple[int, ...]]] = []
    monkeypatch.setattr("loket_portal.lib.bell._send", lambda task, ids: rung.append((task, ids)))
    with django_capture_on_commit_callbacks(execute=True):
        made = written()
        assert rung == []
    assert rung == [("onboarding.tasks.send_mails", (made.pk,))]


def test_the_demo_sends_nothing_and_keeps_everything() -> None:
    made = written()
    assert made.sent_at is not None
    assert delivery.send_due() == 0
    assert (made.text, django_mail.outbox) == ("Secret text", [])


# --- Support --------------------------------------------------------------------------------------------------------------


def test_support_sees_what_was_given_up_and_never_a_text(client: Client, production: LazySettings) -> None:
    client.force_login(
        UserFactory(is_staff=True, is_superuser=True), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    lost = written(given_up_at=timezone.now(), error="ConnectionRefusedError")
    written(to="waiting@company.example")
    page = client.get(reverse("admin:onboarding_mail_changelist"), {"state": "given_up"}, secure=True)
    assert "ConnectionRefusedError" in page.content.decode()
    assert "waiting@company.example" not in page.content.decode()
    single = client.get(reverse("admin:onboarding_mail_change", args=[lost.pk]), secure=True)
    assert single.status_code == 200
    assert "Secret" not in single.content.decode()


def test_no_audit_row_holds_a_link(entity: LegalEntity, administrator: User, guest: Guest) -> None:
    assignments.assign(entity, StepKey.INTEGRATION_USER, guest=guest, by=administrator)
    assert not [event.detail for event in AuditEvent.objects.all() if "/guest/" in event.detail]
