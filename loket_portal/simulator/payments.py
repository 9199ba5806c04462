"""SEPA payment information: to which bank account a payroll component of an employment goes; one for each component."""

from __future__ import annotations

import uuid
from typing import Any

from .calls import Answer, Call, Listing, Routes, check, etag_of
from .employments import PATH
from .metadata import option_fields
from .parts import PAYMENTS, find, store
from .people import payment_view
from .render import render
from .rules import Checker
from .shapes.employment import PAYMENT

ROUTES = Routes()
LIST = f"{PATH}/paymentinformationsepa"
ONE = "/providers/employers/employees/employments/paymentinformationsepa/<payment_id>"
GET = "GetPaymentInformationSepaByEmploymentId"
WAGE = "Netto loon"


@ROUTES.add("GET", LIST, GET)
def payments(call: Call) -> Listing:
    """The bank accounts of an employment, one for each payroll component."""
    record = call.record("employment", "employment_id")
    return Listing(record.body[PAYMENTS], lambda payment: payment_view(payment, call.lists))


@ROUTES.add("POST", LIST, "PostPaymentInformationSepaByEmploymentId")
def create(call: Call) -> Answer:
    """A bank account for a payroll component that has none."""
    record = call.record("employment", "employment_id")
    made = {**_checked(call, record.owner, record.body[PAYMENTS]), "id": str(uuid.uuid4())}
    store(call, record, {**record.body, PAYMENTS: [*record.body[PAYMENTS], made]})
    return Answer(payment_view(made, call.lists), status=201)


@ROUTES.add("GET", ONE, "GetPaymentInformationSepaBypaymentInformationSepaId")
def payment(call: Call) -> Answer:
    """One bank account, with an ETag."""
    return Answer(payment_view(find(call, PAYMENTS, "payment_id").body, call.lists), has_etag=True)


@ROUTES.add("PUT", ONE, "PutPaymentInformationSepaByPaymentInformationSepaId")
def put_payment(call: Call) -> Answer:
    """Replaces a bank account."""
    found = find(call, PAYMENTS, "payment_id")
    call.match(lambda: etag_of(payment_view(found.body, call.lists)))
    others = [item for item in found.all if item["id"] != found.body["id"]]
    stored = {**found.body, **_checked(call, found.employment.owner, others)}
    store(call, found.employment, {**found.employment.body, PAYMENTS: found.replaced(stored)})
    return Answer(payment_view(stored, call.lists), has_etag=True)


@ROUTES.add("GET", f"{LIST}/metadata", GET)
def metadata(call: Call) -> Listing:
    """The payroll components that a bank account can be for."""
    owner = call.record("employment", "employment_id").owner
    return Listing(call.lists.table(option_fields(PAYMENT), owner))


@ROUTES.add("GET", f"{LIST}/defaults", GET)
def defaults(call: Call) -> Answer:
    """A bank account to start from: for the wage, shown on the payslip."""
    call.record("employment", "employment_id")
    component = render(PAYMENT.fields["payrollComponent"], call.lists.key_of("payrollComponent", WAGE), call.lists)
    known = {"payrollComponent": component, "visibleOnPayslip": True}
    return Answer({name: known.get(name) for name, field in PAYMENT.fields.items() if not field.read_only})


def _checked(call: Call, owner: str, others: list[dict[str, Any]]) -> dict[str, Any]:
    checker = Checker(call.lists, owner)
    body = checker.clean(PAYMENT, call.body) or {}
    if not checker.messages:
        checker.bank_account(body["iban"], "iban")
        if body["payrollComponent"] in [item["payrollComponent"] for item in others]:
            checker.fail(17, "The payroll component has a bank account already", "payrollComponent")
    check(checker.messages)
    stored: dict[str, Any] = body
    return stored
