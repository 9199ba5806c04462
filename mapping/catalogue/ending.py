"""Why an employment ends: PATCH terminate 2019-12-16. Sent with the end date alone, and never of somebody new."""

from typing import Any

from mapping.catalogue.dated import dated
from mapping.catalogue.field import BOOLEAN, OPTION, FieldType, Group, ListSource, LoketField, Resource


def _ending(path: str, label: str, label_nl: str, kind: FieldType, **more: Any) -> LoketField:
    if kind is OPTION:
        more = {"options_from": ListSource.EMPLOYMENT} | more
    return dated(Resource.ENDING, Group.EMPLOYMENT, path, label, label_nl, kind, **more)


ENDING: tuple[LoketField, ...] = (
    _ending(
        "endOfEmploymentReasonTaxAuthorities",
        "Reason for the end, for the tax authorities",
        "Reden einde dienstverband (Belastingdienst)",
        OPTION,
    ),
    _ending("endOfEmploymentReason", "Reason for the end", "Reden einde dienstverband", OPTION),
    _ending("endOfEmploymentDueToIllness", "Ends because of long illness", "Einde wegens langdurige ziekte", BOOLEAN),
)
