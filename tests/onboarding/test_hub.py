"""The board of a setup: what the stored rows amount to, for whom what is next, and how many queries that takes."""

import pytest
from django.utils import timezone

from onboarding.facts import Outcome, Owner
from onboarding.models import Assignment, Booking, Company, Evidence, LegalEntity, LoketLogin, Role, User
from onboarding.progress import State, Status
from onboarding.services import evidence, hub
from onboarding.steps import StepKey
from tests.factories import ConnectionFactory, EntityFactory, LoginFactory, UserFactory, member
from tests.onboarding import setups
from tests.onboarding.setups import ago, found

pytestmark = pytest.mark.django_db


@pytest.fixture
def entity() -> LegalEntity:
    """A Dutch entity at the very beginning."""
    return EntityFactory(enabled_at=None)


@pytest.fixture
def manager(entity: LegalEntity, administrator: User) -> User:
    return member(entity, Role.Preset.PAYROLL_MANAGER, first_name="Bram", last_name="Visser")


def state(entity: LegalEntity, key: StepKey, user: User | None = None) -> State:
    entity.refresh_from_db()
    return hub.state(entity, key, user)


def status(entity: LegalEntity, key: StepKey, user: User | None = None) -> Status:
    return state(entity, key, user).status


def codes(entity: LegalEntity, key: StepKey) -> list[str]:
    return [fact.code for fact in state(entity, key).problems]


# --- The beginning ------------------------------------------------------------------------------------------------------------


def test_at_the_beginning_four_tasks_are_to_do_and_nothing_is_done(entity: LegalEntity, administrator: User) -> None:
    board = hub.board(entity, administrator)
    assert [one.status for one in board.states] == [Status.TO_DO] * 4 + [Status.BLOCKED] * 5
    assert (board.done, board.next_step, board.waits) == (0, StepKey.PAYROLL_PERSON, ())


def test_outside_the_netherlands_everything_waits_for_the_country(entity: LegalEntity, administrator: User) -> None:
    LegalEntity.objects.update(country="DE")
    entity.refresh_from_db()
    board = hub.board(entity, administrator)
    assert codes(entity, StepKey.LEGAL_ENTITY) == ["country"]
    assert board.next_step is None, "support corrects a country"
    assert {one.status for one in board.states if one.step.key is not StepKey.LEGAL_ENTITY} == {Status.BLOCKED}


# --- Understand the scope (rule 6) --------------------------------------------------------------------------------------------


def test_the_scope_is_done_when_everybody_with_payroll_edit_has_read_it(
    entity: LegalEntity, administrator: User, manager: User
) -> None:
    setups.acknowledge(entity, administrator, manager)
    told = state(entity, StepKey.SCOPE)
    assert told.status is Status.COMPLETED
    assert set(told.by.split(", ")) == {str(administrator), str(manager)}


def test_the_scope_waits_for_those_who_have_not_read_it_and_is_to_do_for_them(
    entity: LegalEntity, administrator: User, manager: User
) -> None:
    setups.acknowledge(entity, administrator)
    seen = state(entity, StepKey.SCOPE, administrator)
    assert (seen.status, seen.holder and seen.holder.name) == (Status.WAITING, str(manager))
    assert status(entity, StepKey.SCOPE, manager) is Status.TO_DO


