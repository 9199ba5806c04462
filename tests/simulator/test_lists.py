"""Lists: pages of 250 unless told otherwise (rule 55), filters, order."""

from __future__ import annotations

import pytest

from tests.simulator.loket import PERSON_VERSION, Loket


def test_pages_together_give_everybody_once(loket: Loket) -> None:
    path, seen = f"{loket.employer}/employees", []
    for number in (1, 2, 3, 4):
        query = {"pageNumber": number, "pageSize": 15}
        page = loket.call("GET", path, version=PERSON_VERSION, params=query).json()
        assert [page[name] for name in ("currentPage", "pageSize", "totalPages", "totalSize")] == [number, 15, 3, 40]
        seen.append([row["employeeNumber"] for row in page["_embedded"]])
    assert [len(numbers) for numbers in seen] == [15, 15, 10, 0]
    assert sorted(number for numbers in seen for number in numbers) == list(range(1001, 1041))


def test_a_page_holds_250_when_nothing_is_said(loket: Loket) -> None:
    page = loket.call("GET", f"{loket.employer}/functions").json()
    assert (page["pageSize"], page["totalPages"]) == (250, 1)


@pytest.mark.parametrize("query", [{"pageSize": 0}, {"pageNumber": "x"}, {"pageNumber": -1}])
def test_impossible_pages_are_refused(loket: Loket, query: dict[str, str]) -> None:
    assert loket.call("GET", f"{loket.employer}/functions", params=query).status_code == 400


def test_filter_and_order_reach_into_objects(loket: Loket) -> None:
    query = {
        "filter": "employeeNumber ge 1030 and address.city eq 'Utrecht'",
        "orderBy": "-personalDetails.lastName,employeeNumber",
    }
    rows = loket.get(f"{loket.employer}/employees", version=PERSON_VERSION, params=query)
    names = [row["personalDetails"]["lastName"] for row in rows]
    assert len(names) > 2
    assert names == sorted(names, key=str.casefold, reverse=True)
    assert all(row["employeeNumber"] >= 1030 and row["address"]["city"] == "Utrecht" for row in rows)


def test_a_filter_counts_in_the_total(loket: Loket) -> None:
    query = {"filter": "employeeNumber lt 1004", "pageSize": 2}
    page = loket.call("GET", f"{loket.employer}/employees", version=PERSON_VERSION, params=query).json()
    assert (page["totalSize"], page["totalPages"], len(page["_embedded"])) == (3, 2, 2)


@pytest.mark.parametrize("query", [{"filter": "nothing eq 1"}, {"filter": "employeeNumber"}, {"orderBy": "nothing"}])
def test_unreadable_filters_and_orders_are_refused(loket: Loket, query: dict[str, str]) -> None:
    answer = loket.call("GET", f"{loket.employer}/employees", version=PERSON_VERSION, params=query)
    assert answer.status_code == 400
    assert answer.json()["messages"][0]["type"] == "BrokenBusinessRule"
