"""Administrations, their periods and runs as the options want them (rules 4, 36 and 63)."""

from __future__ import annotations

from typing import Any

import pytest

from loket_portal.simulator.clock import today
from tests.simulator.loket import Loket


def administration(loket: Loket, name: str = "Tulp Horeca B.V.") -> dict[str, Any]:
    """One administration by its name."""
    rows = loket.get(f"{loket.employer}/payrolladministrations")
    found: dict[str, Any] = next(row for row in rows if row["name"] == name)
    return found


def rows(loket: Loket, what: str, name: str = "Tulp Horeca B.V.") -> list[dict[str, Any]]:
    """The periods or runs of an administration."""
    path = f"/providers/employers/payrolladministrations/{administration(loket, name)['id']}/{what}"
    found: list[dict[str, Any]] = loket.get(path)
    return found


def open_period(loket: Loket) -> dict[str, Any]:
    """The period of this month."""
    day = today().isoformat()
    return next(row for row in rows(loket, "payrollperiods") if row["startDate"] <= day <= row["endDate"])


def test_a_year_has_twelve_months_without_a_gap(loket: Loket) -> None:
    periods = rows(loket, "payrollperiods")
    assert [row["periodNumber"] for row in periods] == list(range(1, 13))
    assert {(row["year"], row["testYear"], row["payrollPeriodType"]["value"]) for row in periods} == {
        (today().year, False, "Maand")
    }
    assert (periods[0]["startDate"][5:], periods[-1]["endDate"][5:]) == ("01-01", "12-31")


def test_past_months_have_an_approved_run_and_the_open_one_has_none(loket: Loket) -> None:
    runs = rows(loket, "payrollruns")
    assert [run["payrollPeriod"]["periodNumber"] for run in runs] == list(range(1, today().month))
    assert {run["payrollRunStatus"]["key"] for run in runs} <= {9}
    assert open_period(loket)["payrollRuns"] == []


@pytest.mark.parametrize("status", [0, 1, 2, 9])
def test_the_open_period_can_have_a_run(loket: Loket, status: int) -> None:
    loket.tell(run_status=status)
    run = rows(loket, "payrollruns")[-1]
    assert run["payrollPeriod"] == {"periodNumber": today().month, "year": today().year}
    assert run["payrollRunStatus"]["key"] == status
    assert (run["approvedBy"] is not None) is (status == 9)
    assert [item["id"] for item in open_period(loket)["payrollRuns"]] == [run["id"]]
    assert open_period(loket)["payrollRuns"][0]["payrollRunStatus"] == run["payrollRunStatus"]
    loket.tell(run_status=None)
    assert open_period(loket)["payrollRuns"] == []


def test_runs_can_be_searched(loket: Loket) -> None:
    loket.tell(run_status=2)
    path = f"/providers/employers/payrolladministrations/{administration(loket)['id']}/payrollruns"
    assert len(loket.get(path, params={"filter": "payrollRunStatus.key eq 2"})) == 1


def test_an_ended_administration_has_no_periods(loket: Loket) -> None:
    assert rows(loket, "payrollperiods", "Tulp Strandtent (oud)") == []
    loket.tell(ended=["Tulp Catering"], run_status=1)
    assert rows(loket, "payrollperiods", "Tulp Catering") == rows(loket, "payrollruns", "Tulp Catering") == []
    assert administration(loket, "Tulp Catering")["endDate"] == f"{today().year - 1}-12-31"
    loket.tell(ended=[])
    assert administration(loket, "Tulp Catering")["endDate"] is None


def test_runs_need_their_right(loket: Loket) -> None:
    path = f"/providers/employers/payrolladministrations/{administration(loket)['id']}"
    loket.tell(missing_rights=["Raadplegen loonoutput beperkt"])
    for what in ("payrollperiods", "payrollruns"):
        assert loket.call("GET", f"{path}/{what}").status_code == 403


def test_tax_ids_can_be_mended_and_broken(loket: Loket) -> None:
    loket.tell(tax_ids={"Tulp Events": "856789123L01", "Tulp Horeca B.V.": None, "Tulp Vakantiehuis": "812345678L02"})
    names = ("Tulp Events", "Tulp Horeca B.V.", "Tulp Vakantiehuis", "Tulp Catering")
    numbers = [administration(loket, name)["payrollTaxesNumber"] for name in names]
    assert numbers == ["856789123L01", None, "812345678L02", "823456789L01"]
    loket.tell(tax_ids={})
    assert administration(loket)["payrollTaxesNumber"] == "812345678L01"
