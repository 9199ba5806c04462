"""The fields of the employee: PUT employee 2021-03-29 and `employeeData` of a concept employee 2018-01-01."""

from typing import Any

from mapping.catalogue.field import (
    BOOLEAN,
    DATE,
    INT32,
    INTEGER,
    NUMBER,
    OPTION,
    TEXT,
    Effect,
    FieldType,
    Group,
    ListSource,
    LoketField,
    Resource,
)


def _employee(group: Group, path: str, label: str, label_nl: str, kind: FieldType = TEXT, **more: Any) -> LoketField:
    if kind is OPTION:
        more = {"options": path.rpartition(".")[2], "options_from": ListSource.EMPLOYER} | more
    return LoketField(
        key=f"employee.{path}",
        resource=Resource.EMPLOYEE,
        path=path,
        label=label,
        label_nl=label_nl,
        group=group,
        type=kind,
        **{"concept_path": f"employeeData.{path}"} | more,
    )


def _person(path: str, label: str, label_nl: str, kind: FieldType = TEXT, **more: Any) -> LoketField:
    return _employee(Group.PERSON, f"personalDetails.{path}", label, label_nl, kind, **more)


def _addresses(
    name: str, group: Group, before: str, before_nl: str, is_street_nullable: bool
) -> tuple[LoketField, ...]:
    """The eight fields of an address; `before` tells the label of one address from that of the other."""

    def part(path: str, label: str, label_nl: str, kind: FieldType = TEXT, **more: Any) -> LoketField:
        label, label_nl = (_named(prefix, text) for prefix, text in ((before, label), (before_nl, label_nl)))
        return _employee(group, f"{name}.{path}", label, label_nl, kind, **more)

    return (
        part("street", "Street", "Straat", limit=24, nullable=is_street_nullable),
        part("houseNumber", "House number", "Huisnummer", INTEGER, minimum=0, maximum=INT32),
        part("houseNumberAddition", "House number addition", "Toevoeging", limit=4, nullable=True),
        part("postalCode", "Postal code", "Postcode", FieldType.POSTCODE, limit=9),
        part("city", "City", "Plaats", limit=24),
        part("country", "Country", "Land", OPTION),
        part("location", "Location", "Locatie", limit=35, nullable=True),
        part("furtherIndication", "Further indication", "Nadere aanduiding", OPTION, nullable=True),
    )


def _named(before: str, label: str) -> str:
    return f"{before} {label[0].lower()}{label[1:]}" if before else label


def _contact(path: str, label: str, label_nl: str, kind: FieldType, **more: Any) -> LoketField:
    limit = 255 if kind is FieldType.EMAIL else 15
    return _employee(
        Group.CONTACT, f"contactInformation.{path}", label, label_nl, kind, limit=limit, nullable=True, **more
    )


_BSN = LoketField(
    key="bsn",
    resource=Resource.BSN,
    path="citizenServiceNumber",
    concept_path="",
    label="BSN",
    label_nl="BSN",
    group=Group.IDENTITY,
    type=FieldType.BSN,
    limit=9,
    sensitive=True,
)
_DOCUMENT = "identityDocument"
_NO_CONCEPT = {"concept_path": ""}

PEOPLE: tuple[LoketField, ...] = (
    _employee(Group.PERSON, "employeeNumber", "Employee number", "Personeelsnummer", INTEGER, maximum=INT32, **NUMBER),
    _person("firstName", "First name", "Voornaam", limit=28, nullable=True),
    _person("initials", "Initials", "Voorletters", FieldType.INITIALS, limit=6),
    _person("prefix", "Prefix", "Voorvoegsel", limit=10, nullable=True),
    _person("lastName", "Last name", "Achternaam", limit=25, required_for_new=True, effect=Effect.PERSON),
    _person("prefixPartner", "Prefix of the partner's name", "Voorvoegsel partner", limit=10, nullable=True),
    _person("lastNamePartner", "Last name of the partner", "Achternaam partner", limit=25, nullable=True),
    _person("howToFormatLastName", "How the last name is written", "Naamstelling", OPTION),
    _person("title", "Title", "Titel", OPTION, nullable=True),
    _person("dateOfBirth", "Date of birth", "Geboortedatum", DATE),
    _person("placeOfBirth", "Place of birth", "Geboorteplaats", limit=24, nullable=True),
    _person("gender", "Gender", "Geslacht", OPTION),
    _person("nationality", "Nationality", "Nationaliteit", OPTION, nullable=True),
    _person("civilStatus", "Civil status", "Burgerlijke staat", OPTION, nullable=True),
    *_addresses("address", Group.ADDRESS, "", "", is_street_nullable=False),
    *_addresses(
        "deviatingPostalAddress", Group.POSTAL_ADDRESS, "Postal address:", "Postadres:", is_street_nullable=True
    ),
    _contact("phoneNumber", "Phone number", "Telefoonnummer", FieldType.PHONE),
    _contact("mobilePhoneNumber", "Mobile phone number", "Mobiel nummer", FieldType.PHONE),
    _contact("emailAddress", "E-mail address", "E-mailadres", FieldType.EMAIL),
    _contact("faxNumber", "Fax number", "Faxnummer", FieldType.PHONE),
    _contact("businessPhoneNumber", "Business phone number", "Zakelijk telefoonnummer", FieldType.PHONE, **_NO_CONCEPT),
    _contact(
        "businessMobilePhoneNumber",
        "Business mobile phone number",
        "Zakelijk mobiel nummer",
        FieldType.PHONE,
        **_NO_CONCEPT,
    ),
    _contact("businessEmailAddress", "Business e-mail address", "Zakelijk e-mailadres", FieldType.EMAIL, **_NO_CONCEPT),
    _BSN,
    _employee(
        Group.IDENTITY, f"{_DOCUMENT}.typeOfDocument", "Type of identity document", "Soort identiteitsbewijs", OPTION
    ),
    _employee(
        Group.IDENTITY,
        f"{_DOCUMENT}.documentIdentification",
        "Number of the identity document",
        "Nummer identiteitsbewijs",
        limit=20,
    ),
    _employee(
        Group.EMPLOYMENT,
        "travel.travelDistanceToWork",
        "Distance to work in metres, one way",
        "Reisafstand enkele reis in meters",
        INTEGER,
        minimum=1,
        maximum=INT32,
        nullable=True,
        **_NO_CONCEPT,
    ),
    _employee(
        Group.EMPLOYMENT,
        "exclusionFromAbsenceStatus",
        "Left out of absence information",
        "Uitgesloten van verzuiminformatie",
        BOOLEAN,
        **_NO_CONCEPT,
    ),
)
