"""The working hours: PUT working hours 2018-01-01 and `workingHoursData` of a concept employee 2018-01-01."""

from decimal import Decimal
from typing import Any

from mapping.catalogue.dated import NO_CONCEPT, NULL, dated
from mapping.catalogue.field import (
    BOOLEAN,
    DECIMAL,
    INTEGER,
    OPTION,
    FieldType,
    Group,
    LoketField,
    Resource,
)


def _hours(path: str, label: str, label_nl: str, kind: FieldType, **more: Any) -> LoketField:
    return dated(Resource.WORKING_HOURS, Group.WORKING_HOURS, path, label, label_nl, kind, **more)


def _decimal(minimum: str, maximum: int | Decimal, **more: Any) -> dict[str, Any]:
    return {"kind": DECIMAL, "minimum": minimum, "maximum": maximum, "decimals": 2, **more}


_DAYS = (
    *(("monday", "Monday", "maandag"), ("tuesday", "Tuesday", "dinsdag"), ("wednesday", "Wednesday", "woensdag")),
    *(("thursday", "Thursday", "donderdag"), ("friday", "Friday", "vrijdag")),
    *(("saturday", "Saturday", "zaterdag"), ("sunday", "Sunday", "zondag")),
)
_PATTERN = tuple(
    dated(
        Resource.WORKING_HOURS,
        Group.WORK_PATTERN,
        f"workPattern.{week}.{day}",
        f"Hours on {label}, {weeks}",
        f"Uren op {label_nl}, {weken}",
        **_decimal("0", 24),
    )
    for week, weeks, weken in (("oddWeeks", "odd weeks", "oneven weken"), ("evenWeeks", "even weeks", "even weken"))
    for day, label, label_nl in _DAYS
)
_BY_PATTERN = "calculateUsingWorkPattern"
_CALCULATED = tuple(
    dated(
        Resource.WORKING_HOURS,
        Group.WORK_PATTERN,
        f"{_BY_PATTERN}.{name}",
        f"{label} by the work pattern",
        f"{label_nl} volgens werkpatroon",
        BOOLEAN,
        concept_path=f"workingHoursData.{_BY_PATTERN}.{name.replace('hoursRegularPeriod', 'hoursPeriod')}",
    )
    for name, label, label_nl in (
        ("hoursRegularPeriod", "Hours of a period", "Uren per periode"),
        ("hoursBrokenPeriod", "Hours of a broken period", "Uren gebroken periode"),
        ("daysDailyRate", "Days of the daily rate", "Dagloondagen"),
        ("deviatingDaysAndHours", "Other days and hours", "Afwijkende dagen en uren"),
        ("leaveHours", "Leave hours", "Verlofuren"),
    )
)
"""One of these has another name in a concept employee."""
HOURS: tuple[LoketField, ...] = (
    _hours("deviatingHoursPerWeek", "Hours per week", "Uren per week", **_decimal("0.01", 99, nullable=True)),
    _hours(
        "averageHoursPerWeek",
        "Average hours per week",
        "Gemiddelde uren per week",
        **_decimal("0", 168, nullable=True, concept_path=""),
    ),
    _hours(
        "averageParttimeFactor",
        "Part-time percentage",
        "Deeltijdfactor",
        **_decimal("0.01", Decimal("999.99"), nullable=True, concept_path=""),
    ),
    _hours(
        "deviatingSvDaysPerPeriod",
        "Social insurance days per period",
        "SV-dagen per periode",
        INTEGER,
        minimum=1,
        maximum=23,
        nullable=True,
    ),
    _hours("shift", "Shift", "Ploeg", OPTION),
    _hours(
        "shiftRateSickLeave", "Shift for pay during illness", "Ploeg bij ziekte", OPTION, options="shift", **NO_CONCEPT
    ),
    _hours("contractCode", "Contract code", "Contractcode", OPTION, **NULL),
    _hours("flexibleHoursContract", "Flexible contract", "Flexibel contract", OPTION, **NULL),
    _hours("regularWorkPattern", "The same hours every week", "Regelmatig werkpatroon", BOOLEAN),
    *_CALCULATED,
    *_PATTERN,
)
