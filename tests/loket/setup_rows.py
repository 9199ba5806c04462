"""What Loket answers to the calls of the setup, one good row of each."""

from typing import Any

import responses

API = "https://api.loket.example/v2"
ID = "904d6856-6034-4624-bcbc-886188c115c5"
OTHER = "b14acd0d-75d7-4fc8-8b22-4a3924585cab"
EMPLOYER, EMPLOYEES = f"{API}/providers/employers/{ID}", f"{API}/providers/employers/{ID}/employees"
ADMINISTRATION = f"{API}/providers/employers/payrolladministrations/{ID}"
USER = {
    "id": OTHER,
    "contactInformation": {"emailAddress": "integratie@tulp.example", "phoneNumber": "0612345678"},
    "userName": "integratie",
    "loginMethod": {"key": 3, "value": "Via website en SSO"},
    "accessStatus": {"key": 1, "value": "Has access to Client"},
    "twoFactorAuthenticationRequired": True,
    "isLinkedToMultipleEmployers": False,
    "dateTimeLastLogin": "2026-11-02T08:15:30.1234567Z",
}
INTEGRATION = {
    "application": {"id": OTHER, "name": "Loket Portal", "isBlocked": False, "logo": None},
    "createdOn": "2026-11-02T08:15:30Z",
    "isBlocked": False,
    "lastLogin": None,
}
ACTIVITY = {
    "id": OTHER,
    "activity": "GetFunctionsByEmployerId",
    "displayName": "Lijst functies",
    "requiredUserAuthorizations": [{"id": ID, "description": "Applicatiebeheer werkgever"}],
    "requiredEmployerModules": [
        {"id": ID, "description": "Personeelsregistratie"},
        {"id": ID, "description": "Verlof"},
    ],
    "allowedRoles": [{"id": ID, "description": "Werkgever"}],
}
PERIOD = {
    "id": 202611,
    "year": 2026,
    "periodNumber": 11,
    "startDate": "2026-11-01",
    "endDate": "2026-11-30",
    "testYear": False,
    "payrollRuns": [
        {"id": ID, "payrollRunStatus": {"key": 1, "value": "Klaar"}},
        {"id": ID, "payrollRunStatus": {"key": 9}},
    ],
}
CHANGE = {
    "timeStamp": "2026-11-20T10:00:00Z",
    "performedBy": {"id": OTHER, "formattedName": "Jong, I de", "lastName": "Jong", "initials": "I", "prefix": "de"},
    "entity": {"key": 1, "value": "Werknemer"},
    "field": {"key": 4, "value": "Achternaam"},
    "employee": {"id": ID, "employeeNumber": 1001, "name": "Hermans-Pietersen"},
    "identification": {"description": "Ingang 03-03-2005"},
    "oldValue": "Hermans-Pietersen",
    "newValue": "Dekker-Visser",
}


def rows(url: str, *items: Any, **more: Any) -> None:
    """The list at this address."""
    responses.get(url, json={"totalPages": 1, "totalSize": len(items), "_embedded": list(items), **more})


def without(raw: dict, name: str) -> dict:
    return {key: value for key, value in raw.items() if key != name}
