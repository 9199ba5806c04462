"""The support desk: the queue of bookings, enabling, releases, guests, and what is only looked at (rules 10, 28, 37)."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from onboarding.models import AuditEvent, Booking, Connection, Guest, LegalEntity, LoketLogin, ReleaseRequest, User
from onboarding.services import access, bookings, evidence, releases
from onboarding.services.bookings import State
from onboarding.steps import StepKey
from tests.factories import ConnectionFactory, EntityFactory, UserFactory, member
from tests.onboarding import desk

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
pytestmark = pytest.mark.django_db


@pytest.fixture
def sam(db: None) -> User:
    return desk.support(first_name="Sam", last_name="Support")


@pytest.fixture
def support(client: Client, sam: User) -> Client:
    client.force_login(sam, backend=BACKEND)
    return client


@pytest.fixture
def entity(db: None) -> LegalEntity:
    return EntityFactory(enabled_at=None, name="Tulp Catering B.V.")


@pytest.fixture
def booking(entity: LegalEntity) -> Booking:
    return desk.book(entity, member(entity))


def act(row: object, name: str) -> str:
    model = type(row)._meta.model_name  # type: ignore[attr-defined]
    return reverse(f"admin:onboarding_{model}_act", args=[row.pk, name])  # type: ignore[attr-defined]


def shown(support: Client, row: object) -> str:
    model = type(row)._meta.model_name  # type: ignore[attr-defined]
    return support.get(reverse(f"admin:onboarding_{model}_change", args=[row.pk])).content.decode()  # type: ignore[attr-defined]


def listed(support: Client, model: str, **query: str) -> str:
    answer = support.get(reverse(f"admin:onboarding_{model}_changelist"), query)
    assert answer.status_code == 200
    return answer.content.decode()


def links(html: str) -> set[str]:
    """The names of the acts that a page offers."""
    return set(re.findall(r"/act/(\w+)/", html))


def test_words_to_the_customer_and_a_reason_take_no_number_of_a_person(support: Client, booking: Booking) -> None:
    connection = ConnectionFactory()
    for row, name in [(booking, "decline"), (connection, "release")]:
        html = support.post(act(row, name), {"text": "It is about 123456782"}).content.decode()
        assert "This looks like a BSN" in html
    booking.refresh_from_db()
    assert booking.state == State.NEW
    assert not ReleaseRequest.objects.exists()


# --- The queue ------------------------------------------------------------------------------------------------------------


def test_the_queue_shows_company_entities_state_age_and_owner(support: Client, booking: Booking) -> None:
    bookings.take(booking, desk.support(first_name="Kim", last_name="Helper"))
    html = listed(support, "booking")
    for text in (str(booking.company), "Tulp Catering B.V.", "In progress", "0\xa0minutes", "Kim Helper"):
        assert text in html


def test_open_ones_come_first_and_mine_can_be_filtered(support: Client, sam: User) -> None:
    made = [desk.book(one, member(one)) for one in EntityFactory.create_batch(3, enabled_at=None)]
    bookings.move(made[0], State.DECLINED, by=sam, reply="No.")
    bookings.take(made[2], sam)

    def order(**query: str) -> list[int]:
        return [int(pk) for pk in re.findall(r"NL \| Loket #(\d+)", listed(support, "booking", **query))]

    assert order() == [made[1].pk, made[2].pk, made[0].pk]
    assert order(open="mine") == [made[2].pk]
    assert order(open="yes") == [made[1].pk, made[2].pk]
    assert order(open="no") == [made[0].pk]


@pytest.mark.parametrize(
    ("state", "possible"),
    [
        ("new", {"take", "done", "decline"}),
        ("in_progress", {"take", "ask", "done", "decline"}),
        ("waiting", {"take", "resume", "done", "decline"}),
        ("done", set()),
        ("declined", set()),
    ],
)
def test_only_possible_steps_are_offered(support: Client, booking: Booking, state: str, possible: set[str]) -> None:
    Booking.objects.update(state=state)
    assert links(shown(support, booking)) == possible


def test_taking_asking_and_finishing_with_their_words(support: Client, booking: Booking, sam: User) -> None:
    assert support.post(act(booking, "take")).status_code == 302
    asking = support.post(act(booking, "ask"), {"text": " "})
    assert "Write a message" in asking.content.decode()
    booking.refresh_from_db()
    assert (booking.state, booking.owner) == (State.IN_PROGRESS, sam), "no question without words"
    support.post(act(booking, "ask"), {"text": "Which one?"})
    booking.refresh_from_db()
    assert (booking.state, booking.reply) == (State.WAITING, "Which one?")
    support.post(act(booking, "decline"), {"text": "No payroll."})
    booking.refresh_from_db()
    assert (booking.state, booking.reply) == (State.DECLINED, "No payroll.")
    assert AuditEvent.objects.filter(action="booking_moved", actor=sam).count() == 3


def test_looking_at_a_step_does_not_take_it(support: Client, booking: Booking) -> None:
    assert support.get(act(booking, "take")).status_code == 200
    booking.refresh_from_db()
    assert booking.state == State.NEW


def test_done_with_an_entity_that_is_not_enabled_needs_words(support: Client, booking: Booking) -> None:
    assert "Tulp Catering B.V." in support.get(act(booking, "done")).content.decode()
    assert support.post(act(booking, "done"), {"text": ""}).status_code == 200
    booking.refresh_from_db()
    assert booking.state == State.NEW
    assert support.post(act(booking, "done"), {"text": "You told us that you stop."}).status_code == 302
    booking.refresh_from_db()
    assert booking.state == State.DONE


def test_a_step_that_is_not_possible_any_more_leads_back(support: Client, booking: Booking) -> None:
    answer = support.post(act(booking, "ask"), {"text": "Which one?"}, follow=True)
    assert "not possible now" in answer.content.decode()
    booking.refresh_from_db()
    assert booking.state == State.NEW


def test_several_are_taken_from_the_list(support: Client, booking: Booking, sam: User) -> None:
    data = {"action": "take", "_selected_action": [booking.pk]}
    assert support.post(reverse("admin:onboarding_booking_changelist"), data).status_code == 302
    booking.refresh_from_db()
    assert booking.owner == sam


def test_nobody_edits_a_booking(support: Client, booking: Booking) -> None:
    page = reverse("admin:onboarding_booking_change", args=[booking.pk])
    assert support.post(page, {"state": "done"}).status_code == 403
    assert support.get(reverse("admin:onboarding_booking_add")).status_code == 403


def test_who_may_only_look_is_offered_no_step(client: Client, booking: Booking) -> None:
    reader = UserFactory(is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_booking"))
    client.force_login(reader, backend=BACKEND)
    assert links(shown(client, booking)) == set()
    client.post(act(booking, "take"))
    booking.refresh_from_db()
    assert booking.state == State.NEW


def test_a_customer_never_moves_a_booking(client: Client, booking: Booking) -> None:
    customer = booking.booked_by
    assert customer is not None
    client.force_login(customer, backend=BACKEND)
    assert client.post(act(booking, "take")).status_code == 302, "to the sign-in of the admin"
    with pytest.raises(access.NotAllowed):
        bookings.take(booking, customer)


# --- Enabling -------------------------------------------------------------------------------------------------------------


def test_the_page_of_an_entity_shows_all_that_stands_against_it_and_what_to_do(
    support: Client, entity: LegalEntity
) -> None:
    anna = member(entity)
    for html in (shown(support, entity), support.post(act(entity, "enable")).content.decode()):
        assert f"The scope is not confirmed by {anna}" in html
        assert "There is no check sign-in at Loket yet" in html
        assert "the whole attribute mapping" in html
        assert "in the company&#x27;s workbench" in html
    entity.refresh_from_db()
    assert not entity.is_enabled


def test_a_check_that_failed_is_told_in_words(support: Client, entity: LegalEntity) -> None:
    desk.ready_to_enable(entity)
    login = LoketLogin.objects.get()
    evidence.record(desk.failed("modules_missing"), "modules", login=login)
    html = shown(support, entity)
    assert "modules_missing" not in html
    assert "Nothing: it can be enabled." not in html


def test_enabling_what_is_ready(support: Client, entity: LegalEntity, sam: User) -> None:
    desk.ready_to_enable(entity)
    assert "Nothing: it can be enabled." in shown(support, entity)
    support.post(act(entity, "enable"))
    entity.refresh_from_db()
    assert entity.enabled_by == sam
    assert links(shown(support, entity)) == set()


def test_a_corrected_tax_id_is_held_to_its_shape_audited_and_no_longer_proved(
    support: Client, entity: LegalEntity, sam: User
) -> None:
    evidence.record(desk.proved(), "own_tax_id", entity=entity)
    page = reverse("admin:onboarding_legalentity_change", args=[entity.pk])
    data = {"name": entity.name, "country": "NL", "kvk_number": "", "tax_id": "12"}
    assert "9 digits, the letter L" in support.post(page, data).content.decode()
    assert support.post(page, data | {"tax_id": "123456789l01"}).status_code == 302
    entity.refresh_from_db()
    assert entity.tax_id == "123456789L01"
    event = AuditEvent.objects.get(action="entity_changed")
    assert (event.actor, event.detail) == (sam, "tax_id")
    assert evidence.facts_of([entity])[entity.pk]["own_tax_id"].outcome == "withdrawn"


def test_a_connected_entity_keeps_its_tax_id(support: Client) -> None:
    entity = ConnectionFactory().entity
    page = reverse("admin:onboarding_legalentity_change", args=[entity.pk])
    support.post(page, {"name": entity.name, "kvk_number": "", "tax_id": "123456789L01"})
    entity.refresh_from_db()
    assert entity.tax_id == ""


# --- Releases -------------------------------------------------------------------------------------------------------------


def test_a_release_takes_a_reason_and_a_second_person(support: Client, sam: User) -> None:
    connection = ConnectionFactory(entity__name="Tulp Horeca B.V.", administration_name="Verkeerd B.V.")
    asking = support.get(act(connection, "release")).content.decode()
    assert "Tulp Horeca B.V." in asking
    assert "Verkeerd B.V." in asking
    assert "Write the reason" in support.post(act(connection, "release"), {"text": ""}).content.decode()
    assert support.post(act(connection, "release"), {"text": "Wrong one."}).status_code == 302
    request = ReleaseRequest.objects.get()
    confirm = support.get(act(request, "approve")).content.decode()
    for text in ("Tulp Horeca B.V.", "Verkeerd B.V.", "Wrong one.", "Sam Support"):
        assert text in confirm
    assert "You asked for this release yourself." in support.post(act(request, "approve")).content.decode()
    assert Connection.objects.get().released_at is None
    support.force_login(desk.support(), backend=BACKEND)
    support.post(act(request, "approve"))
    assert Connection.objects.get().released_at is not None
    assert "Tulp Horeca B.V." in listed(support, "connection")
    assert links(shown(support, request)) == links(shown(support, connection)) == set()


def test_while_one_is_asked_it_is_not_asked_again(support: Client, sam: User) -> None:
    connection = ConnectionFactory()
    assert links(shown(support, connection)) == {"release"}
    releases.ask(connection, "Wrong.", sam)
    assert links(shown(support, connection)) == set()


def test_a_refusal_leaves_the_connection(support: Client) -> None:
    request = releases.ask(ConnectionFactory(), "Wrong.", desk.support())
    support.post(act(request, "refuse"))
    request.refresh_from_db()
    assert (request.is_approved, request.connection.released_at) == (False, None)


def test_a_release_is_not_asked_without_the_permission(client: Client) -> None:
    connection = ConnectionFactory()
    reader = UserFactory(is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_connection"))
    client.force_login(reader, backend=BACKEND)
    client.post(act(connection, "release"), {"text": "Wrong."})
    assert not ReleaseRequest.objects.exists()


# --- Guests, and what is only looked at -----------------------------------------------------------------------------------


def test_support_revokes_a_guest(support: Client, entity: LegalEntity, sam: User) -> None:
    guest = Guest.objects.create(company=entity.company, name="M. Jansen", email="jansen@accountants.example")
    assert links(shown(support, guest)) == {"revoke"}
    support.post(act(guest, "revoke"))
    guest.refresh_from_db()
    assert guest.revoked_at is not None
    assert AuditEvent.objects.get(action="guest_revoked").actor == sam
    assert links(shown(support, guest)) == set()


READ_ONLY = ["evidence", "guest", "assignment", "acknowledgement", "releaserequest", "booking"]


@pytest.fixture
def everything(entity: LegalEntity, sam: User) -> LegalEntity:
    anna = member(entity)
    desk.book(entity, anna)
    guest = Guest.objects.create(company=entity.company, name="M. Jansen", email="jansen@accountants.example")
    entity.assignments.create(
        step=StepKey.LOKET_ACCOUNT, guest=guest, assigned_by=anna, assigned_at=entity.company.created_at
    )
    releases.ask(ConnectionFactory(), "Wrong.", sam)
    return entity


@pytest.mark.parametrize("model", READ_ONLY)
def test_lists_and_rows_open_and_change_nothing(support: Client, everything: LegalEntity, model: str) -> None:
    html = listed(support, model)
    (pk, *_more) = re.findall(rf"/admin/onboarding/{model}/(\d+)/change/", html)
    page = reverse(f"admin:onboarding_{model}_change", args=[pk])
    assert support.get(page).status_code == 200
    assert support.post(page, {}).status_code == 403
    assert support.get(reverse(f"admin:onboarding_{model}_add")).status_code == 403
    assert support.post(reverse(f"admin:onboarding_{model}_delete", args=[pk]), {"post": "yes"}).status_code == 403


def test_tasks_and_facts_are_in_words(support: Client, everything: LegalEntity) -> None:
    assert "Create the default items named “Algemeen”" in listed(support, "assignment")
    assert "Involve the person who runs your payroll" in listed(support, "evidence")
