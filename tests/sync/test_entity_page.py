"""The overview: where an entity stands, one next step, and who takes it."""

import pytest
from django.test import Client

from onboarding.models import LegalEntity, LoketLogin, Role, User
from sync.models import Run
from tests.factories import ConnectionFactory, LoginFactory, member
from tests.sync import pages

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def page(client: Client, entity: LegalEntity) -> str:
    return client.get(f"/entities/{entity.pk}/").content.decode()


def test_the_title_is_the_name_and_the_subtitle_stands_below(signed_in: Client, entity: LegalEntity) -> None:
    text = page(signed_in, entity)
    assert f'<h1 class="entity-name">{entity.name}</h1>' in text
    assert '<p class="subtitle">Loket.nl integration</p>' in text


def test_an_entity_that_is_not_enabled_waits_for_support_and_has_no_button(
    signed_in: Client, entity: LegalEntity
) -> None:
    LegalEntity.objects.update(enabled_at=None)
    text = page(signed_in, entity)
    assert "Support prepares this legal entity" in text
    assert "Loket.nl integration" not in text
    assert "button primary" not in text


@pytest.mark.parametrize(
    ("stage", "button"),
    [
        ("enabled", "Connect Loket.nl"),
        ("signed in", "Choose the administration"),
        ("connected", "Upload the roster"),
        ("uploaded", "Make a preview"),
        ("previewed", "Sync with Loket.nl"),
        ("refused by Loket", "Connect Loket.nl"),
    ],
)
def test_each_stage_has_exactly_one_next_step(
    signed_in: Client, entity: LegalEntity, administrator: User, stage: str, button: str
) -> None:
    reach(stage, entity, administrator)
    text = page(signed_in, entity)
    assert text.count("button primary") == 1
    assert f">{button}</" in text.split("button primary", 1)[1][:120]


def reach(stage: str, entity: LegalEntity, user: User) -> None:
    if stage == "signed in":
        LoginFactory(company=entity.company)
    if stage in {"connected", "uploaded", "previewed", "refused by Loket"}:
        connection = ConnectionFactory(entity=entity)
        if stage in {"uploaded", "previewed"}:
            pages.upload(entity, user)
        if stage == "previewed":
            pages.run(connection, is_dry=True)
        if stage == "refused by Loket":
            LoketLogin.objects.update(state=LoketLogin.State.SIGN_IN_NEEDED)


def test_a_payroll_manager_reads_who_connects(client: Client, entity: LegalEntity, administrator: User) -> None:
    client.force_login(member(entity, Role.Preset.PAYROLL_MANAGER), backend=BACKEND)
    text = page(client, entity)
    assert f"This is for an administrator with payroll edit: {administrator}." in " ".join(text.split())
    assert "button primary" not in text


def test_a_sync_under_way_is_the_one_thing_to_look_at(
    signed_in: Client, entity: LegalEntity, administrator: User
) -> None:
    made = pages.run(ConnectionFactory(entity=entity), state=Run.State.RUNNING)
    text = page(signed_in, entity)
    assert "A sync is under way" in text
    assert f'href="/entities/{entity.pk}/runs/{made.pk}/"' in text


def test_done_is_not_said_while_people_wait(signed_in: Client, entity: LegalEntity, administrator: User) -> None:
    connection = ConnectionFactory(entity=entity)
    pages.upload(entity, administrator)
    pages.run(connection, is_dry=True)
    pages.run(connection, state=Run.State.PARTIAL)
    text = page(signed_in, entity)
    assert "The sync is done, but some people need you" in text
    assert "Loket is up to date with your roster" not in text


def test_the_roster_row_counts_who_is_in(signed_in: Client, entity: LegalEntity, administrator: User) -> None:
    ConnectionFactory(entity=entity)
    pages.upload(entity, administrator)
    text = page(signed_in, entity)
    for link in (">1 in the sync</a>", ">1 blocked</a>", ">1 not in the sync</a>"):
        assert link in text
