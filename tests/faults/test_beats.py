"""Two beats start one sync, a dead beat shows, and what it missed becomes one sync (D7)."""

import time
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

import pytest
import requests
from django.utils import timezone

from loket_portal.simulator import Simulator
from sync.models import Run, Schedule
from sync.services import schedules
from tests.faults.company import moved
from tests.faults.field import Field, Push, lay_out
from tests.faults.figures import Figures
from tests.faults.services import Services

PEOPLE = 40
MISSED = timedelta(hours=5, minutes=10)


@pytest.fixture
def crowd(transactional_db: None, loket: Simulator, tmp_path: Path) -> Field:
    return lay_out(loket, tmp_path, PEOPLE)


def scheduled(field: Field) -> list[Run]:
    """The syncs that began by themselves."""
    return list(Run.objects.filter(connection=field.company.connection, trigger=Run.Trigger.SCHEDULE))


def make_due(field: Field, by: timedelta = timedelta(0)) -> None:
    """As if the last slots had passed: an hourly schedule whose moment is so long over."""
    entity = field.company.connection.entity
    assert entity
    schedules.set_for(entity, None, Schedule.Frequency.HOURLY)
    Schedule.objects.filter(entity=entity).update(next_run_at=timezone.now() - by)


def one_more(field: Field, known: int) -> Push:
    """The sync that begins by itself, to its end. It is the only one, however often it was asked what is due."""
    ends = time.monotonic() + 30
    while len(scheduled(field)) <= known:
        assert time.monotonic() < ends, "no sync has begun"
        time.sleep(0.05)
    push = Push(field.company, scheduled(field)[0], field.services)
    push.until_end()
    push.assert_whole()
    time.sleep(3)  # three more beats, of each
    assert len(scheduled(field)) == known + 1
    return push


def is_ready(services: Services) -> bool:
    answer = requests.get(f"http://127.0.0.1:{services.machine.web}/readyz", timeout=10)
    assert answer.status_code in (HTTPStatus.OK, HTTPStatus.SERVICE_UNAVAILABLE)
    return answer.status_code == HTTPStatus.OK


def becomes(services: Services, ready: bool) -> float:
    """Seconds until /readyz says so."""
    began = time.monotonic()
    while is_ready(services) is not ready:
        assert time.monotonic() < began + 30, f"/readyz does not become {ready}"
        time.sleep(0.1)
    return time.monotonic() - began


def test_two_beats_start_one_sync_and_after_none_for_hours_one_catches_up(crowd: Field, figures: Figures) -> None:
    entity = crowd.company.connection.entity
    assert entity
    crowd.company.upload(moved(crowd.company.rows, 1))
    crowd.simulator.log.clear()
    with crowd.running("worker", "web", "beat", "beat.2") as services:
        make_due(crowd)
        first = one_more(crowd, 0)
        assert set(first.written().values()) == {1}
        assert is_ready(services)

        services.kill("beat", "beat.2")
        red = becomes(services, ready=False)
        make_due(crowd, MISSED)  # five slots
        shown = schedules.of(entity)
        assert shown.is_overdue, "the page of the entity says that the background does not run"

        services.bring_up("beat")
        one_more(crowd, 1)
        green = becomes(services, ready=True)
        assert not schedules.of(entity).is_overdue
        next_at = schedules.of(entity).schedule.next_run_at
        assert next_at
        assert next_at > timezone.now()
    figures("two beats, one schedule that is due: syncs", 1)
    figures("no beat: /readyz is red after (sweeps of 1 s, five may be missed)", f"{red:.1f} s")
    figures("the beat is back after five missed slots: syncs", f"1; /readyz green after {green:.1f} s more")
