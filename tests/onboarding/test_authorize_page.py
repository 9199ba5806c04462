"""The last task in each of its states: what there is to do, for whom, and how the connection fares (rules 9, 36 to 38)."""

import pytest
from django.test import Client

from onboarding.facts import Outcome
from onboarding.models import LegalEntity, LoketLogin, Role, User
from onboarding.services import access, checking
from onboarding.steps import StepKey
from tests.factories import ConnectionFactory, login_of, member
from tests.onboarding.setups import found, prove

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def show(client: Client, entity: LegalEntity) -> str:
    answer = client.get(f"/entities/{entity.pk}/setup/authorize/")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def status(page: str) -> str:
    """The status of the task, as its head says it."""
    return page.split('class="task-status"', 1)[1].split("</span>", 1)[0].rpartition(">")[2].strip()


def button(entity: LegalEntity, name: str, text: str) -> str:
    return f'<a class="button primary" href="/entities/{entity.pk}/{name}/">{text}</a>'


def as_reader(client: Client, entity: LegalEntity) -> Client:
    """A member whose role has no payroll edit for the entity (rule 7)."""
    reader = member(entity, Role.Preset.PAYROLL_MANAGER)
    reader.memberships.get().role.payroll_entities.clear()
    client.force_login(reader, backend=BACKEND)
    return client


# --- Before the connection ----------------------------------------------------------------------------------------------


def test_before_support_has_enabled_it_says_what_is_first_and_what_will_happen(
    signed_in: Client, entity: LegalEntity
) -> None:
    entity.enabled_at = None
    entity.save()
    page = show(signed_in, entity)
    assert "This task cannot start yet" in page
    assert f'href="/entities/{entity.pk}/setup/attributes/"' in page
    assert "Every check runs once more" in page, "one can read ahead"
    assert "/connect/" not in page


def test_when_it_is_to_do_it_leads_to_loket(signed_in: Client, entity: LegalEntity) -> None:
    page = show(signed_in, entity)
    assert "To do" in page
    assert button(entity, "connect", "Connect Loket.nl") in page
    assert "/administration/" not in page


def test_a_check_sign_in_authorizes_nothing(signed_in: Client, entity: LegalEntity) -> None:  # rule 8
    login_of(entity, purpose=LoketLogin.Purpose.VERIFICATION)
    page = show(signed_in, entity)
    assert button(entity, "connect", "Connect Loket.nl") in page
    assert "/administration/" not in page


def test_once_authorized_it_leads_to_the_choice(signed_in: Client, entity: LegalEntity) -> None:
    login = login_of(entity, loket_user="one@tulp.example")
    page = show(signed_in, entity)
    assert button(entity, "administration", "Choose the administration") in page
    assert f"Done: one@tulp.example, employer {login.employer_name}." in page
    assert "Use another sign-in" in page


def test_an_authorized_sign_in_that_loket_refuses_has_to_be_made_again(signed_in: Client, entity: LegalEntity) -> None:
    login_of(entity, state=LoketLogin.State.SIGN_IN_NEEDED)
    page = show(signed_in, entity)
    assert button(entity, "connect", "Connect Loket.nl") in page
    assert "/administration/" not in page


def test_a_payroll_manager_reads_who_does_it(client: Client, entity: LegalEntity, administrator: User) -> None:
    client.force_login(member(entity, Role.Preset.PAYROLL_MANAGER), backend=BACKEND)
    page = show(client, entity)
    assert f"This is for an administrator with payroll edit: {administrator}." in page
    assert "/connect/" not in page


def test_a_reader_without_payroll_edit_sees_it_and_the_reason(
    client: Client, entity: LegalEntity, administrator: User
) -> None:
    page = show(as_reader(client, entity), entity)
    assert "You can look here, but not act" in page
    assert "Every check runs once more" in page
    for link in ("/connect/", "/administration/"):
        assert link not in page


# --- Connected ------------------------------------------------------------------------------------------------------------


