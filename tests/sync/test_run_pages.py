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


def test_without_a_roster_the_page_says_who_does_what_first(signed_in: Client, connection: Connection) -> None:
    text = page(signed_in, connection, "preview/")
    assert "There is no roster yet. A payroll manager uploads one first." in text
    assert "Make a preview</button>" not in text


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
    text = page(signed_in, uploaded, "preview/")
    assert "Becomes a concept employee in Loket." in text
    assert "Stands in Loket" not in text


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
