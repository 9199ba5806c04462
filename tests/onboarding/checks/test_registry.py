"""All checks together: every fact of the catalogue has one, and none changes anything at Loket."""

from pathlib import Path

from onboarding import checks
from onboarding.checks import CHECKS, Scope, look
from onboarding.facts import Outcome
from onboarding.steps import HEALTH, STEPS
from tests.onboarding.checks.conftest import Asker

FILES = {path.stem for path in Path(checks.__file__).parent.glob("*.py")}
PARTS = {"__init__", "base", "seen", "looking", "named_items"}


def test_every_fact_that_a_step_or_a_connection_wants_has_a_check() -> None:
    wanted = {key for step in STEPS for key in step.checks} | set(HEALTH)
    assert wanted == set(CHECKS)


def test_there_is_one_file_for_each_fact() -> None:
    assert set(CHECKS) == FILES - PARTS


def test_rules_11_to_22_block_the_choice_and_nothing_else_does() -> None:
    blocking = {key for key, check in CHECKS.items() if check.is_blocking}
    assert blocking == {
        *("token_works", "single_employer", "employer_user", "rights", "activities", "modules", "filter_settings"),
        *("algemeen_function", "algemeen_department", "algemeen_distribution_unit"),
    }


def test_only_the_trial_of_a_new_hire_is_left_to_a_request() -> None:
    assert [key for key, check in CHECKS.items() if check.is_on_request] == ["new_hire_rules"]


def test_a_whole_round_is_green_and_reads_only(ask: Asker) -> None:
    seen = ask.seen()
    found = {key: look(check, seen) for key, check in CHECKS.items() if not check.is_on_request}
    assert {key for key, one in found.items() if one is None or not one.outcome.is_good} == set()
    calls = [entry for entry in ask.simulator.log.all() if "/token" not in entry["path"]]
    assert len(calls) > 10
    assert {entry["method"] for entry in calls} == {"GET"}
    assert ask.simulator.log.writes() == []


def test_a_whole_round_asks_each_thing_once(ask: Asker) -> None:
    seen = ask.seen()
    for check in CHECKS.values():
        if not check.is_on_request:
            look(check, seen)
    paths = [entry["path"] for entry in ask.simulator.log.all()]
    assert sorted(paths) == sorted(set(paths))


def test_a_broken_world_reads_only_too(ask: Asker) -> None:
    ask.tell(
        two_employers=True,
        users_hidden=True,
        missing_modules=["Loket HR"],
        missing_algemeen=["function", "department", "distributionunit"],
        hidden_administrations=["Tulp Horeca B.V."],
        filter={"filterOnDepartments": ["Keuken"]},
    )
    seen = ask.seen()
    found = [look(check, seen) for check in CHECKS.values() if not check.is_on_request]
    assert Outcome.FAILED in {one.outcome for one in found if one}
    assert ask.simulator.log.writes() == []


def test_facts_of_an_entity_and_of_a_sign_in_are_told_apart() -> None:
    of_entity = {key for key, check in CHECKS.items() if check.scope is Scope.ENTITY}
    assert of_entity == {
        *("own_tax_id", "linked_administration", "payroll_period", "bsn_access", "drift", "new_hire_rules")
    }
