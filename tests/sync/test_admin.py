"""What support sees of how connections stand: numbers and states, never a person; and trying somebody again."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from onboarding.models import AuditEvent, Connection, User
from sync.models import Beat, LeftOut, Quarantine, Schedule, Standing
from tests.factories import ConnectionFactory, UserFactory
from tests.sync import held
from tests.sync.test_left_out import out

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
pytestmark = pytest.mark.django_db


@pytest.fixture
def aside() -> Quarantine:
    """Somebody set aside, beside everything else that support looks at."""
    connection = ConnectionFactory()
    Standing.objects.create(connection=connection, people=60)
    Schedule.objects.create(entity=connection.entity, frequency="hourly")
    Beat.objects.create(name="sweep", at=timezone.now())
    out(connection, "Niels Geheim", person={"key": "1003", "name": "Niels Geheim", "number": "1003"})
    return held.aside(connection, "Niels Geheim")


@pytest.fixture
def support() -> User:
    return UserFactory(is_staff=True, is_superuser=True)


ROWS = {"standing": Standing, "quarantine": Quarantine, "leftout": LeftOut, "schedule": Schedule, "beat": Beat}


@pytest.mark.parametrize("model", ROWS)
def test_it_is_shown_and_cannot_be_changed(client: Client, support: User, aside: Quarantine, model: str) -> None:
    client.force_login(support, backend=BACKEND)
    change = reverse(f"admin:sync_{model}_change", args=[ROWS[model].objects.get().pk])
    for address in (reverse(f"admin:sync_{model}_changelist"), change):
        text = client.get(address).content.decode()
        assert "Geheim" not in text
        assert "niet volledig" not in text
        assert "2015" not in text, "nor a value"
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


# --- what is left out -----------------------------------------------------------------------------------------------------


def ask_again(client: Client, row: LeftOut, **sent: str) -> str:
    act = reverse("admin:sync_leftout_act", args=[row.pk, "ask"])
    return client.post(act, sent, follow=True).content.decode()


def test_it_is_listed_beside_who_is_set_aside_in_words(client: Client, support: User, aside: Quarantine) -> None:
    client.force_login(support, backend=BACKEND)
    index = client.get("/admin/").content.decode()
    assert "/admin/sync/quarantine/" in index
    assert "/admin/sync/leftout/" in index
    listed = client.get("/admin/sync/leftout/", headers={"accept-language": "nl"}).content.decode()
    assert "Loket houdt de datum in dienst die er staat." in listed


def test_support_has_it_asked_again_with_a_reason(client: Client, support: User, aside: Quarantine) -> None:
    client.force_login(support, backend=BACKEND)
    Standing.objects.update(mark="all")
    row = LeftOut.objects.get()
    text = ask_again(client, row, text="The company called:\r\n nobody there can sign in")
    assert "The next sync asks about it again." in text
    row.refresh_from_db()
    assert (row.ended_at is not None, row.ended_by) == (True, support)
    told = AuditEvent.objects.get(action="left_out_asked")
    assert (told.actor, told.entity) == (support, row.connection.entity)
    assert told.detail == "start_dates: employee number 1003: The company called: nobody there can sign in"
    assert Standing.objects.get().mark == "", "the next sync looks at everybody"


@pytest.mark.parametrize("sent", [{}, {"text": "  "}, {"text": "It is about NL91ABNA0417164300"}])
def test_without_a_reason_that_may_be_kept_nothing_ends(
    client: Client, support: User, aside: Quarantine, sent: dict[str, str]
) -> None:
    client.force_login(support, backend=BACKEND)
    row = LeftOut.objects.get()
    ask_again(client, row, **sent)
    row.refresh_from_db()
    assert row.ended_at is None
    assert not AuditEvent.objects.filter(action="left_out_asked").exists()


def test_of_support_only_who_has_the_right_has_it_asked(client: Client, aside: Quarantine) -> None:
    looker = UserFactory(is_staff=True)
    looker.user_permissions.add(Permission.objects.get(codename="view_leftout"))
    client.force_login(looker, backend=BACKEND)
    row = LeftOut.objects.get()
    ask_again(client, row, text="Asked by phone")
    row.refresh_from_db()
    assert row.ended_at is None


@pytest.mark.parametrize("fields", [{"ended_at": True}, {"released": True}])
def test_what_is_asked_already_or_of_no_connection_has_no_button(
    client: Client, support: User, aside: Quarantine, fields: dict[str, bool]
) -> None:
    client.force_login(support, backend=BACKEND)
    row = LeftOut.objects.get()
    if "ended_at" in fields:
        LeftOut.objects.update(ended_at=timezone.now())
    else:
        Connection.objects.update(entity=None, former_entity=row.connection.entity, released_at=timezone.now())
    page = client.get(reverse("admin:sync_leftout_change", args=[row.pk])).content.decode()
    assert "/act/ask/" not in page
    ask_again(client, row, text="Asked by phone")
    assert not AuditEvent.objects.filter(action="left_out_asked").exists()
