"""The pages "Book the integration" and "Have the attributes set up", as a customer sees them (rules 7, 8, 10, 23)."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from onboarding.models import Booking, Guest, LegalEntity, Role, User
from onboarding.services import bookings, entities, evidence
from onboarding.services.bookings import State
from onboarding.steps import StepKey
from tests.factories import EntityFactory, member
from tests.onboarding import desk

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def entity(db: None) -> LegalEntity:
    return EntityFactory(enabled_at=None, name="Tulp Catering B.V.")


def address(entity: LegalEntity, step: str = "booking") -> str:
    return reverse("setup_step", kwargs={"pk": entity.pk, "step": step})


def page(client: Client, entity: LegalEntity, step: str = "booking") -> str:
    answer = client.get(address(entity, step))
    assert answer.status_code == 200
    return answer.content.decode()


def fields(*booked: LegalEntity, **changed: str) -> dict[str, object]:
    return {"entities": [one.pk for one in booked], **desk.FIELDS, **changed}


def value(html: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*?value="([^"]*)"', html) or re.search(
        rf'value="([^"]*)"[^>]*?name="{name}"', html
    )
    return found[1] if found else ""


# --- The form -------------------------------------------------------------------------------------------------------------


def test_before_its_time_it_names_what_comes_first_and_shows_no_form(signed_in: Client, entity: LegalEntity) -> None:
    html = page(signed_in, entity)
    assert "Involve the person who runs your payroll" in html
    assert 'name="contact_name"' not in html


def test_the_form_knows_who_books_and_who_runs_the_payroll(
    signed_in: Client, entity: LegalEntity, administrator: User
) -> None:
    desk.prepare(entity, administrator)
    guest = Guest.objects.create(company=entity.company, name="M. Jansen", email="jansen@accountants.example")
    said = {"name": "M. Jansen", "guest": str(guest.pk)}
    evidence.declare(entity, StepKey.PAYROLL_PERSON, actor=administrator, params=said)
    html = page(signed_in, entity)
    assert value(html, "contact_name") == str(administrator)
    assert value(html, "contact_email") == administrator.email
    assert value(html, "accountant_name") == "M. Jansen"
    assert value(html, "accountant_email") == "jansen@accountants.example"


def test_boxes_for_what_is_possible_and_why_the_others_are_not(
    signed_in: Client, entity: LegalEntity, administrator: User
) -> None:
    other, booked, foreign = (
        EntityFactory(company=entity.company, enabled_at=None, name=name, country=country)
        for name, country in [("Other B.V.", "NL"), ("Booked B.V.", "NL"), ("Gastro GmbH", "DE")]
    )
    Role.objects.get(company=entity.company).payroll_entities.add(other, booked, foreign)
    desk.book(booked, administrator)
    desk.prepare(entity, administrator)
    html = page(signed_in, entity)
    ticked = re.findall(r'type="checkbox"\s+name="entities"\s+value="(\d+)"[^>]*checked', html)
    offered = re.findall(r'type="checkbox"\s+name="entities"\s+value="(\d+)"', html)
    assert (ticked, offered) == ([str(entity.pk)], [str(entity.pk)])
    for name, why in [
        ("Gastro GmbH", "Loket.nl runs Dutch payroll only"),
        ("Booked B.V.", "It is in a booking already: New, since today."),
        ("Other B.V.", "Do this first: “Involve the person who runs your payroll”"),
    ]:
        assert name in html
        assert why in html


def test_booking_goes_to_support_and_the_page_shows_where_it_stands(
    signed_in: Client, entity: LegalEntity, administrator: User
) -> None:
    desk.prepare(entity, administrator)
    answer = signed_in.post(address(entity), fields(entity), follow=True)
    assert answer.redirect_chain == [(address(entity), 302)]
    html = answer.content.decode()
    assert "The integration is booked." in html
    assert "Yours is the next in the queue." in html
    assert "nobody yet" in html
    assert 'name="contact_name"' not in html
    assert Booking.objects.get().accountant_email == "jansen@accountants.example"


def test_nothing_typed_is_lost_when_something_is_wrong(
    signed_in: Client, entity: LegalEntity, administrator: User
) -> None:
    desk.prepare(entity, administrator)
    wrong = fields(entity, contact_email="no address", message="Keep me & mine")
    html = signed_in.post(address(entity), wrong).content.decode()
    assert "<title>Error:" in html
    assert 'href="#id_contact_email"' in html
    assert value(html, "contact_email") == "no address"
    assert value(html, "accountant_name") == "M. Jansen"
    assert "Keep me &amp; mine" in html
    assert not Booking.objects.exists()


def test_without_an_entity_it_asks_for_one(signed_in: Client, entity: LegalEntity, administrator: User) -> None:
    desk.prepare(entity, administrator)
    html = signed_in.post(address(entity), fields()).content.decode()
    assert 'href="#id_entities"' in html
    assert "Choose at least one legal entity." in html


def test_one_that_was_booked_meanwhile_is_named_and_the_text_stays(
    signed_in: Client, entity: LegalEntity, administrator: User
) -> None:
    desk.book(entity, administrator)
    html = signed_in.post(address(entity), fields(entity, message="Keep me")).content.decode()
    assert "Tulp Catering B.V.: It is in a booking already" in html
    assert "Keep me" in html
    assert Booking.objects.count() == 1


def test_the_service_refuses_what_the_page_did_not_offer(signed_in: Client, entity: LegalEntity) -> None:
    html = signed_in.post(address(entity), fields(entity)).content.decode()
    assert "Do this first: “Involve the person who runs your payroll”" in html
    assert not Booking.objects.exists()


def test_an_entity_of_another_company_is_no_choice(signed_in: Client, entity: LegalEntity, administrator: User) -> None:
    desk.prepare(entity, administrator)
    stranger = EntityFactory(enabled_at=None, name="Stranger B.V.")
    html = signed_in.post(address(entity), fields(entity, stranger)).content.decode()
    assert "Stranger B.V." not in html
    assert not Booking.objects.exists()


def test_who_has_no_payroll_edit_reads_and_cannot_book(client: Client, entity: LegalEntity) -> None:  # rule 7
    by = member(entity)
    desk.prepare(entity, by)
    reader = member(EntityFactory(company=entity.company), Role.Preset.PAYROLL_MANAGER)
    client.force_login(reader, backend=BACKEND)
    html = page(client, entity)
    assert 'name="contact_name"' not in html
    assert str(by) in html, "who has the right"
    assert client.post(address(entity), fields(entity)).status_code == 403


# --- Where it stands ------------------------------------------------------------------------------------------------------


@pytest.fixture
def booking(entity: LegalEntity, administrator: User) -> Booking:
    return desk.book(entity, administrator)


def test_it_names_who_has_it_at_support_and_since_when(
    signed_in: Client, entity: LegalEntity, booking: Booking
) -> None:
    bookings.take(booking, desk.support(first_name="Sam", last_name="Support"))
    html = page(signed_in, entity)
    assert "Sam Support" in html
    assert "In progress" in html
    assert "queue" not in html.split("<main")[1]


def test_support_s_question_can_be_answered_on_the_page(
    signed_in: Client, entity: LegalEntity, booking: Booking
) -> None:
    sam = desk.support()
    bookings.take(booking, sam)
    bookings.move(booking, State.WAITING, by=sam, reply="Which <b>one</b>?")
    html = page(signed_in, entity)
    assert "Which &lt;b&gt;one&lt;/b&gt;?" in html
    assert 'name="answer"' in html
    assert "Write an answer" in signed_in.post(address(entity), {"answer": " "}).content.decode()
    after = signed_in.post(address(entity), {"answer": "The second."}, follow=True).content.decode()
    assert "Your answer is with support." in after
    booking.refresh_from_db()
    assert booking.state == State.IN_PROGRESS


def test_neither_the_message_nor_an_answer_takes_a_number_of_a_person(
    signed_in: Client, entity: LegalEntity, administrator: User
) -> None:
    desk.prepare(entity, administrator)
    sent = fields(entity, message="Her BSN is 123456782")
    assert "This looks like a BSN" in signed_in.post(address(entity), sent).content.decode()
    assert not Booking.objects.exists()
    booking, sam = desk.book(entity, administrator), desk.support()
    bookings.take(booking, sam)
    bookings.move(booking, State.WAITING, by=sam, reply="Which one?")
    answer = {"answer": "NL91 ABNA 0417 1643 00"}
    assert "This looks like a BSN" in signed_in.post(address(entity), answer).content.decode()
    booking.refresh_from_db()
    assert booking.state == State.WAITING


def test_an_answer_that_comes_too_late_is_kept_on_the_page(
    signed_in: Client, entity: LegalEntity, booking: Booking
) -> None:
    html = signed_in.post(address(entity), {"answer": "My long answer"}).content.decode()
    assert "Support no longer waits for an answer." in html
    assert "My long answer" in html


def test_a_refusal_shows_why_and_the_form_to_book_again(
    signed_in: Client, entity: LegalEntity, booking: Booking
) -> None:
    bookings.move(booking, State.DECLINED, by=desk.support(), reply="No payroll here.")
    html = page(signed_in, entity)
    assert "No payroll here." in html
    assert value(html, "accountant_email") == "jansen@accountants.example", "nobody types it twice"
    signed_in.post(address(entity), fields(entity))
    assert Booking.objects.filter(state=State.NEW).count() == 1


def test_one_that_support_closed_without_enabling_can_be_booked_anew(
    signed_in: Client, entity: LegalEntity, booking: Booking
) -> None:
    bookings.move(booking, State.IN_PROGRESS, by=desk.support())
    assert "contact_name" not in page(signed_in, entity)
    bookings.move(booking, State.DONE, by=desk.support(), reply="Nothing left to do for us.")
    assert "contact_name" in page(signed_in, entity)


def test_enabled_without_a_booking_there_is_nothing_to_book(signed_in: Client, entity: LegalEntity) -> None:
    LegalEntity.objects.update(enabled_at=timezone.now())
    html = page(signed_in, entity)
    assert "nothing to book" in html
    assert 'name="contact_name"' not in html


# --- Attributes -----------------------------------------------------------------------------------------------------------


def test_what_is_missing_stands_in_the_reader_s_language(signed_in: Client, entity: LegalEntity) -> None:
    lack = {"code": "required_field", "label": "Last name", "label_nl": "Achternaam"}
    entities.note_mapping(entity, [lack])
    assert "Last name" in page(signed_in, entity, "attributes")
    answer = signed_in.get(address(entity, "attributes"), headers={"accept-language": "nl"}).content.decode()
    assert "Achternaam" in answer
    assert "required_field" not in answer


def test_it_tells_who_has_it_and_the_three_kinds_of_work(
    signed_in: Client, entity: LegalEntity, booking: Booking
) -> None:
    assert "It is in support" in page(signed_in, entity, "attributes")
    bookings.take(booking, desk.support(first_name="Sam", last_name="Support"))
    html = page(signed_in, entity, "attributes")
    assert "Sam Support of support has it" in html
    for kind in ("Connect", "Duplicate", "Create"):
        assert f"<strong>{kind}</strong>" in html
    assert "Only administrators see it at first" in html


def test_once_enabled_it_says_so(signed_in: Client, entity: LegalEntity) -> None:
    LegalEntity.objects.update(enabled_at=timezone.now())
    html = page(signed_in, entity, "attributes")
    assert "The integration is enabled" in html
    assert "What is still missing" not in html


def test_it_has_nothing_to_press(signed_in: Client, entity: LegalEntity) -> None:  # rule 28
    html = page(signed_in, entity, "attributes").split("<main")[1].split("</main>")[0]
    assert "<button" not in html
