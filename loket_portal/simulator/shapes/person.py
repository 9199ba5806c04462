"""An employee: what the person is, wherever he works. Two versions of the object are in use at Loket."""

from __future__ import annotations

from .field import each, shape

ADDRESS = {
    "city": "text 0-24",
    "country": "option",
    "furtherIndication": "option?",
    "houseNumber": "int",
    "houseNumberAddition": "text? 0-4",
    "location": "text? 0-35",
    "postalCode": "text 1-9",
    "street": "text 0-24",
}
POSTAL_ADDRESS = {**ADDRESS, "street": "text? 0-24"}
CONTACT = {"emailAddress": "text? 0-255", **each("text? 0-15", "faxNumber mobilePhoneNumber phoneNumber")}
BUSINESS_CONTACT = {
    "businessEmailAddress": "text? 0-255",
    **each("text? 0-15", "businessMobilePhoneNumber businessPhoneNumber"),
}
PERSONAL_DETAILS = {
    "aowDate": "date ro",
    "civilStatus": "option?",
    "dateOfBirth": "date",
    "dateOfDeath": "date?",
    "firstName": "text? 1-28",
    "formattedName": "text 0-82 ro",
    "gender": "option",
    "howToFormatLastName": "option",
    "initials": "text 1-6",
    "lastName": "text 1-25",
    "lastNamePartner": "text? 0-25",
    "nationality": "option?",
    "photo": "text? ro",
    "placeOfBirth": "text? 1-24",
    "prefix": "text? 1-10",
    "prefixPartner": "text? 0-10",
    "title": "option?",
}
PERSON = {
    "address?": ADDRESS,
    "contactInformation": {**CONTACT, **BUSINESS_CONTACT},
    "deviatingPostalAddress?": POSTAL_ADDRESS,
    "employeeNumber": "int 1..",
    "exclusionFromAbsenceStatus": "bool",
    "id": "uuid ro",
    "identityDocument?": {"documentIdentification": "text", "typeOfDocument": "option"},
    "personalDetails": PERSONAL_DETAILS,
    "revokeEmployeeSelfServiceAccessOn": "date? ro",
    "statusEmployeeSelfService": "option? ro",
    "travel": {"travelDistanceToWork": "int? 1.."},
}
EMPLOYEE = shape(PERSON)
EMPLOYEE_2018 = shape({**PERSON, "contactInformation": CONTACT})  # business addresses came with 2021-03-29
EMPLOYEE_VERSIONS = {"2018-12-31": EMPLOYEE_2018, "2021-03-29": EMPLOYEE}
