"""Who waits for a task hears of it when the checks have proved it, without a report."""

from collections.abc import Callable

import pytest

from loket_portal.simulator import Simulator
from onboarding.facts import Outcome
from onboarding.models import Assignment, Guest, LegalEntity, Mail, User
from onboarding.services import assignments, checking
from onboarding.services.signin import Purpose
from onboarding.steps import StepKey
from tests.factories import EntityFactory, login_of
from tests.onboarding import setups
from tests.onboarding.trips import trip

pytestmark = pytest.mark.django_db
STEP = StepKey.LOKET_ACCOUNT


@pytest.fixture
def guest(entity: LegalEntity, administrator: User) -> Guest:
    fields = {"name": "Mieke", "firm": "Jansen", "email": "mieke@jansen.example", "language": "nl"}
    return assignments.invite(entity.company, **fields, by=administrator)


@pytest.fixture
def task(entity: LegalEntity, administrator: User, guest: Guest) -> Assignment:
    return assignments.assign(entity, STEP, guest=guest, by=administrator)


@pytest.fixture
def proving(entity: LegalEntity, monkeypatch: pytest.MonkeyPatch) -> Callable[[Outcome], None]:
    """A round of checks over the entity's sign-in that finds this of everything."""
    login = login_of(entity)
    LegalEntity.objects.filter(pk=entity.pk).update(loket_login=login)

    def find(outcome: Outcome) -> None:
        monkeypatch.setattr(checking, "_look", lambda *_args: setups.prove(entity, login, STEP, outcome))

    return find


def test_who_waits_is_told_once_when_the_checks_have_proved_it(
    task: Assignment, administrator: User, proving: Callable[[Outcome], None]
) -> None:
    Mail.objects.all().delete()
    for outcome in (Outcome.FAILED, Outcome.PROVED, Outcome.PROVED):
        proving(outcome)
        checking.check(task.entity, guest=task.guest)
    [mail] = Mail.objects.all()
    assert (mail.kind, mail.to) == ("done", administrator.email)
    assert "The checks at Loket show" in mail.text


def test_who_pressed_the_button_himself_needs_no_mail_of_what_it_showed(
    task: Assignment, administrator: User, proving: Callable[[Outcome], None]
) -> None:
    Mail.objects.all().delete()
    proving(Outcome.PROVED)
    checking.check(task.entity, actor=administrator)
    assert not Mail.objects.exists()


def test_what_was_reported_before_is_not_told_twice(
    task: Assignment, guest: Guest, proving: Callable[[Outcome], None]
) -> None:
    assignments.report_done(task, guest=guest)
    Mail.objects.all().delete()
    proving(Outcome.PROVED)
    checking.check(task.entity, guest=guest)
    assert not Mail.objects.exists()


def test_a_check_sign_in_by_the_guest_tells_who_gave_him_the_task_also_where_the_user_was_proved_before(
    entity: LegalEntity, administrator: User, guest: Guest, simulator: Simulator
) -> None:
    other = EntityFactory(company=entity.company)
    administrator.memberships.get().role.payroll_entities.add(other)
    for one in (entity, other):
        assignments.assign(one, StepKey.INTEGRATION_USER, guest=guest, by=administrator)
        Mail.objects.all().delete()
        trip(one, guest=guest, purpose=Purpose.CHECK)
        [mail] = Mail.objects.filter(kind="done")
        assert mail.to == administrator.email
        assert str(one) in mail.text
