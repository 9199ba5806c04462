"""Preview, sync, progress and last sync, as people see them."""

from datetime import timedelta

import pytest
import yaml
from django.test import Client
from django.utils import timezone

from mapping import services as mappings
from onboarding.models import Connection, LegalEntity, Role, User
from sync.models import Result, Run
from sync.services.setup import DEFAULT_MAPPING
from tests.factories import ConnectionFactory, EntityFactory, UserFactory, member
from tests.sync import pages

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
LAST_NAME = "employee.personalDetails.lastName"
HOURS = "workingHours.deviatingHoursPerWeek"


@pytest.fixture
def connection(entity: LegalEntity) -> Connection:
    mappings.publish(entity.company, yaml.safe_load(DEFAULT_MAPPING.read_text(encoding="utf-8")))
    return ConnectionFactory(entity=entity)


@pytest.fixture
def uploaded(connection: Connection, administrator: User) -> Connection:
    pages.upload(connection.entity, administrator)
    return connection


def page(client: Client, connection: Connection, path: str) -> str:
    return " ".join(client.get(f"/entities/{connection.entity_id}/{path}").content.decode().split())


# --- Preview ----------------------------------------------------------------------------------------------------------


def test_the_first_visit_offers_to_make_a_preview(signed_in: Client, uploaded: Connection) -> None:
    text = page(signed_in, uploaded, "preview/")
    assert "No preview yet" in text
    assert "Make a preview</button>" in text


def test_without_a_roster_whoever_may_upload_gets_the_button(signed_in: Client, connection: Connection) -> None:
    text = page(signed_in, connection, "preview/")
    assert "There is no roster yet." in text
    assert f'<a class="button primary" href="/entities/{connection.entity_id}/roster/">Upload the roster</a>' in text
    assert "Make a preview</button>" not in text


@pytest.mark.parametrize("path", ["preview/", "sync/"])
def test_a_foreign_entity_reads_why_nothing_starts(signed_in: Client, entity: LegalEntity, path: str) -> None:
    LegalEntity.objects.update(enabled_at=None, country="BE")
    text = signed_in.get(f"/entities/{entity.pk}/{path}").content.decode()
    assert "Loket.nl is for legal entities in the Netherlands." in text
    assert '<button type="submit" class="button primary"' not in text


def test_starting_a_preview_shows_its_progress(signed_in: Client, uploaded: Connection) -> None:
    answer = signed_in.post(f"/entities/{uploaded.entity_id}/preview/")
    made = Run.objects.get()
    assert (made.is_dry, made.state) == (True, Run.State.QUEUED)
    assert answer["Location"] == f"/entities/{uploaded.entity_id}/runs/{made.pk}/"


def test_a_second_press_gets_the_run_that_is_under_way(signed_in: Client, uploaded: Connection) -> None:
    for _ in range(2):
        signed_in.post(f"/entities/{uploaded.entity_id}/preview/")
    assert Run.objects.count() == 1  # rule 56


def test_the_preview_shows_field_old_and_new(signed_in: Client, uploaded: Connection) -> None:
    made = pages.run(uploaded, is_dry=True)
    pages.result(made, "changed", "Johanna Berg", changes=[(LAST_NAME, "Berg", "van der Berg", True)])
    text = page(signed_in, uploaded, "preview/")
    assert '<th scope="row">Last name</th>' in text
    assert 'data-label="In Loket">Berg</td>' in text.replace("> ", ">").replace(" <", "<")
    assert 'data-label="Will be">van der Berg</td>' in text.replace("> ", ">").replace(" <", "<")
    assert "Sync with Loket.nl</a>" in text


def test_what_is_not_sent_yet_carries_the_word(signed_in: Client, uploaded: Connection) -> None:
    made = pages.run(uploaded, is_dry=True)
    pages.result(made, "unchanged", "Johanna Berg", reason="not_yet_sent", changes=[(HOURS, "20", "28", False)])
    text = page(signed_in, uploaded, "preview/?show=not_sent")
    assert '<tr class="change unsent">' in text
    assert '<span class="tag later">Not yet sent</span>' in text


def test_a_preview_says_becomes_and_not_is(signed_in: Client, uploaded: Connection) -> None:
    made = pages.run(uploaded, is_dry=True)
    pages.result(made, "created", "Niels Beek", reason="waits_as_concept", changes=[(LAST_NAME, "", "Beek", True)])
    pages.result(made, "created", "Jan Vos", reason="waits_as_concept")
    text = page(signed_in, uploaded, "preview/")
    assert text.count("becomes a concept employee in Loket") == 1
    assert "Is a concept employee" not in text


