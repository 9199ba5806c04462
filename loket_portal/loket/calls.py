"""The calls to Loket that this product makes: one line each, with the `Accept` version chosen on purpose.

A version is the newest that the API document gives for the call; Loket answers in that shape until its `obsoleteDate`,
and keeps an old version for six months after a new one. No call below had an obsolete date when it was written. When an
answer brings one, `transport` logs it once for each call and keeps it in `LoketClient.obsolete` (rule 55).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Call:
    """One operation. `activity` is Loket's name of the right it needs (the document's operationId), our own words where
    the document has none; `is_record` when it is about one person, whose trouble must not stop the others (or about
    one thing that Loket may refuse with its reasons); `is_aid` when only the checks of the setup use it: without it
    the sync works as well, and a fact is concluded from others.
    """

    activity: str
    method: str
    path: str
    version: str = "2018-01-01"
    is_record: bool = False
    is_paged: bool = False
    is_aid: bool = False

    @property
    def accept(self) -> str:
        """The media type that asks for this version, and that says which version a body is."""
        return f"application/json;version={self.version}"

    @property
    def is_write(self) -> bool:
        """Whether it can change something at Loket."""
        return self.method != "GET"

    def path_for(self, ids: Mapping[str, str]) -> str:
        """The path with its ids filled in, each quoted as one segment."""
        return self.path.format_map({name: quote(value, safe="") for name, value in ids.items()})


_EMPLOYER = "/providers/employers/{employerId}"
_EMPLOYEE = "/providers/employers/employees/{employeeId}"
_EMPLOYMENT = "/providers/employers/employees/employments/{employmentId}"
_ORGANIZATION = "/providers/employers/employees/employments/organizationalentities/{organizationalEntityId}"
_HOURS = "/providers/employers/employees/employments/workinghours/{workinghoursId}"
_PAYMENT = "/providers/employers/employees/employments/paymentinformationsepa/{paymentInformationSepaId}"
_CONCEPT = "/providers/employers/conceptemployees/{conceptEmployeeId}"
_CONCEPTS = "/providers/employers/conceptemployees"

GET_USER = Call("GetUserByToken", "GET", "/user")
LIST_EMPLOYERS = Call("GetEmployersByUserId", "GET", "/providers/employers", is_paged=True)
# 2018-01-01 and not 2019-02-11: the newer one names an activity by id, and this product knows them by name
LIST_AUTHORIZATIONS = Call("GetAuthorizationsByEmployerId", "GET", f"{_EMPLOYER}/authorizations")
LIST_ADMINISTRATIONS = Call(
    "GetPayrollAdministrationsByEmployerId", "GET", f"{_EMPLOYER}/payrolladministrations", is_paged=True
)
LIST_FUNCTIONS = Call("GetFunctionsByEmployerId", "GET", f"{_EMPLOYER}/functions", is_paged=True)
LIST_DEPARTMENTS = Call("GetDepartmentsByEmployerId", "GET", f"{_EMPLOYER}/departments", is_paged=True)
LIST_DISTRIBUTION_UNITS = Call("distribution units", "GET", f"{_EMPLOYER}/distributionunits", is_paged=True)

CONCEPT_METADATA = Call("value lists of new employees", "GET", f"{_EMPLOYER}/conceptemployees/metadata")
CONCEPT_METADATA_ADMINISTRATION = Call(
    "value lists of new employees", "GET", f"{_CONCEPTS}/metadata/payrolladministration/{{payrollAdministrationId}}"
)
CONCEPT_DEFAULTS = Call("defaults of new employees", "GET", f"{_EMPLOYER}/conceptemployees/defaults")
CONCEPT_DEFAULTS_ADMINISTRATION = Call(
    "defaults of new employees", "GET", f"{_CONCEPTS}/defaults/payrolladministration/{{payrollAdministrationId}}"
)
EMPLOYEE_METADATA = Call("value lists of employees", "GET", f"{_EMPLOYEE}/metadata", is_record=True)

LIST_EMPLOYMENTS = Call(
    "GetEmploymentsComprehensiveByEmployerId",
    "GET",
    f"{_EMPLOYER}/employees/employments/comprehensive",
    "2019-12-16",
    is_paged=True,
)
# 2021-03-29 has the business phone numbers and e-mail address: an older PUT would be without them
LIST_EMPLOYEES = Call("GetEmployeesByEmployerId", "GET", f"{_EMPLOYER}/employees", "2021-03-29", is_paged=True)
GET_EMPLOYEE = Call("GetEmployeeByEmployeeId", "GET", _EMPLOYEE, "2021-03-29", is_record=True)
PUT_EMPLOYEE = Call("PutEmployeeByEmployeeId", "PUT", _EMPLOYEE, "2021-03-29", is_record=True)
GET_BSN = Call("GetCitizenServiceNumberByEmployeeId", "GET", f"{_EMPLOYEE}/citizenservicenumber", is_record=True)
PUT_BSN = Call("PutCitizenServiceNumberByEmployeeId", "PUT", f"{_EMPLOYEE}/citizenservicenumber", is_record=True)

# What an employment has, dated or not. Its own call has the shape of 2019-12-16, its parts are as they were in 2018
GET_EMPLOYMENT = Call("GetEmploymentByEmploymentId", "GET", _EMPLOYMENT, "2019-12-16", is_record=True)
PUT_EMPLOYMENT = Call("PutEmploymentByEmploymentId", "PUT", _EMPLOYMENT, "2019-12-16", is_record=True)
# 2019-12-16 has the reason for the tax authorities, which is the one that counts since 2020
TERMINATE = Call("PatchTerminateByEmploymentId", "PATCH", f"{_EMPLOYMENT}/terminate", "2019-12-16", is_record=True)
REINSTATE = Call("PatchReinstateByEmploymentId", "PATCH", f"{_EMPLOYMENT}/reinstate", is_record=True)
CORRECT_START_DATE = Call(
    "PatchCorrectStartDateByEmploymentId", "PATCH", f"{_EMPLOYMENT}/correctstartdate", is_record=True
)
EMPLOYMENT_METADATA = Call("value lists of employments", "GET", f"{_EMPLOYMENT}/metadata", is_record=True)

LIST_ORGANIZATION = Call(
    "GetOrganizationalEntitiesByEmploymentId",
    "GET",
    f"{_EMPLOYMENT}/organizationalentities",
    is_record=True,
    is_paged=True,
)
CREATE_ORGANIZATION = Call(
    "PostOrganizationalEntityByEmploymentId", "POST", f"{_EMPLOYMENT}/organizationalentities", is_record=True
)
GET_ORGANIZATION = Call("GetOrganizationalEntityByOrganizationalEntityId", "GET", _ORGANIZATION, is_record=True)
PUT_ORGANIZATION = Call("PutOrganizationalEntityByOrganizationalEntityId", "PUT", _ORGANIZATION, is_record=True)

LIST_HOURS = Call("GetWorkingHoursByEmploymentId", "GET", f"{_EMPLOYMENT}/workinghours", is_record=True, is_paged=True)
CREATE_HOURS = Call("PostWorkingHoursByEmploymentId", "POST", f"{_EMPLOYMENT}/workinghours", is_record=True)
GET_HOURS = Call("GetWorkingHoursByWorkingHoursId", "GET", _HOURS, is_record=True)
PUT_HOURS = Call("PutWorkingHoursByWorkingHoursId", "PUT", _HOURS, is_record=True)

# The other version is written "YYYY-MM-DD" in the document: not one that can be asked for
LIST_PAYMENT_INFORMATION = Call(
    "GetPaymentInformationSepaByEmploymentId",
    "GET",
    f"{_EMPLOYMENT}/paymentinformationsepa",
    is_record=True,
    is_paged=True,
)
CREATE_PAYMENT_INFORMATION = Call(
    "PostPaymentInformationSepaByEmploymentId", "POST", f"{_EMPLOYMENT}/paymentinformationsepa", is_record=True
)
GET_PAYMENT_INFORMATION = Call("GetPaymentInformationSepaBypaymentInformationSepaId", "GET", _PAYMENT, is_record=True)
PUT_PAYMENT_INFORMATION = Call("PutPaymentInformationSepaByPaymentInformationSepaId", "PUT", _PAYMENT, is_record=True)
PAYMENT_METADATA = Call(
    "value lists of bank accounts", "GET", f"{_EMPLOYMENT}/paymentinformationsepa/metadata", is_record=True
)
PAYMENT_DEFAULTS = Call(
    "defaults of bank accounts", "GET", f"{_EMPLOYMENT}/paymentinformationsepa/defaults", is_record=True
)

# What moved at Loket. The list of the employer's employments says it too, in one call when nothing did: so nobody has
# to give the right to the first of the two.
LIST_EMPLOYER_VERSIONS = Call(
    "GetEmployerLastModifiedVersionNumbersByUser",
    "GET",
    "/providers/employers/lastmodifiedversionnumbers",
    is_paged=True,
    is_aid=True,
)
LIST_EMPLOYMENT_VERSIONS = Call(
    "GetEmploymentLastModifiedVersionNumbersByUser",
    "GET",
    f"{_EMPLOYER}/employees/employments/lastmodifiedversionnumbers",
    is_paged=True,
)

LIST_CONCEPTS = Call("GetConceptEmployeesByEmployerId", "GET", f"{_EMPLOYER}/conceptemployees", is_paged=True)
CREATE_CONCEPT = Call("PostConceptEmployeeByEmployerId", "POST", f"{_EMPLOYER}/conceptemployees", is_record=True)
GET_CONCEPT = Call("GetConceptEmployeeByConceptEmployeeId", "GET", _CONCEPT, is_record=True)
PUT_CONCEPT = Call("PutConceptEmployeeByConceptEmployeeId", "PUT", _CONCEPT, is_record=True)
GET_CONCEPT_BSN = Call(
    "GetCitizenServiceNumberByConceptEmployeeId", "GET", f"{_CONCEPT}/citizenservicenumber", is_record=True
)
PUT_CONCEPT_BSN = Call(
    "PutCitizenServiceNumberByConceptEmployeeId", "PUT", f"{_CONCEPT}/citizenservicenumber", is_record=True
)
CONVERT_CONCEPT = Call(
    "PatchConvertToEmployeeByConceptEmployeeId", "PATCH", f"{_CONCEPT}/convertToEmployee", is_record=True
)

# For the checks of the setup (rules 11 to 22)

# The document gives "SSO_gebruiker" as the version of the list: the name of somebody's branch, and no date can be
# compared with it. Its Accept parameter has 2018-01-01 as the example, and so has the call for one such user.
LIST_USERS = Call("GetEmployerUsersByEmployerId", "GET", f"{_EMPLOYER}/users", is_paged=True, is_aid=True)
LIST_USER_RIGHTS = Call(
    "GetEmployerUserAuthorizationsByEmployerIdAndUserId",
    "GET",
    f"{_EMPLOYER}/users/{{userId}}/authorizations",
    is_paged=True,
    is_aid=True,
)
GET_INTEGRATIONS = Call("GetIntegrationsByBearerToken", "GET", "/users/integrations", is_aid=True)
LIST_APPLICATION_AUTHORIZATIONS = Call(
    "GetApplicationAuthorizationsByApplicationId", "GET", "/applications/{applicationId}/authorizations", is_aid=True
)
LIST_MODULES = Call("GetModulesByEmployerId", "GET", f"{_EMPLOYER}/modules", is_aid=True)
GET_FILTER_SETTINGS = Call(
    "GetUserFilterSettingsByEmployerId", "GET", "/user/filtersettings/{employerId}", is_aid=True
)  # on a server of its own: see `filter_settings`

CREATE_FUNCTION = Call("PostFunctionByEmployerId", "POST", f"{_EMPLOYER}/functions", is_record=True, is_aid=True)
CREATE_DEPARTMENT = Call("PostDepartmentByEmployerId", "POST", f"{_EMPLOYER}/departments", is_record=True, is_aid=True)
CREATE_DISTRIBUTION_UNIT = Call(
    "create a distribution unit", "POST", f"{_EMPLOYER}/distributionunits", is_record=True, is_aid=True
)

LIST_PAYROLL_PERIODS = Call(
    "GetPayrollPeriodsByPayrollAdministrationId",
    "GET",
    "/providers/employers/payrolladministrations/{payrollAdministrationId}/payrollperiods",
    is_aid=True,
)
LIST_EMPLOYEE_CHANGES = Call(
    "GetEmployeeDataAuditTrailByEmployerId", "GET", f"{_EMPLOYER}/auditTrail/EmployeeData", is_paged=True, is_aid=True
)
# Its answer has no version in the document, but the header is mandatory
DELETE_CONCEPT = Call("DeleteConceptEmployeeByConceptEmployeeId", "DELETE", _CONCEPT, is_record=True, is_aid=True)

ALL_CALLS: tuple[Call, ...] = tuple(value for value in list(globals().values()) if isinstance(value, Call))
