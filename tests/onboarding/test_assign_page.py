"""The page on which a task is given to somebody, and the buttons beside a task that is in somebody's hands."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from onboarding.models import Assignment, Evidence, Guest, LegalEntity, Mail, Role, User
from onboarding.services import assignments
from onboarding.steps import StepKey
from tests.factories import EntityFactory, member

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
STEP = StepKey.LOKET_ACCOUNT
PERSON = {"who": "new", "name": "Mieke", "firm": "Jansen", "email": "mieke@jansen.example", "language": "nl"}


def path(entity: LegalEntity, step: str = STEP) -> str:
    return reverse("setup_assign", args=[entity.pk, step])


@pytest.fixture
def given(entity: LegalEntity, administrator: User) -> Assignment:
    guest = assignments.invite(
        entity.company, name="Mieke", firm="Jansen", email="mieke@jansen.example", language="nl", by=administrator
    )
    return assignments.assign(entity, STEP, guest=guest, by=administrator)


def act(client: Client, assignment: Assignment, action: str) -> str:
    data = {"action": action, "assignment": assignment.pk}
    return client.post(path(assignment.entity), data, follow=True).content.decode()


# --- Giving -----------------------------------------------------------------------------------------------------------------


def test_looking_at_the_page_changes_nothing(signed_in: Client, entity: LegalEntity) -> None:
    assert signed_in.get(path(entity)).status_code == 200
    assert not Assignment.objects.exists()
    assert not Mail.objects.exists()


def test_somebody_new_is_invited_and_gets_the_task_with_the_message(signed_in: Client, entity: LegalEntity) -> None:
    answer = signed_in.post(path(entity), PERSON | {"message": "Please, Mieke."})
    assert answer.headers["Location"] == reverse("setup_step", args=[entity.pk, STEP])
    made = Assignment.objects.get()
    assert (made.guest, made.message) == (Guest.objects.get(email="mieke@jansen.example"), "Please, Mieke.")


def test_the_message_is_written_already_and_may_be_changed(signed_in: Client, entity: LegalEntity) -> None:
    form = signed_in.get(path(entity)).context["form"]
    assert entity.name in form["message"].value()


def test_a_colleague_and_a_known_guest_are_offered_and_chosen(
    signed_in: Client, entity: LegalEntity, given: Assignment
) -> None:
    colleague = member(entity, Role.Preset.PAYROLL_MANAGER)
    signed_in.post(path(entity), {"who": f"member-{colleague.pk}"})
    assert assignments.find(entity, STEP).member == colleague  # type: ignore[union-attr]
    signed_in.post(path(entity), {"who": f"guest-{given.guest_id}"})
    assert assignments.find(entity, STEP).guest == given.guest  # type: ignore[union-attr]


def test_what_stands_in_the_fields_for_a_new_person_does_not_matter_for_a_colleague(
    signed_in: Client, entity: LegalEntity
) -> None:
    colleague = member(entity)
    signed_in.post(path(entity), {"who": f"member-{colleague.pk}", "email": "not an address"})
    assert assignments.find(entity, STEP) is not None
    assert not Guest.objects.exists()


@pytest.mark.parametrize("missing", ["name", "email"])
def test_a_new_person_needs_a_name_and_an_address(missing: str, signed_in: Client, entity: LegalEntity) -> None:
    answer = signed_in.post(path(entity), PERSON | {missing: ""})
    assert list(answer.context["form"].errors) == [missing]
    assert f'id="id_{missing}_error"' in answer.content.decode()
    assert not Guest.objects.exists()


def test_nobody_chosen_is_said_at_the_question(signed_in: Client, entity: LegalEntity) -> None:
    assert list(signed_in.post(path(entity), {}).context["form"].errors) == ["who"]


@pytest.mark.parametrize("message", ["BSN 123456782", "her IBAN is NL91 ABNA 0417 1643 00", "password: hunter2!"])
def test_a_message_with_a_number_of_a_person_or_a_secret_is_refused(
    message: str, signed_in: Client, entity: LegalEntity
) -> None:
    answer = signed_in.post(path(entity), PERSON | {"message": message})
    assert list(answer.context["form"].errors) == ["message"]
    assert not Mail.objects.exists()


@pytest.mark.parametrize("message", ["Tax number 123456789L01", "Write to mieke@jansen.example", "KvK 12345678, 2026"])
def test_a_message_with_numbers_of_the_company_goes_through(
    message: str, signed_in: Client, entity: LegalEntity
) -> None:
    signed_in.post(path(entity), PERSON | {"message": message})
    assert message in Mail.objects.get().text


def test_a_colleagues_address_is_pointed_to_the_list(
    signed_in: Client, entity: LegalEntity, administrator: User
) -> None:
    answer = signed_in.post(path(entity), PERSON | {"email": administrator.email})
    assert list(answer.context["form"].errors) == ["who"]
    assert not Guest.objects.exists()


def test_people_of_another_company_cannot_be_chosen_by_their_number(signed_in: Client, entity: LegalEntity) -> None:
    elsewhere = EntityFactory()
    stranger = member(elsewhere)
    guest = assignments.invite(elsewhere.company, name="X", firm="", email="x@y.example", language="nl", by=stranger)
    for who in (f"guest-{guest.pk}", f"member-{stranger.pk}"):
        assert list(signed_in.post(path(entity), {"who": who}).context["form"].errors) == ["who"]
    assert not Assignment.objects.exists()


def test_the_tasks_of_the_company_are_for_colleagues_only(signed_in: Client, entity: LegalEntity) -> None:
    here = path(entity, StepKey.AUTHORIZE)
    assert 'value="new"' not in signed_in.get(here).content.decode()
    assert list(signed_in.post(here, PERSON).context["form"].errors) == ["who"]


@pytest.mark.parametrize("step", ["attributes", "nothing"])
def test_supports_own_task_and_an_unknown_one_cannot_be_given(
    step: str, signed_in: Client, entity: LegalEntity
) -> None:
    assert signed_in.get(path(entity, step)).status_code == 404


def test_without_payroll_edit_the_page_says_why_not(client: Client, entity: LegalEntity, administrator: User) -> None:
    looker = member(EntityFactory(company=entity.company), Role.Preset.PAYROLL_MANAGER)
    client.force_login(looker, backend=BACKEND)
    for answer in (client.get(path(entity)), client.post(path(entity), PERSON)):
        assert answer.status_code == 403
        assert str(administrator) in answer.content.decode()
    assert not Assignment.objects.exists()


# --- The buttons --------------------------------------------------------------------------------------------------------------


def test_the_page_of_the_task_names_who_has_it_and_offers_the_buttons(signed_in: Client, given: Assignment) -> None:
    page = signed_in.get(reverse("setup_step", args=[given.entity.pk, STEP])).content.decode()
    assert "mieke@jansen.example" in page
    for action in ("remind", "done", "take_back", "revoke"):
        assert f'value="{action}"' in page


def test_a_member_without_payroll_edit_sees_who_has_it_and_no_buttons(client: Client, given: Assignment) -> None:
    looker = member(EntityFactory(company=given.entity.company), Role.Preset.PAYROLL_MANAGER)
    client.force_login(looker, backend=BACKEND)
    page = client.get(reverse("setup_step", args=[given.entity.pk, STEP])).content.decode()
    assert "mieke@jansen.example" in page
    assert 'value="revoke"' not in page


def test_remind_mails_again(signed_in: Client, given: Assignment) -> None:
    act(signed_in, given, "remind")
    assert Mail.objects.filter(kind="reminder").count() == 1


@pytest.mark.parametrize(("days", "said"), [(0, "today"), (1, "1 day ago"), (3, "3 days ago")])
def test_the_last_reminder_is_told_with_its_age(days: int, said: str, signed_in: Client, given: Assignment) -> None:
    Assignment.objects.update(reminders=1, reminded_at=timezone.now() - timedelta(days=days))
    page = signed_in.get(reverse("setup_step", args=[given.entity_id, STEP])).content.decode()
    assert f"Reminded once, {said}." in page


def test_a_second_reminder_at_once_is_refused_with_words(signed_in: Client, given: Assignment) -> None:
    act(signed_in, given, "remind")
    assert 'class="notice error"' in act(signed_in, given, "remind")
    assert Mail.objects.filter(kind="reminder").count() == 1


def test_done_on_behalf_is_evidence_of_the_member(signed_in: Client, given: Assignment, administrator: User) -> None:
    act(signed_in, given, "done")
    assert Evidence.objects.get(fact=STEP).actor == administrator


def test_a_task_that_is_done_on_its_own_page_has_no_button_done(
    signed_in: Client, entity: LegalEntity, administrator: User
) -> None:
    made = assignments.assign(entity, StepKey.PERMISSIONS, member=administrator, by=administrator)
    form = {"action": "done", "assignment": made.pk}
    assert signed_in.post(path(entity, StepKey.PERMISSIONS), form).status_code == 404
    assert not Evidence.objects.filter(fact=StepKey.PERMISSIONS).exists()


def test_take_back_ends_it(signed_in: Client, given: Assignment) -> None:
    act(signed_in, given, "take_back")
    assert assignments.find(given.entity, STEP) is None


def test_revoke_ends_the_guest(signed_in: Client, given: Assignment) -> None:
    act(signed_in, given, "revoke")
    assert Guest.objects.get().revoked_at is not None


def test_a_colleagues_access_is_not_ended_here(signed_in: Client, entity: LegalEntity, administrator: User) -> None:
    made = assignments.assign(entity, STEP, member=administrator, by=administrator)
    act(signed_in, made, "revoke")
    administrator.refresh_from_db()
    assert administrator.is_active


@pytest.mark.parametrize("action", ["remind", "done", "take_back", "revoke"])
def test_a_button_of_a_page_that_is_no_longer_true_does_nothing(
    action: str, signed_in: Client, given: Assignment, administrator: User
) -> None:
    now = assignments.assign(given.entity, STEP, member=administrator, by=administrator)
    assert 'class="notice error"' in act(signed_in, given, action)
    now.refresh_from_db()
    assert (now.ended_at, now.done_at, now.reminders) == (None, None, 0)
    assert Guest.objects.get().revoked_at is None


def test_an_unknown_button_is_not_found(signed_in: Client, given: Assignment) -> None:
    assert signed_in.post(path(given.entity), {"action": "explode"}).status_code == 404
