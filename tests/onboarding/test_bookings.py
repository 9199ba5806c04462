"""A booking from new to done or declined (rule 10), and who may book what (rules 1, 7, 8)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from onboarding.models import AuditEvent, Booking, LegalEntity, Mail, Role, User
from onboarding.services import access, bookings, marketplace
from onboarding.services.bookings import ReplyMissing, State
from onboarding.services.marketplace import BookingRefused, Refusal
from onboarding.steps import StepKey
from tests.factories import EntityFactory, UserFactory, member
from tests.onboarding import desk

ALL = tuple(State)
MAY = {(old, new) for old, news in bookings.ALLOWED.items() for new in news}


@pytest.fixture
def entity(db: None) -> LegalEntity:
    """A Dutch entity that nobody has enabled yet."""
    return EntityFactory(enabled_at=None)


@pytest.fixture
def booking(entity: LegalEntity, administrator: User) -> Booking:
    return desk.book(entity, administrator)


def offer(entity: LegalEntity, by: User) -> marketplace.Offer:
    return next(one for one in marketplace.offers(entity.company, by) if one.entity == entity)


# --- Booking --------------------------------------------------------------------------------------------------------------


def test_it_is_new_in_the_queue_audited_and_told_to_both_sides(booking: Booking, administrator: User) -> None:
    assert (booking.state, booking.booked_by, booking.contact_name) == ("new", administrator, "Anna de Boer")
    assert AuditEvent.objects.get(action="booked").actor == administrator
    sent = set(Mail.objects.values_list("kind", "to"))
    assert ("booking_received", administrator.email) in sent
    assert ("booking_received", "anna@company.example") in sent, "the contact is somebody else"
    assert ("booking_new", "support@portal.example") in sent


def test_a_contact_who_books_himself_gets_one_mail(entity: LegalEntity, administrator: User) -> None:
    desk.prepare(entity, administrator)
    marketplace.book([entity], administrator, **desk.FIELDS | {"contact_email": administrator.email.upper()})
    assert Mail.objects.filter(kind="booking_received").count() == 1


@pytest.mark.parametrize(
    "open_step", [StepKey.PAYROLL_PERSON, StepKey.SCOPE, StepKey.LEGAL_ENTITY, StepKey.PERMISSIONS]
)
def test_it_is_refused_with_the_steps_to_do_first(
    entity: LegalEntity, administrator: User, open_step: StepKey
) -> None:  # rule 8
    desk.prepare(entity, administrator)
    entity.evidence.filter(fact=open_step)._raw_delete(using="default")
    if open_step is StepKey.SCOPE:
        entity.company.acknowledgements.all().delete()
    with pytest.raises(BookingRefused) as refused:
        marketplace.book([entity], administrator, **desk.FIELDS)
    assert [(one.refusal, one.blocked_by) for one in refused.value.offers] == [(Refusal.NOT_READY, (open_step,))]
    assert not Booking.objects.exists()


def test_a_foreign_and_an_enabled_entity_and_one_without_payroll_edit_are_not_possible(
    entity: LegalEntity, administrator: User
) -> None:
    company = entity.company
    foreign = EntityFactory(company=company, country="DE", enabled_at=None)
    enabled = EntityFactory(company=company, enabled_at=timezone.now())
    other = EntityFactory(company=company, enabled_at=None)
    Role.objects.get(company=company).payroll_entities.add(foreign, enabled)
    expected = {foreign: Refusal.NOT_DUTCH, enabled: Refusal.ENABLED, other: Refusal.NOT_ALLOWED}
    assert {one: offer(one, administrator).refusal for one in expected} == expected
    for one in expected:
        with pytest.raises(BookingRefused):
            marketplace.book([one], administrator, **desk.FIELDS)


def test_one_that_is_in_an_open_booking_is_not_booked_twice(booking: Booking, administrator: User) -> None:
    entity = booking.entities.get()
    assert (offer(entity, administrator).refusal, offer(entity, administrator).booking) == (Refusal.BOOKED, booking)
    with pytest.raises(BookingRefused):
        marketplace.book([entity], administrator, **desk.FIELDS)


def test_after_a_refusal_it_can_be_booked_anew(booking: Booking, administrator: User) -> None:
    bookings.move(booking, State.DECLINED, by=desk.support(), reply="No.")
    again = marketplace.book([booking.entities.get()], administrator, **desk.FIELDS)
    assert bookings.latest_for([booking.entities.get()]) == {booking.entities.get().pk: again}


def test_entities_of_two_companies_make_no_booking(entity: LegalEntity, administrator: User) -> None:
    with pytest.raises(ValueError, match="one company"):
        marketplace.book([entity, EntityFactory()], administrator, **desk.FIELDS)


def test_the_list_of_many_takes_as_many_queries_as_that_of_one(entity: LegalEntity, administrator: User) -> None:
    def count() -> int:
        with CaptureQueriesContext(database["default"]) as seen:
            marketplace.offers(entity.company, administrator)
        return len(seen)

    one = count()
    for _ in range(20):
        EntityFactory(company=entity.company, enabled_at=None)
    assert count() == one


@pytest.mark.any_database
@pytest.mark.django_db(transaction=True)
def test_of_two_bookings_at_once_one_is_made() -> None:
    entity = EntityFactory(enabled_at=None)
    by = member(entity)
    desk.prepare(entity, by)
    start = Barrier(2)

    def book(_n: int) -> bool:
        try:
            start.wait()
            marketplace.book([entity], by, **desk.FIELDS)
        except BookingRefused:
            return False
        finally:
            database.close_all()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(book, range(2))) == [False, True]
    assert Booking.objects.count() == 1


# --- The desk -------------------------------------------------------------------------------------------------------------


@pytest.mark.any_database
@pytest.mark.parametrize("new", ALL)
@pytest.mark.parametrize("old", ALL)
def test_only_allowed_steps_are_made(booking: Booking, old: str, new: str) -> None:
    Booking.objects.update(state=old)
    booking.refresh_from_db()
    assert bookings.move(booking, new, by=desk.support(), reply="Because.") == ((old, new) in MAY)
    booking.refresh_from_db()
    assert booking.state == (new if (old, new) in MAY else old)


def test_new_goes_on_until_done_or_declined_and_these_are_the_end() -> None:
    assert {("new", "in_progress"), ("in_progress", "waiting"), ("waiting", "in_progress"), ("waiting", "done")} <= MAY
    assert not [pair for pair in MAY if pair[0] in {"done", "declined"} or pair[1] == "new"]


@pytest.mark.any_database
def test_a_step_from_a_page_that_is_out_of_date_changes_nothing(booking: Booking) -> None:
    stale = Booking.objects.get(pk=booking.pk)
    first, second = desk.support(), desk.support()
    assert bookings.take(booking, first)
    assert not bookings.move(stale, State.DECLINED, by=second, reply="No.")
    booking.refresh_from_db()
    assert (booking.state, booking.owner) == ("in_progress", first)


@pytest.mark.parametrize("state", [State.WAITING, State.DECLINED])
def test_a_question_and_a_refusal_need_words(booking: Booking, state: str) -> None:
    bookings.take(booking, desk.support())
    with pytest.raises(ReplyMissing):
        bookings.move(booking, state, by=desk.support(), reply="  ")


def test_each_step_is_audited_and_told_to_the_customer_with_the_words(booking: Booking, administrator: User) -> None:
    sam = desk.support()
    bookings.take(booking, sam)
    bookings.move(booking, State.WAITING, by=sam, reply="Which department is “K2”?")
    events = AuditEvent.objects.filter(action="booking_moved").order_by("pk")
    assert [(event.detail, event.actor) for event in events] == [("in_progress", sam), ("waiting", sam)]
    mail = Mail.objects.filter(kind="booking_changed", to=administrator.email).first()
    assert mail is not None
    assert "Which department is “K2”?" in mail.text


def test_the_customer_reads_the_customer_s_word_for_a_state_and_not_the_desk_s(
    booking: Booking, administrator: User
) -> None:
    sam = desk.support()
    bookings.take(booking, sam)
    bookings.move(booking, State.WAITING, by=sam, reply="Which one?")
    mail = Mail.objects.filter(kind="booking_changed", to=administrator.email).first()
    assert mail is not None
    assert mail.subject.endswith(": Waiting for you")
    assert "is now: Waiting for you." in mail.text
    assert "goes on when you have answered" in mail.text


def test_who_has_left_the_company_hears_no_more_of_it_and_its_payroll_editors_do(
    entity: LegalEntity, administrator: User
) -> None:
    gone = member(entity, Role.Preset.PAYROLL_MANAGER)
    desk.prepare(entity, administrator)
    booking = marketplace.book([entity], gone, **desk.FIELDS | {"contact_email": gone.email})
    gone.memberships.all().delete()
    Mail.objects.all().delete()
    bookings.move(booking, State.DECLINED, by=desk.support(), reply="We call you.")
    assert list(Mail.objects.values_list("kind", "to")) == [("booking_changed", administrator.email)]


def test_a_colleague_takes_over_and_the_state_stays(booking: Booking) -> None:
    first, second = desk.support(), desk.support()
    assert bookings.take(booking, first)
    assert not bookings.take(booking, first), "it is his already"
    assert bookings.take(Booking.objects.get(pk=booking.pk), second)
    booking.refresh_from_db()
    assert (booking.state, booking.owner) == ("in_progress", second)


def test_an_answer_goes_to_the_owner_keeps_the_question_and_support_goes_on(
    booking: Booking, administrator: User
) -> None:
    sam = desk.support(first_name="Sam", last_name="Support")
    bookings.take(booking, sam)
    bookings.move(booking, State.WAITING, by=sam, reply="Which one?")
    assert bookings.answer(booking, administrator, "The second.")
    booking.refresh_from_db()
    assert (booking.state, booking.owner, booking.reply) == ("in_progress", sam, "")
    spoken = [text for text in ("Payroll runs on the 20th.", "Which one?", "The second.") if text in booking.message]
    assert spoken == sorted(spoken, key=booking.message.index)
    assert len(spoken) == 3
    mail = Mail.objects.get(kind="booking_answered")
    assert mail.to == sam.email
    assert "The second." in mail.text


def test_an_answer_nobody_waits_for_changes_nothing(booking: Booking, administrator: User) -> None:
    assert not bookings.answer(booking, administrator, "Too late.")
    booking.refresh_from_db()
    assert "Too late." not in booking.message


def test_a_stranger_does_not_answer(booking: Booking) -> None:
    bookings.take(booking, desk.support())
    bookings.move(booking, State.WAITING, by=desk.support(), reply="Which one?")
    with pytest.raises(access.NotAllowed):
        bookings.answer(booking, UserFactory(), "Mine.")


def test_the_place_in_the_queue_counts_those_that_nobody_has_taken(db: None) -> None:
    first, second, third = (desk.book(one, member(one)) for one in EntityFactory.create_batch(3, enabled_at=None))
    assert [bookings.position(one) for one in (first, second, third)] == [1, 2, 3]
    bookings.take(first, desk.support())
    assert [bookings.position(one) for one in (first, second, third)] == [0, 1, 2]
