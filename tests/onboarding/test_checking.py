"""A round of checks in the portal: evidence, green, the mails, the night, and what a sync waits for (rules 8, 17, 35, 57)."""

import logging
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests
from django.utils import timezone

from loket_portal.loket import rights
from loket_portal.loket.errors import ConfigProblem, Retryable, SignInNeeded
from loket_portal.simulator import Simulator
from loket_portal.simulator.options import USERNAME
from onboarding import tasks
from onboarding.checks import CHECKS
from onboarding.checks.rights import Rights
from onboarding.facts import Finding, Outcome, Owner
from onboarding.models import Connection, Evidence, LegalEntity, LoketLogin, Mail, User, ValueList
from onboarding.services import alarms, checking, evidence, rounds, stopped, tokens
from onboarding.services.access import NotAllowed
from onboarding.steps import StepKey
from tests.factories import ConnectionFactory, EntityFactory, LoginFactory, UserFactory

Mails = list[tuple[str, dict[str, Any]]]
NIGHT = datetime(2026, 3, 4, 3, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))


@pytest.fixture
def login(entity: LegalEntity, simulator: Simulator) -> LoketLogin:
    """The entity's sign-in at the simulator."""
    employer = simulator.world.all("employer", "")[0]
    made = LoginFactory(company=entity.company, employer_id=employer.id, loket_user=USERNAME)
    sign_in(made, simulator)
    entity.loket_login = made
    entity.save()
    return made


@pytest.fixture
def connection(entity: LegalEntity, login: LoketLogin, simulator: Simulator) -> Connection:
    """The entity, connected with the clean administration."""
    administration = simulator.world.all("administration", str(login.employer_id))[0]
    made: Connection = ConnectionFactory(
        entity=entity, login=login, administration_id=administration.id, tax_id="812345678L01"
    )
    return made


@pytest.fixture
def mailed(monkeypatch: pytest.MonkeyPatch) -> Mails:
    """Who was told of what, without writing the mails."""
    told: Mails = []

    def to_owner(
        entity: LegalEntity, owner: Owner, kind: str, context: dict[str, Any], step: StepKey | None = None
    ) -> None:
        told.append((kind, {"entity": entity, "owner": owner, "step": step, **context}))

    monkeypatch.setattr(alarms.mails, "to_owner", to_owner)
    return told


def sign_in(login: LoketLogin, simulator: Simulator) -> None:
    """Tokens that the simulator takes."""
    pair = simulator.keys.grant(login.loket_user)
    login.tokens.access_token, login.tokens.refresh_token = pair["access_token"], pair["refresh_token"]
    login.tokens.save()
    login.refresh_from_db()


def tell(simulator: Simulator, **options: Any) -> None:
    assert requests.post(f"{simulator.url}/_simulator/options", json=options, timeout=5).ok


def known(entity: LegalEntity) -> dict[str, Any]:
    return evidence.facts_of([entity])[entity.pk]


