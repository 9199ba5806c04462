"""The rights of the setup article (rule 15) and the activities that each of them gives. Activities are operationIds.

Which right gives which activity is our reading: Loket's pages name both, but not every pair.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable

RIGHTS: dict[str, str] = {
    "Applicatiebeheer werkgever": (
        "GetDepartmentByDepartmentId GetDepartmentsByEmployerId GetFunctionByFunctionId GetFunctionsByEmployerId"
        " GetPayrollAdministrationsByEmployerId"
    ),
    "Beheer beloningen": "PostWageByEmploymentId PutWageByWageId DeleteWageByWageId",
    "Beheer concept werknemers": (
        "PostConceptEmployeeByEmployerId PutConceptEmployeeByConceptEmployeeId DeleteConceptEmployeeByConceptEmployeeId"
        " PatchConvertToEmployeeByConceptEmployeeId"
    ),
    "Beheer dienstverbanden": (
        "PutEmployeeByEmployeeId PutEmploymentByEmploymentId PostEmploymentByEmployeeId PatchTerminateByEmploymentId"
        " PatchReinstateByEmploymentId PatchCorrectStartDateByEmploymentId PostWorkingHoursByEmploymentId"
        " PutWorkingHoursByWorkingHoursId PostOrganizationalEntityByEmploymentId"
        " PutOrganizationalEntityByOrganizationalEntityId"
    ),
    "Beheer diverse vaste gegevens salarisverw": (
        "PostPaymentInformationSepaByEmploymentId PutPaymentInformationSepaByPaymentInformationSepaId"
        " DeletePaymentInformationSepaBypaymentInformationSepaId"
    ),
    "Beheren en raadplegen BSN": (
        "GetCitizenServiceNumberByEmployeeId PutCitizenServiceNumberByEmployeeId"
        " GetCitizenServiceNumberByConceptEmployeeId PutCitizenServiceNumberByConceptEmployeeId"
    ),
    "Beheer HRM": "GetEmployeeDataAuditTrailByEmployerId",
    "Beheer variabele gegevens": "PatchPayrollPeriodDataByEmploymentId PostPayrollPeriodDataByEmploymentId",
    "Raadplegen beloningen": "GetWagesByEmploymentId GetWageByWageId",
    "Raadplegen concept werknemers": "GetConceptEmployeesByEmployerId GetConceptEmployeeByConceptEmployeeId",
    "Raadplegen dienstverbanden": (
        "GetEmployeesByEmployerId GetEmployeeByEmployeeId GetEmploymentsByEmployerId GetEmploymentsByEmployeeId"
        " GetEmploymentsComprehensiveByEmployerId GetEmploymentLastModifiedVersionNumbersByUser"
        " GetPaymentInformationSepaByEmploymentId"
    ),
    "Raadplegen journaalprofiel": "",  # none of the calls that this product makes
    "Raadplegen Kostprijs per uur": "",
    "Raadplegen loonoutput beperkt": "GetPayslipsByEmploymentId GetPayrollRunsByPayrollAdministrationId",
    "Raadplegen variabele gegevens": "GetPayrollPeriodDataByEmploymentId",
}
ALWAYS = ("GetUserByToken", "GetEmployersByUserId", "GetAuthorizationsByEmployerId", "GetIntegrationsByBearerToken")


class UnknownRight(ValueError):
    """There is no right with this name."""


def right(name: str) -> str:
    """The full name of a right, found without regard to case. Raises UnknownRight."""
    for known in RIGHTS:
        if known.casefold() == name.strip().casefold():
            return known
    raise UnknownRight(f"There is no right {name!r}; these are: {', '.join(RIGHTS)}")


def activities(missing: Iterable[str]) -> list[str]:
    """The activities that remain when these rights were taken away, in alphabetical order."""
    gone = {right(name) for name in missing}
    given = {activity for name, names in RIGHTS.items() if name not in gone for activity in names.split()}
    return sorted(given.union(ALWAYS))


def activity_id(name: str) -> str:
    """A stable id for an activity, as the newer version of the list gives one."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, name))
