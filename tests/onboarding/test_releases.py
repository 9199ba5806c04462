"""The release of a connection: a reason, a second person, history kept, and the entity free again (rule 37)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, transaction
from django.db import connections as database
from django.utils import timezone

from onboarding.facts import Finding, Outcome
from onboarding.models import AuditEvent, Connection, LoketLogin, Mail, ReleaseRequest, Role, User
from onboarding.services import evidence, hub, releases
from onboarding.services.releases import Refusal, ReleaseRefused
from onboarding.steps import StepKey
from sync.models import Link
from tests.factories import ConnectionFactory, member
from tests.onboarding import desk
from tests.sync import pages

pytestmark = pytest.mark.any_database


@pytest.fixture
def connection(db: None) -> Connection:
    return ConnectionFactory()


@pytest.fixture
def sam(db: None) -> User:
    return desk.support(first_name="Sam")


@pytest.fixture
def kim(db: None) -> User:
    return desk.support(first_name="Kim")


def refusal(function: object, *args: object, **kwargs: object) -> str:
    with pytest.raises(ReleaseRefused) as refused:
        function(*args, **kwargs)  # type: ignore[operator]
    return refused.value.refusal


def released(connection: Connection, sam: User, kim: User) -> Connection:
    return releases.decide(releases.ask(connection, "Wrong administration.", sam), kim, approve=True)


def test_a_second_person_releases_and_the_connection_stays_as_history(
    connection: Connection, sam: User, kim: User
) -> None:
    entity = connection.entity
    made = releases.ask(connection, " Wrong administration. ", sam)
    connection.refresh_from_db()
    assert connection.entity == entity, "asking alone changes nothing"
    after = releases.decide(made, kim, approve=True)
    made.refresh_from_db()
    assert (after.entity, after.former_entity, after.released_at) == (None, entity, made.decided_at)
    assert (made.reason, made.requested_by, made.decided_by) == ("Wrong administration.", sam, kim)
    events = AuditEvent.objects.filter(entity=entity).order_by("pk").values_list("action", "actor")
    assert list(events) == [("release_asked", sam.pk), ("released", kim.pk)]


def test_who_asked_may_not_approve_but_take_it_back(connection: Connection, sam: User) -> None:
    made = releases.ask(connection, "Wrong.", sam)
    assert refusal(releases.decide, made, sam, approve=True) == Refusal.SAME_PERSON
    releases.decide(made, sam, approve=False)
    connection.refresh_from_db()
    assert connection.released_at is None


def test_the_database_refuses_one_person_too(connection: Connection, sam: User) -> None:
    made = releases.ask(connection, "Wrong.", sam)
    rows = ReleaseRequest.objects.filter(pk=made.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(decided_by=sam, decided_at=timezone.now(), is_approved=True)


def test_a_refusal_leaves_all_as_it_is_and_another_may_be_asked(connection: Connection, sam: User, kim: User) -> None:
    made = releases.ask(connection, "Wrong.", sam)
    assert refusal(releases.ask, connection, "Wrong.", kim) == Refusal.ALREADY_ASKED
    releases.decide(made, kim, approve=False)
    connection.refresh_from_db()
    assert connection.entity is not None
    assert AuditEvent.objects.filter(action="release_refused", actor=kim).count() == 1
    assert refusal(releases.decide, made, kim, approve=True) == Refusal.DECIDED
    assert releases.ask(connection, "Really wrong.", kim)


def test_only_support_with_a_reason(connection: Connection, sam: User) -> None:
    customer = member(connection.entity)  # type: ignore[arg-type]
    assert refusal(releases.ask, connection, "Wrong.", customer) == Refusal.NOT_STAFF
    assert refusal(releases.ask, connection, "  ", sam) == Refusal.NO_REASON
    made = releases.ask(connection, "Wrong.", sam)
    assert refusal(releases.decide, made, customer, approve=True) == Refusal.NOT_STAFF


def test_what_is_released_is_not_released_again(connection: Connection, sam: User, kim: User) -> None:
    released(connection, sam, kim)
    assert refusal(releases.ask, connection, "Again.", sam) == Refusal.RELEASED


def test_links_runs_and_the_sign_in_stay(connection: Connection, sam: User, kim: User) -> None:
    run = pages.run(connection, roster=None)
    link = Link.objects.create(connection=connection, key_hash="hash")
    released(connection, sam, kim)
    run.refresh_from_db()
    assert (run.connection, Link.objects.get().pk) == (connection, link.pk)
    assert LoketLogin.objects.get(pk=connection.login_id).state == "active"


def test_entity_and_administration_are_free_again(connection: Connection, sam: User, kim: User) -> None:
    entity = connection.entity
    same = {"administration_id": connection.administration_id, "tax_id": connection.tax_id, "login": connection.login}
    with pytest.raises(IntegrityError), transaction.atomic():
        ConnectionFactory(**same)
    released(connection, sam, kim)
    anew = ConnectionFactory(entity=entity, **same)
    assert anew.entity == entity
    assert Connection.objects.get(released_at__isnull=False).former_entity == entity


def test_the_task_is_open_again_whatever_was_seen_before(connection: Connection, sam: User, kim: User) -> None:
    entity = connection.entity
    assert entity is not None
    evidence.record(Finding(Outcome.PROVED, ""), "administrations", login=connection.login)
    evidence.record(Finding(Outcome.PROVED, ""), "linked_administration", entity=entity)
    assert hub.state(entity, StepKey.AUTHORIZE, None).status == "verified"
    released(connection, sam, kim)
    assert not hub.state(entity, StepKey.AUTHORIZE, None).status.is_done
    facts = evidence.facts_of([entity])[entity.pk]
    assert facts["linked_administration"].outcome == "withdrawn", "it says nothing about the next administration"


def test_the_administrators_are_told(connection: Connection, sam: User, kim: User) -> None:
    entity = connection.entity
    assert entity is not None
    anna = member(entity)
    member(entity, Role.Preset.PAYROLL_MANAGER)
    released(connection, sam, kim)
    mail = Mail.objects.get(kind="released")
    assert mail.to == anna.email
    assert connection.administration_name in mail.text


@pytest.mark.django_db(transaction=True)
def test_of_two_decisions_at_once_one_counts() -> None:
    connection, sam = ConnectionFactory(), desk.support()
    made = releases.ask(connection, "Wrong.", sam)
    deciders = [desk.support(), desk.support()]
    start = Barrier(2)

    def decide(number: int) -> str:
        try:
            start.wait()
            releases.decide(made, deciders[number], approve=number == 0)
        except ReleaseRefused as error:
            return error.refusal
        finally:
            database.close_all()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(decide, range(2))) == [Refusal.DECIDED, "done"]
    assert AuditEvent.objects.filter(action__in=["released", "release_refused"]).count() == 1
