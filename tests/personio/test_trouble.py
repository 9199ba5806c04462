"""Trouble: what is repeated and how long, what becomes of a storm, and what an answer that is no good means (rule 51)."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from loket_portal.lib import deadline
from loket_portal.personio.client import Credentials, PersonioClient
from loket_portal.personio.errors import ConfigProblem, NotReadable, Retryable
from tests.personio.server import CLIENT, SECRET, Reply, bad, record

ME = "/v1/company/employees/7"
LIST = "/v1/company/employees"
PERSONS = "/v2/persons"
GOOD = Reply(body={"success": True, "data": record(7)})
BUSY = Reply(429, {"success": False, "error": {"code": 429, "message": "Zu viele Anfragen"}})


def busy(text: str) -> Reply:
    return Reply(429, BUSY.body, {"Retry-After": text})


# 429


def test_without_a_retry_after_it_waits_a_second_at_least_and_longer_each_time(personio, client_here, clock) -> None:
    personio.order(ME, BUSY, BUSY, BUSY, GOOD)
    assert client_here.get_employee(7).id == 7
    first, second, third = clock.waits
    assert 1 <= first <= 1.5
    assert 2 <= second <= 3
    assert 4 <= third <= 6


def test_a_retry_after_is_kept(personio, client_here, clock) -> None:
    personio.order(ME, busy("3"), GOOD)
    client_here.get_employee(7)
    assert clock.waits == [3.0]


def test_a_retry_after_of_nothing_still_waits_a_second(personio, client_here, clock) -> None:
    personio.order(ME, busy("0"), GOOD)
    client_here.get_employee(7)
    assert clock.waits == [1.0]


def test_a_retry_after_may_be_a_date(personio, client_here, clock) -> None:
    at = datetime.now(UTC) + timedelta(seconds=5)
    personio.order(ME, busy(format_datetime(at, usegmt=True)), GOOD)
    client_here.get_employee(7)
    assert 1 <= clock.waits[0] <= 5


def test_a_long_wait_goes_to_the_caller(personio, client_here, clock) -> None:
    personio.order(ME, busy("600"))
    with pytest.raises(Retryable) as caught:
        client_here.get_employee(7)
    assert caught.value.retry_after == 600
    assert clock.waits == []
    assert len(personio.calls(ME)) == 1


@pytest.mark.parametrize("path", [LIST, PERSONS])
def test_a_storm_ends_with_a_time_to_stay_away(personio, client_here, path) -> None:
    personio.order(path, BUSY)
    with pytest.raises(Retryable) as caught:
        list(client_here.pages() if path == LIST else client_here.iter_persons())
    assert caught.value.retry_after == 60
    assert len(personio.calls(path)) == 4


def test_a_storm_in_the_middle_of_a_list_is_waited_out_at_the_same_page(personio, client_here) -> None:
    personio.people = [record(number) for number in range(150)]
    personio.order(LIST, personio.usual, BUSY, BUSY, personio.usual)
    assert [one.id for page in client_here.pages() for one in page.employees] == list(range(150))


def test_too_many_is_waited_out_for_a_write_too(personio, client_here) -> None:
    personio.order("/v2/webhooks", BUSY, Reply(201, {"id": "w1"}))
    assert client_here.create_webhook("https://x.example", "t", ["person.updated"], "d") == "w1"


# faults


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_fault_is_asked_again_four_times_in_all(personio, client_here, status) -> None:
    personio.order(ME, Reply(status, "<html>Bad gateway</html>"))
    with pytest.raises(Retryable) as caught:
        client_here.get_employee(7)
    assert caught.value.retry_after is None
    assert "html" not in caught.value.detail
    assert len(personio.calls(ME)) == 4


def test_a_write_is_not_repeated_after_a_fault(personio, client_here) -> None:
    personio.order("/v2/webhooks", Reply(502))
    with pytest.raises(Retryable):
        client_here.create_webhook("https://x.example", "t", ["person.updated"], "d")
    assert len(personio.calls("/v2/webhooks")) == 1


def test_no_answer_at_all_is_retryable_and_names_no_address(personio, clock) -> None:
    client = PersonioClient("http://127.0.0.1:9", Credentials(CLIENT, SECRET), sleep=clock.sleep, clock=clock)
    with pytest.raises(Retryable) as caught:
        client.sign_in()
    assert caught.value.detail == "ConnectionError"
    assert caught.value.__cause__ is None


def test_an_answer_that_is_too_long_is_not_read_to_its_end(personio, client_here, monkeypatch) -> None:
    monkeypatch.setattr(deadline, "MAX_BODY", 10_000)
    personio.order(ME, Reply(body={"success": True, "data": "x" * 20_000}))
    with pytest.raises(ConfigProblem, match="not what Personio documents") as caught:
        client_here.get_employee(7)
    assert caught.value.detail == "AnswerTooBig"


def test_a_redirect_is_not_followed(personio, client_here) -> None:
    personio.order(ME, Reply(302, None, {"Location": "https://evil.example/"}))
    with pytest.raises(ConfigProblem, match="refused"):
        client_here.get_employee(7)


# refusals inside a 200: the code counts, not the words


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (bad(500), Retryable),
        (bad(503), Retryable),
        (bad(429), Retryable),
        (bad(0), Retryable),
        (bad(None), Retryable),
        (bad(7), Retryable),
        (Reply(body={"success": False}), Retryable),
        (Reply(body={"success": False, "error": "forbidden.http.exception"}), Retryable),
        (bad(403), NotReadable),
        (bad(422), ConfigProblem),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_a_refusal_inside_a_200_counts_by_its_code(personio, client_here, reply, error) -> None:
    personio.order(LIST, reply)
    with pytest.raises(error) as caught:
        list(client_here.pages())
    assert "Problem" not in caught.value.message + caught.value.hint


def test_a_fault_inside_a_200_is_waited_out_like_any_other(personio, client_here, clock) -> None:
    personio.people = [record(1)]
    personio.order(LIST, bad(500), bad(0), personio.usual)
    assert [one.id for page in client_here.pages() for one in page.employees] == [1]
    assert clock.waits == [1.0, 2.0]


def test_a_storm_inside_a_200_ends_with_a_time_to_stay_away(personio, client_here) -> None:
    personio.order(LIST, bad(429))
    with pytest.raises(Retryable) as caught:
        list(client_here.pages())
    assert caught.value.retry_after == 60
    assert len(personio.calls(LIST)) == 4


def test_the_words_of_personio_are_for_support_only_and_redacted(personio, client_here) -> None:
    personio.order(ME, bad(422, "Mitarbeiter 999901333 (noor@tulp.example) nicht gefunden", 422))
    with pytest.raises(ConfigProblem) as caught:
        client_here.get_employee(7)
    assert "Mitarbeiter" in caught.value.detail
    assert "999901333" not in caught.value.detail
    assert "noor" not in caught.value.detail
    assert "Mitarbeiter" not in caught.value.message + caught.value.hint
