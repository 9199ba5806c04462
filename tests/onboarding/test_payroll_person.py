"""The first task: a colleague or somebody outside is named and gets the two tasks in Loket (rules 7 and 9)."""

from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from onboarding.facts import Finding, Outcome
from onboarding.models import Assignment, Evidence, Guest, LegalEntity, LoketLogin, Mail, Role, User
from onboarding.progress import Status
from onboarding.services import evidence, hub, payroll_person
from onboarding.services.access import NotAllowed
from onboarding.services.payroll_person import Outsider, PersonRefused, Refusal
from onboarding.steps import StepKey
from onboarding.wording.before import PERSON
from onboarding.wording.steps import STEPS
from tests.factories import EntityFactory, LoginFactory, UserFactory, member

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
TASKS = [StepKey.INTEGRATION_USER, StepKey.LOKET_ACCOUNT]
JANSEN = Outsider("M. Jansen", "Jansen Accountants", "m@jansen.example", "nl")
FORM = {"kind": "outside", "name": "M. Jansen", "firm": "Jansen Accountants", "email": "m@jansen.example"}
FORM |= {"language": "nl", "message": "Alvast bedankt"}


@pytest.fixture
def colleague(entity: LegalEntity, administrator: User) -> User:
    return member(entity, Role.Preset.PAYROLL_MANAGER, first_name="Piet", last_name="Visser")


def page(entity: LegalEntity) -> str:
    return reverse("setup_step", kwargs={"pk": entity.pk, "step": "payroll-person"})


def held(entity: LegalEntity) -> dict[str, object]:
    rows = Assignment.objects.filter(entity=entity, ended_at__isnull=True)
    return {row.step: row.guest or row.member for row in rows}


# --- The service ------------------------------------------------------------------------------------------------------------


def test_somebody_outside_becomes_a_guest_with_the_two_tasks(entity: LegalEntity, administrator: User) -> None:
    assert payroll_person.name_outsider(entity, administrator, JANSEN, "Alvast bedankt") == 2
    guest = Guest.objects.get()
    assert (guest.name, guest.firm, guest.email, guest.language) == (
        "M. Jansen",
        "Jansen Accountants",
        "m@jansen.example",
        "nl",
    )
    assert held(entity) == dict.fromkeys(TASKS, guest)
    assert {row.message for row in Assignment.objects.all()} == {"Alvast bedankt"}
    assert [mail.to for mail in Mail.objects.filter(kind="assigned")] == ["m@jansen.example"]


def test_one_mail_names_both_tasks(entity: LegalEntity, administrator: User) -> None:
    payroll_person.name_outsider(entity, administrator, replace(JANSEN, language="en"))
    mail = Mail.objects.get(kind="assigned")
    for step in TASKS:
        assert str(STEPS[step].title) in mail.text


def test_a_colleague_gets_the_two_tasks(entity: LegalEntity, administrator: User, colleague: User) -> None:
    assert payroll_person.name_colleague(entity, administrator, colleague) == 2
    assert held(entity) == dict.fromkeys(TASKS, colleague)


def test_the_task_is_done_and_says_who_was_named(entity: LegalEntity, administrator: User) -> None:
    payroll_person.name_outsider(entity, administrator, JANSEN)
    assert hub.state(entity, StepKey.PAYROLL_PERSON, administrator).status is Status.COMPLETED
    params = Evidence.objects.get(fact=StepKey.PAYROLL_PERSON).params
    assert (params["name"], params["firm"]) == ("M. Jansen", "Jansen Accountants")
    named = payroll_person.named(entity)
    assert named is not None
    assert named.guest == Guest.objects.get()


def test_nobody_is_named_at_first(entity: LegalEntity) -> None:
    assert payroll_person.named(entity) is None


def test_the_same_person_again_gets_no_second_mail(entity: LegalEntity, administrator: User) -> None:
    payroll_person.name_outsider(entity, administrator, JANSEN)
    mails = Mail.objects.count()
    assert payroll_person.name_outsider(entity, administrator, JANSEN) == 0
    assert Mail.objects.count() == mails


def test_the_tasks_move_along_to_somebody_else(entity: LegalEntity, administrator: User, colleague: User) -> None:
    payroll_person.name_outsider(entity, administrator, JANSEN)
    assert payroll_person.name_colleague(entity, administrator, colleague) == 2
    assert held(entity) == dict.fromkeys(TASKS, colleague)
    named = payroll_person.named(entity)
    assert named is not None
    assert named.member == colleague


def test_a_task_that_is_done_already_is_not_handed_over(entity: LegalEntity, administrator: User) -> None:
    login: LoketLogin = LoginFactory(company=entity.company)
    LegalEntity.objects.filter(pk=entity.pk).update(loket_login=login)
    entity.refresh_from_db()
    for fact in ("algemeen_function", "algemeen_department", "algemeen_distribution_unit"):
        evidence.record(Finding(Outcome.PROVED, "found"), fact, login=login)
    assert payroll_person.name_outsider(entity, administrator, JANSEN) == 1
    assert set(held(entity)) == {StepKey.INTEGRATION_USER}


def test_a_member_of_the_company_is_no_guest(entity: LegalEntity, administrator: User, colleague: User) -> None:
    outsider = Outsider("Piet", "", colleague.email.upper(), "nl")
    with pytest.raises(PersonRefused) as refused:
        payroll_person.name_outsider(entity, administrator, outsider)
    assert refused.value.refusal is Refusal.IS_A_COLLEAGUE
    assert not Guest.objects.exists()


