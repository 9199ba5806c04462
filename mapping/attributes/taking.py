"""The attributes of Personio as they are defined now, kept with what they were before."""

import unicodedata
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from loket_portal.lib.text import one_line, storable
from loket_portal.personio.client import Definition
from mapping import drift
from mapping.attributes.known import of_company
from mapping.attributes.reporting import report
from mapping.models import HRAttribute
from mapping.services import Source
from onboarding.models import Company, Issue
from onboarding.services import issues, locks

UNREADABLE = Issue.Kind.ATTRIBUTES_UNREADABLE
LONGEST = {"key": 80, "label": 200, "type": 20, "universal_id": 80}  # what a row has room for


@transaction.atomic
def take(company: Company, definitions: Iterable[Definition]) -> None:
    """Stores the attributes as they are defined now, and makes the issues about them exactly what is wrong with them.

    What the customer was asked to make and has made is read by the open draft from now on.
    """
    locks.company(company.pk)
    _store(company, definitions, timezone.now())
    issues.report(company, Source.PERSONIO, [UNREADABLE], [])
    report(company)


def _store(company: Company, definitions: Iterable[Definition], now: datetime) -> None:
    former = {row.key: row for row in of_company(company)}
    rows: dict[str, HRAttribute] = {}
    for definition in definitions:
        # Twice in one answer is one attribute, as it was defined first. A key that has no room is no key of Personio.
        if definition.key not in rows and 0 < len(definition.key) <= LONGEST["key"]:
            rows[definition.key] = _row(company, definition, former.get(definition.key), now)
    changing = [*LONGEST, "options", "renamed", "seen_at", "gone_at"]
    changing.remove("key")
    HRAttribute.objects.bulk_create(
        rows.values(), update_conflicts=True, unique_fields=["company", "source", "key"], update_fields=changing
    )
    of_company(company).filter(gone_at__isnull=True).exclude(key__in=rows).update(gone_at=now)


def _row(company: Company, definition: Definition, former: HRAttribute | None, now: datetime) -> HRAttribute:
    fields = {name: (getattr(definition, name) or "")[:longest] for name, longest in LONGEST.items()}
    fields["label"] = one_line(definition.label)[: LONGEST["label"]]
    options = [unicodedata.normalize("NFC", option) for option in definition.options]
    stored: dict[str, Any] = storable({**fields, "options": options})
    renamed = drift.renamed_options(former.options, stored["options"], former.renamed) if former else {}
    return HRAttribute(
        company=company, source=Source.PERSONIO, renamed=renamed, first_seen_at=now, seen_at=now, **stored
    )
