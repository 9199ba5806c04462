"""The fields of the employment: PUT employment 2019-12-16 and `employmentData` of a concept employee 2018-01-01.

The Dutch labels are Loket's own words, which its document gives after "NL:".
"""

from typing import Any

from mapping.catalogue.dated import NULL, dated
from mapping.catalogue.field import (
    BOOLEAN,
    DATE,
    INT32,
    INTEGER,
    NUMBER,
    OPTION,
    TEXT,
    FieldType,
    Group,
    LoketField,
    Resource,
)


def _employment(path: str, label: str, label_nl: str, kind: FieldType, **more: Any) -> LoketField:
    return dated(Resource.EMPLOYMENT, Group.EMPLOYMENT, path, label, label_nl, kind, **more)


def _contract(path: str, label: str, label_nl: str, kind: FieldType, **more: Any) -> LoketField:
    return dated(Resource.EMPLOYMENT, Group.CONTRACT, path, label, label_nl, kind, **more)


def _payroll(path: str, label: str, label_nl: str, kind: FieldType, **more: Any) -> LoketField:
    return dated(Resource.EMPLOYMENT, Group.PAYROLL, path, label, label_nl, kind, **more)


_PERIOD: dict[str, Any] = {"minimum": 1, "maximum": 1000, "nullable": True}
_COMMISSIONS = tuple(
    _contract(
        f"commissionUntilDate{number}",
        f"End date of contract {number}",
        f"Aanstelling tot {number}",
        DATE,
        nullable=True,
        concept_path="",
    )
    for number in range(1, 7)
)
EMPLOYMENT: tuple[LoketField, ...] = (
    _employment("startDate", "Start date", "Datum in dienst", DATE),
    _employment("endDate", "End date", "Datum uit dienst", DATE, nullable=True, concept_path=""),
    _employment("historicalStartDate", "First start date ever", "Historische datum in dienst", DATE, **NULL),
    _employment(
        "incomeRelationshipNumber", "Income number", "Nummer inkomstenverhouding", INTEGER, maximum=9999, **NUMBER
    ),
    _employment("typeOfEmployee", "Type of employee", "Soort werknemer", OPTION),
    _contract("employmentContractType", "Type of contract", "Basis dienstverband", OPTION, **NULL),
    _contract("employmentDurationType", "Duration of the contract", "Soort dienstverband", OPTION),
    _contract("writtenEmploymentContract", "Written contract", "Schriftelijke overeenkomst", BOOLEAN),
    _contract("commissionUntilDate", "End date of the contract", "Aanstelling tot", DATE, **NULL),
    *_COMMISSIONS,
    _contract(
        "startDateContractOfIndefiniteDuration",
        "Start date of the permanent contract",
        "Startdatum onbepaalde tijd",
        DATE,
        **NULL,
    ),
    _contract("isOnCallEmployment", "On-call worker", "Oproepkracht of invalkracht", BOOLEAN),
    _contract(
        "hasOnCallAppearanceObligation",
        "On-call worker must appear",
        "Oproepkracht met verschijningsplicht",
        BOOLEAN,
        **NULL,
    ),
    _contract(
        "cancellationPeriodEmployee", "Notice period of the employee", "Opzegtermijn werknemer", INTEGER, **_PERIOD
    ),
    _contract(
        "cancellationPeriodEmployer", "Notice period of the employer", "Opzegtermijn werkgever", INTEGER, **_PERIOD
    ),
    _contract("cancellationPeriodTimeUnit", "Unit of the notice periods", "Periode opzegtermijn", OPTION, **NULL),
    _contract("cancellationNoticeDate", "Date of notice", "Datum opzegging", DATE, **NULL),
    _contract("startCancellationNoticePeriod", "Start of the notice period", "Aanvang opzegtermijn", DATE, **NULL),
    _payroll("namePayslip", "Name on the payslip", "Naam loonstrook", TEXT, limit=34, nullable=True),
    _payroll(
        "emailLeaveRequest",
        "E-mail address for leave requests",
        "E-mail verlofaanvraag",
        FieldType.EMAIL,
        limit=255,
        nullable=True,
    ),
    _payroll("employeeProfileId", "Employee profile", "Werknemerprofiel", OPTION, **NULL),
    _payroll("calculateWorkingHours", "Complete the hours automatically", "Completeren/berekenen uren", BOOLEAN),
    _payroll("specialIncomeRatio", "Special income relationship", "Speciale inkomstenverhouding", OPTION, **NULL),
    _payroll(
        "isDirectorAndMajorShareholder",
        "Director and major shareholder",
        "Directeur-grootaandeelhouder",
        BOOLEAN,
        **NULL,
    ),
    _payroll("isFamilyOfOwner", "Family of the owner", "Familie van eigenaar", BOOLEAN, **NULL),
    _payroll("isPreviousOwner", "Previous owner", "Vorige eigenaar", BOOLEAN, **NULL),
    _payroll("isAnonymousEmployee", "Anonymous employee", "Anonieme werknemer", BOOLEAN),
    _payroll(
        "exemptionInsuranceObligation", "Exemption from insurance", "Code uitzondering verzekeringsplicht", OPTION
    ),
    _payroll(
        "deviatingCLATaxReturn",
        "Other CLA code in the tax return",
        "Cao-code aangifte (UWV)",
        INTEGER,
        minimum=1,
        maximum=9999,
        nullable=True,
    ),
    _payroll(
        "deviatingCLAExternalParty",
        "Other CLA code for external parties",
        "Cao klantgroep afwijkend",
        INTEGER,
        minimum=0,
        maximum=INT32,
        nullable=True,
        concept_path="",
    ),
    _payroll("professionCode", "Profession code", "Beroep (UWV)", INTEGER, minimum=1, maximum=999, nullable=True),
    _payroll("signalPayGradeAdjustment", "Signal a change of pay grade", "Salarisschaal signaleren", BOOLEAN),
    _payroll(
        "periodPayGradeAdjustment",
        "Period of the change of pay grade",
        "Periode aanpassing salarisschaal",
        INTEGER,
        minimum=1,
        maximum=52,
        nullable=True,
    ),
    _payroll("vacationCoupons", "Vacation coupons", "Vakantiebonnen", OPTION, **NULL),
    _payroll("typeOfParticipation", "Type of pension participation", "Aard deelnemerschap", OPTION, **NULL),
    _payroll("valueOfParticipation", "Value of pension participation", "Waarde deelnemerschap", OPTION, **NULL),
)
