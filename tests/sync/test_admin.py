"""What support sees of how connections stand: numbers and states, never a person; and trying somebody again."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from onboarding.models import AuditEvent, User
from sync.models import Beat, Quarantine, Schedule, Standing
from tests.factories import ConnectionFactory, UserFactory
from tests.sync import held

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
pytestmark = pytest.mark.django_db


@pytest.fixture
def aside() -> Quarantine:
    """Somebody set aside, beside everything else that support looks at."""
    connection = ConnectionFactory()
    Standing.objects.create(connection=connection, people=60)
    Schedule.objects.create(entity=connection.entity, frequency="hourly")
    Beat.objects.create(name="sweep", at=timezone.now())
    return held.aside(connection, "Niels Geheim")


@pytest.fixture
def support() -> User:
    return UserFactory(is_staff=True, is_superuser=True)


@pytest.mark.parametrize("model", ["standing", "quarantine", "schedule", "beat"])
def test_it_is_shown_and_cannot_be_changed(client: Client, support: User, aside: Quarantine, model: str) -> None:
    client.force_login(support, backend=BACKEND)
    rows = {"standing": Standing, "quarantine": Quarantine, "schedule": Schedule, "beat": Beat}
    change = reverse(f"admin:sync_{model}_change", args=[rows[model].objects.get().pk])
    for address in (reverse(f"admin:sync_{model}_changelist"), change):
        text = client.get(address).content.decode()
        assert "Geheim" not in text
        assert "niet volledig" not in text
    assert client.post(change, {}).status_code == 403
    assert client.get(reverse(f"admin:sync_{model}_add")).status_code == 403


def test_support_tries_somebody_again_and_the_trail_has_the_name(
    client: Client, support: User, aside: Quarantine
) -> None:
    client.force_login(support, backend=BACKEND)
    act = reverse("admin:sync_quarantine_act", args=[aside.pk, "release"])
    assert "Try again" in client.get(act).content.decode()
    client.post(act)
    aside.refresh_from_db()
    assert aside.released_by == support
    assert AuditEvent.objects.get(action="quarantine_released").actor == support


def test_of_support_only_who_has_the_right_tries_again(client: Client, aside: Quarantine) -> None:
    looker = UserFactory(is_staff=True)
    looker.user_permissions.add(Permission.objects.get(codename="view_quarantine"))
    client.force_login(looker, backend=BACKEND)
    client.post(reverse("admin:sync_quarantine_act", args=[aside.pk, "release"]))
    aside.refresh_from_db()
    assert aside.released_at is None
