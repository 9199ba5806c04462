"""Writable fields of Loket that this product deliberately leaves alone, each with its reason. Pure data.

A key is the name of a body and a path in it; a path of an object stands for all that is in it. Together with the
catalogue this is every writable field of those bodies: `tests/mapping/test_catalogue.py` walks the API document.
"""

from types import MappingProxyType

_WITH_ENDING = "The sync sends the last day, a field of the employment, with this call; nobody maps it twice."
_OWN_DATE = "The day from which a dated record counts. The sync decides it from the day of the change, nobody maps it."
_LATER = "Compensation comes with a start date and switches of its own (rules 58 to 60), not with this mapping."
_TAX = "Payroll tax is settled by the payroll administrator with the employee's signed tax form, which HR doesn't keep."
_INSURED = "Whether somebody is insured follows from law and contract. The payroll administrator judges it in Loket."
_BELIEF = "It tells somebody's belief, which HR must not keep; the payroll administrator enters the exemption itself."
_SCHEME = (
    "A scheme or exemption that the payroll administrator applies for with an authority; Loket has the paper trail."
)
_CHOSEN = "The administration is chosen once, when the entity is connected, and stays (rule 37)."
_NO_LIST = (
    "Its list of values is only in the metadata of an employment that exists already: nothing can be offered for it "
    "before somebody is in Loket. The payroll administrator sets it."
)
_FULL_TIME = (
    "A new person's has no room for 100, which is full time, and Loket works it out from the hours. It is a field of "
    "somebody who is in Loket already."
)

OMITTED: MappingProxyType[str, str] = MappingProxyType(
    {
        "employee personalDetails.dateOfDeath": (
            "After a death the payroll administrator ends the employment and pays what is due; a date alone would do "
            "neither, and HR tells it as somebody who has left."
        ),
        "employment exemptionPremiumWaiverMarginalLabour": _SCHEME,
        "employment exemptionWorkRelatedExpenseScheme": _SCHEME,
        "employment isGemoedsbezwaardEmployeeInsurance": _BELIEF,
        "employment isGemoedsbezwaardNationalInsurance": _BELIEF,
        "employment participation55plusRegulationUWV": _SCHEME,
        "employment sendToExternalParty": _NO_LIST,
        "employment temporaryTaxExemption": _NO_LIST,
        "employment wachtgeldOldRegulation": _SCHEME,
        "ending endDate": _WITH_ENDING,
        "ending createMdvEntry": (
            "Loket's own notice to the pension fund, for few employers only: the payroll administrator makes it in Loket."
        ),
        "workingHours startDate": _OWN_DATE,
        "organization startDate": _OWN_DATE,
        "payment payrollComponent": (
            "It says which payment the record is about. The sync knows one, that of the wage, and leaves the others."
        ),
        "concept uniqueName": "Ours: a concept employee whose answer was lost is found again by it, and not made twice.",
        "concept employmentData.payrollAdministration": _CHOSEN,
        "concept employmentData.nonPayrollAdministration": _CHOSEN,
        "concept employmentData.isGemoedsbezwaardEmployeeInsurance": _BELIEF,
        "concept employmentData.isGemoedsbezwaardNationalInsurance": _BELIEF,
        "concept employmentData.participation55plusRegulationUWV": _SCHEME,
        "concept employmentData.sendMdvNotification": (
            "Whether the pension fund is told of the new employment: the payroll administrator decides it when the "
            "concept employee is completed."
        ),
        "concept workingHoursData.averageParttimeFactor": _FULL_TIME,
        "concept fiscalData": _TAX,
        "concept socialSecurityData": _INSURED,
        "concept otherPayrollVariablesData": _INSURED,
        "concept wageData": _LATER,
    }
)
