"""The overview: where an entity stands, one next step, and who takes it."""

import re

import pytest
from django.test import Client

from onboarding.models import LegalEntity, LoketLogin, Role, User
from sync.models import Run
from tests.factories import ConnectionFactory, login_of, member
from tests.sync import pages

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def page(client: Client, entity: LegalEntity) -> str:
    return client.get(f"/entities/{entity.pk}/").content.decode()


def test_the_title_is_the_name_and_the_subtitle_stands_below(signed_in: Client, entity: LegalEntity) -> None:
    text = page(signed_in, entity)
    assert f'<h1 class="entity-name">{entity.name}</h1>' in text
    assert '<p class="subtitle">Loket.nl integration</p>' in text


def test_an_entity_that_is_not_enabled_reads_where_its_setup_stands(signed_in: Client, entity: LegalEntity) -> None:
    LegalEntity.objects.update(enabled_at=None)
    text = page(signed_in, entity)
    assert "0 of 9 done. Next for you: “Involve the person who runs your payroll”." in text
    assert "Loket.nl integration" not in text


def test_an_entity_abroad_has_no_button(signed_in: Client, entity: LegalEntity) -> None:
    LegalEntity.objects.update(enabled_at=None, country="DE")
    text = page(signed_in, entity)
    assert "Loket.nl is for legal entities in the Netherlands." in text
    assert "button primary" not in text


@pytest.mark.parametrize(
    ("stage", "button"),
    [
        ("enabled", "Connect Loket.nl"),
        ("signed in", "Choose the administration"),
        ("connected", "Upload the roster"),
        ("uploaded", "Make a preview"),
        ("previewed", "Sync with Loket.nl"),
        ("refused by Loket", "Sign in at Loket again"),
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
        login_of(entity)
    if stage in {"connected", "uploaded", "previewed", "refused by Loket"}:
        connection = ConnectionFactory(entity=entity)
        if stage in {"uploaded", "previewed"}:
            pages.upload(entity, user)
        if stage == "previewed":
            pages.result(pages.run(connection, is_dry=True), "changed", "Johanna Berg")
        if stage == "refused by Loket":
            LoketLogin.objects.update(state=LoketLogin.State.SIGN_IN_NEEDED)


def test_a_payroll_manager_reads_who_signs_in_again(client: Client, entity: LegalEntity, administrator: User) -> None:
    reach("refused by Loket", entity, administrator)
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


@pytest.fixture
def synced(entity: LegalEntity, administrator: User) -> Run:
    """A sync of the present roster that is completed, without results yet."""
    connection = ConnectionFactory(entity=entity)
    pages.upload(entity, administrator)
    return pages.run(connection)


def test_after_a_sync_each_group_that_is_left_has_its_link(signed_in: Client, entity: LegalEntity, synced: Run) -> None:
    pages.result(synced, "blocked", "Marieke Dam", problems=[pages.PROBLEM])
    pages.result(synced, "created", "Niels Beek", reason="waits_as_concept")
    pages.result(synced, "changed", "Johanna Berg")
    pages.result(synced, "unchanged", "Piet Vos", changes=[("workingHours.deviatingHoursPerWeek", "20", "28", False)])
    text = " ".join(page(signed_in, entity).split())
    for show, words in (
        ("problems", "1 person needs you"),
        ("waiting", "1 new person waits for the payroll administrator"),
        ("not_sent", "1 person with changes to enter by hand"),
        ("changed", "1 person changed in Loket"),
    ):
        assert re.search(rf"last-sync/\?show={show}\">\s*{words}\s*</a>", text)


@pytest.mark.parametrize(
    ("result", "said", "not_said"),
    [
        ({"reason": "waits_as_concept"}, "the rest is for your payroll administrator", "up to date with your roster"),
        ({}, "Loket is up to date with your roster", "the rest is for"),
    ],
)
def test_done_is_not_said_while_a_concept_employee_waits(
    signed_in: Client, entity: LegalEntity, synced: Run, result: dict[str, str], said: str, not_said: str
) -> None:
    pages.result(synced, "created", "Niels Beek", **result)
    text = page(signed_in, entity)
    assert said in text
    assert not_said not in text


def test_a_preview_without_anything_to_send_makes_the_sync_secondary(
    signed_in: Client, entity: LegalEntity, administrator: User
) -> None:
    connection = ConnectionFactory(entity=entity)
    pages.upload(entity, administrator)
    pages.result(pages.run(connection, is_dry=True), "unchanged", "Johanna Berg")
    text = page(signed_in, entity)
    assert "Nothing is left to send" in text
    assert "button primary" not in text


def test_a_new_roster_asks_for_a_preview_of_its_own(
    signed_in: Client, entity: LegalEntity, administrator: User, synced: Run
) -> None:
    pages.upload(entity, administrator)
    text = page(signed_in, entity)
    assert "See what will change" in text
    assert "You have seen the preview" not in text


def test_a_sync_that_failed_says_its_cause_first_and_offers_to_try_again(
    signed_in: Client, entity: LegalEntity, synced: Run
) -> None:
    pages.run(synced.connection, state=Run.State.FAILED, message="Loket could not be reached.", hint="Try later.")
    text = " ".join(page(signed_in, entity).split())
    assert text.index("The sync could not be completed") < text.index("Loket could not be reached. Try later.")
    assert f'<a class="button primary" href="/entities/{entity.pk}/sync/">Try again</a>' in text


@pytest.mark.parametrize("is_dry", [True, False])
def test_the_row_of_a_run_under_way_says_so(signed_in: Client, entity: LegalEntity, synced: Run, is_dry: bool) -> None:
    pages.run(synced.connection, is_dry=is_dry, state=Run.State.RUNNING)
    text = page(signed_in, entity)
    assert text.count('<span class="tag todo">Under way</span>') == 1


def test_a_row_that_cannot_start_yet_is_no_link(signed_in: Client, entity: LegalEntity) -> None:
    rows = page(signed_in, entity).split('<ul class="rows">')[1].split("</ul>")[0]
    assert "Cannot start yet" in rows
    assert f'href="/entities/{entity.pk}/preview/"' not in rows


def test_the_connection_names_administration_number_and_employer(signed_in: Client, entity: LegalEntity) -> None:
    connection = ConnectionFactory(entity=entity, administration_number=40201)
    text = " ".join(page(signed_in, entity).split())
    employer = connection.login.employer_name
    assert f"Administration <strong>40201 {connection.administration_name}</strong>, employer {employer}" in text


def test_the_roster_row_counts_who_is_in(signed_in: Client, entity: LegalEntity, administrator: User) -> None:
    ConnectionFactory(entity=entity)
    pages.upload(entity, administrator)
    text = page(signed_in, entity)
    for link in (">1 in the sync</a>", ">1 blocked</a>", ">1 not in the sync</a>"):
        assert link in text
