"""What becomes of an error: a check never stops the others, and what went wrong is a finding that says so."""

import logging
from collections.abc import Callable

import pytest
from django.utils import timezone

from loket_portal.loket.errors import ConfigProblem, Forbidden, Retryable, SignInNeeded
from onboarding.checks import CODES, Check, Seen, look
from onboarding.checks.base import proved
from onboarding.facts import Finding, Outcome, Owner
from onboarding.models import LoketLogin


class Probe(Check):
    """A check that does what a test says."""

    key = "probe"
    owner = Owner.ACCOUNTANT
    codes = frozenset({"fine"})
    stamp = {"version": "7"}

    def __init__(self, doing: Callable[[], Finding | None]) -> None:
        self.doing = doing

    def look(self, seen: Seen) -> Finding | None:
        return self.doing()


class NoClient:
    """Loket as it isn't there: whatever is asked of it fails like this."""

    def __init__(self, error: Exception) -> None:
        self.error, self.asked = error, 0

    def __getattr__(self, name: str) -> Callable[..., object]:
        def fail(*_args: object) -> object:
            self.asked += 1
            raise self.error

        return fail


def seen_with(client: object) -> Seen:
    return Seen(
        login=LoketLogin(pk=1),
        make_client=lambda: client,  # type: ignore[arg-type, return-value]
        now=timezone.now(),
        today=timezone.localdate(),
    )


def found_for(error: Exception) -> Finding:
    def doing() -> Finding:
        raise error

    found = look(Probe(doing), seen_with(NoClient(error)))
    assert found is not None
    assert found.code in CODES
    return found


def refused(activity: str, right: str = "") -> Forbidden:
    return Forbidden("no", params={"activity": activity, "right": right})


@pytest.mark.parametrize(
    ("error", "outcome", "code", "owner"),
    [
        (Retryable("busy"), Outcome.UNREACHABLE, "unreachable", None),
        (SignInNeeded("gone"), Outcome.UNREACHABLE, "no_sign_in", Owner.ADMINISTRATOR),
        (ConfigProblem("odd", params={"activity": "GetX"}), Outcome.UNREACHABLE, "odd_answer", Owner.SUPPORT),
        (ValueError("999990019"), Outcome.UNREACHABLE, "crashed", Owner.SUPPORT),
        (refused("GetCitizenServiceNumberByEmployeeId"), Outcome.FAILED, "forbidden_unknown", None),
        (refused("distribution units"), Outcome.FAILED, "forbidden_unknown", None),
    ],
)
def test_an_error_becomes_a_finding(error: Exception, outcome: Outcome, code: str, owner: Owner | None) -> None:
    found = found_for(error)
    assert (found.outcome, found.code, found.owner) == (outcome, code, owner)


def test_a_crash_is_logged_with_its_class_and_none_of_its_words(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        found = found_for(ValueError("Jo de Vries 999990019"))
    assert "probe crashed: ValueError" in caplog.text
    assert "999990019" not in caplog.text + str(found)


def test_the_right_that_is_most_likely_missing_is_named(caplog: pytest.LogCaptureFixture) -> None:
    found = found_for(refused("GetCitizenServiceNumberByEmployeeId"))
    assert found.params["right"] == "Beheren en raadplegen BSN"


def test_a_stamp_stands_with_whatever_is_found() -> None:
    assert found_for(Retryable("busy")).params["version"] == "7"
    fine = look(Probe(lambda: proved("fine", number="1")), seen_with(None))
    assert fine is not None
    assert fine.params == {"number": "1", "version": "7"}


def test_nothing_to_look_at_is_no_finding() -> None:
    assert look(Probe(lambda: None), seen_with(None)) is None


def test_an_answer_and_an_error_are_asked_for_once_in_a_round() -> None:
    client = NoClient(Retryable("busy"))
    seen = seen_with(client)
    for _time in range(3):
        with pytest.raises(Retryable):
            _ = seen.employers
    assert client.asked == 1
    with pytest.raises(Retryable):
        _ = seen.of(LoketLogin(), None, {}).employers  # type: ignore[arg-type]
    assert client.asked == 1


def test_a_loket_that_is_away_is_asked_no_further_in_the_round() -> None:
    client = NoClient(Retryable("busy"))
    seen = seen_with(client)
    asking = [lambda: seen.user, lambda: seen.employers, lambda: seen.modules, lambda: seen.functions]
    for ask in asking:
        with pytest.raises(Retryable):
            ask()
    assert client.asked == 2


def test_one_question_without_an_answer_does_not_stop_the_others() -> None:
    client = NoClient(Retryable("busy"))
    seen = seen_with(client)
    with pytest.raises(Retryable):
        _ = seen.modules
    client.error = refused("GetFunctionsByEmployerId")
    with pytest.raises(Forbidden):
        _ = seen.functions


def test_what_is_found_can_be_stored_whatever_characters_loket_sends() -> None:
    found = look(Probe(lambda: proved("fine", [{"name": "a\x00b"}], names="a\ud800b")), seen_with(None))
    assert found is not None
    assert (found.params["names"], found.details) == ("a?b", ({"name": "ab"},))
