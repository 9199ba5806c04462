"""An employment with its dated parts, as the comprehensive list gives it, and the SEPA payment information."""

from __future__ import annotations

from .field import each, shape
from .person import PERSON

DAYS = "friday monday saturday sunday thursday tuesday wednesday"
WEEK = each("num 0..24", DAYS)
WORKING_HOURS = {
    "aggregatedHoursPerWeek": "num? 0.01..168 ro",
    "averageHoursPerWeek": "num? 0..168",
    "averageParttimeFactor": "num? 0.01..999.99",
    "calculateUsingWorkPattern": each(
        "bool", "daysDailyRate deviatingDaysAndHours hoursBrokenPeriod hoursRegularPeriod leaveHours"
    ),
    "contractCode": "option?",
    "deviatingHoursPerWeek": "num? 0.01..99.99",
    "deviatingSvDaysPerPeriod": "int? 1..23",
    "endDate": "date? ro",
    "flexibleHoursContract": "option?",
    "id": "uuid ro",
    "regularWorkPattern": "bool",
    "shift": "option",
    "shiftRateSickLeave": "option shift",
    "startDate": "date",
    "workPattern?": {"evenWeeks": WEEK, "oddWeeks": WEEK},
}
ORGANIZATIONAL_ENTITY = {
    **each("option", "department distributionUnit function"),
    "deviatingFunctionDescription": "text? 0-50",
    "deviatingFunctionGroup": "text? 0-5",
    "endDate": "date? ro",
    "id": "uuid ro",
    "internalTelephoneExtensionNumber": "text? 0-15",
    "placeOfEmployment": "text? 0-24",
    "standardFunction": "option?",
    "startDate": "date",
}
WAGE = {
    "applyPayGrade": "bool?",
    "employerCosts": "num? 0.01..99999.99",
    "employerCostsType": "option?",
    "endDate": "date? ro",
    "grossWage": "num? 0.01..999999.99",
    "grossWageType": "option?",
    "id": "uuid ro",
    "isGrossWageFullTime": "bool ro",
    "netWage": "num? 0.01..999999.99",
    **each("option?", "netWageType payGrade payScale"),
    "payrollPeriodType": "option ro",
    "startDate": "date",
}
OWN_FIELDS = {
    **each(
        "bool",
        "calculateWorkingHours exemptionPremiumWaiverMarginalLabour exemptionWorkRelatedExpenseScheme"
        " isAnonymousEmployee isGemoedsbezwaardEmployeeInsurance isGemoedsbezwaardNationalInsurance"
        " isOnCallEmployment participation55plusRegulationUWV signalPayGradeAdjustment wachtgeldOldRegulation"
        " writtenEmploymentContract",
    ),
    **each("bool?", "hasOnCallAppearanceObligation isDirectorAndMajorShareholder isFamilyOfOwner isPreviousOwner"),
    **each("bool? ro", "endOfEmploymentDueToIllness firstDayNotification"),
    **each(
        "date?",
        "cancellationNoticeDate commissionUntilDate commissionUntilDate1 commissionUntilDate2 commissionUntilDate3"
        " commissionUntilDate4 commissionUntilDate5 commissionUntilDate6 historicalStartDate"
        " startCancellationNoticePeriod startDateContractOfIndefiniteDuration",
    ),
    **each("int? 1..1000", "cancellationPeriodEmployee cancellationPeriodEmployer"),
    **each("option", "employmentDurationType exemptionInsuranceObligation temporaryTaxExemption typeOfEmployee"),
    **each(
        "option?",
        "cancellationPeriodTimeUnit employeeProfileId employmentContractType sendToExternalParty specialIncomeRatio"
        " typeOfParticipation vacationCoupons valueOfParticipation",
    ),
    **each("option ro", "employmentCategoryType essMutationSet"),
    **each("option? ro", "endOfEmploymentReason endOfEmploymentReasonTaxAuthorities"),
    **each("option? ro", "nonPayrollAdministration payrollAdministration"),
    "deviatingCLAExternalParty": "int?",
    "deviatingCLATaxReturn": "int? 1..9999",
    "emailLeaveRequest": "text? 0-255",
    "endDate": "date? ro",
    "id": "uuid ro",
    "incomeRelationshipNumber": "int ..9999",
    "linkedEmployment": "uuid? ro",
    "namePayslip": "text? 0-34",
    "payrollId": "int ro",
    "periodPayGradeAdjustment": "int? 1..52",
    "professionCode": "int? 1..999",
    "startDate": "date ro",
}
PARTS = {"workinghours": WORKING_HOURS, "organizationalEntity": ORGANIZATIONAL_ENTITY, "wage": WAGE}
PERSON_IN_SHORT = {
    "dateOfBirth": "date ro",
    "employeeNumber": "int ro",
    "firstName": "text? 0-28 ro",
    "formattedName": "text 0-82 ro",
    "id": "uuid ro",
    "initials": "text 0-6 ro",
    "lastName": "text 0-25 ro",
    "lastNamePartner": "text? 0-25 ro",
    "photo": "text? ro",
    "prefix": "text? 0-10 ro",
    "prefixPartner": "text? 0-10 ro",
}
EMPLOYMENT = shape(OWN_FIELDS)
EMPLOYMENT_DETAILS = shape({"employee!": PERSON_IN_SHORT, **OWN_FIELDS})
OLD_TERMINATION = {
    "createMdvEntry": "bool",
    "endDate": "date",
    "endOfEmploymentDueToIllness": "bool",
    "endOfEmploymentReason": "option",
}
TERMINATION = {
    "2018-01-01": shape(OLD_TERMINATION),
    "2019-12-16": shape({**OLD_TERMINATION, "endOfEmploymentReasonTaxAuthorities": "option"}),
}
FIRST_DAY = shape({"startDate": "date"})
COMPREHENSIVE = shape({"employee": PERSON, **OWN_FIELDS, **PARTS})
WITHOUT_PERSON = shape({**OWN_FIELDS, **PARTS})
PAYMENT = shape(
    {
        "bic": "text? 1-11",
        "cityBeneficiary": "text? 1-24",
        "description1": "text? 1-32",
        "description2": "text? 1-32",
        "iban": "text 1-35",
        "id": "uuid ro",
        "nameBeneficiary": "text? 1-70",
        "payrollComponent": "option",
        "visibleOnPayslip": "bool",
    }
)
