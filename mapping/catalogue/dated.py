"""How a field of the employment, of its dated parts or of a payment record is written down in one line."""

from typing import Any

from mapping.catalogue.field import OPTION, FieldType, Group, ListSource, LoketField, Resource

_KEPT_BY_ADMINISTRATION = frozenset({"shift", "standardFunction", "employeeProfileId"})
"""Lists that a payroll administration keeps for itself, as the document says beside the field."""
_PARTS = {
    Resource.EMPLOYMENT: ("employment", "employmentData."),
    Resource.WORKING_HOURS: ("workingHours", "workingHoursData."),
    Resource.ORGANIZATION: ("organization", "organizationalEntityData."),
    Resource.PAYMENT: ("payment", ""),
    Resource.ENDING: ("ending", ""),
}
NULL: dict[str, Any] = {"nullable": True}
NO_CONCEPT: dict[str, Any] = {"concept_path": ""}


def dated(
    resource: Resource, group: Group, path: str, label: str, label_nl: str, kind: FieldType, **more: Any
) -> LoketField:
    """A field of one of these resources, with its list of values where it has one."""
    name, concept = _PARTS[resource]
    more = {"concept_path": f"{concept}{path}" if concept else ""} | more
    if kind is OPTION:
        options = more.setdefault("options", path)
        kept = ListSource.ADMINISTRATION if options in _KEPT_BY_ADMINISTRATION else ListSource.EMPLOYER
        more = {"options_from": kept, "identity": "shiftNumber" if options == "shift" else "key"} | more
    return LoketField(
        key=f"{name}.{path}",
        resource=resource,
        path=path,
        label=label,
        label_nl=label_nl,
        group=group,
        type=kind,
        **more,
    )
