"""One employment and its parts: what Loket refuses, what moves along, what is written down (rules 45, 50, 53 and 54)."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from loket_portal.simulator import dated, employments, payments
from loket_portal.simulator.options import USERNAME
from tests.simulator.conftest import Start
from tests.simulator.loket import Loket, messages, signed_in
from tests.simulator.test_audit import edit, trail, version

VERSION = "2019-12-16"
OWN = "/providers/employers/employees/employments"
FUTURE, LATER = "2027-03-01", "2027-06-01"
HOURS, PLACES = "workinghours", "organizationalentities"
PART = {HOURS: "workinghours", PLACES: "organizationalEntity"}
Row = dict[str, Any]


@pytest.fixture
def row(loket: Loket) -> Row:
    return loket.employment(1001)


def own(loket: Loket, row: Row) -> Row:
    """The employment by its own call."""
    found: Row = loket.get(f"{OWN}/{row['id']}", version=VERSION)
    return found


def put(loket: Loket, row: Row, body: Row) -> Any:
    return loket.call("PUT", f"{OWN}/{row['id']}", body, version=VERSION)


def add(loket: Loket, row: Row, name: str, **changes: Any) -> Any:
    """A new record of a chain."""
    body = deepcopy(row[PART[name]]) | {"startDate": FUTURE} | changes
    return loket.call("POST", f"{OWN}/{row['id']}/{name}", body)


def change(loket: Loket, name: str, body: Row, **changes: Any) -> Any:
    """A PUT of a record of a chain."""
    return loket.call("PUT", f"{OWN}/{name}/{body['id']}", body | changes)


def chain(loket: Loket, row: Row, name: str) -> list[tuple[str, str | None]]:
    """First and last day of the records."""
    return [(part["startDate"], part["endDate"]) for part in loket.get(f"{OWN}/{row['id']}/{name}")]


def ending(loket: Loket, row: Row, end: str = FUTURE, **changes: Any) -> Row:
    options = loket.options(f"{OWN}/{row['id']}/metadata")
    return {
        "createMdvEntry": False,
        "endDate": end,
        "endOfEmploymentDueToIllness": False,
        "endOfEmploymentReason": {"key": 8},
        "endOfEmploymentReasonTaxAuthorities": {"key": options["endOfEmploymentReasonTaxAuthorities"][0]["key"]},
    } | changes


def patch(loket: Loket, row: Row, what: str, body: Row | None = None) -> Any:
    return loket.call("PATCH", f"{OWN}/{row['id']}/{what}", body or {}, version=VERSION)


# The employment


def test_an_employment_is_what_the_list_has_with_its_employee_in_short(loket: Loket, row: Row) -> None:
    found = own(loket, row)
    short = found.pop("employee")
    assert found == {name: row[name] for name in found}
    details = row["employee"]["personalDetails"] | row["employee"]
    assert short == {name: details[name] for name in short}


def test_sending_an_employment_back_changes_nothing(loket: Loket, row: Row) -> None:
    found = own(loket, row)
    assert put(loket, row, found).json()["content"] == found
    assert loket.employment(1001) == row
    assert trail(loket) == []


def test_what_a_put_leaves_out_is_gone_and_what_only_loket_fills_stays(loket: Loket, row: Row) -> None:
    body = own(loket, row) | {"endDate": "2026-01-01", "startDate": "1999-01-01", "payrollId": 7}
    del body["namePayslip"], body["employee"]
    assert put(loket, row, body).status_code == 200
    assert loket.employment(1001) == row | {"namePayslip": None}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("incomeRelationshipNumber", 10_000),
        ("namePayslip", "x" * 35),
        ("typeOfEmployee", None),
        ("typeOfEmployee", {"key": 1001}),
        ("isOnCallEmployment", None),
        ("cancellationPeriodEmployee", 0),
        ("emailLeaveRequest", "geen adres"),
        ("commissionUntilDate", "31-12-2026"),
        ("workinghours", {}),
    ],
)
def test_a_broken_rule_names_its_field_and_changes_nothing(loket: Loket, row: Row, name: str, value: Any) -> None:
    answer = put(loket, row, own(loket, row) | {name: value})
    assert (answer.status_code, messages(answer)) == (400, [name])
    assert loket.employment(1001) == row


def test_a_mandatory_field_that_is_left_out_is_refused(loket: Loket, row: Row) -> None:
    body = own(loket, row)
    del body["typeOfEmployee"], body["isOnCallEmployment"]
    assert set(messages(put(loket, row, body))) == {"typeOfEmployee", "isOnCallEmployment"}


# End, and its undoing


def test_an_end_ends_the_chains_too(loket: Loket, row: Row) -> None:
    body = ending(loket, row)
    assert patch(loket, row, "terminate", body).json()["content"] == {}
    found = loket.employment(1001)
    assert {name: found[name]["endDate"] for name in ("workinghours", "organizationalEntity", "wage")} == {
        "workinghours": FUTURE,
        "organizationalEntity": FUTURE,
        "wage": FUTURE,
    }
    assert (found["endDate"], found["endOfEmploymentDueToIllness"]) == (FUTURE, False)
    assert found["endOfEmploymentReason"] == {"key": 8, "value": "Overig"}
    assert found["endOfEmploymentReasonTaxAuthorities"]["key"] == body["endOfEmploymentReasonTaxAuthorities"]["key"]
    assert loket.employment(1002)["endDate"] is None


def test_a_reinstatement_undoes_all_of_it(loket: Loket, row: Row) -> None:
    patch(loket, row, "terminate", ending(loket, row))
    assert patch(loket, row, "reinstate").status_code == 200
    assert loket.employment(1001) == row
    assert messages(patch(loket, row, "reinstate")) == ["endDate"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"endDate": "1990-01-01"}, "endDate"),
        ({"endDate": None}, "endDate"),
        ({"endOfEmploymentReason": None}, "endOfEmploymentReason"),
        ({"endOfEmploymentReasonTaxAuthorities": {"key": 1001}}, "endOfEmploymentReasonTaxAuthorities"),
        ({"endOfEmploymentDueToIllness": None}, "endOfEmploymentDueToIllness"),
        ({"reason": "moe"}, "reason"),
    ],
)
def test_an_end_that_is_wrong_is_refused(loket: Loket, row: Row, changes: Row, field: str) -> None:
    answer = patch(loket, row, "terminate", ending(loket, row, **changes))
    assert (answer.status_code, messages(answer)) == (400, [field])
    assert loket.employment(1001) == row


def test_nobody_ends_twice(loket: Loket, row: Row) -> None:
    """A second end would hide that the first one was sent twice."""
    patch(loket, row, "terminate", ending(loket, row))
    assert messages(patch(loket, row, "terminate", ending(loket, row, LATER))) == ["endDate"]
    assert loket.employment(1001)["endDate"] == FUTURE


def test_no_record_may_begin_after_the_end(loket: Loket, row: Row) -> None:
    add(loket, row, HOURS, startDate=LATER)
    assert messages(patch(loket, row, "terminate", ending(loket, row))) == ["endDate"]
    assert patch(loket, row, "terminate", ending(loket, row, LATER)).status_code == 200
    assert chain(loket, row, HOURS)[-1] == (LATER, LATER)
    assert messages(add(loket, row, HOURS, startDate="2027-07-01")) == ["startDate"]


# The first day


def test_another_first_day_moves_the_first_record_of_every_chain(loket: Loket, row: Row) -> None:
    add(loket, row, HOURS)
    assert patch(loket, row, "correctstartdate", {"startDate": "2001-02-03"}).status_code == 200
    found = loket.employment(1001)
    assert (
        found["startDate"] == found["organizationalEntity"]["startDate"] == found["wage"]["startDate"] == "2001-02-03"
    )
    assert chain(loket, row, HOURS) == [("2001-02-03", "2027-02-28"), (FUTURE, None)]


@pytest.mark.parametrize("day", ["1989-12-31", "2027-03-02", FUTURE, None, "3-2-2001"])
def test_a_first_day_that_can_t_be_is_refused(loket: Loket, row: Row, day: str | None) -> None:
    """Before the administration, on or after a later record of a chain, or no day."""
    add(loket, row, HOURS)
    before = loket.employment(1001)
    answer = patch(loket, row, "correctstartdate", {"startDate": day})
    assert (answer.status_code, set(messages(answer))) == (400, {"startDate"})
    assert loket.employment(1001) == before


# Chains


@pytest.mark.parametrize("name", [HOURS, PLACES])
def test_a_new_record_ends_the_former_one_the_day_before(loket: Loket, row: Row, name: str) -> None:
    started = row[PART[name]]["startDate"]
    assert add(loket, row, name).status_code == 201
    assert add(loket, row, name, startDate=LATER).json()["content"]["endDate"] is None
    assert chain(loket, row, name) == [(started, "2027-02-28"), (FUTURE, "2027-05-31"), (LATER, None)]


def test_the_list_shows_the_record_of_today(loket: Loket, row: Row) -> None:
    made = add(loket, row, HOURS, startDate="2026-01-02", deviatingHoursPerWeek=11).json()["content"]
    add(loket, row, HOURS, deviatingHoursPerWeek=22)
    shown = loket.employment(1001)["workinghours"]
    assert (shown["id"], shown["deviatingHoursPerWeek"], shown["endDate"]) == (made["id"], 11, "2027-02-28")
    assert shown["aggregatedHoursPerWeek"] == 11


@pytest.mark.parametrize("day", [FUTURE, "2027-02-28", "2000-01-01", None])
@pytest.mark.parametrize("name", [HOURS, PLACES])
def test_no_record_begins_before_the_latest_one(loket: Loket, row: Row, name: str, day: str | None) -> None:
    add(loket, row, name)
    before = chain(loket, row, name)
    assert messages(add(loket, row, name, startDate=day)) == ["startDate"]
    assert chain(loket, row, name) == before


def test_a_record_that_moves_takes_the_end_of_the_former_one_with_it(loket: Loket, row: Row) -> None:
    made = add(loket, row, HOURS).json()["content"]
    assert change(loket, HOURS, made, startDate="2027-04-01").json()["content"]["startDate"] == "2027-04-01"
    assert chain(loket, row, HOURS)[0][1] == "2027-03-31"


def test_no_record_moves_past_its_neighbours(loket: Loket, row: Row) -> None:
    add(loket, row, HOURS)
    add(loket, row, HOURS, startDate=LATER)
    first, middle, last = loket.get(f"{OWN}/{row['id']}/{HOURS}")
    before = chain(loket, row, HOURS)
    assert messages(change(loket, HOURS, first, startDate="2026-06-01")) == ["startDate"], "that would leave a gap"
    for start in (first["startDate"], LATER):
        assert messages(change(loket, HOURS, middle, startDate=start)) == ["startDate"]
    assert messages(change(loket, HOURS, last, startDate=FUTURE)) == ["startDate"]
    assert chain(loket, row, HOURS) == before


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        (HOURS, "deviatingHoursPerWeek", 100),
        (HOURS, "deviatingSvDaysPerPeriod", 24),
        (HOURS, "shift", {"shiftNumber": 9}),
        (HOURS, "shiftRateSickLeave", None),
        (HOURS, "regularWorkPattern", None),
        (HOURS, "days", 3),
        (PLACES, "department", None),
        (PLACES, "function", {"key": "00000000-0000-4000-8000-000000000000"}),
        (PLACES, "placeOfEmployment", "x" * 25),
    ],
)
def test_a_record_with_a_wrong_field_is_refused(loket: Loket, row: Row, name: str, field: str, value: Any) -> None:
    before = chain(loket, row, name)
    assert messages(add(loket, row, name, **{field: value})) == [field]
    assert messages(change(loket, name, row[PART[name]], **{field: value})) == [field]
    assert (chain(loket, row, name), loket.employment(1001)) == (before, row)


def test_a_week_lacks_no_day(loket: Loket, row: Row) -> None:
    week = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday"), 4)
    answer = change(loket, HOURS, row["workinghours"], workPattern={"oddWeeks": week, "evenWeeks": week})
    assert messages(answer) == ["workPattern.evenWeeks.sunday", "workPattern.oddWeeks.sunday"]


def test_hours_that_follow_the_pattern_overwrite_what_was_sent(loket: Loket, row: Row) -> None:
    week = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), 0)
    pattern = {"oddWeeks": week | {"monday": 8, "tuesday": 8}, "evenWeeks": week | {"monday": 8}}
    by_pattern = row["workinghours"]["calculateUsingWorkPattern"] | {"deviatingDaysAndHours": True}
    changes = {"workPattern": pattern, "calculateUsingWorkPattern": by_pattern, "deviatingHoursPerWeek": 40}
    stored = change(loket, HOURS, row["workinghours"], **changes).json()["content"]
    assert (stored["deviatingHoursPerWeek"], stored["aggregatedHoursPerWeek"]) == (12, 12)
    assert stored["deviatingSvDaysPerPeriod"] == 6


def test_the_parts_of_a_person_who_was_converted_are_found(loket: Loket) -> None:
    """Also after others were looked up: people come and go."""
    loket.get(f"{OWN}/{HOURS}/{loket.employment(1001)['workinghours']['id']}")
    loket.convert(loket.create_concept(2001)["id"])
    hired = loket.employment(2001)
    for name, part in PART.items():
        assert loket.get(f"{OWN}/{name}/{hired[part]['id']}") == hired[part]
    (account,) = loket.get(f"{OWN}/{hired['id']}/paymentinformationsepa")
    assert loket.get(f"{OWN}/paymentinformationsepa/{account['id']}") == account


# Bank accounts


@pytest.fixture
def account(loket: Loket, row: Row) -> Row:
    found: Row = loket.get(f"{OWN}/{row['id']}/paymentinformationsepa")[0]
    return found


def test_one_account_for_each_payroll_component(loket: Loket, row: Row, account: Row) -> None:
    path = f"{OWN}/{row['id']}/paymentinformationsepa"
    assert messages(loket.call("POST", path, account)) == ["payrollComponent"]
    other = next(
        item for item in loket.options(f"{path}/metadata")["payrollComponent"] if item != account["payrollComponent"]
    )
    made = loket.call("POST", path, account | {"payrollComponent": {"key": other["key"]}})
    assert made.status_code == 201
    assert loket.get(path) == [account, made.json()["content"]]
    moved = made.json()["content"] | {"payrollComponent": account["payrollComponent"]}
    assert messages(loket.call("PUT", f"{OWN}/paymentinformationsepa/{moved['id']}", moved)) == ["payrollComponent"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("iban", "NL00ABNA0417164300"),
        ("iban", "NL91 ABNA 0417 1643 00"),
        ("iban", None),
        ("bic", ""),
        ("nameBeneficiary", "x" * 71),
        ("visibleOnPayslip", None),
        ("payrollComponent", {"key": 1001}),
        ("bank", "ABN"),
    ],
)
def test_a_wrong_account_is_refused(loket: Loket, row: Row, account: Row, field: str, value: Any) -> None:
    answer = loket.call("PUT", f"{OWN}/paymentinformationsepa/{account['id']}", account | {field: value})
    assert (answer.status_code, messages(answer)) == (400, [field])
    assert loket.get(f"{OWN}/{row['id']}/paymentinformationsepa") == [account]


def test_a_new_account_starts_with_the_wage_and_without_a_number(loket: Loket, row: Row, account: Row) -> None:
    defaults = loket.get(f"{OWN}/{row['id']}/paymentinformationsepa/defaults")
    assert defaults["payrollComponent"] == account["payrollComponent"]
    assert (defaults["iban"], defaults["visibleOnPayslip"]) == (None, True)


# If-Match, versions, rights, the trail, who sees it


def test_a_put_that_comes_too_late_is_a_conflict(loket: Loket, row: Row, account: Row) -> None:
    paths = {
        f"{OWN}/{row['id']}": VERSION,
        f"{OWN}/{HOURS}/{row['workinghours']['id']}": "2018-01-01",
        f"{OWN}/{PLACES}/{row['organizationalEntity']['id']}": "2018-01-01",
        f"{OWN}/paymentinformationsepa/{account['id']}": "2018-01-01",
    }
    for path, wanted in paths.items():
        answer = loket.call("GET", path, version=wanted)
        body, tag = answer.json()["content"], {"If-Match": answer.headers["ETag"]}
        field = next(
            name for name in ("namePayslip", "averageHoursPerWeek", "placeOfEmployment", "bic") if name in body
        )
        changed = body | {field: 3 if field.startswith("average") else "ABNANL2A"}
        assert loket.call("PUT", path, changed, version=wanted, headers=tag).status_code == 200
        assert loket.call("PUT", path, body, version=wanted, headers=tag).status_code == 409


def test_employer_and_employment_have_the_same_number_and_it_only_grows(loket: Loket, row: Row) -> None:
    def number() -> int:
        ((found,),) = [
            [item["lastModifiedVersionNumber"] for item in loket.get("/providers/employers/lastmodifiedversionnumbers")]
        ]
        return int(found)

    before = number()
    add(loket, row, HOURS)
    assert number() == version(loket) > before
    edit(loket, "employment.namePayslip", "J. Berg", number=1002)
    assert number() == version(loket, 1002) > version(loket)


def test_every_write_is_written_down_as_the_integration_user_s(loket: Loket, row: Row, account: Row) -> None:
    add(loket, row, HOURS, deviatingHoursPerWeek=11)
    change(loket, PLACES, row["organizationalEntity"], placeOfEmployment="Soest")
    loket.call("PUT", f"{OWN}/paymentinformationsepa/{account['id']}", account | {"iban": "NL91ABNA0417164300"})
    patch(loket, row, "terminate", ending(loket, row))
    rows = {item["field"]["value"]: item for item in trail(loket)}
    assert rows["Afwijkende uren per week"]["newValue"] == "11", "though it begins later"
    assert rows["organizationalEntity.placeOfEmployment"]["newValue"] == "Soest"
    assert (rows["IBAN"]["oldValue"], rows["IBAN"]["newValue"]) == (account["iban"], "NL91ABNA0417164300")
    assert rows["Datum uit dienst"]["newValue"] == FUTURE
    names = {item["performedBy"]["lastName"] for item in rows.values()}
    assert names == {"Tulp Horeca"}
    assert {item["employment"]["id"] for item in rows.values()} == {row["id"]}


RIGHTS = {
    "Beheer dienstverbanden": (
        ("PUT", ""),
        ("PATCH", "/terminate"),
        ("PATCH", "/reinstate"),
        ("PATCH", "/correctstartdate"),
        ("POST", f"/{HOURS}"),
        ("POST", f"/{PLACES}"),
    ),
    "Beheer diverse vaste gegevens salarisverw": (("POST", "/paymentinformationsepa"),),
    "Raadplegen dienstverbanden": (
        ("GET", ""),
        ("GET", "/metadata"),
        ("GET", f"/{HOURS}"),
        ("GET", f"/{PLACES}"),
        ("GET", "/paymentinformationsepa"),
        ("GET", "/paymentinformationsepa/metadata"),
        ("GET", "/paymentinformationsepa/defaults"),
    ),
}


@pytest.mark.parametrize("right", RIGHTS)
def test_each_call_needs_its_right(loket: Loket, row: Row, right: str) -> None:
    loket.tell(missing_rights=[right])
    for method, path in RIGHTS[right]:
        body = None if method == "GET" else {}
        assert loket.call(method, f"{OWN}/{row['id']}{path}", body, version=VERSION).status_code == 403, path


def test_nobody_reaches_the_employments_of_another_employer(start: Start) -> None:
    simulator = start()
    loket, other = signed_in(simulator, USERNAME), signed_in(simulator, "integratie@lindehoreca.example")
    row = loket.employment(1001)
    account = loket.get(f"{OWN}/{row['id']}/paymentinformationsepa")[0]["id"]
    parts = {
        HOURS: row["workinghours"]["id"],
        PLACES: row["organizationalEntity"]["id"],
        "paymentinformationsepa": account,
    }
    for name, part in parts.items():
        for path in (f"{OWN}/{row['id']}/{name}", f"{OWN}/{name}/{part}"):
            assert other.call("GET", path).status_code == 404
        assert other.call("PUT", f"{OWN}/{name}/{part}", {}).status_code == 404
    assert other.call("GET", f"{OWN}/{row['id']}", version=VERSION).status_code == 404
    assert patch(other, row, "terminate", ending(loket, row)).status_code == 404


@pytest.mark.parametrize("name", [HOURS, PLACES, "paymentinformationsepa"])
def test_an_id_of_another_kind_is_not_found(loket: Loket, row: Row, name: str) -> None:
    for wrong in (row["id"], row["wage"]["id"], "00000000-0000-4000-8000-000000000000"):
        assert loket.call("GET", f"{OWN}/{name}/{wrong}").status_code == 404


def test_nothing_of_an_employment_can_be_deleted() -> None:
    routes = [*employments.ROUTES.all, *dated.ROUTES.all, *payments.ROUTES.all]
    assert {route.method for route in routes} == {"GET", "POST", "PUT", "PATCH"}
