"""People set aside: who, what Loket said, what to do next, and trying again."""

import pytest
from django.test import Client
from django.utils import timezone

from onboarding.models import AuditEvent, Connection, LegalEntity, Role
from sync.models import Quarantine
from tests.factories import ConnectionFactory, EntityFactory, member
from tests.sync import held, pages

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def connection(entity: LegalEntity) -> Connection:
    return ConnectionFactory(entity=entity)


def page(client: Client, connection: Connection, path: str = "set-aside/") -> str:
    return " ".join(client.get(f"/entities/{connection.entity_id}/{path}").content.decode().split())


def try_again(client: Client, connection: Connection, person: object) -> str:
    url = f"/entities/{connection.entity_id}/set-aside/"
    return client.post(url, {"person": person}, follow=True).content.decode()


def test_it_lists_who_what_loket_said_and_what_to_do(signed_in: Client, connection: Connection) -> None:
    made = pages.run(connection)
    held.aside(connection, run=made)
    text = page(signed_in, connection)
    assert "Niels Beek" in text
    assert "1003" in text
    assert '<span lang="nl">Het adres is niet volledig.</span>' in text
    assert "correct it in your HR system and upload the roster again" in text
    assert f'href="/entities/{connection.entity_id}/runs/{made.pk}/"' in text


def test_with_personio_it_is_corrected_there(signed_in: Client, connection: Connection) -> None:
    pages.read_personio(connection.entity)
    held.aside(connection)
    text = page(signed_in, connection)
    assert "correct it in Personio" in text
    assert "upload" not in text


@pytest.mark.parametrize("reason", Quarantine.Reason)
def test_every_reason_says_who_does_what(signed_in: Client, connection: Connection, reason: str) -> None:
    held.aside(connection, reason=reason)
    text = page(signed_in, connection)
    assert reason.replace("_", " ") not in text.lower()
    assert any(who in text for who in ("Support", "payroll administrator", "correct it"))


def test_who_broke_off_the_sync_is_tried_again_only_after_support(signed_in: Client, connection: Connection) -> None:
    held.aside(connection, reason="crashed")
    text = page(signed_in, connection)
    behind = text.split("Tell support")[1].split("<summary>Has support solved it?</summary>")[1]
    assert "Try again</button>" in behind.split("</details>")[0]
    assert text.count("Try again</button>") == 1


def test_trying_again_releases_the_person_and_is_audited(signed_in: Client, connection: Connection) -> None:
    kept, released = held.aside(connection, "Jan Vos"), held.aside(connection)
    text = try_again(signed_in, connection, released.pk)
    assert "The next sync tries this person again." in text
    assert list(Quarantine.objects.filter(released_at=None)) == [kept]
    assert AuditEvent.objects.filter(action="quarantine_released", entity=connection.entity).count() == 1


def test_somebody_who_was_released_meanwhile_is_no_error(signed_in: Client, connection: Connection) -> None:
    released = held.aside(connection, released_at=timezone.now())
    for person in (released.pk, "", "x", "9" * 40):
        assert "This person is not set aside any more." in try_again(signed_in, connection, person)
    assert not AuditEvent.objects.filter(action="quarantine_released").exists()


def test_a_person_of_another_entity_is_not_released_from_here(signed_in: Client, connection: Connection) -> None:
    other = held.aside(ConnectionFactory(entity=EntityFactory(company=connection.entity.company)))
    try_again(signed_in, connection, other.pk)
    other.refresh_from_db()
    assert other.released_at is None


def test_without_payroll_edit_nobody_is_released_and_the_page_says_who_can(
    client: Client, connection: Connection
) -> None:
    editor, reader = member(connection.entity), member(connection.entity)
    reader.memberships.update(role=Role.objects.create(company=connection.entity.company, name="Reader"))
    client.force_login(reader, backend=BACKEND)
    made = held.aside(connection)
    text = page(client, connection)
    assert "Try again" not in text
    assert str(editor) in text
    assert "Your role has no payroll edit" in try_again(client, connection, made.pk)
    made.refresh_from_db()
    assert made.released_at is None


def test_for_another_company_there_is_no_such_page(client: Client, connection: Connection) -> None:
    made = held.aside(connection)
    client.force_login(member(EntityFactory()), backend=BACKEND)
    url = f"/entities/{connection.entity_id}/set-aside/"
    assert client.get(url).status_code == 404
    assert client.post(url, {"person": made.pk}).status_code == 404
    made.refresh_from_db()
    assert made.released_at is None


def test_nobody_set_aside_is_said(signed_in: Client, connection: Connection) -> None:
    held.aside(connection, released_at=timezone.now())
    assert "Nobody is set aside" in page(signed_in, connection)


def test_after_the_term_the_name_is_gone_and_trying_again_is_possible(
    signed_in: Client, connection: Connection
) -> None:
    held.aside(connection, person=None, detail=None)
    text = page(signed_in, connection)
    assert "values deleted after the retention term" in text
    assert "Try again" in text


def test_the_overview_has_their_number_and_the_way_there(signed_in: Client, connection: Connection) -> None:
    assert "set aside" not in page(signed_in, connection, "")
    held.aside(connection, "Jan Vos")
    held.aside(connection)
    text = page(signed_in, connection, "")
    assert "2 people are set aside" in text
    assert f'href="/entities/{connection.entity_id}/set-aside/"' in text


def test_the_result_of_somebody_set_aside_leads_there(signed_in: Client, connection: Connection) -> None:
    made = pages.run(connection, state="partial")
    pages.result(made, "failed", "Niels Beek", reason="rejected", key_hash="hash-niels")
    assert "set-aside" not in page(signed_in, connection, "last-sync/")
    held.aside(connection, key_hash="hash-niels")
    assert page(signed_in, connection, "last-sync/").count("Set aside: see what to do, or try again") == 1
