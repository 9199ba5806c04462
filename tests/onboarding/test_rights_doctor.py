"""The rights doctor: what is known of each of the 15, why Loket refuses calls, and the Dutch message (rules 15 to 20)."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from loket_portal.loket.diagnosis import Cause
from loket_portal.loket.rights import RIGHT_OF, RIGHTS
from loket_portal.simulator import Simulator
from onboarding.facts import Fact, Finding, Outcome
from onboarding.models import Guest, LegalEntity, Mail, Role, User
from onboarding.services import algemeen, assignments, evidence, messages, rights, signin
from onboarding.services.messages import SendRefused
from onboarding.services.rights import RightState
from onboarding.services.signin import Purpose
from onboarding.steps import StepKey
from onboarding.wording import algemeen as words
from onboarding.wording.rights import CAUSES, RIGHT_WORDS, STATES
from onboarding.wording.screens import SCREENS
from tests.browserless import sign_in_at_loket
from tests.factories import member

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"


def fact(key: str, code: str, outcome: Outcome = Outcome.FAILED, *details: dict[str, Any], **params: str) -> Fact:
    return Fact(key, outcome, timezone.now(), code=code, params=params, details=details)


def right(slug: str, state: str, *, is_derived: bool = False) -> dict[str, Any]:
    return {"slug": slug, "name": slug, "state": state, "is_derived": is_derived, "is_new": False}


def state_of(doctor: rights.Doctor, slug: str) -> RightState:
    return next(row.state for row in doctor.rows if row.right.slug == slug)


@pytest.fixture
def guest(entity: LegalEntity, administrator: User) -> Guest:
    """The accountant, who holds the task of the integration user."""
    made = Guest.objects.create(company=entity.company, name="Mieke Jansen", email="mieke@jansen.example")
    assignments.assign(entity, StepKey.INTEGRATION_USER, guest=made, by=administrator)
    Mail.objects.all().delete()
    return made


@pytest.fixture
def checked(entity: LegalEntity, administrator: User, simulator: Simulator) -> LegalEntity:
    """The entity after a check sign-in that found much."""
    simulator.options.change(
        {
            "missing_rights": ["Beheer HRM", "Beheer concept werknemers"],
            "missing_modules": ["Loket HR"],
            "login_method": "Webservice",
            "missing_algemeen": ["function"],
            "algemeen_variants": {"department": "algemeen "},
        }
    )
    address = signin.begin(entity, "session-1", user=administrator, purpose=Purpose.CHECK)
    signin.complete("session-1", sign_in_at_loket(address), user=administrator)
    entity.refresh_from_db()
    return entity


def message_of(entity: LegalEntity, user: User) -> str:
    found = messages.message_for(entity, evidence.facts_of([entity])[entity.pk], user)
    assert found is not None
    return found.text


# --- Every right ------------------------------------------------------------------------------------------------------------


def test_before_any_check_nothing_is_known_of_any_right() -> None:
    doctor = rights.doctor({})
    assert [row.state for row in doctor.rows] == [RightState.UNKNOWN] * 15
    assert doctor.at is None


@pytest.mark.parametrize(
    ("state", "is_derived", "shown"),
    [
        ("granted", False, RightState.GRANTED),
        ("granted", True, RightState.DERIVED),
        ("missing", False, RightState.MISSING),
        ("missing", True, RightState.MISSING),
        ("unknown", True, RightState.UNKNOWN),
    ],
)
def test_a_right_is_granted_missing_derived_or_unknown(state: str, is_derived: bool, shown: RightState) -> None:
    found = fact("rights", "rights_derived", Outcome.DERIVED, right("beheer-hrm", state, is_derived=is_derived))
    assert state_of(rights.doctor({"rights": found}), "beheer-hrm") is shown


def test_a_right_that_the_last_check_did_not_know_yet_is_unknown() -> None:
    """Rule 17: the set has grown since."""
    doctor = rights.doctor({"rights": fact("rights", "rights_all", Outcome.PROVED, right("beheer-hrm", "granted"))})
    assert state_of(doctor, "beheer-beloningen") is RightState.UNKNOWN


def test_each_cause_is_told_once_in_loket_s_order_with_what_helps() -> None:
    row = {"cause": "module", "right": "", "module": "Loket HR"}
    activities = fact(
        "activities",
        "activities_several",
        Outcome.FAILED,
        {"activity": "B", **row},
        {"activity": "A", **row},
        {"activity": "C", "cause": "right", "right": "Beheer HRM", "module": ""},
    )
    refused = fact("bsn_access", "forbidden_client", activity="D", right="X")
    found = rights.doctor({"activities": activities, "bsn_access": refused}).refused
    assert [(one.cause, one.activities, one.helps) for one in found] == [
        (Cause.CLIENT, ("D",), ("X",)),
        (Cause.RIGHT, ("C",), ("Beheer HRM",)),
        (Cause.MODULE, ("A", "B"), ("Loket HR",)),
    ]


# --- On the page ------------------------------------------------------------------------------------------------------------


def test_the_page_says_what_breaks_without_each_missing_one_and_can_copy_them(
    signed_in: Client, checked: LegalEntity
) -> None:
    page = signed_in.get(f"/entities/{checked.pk}/setup/integration-user/").content.decode()
    missing = page.partition("Missing: to be given in Loket")[2].partition("</ul>")[0]
    assert re.findall(r'<b lang="nl" translate="no">(.*?)</b>', missing) == ["Beheer concept werknemers", "Beheer HRM"]
    assert "New people do not reach Loket." in missing
    assert 'data-copy="Beheer concept werknemers\nBeheer HRM"' in page
    assert "13 × granted, 2 × missing" in page


def test_the_page_says_which_of_loket_s_questions_is_answered_with_no(signed_in: Client, checked: LegalEntity) -> None:
    page = signed_in.get(f"/entities/{checked.pk}/setup/integration-user/").content.decode()
    assert "Does the integration user have the right?" in page
    assert "Does the employer have the module?" in page
    assert "Does our application have the activity" not in page


def test_a_call_of_which_loket_has_no_name_is_named_in_the_reader_s_language(
    signed_in: Client, checked: LegalEntity
) -> None:
    row = {"cause": "right", "right": "Applicatiebeheer werkgever", "module": ""}
    rows = tuple({"activity": name, **row} for name in ("distribution units", "GetFunctionsByEmployerId"))
    evidence.record(
        Finding(Outcome.FAILED, "activities_right", {"number": "2"}, rows), "activities", login=checked.loket_login
    )
    signed_in.cookies["django_language"] = "nl"
    page = signed_in.get(f"/entities/{checked.pk}/setup/integration-user/").content.decode()
    doctor = page.partition('id="rights-doctor"')[2].partition("</section>")[0]
    assert '<code translate="no">GetFunctionsByEmployerId</code>, verdelingseenheden' in doctor
    assert "distribution units" not in doctor


def test_what_our_application_lacks_is_not_asked_of_the_accountant(
    signed_in: Client, entity: LegalEntity, administrator: User, simulator: Simulator
) -> None:
    simulator.options.change({"client_lacks": ["PutEmployeeByEmployeeId"]})
    address = signin.begin(entity, "session-1", user=administrator, purpose=Purpose.CHECK)
    signin.complete("session-1", sign_in_at_loket(address), user=administrator)
    page = signed_in.get(f"/entities/{entity.pk}/setup/integration-user/").content.decode()
    assert "support arranges it with Loket" in page
    assert 'id="message"' not in page


# --- The message ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_message_is_dutch_and_lists_exactly_what_is_missing(
    signed_in: Client, checked: LegalEntity, administrator: User, language: str
) -> None:
    signed_in.get("/", headers={"accept-language": language})
    text = message_of(checked, administrator)
    listed = [line.removeprefix("- ") for line in text.splitlines() if line.startswith("- ")]
    assert listed == [
        "Beheer concept werknemers",
        "Beheer HRM",
        "Loket HR",
        'Functie: maak "Algemeen" aan',
        'Afdeling: wijzig de naam "algemeen·" in "Algemeen" (een punt in het midden is een spatie)',
    ]
    for part in (
        "Deze 2 autorisaties ontbreken",
        '"Add authorizations"',
        '"Users > User overview"',
        'staat op "Webservice"',
        '"Via website en SSO"',
        "Werkgever > Beheer",
        "integratie@tulphoreca.example",
        checked.name,
        administrator.email,
    ):
        assert part in text
    assert "werkgevers:" not in text, "one employer is seen, so nothing is said about it"


def test_two_employers_are_named_in_the_message(entity: LegalEntity, administrator: User, simulator: Simulator) -> None:
    simulator.options.change({"two_employers": True})
    address = signin.begin(entity, "session-1", user=administrator, purpose=Purpose.CHECK)
    with pytest.raises(signin.SignInRefused):
        signin.complete("session-1", sign_in_at_loket(address), user=administrator)
    text = message_of(entity, administrator)
    assert "De gebruiker ziet 2 werkgevers" in text
    assert "- Roos Horeca B.V." in text


@pytest.mark.parametrize(
    ("slug", "said"),
    [
        ("login_method", "Zet dit op"),
        ("two_factor", "verificatie in twee stappen staat niet aan"),
        ("access", "geblokkeerd of niet actief"),
        ("one_employer", "aan meer werkgevers gekoppeld"),
    ],
)
def test_each_wrong_flag_of_the_user_is_one_sentence(
    entity: LegalEntity, administrator: User, slug: str, said: str
) -> None:
    rows = [{"slug": s, "state": "wrong" if s == slug else "fits", "found": "X"} for s in ("login_method", slug)]
    facts = {"employer_user": fact("employer_user", "user_several_flags", Outcome.FAILED, *rows)}
    message = messages.message_for(entity, facts, administrator)
    assert message is not None
    assert said in message.text
    assert "ontbre" not in message.text


def test_where_nothing_is_wrong_in_loket_there_is_no_message(entity: LegalEntity, administrator: User) -> None:
    fits = {key: fact(key, "x", Outcome.PROVED) for key in ("rights", "modules", "algemeen_function")}
    assert messages.message_for(entity, fits, administrator) is None
    assert messages.message_for(entity, {}, administrator) is None


def test_the_button_mails_it_to_the_guest_who_holds_the_task_once(
    signed_in: Client, checked: LegalEntity, guest: Guest
) -> None:
    page = signed_in.get(f"/entities/{checked.pk}/setup/integration-user/").content.decode()
    assert "Send it to Mieke Jansen" in page
    path = f"/entities/{checked.pk}/setup/integration-user/message/"
    assert "on its way to Mieke Jansen" in signed_in.post(path, follow=True).content.decode()
    assert "was sent a few minutes ago" in signed_in.post(path, follow=True).content.decode()
    mail = Mail.objects.get()
    assert (mail.to, mail.kind) == ("mieke@jansen.example", "problem_found")
    assert "- Beheer HRM" in mail.text
    assert "Beheer HRM" in mail.html
    assert "no longer in order" not in mail.text


def test_without_a_guest_nothing_is_sent_and_it_can_be_copied(signed_in: Client, checked: LegalEntity) -> None:
    page = signed_in.get(f"/entities/{checked.pk}/setup/integration-user/").content.decode()
    assert "Copy the message" in page
    assert "Send it to" not in page
    answer = signed_in.post(f"/entities/{checked.pk}/setup/integration-user/message/", follow=True)
    assert "Nobody outside your company holds this task" in answer.content.decode()
    assert not Mail.objects.exists()


def test_a_revoked_guest_gets_nothing(checked: LegalEntity, administrator: User, guest: Guest) -> None:
    Guest.objects.filter(pk=guest.pk).update(revoked_at=timezone.now())
    with pytest.raises(SendRefused) as refused:
        messages.send(checked, administrator)
    assert refused.value.refusal is messages.Refusal.NOBODY_HOLDS_IT


def test_sending_takes_payroll_edit(client: Client, checked: LegalEntity, guest: Guest) -> None:
    reader = member(checked, Role.Preset.PAYROLL_MANAGER)
    reader.memberships.get().role.payroll_entities.clear()
    client.force_login(reader, backend=BACKEND)
    assert client.post(f"/entities/{checked.pk}/setup/integration-user/message/").status_code == 403
    assert not Mail.objects.exists()


# --- No code without words --------------------------------------------------------------------------------------------------


def test_every_right_has_words_and_those_that_no_call_needs_say_so() -> None:
    assert list(RIGHT_WORDS) == [one.slug for one in RIGHTS]
    used = {one.slug for one in RIGHTS if one.name in RIGHT_OF.values()}
    assert {slug for slug, said in RIGHT_WORDS.items() if said.is_used} == used


def test_every_state_cause_and_refusal_has_words() -> None:
    assert set(STATES) == set(RightState)
    assert set(CAUSES) == set(Cause)
    assert set(words.ITEMS) == set(algemeen.What)
    assert set(words.STATES) == set(algemeen.ItemState)
    assert set(words.CREATE) == set(algemeen.Refusal)
    assert set(words.SEND) == set(messages.Refusal)
    for said in (*words.CREATE.values(), *words.SEND.values(), *CAUSES.values()):
        assert said.text
        assert said.fix


@pytest.mark.parametrize("name", SCREENS)
def test_every_name_of_a_screen_stands_in_the_glossary(name: str) -> None:
    glossary = GLOSSARY.read_text(encoding="utf-8").replace("\\|", "|")
    assert SCREENS[name].english in glossary
    assert SCREENS[name].dutch in glossary


def test_employers_that_a_guest_showed_are_counted_in_the_message_and_not_named() -> None:
    found = fact("single_employer", "several_employers_unnamed", number="2")
    lacks = messages.lacks_in({"single_employer": found})
    assert (lacks.employer_count, lacks.employers, lacks.sees_no_employer, lacks.of_user) == ("2", (), False, True)
