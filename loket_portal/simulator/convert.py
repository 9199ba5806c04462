"""From concept employee to employee, employment, hours, wage and bank account. The id stays the same (rule 46)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from .metadata import ValueLists
from .people import formatted_name
from .rules import WARNING, Checker, Message
from .shapes.employment import EMPLOYMENT, ORGANIZATIONAL_ENTITY, WAGE, WORKING_HOURS
from .shapes.field import Field, shape
from .shapes.person import EMPLOYEE
from .world import Record, World

ORGANIZATION = shape(ORGANIZATIONAL_ENTITY)
HOURS = shape(WORKING_HOURS)
PAY = shape(WAGE)
WANTED = {
    "employmentData": ("startDate", "payrollAdministration", "employmentDurationType", "typeOfEmployee"),
    "organizationalEntityData": ("function", "department", "distributionUnit"),
    "workingHoursData": ("shift",),
}


@dataclass
class Plan:
    """What the conversion would make, and what stands in its way."""

    employee: dict[str, Any]
    employment: dict[str, Any]
    messages: list[Message]


def plan(record: Record, world: World, lists: ValueLists) -> Plan:
    """Works the conversion out without changing anything. Broken rules and warnings are in `messages`."""
    concept = record.body
    checker = Checker(lists, record.owner)
    employee = _employee(concept, record, world, lists, checker)
    for part, names in WANTED.items():
        for name in names:
            if (concept.get(part) or {}).get(name) is None:
                checker.fail(1, f"{part}.{name} is required", f"{part}.{name}")
    _dates(concept, world, checker)
    data = concept["employeeData"]
    checker.citizen_service_number(concept["_bsn"])
    checker.bank_account(data["iban"], "employeeData.iban")
    for value, name in ((concept["_bsn"], "citizenServiceNumber"), (data["iban"], "employeeData.iban")):
        if value is None:
            checker.messages.append(Message(71, f"{name} is missing", (name,), WARNING))
    return Plan(employee, _employment(concept, world, lists, record.owner), checker.messages)


def convert(record: Record, made: Plan, world: World) -> Record:
    """Stores what `plan` made and removes the concept; the employee gets the concept's id."""
    with world.transaction():
        world.remove(record)
        number = made.employee["employeeNumber"] or world.highest_mark("employee", record.owner) + 1
        body = {**made.employee, "employeeNumber": number, "_bsn": record.body["_bsn"]}
        employee = world.add("employee", record.owner, body, mark=str(number), record_id=record.id)
        payroll_id = world.next_number(f"payrollId {record.owner}")
        world.add("employment", record.owner, {**made.employment, "payrollId": payroll_id}, mark=employee.id)
    return employee


def _employee(
    concept: dict[str, Any], record: Record, world: World, lists: ValueLists, checker: Checker
) -> dict[str, Any]:
    data = concept["employeeData"]
    body = _blank(EMPLOYEE, data)
    body["exclusionFromAbsenceStatus"] = False
    if body["personalDetails"]["howToFormatLastName"] is None:
        body["personalDetails"]["howToFormatLastName"] = lists.key_of("howToFormatLastName", "Achternaam")
    wanted = {**body, "employeeNumber": body["employeeNumber"] or 1}  # an empty number is filled by the conversion
    checker.clean(EMPLOYEE, _as_sent(EMPLOYEE, wanted), "employeeData")
    checker.person(body, "employeeData.")
    number = body["employeeNumber"]
    if number is not None and world.all("employee", record.owner, str(number)):
        checker.fail(11, f"Employee number {number} is already in use", "employeeData.employeeNumber")
    return body


def _dates(concept: dict[str, Any], world: World, checker: Checker) -> None:
    data = concept.get("employmentData") or {}
    administration = world.get("administration", data.get("payrollAdministration") or "")
    start = data.get("startDate")
    if not (administration and start):
        return
    end = administration.body["endDate"]
    if start < administration.body["startDate"] or (end and start > end):
        checker.fail(13, "startDate lies outside the payroll administration", "employmentData.startDate")


