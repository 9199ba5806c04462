"""A concept employee: nearly everything may be empty, since Loket checks it only when it is converted."""

from __future__ import annotations

from .employment import WEEK
from .field import each, shape
from .person import CONTACT

ADDRESS = {
    "city": "text? 0-24",
    "country": "option?",
    "furtherIndication": "option?",
    "houseNumber": "int?",
    "houseNumberAddition": "text? 0-4",
    "location": "text? 0-35",
    "postalCode": "text? 0-9",
    "street": "text? 0-24",
}
EMPLOYEE_DATA = {
    "address?": ADDRESS,
    "contactInformation?": CONTACT,
    "deviatingPostalAddress?": ADDRESS,
    "employeeNumber": "int?",
    "iban": "text? 0-35",
    "identityDocument?": {"documentIdentification": "text? 0-20", "typeOfDocument": "option?"},
    "personalDetails": {
        **each("option?", "civilStatus gender howToFormatLastName nationality title"),
        "dateOfBirth": "date?",
        "firstName": "text? 0-28",
        "formattedName": "text? 0-82 ro",
        "initials": "text? 0-6",
        "lastName": "text 0-25",
        "lastNamePartner": "text? 0-25",
        "placeOfBirth": "text? 0-24",
        "prefix": "text? 0-10",
        "prefixPartner": "text? 0-10",
    },
}
EMPLOYMENT_DATA = {
    **each(
        "bool?",
        "calculateWorkingHours hasOnCallAppearanceObligation isAnonymousEmployee isDirectorAndMajorShareholder"
        " isFamilyOfOwner isGemoedsbezwaardEmployeeInsurance isGemoedsbezwaardNationalInsurance isOnCallEmployment"
        " isPreviousOwner participation55plusRegulationUWV sendMdvNotification signalPayGradeAdjustment"
        " writtenEmploymentContract",
    ),
    **each(
        "date?",
        "cancellationNoticeDate commissionUntilDate historicalStartDate startCancellationNoticePeriod startDate"
        " startDateContractOfIndefiniteDuration",
    ),
    **each(
        "option?",
        "cancellationPeriodTimeUnit employeeProfileId employmentContractType employmentDurationType"
        " exemptionInsuranceObligation nonPayrollAdministration payrollAdministration specialIncomeRatio typeOfEmployee"
        " typeOfParticipation vacationCoupons valueOfParticipation",
    ),
    **each("int? 1..1000", "cancellationPeriodEmployee cancellationPeriodEmployer"),
    **each("int?", "deviatingCLATaxReturn periodPayGradeAdjustment professionCode"),
    "emailLeaveRequest": "text? 0-255",
    "essMutationSet": "option? ro",
    "firstDayNotification": "bool? ro",
    "incomeRelationshipNumber": "int? ..9999",
    "namePayslip": "text? 0-34",
}
WORKING_HOURS_DATA = {
    "averageParttimeFactor": "num? 0.01..999.99",
    "calculateUsingWorkPattern": each(
        "bool?", "daysDailyRate deviatingDaysAndHours hoursBrokenPeriod hoursPeriod leaveHours"
    ),
    "contractCode": "option?",
    "deviatingHoursPerWeek": "num? 0.01..99",
    "deviatingSvDaysPerPeriod": "num? 1..23",
    "flexibleHoursContract": "option?",
    "regularWorkPattern": "bool?",
    "shift": "option?",
    "workPattern?": {"evenWeeks": WEEK, "oddWeeks": WEEK},
}
CONCEPT = shape(
    {
        "creationDate": "datetime ro",
        "employeeData": EMPLOYEE_DATA,
        "employmentData?": EMPLOYMENT_DATA,
        "fiscalData?": {
            "annualSalary": "num? 0..1000000000",
            **each("bool?", "applyDayTables applyPayrollTaxDeduction applyStudentDeduction"),
            "applyDeviatingPayrollTaxPercentageOn": "option",
            **each("option?", "deviatingCalculationRulePayrollTax deviatingPayrollTaxTableColour residentOf"),
            "deviatingPayrollTaxPercentage": "num? ro",
        },
        "id": "uuid ro",
        "organizationalEntityData?": {
            **each("option?", "department distributionUnit function standardFunction"),
            "deviatingFunctionDescription": "text?",
            "deviatingFunctionGroup": "text?",
            "internalTelephoneExtensionNumber": "text?",
            "placeOfEmployment": "text?",
        },
        "otherPayrollVariablesData?": {"deviatingPremiumGroup": "option?"},
        "selfService!": {"status": "text 0-50 ro"},
        "socialSecurityData?": {
            "healthCareInsuranceActType": "option?",
            **each(
                "bool?",
                "isInsuredForOccupationalDisabilityInsuranceAct isInsuredForSicknessBenefitsAct"
                " isInsuredForUnemploymentInsuranceAct",
            ),
        },
        "uniqueName": "text 1-255",
        "wageData?": {
            "applyPayGrade": "bool?",
            **each("num? 1..1000000", "grossWage netWage"),
            **each("option?", "grossWageType netWageType payGrade payScale"),
        },
        "workingHoursData?": WORKING_HOURS_DATA,
    }
)
BSN = shape({"citizenServiceNumber": "text? 9-9"})
