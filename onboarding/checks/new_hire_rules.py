"""Whether Loket would take a new person: an invented one, made as a concept employee, judged, and deleted (rule 46).

The one check that writes. It runs when somebody asks for it, never by itself, and deletes what it made whatever happens.
"""

import uuid
from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from loket_portal.lib.redact import redact_text
from loket_portal.loket.errors import RecordRejected, SyncError, WriteUnsure
from loket_portal.loket.payloads import Message, Option, Raw
from onboarding.checks.base import Check, Row, Scope, failed, proved
from onboarding.checks.named_items import NAME
from onboarding.checks.seen import Seen
from onboarding.facts import Finding, Owner
from onboarding.models import Connection

LONGEST = 200  # characters of Loket's words about the invented person
PERSON = {"lastName": "Proefpersoon", "initials": "P.", "firstName": "Proef", "dateOfBirth": "1990-01-01"}
HOME = {"street": "Proefstraat", "houseNumber": 1, "postalCode": "3511 AB", "city": "Utrecht"}


class NewHireRules(Check):
    """No business rule of Loket stands against the invented person, once the lists have what is needed (rule 20)."""

    key = "new_hire_rules"
    owner = Owner.PAYROLL
    scope = Scope.ENTITY
    is_on_request = True
    codes = frozenset({"new_hire_accepted", "new_hire_refused", "new_hire_not_made", "new_hire_left_behind"})

    def look(self, seen: Seen) -> Finding | None:
        own = seen.connection
        if own is None:
            return None
        body = _body(seen, own)
        try:
            concept_id = str(seen.client.create_concept(seen.employer_id, body)["id"])
        except RecordRejected as error:
            return failed("new_hire_not_made", _rows(error.messages))
        except WriteUnsure:
            if not _sweep(seen, body["uniqueName"]):
                return failed("new_hire_left_behind", name=body["uniqueName"])
            raise
        return _judged(seen, concept_id, body["uniqueName"])


def _judged(seen: Seen, concept_id: str, name: str) -> Finding:
    """Loket's verdict; the concept employee is gone after it, or the finding says that it isn't."""
    said, trouble = _verdict(seen, concept_id)
    rows = _rows(said)
    if not _delete(seen, concept_id):
        return failed("new_hire_left_behind", rows, name=name)
    if trouble:
        raise trouble
    broken = [message for message in said if not message.is_warning]
    if broken:
        return failed("new_hire_refused", rows, number=str(len(broken)))
    return proved("new_hire_accepted", rows, number=str(len(said)))


def _verdict(seen: Seen, concept_id: str) -> tuple[tuple[Message, ...], SyncError | None]:
    """What Loket would say to a conversion, or why it said nothing: the concept is deleted in both cases."""
    try:
        return seen.client.validate_concept(concept_id), None
    except SyncError as error:
        return (), error


def _sweep(seen: Seen, name: str) -> bool:
    """Whether nothing of this name is left, after a POST whose answer was lost."""
    try:
        made = [
            str(concept["id"])
            for concept in seen.client.iter_concepts(seen.employer_id)
            if concept["uniqueName"] == name
        ]
    except SyncError:
        return False
    return all(_delete(seen, concept_id) for concept_id in made)


def _delete(seen: Seen, concept_id: str) -> bool:
    """Whether it is gone; asked for twice, for the first answer may have been lost."""
    for _try in range(2):
        try:
            seen.client.delete_concept(concept_id)
        except RecordRejected as error:
            if error.status == 404:
                return True
        except SyncError:
            continue
        else:
            return True
    return False


def _body(seen: Seen, own: Connection) -> Raw:
    """Loket's own defaults, with an invented person, "Algemeen" three times and today as the first day."""
    administration = str(own.administration_id)
    lists = seen.client.concept_metadata(administration, seen.employer_id)
    body = deepcopy(seen.client.concept_defaults(administration, seen.employer_id))
    body["uniqueName"] = f"Proef {uuid.uuid4().hex[:12]}"
    person = _part(body, "employeeData", "personalDetails")
    person.update(PERSON, gender=person.get("gender") or _first(lists, "gender"))
    _part(body, "employeeData", "address").update(HOME)
    _part(body, "employmentData").update(payrollAdministration={"id": administration}, startDate=seen.today.isoformat())
    items = {"function": seen.functions, "department": seen.departments, "distributionUnit": seen.distribution_units}
    for name, found in items.items():
        key = next((item.key for item in found if item.description == NAME), None)
        _part(body, "organizationalEntityData")[name] = {"key": key} if key else None
    return body


def _part(body: Raw, *way: str) -> Raw:
    """The object at this way, made where Loket has none."""
    for name in way:
        if not isinstance(body.get(name), dict):
            body[name] = {}
        body = body[name]
    return body


def _first(lists: Mapping[str, tuple[Option, ...]], name: str) -> dict[str, Any] | None:
    options = lists.get(name)
    return {"key": options[0].key} if options else None


def _rows(messages: Iterable[Message]) -> list[Row]:
    """What Loket says about the invented person, beside the fields it is about."""
    return [
        {
            "name": ", ".join(message.properties),
            "text": redact_text(message.description)[:LONGEST],
            "state": "warning" if message.is_warning else "broken",
        }
        for message in messages
    ]
