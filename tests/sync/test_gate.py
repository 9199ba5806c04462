"""What a sync waits for (rule 57): the checks all green in the last 24 hours, or looked at again just before it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from loket_portal.simulator import Simulator
from onboarding.models import Connection, LoketLogin, Mail, User
from onboarding.services import checking
from sync.models import Run
from sync.services import rosters, runs
from tests.sync.answers import worked
from tests.sync.conftest import SAMPLE, writes


@pytest.fixture
def previewed(connected: Connection, administrator: User, simulator: Simulator) -> Connection:
    """Connected, with the first people of the sample and a preview of them; nothing asked of Loket since."""
    assert connected.entity
    few = "\n".join(SAMPLE.read_text(encoding="utf-8").splitlines()[:6])
    rosters.upload(connected.entity, administrator, "few.csv", few.encode())
    assert is_done(work(connected, is_dry=True))
    simulator.log.clear()
    return connected


def is_done(run: Run) -> bool:
    return run.state in Run.FINISHED


def work(connection: Connection, *, is_dry: bool = False) -> Run:
    assert connection.entity
    run = runs.start(connection.entity, is_dry=is_dry, user=None, ring=False)
    return worked(run)


def was_green(**ago: int) -> None:
    LoketLogin.objects.update(green_at=timezone.now() - timedelta(**ago))


def checks_made(simulator: Simulator) -> list[str]:
    """The calls that only checks make."""
    paths = [call["path"] for call in simulator.log.all()]
    return [path for path in paths if any(part in path for part in ("/authorizations", "/modules", "/users"))]


def test_green_an_hour_ago_asks_nothing_again(previewed: Connection, simulator: Simulator) -> None:
    was_green(hours=1)
    assert is_done(work(previewed))
    assert checks_made(simulator) == []
    assert writes(simulator) != []


def test_green_two_days_ago_and_still_good_asks_once_and_then_sends(
    previewed: Connection, simulator: Simulator
) -> None:
    was_green(hours=48)
    assert is_done(work(previewed))
    assert checks_made(simulator) != []
    assert writes(simulator) != []
    simulator.log.clear()
    work(previewed)
    assert checks_made(simulator) == [], "green now, so the next one asks nothing"


def test_a_right_taken_away_fails_the_sync_before_any_write_and_mended_it_runs(
    previewed: Connection, simulator: Simulator
) -> None:
    was_green(hours=25)
    simulator.options.change({"missing_rights": ["Beheer HRM"]})
    failed = work(previewed)
    assert failed.state == Run.State.FAILED
    assert failed.shown_message == "The Loket user lacks one or more of the 15 rights, so nothing was sent."
    assert "tax accountant mends it in Loket" in failed.shown_hint
    assert writes(simulator) == []
    assert failed.results.count() == 0

    simulator.options.change({"missing_rights": []})
    assert is_done(work(previewed))
    assert writes(simulator) != []


def test_a_check_that_failed_since_stops_the_next_sync_although_it_was_green_today(
    previewed: Connection, simulator: Simulator
) -> None:
    was_green(hours=1)
    simulator.options.change({"missing_rights": ["Beheer HRM"]})
    assert previewed.entity
    checking.check(previewed.entity)
    assert work(previewed).state == Run.State.FAILED
    assert writes(simulator) == []


def test_a_preview_is_never_stopped(previewed: Connection, simulator: Simulator) -> None:
    was_green(hours=48)
    simulator.options.change({"missing_algemeen": ["function"]})
    assert is_done(work(previewed, is_dry=True))
    assert checks_made(simulator) == []


def test_an_administration_that_is_gone_stops_it(previewed: Connection, simulator: Simulator) -> None:  # rule 5
    was_green(hours=48)
    simulator.options.change({"hidden_administrations": [previewed.administration_name]})
    failed = work(previewed)
    assert (failed.state, writes(simulator)) == (Run.State.FAILED, [])
    assert "connected administration" in failed.shown_message


def test_a_later_duplicate_of_the_tax_id_breaks_nothing_that_runs(  # rule 5
    previewed: Connection, simulator: Simulator
) -> None:
    was_green(hours=48)
    simulator.options.change({"tax_ids": {"Tulp Vakantiehuis": previewed.tax_id}})
    assert is_done(work(previewed))


def test_a_loket_that_can_not_be_asked_puts_it_off(previewed: Connection, simulator: Simulator) -> None:
    was_green(hours=48)
    simulator.faults.plan(action="status", method="GET", path="/modules", status=503, times=9)
    later = work(previewed)
    assert (later.state, writes(simulator)) == (Run.State.QUEUED, [])


def test_a_sign_in_that_was_revoked_asks_for_a_new_one_with_one_mail(
    previewed: Connection, simulator: Simulator, administrator: User
) -> None:
    was_green(hours=48)
    simulator.keys.revoke()
    assert work(previewed).state == Run.State.BLOCKED
    assert writes(simulator) == []
    assert LoketLogin.objects.get().state == LoketLogin.State.SIGN_IN_NEEDED
    assert list(Mail.objects.filter(kind="sign_in_needed").values_list("to", flat=True)) == [administrator.email]
