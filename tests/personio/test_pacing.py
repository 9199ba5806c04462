"""The limits are kept before Personio has to say no: 15 in a second, 300 in a minute, and what v2 says of its buckets."""

import pytest

from loket_portal.personio.pacing import Pacing
from tests.personio.conftest import Clock
from tests.personio.server import Reply, record

V1, V2 = "/v1/company/employees", "/v2/persons"


def times(count: int, clock: Clock, template: str = V1) -> list[float]:
    """When so many calls leave, one right after the other."""
    pacing, left = Pacing(clock.sleep, clock), []
    for _ in range(count):
        pacing.before(template)
        left.append(clock())
    return left


def most_in(seconds: float, left: list[float]) -> int:
    return max(sum(start <= time < start + seconds for time in left) for start in left)


def test_never_more_than_15_in_a_second_or_300_in_a_minute(clock: Clock) -> None:
    left = times(1000, clock)
    assert most_in(1, left) == 15
    assert most_in(60, left) == 300
    assert left[14] == left[0], "the first fifteen don't wait"


def test_who_calls_slowly_never_waits(clock: Clock) -> None:
    pacing = Pacing(clock.sleep, clock)
    for _ in range(500):
        clock.now += 0.25
        pacing.before(V1)
    assert clock.waits == []


def test_v2_has_limits_of_its_own(clock: Clock) -> None:
    times(100, clock, V2)
    assert clock.waits == []


def headers(remaining: str, rate: str = "2", tokens: str = "1") -> dict[str, str]:
    return {
        "x-ratelimit-remaining": remaining,
        "x-ratelimit-replenish-rate": rate,
        "x-ratelimit-requested-tokens": tokens,
    }


@pytest.mark.parametrize(
    ("said", "waits"),
    [
        (headers("0"), [0.5]),
        (headers("0", tokens="3"), [1.5]),
        (headers("1"), []),
        (headers("0", rate="0"), []),
        (headers("0", rate="0.001"), [10.0]),
        (headers("nan"), []),
        (headers("many"), []),
        ({}, []),
    ],
)
def test_an_empty_bucket_is_given_time_to_fill(clock: Clock, said, waits) -> None:
    pacing = Pacing(clock.sleep, clock)
    pacing.after(V2, said)
    pacing.before("/v2/legal-entities")
    assert clock.waits == [], "another endpoint has another bucket"
    pacing.before(V2)
    pacing.before(V2)
    assert clock.waits == waits


def test_the_client_keeps_to_them(personio, client_here, clock: Clock) -> None:
    personio.order("/v1/company/employees/7", Reply(body={"success": True, "data": record(7)}))
    for _ in range(20):
        client_here.get_employee(7)
    assert sum(clock.waits) >= 1
    personio.order(V2, Reply(body={"_data": []}, headers=headers("0")))
    clock.waits.clear()
    list(client_here.iter_persons())
    list(client_here.iter_persons())
    assert clock.waits == [0.5]


def test_a_repeat_counts_as_a_call(personio, client_here, clock: Clock) -> None:
    personio.order("/v1/company/employees/7", Reply(502), Reply(body={"success": True, "data": record(7)}))
    client_here.get_employee(7)  # three attempts with that for the token
    before = len(clock.waits)
    for _ in range(13):
        client_here.get_employee(7)
    assert len(clock.waits) > before
