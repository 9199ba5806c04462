"""The task of the integration user: the 15 rights by name, ticks that last, the report, the check sign-in (rules 11 to 16)."""

import html
import re

import pytest
from django.test import Client

from loket_portal.simulator import Simulator
from onboarding.facts import Finding, Outcome
from onboarding.models import Assignment, AuditEvent, Evidence, Guest, LegalEntity, LoketLogin, Role, User
from onboarding.services import assignments, evidence, rights
from onboarding.steps import StepKey
from onboarding.wording.screens import SCREENS
from tests.browserless import sign_in_at_loket
from tests.factories import EntityFactory, login_of, member

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"

# As the setup article spells them, by hand: a test that reads them from the code would prove nothing.
FIFTEEN = [
    "Applicatiebeheer werkgever",
    "Beheer beloningen",
    "Beheer concept werknemers",
    "Beheer dienstverbanden",
    "Beheer diverse vaste gegevens salarisverw",
    "Beheren en raadplegen BSN",
    "Beheer HRM",
    "Beheer variabele gegevens",
    "Raadplegen beloningen",
    "Raadplegen concept werknemers",
    "Raadplegen dienstverbanden",
    "Raadplegen journaalprofiel",
    "Raadplegen Kostprijs per uur",
    "Raadplegen loonoutput beperkt",
    "Raadplegen variabele gegevens",
]
NEW = ["Beheer concept werknemers", "Raadplegen concept werknemers"]
ALL = list(rights.SLUGS)


def url(entity: LegalEntity) -> str:
    return f"/entities/{entity.pk}/setup/integration-user/"


def page_of(client: Client, entity: LegalEntity, language: str = "en") -> str:
    return client.get(url(entity), headers={"accept-language": language}).content.decode()


def labels(page: str) -> list[str]:
    return re.findall(r'<label for="right-[^>]+>(.*?)</label>', page, re.S)


def ticked(page: str) -> set[str]:
    return set(re.findall(r'value="([\w-]+)"\s+id="right-[\w-]+" checked', page))


# --- What the page says -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "nl"])
def test_all_15_are_spelled_as_in_the_article_in_both_languages(
    signed_in: Client, entity: LegalEntity, language: str
) -> None:
    found = [
        html.unescape(re.findall(r'lang="nl" translate="no">(.*?)<', label)[0])
        for label in labels(page_of(signed_in, entity, language))
    ]
    assert found == FIFTEEN


def test_exactly_two_are_marked_new(signed_in: Client, entity: LegalEntity) -> None:
    marked = [label for label in labels(page_of(signed_in, entity)) if "NEW" in label]
    assert [name for name in NEW if any(name in label for label in marked)] == NEW
    assert len(marked) == 2


def test_each_name_can_be_copied_and_all_15_at_once(signed_in: Client, entity: LegalEntity) -> None:
    copied = [html.unescape(text) for text in re.findall(r'data-copy="([^"]*)"', page_of(signed_in, entity))]
    assert [name for name in FIFTEEN if name not in copied] == []
    assert "\n".join(FIFTEEN) in copied


def test_loket_names_are_the_article_s_or_marked_dutch_and_never_translated(
    signed_in: Client, entity: LegalEntity
) -> None:
    for language in ("en", "nl"):
        page = html.unescape(page_of(signed_in, entity, language))
        for name in ("users", "add_user", "login_method", "phone", "add_authorizations"):
            assert f'<b lang="en" translate="no">{SCREENS[name].english}</b>' in page
        assert '<b lang="nl" translate="no">Via website en SSO</b>' in page


def test_before_leaving_it_says_what_will_happen(signed_in: Client, entity: LegalEntity) -> None:
    page = " ".join(page_of(signed_in, entity).split())
    for text in (
        "Gebruikersnaam",
        "Wachtwoord",
        "not as yourself",
        "nothing is written at Loket",
        "for verification only",
        "You come back here",
    ):
        assert text in page


def test_there_is_one_button_that_moves_things_forward(signed_in: Client, entity: LegalEntity) -> None:
    task = page_of(signed_in, entity)
    assert len(re.findall(r'class="button primary"', task)) == 1


# --- Ticks ------------------------------------------------------------------------------------------------------------------


def test_ticks_are_there_again_on_another_device(signed_in: Client, entity: LegalEntity, administrator: User) -> None:
    signed_in.post(url(entity), {"rights": ["beheer-hrm", "raadplegen-beloningen"]})
    phone = Client()
    phone.force_login(administrator, backend=BACKEND)
    page = page_of(phone, entity)
    assert ticked(page) == {"beheer-hrm", "raadplegen-beloningen"}
    assert str(administrator) in page


def test_every_save_keeps_what_was_ticked_before_and_takes_away_what_was_unticked(
    signed_in: Client, entity: LegalEntity
) -> None:
    signed_in.post(url(entity), {"rights": ["beheer-hrm", "beheer-beloningen"]})
    signed_in.post(url(entity), {"rights": ["beheer-hrm"], "shown": ["beheer-hrm", "beheer-beloningen"]})
    assert ticked(page_of(signed_in, entity)) == {"beheer-hrm"}


def test_a_page_that_stood_open_takes_nothing_from_somebody_else(
    signed_in: Client, entity: LegalEntity, administrator: User
) -> None:
    colleague = member(entity)
    rights.save_ticks(entity, ["beheer-hrm"], actor=colleague)
    signed_in.post(url(entity), {"rights": ["beheer-beloningen"]})  # opened before the colleague saved
    assert rights.ticks_of(entity).slugs == {"beheer-hrm", "beheer-beloningen"}


