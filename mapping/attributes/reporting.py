"""The issues about a company's mapping: what it reads (or would read, were the default one published), and what is there."""

from dataclasses import replace

from mapping import drift, rules, services
from mapping.attributes.asked import note_asked
from mapping.attributes.defaults import default_document
from mapping.attributes.known import of_company
from mapping.attributes.vanished import note_vanished
from mapping.models import FieldRule, HRAttribute, MappingSet
from mapping.renewal import Renewal, renew
from mapping.resolve import resolve
from mapping.services import Source
from mapping.services.lists import value_lists
from onboarding.models import Company
from onboarding.services import issues, personio
from onboarding.services.issues import Found


def report(company: Company) -> None:
    """Makes the issues about Personio's attributes exactly what is wrong with them now, and sees what was asked for."""
    former, attributes = _in_force(company), list(of_company(company))
    renewed = _renewed(former, attributes)
    resolved = renewed.resolved
    mapping = former or rules.from_dict(resolved.document)
    found = drift.of_account(attributes)
    found += drift.of_mapping(_with_own(company, mapping), _readable(company), value_lists(company))
    if mapping.name == resolved.document["name"]:  # a mapping of support's own leaves out what it likes
        found += drift.beside(mapping, resolved, attributes, renewed.better, is_own=_is_of_workbench(company))
    rows = [Found(one.kind, one.subject, one.params, one.is_blocking) for one in found]
    issues.report(company, Source.PERSONIO, drift.KINDS, rows)
    note_asked(company)


def after_publishing(company: Company) -> None:
    """What publishing has mended is no issue any more, and what it has brought is one: of Personio, and of Loket's lists."""
    if personio.account_of(company) is not None:
        report(company)
    note_vanished(company)


def _is_of_workbench(company: Company) -> bool:
    """Whether the version in force was begun as a draft of the workbench; the default mapping is published without one."""
    current = services.published(company, Source.PERSONIO)
    return current is not None and current.changes.filter(target="", after__has_key="begun").exists()


def _with_own(company: Company, mapping: rules.MappingSet) -> rules.MappingSet:
    """With what counts for single legal entities besides: their attributes must be there too."""
    rows = FieldRule.objects.filter(
        mapping_set__company=company, mapping_set__source=Source.PERSONIO, mapping_set__state=MappingSet.State.PUBLISHED
    )
    own = rows.filter(entity__isnull=False).select_related("option_map").prefetch_related("option_map__entries")
    return replace(mapping, rules=(*mapping.rules, *map(services.frozen_rule, own)))


def _readable(company: Company) -> list[HRAttribute]:
    """What a mapping of Personio may read: its attributes, also those that are gone, and the portal's own."""
    sources = (HRAttribute.Source.PERSONIO, HRAttribute.Source.PORTAL)
    return list(HRAttribute.objects.filter(company=company, source__in=sources))


def renewal(company: Company) -> Renewal:
    """What publishing the default mapping would make of the mapping in force, with the attributes as they are known."""
    return _renewed(_in_force(company), list(of_company(company)))


def _in_force(company: Company) -> rules.MappingSet | None:
    current = services.published(company, Source.PERSONIO)
    return services.frozen_rules(current) if current else None


def _renewed(former: rules.MappingSet | None, attributes: list[HRAttribute]) -> Renewal:
    return renew(resolve(default_document(), [row for row in attributes if row.is_there]), former, attributes)
