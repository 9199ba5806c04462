"""The Dutch right that most likely covers each activity we use, as it is called in Loket (rule 15).

Loket's pages name rights and activities, but not every pair: this is our reading, and the words say "most likely".
"""

BSN = "Beheren en raadplegen BSN"
READ_EMPLOYMENTS = "Raadplegen dienstverbanden"
READ_CONCEPTS = "Raadplegen concept werknemers"
WRITE_CONCEPTS = "Beheer concept werknemers"
SETTINGS = "Applicatiebeheer werkgever"

RIGHT_OF: dict[str, str] = {
    "GetPayrollAdministrationsByEmployerId": SETTINGS,
    "GetFunctionsByEmployerId": SETTINGS,
    "GetDepartmentsByEmployerId": SETTINGS,
    "GetEmploymentsComprehensiveByEmployerId": READ_EMPLOYMENTS,
    "GetEmployeesByEmployerId": READ_EMPLOYMENTS,
    "GetEmployeeByEmployeeId": READ_EMPLOYMENTS,
    "GetPaymentInformationSepaByEmploymentId": READ_EMPLOYMENTS,
    "PutEmployeeByEmployeeId": "Beheer dienstverbanden",
    "GetCitizenServiceNumberByEmployeeId": BSN,
    "PutCitizenServiceNumberByEmployeeId": BSN,
    "GetCitizenServiceNumberByConceptEmployeeId": BSN,
    "PutCitizenServiceNumberByConceptEmployeeId": BSN,
    "GetConceptEmployeesByEmployerId": READ_CONCEPTS,
    "GetConceptEmployeeByConceptEmployeeId": READ_CONCEPTS,
    "PostConceptEmployeeByEmployerId": WRITE_CONCEPTS,
    "PutConceptEmployeeByConceptEmployeeId": WRITE_CONCEPTS,
    "PatchConvertToEmployeeByConceptEmployeeId": WRITE_CONCEPTS,
}