def test_a_tick_is_saved_at_once_and_the_answer_brings_the_new_start(signed_in: Client, entity: LegalEntity) -> None:
    answer = signed_in.post(f"{url(entity)}ticks/", {"rights": ["beheer-hrm"]})
    text = answer.content.decode()
    assert 'name="shown" value="beheer-hrm"' in text
    assert "1 of 15 ticked" in text
    assert rights.ticks_of(entity).slugs == {"beheer-hrm"}


def test_the_same_ticks_again_are_no_new_evidence(signed_in: Client, entity: LegalEntity) -> None:
    for _ in range(2):
        signed_in.post(url(entity), {"rights": ["beheer-hrm"]})
    assert Evidence.objects.filter(fact="ticks").count() == 1


def test_an_unknown_right_is_refused(signed_in: Client, entity: LegalEntity) -> None:
    assert "The list of rights has changed" in signed_in.post(url(entity), {"rights": ["admin"]}).content.decode()
    assert not Evidence.objects.exists()


def test_ticks_of_one_entity_are_not_those_of_another(entity: LegalEntity, administrator: User) -> None:
    other = EntityFactory(company=entity.company)
    rights.save_ticks(entity, ["beheer-hrm"], actor=administrator)
    assert rights.ticks_of(other).slugs == frozenset()


# --- Reporting --------------------------------------------------------------------------------------------------------------


def test_with_all_15_ticked_it_is_reported_as_done(signed_in: Client, entity: LegalEntity, administrator: User) -> None:
    signed_in.post(url(entity), {"rights": ALL, "report": "on"})
    row = Evidence.objects.get(fact="integration-user")
    assert (row.outcome, row.actor) == (Outcome.DECLARED, administrator)
    assert "Completed" in page_of(signed_in, entity)


def test_with_one_missing_it_says_which_and_keeps_the_ticks(signed_in: Client, entity: LegalEntity) -> None:
    most = [slug for slug in ALL if slug != "beheer-hrm"]
    page = signed_in.post(url(entity), {"rights": most, "report": "on"}).content.decode()
    assert "One right has no tick yet: Beheer HRM." in page
    assert ticked(page) == set(most)
    assert not Evidence.objects.filter(fact="integration-user").exists()


def test_a_right_that_a_check_has_seen_needs_no_tick(entity: LegalEntity, administrator: User) -> None:
    rows = tuple({"slug": slug, "state": "missing" if slug == "beheer-hrm" else "granted"} for slug in ALL)
    login = login_of(entity)
    evidence.record(Finding(Outcome.FAILED, "rights_missing", {}, rows), "rights", login=login)
    assert [right.name for right in rights.open_rights(entity)] == ["Beheer HRM"]
    rights.save_ticks(entity, ["beheer-hrm"], actor=administrator)
    assert rights.open_rights(entity) == ()


def test_a_member_reports_on_behalf_of_the_guest_who_holds_it(
    signed_in: Client, entity: LegalEntity, administrator: User
) -> None:
    guest = Guest.objects.create(company=entity.company, name="Mieke Jansen", email="mieke@jansen.example")
    held = assignments.assign(entity, StepKey.INTEGRATION_USER, guest=guest, by=administrator)
    signed_in.post(url(entity), {"rights": ALL, "report": "on"})
    assert Assignment.objects.get(pk=held.pk).done_at is not None
    assert Evidence.objects.get(fact="integration-user").params["on_behalf_of"] == "Mieke Jansen"


# --- Who may ----------------------------------------------------------------------------------------------------------------


def test_without_payroll_edit_everything_is_there_to_read_with_the_reason(client: Client, entity: LegalEntity) -> None:
    reader = member(entity, Role.Preset.PAYROLL_MANAGER)
    reader.memberships.get().role.payroll_entities.clear()
    client.force_login(reader, backend=BACKEND)
    page = page_of(client, entity)
    assert len(labels(page)) == 15
    assert page.count("disabled") == 15
    assert "no payroll edit" in page
    assert "Save the ticks" not in page
    for path in (url(entity), f"{url(entity)}ticks/", f"{url(entity)}message/"):
        assert client.post(path, {"rights": ["beheer-hrm"]}).status_code == 403
    assert not Evidence.objects.exists()


def test_only_an_administrator_is_offered_the_check_sign_in(
    client: Client, entity: LegalEntity, administrator: User
) -> None:
    client.force_login(member(entity, Role.Preset.PAYROLL_MANAGER), backend=BACKEND)
    page = page_of(client, entity)
    assert f'action="{url(entity)}sign-in/"' not in page
    assert str(administrator) in page
    answer = client.post(f"{url(entity)}sign-in/", follow=True)
    assert answer.redirect_chain == [("/loket/stopped/", 302)]


# --- The check sign-in -------------------------------------------------------------------------------------------------------


def test_the_check_sign_in_stores_verification_only_and_shows_what_was_found(
    signed_in: Client, entity: LegalEntity, simulator: Simulator
) -> None:
    entity.enabled_at = None
    entity.save()
    simulator.options.change({"missing_rights": ["Beheer HRM"]})
    away = signed_in.post(f"{url(entity)}sign-in/")
    back = signed_in.get("/loket/callback/", sign_in_at_loket(away["Location"]))
    assert back["Location"] == url(entity)
    assert LoketLogin.objects.get().purpose == LoketLogin.Purpose.VERIFICATION
    page = page_of(signed_in, entity)
    assert "Missing: to be given in Loket" in page
    assert "Changes made by hand in Loket are not shown" in page
    assert simulator.log.writes() == []
    assert AuditEvent.objects.filter(action=AuditEvent.Action.SIGNED_IN).count() == 1
