"""A plain HTTP client for these tests: it signs in as a browser does and calls as an application does."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from loket_portal.simulator import Simulator
from loket_portal.simulator.options import PASSWORD, SECOND_FACTOR, USERNAME, Options

BACK = "http://127.0.0.1:8000/connect/back"
PERSON_VERSION = "2021-03-29"


class Loket:
    """One application with one open connection to a simulator."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = requests.Session()
        self.tokens: dict[str, Any] = {}

    @property
    def ask(self) -> dict[str, str]:
        """The query of an authorization request."""
        return {
            "client_id": Options.client_id,
            "redirect_uri": BACK,
            "response_type": "code",
            "scope": "all",
            "state": "s1",
        }

    def open_sign_in(self, **changes: str) -> requests.Response:
        """The page that the browser is sent to."""
        return self.http.get(f"{self.url}/authorize", params={**self.ask, **changes})

    def submit(self, page: requests.Response, **form: str) -> requests.Response:
        """Sends the form of a page, without following where it leads."""
        return self.http.post(page.url, data=form, allow_redirects=False)

    def password_page_done(self, user: str = USERNAME, **changes: str) -> requests.Response:
        """Signs in with the right password; the verification code page."""
        answer = self.submit(self.open_sign_in(**changes), username=user, password=PASSWORD)
        return self.http.get(self.url + answer.headers["Location"])

    def code(self, user: str = USERNAME, **changes: str) -> str:
        """Signs in completely; the code that comes back."""
        answer = self.submit(self.password_page_done(user, **changes), code=SECOND_FACTOR)
        return came_back(answer)["code"]

    def token(self, **form: str) -> requests.Response:
        """A request to the token endpoint, with the right application and secret unless the form says otherwise."""
        known = {"client_id": Options.client_id, "client_secret": Options.client_secret}
        return self.http.post(f"{self.url}/token", data={**known, **form})

    def redeem(self, code: str, **form: str) -> requests.Response:
        """Exchanges a code."""
        return self.token(**{"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, **form})

    def refresh(self, refresh_token: str) -> requests.Response:
        """Exchanges a refresh token."""
        return self.token(grant_type="refresh_token", refresh_token=refresh_token)

    def sign_in(self, user: str = USERNAME) -> Loket:
        """Signs in by the pages and keeps the tokens."""
        self.tokens = self.redeem(self.code(user)).json()
        return self

    def call(
        self, method: str, path: str, body: Any = None, *, version: str = "2018-01-01", **more: Any
    ) -> requests.Response:
        """One API call."""
        headers = {"Accept": f"application/json;version={version}", **more.pop("headers", {})}
        if self.tokens:
            headers.setdefault("Authorization", f"Bearer {self.tokens['access_token']}")
        server = more.pop("server", "/v2")
        return self.http.request(method, f"{self.url}{server}{path}", json=body, headers=headers, **more)

    def get(self, path: str, **more: Any) -> Any:
        """The content or the rows of a call that has to succeed."""
        answer = self.call("GET", path, **more)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        return body["_embedded"] if "_embedded" in body else body["content"]

    @property
    def employer(self) -> str:
        """The path of the first employer."""
        return f"/providers/employers/{self.get('/providers/employers')[0]['id']}"

    def employee(self, number: int) -> dict[str, Any]:
        """One employee as the list has him."""
        query = {"filter": f"employeeNumber eq {number}"}
        rows: list[dict[str, Any]] = self.get(f"{self.employer}/employees", version=PERSON_VERSION, params=query)
        assert len(rows) == 1
        return rows[0]

    def employment(self, number: int) -> dict[str, Any]:
        """One employment as the comprehensive list has it."""
        query = {"filter": f"employee.employeeNumber eq {number}"}
        path = f"{self.employer}/employees/employments/comprehensive"
        rows: list[dict[str, Any]] = self.get(path, version="2019-12-16", params=query)
        assert len(rows) == 1
        return rows[0]

    def put_employee(self, body: dict[str, Any], **more: Any) -> requests.Response:
        """The PUT of an employee."""
        return self.call("PUT", f"/providers/employers/employees/{body['id']}", body, version=PERSON_VERSION, **more)

    def options(self, path: str) -> dict[str, list[dict[str, Any]]]:
        """A metadata call as a table: the field's last name to its options."""
        return {row["field"].rsplit(".", 1)[-1]: row["options"] for row in self.get(path)}

    def concept_body(self, number: int | None, **details: Any) -> dict[str, Any]:
        """A concept employee that can be converted."""
        administration = self.get(f"{self.employer}/payrolladministrations")[0]["id"]
        tail = f"payrolladministration/{administration}"
        body: dict[str, Any] = self.get(f"/providers/employers/conceptemployees/defaults/{tail}")
        options = self.options(f"/providers/employers/conceptemployees/metadata/{tail}")
        person, work = body["employeeData"], body["organizationalEntityData"]
        named = {"lastName": "Nieuw", "initials": "N.", "dateOfBirth": "1999-01-02", "gender": options["gender"][0]}
        person["personalDetails"] |= {**named, **details}
        person["address"] |= {"street": "Dorp", "houseNumber": 1, "postalCode": "3761 AA", "city": "Soest"}
        person |= {"employeeNumber": number, "iban": "NL91ABNA0417164300"}
        work |= {name: {"key": options[name][0]["key"]} for name in ("function", "department", "distributionUnit")}
        body["workingHoursData"]["deviatingHoursPerWeek"] = 32
        body["employmentData"]["startDate"] = "2026-01-01"
        return body | {"uniqueName": f"LP-{number}"}

    def create_concept(self, number: int | None, **details: Any) -> dict[str, Any]:
        """A new concept employee."""
        answer = self.call("POST", f"{self.employer}/conceptemployees", self.concept_body(number, **details))
        assert answer.status_code == 201, answer.text
        content: dict[str, Any] = answer.json()["content"]
        return content

    def convert(self, concept_id: str, *, validate_only: bool = False) -> requests.Response:
        """The conversion, or only its verdict."""
        headers = {"X-ValidateOnly": "true"} if validate_only else {}
        return self.call(
            "PATCH", f"/providers/employers/conceptemployees/{concept_id}/convertToEmployee", headers=headers
        )

    def tell(self, **options: Any) -> None:
        """Changes options at run time, which has to succeed."""
        answer = self.http.post(f"{self.url}/_simulator/options", json=options)
        assert answer.status_code == 200, answer.text

    def activities(self) -> set[str]:
        """What the user may do at his first employer."""
        return {row["name"] for row in self.get(f"{self.employer}/authorizations")}

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """One of the simulator's own calls."""
        return self.http.request(method, f"{self.url}/_simulator{path}", json=body).json()


def signed_in(simulator: Simulator, user: str = USERNAME) -> Loket:
    """A client with a token, without the pages."""
    loket = Loket(simulator.url)
    loket.tokens = simulator.keys.grant(user)
    return loket


def came_back(answer: requests.Response) -> dict[str, str]:
    """The query with which the browser is sent back to the application."""
    location = answer.headers["Location"]
    assert location.startswith(f"{BACK}?"), location
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def messages(answer: requests.Response) -> list[str]:
    """The properties that the broken rules of an answer are about."""
    return [name for message in answer.json()["messages"] for name in message["properties"]]
