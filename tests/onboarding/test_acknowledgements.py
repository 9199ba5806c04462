"""Rule 6: every member with payroll edit confirms this version of the text, with name and time."""

import hashlib
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from mapping.catalogue import LOKET_FIELDS, Group, LoketField, Resource
from onboarding import texts
from onboarding.models import Acknowledgement, AuditEvent, LegalEntity, Role, User
from onboarding.progress import Status
from onboarding.services import acknowledgements, hub
from onboarding.services.access import NotAllowed
from onboarding.services.acknowledgements import AcknowledgementRefused, Refusal
from onboarding.steps import StepKey
from onboarding.texts import SCOPE_POINTS, SCOPE_VERSION
from onboarding.wording.before import SCOPE_REFUSED
from onboarding.wording.scope import POINTS, SCOPE
from tests.factories import EntityFactory, member

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
TICKED = dict.fromkeys(SCOPE_POINTS, "on") | {"version": SCOPE_VERSION}
TEXT_OF_VERSION = {"2026-11": "6731ee6a90d8e549", "2026-12": "5354b3aa00628ed8", "2027-01": "715251d2d533b5cf"}
"""What the text of each version says. A change of meaning is a new version; of a mere slip, correct the value here."""


def acknowledge(entity: LegalEntity, user: User) -> bool:
    return acknowledgements.acknowledge(entity, user, points=SCOPE_POINTS, version=SCOPE_VERSION)


def page(entity: LegalEntity) -> str:
    return reverse("setup_step", kwargs={"pk": entity.pk, "step": "scope"})


def scope_of(entity: LegalEntity, user: User) -> Status:
    return hub.state(entity, StepKey.SCOPE, user).status


def english() -> str:
    with translation.override("en"):
        lines = [str(line) for section in SCOPE for line in (section.title, *section.lines)]
        return "\n".join([*lines, *(str(POINTS[key]) for key in SCOPE_POINTS)])


# --- The text ---------------------------------------------------------------------------------------------------------------


def test_another_text_is_another_version() -> None:
    assert TEXT_OF_VERSION[SCOPE_VERSION] == hashlib.sha256(english().encode()).hexdigest()[:16]


def test_every_point_has_words() -> None:
    assert set(SCOPE_POINTS) == set(POINTS)


@pytest.mark.parametrize("refusal", Refusal)
def test_every_refusal_has_a_reason_and_a_fix(refusal: Refusal) -> None:
    assert SCOPE_REFUSED[refusal].text
    assert SCOPE_REFUSED[refusal].fix


WORDS_OF_FIELDS = {
    "employee.personalDetails.dateOfBirth": "date and place of birth",
    "employee.personalDetails.placeOfBirth": "date and place of birth",
    "employee.personalDetails.prefixPartner": "name of the partner",
    "employee.personalDetails.lastNamePartner": "name of the partner",
    "employee.personalDetails.howToFormatLastName": "name of the partner",
    "employee.travel.travelDistanceToWork": "distance to work",
    "employee.exclusionFromAbsenceStatus": "absence information",
    "employee.contactInformation.phoneNumber": "telephone number",
    "employee.contactInformation.businessPhoneNumber": "telephone number",
    "employee.contactInformation.mobilePhoneNumber": "mobile number",
    "employee.contactInformation.businessMobilePhoneNumber": "mobile number",
    "employee.contactInformation.businessEmailAddress": "e-mail address",
    **dict.fromkeys(("employment.startDate", "employment.endDate"), "start date"),
    **{key: LOKET_FIELDS[key].label for key in ("bsn", "iban", "employment.incomeRelationshipNumber")},
    **{f"organization.{name}": LOKET_FIELDS[f"organization.{name}"].label for name in ("function", "department")},
    "organization.distributionUnit": "distribution unit",
    "workingHours.deviatingHoursPerWeek": "hours per week",
}
WORDS_OF_GROUPS = {
    Group.ADDRESS: "address",
    Group.POSTAL_ADDRESS: "postal address",
    Group.IDENTITY: "identity document",
    Group.BANK: "the payment",
    Group.EMPLOYMENT: "the employment",
    Group.CONTRACT: "the contract",
    Group.PAYROLL: "the payroll settings",
    Group.WORKING_HOURS: "the working hours",
    Group.WORK_PATTERN: "the work pattern",
    Group.ORGANIZATION: "the place in the organization",
}
"""A field is named itself, or else the group that it belongs to."""


@pytest.mark.parametrize("field", LOKET_FIELDS.values(), ids=lambda field: field.key)
def test_every_field_that_can_be_filled_is_named_where_it_belongs(field: LoketField) -> None:
    written, known = "\n".join(map(str, SCOPE[1].lines)), str(SCOPE[2].lines[0])
    word = (WORDS_OF_FIELDS.get(field.key) or WORDS_OF_GROUPS.get(field.group) or field.label).casefold()
    if field.key == "employment.endDate":
        assert "start and end date" in known
    elif field.concept_path or field.resource in (Resource.EMPLOYEE, Resource.BSN):
        assert word in written.casefold()
    if field.resource not in (Resource.EMPLOYEE, Resource.BSN):
        assert word.removesuffix(" date") in known.casefold(), "written for somebody who is there already too"
    elif field.key != "employee.employeeNumber":
        assert re.search(rf"\b{re.escape(word)}\b", known.casefold()) is None


# --- Who confirms -----------------------------------------------------------------------------------------------------------