def test_who_is_a_concept_employee_already_is_named_as_loket_names_them(
    signed_in: Client, uploaded: Connection
) -> None:
    made = pages.run(uploaded, is_dry=True)
    pages.result(made, "unchanged", "Niels Beek", reason="waits_as_concept")
    text = page(signed_in, uploaded, "preview/")
    assert "Is a concept employee in Loket (LP-1002), not completed yet." in text
    assert "Your payroll administrator completes the person there." in text
    assert "becomes a concept employee" not in text


def test_an_unmapped_value_says_what_is_sent_until_then(signed_in: Client, uploaded: Connection) -> None:
    problem = {
        "code": "unmapped_option",
        "field": "function",
        "value": "Sommelier",
        "params": {"target": "organization.function"},
        "effect": "field",
    }
    made = pages.run(uploaded, is_dry=True)
    fallback = [("organization.function", "", "Algemeen", True)]
    pages.result(made, "created", "Niels Beek", changes=fallback, problems=[problem])
    assert "Until then “Algemeen” is sent." in page(signed_in, uploaded, "preview/")
    Result.objects.update(outcome="changed")
    assert "Until then" not in page(signed_in, uploaded, "preview/")


def test_a_preview_that_was_sent_says_when_and_offers_a_new_one(signed_in: Client, uploaded: Connection) -> None:
    pages.result(pages.run(uploaded, is_dry=True), "changed", "Johanna Berg")
    pages.run(uploaded)
    for path in ("preview/", "sync/"):
        text = page(signed_in, uploaded, path)
        assert "These changes were sent on" in text
        assert f'href="/entities/{uploaded.entity_id}/last-sync/"' in text
        assert 'class="button primary">Make a new preview</button>' in text
        assert "Sync with Loket.nl</a>" not in text
        assert "Sync with Loket.nl</button>" not in text


def test_a_preview_without_anything_to_send_says_so(signed_in: Client, uploaded: Connection) -> None:
    pages.result(pages.run(uploaded, is_dry=True), "unchanged", "Johanna Berg")
    assert "Nothing is left to send." in page(signed_in, uploaded, "preview/")
    assert 'class="button">Sync with Loket.nl</button>' in page(signed_in, uploaded, "sync/")


def test_a_preview_that_failed_stands_above_the_last_that_was_made(signed_in: Client, uploaded: Connection) -> None:
    pages.result(pages.run(uploaded, is_dry=True), "changed", "Johanna Berg")
    pages.run(uploaded, is_dry=True, state=Run.State.FAILED, message="Loket could not be reached.")
    text = page(signed_in, uploaded, "preview/")
    assert text.index("Loket could not be reached.") < text.index("Johanna Berg")
    assert 'class="button primary">Make a new preview</button>' in text


def test_a_preview_older_than_the_roster_says_so(signed_in: Client, uploaded: Connection, administrator: User) -> None:
    pages.run(uploaded, is_dry=True)
    pages.upload(uploaded.entity, administrator)
    text = page(signed_in, uploaded, "preview/")
    assert "This preview is older than the roster" in text
    assert "Sync with Loket.nl</a>" not in text


def test_what_people_wrote_is_never_markup(signed_in: Client, uploaded: Connection) -> None:
    made = pages.run(uploaded, is_dry=True)
    pages.result(made, "changed", "<b>Jo</b>", changes=[(LAST_NAME, "<i>", "<script>x</script>", True)])
    text = page(signed_in, uploaded, "preview/?q=jo")
    assert "<script>x" not in text
    assert "&lt;b&gt;Jo&lt;/b&gt;" in text


# --- Sync -------------------------------------------------------------------------------------------------------------


def test_the_page_before_a_sync_counts_what_is_written(signed_in: Client, uploaded: Connection) -> None:
    made = pages.run(uploaded, is_dry=True)
    pages.result(made, "created", "Niels Beek")
    pages.result(made, "changed", "Johanna Berg")
    text = page(signed_in, uploaded, "sync/")
    assert "<b>1</b> new" in text
    assert "<b>1</b> changed" in text
    assert "concept employees; your payroll administrator completes them" in text
    assert "Sync with Loket.nl</button>" in text
    assert not Run.objects.filter(is_dry=False).exists()


