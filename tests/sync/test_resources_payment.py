"""The bank account of the wage: compared by fingerprint, changed with a word where that is asked for, never doubled."""

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from loket_portal.loket.errors import Forbidden, RecordRejected, WriteUnsure
from mapping.rules import Rule, WriteMode
from sync.outcomes import Outcome
from sync.resources.payment import of_wage
from sync.work import Mode
from tests.sync.fake_resources import FakeResources
from tests.sync.fakes import ROSTER, World
from tests.sync.resourcing import HOURS, change, codes, done, hired, told, unsent

MINE, OTHER = "NL91ABNA0417164300", "NL24TEST0026007966"
AGREED = {"bank_accounts": 1}
BIC, HOLDER = "payment.bic", "payment.nameBeneficiary"
CAREFUL = Rule("iban", "iban", write_mode=WriteMode.ONLY_IF_EMPTY)


@pytest.fixture
def world() -> World:
    world = World()
    hired(world)
    (loket_id,) = world.employees
    world.ibans[loket_id] = OTHER
    return world


def account(world: World) -> dict[str, Any]:
    (accounts,) = vars(world)["kept_accounts"].values()
    (found,) = accounts
    return dict(found)


def names(world: World) -> list[str]:
    return [name for name, _ in world.calls]


def known(world: World) -> None:
    """Loket was seen to have it, in an earlier run."""
    done(world, {"iban": OTHER})
    world.calls.clear()
    world.ops.clear()


def test_an_account_that_agrees_costs_no_call_once_it_was_seen(world: World) -> None:
    assert done(world, {"iban": OTHER}).outcome is Outcome.UNCHANGED
    assert names(world) == ["list_payment_information"]
    world.calls.clear()
    assert done(world, {"iban": "nl24 test 0026 0079 66"}).changes == []
    assert world.calls == []


def test_another_account_is_sent_where_nobody_asks(world: World) -> None:
    before = deepcopy(done(world, {"iban": OTHER}) and account(world))
    work = done(world, {"iban": MINE}, asks_for_iban=False)
    assert told(work) == {"iban": ("••••••966", "••••••300")}
    assert account(world) == before | {"iban": MINE}
    assert [op["action"] for op in world.ops] == ["payment.put"]


def test_another_account_waits_for_a_word(world: World) -> None:
    work = done(world, {"iban": MINE})
    assert (account(world)["iban"], work.asks, unsent(work)) == (OTHER, {"bank_accounts"}, {"iban": "bank_accounts"})
    assert [name for name in names(world) if name.startswith("put")] == []


def test_with_a_word_it_is_sent(world: World) -> None:
    done(world, {"iban": MINE}, approved=AGREED)
    assert account(world)["iban"] == MINE
    world.calls.clear()
    assert done(world, {"iban": MINE}).changes == []
    assert world.calls == []


def test_one_that_was_left_out_is_shown(world: World) -> None:
    work = done(world, {"iban": MINE}, approved={"bank_accounts": 0})
    assert (account(world)["iban"], work.asks, unsent(work)) == (OTHER, set(), {"iban": "bank_accounts"})


def test_a_plan_knows_by_fingerprint_alone_that_it_changed(world: World) -> None:
    known(world)
    work = done(world, {"iban": MINE}, mode=Mode.PLAN)
    assert (world.calls, work.must_look) == ([], False)
    assert (change(work, "iban").needs, change(work, "iban").new) == ("bank_accounts", "••••••300")


def test_a_plan_that_knows_nothing_says_that_somebody_must_look(world: World) -> None:
    work = done(world, {"iban": MINE}, mode=Mode.PLAN)
    assert (world.calls, work.must_look, work.changes) == ([], True, [])


def test_a_preview_reads_and_shows(world: World) -> None:
    work = done(world, {"iban": MINE}, mode=Mode.LOOK)
    assert (names(world), told(work)) == (["list_payment_information"], {"iban": ("••••••966", "••••••300")})
    assert change(work, "iban").needs == "bank_accounts"


def test_a_first_account_is_made_and_needs_no_word(world: World) -> None:
    world.ibans.clear()
    work = done(world, {"iban": MINE, HOLDER: "J. Berg"})
    assert (work.outcome, codes(work)) == (Outcome.CHANGED, [])
    made = account(world)
    assert (made["iban"], made["nameBeneficiary"], made["payrollComponent"]) == (MINE, "J. Berg", {"key": 260})
    assert (made["visibleOnPayslip"], made["bic"]) == (True, None)
    assert [op["action"] for op in world.ops] == ["payment.post"]


