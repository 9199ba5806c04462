"""A result as it is stored and shown again: Loket's messages with their codes (rule 50), those of older runs without."""

import pytest

from sync.models import Result, Run
from sync.outcomes import Outcome, PersonResult, Remark
from sync.services import results
from sync.services.codec import detail_to_json
from tests.factories import ConnectionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> Run:
    return Run.objects.create(connection=ConnectionFactory(), is_dry=False, trigger="person")


def shown(run: Run, detail: object) -> list[tuple[str, str]]:
    person = {"key": "1001", "name": "Johanna"}
    Result.objects.create(run=run, key_hash="x", row=2, outcome="changed", person=person, detail=detail)
    (row,) = results.find(run).rows
    return row.messages


def test_the_code_is_kept_and_the_page_gets_type_and_text(run: Run) -> None:
    detail = detail_to_json(PersonResult("1001", 2, "J", Outcome.CHANGED, messages=(Remark("Warning", "Let op", 204),)))
    assert detail["messages"] == [["Warning", "Let op", 204]]
    assert shown(run, detail) == [("Warning", "Let op")]


def test_a_message_of_an_older_run_has_no_code(run: Run) -> None:
    detail = {"changes": [], "problems": [], "messages": [["Warning", "Let op"]]}
    assert shown(run, detail) == [("Warning", "Let op")]
