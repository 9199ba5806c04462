"""Runs in every state on the pages around them: the overview, last sync, preview, what holds from an earlier sync."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from onboarding.models import Connection, LegalEntity, LoketLogin, User
from sync.guards import to_json
from sync.models import Run
from sync.services import overview, results
from tests.factories import ConnectionFactory
from tests.sync import held, pages


@pytest.fixture
def connection(mapped: LegalEntity, administrator: User) -> Connection:
    made = ConnectionFactory(entity=mapped)
    pages.upload(mapped, administrator)
    return made


def page(client: Client, connection: Connection, path: str = "") -> str:
    return " ".join(client.get(f"/entities/{connection.entity_id}/{path}").content.decode().split())


@pytest.fixture
def before(connection: Connection) -> Run:
    """A sync with somebody who failed, and one after which nothing had changed."""
    made = pages.run(connection, state=Run.State.PARTIAL, total=2, finished_at=timezone.now() - timedelta(days=1))
    pages.result(made, "failed", "Niels Beek", reason="rejected")
    pages.result(made, "unchanged", "Johanna Berg")
    pages.run(connection, state=Run.State.PARTIAL, total=2, same=2, as_in=made, calls=1, trigger=Run.Trigger.SCHEDULE)
    return made


# --- Nothing had changed ------------------------------------------------------------------------------------------------


def test_where_nothing_had_changed_the_results_of_the_sync_before_hold(
    signed_in: Client, connection: Connection, before: Run
) -> None:
    text = page(signed_in, connection, "last-sync/")
    assert "Nothing had changed on either side since the sync of" in text
    assert f'href="/entities/{connection.entity_id}/runs/{before.pk}/">See that sync</a>' in text
    assert "Niels Beek" in text
    assert "<b>1</b> failed" in text
    assert "1 call to Loket" in text


def test_whoever_needed_somebody_before_still_does(signed_in: Client, connection: Connection, before: Run) -> None:
    text = page(signed_in, connection)
    assert "1 person needs you" in text
    assert "Nothing had changed since the sync before." in text


def test_a_clean_one_of_which_nothing_had_changed_is_called_so(connection: Connection, signed_in: Client) -> None:
    before = pages.run(connection, total=2)
    pages.run(connection, total=2, same=2, as_in=before)
    assert "Nothing had changed. " in page(signed_in, connection, "last-sync/")


def test_those_who_were_not_looked_at_are_counted_and_linked(signed_in: Client, connection: Connection) -> None:
    before = pages.run(connection, total=1200)
    made = pages.run(connection, total=1200, same=1199, as_in=before)
    pages.result(made, "changed", "Johanna Berg")
    text = page(signed_in, connection, "last-sync/")
    assert "1,199 people were not looked at again" in text
    assert f'href="/entities/{connection.entity_id}/runs/{before.pk}/"' in text
    assert "<b>1,200</b> read" in text
    assert "<b>1,199</b> not looked at again" in text
    assert results.holding(made) == made


# --- Cancelled ------------------------------------------------------------------------------------------------------------


def test_after_a_cancelled_sync_the_next_step_is_another_one(signed_in: Client, connection: Connection) -> None:
    pages.run(connection, is_dry=True)
    pages.run(connection)
    pages.run(connection, state=Run.State.CANCELLED)
    text = page(signed_in, connection)
    assert "What was sent until then stays in Loket." in text
    assert f'href="/entities/{connection.entity_id}/sync/">Sync with Loket.nl</a>' in text
    assert "Try again" not in text


def test_a_cancelled_sync_hides_nothing_of_the_one_before(signed_in: Client, connection: Connection) -> None:
    pages.result(pages.run(connection), "changed", "Johanna Berg")
    made = pages.run(connection, state=Run.State.CANCELLED, done=1)
    text = page(signed_in, connection, "last-sync/")
    assert text.index("The sync was cancelled") < text.index("The last sync that was completed") < text.index("Johanna")
    assert f'href="/entities/{connection.entity_id}/runs/{made.pk}/"' in text


def test_a_cancelled_first_preview_is_no_failure(connection: Connection, administrator: User) -> None:
    pages.run(connection, is_dry=True, state=Run.State.CANCELLED)
    assert overview.read(connection.entity, administrator).next_step is overview.NextStep.PREVIEW


def test_a_cancelled_preview_says_that_nothing_was_written(signed_in: Client, connection: Connection) -> None:
    pages.run(connection, is_dry=True, state=Run.State.CANCELLED)
    text = page(signed_in, connection, "preview/")
    assert "The preview was cancelled" in text
    assert "Nothing was written." in text


# --- Held -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "title"),
    [
        ("waiting", "A sync waits for an answer"),
        ("paused", "A sync is paused"),
        ("blocked", "Sign in at Loket again"),
    ],
)
@pytest.mark.parametrize("path", ["", "preview/", "sync/", "last-sync/"])
def test_every_page_leads_to_a_run_that_is_held(
    signed_in: Client, connection: Connection, state: str, title: str, path: str
) -> None:
    made = held.held(connection, state, guards=to_json([held.BANK]))
    text = page(signed_in, connection, path)
    assert f'href="/entities/{connection.entity_id}/runs/{made.pk}/"' in text
    assert (title in text) is (path == "")
    assert "It goes on when you close this page." not in text
    assert "A sync is under way" not in text


def test_a_blocked_sync_leads_who_may_to_the_sign_in(signed_in: Client, connection: Connection) -> None:
    LoketLogin.objects.update(state=LoketLogin.State.SIGN_IN_NEEDED)
    held.held(connection, Run.State.BLOCKED)
    text = page(signed_in, connection)
    assert text.count("button primary") == 1
    assert f'class="button primary" href="/entities/{connection.entity_id}/connect/"' in text


# --- What a sync would ask ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["preview/", "sync/"])
def test_a_preview_says_what_its_sync_will_ask(signed_in: Client, connection: Connection, path: str) -> None:
    made = pages.run(connection, is_dry=True, guards=to_json([held.BANK]))
    asked = ("iban", "••••••4300", "••••••1234", False, "", "bank_accounts")
    pages.result(made, "changed", "Johanna Berg", changes=[asked, ("employee.initials", "J", "JB", True)])
    pages.result(made, "changed", "Marieke Dam")
    text = page(signed_in, connection, path)
    assert "This sync will ask before it sends" in text
    assert "The bank account of 2 people changes." in text
    assert ("Asks first" in text) is (path == "preview/")


def test_the_preview_shows_only_those_whom_a_question_is_about(signed_in: Client, connection: Connection) -> None:
    made = pages.run(connection, is_dry=True, guards=to_json([held.BANK]))
    asked = ("iban", "••••••4300", "••••••1234", False, "", "bank_accounts")
    pages.result(made, "changed", "Johanna Berg", changes=[asked])
    pages.result(made, "changed", "Marieke Dam")
    text = page(signed_in, connection, "preview/?show=bank_accounts")
    assert "Johanna Berg" in text
    assert "Marieke Dam" not in text


def test_those_who_were_left_out_are_found_again(signed_in: Client, connection: Connection) -> None:
    made = pages.run(connection, guards=to_json([held.BANK]), approved={"bank_accounts": 0})
    pages.result(made, "unchanged", "Johanna Berg", changes=[("iban", "1", "2", False, "", "bank_accounts")])
    pages.result(made, "unchanged", "Marieke Dam")
    assert "Bank account changes <b>2</b>" in page(signed_in, connection, "last-sync/")
    assert "Marieke Dam" not in page(signed_in, connection, "last-sync/?show=bank_accounts")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("iban", "1", "2", False, "", "bank_accounts"), "Left out"),
        (("iban", "1", "2", False, "employee"), "When the person is an employee in Loket"),
        (("iban", "1", "2", False, "2026-12-01"), "From 1 December 2026"),
        (("iban", "1", "2", False), "Not yet sent</span>"),
    ],
)
def test_what_was_not_sent_says_why(
    signed_in: Client, connection: Connection, change: tuple[object, ...], said: str
) -> None:
    pages.result(pages.run(connection), "unchanged", "Johanna Berg", changes=[change])
    assert said in page(signed_in, connection, "last-sync/")


# --- A comparison that began by itself --------------------------------------------------------------------------------


@pytest.fixture
def by_itself(connection: Connection) -> Run:
    """Under way, after a preview that somebody made, with something to send."""
    pages.result(pages.run(connection, is_dry=True), "changed", "Johanna Berg")
    return pages.run(connection, is_dry=True, state=Run.State.RUNNING, trigger=Run.Trigger.WEBHOOK)


@pytest.mark.parametrize(
    ("path", "button"),
    [
        ("", "Sync with Loket.nl</a>"),
        ("preview/", "Make a new preview </button>"),
        ("sync/", "Sync with Loket.nl</button>"),
    ],
)
def test_a_comparison_that_began_by_itself_leaves_the_buttons(
    signed_in: Client, connection: Connection, by_itself: Run, path: str, button: str
) -> None:
    text = page(signed_in, connection, path).replace("preview</button>", "preview </button>")
    assert "The portal is comparing with Loket by itself right now." in text
    assert f'href="/entities/{connection.entity_id}/runs/{by_itself.pk}/"' in text
    assert button in text


def test_a_preview_that_somebody_makes_takes_its_place(
    signed_in: Client, connection: Connection, by_itself: Run
) -> None:
    signed_in.post(f"/entities/{connection.entity_id}/preview/")
    by_itself.refresh_from_db()
    assert not by_itself.is_active
    assert Run.objects.latest("pk").trigger == Run.Trigger.PERSON


def test_a_preview_that_somebody_asked_for_is_waited_for(signed_in: Client, connection: Connection) -> None:
    pages.result(pages.run(connection, is_dry=True), "changed", "Johanna Berg")
    pages.run(connection, is_dry=True, state=Run.State.RUNNING)
    assert "Make a new preview" not in page(signed_in, connection, "preview/")