def test_a_lost_post_is_found_by_its_payroll_component_and_never_doubled(world: World) -> None:
    world.ibans.clear()
    world.faults_after["create_payment_information"] = [WriteUnsure("timeout")]
    work = done(world, {"iban": MINE})
    assert (work.outcome, world.count("create_payment_information")) == (Outcome.CHANGED, 1)
    assert (account(world)["iban"], [op["state"] for op in world.ops]) == (MINE, ["confirmed"])


def test_a_lost_put_is_read_back(world: World) -> None:
    world.faults_after["put_payment_information"] = [WriteUnsure("timeout")]
    done(world, {"iban": MINE}, approved=AGREED)
    assert (world.count("put_payment_information"), account(world)["iban"]) == (1, MINE)


def test_details_go_over_what_stands(world: World) -> None:
    work = done(world, {BIC: "TESTNL2A", HOLDER: "J. Berg"})
    assert told(work) == {BIC: ("", "TESTNL2A"), HOLDER: ("", "J. Berg")}
    assert (account(world)["bic"], account(world)["iban"]) == ("TESTNL2A", OTHER)


def test_details_go_though_the_account_waits(world: World) -> None:
    work = done(world, {BIC: "TESTNL2A", "iban": MINE})
    assert (told(work), unsent(work)) == ({BIC: ("", "TESTNL2A")}, {"iban": "bank_accounts"})
    assert account(world)["iban"] == OTHER


def test_details_without_any_account_are_told(world: World) -> None:
    world.ibans.clear()
    work = done(world, {BIC: "TESTNL2A"})
    assert (codes(work), unsent(work), world.ops) == (["no_bank_account"], {BIC: ""}, [])


def test_only_if_empty_leaves_what_is_there(world: World) -> None:
    values = {"iban": MINE}
    assert done(world, values, CAREFUL, approved=AGREED).changes == []
    world.ibans.clear()
    vars(world).pop("kept_accounts")
    done(world, values, CAREFUL)
    assert account(world)["iban"] == MINE


@pytest.mark.parametrize(
    ("call", "code"),
    [("list_payment_information", "iban_not_allowed"), ("put_payment_information", "payment_not_allowed")],
)
def test_a_missing_right_costs_the_account_alone(world: World, call: str, code: str) -> None:
    world.faults[call] = [Forbidden("no")]
    work = done(world, {"iban": MINE, HOURS: "32"}, approved=AGREED)
    assert (codes(work), told(work)) == ([code], {HOURS: ("36", "32")})


def test_a_refusal_is_told_and_the_account_is_not_taken_for_confirmed(world: World) -> None:
    world.faults["put_payment_information"] = [RecordRejected("no")]
    work = done(world, {"iban": MINE}, approved=AGREED)
    assert (work.outcome, codes(work)) == (Outcome.FAILED, ["rejected"])
    assert done(world, {"iban": MINE}, approved=AGREED).outcome is Outcome.CHANGED


def test_without_a_component_for_the_wage_none_is_made(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.ibans.clear()
    monkeypatch.setattr(FakeResources, "payment_metadata", lambda *_: {})
    work = done(world, {"iban": MINE})
    assert (codes(work), unsent(work), world.ops) == (["no_payroll_component"], {"iban": ""}, [])
    assert world.fingerprints == {}


def test_the_wage_s_record_is_told_by_its_component() -> None:
    records = [
        {"iban": name, "payrollComponent": {"key": key, "value": text}}
        for name, key, text in (("A", 7, "Vakantiegeld"), ("B", 9, "Netto loon"))
    ]
    assert (of_wage(records) or {})["iban"] == "B"
    plain = [{**one, "payrollComponent": {"key": one["payrollComponent"]["key"]}} for one in records]
    assert (of_wage(plain) or {})["iban"] == "A"
    assert of_wage([]) is None


def test_no_iban_is_in_the_journal_s_words_or_a_change(world: World) -> None:
    work = done(world, {"iban": MINE}, approved=AGREED)
    assert MINE not in repr(work.changes) + repr(world.ops) + repr(replace(work.result()))
    assert ROSTER.rule("iban") is not None