def test_connected_it_says_with_what_and_that_it_is_for_good(signed_in: Client, entity: LegalEntity) -> None:  # 37
    ConnectionFactory(entity=entity, administration_name="Tulp Horeca 1", administration_number=40201)
    page = show(signed_in, entity)
    assert "<strong>40201 Tulp Horeca 1</strong>" in page
    assert "<dt>Employer</dt><dd>Tulp Horeca B.V.</dd>" in page
    assert "only support can release it" in page
    assert f'<a class="button" href="/entities/{entity.pk}/connect/">Sign in at Loket again</a>' in page
    assert "Connect Loket.nl" not in page
    assert "/administration/" not in page


def test_what_the_checks_saw_of_it_makes_it_verified(signed_in: Client, entity: LegalEntity) -> None:
    connection = ConnectionFactory(entity=entity)
    assert status(show(signed_in, entity)) == "Completed"
    prove(entity, connection.login, StepKey.AUTHORIZE)
    assert status(show(signed_in, entity)) == "Verified"


def test_a_sign_in_that_is_needed_is_a_problem_and_the_first_button(signed_in: Client, entity: LegalEntity) -> None:
    connection = ConnectionFactory(entity=entity)
    LoketLogin.objects.filter(pk=connection.login_id).update(state=LoketLogin.State.SIGN_IN_NEEDED)
    page = show(signed_in, entity)
    assert "Problem found" in page
    assert button(entity, "connect", "Sign in at Loket again") in page


def test_a_payroll_manager_reads_who_signs_in_again(client: Client, entity: LegalEntity, administrator: User) -> None:
    ConnectionFactory(entity=entity)
    client.force_login(member(entity, Role.Preset.PAYROLL_MANAGER), backend=BACKEND)
    page = show(client, entity)
    assert f"This is for an administrator with payroll edit: {administrator}." in page
    assert "/connect/" not in page


# --- The trial of a new hire --------------------------------------------------------------------------------------------


def press(client: Client, entity: LegalEntity) -> str:
    answer = client.post(f"/entities/{entity.pk}/setup/authorize/", follow=True)
    return " ".join(answer.content.decode().split())


def test_the_trial_stands_there_once_connected_and_says_that_it_writes(signed_in: Client, entity: LegalEntity) -> None:
    assert "Try a new hire" not in show(signed_in, entity)
    ConnectionFactory(entity=entity)
    page = show(signed_in, entity)
    assert "It is the only check that writes." in page
    assert "Try a new hire at Loket" in page


def test_the_trial_is_run_and_its_result_shown(
    signed_in: Client, entity: LegalEntity, monkeypatch: pytest.MonkeyPatch
) -> None:
    ConnectionFactory(entity=entity)
    asked: list[object] = []

    def trial(one: LegalEntity, user: User) -> None:
        asked.append((one, user.email))
        found(Outcome.PROVED, "new_hire_rules", entity=one, code="new_hire_accepted")

    monkeypatch.setattr(checking, "try_new_hire", trial)
    page = press(signed_in, entity)
    assert len(asked) == 1
    assert "A new hire was tried at Loket. The result stands below." in page
    assert "Trial of a new hire: <span" in page


def test_before_there_is_a_connection_the_trial_is_refused_with_words(signed_in: Client, entity: LegalEntity) -> None:
    assert "This legal entity is not connected." in press(signed_in, entity)


def test_a_reader_can_not_press_it(
    client: Client, entity: LegalEntity, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    ConnectionFactory(entity=entity)
    monkeypatch.setattr(checking, "try_new_hire", lambda *_args: pytest.fail("it was tried"))
    answer = as_reader(client, entity).post(f"/entities/{entity.pk}/setup/authorize/")
    assert answer.status_code == 403
    assert str(administrator) in answer.content.decode()


def test_a_right_lost_at_the_last_moment_is_the_page_that_says_so(
    signed_in: Client, entity: LegalEntity, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object) -> None:
        raise access.NotAllowed

    ConnectionFactory(entity=entity)
    monkeypatch.setattr(checking, "try_new_hire", refuse)
    assert signed_in.post(f"/entities/{entity.pk}/setup/authorize/").status_code == 403