def at(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr(checking.timezone, "now", lambda: now)


# one round


def test_a_round_of_an_unconnected_entity_proves_all_of_its_sign_in(entity: LegalEntity, login: LoketLogin) -> None:
    facts = checking.check(entity)
    assert {key for key, fact in facts.items() if not fact.outcome.is_good} == set()
    assert set(facts) == {key for key, check in CHECKS.items() if check.scope == "login"}


def test_facts_of_a_sign_in_are_shared_and_those_of_an_entity_are_not(
    connection: Connection, entity: LegalEntity
) -> None:
    checking.check(entity)
    other = EntityFactory(company=entity.company, loket_login=connection.login)
    assert "rights" in known(other)
    assert "linked_administration" in known(entity)
    assert "linked_administration" not in known(other)


def test_a_round_of_a_connected_entity_is_all_good(connection: Connection, entity: LegalEntity) -> None:
    entity.tax_id = "812345678L01"
    facts = checking.check(entity)
    assert {key for key, fact in facts.items() if not fact.outcome.is_good} == set()
    assert set(facts) == set(CHECKS) - {"new_hire_rules"}


def test_only_the_facts_that_were_asked_for_are_looked_at(entity: LegalEntity, login: LoketLogin) -> None:
    assert set(checking.check(entity, ["rights", "modules"])) == {"rights", "modules"}
    assert set(Evidence.objects.values_list("fact", flat=True)) == {"rights", "modules"}


def test_who_pressed_the_button_is_kept(entity: LegalEntity, login: LoketLogin, administrator: User) -> None:
    assert checking.check(entity, ["rights"], actor=administrator)["rights"].by == str(administrator)


def test_without_a_sign_in_nothing_can_be_checked(entity: LegalEntity) -> None:
    with pytest.raises(checking.NoSignIn):
        checking.check(entity)


def test_a_check_writes_nothing_at_loket(connection: Connection, entity: LegalEntity, simulator: Simulator) -> None:
    checking.check(entity)
    assert {e["method"] for e in simulator.log.all() if e["path"].startswith("/v2")} == {"GET"}


def test_no_bsn_and_no_token_is_in_what_was_found(
    connection: Connection, entity: LegalEntity, simulator: Simulator
) -> None:
    checking.check(entity)
    kept = str(list(Evidence.objects.values_list("params", "details")))
    for employee in simulator.world.all("employee", str(connection.login.employer_id)):
        assert employee.id not in kept
        assert not employee.body["_bsn"] or employee.body["_bsn"] not in kept
    assert connection.login.tokens.access_token not in kept


def test_who_acts_stands_in_the_row_of_what_failed(
    entity: LegalEntity, login: LoketLogin, simulator: Simulator
) -> None:
    tell(simulator, filter={"filterOnDepartments": ["Keuken"]}, two_employers=True)
    facts = checking.check(entity)
    assert facts["filter_settings"].owner is Owner.ADMINISTRATOR
    assert facts["single_employer"].owner is Owner.ACCOUNTANT


def test_a_refused_sign_in_marks_it_and_leaves_what_was_known(
    entity: LegalEntity, login: LoketLogin, simulator: Simulator
) -> None:
    checking.check(entity)
    simulator.keys.revoke()
    facts = checking.check(entity)
    login.refresh_from_db()
    assert login.state == LoketLogin.State.SIGN_IN_NEEDED
    assert facts["token_works"].code == "sign_in_needed"
    assert facts["rights"].outcome is Outcome.PROVED
    assert facts["rights"].since is not None


def test_a_new_sign_in_makes_it_good_again(entity: LegalEntity, login: LoketLogin, simulator: Simulator) -> None:
    simulator.keys.revoke()
    checking.check(entity)
    LoketLogin.objects.update(state=LoketLogin.State.ACTIVE)
    sign_in(login, simulator)
    facts = checking.check(entity)
    assert facts["token_works"].outcome is Outcome.PROVED
    assert facts["rights"].since is None


def test_one_that_crashes_stops_neither_the_others_nor_the_caller(
    entity: LegalEntity, login: LoketLogin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Rights, "look", lambda *_args: 1 / 0)
    facts = checking.check(entity)
    assert facts["rights"].code == "crashed"
    assert facts["modules"].outcome is Outcome.PROVED


def test_a_sign_in_that_showed_several_employers_is_forgotten_after_a_good_one(
    entity: LegalEntity, login: LoketLogin
) -> None:
    """signin notes a refused sign-in on the entity, for there is no sign-in to note it on."""
    evidence.record(Finding(Outcome.FAILED, "several_employers"), "single_employer", entity=entity)
    assert checking.check(entity)["single_employer"].outcome is Outcome.PROVED


# green


def test_a_whole_good_round_is_green(entity: LegalEntity, login: LoketLogin) -> None:
    checking.check(entity)
    login.refresh_from_db()
    assert login.green_at is not None
    assert login.checked_at is not None


def test_a_failed_blocking_check_takes_green_away(entity: LegalEntity, login: LoketLogin, simulator: Simulator) -> None:
    checking.check(entity)
    tell(simulator, missing_rights=["Beheer HRM"])
    checking.check(entity, ["rights"])
    login.refresh_from_db()
    assert login.green_at is None


def test_a_part_of_the_checks_is_never_green(entity: LegalEntity, login: LoketLogin) -> None:
    checking.check(entity, ["rights"])
    login.refresh_from_db()
    assert (login.green_at, login.checked_at) == (None, None)


def test_what_could_not_be_asked_leaves_green_as_it_was(
    entity: LegalEntity, login: LoketLogin, simulator: Simulator
) -> None:
    checking.check(entity)
    login.refresh_from_db()
    before = login.green_at
    tell(simulator, filter_down=404)
    checking.check(entity)
    login.refresh_from_db()
    assert login.green_at == before


def test_what_blocks_the_choice_are_the_failed_ones_of_rules_11_to_22(
    entity: LegalEntity, login: LoketLogin, simulator: Simulator
) -> None:
    entity.tax_id = "899999999L01"
    entity.save()
    tell(simulator, missing_rights=["Beheer HRM"], missing_algemeen=["function"])
    checking.check(entity)
    assert known(entity)["own_tax_id"].outcome is Outcome.FAILED
    assert [fact.key for fact in checking.blocking(entity)] == ["rights", "algemeen_function"]
    tell(simulator, missing_rights=[], missing_algemeen=[])
    checking.check(entity)
    assert checking.blocking(entity) == ()


# the mails


def test_something_good_that_fails_is_told_once(
    connection: Connection, entity: LegalEntity, simulator: Simulator, mailed: Mails
) -> None:
    checking.check(entity)
    tell(simulator, missing_algemeen=["function"])
    checking.check(entity)
    checking.check(entity)
    [(kind, told)] = mailed
    assert kind == "problem_found"
    assert (told["entity"], told["owner"], told["step"]) == (entity, Owner.ACCOUNTANT, StepKey.LOKET_ACCOUNT)
    assert [fact.code for fact in told["facts"]] == ["algemeen_function_missing"]


def test_of_two_rounds_at_once_one_tells(
    entity: LegalEntity, login: LoketLogin, simulator: Simulator, mailed: Mails, monkeypatch: pytest.MonkeyPatch
) -> None:
    checking.check(entity)
    tell(simulator, missing_algemeen=["function"])
    real = rounds.look

    def while_another_looks(*args: Any) -> Finding | None:
        monkeypatch.setattr(rounds, "look", real)
        checking.check(entity)
        return real(*args)

    monkeypatch.setattr(rounds, "look", while_another_looks)
    checking.check(entity)
    assert len(mailed) == 1


def test_several_problems_of_one_task_are_one_mail(
    entity: LegalEntity, login: LoketLogin, simulator: Simulator, mailed: Mails
) -> None:
    checking.check(entity)
    tell(simulator, missing_rights=["Beheren en raadplegen BSN"])
    checking.check(entity)
    [(_kind, told)] = mailed
    assert {fact.key for fact in told["facts"]} == {"rights", "activities"}


def test_what_never_was_good_is_no_news(
    entity: LegalEntity, login: LoketLogin, simulator: Simulator, mailed: Mails
) -> None:
    tell(simulator, missing_algemeen=["function"])
    checking.check(entity)
    assert mailed == []


def test_a_lack_of_our_application_is_told_to_support(
    entity: LegalEntity, login: LoketLogin, simulator: Simulator, mailed: Mails
) -> None:
    checking.check(entity)
    tell(simulator, client_lacks=["GetCitizenServiceNumberByEmployeeId"])
    checking.check(entity)
    assert [told["owner"] for _kind, told in mailed] == [Owner.SUPPORT]


def test_a_refused_sign_in_is_told_to_the_administrators_once(
    connection: Connection, entity: LegalEntity, administrator: User, simulator: Simulator
) -> None:
    checking.check(entity)
    simulator.keys.revoke()
    checking.check(entity)
    checking.check(entity)
    assert list(Mail.objects.values_list("kind", "to")) == [("sign_in_needed", administrator.email)]


def test_a_mail_that_cannot_be_written_loses_nothing_that_was_found(
    entity: LegalEntity, login: LoketLogin, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alarms.mails, "to_owner", lambda *_args, **_more: 1 / 0)
    checking.check(entity)
    tell(simulator, missing_algemeen=["function"])
    assert checking.check(entity)["algemeen_function"].outcome is Outcome.FAILED


def test_the_mail_itself_can_be_written(
    connection: Connection,
    entity: LegalEntity,
    administrator: User,
    simulator: Simulator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    checking.check(entity)
    tell(simulator, missing_algemeen=["function"])
    checking.check(entity)
    assert "could be told" not in caplog.text
    [mail] = Mail.objects.filter(kind="problem_found")
    assert "Algemeen" in mail.text


# after a sign-in


def test_after_a_sign_in_everything_is_checked_and_the_value_lists_are_there(
    entity: LegalEntity, login: LoketLogin, administrator: User
) -> None:
    checking.after_sign_in(entity, actor=administrator)
    assert known(entity)["rights"].by == str(administrator)
    assert ValueList.objects.filter(login=login).exists()


def test_nothing_after_a_sign_in_can_undo_it(
    entity: LegalEntity, login: LoketLogin, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(rounds.evidence, "facts_of", lambda *_args: 1 / 0)
    with caplog.at_level(logging.ERROR):
        checking.after_sign_in(entity)
    assert "ZeroDivisionError" in caplog.text


# before a sync


def test_a_green_result_of_today_is_asked_no_further(
    connection: Connection, entity: LegalEntity, simulator: Simulator
) -> None:
    checking.check(entity)
    simulator.log.clear()
    checking.ensure_fresh(connection)
    assert simulator.log.all() == []


def test_a_green_result_of_yesterday_is_looked_at_again(
    connection: Connection, entity: LegalEntity, simulator: Simulator
) -> None:
    LoketLogin.objects.update(green_at=timezone.now() - timedelta(hours=25))
    checking.ensure_fresh(connection)
    assert simulator.log.all() != []
    connection.login.refresh_from_db()
    assert connection.login.green_at > timezone.now() - timedelta(hours=1)


def test_a_sign_in_that_is_green_by_another_entity_says_nothing_of_this_ones_administration(
    connection: Connection, entity: LegalEntity, simulator: Simulator
) -> None:
    checking.check(entity)
    Evidence.objects.filter(fact="linked_administration").update(at=timezone.now() - timedelta(days=2))
    beside = EntityFactory(company=entity.company, loket_login=connection.login)
    checking.check(beside)
    tell(simulator, hidden_administrations=["Tulp Horeca B.V."])
    with pytest.raises(ConfigProblem) as stopped_by:
        checking.ensure_fresh(connection)
    assert stopped_by.value.message_id == stopped.MESSAGES["linked_administration"]


def test_the_first_failed_fact_stops_a_sync_until_it_is_mended(connection: Connection, simulator: Simulator) -> None:
    tell(simulator, missing_rights=["Beheer HRM"], missing_algemeen=["function"])
    with pytest.raises(ConfigProblem) as stopped_by:
        checking.ensure_fresh(connection)
    assert stopped_by.value.message_id == stopped.MESSAGES["rights"]
    assert stopped_by.value.hint_id == stopped.HINTS[Owner.ACCOUNTANT]
    tell(simulator, missing_rights=[], missing_algemeen=[])
    checking.ensure_fresh(connection)


def test_a_refused_sign_in_stops_a_sync_as_such(connection: Connection, simulator: Simulator) -> None:
    simulator.keys.revoke()
    with pytest.raises(SignInNeeded):
        checking.ensure_fresh(connection)


def test_a_loket_that_cannot_be_asked_is_tried_again(connection: Connection, simulator: Simulator) -> None:
    tell(simulator, filter_down=404)
    with pytest.raises(Retryable):
        checking.ensure_fresh(connection)


def test_a_later_duplicate_of_the_tax_id_breaks_nothing_that_runs(
    connection: Connection, entity: LegalEntity, simulator: Simulator
) -> None:
    tell(simulator, tax_ids={"Tulp Events": "812345678L01"})
    checking.check(entity)
    assert known(entity)["linked_administration"].code == "linked_shared"
    checking.ensure_fresh(connection)


def test_a_connected_administration_that_is_gone_stops_a_sync(
    connection: Connection, entity: LegalEntity, simulator: Simulator
) -> None:
    tell(simulator, hidden_administrations=["Tulp Horeca B.V."])
    checking.check(entity)
    with pytest.raises(ConfigProblem) as stopped_by:
        checking.ensure_fresh(connection)
    assert stopped_by.value.message_id == stopped.MESSAGES["linked_administration"]
    tell(simulator, hidden_administrations=[])
    checking.ensure_fresh(connection)


def test_every_fact_that_stops_a_sync_has_words() -> None:
    blocking = {key for key, check in CHECKS.items() if check.is_blocking}
    assert set(stopped.MESSAGES) == blocking | {"linked_administration"}
    assert set(stopped.HINTS) == set(Owner)


# the trial of a new hire


def test_a_new_hire_is_tried_on_request_and_nothing_is_left(
    connection: Connection, entity: LegalEntity, administrator: User, simulator: Simulator
) -> None:
    fact = checking.try_new_hire(entity, administrator)
    assert (fact.outcome, fact.by) == (Outcome.PROVED, str(administrator))
    assert simulator.world.all("concept", str(connection.login.employer_id)) == []


def test_somebody_without_payroll_edit_may_not_try_one(connection: Connection, entity: LegalEntity) -> None:
    with pytest.raises(NotAllowed):
        checking.try_new_hire(entity, UserFactory())


def test_an_unconnected_entity_can_not_try_one(entity: LegalEntity, login: LoketLogin, administrator: User) -> None:
    with pytest.raises(checking.NoSignIn):
        checking.try_new_hire(entity, administrator)


# the night


@pytest.mark.parametrize(
    ("hour", "age", "is_due"),
    [
        (3, 21, True),
        (3, 19, False),
        (12, 21, False),
        (12, 29, False),
        (12, 31, True),
        (0, 21, False),
        (6, 21, False),
        (5, 21, True),
    ],
)
def test_a_sign_in_has_its_turn_at_night_or_when_it_is_late(
    entity: LegalEntity, login: LoketLogin, monkeypatch: pytest.MonkeyPatch, hour: int, age: int, is_due: bool
) -> None:
    now = NIGHT.replace(hour=hour)
    LoketLogin.objects.update(checked_at=now - timedelta(hours=age))
    at(monkeypatch, now)
    monkeypatch.setattr(checking, "_recheck", lambda login: None)
    assert checking.recheck_due() == int(is_due)


def test_the_nightly_round_looks_at_every_entity_of_the_sign_in(connection: Connection, entity: LegalEntity) -> None:
    other = EntityFactory(company=entity.company, loket_login=connection.login, tax_id="899999999L01")
    LoketLogin.objects.update(checked_at=timezone.now() - timedelta(hours=31))
    tasks.recheck()
    assert "linked_administration" in known(entity)
    assert known(other)["own_tax_id"].outcome is Outcome.FAILED
    assert Evidence.objects.filter(fact="rights").count() == 1
    assert ValueList.objects.exists()


def test_two_beats_at_once_check_once(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    LoketLogin.objects.update(checked_at=timezone.now() - timedelta(hours=31))
    rounds_done: list[int] = []

    def recheck(login: LoketLogin) -> None:
        rounds_done.append(login.pk)

    monkeypatch.setattr(checking, "_recheck", recheck)
    twice = list(checking._in_use()) * 2  # both beats have read the row before either has begun
    monkeypatch.setattr(checking, "_in_use", lambda: twice)
    assert checking.recheck_due() == 1
    assert len(rounds_done) == 1


def test_a_sign_in_that_nobody_uses_is_left_alone(login: LoketLogin, entity: LegalEntity) -> None:
    LegalEntity.objects.update(loket_login=None)
    LoketLogin.objects.update(checked_at=timezone.now() - timedelta(days=9))
    assert checking.recheck_due() == 0


def test_a_sign_in_of_another_environment_is_left_alone(login: LoketLogin) -> None:
    LoketLogin.objects.update(checked_at=timezone.now() - timedelta(days=9), environment="production")
    assert checking.recheck_due() == 0


def test_one_sign_in_that_fails_leaves_the_others_their_turn(
    login: LoketLogin, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    other = EntityFactory()
    other.loket_login = LoginFactory(company=other.company)
    other.save()
    LoketLogin.objects.update(checked_at=timezone.now() - timedelta(hours=31))
    monkeypatch.setattr(rounds.evidence, "facts_of", lambda *_args: 1 / 0)
    assert checking.recheck_due() == 2
    assert caplog.text.count("ZeroDivisionError") == 2


def test_a_raised_set_of_rights_is_looked_at_at_once_and_once(
    entity: LegalEntity, login: LoketLogin, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, timezone.now().replace(hour=12))
    checking.check(entity)
    assert checking.recheck_due() == 0
    monkeypatch.setattr(checking, "RIGHTS_VERSION", rights.RIGHTS_VERSION + 1)
    monkeypatch.setattr(Rights, "stamp", {"version": str(rights.RIGHTS_VERSION + 1)})
    assert checking.recheck_due() == 1
    assert checking.recheck_due() == 0


def test_a_raised_set_of_rights_is_looked_at_before_a_sync(
    connection: Connection, entity: LegalEntity, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    checking.check(entity)
    simulator.log.clear()
    monkeypatch.setattr(checking, "RIGHTS_VERSION", rights.RIGHTS_VERSION + 1)
    checking.ensure_fresh(connection)
    assert simulator.log.all() != []


def test_a_race_with_a_new_sign_in_is_not_lost_by_the_mark(
    login: LoketLogin, entity: LegalEntity, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A round that Loket doesn't refuse marks nothing."""
    monkeypatch.setattr(tokens, "refused", lambda *_args: pytest.fail("marked"))
    checking.check(entity, ["token_works"])