def test_a_new_version_of_the_text_asks_everybody_again(
    entity: LegalEntity, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    setups.acknowledge(entity, administrator)
    assert status(entity, StepKey.SCOPE) is Status.COMPLETED
    monkeypatch.setattr("onboarding.services.known.SCOPE_VERSION", "2099-01")
    assert status(entity, StepKey.SCOPE) is Status.TO_DO


def test_who_has_left_is_not_waited_for(entity: LegalEntity, administrator: User, manager: User) -> None:
    setups.acknowledge(entity, administrator)
    User.objects.filter(pk=manager.pk).update(is_active=False)
    assert status(entity, StepKey.SCOPE) is Status.COMPLETED


def test_nobody_with_payroll_edit_is_not_everybody(entity: LegalEntity, administrator: User) -> None:
    setups.acknowledge(entity, administrator)
    Role.objects.get().payroll_entities.clear()
    assert status(entity, StepKey.SCOPE) is Status.TO_DO


# --- Permissions (rules 7 and 9) ----------------------------------------------------------------------------------------------


def test_without_an_administrator_with_payroll_edit_nobody_may_connect(entity: LegalEntity) -> None:
    member(entity, Role.Preset.PAYROLL_MANAGER)
    evidence.declare(entity, StepKey.PERMISSIONS)
    problem = state(entity, StepKey.PERMISSIONS).problems[0]
    assert (problem.code, problem.owner) == ("nobody_may_connect", Owner.SUPPORT)


def test_an_administrator_without_payroll_edit_can_mend_it_and_that_is_next_for_him(
    entity: LegalEntity, administrator: User
) -> None:
    Role.objects.get().payroll_entities.clear()
    board = hub.board(entity, administrator)
    assert (board.may_act, board.next_step) == (False, StepKey.PERMISSIONS)
    assert board.state(StepKey.PERMISSIONS).problems[0].owner is Owner.ADMINISTRATOR


# --- Booking, attributes, authorize -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("booking_state", "expected"),
    [
        (Booking.State.NEW, Status.COMPLETED),
        (Booking.State.IN_PROGRESS, Status.COMPLETED),
        (Booking.State.DONE, Status.COMPLETED),
        (Booking.State.WAITING, Status.TO_DO),
        (Booking.State.DECLINED, Status.PROBLEM),
    ],
)
def test_a_booking_stands_where_support_put_it(
    entity: LegalEntity, administrator: User, booking_state: str, expected: Status
) -> None:
    setups.prepare(entity, administrator)
    setups.book(entity, administrator, state=booking_state)
    assert status(entity, StepKey.BOOKING) is expected


def test_the_newest_booking_counts(entity: LegalEntity, administrator: User) -> None:
    setups.prepare(entity, administrator)
    setups.book(entity, administrator, state=Booking.State.DECLINED)
    setups.book(entity, administrator)
    assert status(entity, StepKey.BOOKING) is Status.COMPLETED


def test_from_the_booking_on_the_attributes_wait_for_support(entity: LegalEntity, administrator: User) -> None:
    setups.prepare(entity, administrator)
    assert status(entity, StepKey.ATTRIBUTES) is Status.BLOCKED
    booking = setups.book(entity, administrator)
    wait = hub.board(entity, administrator).waits[0]
    assert (wait.owner, wait.count, wait.since) == (Owner.SUPPORT, 1, booking.booked_at)


def test_enabling_completes_the_attributes_and_a_booking_that_was_not_needed(entity: LegalEntity) -> None:
    sam = UserFactory(first_name="Sam", last_name="Support", is_staff=True)
    LegalEntity.objects.update(enabled_at=timezone.now(), enabled_by=sam)
    assert state(entity, StepKey.ATTRIBUTES).by == "Sam Support"
    assert status(entity, StepKey.BOOKING) is Status.COMPLETED


def test_a_connection_completes_the_last_task_and_the_checks_verify_it(
    entity: LegalEntity, administrator: User
) -> None:
    login = LoginFactory(company=entity.company)
    ConnectionFactory(entity=entity, login=login, linked_by=administrator)
    assert (status(entity, StepKey.AUTHORIZE), state(entity, StepKey.AUTHORIZE).by) == (
        Status.COMPLETED,
        str(administrator),
    )
    found(Outcome.PROVED, "administrations", login=login)
    assert status(entity, StepKey.AUTHORIZE) is Status.COMPLETED
    found(Outcome.PROVED, "linked_administration", entity=entity)
    assert status(entity, StepKey.AUTHORIZE) is Status.VERIFIED


