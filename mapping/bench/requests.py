"""Attributes that the customer is asked to make in Personio: asked, taken back, and seen there (rule 23, CREATE).

Whether one is there is seen by every look at Personio (`mapping.attributes.note_asked`), so "verify" is a look.
"""

import unicodedata
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from loket_portal.lib.text import one_line, storable
from mapping import attributes
from mapping.attributes.asked import TYPES, open_requests
from mapping.bench.refusals import NotPossible, Refusal
from mapping.catalogue import LOKET_FIELDS, SCOPE_FIELDS, TARGETS, FieldType
from mapping.models import AttributeRequest, Section
from mapping.rules import option_key
from mapping.services.rights import require_support
from onboarding.models import Company, User
from onboarding.services import locks, personio

__all__ = ["TYPES", "ask", "type_for", "withdraw"]

LONGEST = 200
TYPE_FOR = {FieldType.DATE: "date", FieldType.DECIMAL: "decimal", FieldType.OPTION: "list", FieldType.BOOLEAN: "list"}
"""What kind of attribute fits a field. Numbers are asked as text: a number loses the zeros in front (rule 25)."""


def type_for(target: str) -> str:
    """The type to ask for, unless support chooses another one."""
    if target in SCOPE_FIELDS:
        return "list"
    return TYPE_FOR.get(LOKET_FIELDS[target].type, "standard")


@transaction.atomic
def ask(
    company: Company, user: User | None, target: str, label: str, kind: str, options: Sequence[str] = ()
) -> AttributeRequest:
    """Asks the company for an attribute of this very name and kind, and for a list with exactly these options.

    What was asked for this target before is taken back. `done_at` is set at once where Personio shows such an attribute
    already: the open draft reads it then. Raises NotAllowed for anybody but support, and NotPossible with the reason.
    """
    require_support(user)
    name, texts = _checked(company, target, label, kind, options)
    locks.company(company.pk)
    open_requests(company).filter(target=target).update(withdrawn_at=timezone.now())
    request = AttributeRequest.objects.create(
        company=company,
        target=target,
        section=Section.objects.filter(company=company, is_loket=True).first(),
        label=name,
        type=kind,
        options=texts,
        asked_by=user,
    )
    attributes.note_asked(company)
    request.refresh_from_db()
    return request


@transaction.atomic
def withdraw(request: AttributeRequest, user: User | None) -> bool:
    """Takes a request back; tells whether it was open still. Raises NotAllowed for anybody but support."""
    require_support(user)
    locks.company(request.company_id)
    count = open_requests(request.company).filter(pk=request.pk).update(withdrawn_at=timezone.now())
    attributes.note_asked(request.company)
    return count == 1


def _checked(company: Company, target: str, label: str, kind: str, options: Sequence[str]) -> tuple[str, list[str]]:
    """Name and options as they are kept, or NotPossible."""
    if personio.account_of(company) is None:
        raise NotPossible(Refusal.NO_PERSONIO)
    if target not in TARGETS:
        raise NotPossible(Refusal.TARGET_UNKNOWN, {"target": target})
    name = str(storable(one_line(label)))
    if not name or len(name) > LONGEST:
        raise NotPossible(Refusal.REQUEST_NAME, {"limit": str(LONGEST)})
    if kind not in TYPES:
        raise NotPossible(Refusal.REQUEST_TYPE, {"type": kind})
    texts = _options(options) if kind == "list" else []
    if kind == "list" and not texts:
        raise NotPossible(Refusal.REQUEST_OPTIONS)
    return name, texts


def _options(options: Sequence[str]) -> list[str]:
    """Each once, in the order given: the customer types them over."""
    found: dict[str, str] = {}
    for option in options:
        text = str(storable(one_line(unicodedata.normalize("NFC", option))))
        if text:
            found.setdefault(option_key(text), text)
    return list(found.values())