def test_while_a_run_is_under_way_the_page_leads_there(signed_in: Client, uploaded: Connection) -> None:
    pages.run(uploaded, is_dry=True)
    made = pages.run(uploaded, state=Run.State.RUNNING)
    text = page(signed_in, uploaded, "sync/")
    assert "A sync is under way." in text
    assert f'href="/entities/{uploaded.entity_id}/runs/{made.pk}/"' in text
    assert "Sync with Loket.nl</button>" not in text


def test_no_sync_before_somebody_has_seen_a_preview(signed_in: Client, uploaded: Connection) -> None:
    answer = signed_in.post(f"/entities/{uploaded.entity_id}/sync/", follow=True)
    assert not Run.objects.exists()
    assert "Nobody has seen a preview of this roster yet." in answer.content.decode()


def test_a_sync_starts_after_the_preview(signed_in: Client, uploaded: Connection) -> None:
    pages.run(uploaded, is_dry=True)
    signed_in.post(f"/entities/{uploaded.entity_id}/sync/")
    assert Run.objects.filter(is_dry=False, state=Run.State.QUEUED).count() == 1


def test_without_payroll_edit_nothing_starts(client: Client, uploaded: Connection) -> None:
    pages.run(uploaded, is_dry=True)
    reader = member(uploaded.entity)
    role = Role.objects.create(company=uploaded.entity.company, name="Reader")
    reader.memberships.update(role=role)
    client.force_login(reader, backend=BACKEND)
    client.post(f"/entities/{uploaded.entity_id}/sync/")
    client.post(f"/entities/{uploaded.entity_id}/preview/")
    assert Run.objects.count() == 1
    text = page(client, uploaded, "preview/")
    assert "Sync with Loket.nl</a>" not in text
    assert "Make a new preview" not in text


# --- Progress ---------------------------------------------------------------------------------------------------------


def test_progress_asks_for_itself_and_says_how_far_it_is(signed_in: Client, connection: Connection) -> None:
    made = pages.run(connection, state=Run.State.RUNNING, done=30, total=60)
    text = page(signed_in, connection, f"runs/{made.pk}/")
    assert 'hx-trigger="every 1s"' in text
    assert "30 of 60 people" in text
    assert 'max="60" value="30"' in text
    assert "<noscript>" in text


def test_a_screen_reader_hears_of_every_quarter_only(signed_in: Client, connection: Connection) -> None:
    made = pages.run(connection, state=Run.State.RUNNING, done=31, total=60)
    assert "percent done" not in page(signed_in, connection, f"runs/{made.pk}/progress/?said=50")
    assert "51 percent done" in page(signed_in, connection, f"runs/{made.pk}/progress/?said=25")


def test_the_last_answer_stops_asking_and_goes_to_the_results(signed_in: Client, connection: Connection) -> None:
    made = pages.run(connection)
    answer = signed_in.get(f"/entities/{connection.entity_id}/runs/{made.pk}/progress/")
    assert answer.status_code == 286
    assert answer["HX-Redirect"] == f"/entities/{connection.entity_id}/last-sync/"


def test_an_interrupted_run_says_that_it_goes_on_by_itself(signed_in: Client, connection: Connection) -> None:
    made = pages.run(connection, state=Run.State.RUNNING, lease_until=timezone.now() - timedelta(seconds=1))
    assert "Interrupted" in page(signed_in, connection, f"runs/{made.pk}/")


def test_a_run_of_another_entity_is_not_here(signed_in: Client, connection: Connection) -> None:
    other = pages.run(ConnectionFactory(entity=EntityFactory(company=connection.entity.company)))
    for path in (f"runs/{other.pk}/", f"runs/{other.pk}/progress/"):
        assert signed_in.get(f"/entities/{connection.entity_id}/{path}").status_code == 404


# --- Last sync --------------------------------------------------------------------------------------------------------


def test_before_the_first_sync_the_page_leads_to_the_next_step(signed_in: Client, connection: Connection) -> None:
    text = page(signed_in, connection, "last-sync/")
    assert "No sync yet" in text
    assert f'href="/entities/{connection.entity_id}/"' in text