def test_a_colleague_without_payroll_edit_could_not_do_the_tasks(
    entity: LegalEntity, administrator: User, colleague: User
) -> None:
    Role.objects.get(name="Payroll Manager").payroll_entities.clear()
    stranger = member(EntityFactory())
    for user in (colleague, stranger, UserFactory()):
        with pytest.raises(PersonRefused) as refused:
            payroll_person.name_colleague(entity, administrator, user)
        assert refused.value.refusal is Refusal.NOT_A_COLLEAGUE
    assert not Evidence.objects.exists()


def test_without_payroll_edit_nobody_is_named(entity: LegalEntity, administrator: User, colleague: User) -> None:
    Role.objects.get(name="Payroll Manager").payroll_entities.clear()
    with pytest.raises(NotAllowed):
        payroll_person.name_outsider(entity, colleague, JANSEN)
    with pytest.raises(NotAllowed):
        payroll_person.name_colleague(entity, colleague, administrator)
    assert not Guest.objects.exists()


@pytest.mark.parametrize("refusal", Refusal)
def test_every_refusal_has_a_reason_and_a_fix(refusal: Refusal) -> None:
    assert PERSON[refusal].text
    assert PERSON[refusal].fix


# --- The page ---------------------------------------------------------------------------------------------------------------


def test_the_form_invites_somebody_outside(signed_in: Client, entity: LegalEntity) -> None:
    html = signed_in.post(page(entity), FORM, follow=True).content.decode()
    assert "2 tasks were handed over" in html
    assert "Jansen Accountants" in html
    assert set(held(entity)) == set(TASKS)


def test_where_the_task_was_declared_without_a_name_nobody_is_named(
    signed_in: Client, entity: LegalEntity, administrator: User
) -> None:
    evidence.declare(entity, StepKey.PAYROLL_PERSON, actor=administrator)
    assert payroll_person.named(entity) is None
    assert "You named" not in signed_in.get(page(entity)).content.decode()


def test_the_form_names_a_colleague_and_asks_nothing_of_somebody_outside(
    signed_in: Client, entity: LegalEntity, colleague: User
) -> None:
    sent = {"kind": "inside", "member": str(colleague.pk), "email": "not an address", "message": ""}
    signed_in.post(page(entity), sent)
    assert held(entity) == dict.fromkeys(TASKS, colleague)


def test_the_message_begins_as_a_draft_that_names_the_entity(signed_in: Client, entity: LegalEntity) -> None:
    html = signed_in.get(page(entity)).content.decode()
    assert entity.name in html.partition("<textarea")[2].partition("</textarea>")[0]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"email": "m@jansen"}, "Write a whole e-mail address"),
        ({"email": ""}, "Write the e-mail address of the person."),
        ({"name": ""}, "Write the name of the person."),
        ({"message": "Alvast bedankt, BSN 123456782"}, "This looks like a BSN"),
        ({"kind": ""}, "Choose a colleague or somebody outside."),
        ({"kind": "inside"}, "Choose the colleague who runs your payroll."),
    ],
)
def test_a_fault_is_explained_and_nothing_typed_is_lost(
    signed_in: Client, entity: LegalEntity, wrong: dict[str, str], said: str
) -> None:
    sent = FORM | wrong
    html = signed_in.post(page(entity), sent).content.decode()
    assert said in html
    for field in ("name", "firm", "email"):
        assert not sent[field] or f'value="{sent[field]}"' in html
    assert "Alvast bedankt" in html
    assert not Guest.objects.exists()


def test_a_colleague_typed_as_somebody_outside_is_explained_and_nothing_typed_is_lost(
    signed_in: Client, entity: LegalEntity, colleague: User
) -> None:
    html = signed_in.post(page(entity), FORM | {"email": colleague.email}).content.decode()
    assert "belongs to a member of your company" in html
    assert f'value="{colleague.email}"' in html
    assert 'value="Jansen Accountants"' in html


def test_the_form_shows_who_was_named_for_a_later_change(
    signed_in: Client, entity: LegalEntity, administrator: User
) -> None:
    payroll_person.name_outsider(entity, administrator, JANSEN)
    html = signed_in.get(page(entity)).content.decode()
    assert 'value="m@jansen.example"' in html
    assert "You named" in html


def test_a_colleague_of_another_company_is_not_in_the_list_and_not_taken(
    signed_in: Client, entity: LegalEntity
) -> None:
    stranger = member(EntityFactory(), first_name="Vera", last_name="Vreemd")
    assert "Vera Vreemd" not in signed_in.get(page(entity)).content.decode()
    html = signed_in.post(page(entity), {"kind": "inside", "member": str(stranger.pk)}).content.decode()
    assert "Choose a colleague from the list." in html
    assert not held(entity)


def test_somebody_without_payroll_edit_sees_who_was_named_and_no_form(
    client: Client, entity: LegalEntity, administrator: User, colleague: User
) -> None:
    payroll_person.name_outsider(entity, administrator, JANSEN)
    Role.objects.get(name="Payroll Manager").payroll_entities.clear()
    client.force_login(colleague, backend=BACKEND)
    html = client.get(page(entity)).content.decode()
    assert "Jansen Accountants" in html
    assert "<textarea" not in html
    assert client.post(page(entity), FORM).status_code == 403
