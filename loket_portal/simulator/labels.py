"""What Loket's audit trail calls a field. Its own list is not public: these are the labels of its screens as we read them."""

from __future__ import annotations

LABELS = {
    "address.city": "Woonplaats",
    "address.country": "Land",
    "address.houseNumber": "Huisnummer",
    "address.houseNumberAddition": "Huisnummer toevoeging",
    "address.postalCode": "Postcode",
    "address.street": "Straat",
    "citizenServiceNumber": "Burgerservicenummer",
    "contactInformation.businessEmailAddress": "Zakelijk e-mailadres",
    "contactInformation.businessMobilePhoneNumber": "Zakelijk mobiel telefoonnummer",
    "contactInformation.businessPhoneNumber": "Zakelijk telefoonnummer",
    "contactInformation.emailAddress": "E-mailadres",
    "contactInformation.mobilePhoneNumber": "Mobiel telefoonnummer",
    "contactInformation.phoneNumber": "Telefoonnummer",
    "employeeNumber": "Personeelsnummer",
    "endDate": "Datum uit dienst",
    "namePayslip": "Naam loonstrook",
    "organizationalEntity.department": "Afdeling",
    "organizationalEntity.distributionUnit": "Verdelingseenheid",
    "organizationalEntity.function": "Functie",
    "payment.Netto loon.iban": "IBAN",
    "payment.Netto loon.nameBeneficiary": "Naam begunstigde",
    "personalDetails.civilStatus": "Burgerlijke staat",
    "personalDetails.dateOfBirth": "Geboortedatum",
    "personalDetails.firstName": "Voornaam",
    "personalDetails.gender": "Geslacht",
    "personalDetails.howToFormatLastName": "Naamgebruik",
    "personalDetails.initials": "Voorletters",
    "personalDetails.lastName": "Achternaam",
    "personalDetails.lastNamePartner": "Achternaam partner",
    "personalDetails.nationality": "Nationaliteit",
    "personalDetails.placeOfBirth": "Geboorteplaats",
    "personalDetails.prefix": "Voorvoegsel",
    "personalDetails.prefixPartner": "Voorvoegsel partner",
    "personalDetails.title": "Titulatuur",
    "startDate": "Datum in dienst",
    "wage.grossWage": "Brutoloon",
    "workinghours.deviatingHoursPerWeek": "Afwijkende uren per week",
}
LONGEST = 50


def label(path: str) -> str:
    """The label of a field, or its path in the API where we know none."""
    return LABELS.get(path, path)[-LONGEST:]
