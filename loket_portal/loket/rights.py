"""The rights of the integration user as data (rules 15 to 17), and which of them each activity most likely needs.

Loket's pages name rights and activities, but not every pair: RIGHT_OF is our reading, and the words say "most likely".
"""

from collections.abc import Collection
from dataclasses import dataclass

from loket_portal.loket.calls import ALL_CALLS

RIGHTS_VERSION = 2
SHORTEST_CUT = 30  # characters: the only name known to be cut off has 41


@dataclass(frozen=True, slots=True)
class Right:
    """One right as the article names it; `is_new` as it marks it, `since_version` of our set."""

    slug: str
    name: str
    is_new: bool
    since_version: int


def _right(name: str, since_version: int = 1) -> Right:
    return Right(name.casefold().replace(" ", "-"), name, since_version > 1, since_version)


BSN = "Beheren en raadplegen BSN"
READ_EMPLOYMENTS = "Raadplegen dienstverbanden"
READ_CONCEPTS = "Raadplegen concept werknemers"
WRITE_CONCEPTS = "Beheer concept werknemers"
WRITE_EMPLOYMENTS = "Beheer dienstverbanden"
WRITE_PAYMENTS = "Beheer diverse vaste gegevens salarisverw"  # as the article has it: cut off
SETTINGS = "Applicatiebeheer werkgever"

RIGHTS: tuple[Right, ...] = (
    _right(SETTINGS),
    _right("Beheer beloningen"),
    _right(WRITE_CONCEPTS, 2),
    _right(WRITE_EMPLOYMENTS),
    _right(WRITE_PAYMENTS),
    _right(BSN),
    _right("Beheer HRM"),
    _right("Beheer variabele gegevens"),
    _right("Raadplegen beloningen"),
    _right(READ_CONCEPTS, 2),
    _right(READ_EMPLOYMENTS),
    _right("Raadplegen journaalprofiel"),
    _right("Raadplegen Kostprijs per uur"),
    _right("Raadplegen loonoutput beperkt"),
    _right("Raadplegen variabele gegevens"),
)

RIGHT_OF: dict[str, str] = {
    "GetPayrollAdministrationsByEmployerId": SETTINGS,
    "GetFunctionsByEmployerId": SETTINGS,
    "PostFunctionByEmployerId": SETTINGS,
    "GetDepartmentsByEmployerId": SETTINGS,
    "PostDepartmentByEmployerId": SETTINGS,
    "distribution units": SETTINGS,
    "create a distribution unit": SETTINGS,
    "GetEmployerUsersByEmployerId": SETTINGS,
    "GetEmployerUserAuthorizationsByEmployerIdAndUserId": SETTINGS,
    "GetModulesByEmployerId": SETTINGS,
    "GetEmploymentsComprehensiveByEmployerId": READ_EMPLOYMENTS,
    "GetEmploymentLastModifiedVersionNumbersByUser": READ_EMPLOYMENTS,
    "GetEmployeesByEmployerId": READ_EMPLOYMENTS,
    "GetEmployeeByEmployeeId": READ_EMPLOYMENTS,
    "GetEmployerLastModifiedVersionNumbersByUser": READ_EMPLOYMENTS,
    "GetEmploymentByEmploymentId": READ_EMPLOYMENTS,
    "GetOrganizationalEntitiesByEmploymentId": READ_EMPLOYMENTS,
    "GetOrganizationalEntityByOrganizationalEntityId": READ_EMPLOYMENTS,
    "GetWorkingHoursByEmploymentId": READ_EMPLOYMENTS,
    "GetWorkingHoursByWorkingHoursId": READ_EMPLOYMENTS,
    "GetPaymentInformationSepaByEmploymentId": READ_EMPLOYMENTS,
    "GetPaymentInformationSepaBypaymentInformationSepaId": READ_EMPLOYMENTS,
    "PutEmployeeByEmployeeId": WRITE_EMPLOYMENTS,
    "PutEmploymentByEmploymentId": WRITE_EMPLOYMENTS,
    "PatchTerminateByEmploymentId": WRITE_EMPLOYMENTS,
    "PatchReinstateByEmploymentId": WRITE_EMPLOYMENTS,
    "PatchCorrectStartDateByEmploymentId": WRITE_EMPLOYMENTS,
    "PostOrganizationalEntityByEmploymentId": WRITE_EMPLOYMENTS,
    "PutOrganizationalEntityByOrganizationalEntityId": WRITE_EMPLOYMENTS,
    "PostWorkingHoursByEmploymentId": WRITE_EMPLOYMENTS,
    "PutWorkingHoursByWorkingHoursId": WRITE_EMPLOYMENTS,
    "PostPaymentInformationSepaByEmploymentId": WRITE_PAYMENTS,
    "PutPaymentInformationSepaByPaymentInformationSepaId": WRITE_PAYMENTS,
    "GetEmployeeDataAuditTrailByEmployerId": "Beheer HRM",
    "GetPayrollPeriodsByPayrollAdministrationId": "Raadplegen loonoutput beperkt",
    "GetCitizenServiceNumberByEmployeeId": BSN,
    "PutCitizenServiceNumberByEmployeeId": BSN,
    "GetCitizenServiceNumberByConceptEmployeeId": BSN,
    "PutCitizenServiceNumberByConceptEmployeeId": BSN,
    "GetConceptEmployeesByEmployerId": READ_CONCEPTS,
    "GetConceptEmployeeByConceptEmployeeId": READ_CONCEPTS,
    "PostConceptEmployeeByEmployerId": WRITE_CONCEPTS,
    "PutConceptEmployeeByConceptEmployeeId": WRITE_CONCEPTS,
    "PatchConvertToEmployeeByConceptEmployeeId": WRITE_CONCEPTS,
    "DeleteConceptEmployeeByConceptEmployeeId": WRITE_CONCEPTS,
}

WITHOUT_RIGHT = frozenset(
    {
        "GetUserByToken",
        "GetEmployersByUserId",
        "GetAuthorizationsByEmployerId",
        "GetIntegrationsByBearerToken",
        "GetApplicationAuthorizationsByApplicationId",
        "GetUserFilterSettingsByEmployerId",
    }
)
"""What every signed-in user may ask: about itself, and about the application it signed in with."""

# Our own words for a call, where the document names no activity, are no single word
_NAMED = tuple(call for call in ALL_CALLS if call.activity.isidentifier())

ACTIVITIES = frozenset(call.activity for call in _NAMED)
"""Every activity that this product uses."""

NEEDED_ACTIVITIES = frozenset(call.activity for call in _NAMED if not call.is_aid)
"""Those without which the sync does not work. The others only help the checks, which know another way (rule 18)."""


def right_key(text: str) -> str:
    """A right's name as it is compared: no difference of case and blanks, no dots where a list shortened it."""
    return " ".join(text.casefold().split()).rstrip(" .…")


def same_right(one: str, other: str) -> bool:
    """Whether two names are the same right, also when one was cut off (rule 16).

    A name is cut off inside a word: a longer name that goes on with another word is another right, as
    "Beheer …" and "Beheer … beperkt" would be. Nothing is cut off before thirty characters.
    """
    short, long = sorted((right_key(one), right_key(other)), key=len)
    if short == long:
        return True
    is_cut = len(short) >= SHORTEST_CUT and long.startswith(short)
    return is_cut and short[-1].isalnum() and long[len(short)].isalnum()


def missing_rights(enabled: Collection[str]) -> tuple[Right, ...]:
    """The rights of the article that are not among these names, in the article's order."""
    return tuple(right for right in RIGHTS if not any(same_right(right.name, name) for name in enabled))
