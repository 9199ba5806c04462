"""A user in the list of an employer's users."""

from __future__ import annotations

from .field import shape

USER_ROW = shape(
    {
        "accessStatus": "option ro",
        "azureActiveDirectory?": {
            "tenant": {"description": "text 0-100 ro", "id": "uuid", "tenantRegistrationLevel": "text ro"},
            "userId": "text",
        },
        "contactInformation": {
            "emailAddress": "text 0-255",
            "phoneNumber": "text? 1-15",
            "placeOfEmployment": "text? 1-24",
        },
        "dateTimeCreation": "datetime ro",
        "dateTimeLastLogin": "datetime? ro",
        "hasAccessToPayrollingTestData": "bool",
        "hasIntegrations": "bool ro",
        "hasMultiFactorAuthentication": "bool",
        "id": "uuid ro",
        "isDepartmentManager": "bool ro",
        "isLinkedToMultipleEmployers": "bool ro",
        "loginMethod": "option",
        "personalDetails": {
            "firstName": "text? 1-28",
            "initials": "text 1-6",
            "lastName": "text 1-25",
            "prefix": "text? 1-10",
        },
        "twoFactorAuthenticationRequired": "bool",
        "userCustomSpecifiedRole": "text? 0-50",
        "userName": "text? 3-50 ro",
        "userSpecifiedRole": "option?",
    }
)
