"""The trial of a new hire: the one check that writes, and that always deletes what it made (rule 46)."""

import pytest

from loket_portal.loket.client import LoketClient
from loket_portal.loket.errors import RecordRejected, Retryable, WriteUnsure
from onboarding.facts import Outcome
from tests.onboarding.checks.conftest import Asker


def concepts(ask: Asker) -> int:
    return len(ask.simulator.world.all("concept", str(ask.login.employer_id)))


def test_a_new_hire_that_loket_would_take_is_proved_and_leaves_nothing(ask: Asker) -> None:
    found = ask.look("new_hire_rules")
    assert (found.outcome, found.code) == (Outcome.PROVED, "new_hire_accepted")
    assert concepts(ask) == 0
    assert [entry["method"] for entry in ask.simulator.log.writes()] == ["POST", "DELETE"]


def test_what_stands_against_it_is_told_until_it_is_mended(ask: Asker) -> None:
    ask.tell(missing_algemeen=["department"])
    found = ask.look("new_hire_rules")
    assert (found.outcome, found.code) == (Outcome.FAILED, "new_hire_refused")
    assert "organizationalEntityData.department" in {row["name"] for row in found.details}
    assert concepts(ask) == 0
    ask.tell(missing_algemeen=[])
    assert ask.look("new_hire_rules").outcome is Outcome.PROVED


def test_a_missing_right_fails_before_anything_is_made(ask: Asker) -> None:
    ask.tell(missing_rights=["Beheer concept werknemers"])
    found = ask.look("new_hire_rules")
    assert (found.code, found.params["right"]) == ("forbidden_right", "Beheer concept werknemers")


def test_a_verdict_that_never_came_leaves_nothing(ask: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LoketClient, "validate_concept", _raise(Retryable("away")))
    assert ask.look("new_hire_rules").outcome is Outcome.UNREACHABLE
    assert concepts(ask) == 0


def test_a_concept_that_could_not_be_deleted_is_named(ask: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LoketClient, "delete_concept", _raise(Retryable("away")))
    found = ask.look("new_hire_rules")
    assert (found.outcome, found.code) == (Outcome.FAILED, "new_hire_left_behind")
    assert found.params["name"].startswith("Proef ")


def test_a_concept_whose_answer_was_lost_is_found_and_deleted(ask: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    create = LoketClient.create_concept

    def lost(client: LoketClient, employer_id: str, body: dict[str, object]) -> None:
        create(client, employer_id, body)
        raise WriteUnsure("lost")

    monkeypatch.setattr(LoketClient, "create_concept", lost)
    assert ask.look("new_hire_rules").outcome is Outcome.UNREACHABLE
    assert concepts(ask) == 0


def test_a_concept_that_loket_refuses_at_once_is_a_failure(ask: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LoketClient, "create_concept", _raise(RecordRejected("no", status=400)))
    assert ask.look("new_hire_rules").code == "new_hire_not_made"


def _raise(error: Exception) -> object:
    def fail(*_args: object) -> None:
        raise error

    return fail