def test_a_declaration_alone_does_not_complete_a_task_that_rows_decide(entity: LegalEntity) -> None:
    for key in (StepKey.SCOPE, StepKey.BOOKING, StepKey.ATTRIBUTES, StepKey.AUTHORIZE):
        evidence.declare(entity, key)
    assert hub.board(entity, None).done == 0


@pytest.mark.parametrize(
    ("is_connected", "key", "owner"),
    [(True, StepKey.AUTHORIZE, Owner.ADMINISTRATOR), (False, StepKey.INTEGRATION_USER, Owner.PAYROLL)],
)
def test_a_sign_in_that_loket_refuses_is_a_problem_of_the_task_that_it_serves(
    entity: LegalEntity, *, is_connected: bool, key: StepKey, owner: Owner
) -> None:
    login = LoginFactory(company=entity.company, state=LoketLogin.State.SIGN_IN_NEEDED)
    if is_connected:
        ConnectionFactory(entity=entity, login=login)
    else:
        LegalEntity.objects.update(loket_login=login)
    problem = state(entity, key).problems[0]
    assert (problem.code, problem.owner, problem.params) == ("sign_in_needed", owner, {"user": login.loket_user})


# --- Checks -----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def login(entity: LegalEntity) -> LoketLogin:
    made = LoginFactory(company=entity.company)
    LegalEntity.objects.update(loket_login=made)
    entity.refresh_from_db()
    return made


def test_a_verified_task_that_later_fails_becomes_a_problem(entity: LegalEntity, login: LoketLogin) -> None:
    setups.prove(entity, login, StepKey.LOKET_ACCOUNT)
    assert status(entity, StepKey.LOKET_ACCOUNT) is Status.VERIFIED
    found(Outcome.FAILED, "algemeen_department", login=login)
    assert status(entity, StepKey.LOKET_ACCOUNT) is Status.PROBLEM


def test_a_problem_is_of_whoever_the_check_says(entity: LegalEntity, login: LoketLogin) -> None:
    found(Outcome.FAILED, "rights", login=login)
    found(Outcome.FAILED, "token_works", login=login)
    told = state(entity, StepKey.INTEGRATION_USER)
    owners = {fact.key: hub.owner_of(told, fact) for fact in told.problems}
    assert owners == {"rights": Owner.ACCOUNTANT, "token_works": Owner.ADMINISTRATOR}


# --- Whose turn it is -------------------------------------------------------------------------------------------------------


def test_tasks_of_a_guest_are_waited_for_together_since_the_first(entity: LegalEntity, administrator: User) -> None:
    setups.prepare(entity, administrator)
    jansen = setups.guest(entity)
    first = setups.assign(entity, StepKey.INTEGRATION_USER, guest=jansen)
    setups.assign(entity, StepKey.LOKET_ACCOUNT, guest=jansen, assigned_at=ago(days=1))
    board = hub.board(entity, administrator)
    assert [(wait.name, wait.count, wait.since) for wait in board.waits] == [
        ("Jansen Accountants", 2, first.assigned_at)
    ]
    assert board.next_step is StepKey.BOOKING


def test_a_task_taken_back_is_waited_for_no_more(entity: LegalEntity, administrator: User) -> None:
    setups.prepare(entity, administrator)
    setups.assign(entity, StepKey.INTEGRATION_USER, guest=setups.guest(entity))
    Assignment.objects.update(ended_at=timezone.now())
    assert hub.board(entity, administrator).waits == ()


def test_what_i_hold_is_to_do_for_me_and_waited_for_by_others(
    entity: LegalEntity, administrator: User, manager: User
) -> None:
    setups.assign(entity, StepKey.PAYROLL_PERSON, member=manager, assigned_by=administrator)
    assert status(entity, StepKey.PAYROLL_PERSON, manager) is Status.TO_DO
    assert hub.board(entity, administrator).waits[0].name == "Bram Visser"


def test_a_problem_comes_before_what_is_to_do(entity: LegalEntity, administrator: User, login: LoketLogin) -> None:
    found(Outcome.FAILED, "own_tax_id", entity=entity)
    assert hub.board(entity, administrator).next_step is StepKey.LEGAL_ENTITY


