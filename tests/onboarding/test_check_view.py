"""The button "Check now", and what the page of a task shows of the checks."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from loket_portal.simulator import Simulator
from onboarding.facts import Finding, Outcome
from onboarding.models import Connection, Evidence, LegalEntity, LoketLogin, Membership, Role, User
from onboarding.services import checking, evidence
from tests.factories import EntityFactory, UserFactory, member
from tests.onboarding.test_checking import connection, login, sign_in, tell

__all__ = ["connection", "login"]

HTMX = {"HX-Request": "true"}
STEP = "integration-user"


def url(entity: LegalEntity, step: str = STEP) -> str:
    return reverse("setup_check", kwargs={"pk": entity.pk, "step": step})


def page_of(entity: LegalEntity, step: str = STEP) -> str:
    return reverse("setup_step", kwargs={"pk": entity.pk, "step": step})


def text_of(answer: object) -> str:
    html = answer.content.decode()  # type: ignore[attr-defined]
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.fixture
def looker(entity: LegalEntity) -> Client:
    """A member of the company without payroll edit for the entity."""
    role = Role.objects.create(company=entity.company, name="Looks only")
    user = UserFactory()
    Membership.objects.create(company=entity.company, user=user, role=role)
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_without_javascript_the_page_comes_back_and_says_what_was_found(
    signed_in: Client, entity: LegalEntity, login: LoketLogin
) -> None:
    answer = signed_in.post(url(entity), follow=True)
    assert answer.redirect_chain == [(page_of(entity), 302)]
    assert re.search(r"Checked at \d\d:\d\d: no problem found", text_of(answer))


def test_with_htmx_the_page_has_what_changed_under_its_ids_and_no_message(
    signed_in: Client, entity: LegalEntity, login: LoketLogin, simulator: Simulator
) -> None:
    tell(simulator, missing_rights=["Beheer HRM"])
    answer = signed_in.post(url(entity), headers=HTMX, follow=True)
    html = answer.content.decode()
    said = re.search(r'<p id="checks-said"[^>]*role="status"[^>]*aria-live="polite"[^>]*>([^<]*)</p>', html)
    assert said is not None
    assert re.fullmatch(r"Checked at \d\d:\d\d: 1 problem", said[1])
    assert 'id="checks"' in html
    assert html.count(said[1]) == 1


def test_only_the_facts_of_the_task_are_looked_at(signed_in: Client, entity: LegalEntity, login: LoketLogin) -> None:
    signed_in.post(url(entity, "loket-account"))
    assert set(Evidence.objects.values_list("fact", flat=True)) == {
        *("algemeen_function", "algemeen_department", "algemeen_distribution_unit")
    }


def test_a_connected_entity_is_asked_how_it_fares_and_no_new_hire_is_tried(
    signed_in: Client, entity: LegalEntity, connection: Connection, simulator: Simulator
) -> None:
    signed_in.post(url(entity, "authorize"))
    seen = set(Evidence.objects.values_list("fact", flat=True))
    assert {"linked_administration", "payroll_period", "bsn_access", "drift", "api_lifetime"} <= seen
    assert "new_hire_rules" not in seen
    assert simulator.log.writes() == []


def test_without_a_sign_in_the_page_says_what_comes_first(signed_in: Client, entity: LegalEntity) -> None:
    answer = signed_in.post(url(entity), follow=True)
    assert "do the check sign-in first" in text_of(answer)
    again = signed_in.post(url(entity), headers=HTMX)
    assert (again.status_code, again["HX-Redirect"]) == (204, page_of(entity))


def test_without_a_sign_in_there_is_no_button(signed_in: Client, entity: LegalEntity) -> None:
    html = signed_in.get(page_of(entity)).content.decode()
    assert url(entity) not in html
    assert "There is no sign-in at Loket yet" in html


def test_somebody_without_payroll_edit_sees_the_facts_and_no_button(
    looker: Client, entity: LegalEntity, login: LoketLogin
) -> None:
    checking.check(entity)
    answer = looker.get(page_of(entity))
    assert "The user has all 15 rights." in text_of(answer)
    assert url(entity) not in answer.content.decode()


def test_somebody_without_payroll_edit_is_refused_with_the_reason(
    looker: Client, entity: LegalEntity, login: LoketLogin, simulator: Simulator
) -> None:
    simulator.log.clear()
    answer = looker.post(url(entity))
    assert answer.status_code == 403
    assert "payroll edit" in text_of(answer)
    assert simulator.log.all() == []


def test_somebody_of_another_company_finds_nothing(entity: LegalEntity, login: LoketLogin) -> None:
    stranger = Client()
    stranger.force_login(member(EntityFactory()), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert stranger.post(url(entity)).status_code == 404


@pytest.mark.parametrize("step", ["no-such-step", "booking"])
def test_a_task_without_checks_has_no_such_button(signed_in: Client, entity: LegalEntity, step: str) -> None:
    assert signed_in.post(url(entity, step)).status_code == 404


def test_looking_at_the_address_checks_nothing(signed_in: Client, entity: LegalEntity) -> None:
    assert signed_in.get(url(entity)).status_code == 405


def test_a_page_shows_each_fact_with_its_mark_as_a_word(
    signed_in: Client, entity: LegalEntity, login: LoketLogin, simulator: Simulator
) -> None:
    tell(simulator, users_hidden=True, missing_modules=["Loket HR"], filter_down=404)
    checking.check(entity)
    text = text_of(signed_in.get(page_of(entity)))
    assert "Sign-in at Loket: Verified" in text
    assert "The 15 rights: Verified, derived" in text
    assert "Modules of Loket: Problem found" in text
    assert "Filter of the user: Could not be checked" in text
    assert "One employer: Verified" in text


def test_what_could_not_be_asked_says_since_when_and_that_the_former_result_counts(
    signed_in: Client, entity: LegalEntity, login: LoketLogin, simulator: Simulator
) -> None:
    checking.check(entity)
    tell(simulator, filter_down=404)
    checking.check(entity)
    text = text_of(signed_in.get(page_of(entity)))
    assert "Filter of the user: Verified" in text
    assert "what was found before still counts" in text


def test_a_problem_says_who_acts(signed_in: Client, entity: LegalEntity, login: LoketLogin) -> None:
    evidence.record(
        Finding(Outcome.FAILED, "rights_missing", {"number": "1", "names": "Beheer HRM"}), "rights", login=login
    )
    text = text_of(signed_in.get(page_of(entity)))
    assert "To be done by your payroll administrator or tax accountant" in text


def test_before_the_first_look_every_fact_says_so(signed_in: Client, entity: LegalEntity, login: LoketLogin) -> None:
    text = text_of(signed_in.get(page_of(entity)))
    assert text.count("Not checked yet") == 7


def test_who_looked_and_when_stands_with_the_fact(
    signed_in: Client, entity: LegalEntity, login: LoketLogin, administrator: User
) -> None:
    signed_in.post(url(entity))
    text = text_of(signed_in.get(page_of(entity)))
    assert f"Looked at on {timezone.localtime():%-d %B %Y}" in text
    assert f"by {administrator}" in text


def test_a_refused_sign_in_is_a_result_and_no_error_page(
    signed_in: Client, entity: LegalEntity, login: LoketLogin, simulator: Simulator
) -> None:
    simulator.keys.revoke()
    answer = signed_in.post(url(entity), headers=HTMX, follow=True)
    assert answer.status_code == 200
    assert "Loket no longer accepts the sign-in" in text_of(answer)
    sign_in(login, simulator)
