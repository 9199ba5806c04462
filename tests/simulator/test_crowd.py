"""Generated companies: always the same people, in Loket's form, each company with a user of its own."""

from __future__ import annotations

import pytest
from stdnum import iban
from stdnum.nl import bsn

from loket_portal.simulator import crowd
from tests.simulator.conftest import Start
from tests.simulator.loket import Loket, signed_in


def signed_in_at(url: str, company: int) -> Loket:
    loket = Loket(url)
    loket.tokens = loket.control("POST", "/tokens/grant", {"user": crowd.username(company)})
    return loket


def test_people_are_the_same_each_time_and_nobody_shares_a_number() -> None:
    people = [crowd.person(company, index) for company in (1, 2) for index in range(300)]
    assert people == [crowd.person(company, index) for company in (1, 2) for index in range(300)]
    assert all(bsn.is_valid(person["bsn"]) and iban.is_valid(person["iban"]) for person in people)
    assert len({person["bsn"] for person in people}) == len({person["iban"] for person in people}) == 600


def test_each_company_has_its_people_and_its_user_sees_no_other(start: Start) -> None:
    url = start(loket_people=3, loket_companies=2, loket_first=5).url
    for company, people in ((1, 5), (2, 3)):
        loket = signed_in_at(url, company)
        [employer] = loket.get("/providers/employers")
        assert employer["companyName"] == crowd.name(company)
        path = f"/providers/employers/{employer['id']}"
        [administration] = loket.get(f"{path}/payrolladministrations")
        assert administration["payrollTaxesNumber"] == crowd.tax_id(company)
        rows = loket.get(f"{path}/employees/employments/comprehensive", version="2019-12-16")
        numbers = [row["employee"]["employeeNumber"] for row in rows]
        assert numbers == [crowd.FIRST_NUMBER + index for index in range(people)]
        users = loket.get(f"{path}/users")
        assert [user["userName"] for user in users] == [crowd.username(company)]


def test_companies_can_be_added_while_it_runs_and_stay_as_they_are(start: Start) -> None:
    simulator = start()
    loket = signed_in(simulator)
    loket.tell(loket_people=2)
    path = f"/providers/employers/{signed_in_at(simulator.url, 1).get('/providers/employers')[0]['id']}/employees"
    loket.tell(loket_people=4, loket_companies=2)
    assert len(signed_in_at(simulator.url, 1).get(path, version="2021-03-29")) == 2
    assert signed_in_at(simulator.url, 2).get("/providers/employers")[0]["companyName"] == crowd.name(2)


def test_there_is_no_company_and_no_user_without_the_option(loket: Loket) -> None:
    answer = loket.control("POST", "/tokens/grant", {"user": crowd.username(1)})
    assert "takes a user" in answer["message"]


@pytest.mark.parametrize("size", [1, 2, 7])
def test_the_pages_of_a_long_list_hold_everybody_once_in_order(start: Start, size: int) -> None:
    loket = signed_in_at(start(loket_people=5).url, 1)
    path = f"/providers/employers/{loket.get('/providers/employers')[0]['id']}/employees"
    whole = loket.get(path, version="2021-03-29")
    pages = [
        loket.get(f"{path}?pageNumber={number}&pageSize={size}", version="2021-03-29")
        for number in range(1, -(-5 // size) + 1)
    ]
    assert [row for page in pages for row in page] == whole


def test_a_row_of_a_list_shows_a_change_at_once(start: Start) -> None:
    loket = signed_in_at(start(loket_people=2).url, 1)
    path = f"/providers/employers/{loket.get('/providers/employers')[0]['id']}/employees"
    first, second = loket.get(path, version="2021-03-29")
    first["personalDetails"]["placeOfBirth"] = "Delft"
    assert loket.call("PUT", f"/providers/employers/employees/{first['id']}", first, version="2021-03-29").ok
    assert loket.get(path, version="2021-03-29")[0]["personalDetails"]["placeOfBirth"] == "Delft"
    rows = loket.get(f"{path}/employments/comprehensive", version="2019-12-16")
    assert rows[0]["employee"]["personalDetails"]["placeOfBirth"] == "Delft"
    assert rows[1]["employee"]["id"] == second["id"]
