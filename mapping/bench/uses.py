"""What still uses an attribute: what support is warned of before another one takes its place (rule 24)."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q

from mapping.models import FieldRule, HRAttribute, MappingSet
from mapping.rules import PORTAL
from onboarding.models import Company


class UseKind(StrEnum):
    """Where an attribute is still used. Of the last two nobody here can look: they are in Personio."""

    TARGET = "target"  # another field of the same mapping
    ENTITY = "entity"  # what counts for one legal entity in place of the company's rule
    OTHER_SET = "other_set"  # the mapping of the other source reads it too
    DUPLICATE = "duplicate"  # a copy was made of it here
    ALLOW_LIST = "allow_list"  # what other integrations may read in Personio
    REPORTS = "reports"  # reports in Personio, and what other integrations do with it


OUTSIDE = (UseKind.ALLOW_LIST, UseKind.REPORTS)


@dataclass(frozen=True, slots=True)
class Use:
    """One thing that uses the attribute. `target`, `entity` and `mapping_set` say which, where there is one.

    `name`: what a copy is called. `is_known`: the portal sees it; of the others only the customer can tell.
    """

    kind: UseKind
    target: str = ""
    entity: str = ""
    mapping_set: str = ""
    name: str = ""

    @property
    def is_known(self) -> bool:
        return self.kind not in OUTSIDE


def uses_of(company: Company, attribute_key: str, source: str = "", besides: str = "") -> list[Use]:
    """What of this company still uses an attribute: first what the portal knows, then what only the customer can tell.

    `source`: the mapping that support works on, which tells a column of a roster from an attribute of that key.
    `besides`: the company's rule for this target, which is being changed, is no use. Words: `mapping.wording.use`.
    """
    found = [*_rules(company, attribute_key, source, besides), *_copies(company, attribute_key, source)]
    return [*found, *map(Use, OUTSIDE)] if _is_of_personio(company, attribute_key, source) else found


def _rules(company: Company, key: str, source: str, besides: str) -> Iterator[Use]:
    """Of a source with an open draft the draft's rules: the version in force is what it takes the place of."""
    drafts = MappingSet.objects.filter(company=company, state=MappingSet.State.DRAFT)
    rows = FieldRule.objects.filter(mapping_set__company=company, source=key).filter(
        Q(mapping_set__state=MappingSet.State.DRAFT)
        | Q(mapping_set__state=MappingSet.State.PUBLISHED) & ~Q(mapping_set__source__in=drafts.values("source"))
    )
    for row in rows.select_related("mapping_set", "entity").order_by("entity__name", "position", "pk"):
        is_elsewhere = bool(source) and row.mapping_set.source != source
        if is_elsewhere and not key.startswith(PORTAL):
            continue  # a column of a roster may be called like an attribute of Personio; the portal's any mapping reads
        if is_elsewhere or row.entity_id or row.target != besides:
            yield Use(_kind(row, is_elsewhere), row.target, str(row.entity or ""), str(row.mapping_set))


def _kind(row: FieldRule, is_elsewhere: bool) -> UseKind:
    if is_elsewhere:
        return UseKind.OTHER_SET
    return UseKind.ENTITY if row.entity_id else UseKind.TARGET


def _copies(company: Company, key: str, source: str) -> Iterator[Use]:
    rows = HRAttribute.objects.filter(company=company, duplicate_of__key=key, gone_at__isnull=True)
    rows = rows.filter(duplicate_of__source__in=[source, HRAttribute.Source.PORTAL]) if source else rows
    for copy in rows.order_by("label", "key"):
        yield Use(UseKind.DUPLICATE, name=copy.label)


def _is_of_personio(company: Company, key: str, source: str) -> bool:
    """An attribute of the portal or a column of a roster stands in no report of Personio."""
    rows = HRAttribute.objects.filter(company=company, key=key, source=HRAttribute.Source.PERSONIO)
    return source in ("", HRAttribute.Source.PERSONIO) and rows.exists()
