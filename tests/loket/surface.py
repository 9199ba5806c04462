"""Everything that the client can do, once, in the order of a first sync."""

from copy import deepcopy

from loket_portal.loket.client import LoketClient
from loket_portal.loket.payloads import Raw, ValueLists

NEW_BSN = "111222333"
IBAN = "NL91ABNA0417164300"
NEXT = "2027-01-01"


def drive(client: LoketClient) -> Raw:
    """Makes every call of the client; gives the employee that came out of it, as Loket has it."""
    client.get_user()
    employer = client.list_employers()[0].id
    client.list_authorizations(employer)
    administration = client.list_administrations(employer)[0].id
    client.list_functions(employer)
    client.list_departments(employer)
    client.list_distribution_units(employer)
    lists = client.concept_metadata(administration, employer)
    employments, employees = list(client.iter_employments(employer)), list(client.iter_employees(employer))
    numbers = sorted({row["employee"]["employeeNumber"] for row in employments})[:2]
    assert client.list_employments_of(employer, numbers) == [
        row for row in employments if row["employee"]["employeeNumber"] in numbers
    ]
    _rewrite_employee(client, employees[0]["id"])
    _rewrite_employment(client, employments[0])
    _check_setup(client, employer, administration)
    return _hire(client, employer, administration, lists)


def _check_setup(client: LoketClient, employer: str, administration: str) -> None:
    email = client.get_user().email
    user = next(user for user in client.list_employer_users(employer) if user.email == email)
    assert any(right.is_enabled for right in client.list_user_rights(employer, user.id))
    ours = client.get_integrations()[0].application_id
    assert client.list_application_authorizations(ours)
    assert client.list_modules(employer)
    assert client.list_payroll_periods(administration)
    highest = client.list_employment_versions(employer).highest
    assert highest == client.list_employer_versions()[employer]
    assert list(client.iter_employment_versions(employer, highest)) == []
    assert client.list_employee_changes(employer), "we just wrote an employee"
    client.probe_bsn(client.first_employee_id(employer) or "")
    made = (
        client.create_function(employer, "Kok"),
        client.create_department(employer, "Keuken", 901),
        client.create_distribution_unit(employer, "Keuken", 902),
    )
    assert [item.code for item in made] == [None, 901, 902]


def _rewrite_employee(client: LoketClient, employee_id: str) -> None:
    client.employee_metadata(employee_id)
    employee = client.get_employee(employee_id)
    employee["personalDetails"]["placeOfBirth"] = "Soest"
    client.put_employee(employee_id, employee)
    client.put_bsn(employee_id, client.get_bsn(employee_id) or NEW_BSN)


def _rewrite_employment(client: LoketClient, row: Raw) -> None:
    own_id = row["id"]
    client.put_employment(own_id, client.get_employment(own_id) | {"namePayslip": "J. Berg"})
    assert client.employment_metadata(own_id)["endOfEmploymentReason"]
    hours = client.create_working_hours(own_id, row["workinghours"] | {"startDate": NEXT})
    client.put_working_hours(hours["id"], client.get_working_hours(hours["id"]) | {"deviatingHoursPerWeek": 12.5})
    place = client.create_organizational_entity(own_id, row["organizationalEntity"] | {"startDate": NEXT})
    client.put_organizational_entity(place["id"], client.get_organizational_entity(place["id"]))
    assert [len(client.list_working_hours(own_id)), len(client.list_organizational_entities(own_id))] == [2, 2]
    _rewrite_payments(client, own_id)
    client.correct_start_date(own_id, {"startDate": "2015-01-05"})
    client.terminate(own_id, termination(client.employment_metadata(own_id), NEXT))
    client.reinstate(own_id)
    assert client.get_employment(own_id)["endDate"] is None


def _rewrite_payments(client: LoketClient, employment_id: str) -> None:
    taken = [payment["payrollComponent"]["key"] for payment in client.list_payment_information(employment_id)]
    component = next(
        item for item in client.payment_metadata(employment_id)["payrollComponent"] if item.key not in taken
    )
    body = client.payment_defaults(employment_id) | {"iban": IBAN, "payrollComponent": {"key": component.key}}
    made = client.create_payment_information(employment_id, body)
    client.put_payment_information(made["id"], client.get_payment_information(made["id"]) | {"description1": "Loon"})


def termination(lists: ValueLists, end: str) -> Raw:
    """What ends an employment on that day, its last."""
    return {
        "createMdvEntry": False,
        "endDate": end,
        "endOfEmploymentDueToIllness": False,
        "endOfEmploymentReason": {"key": lists["endOfEmploymentReason"][0].key},
        "endOfEmploymentReasonTaxAuthorities": {"key": lists["endOfEmploymentReasonTaxAuthorities"][0].key},
    }


def _hire(client: LoketClient, employer: str, administration: str, lists: ValueLists) -> Raw:
    body = new_concept(client.concept_defaults(administration, employer), administration, lists)
    client.delete_concept(client.create_concept(employer, body)["id"])
    concept = client.create_concept(employer, body)
    assert concept in list(client.iter_concepts(employer))
    client.put_concept(concept["id"], client.get_concept(concept["id"]))
    client.put_concept_bsn(concept["id"], NEW_BSN)
    assert client.get_concept_bsn(concept["id"]) == NEW_BSN
    assert [message for message in client.validate_concept(concept["id"]) if not message.is_warning] == []
    client.convert_concept(concept["id"])
    return client.get_employee(concept["id"])


def new_concept(defaults: Raw, administration: str, lists: ValueLists) -> Raw:
    """A concept employee that Loket will convert."""
    body = deepcopy(defaults)
    data, job, place = body["employeeData"], body["employmentData"], body["organizationalEntityData"]
    body["uniqueName"], data["employeeNumber"], data["iban"] = "LP-9001", 9001, IBAN
    data["personalDetails"] |= {"lastName": "Dekker", "firstName": "Noor", "initials": "N", "dateOfBirth": "1998-05-17"}
    for name, text in (("gender", "Vrouw"), ("nationality", "Nederlandse"), ("howToFormatLastName", "Achternaam")):
        data["personalDetails"][name] = {"key": key(lists, name, text)}
    data["address"] |= {"street": "Dorpsstraat", "houseNumber": 1, "postalCode": "1234 AB", "city": "Ons Dorp"}
    data["address"]["country"] = {"key": key(lists, "country", "Nederland")}
    job |= {"startDate": "2026-11-01", "incomeRelationshipNumber": 1, "payrollAdministration": {"id": administration}}
    for name in ("function", "department", "distributionUnit"):
        place[name] = {"key": key(lists, name, "Algemeen")}
    return body


def key(lists: ValueLists, name: str, text: str) -> int | str:
    """The key of an option: it differs per environment."""
    return next(option.key for option in lists[name] if option.value == text)
