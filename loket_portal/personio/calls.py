"""The calls to Personio that this product makes: one line each."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Call:
    """One operation. `what` is what the credentials must be allowed to read: see `errors.NotReadable`.

    `is_one` when it is about one thing, which may be gone (404); `is_fickle` when Personio is known to answer 404 now
    and then although the thing is there.
    """

    method: str
    path: str
    what: str
    is_one: bool = False
    is_fickle: bool = False

    @property
    def is_v2(self) -> bool:
        """Whether it is a call of v2, which has its own token, limits and errors."""
        return self.path.startswith("/v2/")

    def path_for(self, ids: Mapping[str, str]) -> str:
        """The path with its ids filled in, each quoted as one segment."""
        return self.path.format_map({name: quote(value, safe="") for name, value in ids.items()})


SIGN_IN = Call("POST", "/v1/auth", "employees")
SIGN_IN_V2 = Call("POST", "/v2/auth/token", "persons")
LIST_EMPLOYEES = Call("GET", "/v1/company/employees", "employees")
GET_EMPLOYEE = Call("GET", "/v1/company/employees/{id}", "employees", is_one=True)
LIST_ATTRIBUTES = Call("GET", "/v1/company/employees/attributes", "attributes")
LIST_LEGAL_ENTITIES = Call("GET", "/v2/legal-entities", "legal_entities")
LIST_PERSONS = Call("GET", "/v2/persons", "persons")
LIST_EMPLOYMENTS = Call("GET", "/v2/persons/{id}/employments", "persons", is_one=True, is_fickle=True)
LIST_WEBHOOKS = Call("GET", "/v2/webhooks", "webhooks")
CREATE_WEBHOOK = Call("POST", "/v2/webhooks", "webhooks")
DELETE_WEBHOOK = Call("DELETE", "/v2/webhooks/{id}", "webhooks", is_one=True)