def test_a_problem_that_the_guest_has_to_mend_is_not_next_for_the_administrator(
    entity: LegalEntity, administrator: User, login: LoketLogin
) -> None:
    setups.prepare(entity, administrator)
    found(Outcome.FAILED, "rights", login=login)
    assert hub.board(entity, administrator).next_step is StepKey.INTEGRATION_USER, "nobody has it: hand it on"
    setups.assign(entity, StepKey.INTEGRATION_USER, guest=setups.guest(entity))
    setups.assign(entity, StepKey.LOKET_ACCOUNT, guest=entity.company.guests.get())
    assert hub.board(entity, administrator).next_step is StepKey.BOOKING


def test_authorizing_is_next_for_an_administrator_and_not_for_a_payroll_manager(
    entity: LegalEntity, administrator: User, manager: User, login: LoketLogin
) -> None:
    setups.prepare(entity, administrator)
    setups.acknowledge(entity, manager)
    for key in (StepKey.LEGAL_ENTITY, StepKey.INTEGRATION_USER, StepKey.LOKET_ACCOUNT):
        setups.prove(entity, login, key)
    LegalEntity.objects.update(enabled_at=timezone.now())
    entity.refresh_from_db()
    assert hub.board(entity, administrator).next_step is StepKey.AUTHORIZE
    theirs = hub.board(entity, manager)
    assert (theirs.next_step, theirs.next_of_others) == (None, StepKey.AUTHORIZE)


def test_a_member_without_payroll_edit_sees_the_same_and_has_nothing_to_do(
    entity: LegalEntity, administrator: User
) -> None:
    other = EntityFactory(company=entity.company)
    reader = member(other, Role.Preset.PAYROLL_MANAGER)
    board = hub.board(entity, reader)
    assert (board.may_act, board.next_step, board.next_of_others) == (False, None, StepKey.PAYROLL_PERSON)
    assert board.administrators == (str(administrator),)
    assert board.states == hub.board(entity, administrator).states


def test_a_role_of_another_company_counts_for_nothing(entity: LegalEntity, administrator: User) -> None:
    stranger = member(EntityFactory())
    board = hub.board(entity, stranger)
    assert (board.may_act, board.is_administrator) == (False, False)
    assert board.administrators == (str(administrator),)


# --- Many entities ------------------------------------------------------------------------------------------------------------


def many(company: Company, user: User, number: int) -> list[LegalEntity]:
    """Entities half-way: evidence, a guest with a task, a booking, every second one connected."""
    role, jansen = Role.objects.get(company=company), setups.guest(LegalEntity.objects.filter(company=company)[0])
    made = [EntityFactory(company=company, name=f"Tulp {n} B.V.", enabled_at=None) for n in range(number)]
    login = LoginFactory(company=company)
    for count, one in enumerate(made):
        LegalEntity.objects.filter(pk=one.pk).update(loket_login=login)
        evidence.declare(one, StepKey.PAYROLL_PERSON, actor=user)
        found(Outcome.PROVED, "own_tax_id", entity=one)
        setups.assign(one, StepKey.INTEGRATION_USER, guest=jansen, assigned_by=user)
        setups.book(one, user)
        if count % 2:
            ConnectionFactory(entity=one, login=login)
    found(Outcome.PROVED, "rights", login=login)
    role.payroll_entities.add(*made)
    return list(LegalEntity.objects.filter(company=company).select_related("company"))


def test_two_hundred_boards_take_as_many_queries_as_two(
    entity: LegalEntity, administrator: User, django_assert_num_queries: object
) -> None:
    entities = many(entity.company, administrator, 200)
    with django_assert_num_queries(9) as of_many:  # type: ignore[operator]
        boards = hub.boards(entities, administrator)
    assert [board.entity for board in boards] == entities
    assert Evidence.objects.count() > 400
    with django_assert_num_queries(len(of_many)):  # type: ignore[operator]
        hub.boards(entities[:2], administrator)