def test_those_who_need_somebody_come_first_with_field_and_fix(signed_in: Client, connection: Connection) -> None:
    made = pages.run(connection, state=Run.State.PARTIAL)
    pages.result(made, "unchanged", "Johanna Berg")
    pages.result(made, "failed", "Niels Beek", reason="rejected", messages=[("BrokenBusinessRule", "Mag niet")])
    pages.result(made, "blocked", "Marieke Dam", reason="faulty_data", problems=[pages.PROBLEM])
    text = page(signed_in, connection, "last-sync/")
    assert text.index("Niels Beek") < text.index("Marieke Dam") < text.index("Johanna Berg")
    assert text.index("<b>1</b> failed") < text.index("<b>1</b> blocked") < text.index("<b>1</b> unchanged")
    assert "<b>BSN</b> <q>••••••782</q> is not a valid BSN: the eleven test fails." in text
    assert '<span lang="nl">Mag niet</span>' in text


def test_a_sync_that_loket_stopped_says_why_in_the_language_of_the_page(
    signed_in: Client, connection: Connection
) -> None:
    pages.run(connection, state=Run.State.FAILED, message="Loket could not be reached.", hint="")
    dutch = signed_in.get(f"/entities/{connection.entity_id}/last-sync/", headers={"accept-language": "nl"})
    assert "Loket was niet bereikbaar." in dutch.content.decode()


def test_a_failed_sync_hides_nothing_and_can_be_tried_again(signed_in: Client, uploaded: Connection) -> None:
    pages.result(pages.run(uploaded), "changed", "Johanna Berg")
    failed = pages.run(uploaded, state=Run.State.FAILED, message="Loket could not be reached.")
    text = page(signed_in, uploaded, "last-sync/")
    assert text.index("Loket could not be reached.") < text.index("The last sync that was completed")
    assert "Johanna Berg" in text
    assert f'<a class="button primary" href="/entities/{uploaded.entity_id}/sync/">Try again</a>' in text
    assert "<b>0</b> read" not in page(signed_in, uploaded, f"runs/{failed.pk}/")


def test_a_first_sync_that_failed_shows_no_zeros(signed_in: Client, connection: Connection) -> None:
    pages.run(connection, state=Run.State.FAILED, message="Loket could not be reached.")
    text = page(signed_in, connection, "last-sync/")
    assert "Loket could not be reached." in text
    assert "<b>0</b>" not in text
    assert "No sync yet" not in text


def test_earlier_syncs_are_links(signed_in: Client, connection: Connection) -> None:
    first, _failed, last = (pages.run(connection, state=state) for state in ("succeeded", "failed", "partial"))
    text = page(signed_in, connection, "last-sync/")
    assert "Earlier syncs" in text
    assert f'href="/entities/{connection.entity_id}/runs/{first.pk}/"' in text
    assert f'href="/entities/{connection.entity_id}/runs/{last.pk}/"' not in text


def test_large_numbers_have_a_mark_for_thousands(signed_in: Client, connection: Connection) -> None:
    made = pages.run(connection, state=Run.State.RUNNING, done=1204, total=20000)
    assert "1,204 of 20,000 people" in page(signed_in, connection, f"runs/{made.pk}/")
    assert 'max="20000" value="1204"' in page(signed_in, connection, f"runs/{made.pk}/")


def test_after_the_term_the_numbers_stay_and_the_values_are_gone(signed_in: Client, connection: Connection) -> None:
    made = pages.run(connection)
    pages.result(made, "changed", "Johanna Berg")
    Result.objects.update(person=None, detail=None)
    text = page(signed_in, connection, "last-sync/")
    assert "values deleted after the retention term" in text
    assert "Johanna" not in text


def test_the_results_of_others_are_404(client: Client, connection: Connection) -> None:
    client.force_login(UserFactory(), backend=BACKEND)
    for path in ("", "preview/", "sync/", "last-sync/", "people/", "roster/", "connect/"):
        assert client.get(f"/entities/{connection.entity_id}/{path}").status_code == 404


def test_a_run_that_nobody_begins_says_that_the_worker_may_have_stopped(signed_in: Client, entity: LegalEntity) -> None:
    made = pages.run(ConnectionFactory(entity=entity), state=Run.State.QUEUED)
    url = f"/entities/{entity.pk}/runs/{made.pk}/"
    assert "Waiting to start." in signed_in.get(url).content.decode()
    Run.objects.update(created_at=timezone.now() - timedelta(minutes=10))
    assert "tell support: they look whether the worker" in signed_in.get(url).content.decode()
