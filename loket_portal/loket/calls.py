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
    the document has none; `is_record` when it is about one person, whose trouble must not stop the others.
    """

    activity: str
    method: str
    path: str
    version: str = "2018-01-01"
    is_record: bool = False
    is_paged: bool = False

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
# The other version is written "YYYY-MM-DD" in the document: not one that can be asked for
LIST_PAYMENT_INFORMATION = Call(
    "GetPaymentInformationSepaByEmploymentId",
    "GET",
    f"{_EMPLOYMENT}/paymentinformationsepa",
    is_record=True,
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
