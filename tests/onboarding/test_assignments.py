"""Tasks in somebody's hands: who may give them, to whom, and what everybody is told (rules 7 and 9)."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from onboarding.facts import Finding, Outcome
from onboarding.models import Assignment, AuditEvent, Evidence, Guest, LegalEntity, Mail, Role, User
from onboarding.services import access, assignments, evidence, guests, reminders
from onboarding.services.assignments import AssignRefused, Refusal
from onboarding.steps import StepKey
from tests.factories import EntityFactory, UserFactory, login_of, member

pytestmark = pytest.mark.django_db
STEP = StepKey.LOKET_ACCOUNT
DAY = timedelta(days=1)


@pytest.fixture
def guest(entity: LegalEntity, administrator: User) -> Guest:
    return assignments.invite(
        entity.company, name="Mieke", firm="Jansen", email="Mieke@Jansen.example", language="nl", by=administrator
    )


def kinds() -> list[str]:
    return list(Mail.objects.order_by("pk").values_list("kind", flat=True))


def refused(refusal: Refusal, raised: pytest.ExceptionInfo[AssignRefused]) -> bool:
    return raised.value.refusal is refusal


# --- Giving -----------------------------------------------------------------------------------------------------------------


def test_a_guest_gets_a_mail_with_a_link_of_his_own_and_the_trail_says_so(
    entity: LegalEntity, administrator: User, guest: Guest
) -> None:
    assignments.assign(entity, STEP, guest=guest, message="Please", by=administrator)
    written = Mail.objects.get()
    assert (written.kind, written.to) == ("assigned", "mieke@jansen.example")
    assert "/guest/open/" in written.text
    assert "Please" in written.text
    event = AuditEvent.objects.get(action="assigned")
    assert (event.actor, event.entity, event.detail) == (administrator, entity, "loket-account: Jansen")


def test_a_colleague_gets_the_page_of_the_task_and_no_link_to_come_in(entity: LegalEntity, administrator: User) -> None:
    colleague = member(entity, Role.Preset.PAYROLL_MANAGER)
    assignments.assign(entity, STEP, member=colleague, by=administrator)
    written = Mail.objects.get()
    assert written.to == colleague.email
    assert f"/entities/{entity.pk}/setup/{STEP}/" in written.text
    assert "/guest/" not in written.text


def test_who_takes_a_task_himself_gets_no_mail(entity: LegalEntity, administrator: User) -> None:
    assignments.assign(entity, STEP, member=administrator, by=administrator)
    assert kinds() == []


def test_one_holder_per_task_the_former_one_is_out(entity: LegalEntity, administrator: User, guest: Guest) -> None:
    assignments.assign(entity, STEP, guest=guest, by=administrator)
    made = assignments.assign(entity, STEP, member=administrator, by=administrator)
    assert list(Assignment.objects.filter(ended_at__isnull=True)) == [made]
    assert assignments.open_for([entity]) == {(entity.pk, STEP): made}
    assert not guests.tasks(guest).exists()


@pytest.mark.parametrize("act", ["assign", "remind", "take_back", "report_done", "revoke"])
def test_without_payroll_edit_nobody_gives_reminds_takes_back_reports_or_revokes(  # rule 7
    act: str, entity: LegalEntity, administrator: User, guest: Guest
) -> None:
    made = assignments.assign(entity, STEP, guest=guest, by=administrator)
    weak = member(EntityFactory(company=entity.company))  # an administrator, with payroll edit elsewhere only
    Role.objects.get(company=entity.company).payroll_entities.set([])
    acts = {
        "assign": lambda: assignments.assign(entity, STEP, guest=guest, by=weak),
        "remind": lambda: assignments.remind(made, weak),
        "take_back": lambda: assignments.take_back(made, weak),
        "report_done": lambda: assignments.report_done(made, by=weak),
        "revoke": lambda: guests.revoke(guest, weak),
    }
    with pytest.raises(access.NotAllowed):
        acts[act]()
    made.refresh_from_db()
    assert (made.ended_at, made.done_at, made.reminders) == (None, None, 0)


def test_a_guest_of_another_company_is_never_assigned(entity: LegalEntity, administrator: User) -> None:
    elsewhere = EntityFactory()
    other = assignments.invite(
        elsewhere.company, name="X", firm="", email="x@y.example", language="nl", by=member(elsewhere)
    )
    with pytest.raises(AssignRefused) as raised:
        assignments.assign(entity, STEP, guest=other, by=administrator)
    assert refused(Refusal.OTHER_COMPANY, raised)
    assert not Assignment.objects.exists()


def test_a_member_of_another_company_or_without_payroll_edit_is_never_assigned(
    entity: LegalEntity, administrator: User
) -> None:
    stranger = member(EntityFactory())
    looker = member(EntityFactory(company=entity.company), Role.Preset.PAYROLL_MANAGER)
    for who in (stranger, looker):
        with pytest.raises(AssignRefused) as raised:
            assignments.assign(entity, STEP, member=who, by=administrator)
        assert refused(Refusal.CANNOT_ACT, raised)


@pytest.mark.parametrize("step", [StepKey.AUTHORIZE, StepKey.SCOPE, StepKey.PERMISSIONS, StepKey.BOOKING])
def test_a_guest_gets_only_the_tasks_in_loket(
    step: StepKey, entity: LegalEntity, administrator: User, guest: Guest
) -> None:
    with pytest.raises(AssignRefused) as raised:
        assignments.assign(entity, step, guest=guest, by=administrator)
    assert refused(Refusal.NOT_FOR_GUESTS, raised)


def test_a_revoked_guest_is_not_assigned_until_invited_again(
    entity: LegalEntity, administrator: User, guest: Guest
) -> None:
    guests.revoke(guest, administrator)
    with pytest.raises(AssignRefused) as raised:
        assignments.assign(entity, STEP, guest=guest, by=administrator)
    assert refused(Refusal.REVOKED, raised)
    again = assignments.invite(
        entity.company, name="Mieke", firm="Other", email="mieke@jansen.example", language="en", by=administrator
    )
    assert (again.pk, again.firm, again.language, again.revoked_at) == (guest.pk, "Other", "en", None)
    assignments.assign(entity, STEP, guest=again, by=administrator)


def test_inviting_again_keeps_one_row_and_tells_the_trail_once(
    entity: LegalEntity, administrator: User, guest: Guest
) -> None:
    again = assignments.invite(
        entity.company, name="Mieke", firm="", email=" MIEKE@jansen.example", language="nl", by=administrator
    )
    assert again.pk == guest.pk
    assert AuditEvent.objects.filter(action="guest_invited").count() == 1


def test_a_colleague_is_not_invited_as_a_guest(entity: LegalEntity, administrator: User) -> None:
    with pytest.raises(AssignRefused) as raised:
        assignments.invite(
            entity.company, name="X", firm="", email=administrator.email.upper(), language="nl", by=administrator
        )
    assert refused(Refusal.IS_MEMBER, raised)


def test_only_members_with_payroll_edit_invite(entity: LegalEntity) -> None:
    with pytest.raises(access.NotAllowed):
        assignments.invite(entity.company, name="X", firm="", email="x@y.example", language="nl", by=UserFactory())


# --- Reminding ----------------------------------------------------------------------------------------------------------------


def given(entity: LegalEntity, by: User, guest: Guest, *, days: float = 0, **fields: object) -> Assignment:
    evidence.declare(entity, StepKey.LEGAL_ENTITY, actor=by)  # else the task can't start yet
    made = assignments.assign(entity, STEP, guest=guest, by=by)
    Assignment.objects.filter(pk=made.pk).update(assigned_at=timezone.now() - days * DAY, **fields)
    made.refresh_from_db()
    return made


def test_a_reminder_brings_a_fresh_link_and_the_old_one_still_works(
    entity: LegalEntity, administrator: User, guest: Guest
) -> None:
    made = given(entity, administrator, guest)
    assignments.remind(made, administrator)
    texts = Mail.objects.order_by("pk").values_list("text", flat=True)
    tokens = [match[1] for text in texts if (match := re.search(r"/guest/open/([^/\s]+)/", text))]
    assert kinds() == ["assigned", "reminder"]
    assert len(set(tokens)) == 2
    assert all(guests.peek(token) == guest for token in tokens)


def test_nobody_is_reminded_by_hand_twice_within_an_hour(
    entity: LegalEntity, administrator: User, guest: Guest
) -> None:
    made = given(entity, administrator, guest)
    assignments.remind(made, administrator)
    made.refresh_from_db()
    with pytest.raises(AssignRefused) as raised:
        assignments.remind(made, administrator)
    assert refused(Refusal.JUST_REMINDED, raised)
    Assignment.objects.update(reminded_at=timezone.now() - timedelta(hours=1, minutes=1))
    made.refresh_from_db()
    assignments.remind(made, administrator)
    assert kinds().count("reminder") == 2


def test_of_two_reminders_at_the_same_moment_one_is_mailed(
    entity: LegalEntity, administrator: User, guest: Guest
) -> None:
    made = given(entity, administrator, guest)
    same = Assignment.objects.get(pk=made.pk)
    assignments.remind(made, administrator)
    with pytest.raises(AssignRefused):
        assignments.remind(same, administrator)
    assert kinds().count("reminder") == 1


@pytest.mark.parametrize(
    ("days", "reminded_days_ago", "is_reminded"),
    [
        (2.9, None, False),
        (3.1, None, True),
        (4, 0.5, False),
        (7.1, 4, True),
        (8, 1, True),
        (8, 0.5, False),
        (14.1, 7, True),
        (30, 15, False),
        (40, None, True),
    ],
)
def test_reminders_go_out_after_3_7_and_14_days_once_each(
    days: float,
    reminded_days_ago: float | None,
    is_reminded: bool,
    entity: LegalEntity,
    administrator: User,
    guest: Guest,
) -> None:
    former = None if reminded_days_ago is None else timezone.now() - reminded_days_ago * DAY
    given(entity, administrator, guest, days=days, reminded_at=former)
    assert reminders.remind_due() == int(is_reminded)
    assert reminders.remind_due() == 0


def test_nobody_is_reminded_of_what_is_reported_verified_taken_back_or_revoked(
    entity: LegalEntity, administrator: User, guest: Guest
) -> None:
    made = given(entity, administrator, guest, days=5, done_at=timezone.now())
    assert reminders.remind_due() == 0
    Assignment.objects.update(done_at=None, ended_at=timezone.now())
    assert reminders.remind_due() == 0
    Assignment.objects.update(ended_at=None)
    Guest.objects.update(revoked_at=timezone.now())
    assert reminders.remind_due() == 0
    Guest.objects.update(revoked_at=None)
    login = login_of(entity)
    for fact in ("algemeen_function", "algemeen_department", "algemeen_distribution_unit"):
        evidence.record(Finding(Outcome.PROVED, "found"), fact, login=login)
    assert reminders.remind_due() == 0
    evidence.record(Finding(Outcome.FAILED, "missing"), "algemeen_function", login=login)
    assert reminders.remind_due() == 1
    assert made.pk


@pytest.mark.parametrize("how", ["left", "closed", "role"])
def test_a_member_who_can_do_it_no_more_is_not_reminded(how: str, entity: LegalEntity, administrator: User) -> None:
    evidence.declare(entity, StepKey.LEGAL_ENTITY, actor=administrator)
    colleague = member(entity, Role.Preset.PAYROLL_MANAGER)
    assignments.assign(entity, STEP, member=colleague, by=administrator)
    Assignment.objects.update(assigned_at=timezone.now() - 5 * DAY)
    if how == "left":
        colleague.memberships.all().delete()
    elif how == "closed":
        User.objects.filter(pk=colleague.pk).update(is_active=False)
    else:
        colleague.memberships.get().role.payroll_entities.clear()
    assert reminders.remind_due() == 0


def test_nobody_is_reminded_of_what_cannot_start_yet(entity: LegalEntity, administrator: User, guest: Guest) -> None:
    given(entity, administrator, guest, days=5)
    evidence.record(Finding(Outcome.WITHDRAWN, ""), StepKey.LEGAL_ENTITY, entity=entity)
    assert reminders.remind_due() == 0
    evidence.declare(entity, StepKey.LEGAL_ENTITY, actor=administrator)
    assert reminders.remind_due() == 1


def test_nobody_is_reminded_of_what_somebody_else_declared(
    entity: LegalEntity, administrator: User, guest: Guest
) -> None:
    given(entity, administrator, guest, days=5)
    evidence.declare(entity, STEP, actor=administrator)
    assert reminders.remind_due() == 0


# --- Taking back and reporting --------------------------------------------------------------------------------------------------


def test_a_task_that_was_taken_back_is_gone_for_the_guest(
    entity: LegalEntity, administrator: User, guest: Guest
) -> None:
    made = given(entity, administrator, guest)
    assignments.take_back(made, administrator)
    assert guests.find_task(guest, made.pk) is None
    with pytest.raises(AssignRefused):
        assignments.report_done(made, guest=guest)
    assert AuditEvent.objects.filter(action="unassigned", actor=administrator).count() == 1


def test_done_is_evidence_and_tells_who_gave_the_task(entity: LegalEntity, administrator: User, guest: Guest) -> None:
    made = given(entity, administrator, guest)
    assignments.report_done(made, guest=guest, note="Two were there already.")
    said = Evidence.objects.get(fact=STEP)
    assert (said.outcome, said.guest, said.params) == (Outcome.DECLARED, guest, {"note": "Two were there already."})
    written = Mail.objects.get(kind="done")
    assert written.to == administrator.email
    assert "Two were there already." in written.text
    assert AuditEvent.objects.get(action="declared", detail=STEP).guest == guest


@pytest.mark.parametrize("step", [StepKey.PERMISSIONS, StepKey.LEGAL_ENTITY, StepKey.PAYROLL_PERSON])
def test_only_the_tasks_in_loket_are_reported_done_others_on_their_own_page(
    step: StepKey, entity: LegalEntity, administrator: User
) -> None:
    manager = member(entity, Role.Preset.PAYROLL_MANAGER)  # who may not say that permissions are right (rule 9)
    made = assignments.assign(entity, step, member=administrator, by=manager)
    with pytest.raises(access.NotAllowed):
        assignments.report_done(made, by=manager)
    assert not Evidence.objects.filter(fact=step).exists()


def test_done_on_behalf_names_both(entity: LegalEntity, administrator: User, guest: Guest) -> None:
    made, colleague = given(entity, administrator, guest), member(entity)
    assignments.report_done(made, by=colleague)
    said = Evidence.objects.get(fact=STEP)
    assert (said.actor, said.params) == (colleague, {"on_behalf_of": "Jansen"})
    text = Mail.objects.get(kind="done").text
    assert str(colleague) in text
    assert "Jansen" in text


def test_who_reports_his_own_request_gets_no_mail(entity: LegalEntity, administrator: User, guest: Guest) -> None:
    assignments.report_done(given(entity, administrator, guest), by=administrator)
    assert "done" not in kinds()


def test_another_guest_reports_nothing(entity: LegalEntity, administrator: User, guest: Guest) -> None:
    made = given(entity, administrator, guest)
    other = assignments.invite(entity.company, name="Y", firm="", email="y@z.example", language="nl", by=administrator)
    with pytest.raises(AssignRefused):
        assignments.report_done(made, guest=other)
    assert not Evidence.objects.filter(fact=STEP).exists()