def _employment(concept: dict[str, Any], world: World, lists: ValueLists, owner: str) -> dict[str, Any]:
    data = concept.get("employmentData") or {}
    start = data.get("startDate")
    body = _blank(EMPLOYMENT, data) | {"incomeRelationshipNumber": data.get("incomeRelationshipNumber") or 1}
    body["exemptionInsuranceObligation"] = body["exemptionInsuranceObligation"] or lists.key_of(
        "exemptionInsuranceObligation", "Geen vrijstelling"
    )
    body["historicalStartDate"] = body["historicalStartDate"] or start
    body["namePayslip"] = body["namePayslip"] or formatted_name(concept["employeeData"]["personalDetails"], lists)[:34]
    return body | fixed_parts(lists) | dated_parts(concept, lists, start) | {"_payments": _payments(concept, lists)}


def fixed_parts(lists: ValueLists) -> dict[str, Any]:
    """The fields of an employment that only Loket fills."""
    return {
        "employmentCategoryType": lists.key_of("employmentCategoryType", "Regulier"),
        "essMutationSet": lists.key_of("essMutationSet", "Standaard"),
        "temporaryTaxExemption": lists.key_of("temporaryTaxExemption", "Geen"),
    }


def dated_parts(concept: dict[str, Any], lists: ValueLists, start: str | None) -> dict[str, Any]:
    """Working hours, organizational entity and wage, each as a list of one record that starts with the employment."""
    own = {"id": str(uuid.uuid4()), "startDate": start, "endDate": None}
    given = concept.get("workingHoursData") or {}
    hours = _blank(HOURS, given) | own
    is_by_pattern = bool((given.get("calculateUsingWorkPattern") or {}).get("hoursPeriod"))
    hours["calculateUsingWorkPattern"]["hoursRegularPeriod"] = is_by_pattern  # the same switch under another name
    hours |= {"shiftRateSickLeave": hours["shift"], "aggregatedHoursPerWeek": hours["deviatingHoursPerWeek"]}
    organization = _blank(ORGANIZATION, concept.get("organizationalEntityData") or {}) | own | {"id": str(uuid.uuid4())}
    wage = _blank(PAY, concept.get("wageData") or {}) | own | {"id": str(uuid.uuid4()), "isGrossWageFullTime": True}
    wage["payrollPeriodType"] = lists.key_of("payrollPeriodType", "Maand")
    return {"_workinghours": [hours], "_organization": [organization], "_wages": [wage]}


def _payments(concept: dict[str, Any], lists: ValueLists) -> list[dict[str, Any]]:
    data = concept["employeeData"]
    return [payment(data["iban"], formatted_name(data["personalDetails"], lists), lists)] if data["iban"] else []


def payment(iban: str, name: str, lists: ValueLists) -> dict[str, Any]:
    """Payment information that sends the net wage to a bank account."""
    component = lists.key_of("payrollComponent", "Netto loon")
    own = {"id": str(uuid.uuid4()), "iban": iban, "nameBeneficiary": name[:70] or None}
    return {**own, "payrollComponent": component, "visibleOnPayslip": True}


def _blank(field: Field, given: dict[str, Any]) -> dict[str, Any]:
    """All fields of a shape: from `given` where they are, else null, and false for a switch that can't be null."""
    made: dict[str, Any] = {}
    for name, inner in field.fields.items():
        value = given.get(name)
        if inner.kind == "object" and (value is not None or not inner.nullable):
            made[name] = _blank(inner, value or {})
        else:
            made[name] = False if value is None and inner.kind == "bool" and not inner.nullable else value
    return made


def _as_sent(field: Field, stored: Any) -> Any:
    """A stored object in the form of a request, so that the same rules can check it."""
    if stored is None or field.kind not in ("object", "option"):
        return stored
    if field.kind == "option":
        return {field.parts[0]: stored}
    return {name: _as_sent(inner, stored.get(name)) for name, inner in field.fields.items()}
