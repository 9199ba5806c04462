"""The signed-in user, the employer, its payroll administrations, functions, departments and distribution units."""

from __future__ import annotations

from .field import shape

ADDRESS = {
    "city": "text 0-24",
    "country": "option",
    "furtherIndication": "option?",
    "houseNumber": "int",
    "houseNumberAddition": "text? 0-4",
    "location": "text? 0-35",
    "postalCode": "text 0-9",
    "province": "option?",
    "street": "text 0-24",
}
POSTAL_ADDRESS = {
    "city": "text 0-24",
    "country": "option",
    "furtherIndication": "option?",
    "houseNumber": "int",
    "houseNumberAddition": "text? 0-4",
    "location": "text? 0-35",
    "poBox": "int?",
    "postalCode": "text 1-9",
    "street": "text? 0-24",
}
USER = shape(
    {
        "contactInformation?": {
            "emailAddress": "text 0-255 ro",
            "phoneNumber": "text? 1-15",
            "placeOfEmployment": "text? 1-24",
        },
        "personalDetails?": {
            "firstName": "text? 0-28",
            "initials": "text 0-6",
            "lastName": "text 0-25",
            "prefix": "text? 0-10",
        },
        "photo": "text? ro",
        "user?": {"userCustomSpecifiedRole": "text? 0-50", "userSpecifiedRole": "option?"},
    }
)
EMPLOYER = shape(
    {
        "address": ADDRESS,
        "branch": "option?",
        "chamberOfCommerceNumber": "text? 0-35",
        "companyName": "text 0-70",
        "contact?": {"function": "text? 0-50", "name": "text? 0-50", "phoneNumber": "text? 0-15"},
        "contactInformation?": {
            "emailAddress": "text? 0-255",
            "faxNumber": "text? 0-15",
            "phoneNumber": "text? 0-15",
            "website": "text? 0-255",
        },
        "deviatingPostalAddress?": POSTAL_ADDRESS,
        "employerLogo": "text? ro",
        "employerNumber": "int ro",
        "id": "uuid ro",
        "legalForm": "option?",
        "providerLogo": "text? ro",
        "providerSettings": {
            "administrationNumber": "text? 0-15",
            "groupCode": "int?",
            "parentEmployerForConsolidatedOverviews": "int?",
            "sendEmailWhenSalarySlipIsAvailable": "bool",
        },
        "sbi": "option?",
    }
)
ADMINISTRATION = shape(
    {
        "address": ADDRESS,
        "administrationNumber": "text? 0-15",
        "cao": "option",
        "claTaxReturnCBSCode": "int?",
        "clientNumber": "int ro",
        "contact?": {"name": "text? 0-50", "phoneNumber": "text? 0-15"},
        "deviatingPostalAddress?": POSTAL_ADDRESS,
        "description": "text 0-50",
        "endDate": "date?",
        "groupClassification": "option?",
        "groupCode": "int",
        "id": "uuid ro",
        "loonmodel": "option",
        "name": "text 0-70",
        "payrollPeriodType": "option ro",
        "payrollTaxesNumber": "text? 12-12",
        "shortName": "text? 0-12",
        "startDate": "date",
    }
)
FUNCTION = shape({"description": "text 0-50", "group": "text? 0-5", "key": "uuid ro"})
DEPARTMENT = shape(
    {
        "code": "int",
        "description": "text 0-50",
        "emailLeaveRequest": "text? 0-255",
        "id": "uuid ro",
        "subDepartmentOf": "option? department",
    }
)
DISTRIBUTION_UNIT = shape({"code": "int", "description": "text 0-50", "id": "uuid ro"})
