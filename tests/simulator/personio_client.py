"""A plain HTTP client of the simulated Personio, for these tests."""

from __future__ import annotations

from typing import Any

import requests

from loket_portal.simulator import Options, Simulator

CREDENTIALS = {"client_id": Options.personio_client_id, "client_secret": Options.personio_client_secret}


class Client:
    """One application with a token, unless it is made without."""

    def __init__(self, simulator: Simulator, *, has_token: bool = True) -> None:
        self.root = simulator.url
        self.url = f"{simulator.url}/personio"
        self.http = requests.Session()
        self.token = self.sign_in() if has_token else ""

    def sign_in(self) -> str:
        """Asks for a token as v1 has it."""
        answer = self.http.post(f"{self.url}/v1/auth", json=CREDENTIALS)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["data"]["token"])

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        """One call, with the token unless `headers` say otherwise."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return self.http.request(method, self.url + path, headers=headers | more.pop("headers", {}), **more)

    def get(self, path: str, **more: Any) -> Any:
        """The body of a reading call that has to succeed."""
        answer = self.call("GET", path, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def employees(self, **params: Any) -> list[dict[str, Any]]:
        """A page of employees, each as attributes by key."""
        rows = self.get("/v1/company/employees", params=params)["data"]
        return [row["attributes"] for row in rows]

    def employee(self, person_id: int) -> dict[str, Any]:
        """The values of one employee by key."""
        attributes = self.get(f"/v1/company/employees/{person_id}")["data"]["attributes"]
        return {key: attribute["value"] for key, attribute in attributes.items()}

    def everybody(self, limit: int = 100) -> list[dict[str, Any]]:
        """All employees, read as an application reads them."""
        found: list[dict[str, Any]] = []
        while page := self.employees(limit=limit, offset=len(found)):
            found += page
        return found

    def definitions(self) -> dict[str, dict[str, Any]]:
        """The definitions of the attributes by key."""
        return {row["key"]: row for row in self.get("/v1/company/employees/attributes")["data"]}

    def employments(self, person_id: int) -> list[dict[str, Any]]:
        """A person's employments in v2."""
        rows: list[dict[str, Any]] = self.get(f"/v2/persons/{person_id}/employments")["_data"]
        return rows

    def control(self, method: str, path: str, body: Any = None) -> requests.Response:
        """One of the simulator's own calls."""
        return self.http.request(method, f"{self.root}/_simulator{path}", json=body)

    def lever(self, path: str, body: Any = None) -> Any:
        """A lever that has to work."""
        answer = self.control("POST", f"/personio{path}", body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def tell(self, **options: Any) -> None:
        """Changes options, which has to succeed."""
        answer = self.control("POST", "/options", options)
        assert answer.status_code == 200, answer.text