def test_a_confirmation_has_name_time_and_version(entity: LegalEntity, administrator: User) -> None:
    assert acknowledge(entity, administrator)
    row = Acknowledgement.objects.get()
    assert (row.user, row.company, row.text_version) == (administrator, entity.company, SCOPE_VERSION)
    assert row.at is not None
    event = AuditEvent.objects.get(action=AuditEvent.Action.ACKNOWLEDGED)
    assert (event.actor, event.detail) == (administrator, SCOPE_VERSION)


def test_confirming_twice_keeps_the_first_time(entity: LegalEntity, administrator: User) -> None:
    acknowledge(entity, administrator)
    first = Acknowledgement.objects.get().at
    assert not acknowledge(entity, administrator)
    assert Acknowledgement.objects.get().at == first
    assert AuditEvent.objects.count() == 1


def test_the_task_is_done_when_the_last_has_confirmed(entity: LegalEntity, administrator: User) -> None:
    piet = member(entity, Role.Preset.PAYROLL_MANAGER)
    acknowledge(entity, administrator)
    assert scope_of(entity, administrator) is Status.WAITING
    acknowledge(entity, piet)
    assert scope_of(entity, administrator) is Status.COMPLETED


def test_a_new_version_asks_everybody_again(
    entity: LegalEntity, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    acknowledge(entity, administrator)
    for module in ("onboarding.services.acknowledgements", "onboarding.services.known"):
        monkeypatch.setattr(f"{module}.SCOPE_VERSION", "2031-01")
    assert scope_of(entity, administrator) is Status.TO_DO
    (reader,) = acknowledgements.readers(entity, administrator)
    assert (reader.at, reader.former) == (None, SCOPE_VERSION)


def test_it_counts_for_all_entities_of_the_company(entity: LegalEntity, administrator: User) -> None:
    other = EntityFactory(company=entity.company)
    Role.objects.get().payroll_entities.add(other)
    acknowledge(entity, administrator)
    assert scope_of(other, administrator) is Status.COMPLETED


def test_without_payroll_edit_nobody_confirms(entity: LegalEntity, administrator: User) -> None:
    reader = member(entity, Role.Preset.PAYROLL_MANAGER)
    Role.objects.get(name="Payroll Manager").payroll_entities.clear()
    with pytest.raises(NotAllowed):
        acknowledge(entity, reader)
    assert [one.name for one in acknowledgements.readers(entity, administrator)] == [str(administrator)]


def test_somebody_whose_account_is_closed_is_not_waited_for(entity: LegalEntity, administrator: User) -> None:
    closed = member(entity, Role.Preset.PAYROLL_MANAGER, is_active=False)
    acknowledge(entity, administrator)
    assert str(closed) not in {reader.name for reader in acknowledgements.readers(entity, administrator)}
    assert scope_of(entity, administrator) is Status.COMPLETED


@pytest.mark.parametrize("left_open", SCOPE_POINTS)
def test_every_point_has_to_be_ticked(entity: LegalEntity, administrator: User, left_open: str) -> None:
    points = set(SCOPE_POINTS) - {left_open}
    with pytest.raises(AcknowledgementRefused) as refused:
        acknowledgements.acknowledge(entity, administrator, points=points, version=SCOPE_VERSION)
    assert refused.value.refusal is Refusal.POINTS_OPEN
    assert not Acknowledgement.objects.exists()


def test_a_text_that_changed_while_it_was_read_does_not_count(entity: LegalEntity, administrator: User) -> None:
    with pytest.raises(AcknowledgementRefused) as refused:
        acknowledgements.acknowledge(entity, administrator, points=SCOPE_POINTS, version="2020-01")
    assert refused.value.refusal is Refusal.OTHER_TEXT


# --- The page ---------------------------------------------------------------------------------------------------------------


def test_the_page_names_who_has_confirmed_and_who_still_has_to(
    signed_in: Client, entity: LegalEntity, administrator: User
) -> None:
    piet = member(entity, Role.Preset.PAYROLL_MANAGER, first_name="Piet", last_name="Visser")
    acknowledge(entity, administrator)
    html = signed_in.get(page(entity)).content.decode()
    rows = html.partition("Who has confirmed")[2].split("</li>")
    assert "Still to confirm" in next(row for row in rows if str(piet) in row)
    assert "Still to confirm" not in next(row for row in rows if str(administrator) in row)
    assert "You have confirmed this" in html


def test_ticking_all_and_sending_confirms(signed_in: Client, entity: LegalEntity, administrator: User) -> None:
    answer = signed_in.post(page(entity), TICKED, follow=True).content.decode()
    assert "Your confirmation is written down" in answer
    assert Acknowledgement.objects.get().user == administrator


def test_a_tick_that_is_missing_is_asked_for_and_the_others_stay(signed_in: Client, entity: LegalEntity) -> None:
    html = signed_in.post(page(entity), {name: v for name, v in TICKED.items() if name != "limits"}).content.decode()
    assert "Tick this point too" in html
    assert len(re.findall(r'type="checkbox"[^>]* checked', html)) == len(SCOPE_POINTS) - 1
    assert not Acknowledgement.objects.exists()


def test_somebody_without_payroll_edit_reads_it_and_has_no_form(
    client: Client, entity: LegalEntity, administrator: User
) -> None:
    reader = member(entity, Role.Preset.PAYROLL_MANAGER)
    Role.objects.get(name="Payroll Manager").payroll_entities.clear()
    client.force_login(reader, backend=BACKEND)
    html = client.get(page(entity)).content.decode()
    assert "HR leads" in html
    assert 'type="checkbox"' not in html
    assert client.post(page(entity), TICKED).status_code == 403
    assert not Acknowledgement.objects.exists()


def test_the_version_fits_in_its_column() -> None:
    assert len(texts.SCOPE_VERSION) <= 12
