"""The place in the organization: PUT organizational entity and `organizationalEntityData` of a concept, 2018-01-01."""

from typing import Any

from mapping.catalogue.dated import NULL, dated
from mapping.catalogue.field import OPTION, TEXT, FieldType, Group, LoketField, Resource


def _organization(path: str, label: str, label_nl: str, kind: FieldType = TEXT, **more: Any) -> LoketField:
    return dated(Resource.ORGANIZATION, Group.ORGANIZATION, path, label, label_nl, kind, **more)


ORGANIZATION: tuple[LoketField, ...] = (
    _organization("function", "Function", "Functie", OPTION),
    _organization("department", "Department", "Afdeling", OPTION),
    _organization("distributionUnit", "Distribution unit", "Verdelingseenheid", OPTION),
    _organization("standardFunction", "Standard function of the CLA", "Standaardfunctie (cao)", OPTION, **NULL),
    _organization(
        "deviatingFunctionDescription",
        "Other function description",
        "Afwijkende functieomschrijving",
        limit=50,
        nullable=True,
    ),
    _organization("deviatingFunctionGroup", "Other function group", "Afwijkende functiegroep", limit=5, nullable=True),
    _organization("placeOfEmployment", "Place of work", "Standplaats", limit=24, nullable=True),
    _organization(
        "internalTelephoneExtensionNumber",
        "Internal telephone number",
        "Intern telefoonnummer",
        limit=15,
        nullable=True,
    ),
)
