"""The rights of the setup article (rule 15) and the activities that each of them gives. Activities are operationIds.

Which right gives which activity is our reading: Loket's pages name both, but not every pair.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from functools import cache

RIGHTS: dict[str, str] = {
    "Applicatiebeheer werkgever": (
        "GetDepartmentByDepartmentId GetDepartmentsByEmployerId GetFunctionByFunctionId GetFunctionsByEmployerId"
        " GetPayrollAdministrationsByEmployerId PostFunctionByEmployerId PostDepartmentByEmployerId"
        " GetEmployerUsersByEmployerId GetEmployerUserAuthorizationsByEmployerIdAndUserId"
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
        " GetPaymentInformationSepaByEmploymentId GetPaymentInformationSepaBypaymentInformationSepaId"
        " GetEmployerLastModifiedVersionNumbersByUser GetEmploymentByEmploymentId"
        " GetOrganizationalEntitiesByEmploymentId GetOrganizationalEntityByOrganizationalEntityId"
        " GetWorkingHoursByEmploymentId GetWorkingHoursByWorkingHoursId"
    ),
    "Raadplegen journaalprofiel": "",  # none of the calls that this product makes
    "Raadplegen Kostprijs per uur": "",
    "Raadplegen loonoutput beperkt": (
        "GetPayslipsByEmploymentId GetPayrollRunsByPayrollAdministrationId GetPayrollPeriodsByPayrollAdministrationId"
    ),
    "Raadplegen variabele gegevens": "GetPayrollPeriodDataByEmploymentId",
}
ALWAYS = (
    "GetUserByToken",
    "GetEmployersByUserId",
    "GetAuthorizationsByEmployerId",
    "GetIntegrationsByBearerToken",
    "GetApplicationAuthorizationsByApplicationId",
    "GetModulesByEmployerId",
    "GetUserFilterSettingsByEmployerId",
)
# Rights that Loket has besides, and that our user must not need
OTHER_RIGHTS = ("Beheer declaraties", "Beheer verlof", "Beheer werknemerdossier", "Raadplegen verzuim")
# The article's list cuts this label off (rule 16)
LABELS = {"Beheer diverse vaste gegevens salarisverw": "Beheer diverse vaste gegevens salarisverwerking"}
ALL_ACTIVITIES = frozenset(ALWAYS).union(*(names.split() for names in RIGHTS.values()))


class UnknownRight(ValueError):
    """There is no right with this name."""


def right(name: str) -> str:
    """The name of a right as the article has it, found without regard to case. Raises UnknownRight."""
    for known in RIGHTS:
        if name.strip().casefold() in (known.casefold(), LABELS.get(known, known).casefold()):
            return known
    raise UnknownRight(f"There is no right {name!r}; these are: {', '.join(RIGHTS)}")


def activities(missing: Iterable[str]) -> list[str]:
    """The activities that remain when these rights were taken away, in alphabetical order."""
    gone = {right(name) for name in missing}
    given = {activity for name, names in RIGHTS.items() if name not in gone for activity in names.split()}
    return sorted(given.union(ALWAYS))


@cache
def right_of(activity: str) -> str | None:
    """The right that gives an activity; None when everybody has it."""
    return next((name for name, names in RIGHTS.items() if activity in names.split()), None)


def activity_id(name: str) -> str:
    """A stable id for an activity, as the newer version of the list gives one."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, name))
