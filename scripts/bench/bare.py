"""The floor of the bench: what a good programmer writes in an afternoon, and not a line more.

One pooled session of requests, eight threads, the list compared with the wanted values, no database, no retries, no
journal. It reads a JSON file with the wanted values and writes what differs. `python bare.py JOB.json` prints its figures.
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests
from requests.adapters import HTTPAdapter

Row = dict[str, Any]
VERSIONS = {"employees": "2021-03-29", "other": "2018-01-01"}
PERSON = {
    "last_name": "personalDetails.lastName",
    "prefix": "personalDetails.prefix",
    "first_name": "personalDetails.firstName",
    "initials": "personalDetails.initials",
    "birth_date": "personalDetails.dateOfBirth",
    "street": "address.street",
    "house_number": "address.houseNumber",
    "house_number_addition": "address.houseNumberAddition",
    "postal_code": "address.postalCode",
    "city": "address.city",
    "phone": "contactInformation.phoneNumber",
    "mobile": "contactInformation.mobilePhoneNumber",
    "email": "contactInformation.emailAddress",
}
LISTED = {
    "gender": "employeeData.personalDetails.gender",
    "nationality": "employeeData.personalDetails.nationality",
    "country": "employeeData.address.country",
    "function": "organizationalEntityData.function",
    "department": "organizationalEntityData.department",
}


class Api:
    """Loket over one session; counts its calls."""

    def __init__(self, url: str, token: str, threads: int) -> None:
        self.url, self.calls = f"{url}/v2/providers/employers", 0
        self.session = requests.Session()
        self.session.mount("http://", HTTPAdapter(pool_maxsize=threads))
        self.session.headers["Authorization"] = f"Bearer {token}"
        self.session.trust_env = False
        self.threads = ThreadPoolExecutor(threads)

    def call(self, method: str, path: str, body: Any = None, kind: str = "other", **headers: str) -> Any:
        accept = f"application/json;version={VERSIONS[kind]}"
        content = {"Content-Type": accept} if body is not None else {}
        data = json.dumps(body) if body is not None else None
        answer = self.session.request(
            method, self.url + path, data=data, headers={"Accept": accept, **content, **headers}
        )
        answer.raise_for_status()
        self.calls += 1
        return answer.json()

    def rows(self, path: str, kind: str) -> list[Row]:
        """A whole list: the first page says how many there are, the others come at once."""
        first = self.call("GET", f"{path}?pageNumber=1&pageSize=250", kind=kind)
        numbers = range(2, first["totalPages"] + 1)
        pages = self.each(
            lambda number: self.call("GET", f"{path}?pageNumber={number}&pageSize=250", kind=kind), numbers
        )
        return [row for page in (first, *pages) for row in page["_embedded"]]

    def each(self, do: Callable[[Any], Any], things: Iterable[Any]) -> list[Any]:
        """Does something with each of these, eight at once."""
        return list(self.threads.map(do, things))


def push(api: Api, job: Row, people: list[Row]) -> int:
    """Brings the details of everybody up to date; gives the number of writes."""
    there = {row["employeeNumber"]: row for row in api.rows(f"/{job['employer']}/employees", "employees")}
    differing = [whole for person in people if (whole := changed(there[int(person["employee_number"])], person))]
    api.each(lambda whole: api.call("PUT", f"/employees/{whole['id']}", whole, "employees"), differing)
    return len(differing)


def changed(row: Row, person: Row) -> Row | None:
    """The whole object with the wanted values in it; None when it has them all."""
    before = json.dumps(row)
    for column, path in PERSON.items():
        put(row, path, value(column, person[column]))
    return row if json.dumps(row) != before else None


def hire(api: Api, job: Row, people: list[Row]) -> int:
    """Makes employees of new people, four calls each; gives the number of writes."""
    path = f"/{job['employer']}/conceptemployees"
    own = f"payrolladministration/{job['administration']}"
    defaults = api.call("GET", f"/conceptemployees/defaults/{own}")["content"]
    keys = {row["field"]: row["options"] for row in api.rows(f"{path}/metadata", "other")}
    there = {row["employeeNumber"] for row in api.rows(f"/{job['employer']}/employees", "employees")}
    new = [person for person in people if int(person["employee_number"]) not in there]
    api.each(lambda person: convert(api, path, concept(defaults, keys, person, job["administration"]), person), new)
    return 3 * len(new)


def concept(defaults: Row, keys: Row, person: Row, administration: str) -> Row:
    """The body of a new concept employee."""
    body: Row = json.loads(json.dumps(defaults))
    for column, path in PERSON.items():
        put(body, f"employeeData.{path}", value(column, person[column]))
    for column, path in LISTED.items():
        texts = (
            {option.get(name): option["key"] for name in ("isoCode", "value", "description")} for option in keys[path]
        )
        put(body, path, {"key": next(found[person[column]] for found in texts if person[column] in found)})
    unit = keys["organizationalEntityData.distributionUnit"][0]["key"]
    put(body, "organizationalEntityData.distributionUnit", {"key": unit})
    put(body, "employeeData.employeeNumber", int(person["employee_number"]))
    put(body, "employeeData.iban", person["iban"])
    put(body, "employmentData.startDate", person["start_date"])
    put(body, "employmentData.payrollAdministration", {"id": administration})
    put(body, "workingHoursData.deviatingHoursPerWeek", float(person["hours_per_week"]))
    return body | {"uniqueName": f"bare {person['employee_number']}"}


def convert(api: Api, path: str, body: Row, person: Row) -> None:
    """The concept, its BSN, Loket's verdict, the conversion."""
    made = api.call("POST", path, body)["content"]["id"]
    api.call("PUT", f"/conceptemployees/{made}/citizenservicenumber", {"citizenServiceNumber": person["bsn"]})
    api.call("PATCH", f"/conceptemployees/{made}/convertToEmployee", **{"X-ValidateOnly": "true"})
    api.call("PATCH", f"/conceptemployees/{made}/convertToEmployee")


def value(column: str, text: str | None) -> Any:
    """As Loket's JSON has it."""
    return int(text) if column == "house_number" and text else text


def put(body: Row, path: str, wanted: Any) -> None:
    """Sets one value at a dotted path."""
    *parents, last = path.split(".")
    for name in parents:
        if body.get(name) is None:
            body[name] = {}
        body = body[name]
    body[last] = wanted


def main() -> None:
    started = time.monotonic()
    with open(sys.argv[1], encoding="utf-8") as file:
        job = json.load(file)
    with open(job["people"], encoding="utf-8") as file:
        people = json.load(file)
    api = Api(job["url"], job["token"], job["threads"])
    writes = (hire if job["job"] == "hire" else push)(api, job, people)
    used = resource.getrusage(resource.RUSAGE_SELF)
    found = {"inside": time.monotonic() - started, "cpu": used.ru_utime + used.ru_stime, "calls": api.calls}
    with open("/proc/self/status", encoding="ascii") as status:
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    print(json.dumps(found | {"writes": writes, "peak": peak / 1024}))


if __name__ == "__main__":
    main()
