"""Somebody set aside is tried again when a person says so: payroll edit, once, audited (D9); and the values have a term."""

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.utils import timezone

from onboarding.models import AuditEvent, Connection
from onboarding.services.access import NotAllowed
from sync.models import Operation, Quarantine, Result, Run
from sync.services import quarantine, retention
from tests.factories import ConnectionFactory, EntityFactory, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def connection() -> Connection:
    return ConnectionFactory(entity=EntityFactory())


@pytest.fixture
def aside(connection: Connection) -> Quarantine:
    return Quarantine.objects.create(
        connection=connection, key_hash="x", mark="m", reason="rejected",
        person={"key": "1003", "name": "Daan Berg", "number": "1003"}, detail={"messages": [["Error", "No", 400]]},
    )  # fmt: skip


def test_who_may_edit_payroll_has_somebody_tried_again(aside: Quarantine) -> None:
    assert aside.connection.entity
    user = member(aside.connection.entity)
    assert quarantine.release(aside.pk, user)
    aside.refresh_from_db()
    assert (aside.released_by, aside.released_at is not None) == (user, True)
    told = AuditEvent.objects.get(action="quarantine_released")
    assert (told.actor, told.detail) == (user, "employee number 1003")
    assert not quarantine.release(aside.pk, user), "somebody did already"
    assert AuditEvent.objects.count() == 1


def test_nobody_else_may(aside: Quarantine) -> None:
    stranger = member(EntityFactory())
    with pytest.raises(NotAllowed):
        quarantine.release(aside.pk, stranger)
    aside.refresh_from_db()
    assert aside.released_at is None


def test_somebody_of_a_released_connection_is_history(aside: Quarantine) -> None:
    entity = aside.connection.entity
    Connection.objects.update(entity=None, former_entity=entity, released_at=timezone.now())
    with pytest.raises(Quarantine.DoesNotExist):
        quarantine.release(aside.pk, None)


def test_what_loket_said_goes_after_its_term_and_not_while_somebody_is_set_aside(
    aside: Quarantine, settings: LazySettings
) -> None:
    old = timezone.now() - timedelta(days=settings.RESULT_RETENTION_DAYS, seconds=1)
    Quarantine.objects.update(since=old)
    retention.purge()
    aside.refresh_from_db()
    assert aside.detail is not None
    Quarantine.objects.update(released_at=old)
    retention.purge()
    aside.refresh_from_db()
    assert (aside.person, aside.detail) == (None, None)


def test_the_journal_of_a_run_goes_with_the_values_in_its_results(
    connection: Connection, settings: LazySettings
) -> None:
    run = Run.objects.create(connection=connection, is_dry=False, trigger="person", state="succeeded")
    Result.objects.create(run=run, key_hash="x", row=2, outcome="changed", person={"key": "1"}, detail={})
    Operation.objects.create(run=run, key_hash="x", action="put", state="confirmed")
    Run.objects.update(finished_at=timezone.now() - timedelta(days=settings.RESULT_RETENTION_DAYS, seconds=1))
    assert retention.purge() == 1
    assert not Operation.objects.exists()
    assert Result.objects.get().outcome == "changed"
