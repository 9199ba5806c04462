"""What a company's Personio defines, as it was looked at last, and what that means for the mapping (rule 24).

What no longer fits is an issue before the next sync. It goes by itself once it is mended: in Personio, which the next
look sees, or by publishing the mapping anew.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from loket_portal.lib.text import one_line, storable
from loket_portal.personio.client import Definition
from mapping import drift, rules, services
from mapping.catalogue import LOKET_FIELDS, FieldType
from mapping.models import HRAttribute
from mapping.renewal import Renewal, renew
from mapping.resolve import resolve
from mapping.services import Source
from onboarding.models import Company, Issue, ValueList
from onboarding.services import issues, locks
from onboarding.services.issues import Found

DEFAULTS = Path(__file__).parent / "defaults"
UNREADABLE = Issue.Kind.ATTRIBUTES_UNREADABLE
LONGEST = {"key": 80, "label": 200, "type": 20, "universal_id": 80}  # what a row has room for


@cache
def default_document() -> Mapping[str, Any]:
    """The default mapping of a Personio account, its attributes by name (defaults/personio.yaml). Not to be changed."""
    document = _read("personio")
    words = {rule["target"]: rule.get("options") or {} for rule in _read(document.pop("options_of"))["rules"]}
    for rule in document["rules"]:
        if "options" in rule and words.get(rule["target"]):
            rule["options"] = words[rule["target"]] | rule["options"]
    return document


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEFAULTS / f"{name}.yaml").read_text(encoding="utf-8"))
    return found


@transaction.atomic
def take(company: Company, definitions: Iterable[Definition]) -> None:
    """Stores the attributes as they are defined now, and makes the issues about them exactly what is wrong with them."""
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


def report(company: Company) -> None:
    """Compares what the mapping in force reads (or would read, were the default one published) with what is there."""
    former, attributes = _in_force(company), list(of_company(company))
    renewed = _renewed(former, attributes)
    resolved = renewed.resolved
    mapping = former or rules.from_dict(resolved.document)
    found = drift.of_account(attributes) + drift.of_mapping(mapping, attributes, _value_lists(company))
    if mapping.name == resolved.document["name"]:  # a mapping of support's own leaves out what it likes
        found += drift.beside(mapping, resolved, attributes, renewed.better)
    rows = [Found(one.kind, one.subject, one.params, one.is_blocking) for one in found]
    issues.report(company, Source.PERSONIO, drift.KINDS, rows)


def renewal(company: Company) -> Renewal:
    """What publishing the default mapping would make of the mapping in force, with the attributes as they are known."""
    return _renewed(_in_force(company), list(of_company(company)))


def _in_force(company: Company) -> rules.MappingSet | None:
    current = services.published(company, Source.PERSONIO)
    return services.frozen_rules(current) if current else None


def _renewed(former: rules.MappingSet | None, attributes: list[HRAttribute]) -> Renewal:
    return renew(resolve(default_document(), [row for row in attributes if row.is_there]), former, attributes)


def of_company(company: Company) -> QuerySet[HRAttribute]:
    """The attributes that were ever seen; `is_there` tells those that still are."""
    return HRAttribute.objects.filter(company=company, source=Source.PERSONIO)


def names_of(company: Company) -> dict[str, str]:
    """What the company calls its attributes, by key; also those that are gone."""
    return dict(of_company(company).values_list("key", "label"))


def _value_lists(company: Company) -> rules.ValueLists:
    """Loket's lists as the company's sign-ins have shown them, of all administrations together."""
    names = {field.options for field in LOKET_FIELDS.values() if field.type is FieldType.OPTION}
    rows = ValueList.objects.filter(login__company=company, login__environment=settings.LOKET_ENV, name__in=names)
    found: dict[str, dict[tuple[str, str | None], rules.Option]] = {}
    for row in rows:
        for option in row.options:
            known = found.setdefault(row.name, {})
            text, iso_code = str(option.get("value", "")), option.get("iso_code")
            known.setdefault((text, iso_code), rules.Option(option.get("key", ""), text, iso_code))
    return {name: tuple(options.values()) for name, options in found.items()}
