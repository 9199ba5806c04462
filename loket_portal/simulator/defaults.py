"""The concept employee that Loket proposes: Dutch, in the administration's shift, insured, everything else empty."""

from __future__ import annotations

from typing import Any

from .metadata import SHIFT, ValueLists
from .render import render
from .shapes.concept import CONCEPT
from .shapes.field import Field

LEFT_NULL = frozenset({"deviatingPostalAddress", "identityDocument", "otherPayrollVariablesData", "workPattern"})
TEXTS = {
    "employeeData.address.country": "NL",
    "employeeData.personalDetails.howToFormatLastName": "Achternaam",
    "employmentData.employmentContractType": "Arbeidsovereenkomst",
    "employmentData.employmentDurationType": "Onbepaalde tijd",
    "employmentData.exemptionInsuranceObligation": "Geen vrijstelling",
    "employmentData.typeOfEmployee": "Werknemer",
    "fiscalData.applyDeviatingPayrollTaxPercentageOn": "Normaal",
    "fiscalData.residentOf": "Nederland",
    "socialSecurityData.healthCareInsuranceActType": "Volledig",
    "wageData.grossWageType": "Per periode",
}
VALUES: dict[str, Any] = {
    "employmentData.calculateWorkingHours": True,
    "employmentData.incomeRelationshipNumber": 1,
    "employmentData.writtenEmploymentContract": True,
    "fiscalData.applyPayrollTaxDeduction": True,
    "fiscalData.applyStudentDeduction": False,
    "fiscalData.applyDayTables": False,
    "socialSecurityData.isInsuredForOccupationalDisabilityInsuranceAct": True,
    "socialSecurityData.isInsuredForSicknessBenefitsAct": True,
    "socialSecurityData.isInsuredForUnemploymentInsuranceAct": True,
    "workingHoursData.regularWorkPattern": True,
    "workingHoursData.shift": SHIFT["shiftNumber"],
}
FALSE = ("workingHoursData.calculateUsingWorkPattern.", "employmentData.is")


def concept_defaults(lists: ValueLists, employer_id: str, administration_id: str | None) -> dict[str, Any]:
    """A whole concept employee of writable fields only."""
    chosen = {path: lists.key_of(path.rsplit(".", 1)[-1], text, employer_id) for path, text in TEXTS.items()}
    chosen |= {**VALUES, "employmentData.payrollAdministration": administration_id}
    made: dict[str, Any] = _filled(CONCEPT, chosen, lists, "")
    return made


def _filled(field: Field, chosen: dict[str, Any], lists: ValueLists, path: str) -> Any:
    if field.kind != "object":
        value = chosen.get(path, False if path.startswith(FALSE) else None)
        return None if value is None else render(field, value, lists, path)
    if path.rsplit(".", 1)[-1] in LEFT_NULL:
        return None
    writable = {name: inner for name, inner in field.fields.items() if not inner.read_only}
    return {name: _filled(inner, chosen, lists, f"{path}.{name}".lstrip(".")) for name, inner in writable.items()}
