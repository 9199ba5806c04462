"""What a dead process had is free at once for who can see that it is dead, and for nobody who only believes so."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings

from onboarding.models import HostLease
from onboarding.services import circuit, holders, slots
from onboarding.services.host_rows import HostRows
from onboarding.services.keeper import TERM, Keeper
from tests.onboarding.test_slots import HOST, held, keeping

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture(autouse=True)
def host(settings: LazySettings) -> None:
    circuit._streaks.clear()
    settings.LOKET_API_URL = f"https://{HOST}/v2"
    settings.LOKET_PARALLEL_PER_HOST = 4


@pytest.fixture
def other() -> Iterator[subprocess.Popen[bytes]]:
    """Another process on this machine, which waits."""
    with subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE) as process:
        yield process
        process.kill()


def name_in(process: subprocess.Popen[bytes]) -> str:
    """A holder's name as that process gives it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "getpid", lambda: process.pid)
        return holders.new()


def end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def heir() -> int:
    """How many slots a newcomer has at once."""
    return keeping("heir", 4).gate.limit


def test_what_a_killed_process_had_is_free_at_once(other: subprocess.Popen[bytes]) -> None:
    name = name_in(other)
    keeping(name, 4)
    assert held() == {name: 4}
    end(other)
    assert heir() == 4
    assert list(HostLease.objects.values_list("holder", flat=True)) == ["heir"], "nobody waits for it either"


def test_who_has_some_already_gets_the_rest_with_the_next_beat(other: subprocess.Popen[bytes]) -> None:
    keeping(name_in(other), 4)
    mine = keeping("heir", 4)
    assert mine.gate.limit == 0
    end(other)
    mine.beat()
    assert mine.gate.limit == 4


def test_a_page_gets_a_slot_of_it_at_once(other: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "PAGE_PATIENCE", 0.0)
    keeping(name_in(other), 4)
    end(other)
    with slots.door():
        assert sum(held().values()) == 1


def test_a_living_process_keeps_its_slots(other: subprocess.Popen[bytes]) -> None:
    keeping(name_in(other), 4)
    assert heir() == 0


def test_so_does_one_that_is_frozen(other: subprocess.Popen[bytes]) -> None:
    keeping(name_in(other), 4)
    other.send_signal(signal.SIGSTOP)
    assert heir() == 0


def test_so_does_one_that_is_killed_and_not_buried_yet(other: subprocess.Popen[bytes]) -> None:
    keeping(name_in(other), 4)
    other.kill()
    os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)
    assert heir() == 0


def test_so_does_one_of_another_machine_whose_number_is_nobodys_here(other: subprocess.Popen[bytes]) -> None:
    place, rest = name_in(other).split("-", 1)
    keeping(f"{place[::-1]}-{rest}", 4)
    end(other)
    assert heir() == 0


@pytest.mark.parametrize("name", ["", "4f1c0e0a5c8d4b0f9f6d2c7b8a9e0d1c", "a-b", "-1-x", "heir"])
def test_of_a_name_that_tells_no_place_nobody_knows_anything(name: str) -> None:
    assert not holders.is_dead(name)


def test_where_the_kernel_tells_no_place_the_term_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holders, "_BOOT", Path("/nowhere"))
    holders._here.cache_clear()
    try:
        assert "-" not in holders.new()
        assert not holders.is_dead(f"-{2**22}-x")
    finally:
        holders._here.cache_clear()


def test_a_name_fits_its_column_and_is_never_given_twice() -> None:
    one, two = holders.new(), holders.new()
    assert one != two
    assert len(one) <= HostLease._meta.get_field("holder").max_length  # type: ignore[operator]
    with slots.lease(None, 2):
        assert [name.split("-")[1] for name in held()] == [str(os.getpid())]


def test_two_of_one_process_are_alive_together() -> None:
    first = Keeper(HostRows(HOST, 4, holders.new(), TERM), None, 4, circuit.Watch(HOST, is_trial=False))
    first.begin()
    assert heir() == 0
