"""What the Personio pages of a company show, read from the database at once: no page waits for Personio."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from mapping import definitions, services
from mapping.attributes import OWN_LABELS
from mapping.catalogue import PLACE, SUBCOMPANY
from mapping.models import FieldRule, HRAttribute, MappingSet
from mapping.portal.rights import administrators
from mapping.rules import PORTAL
from onboarding.models import Company, Issue, LegalEntity, PersonioAccount, PersonioEvent, User
from onboarding.services import access, issues, personio, personio_entities
from onboarding.services.company_picture import company_of
from onboarding.services.personio import PersonioRefused, Refusal
from onboarding.services.personio_entities import Offer

SOURCE = Issue.Source.PERSONIO


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute as Personio described it; `fills` are the targets of the mapping in force that take it.

    `is_gone`: the last look at Personio no longer found it.
    """

    key: str
    label: str
    type: str
    options: tuple[str, ...]
    fills: tuple[str, ...]
    is_gone: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is read of a person for one target; `labels` are what its attribute may be called in Personio, the best first."""

    target: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Desk:
    """One company and Personio. Without an account only the first four say something.

    `wanted` is what a mapping reads, the one in force, else the default one; and what is always needed.
    """

    company: Company
    may_act: bool
    administrators: tuple[str, ...]
    wanted: tuple[Wanted, ...]
    account: PersonioAccount | None = None
    issues: tuple[Issue, ...] = ()
    offers: tuple[Offer, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    mapping: MappingSet | None = None
    last_event: PersonioEvent | None = None

    @property
    def bound(self) -> list[LegalEntity]:
        """The legal entities whose people come from Personio."""
        return [offer.entity for offer in self.offers if offer.entity is not None and offer.entity.reads_personio]

    def reader(self, personio_id: str) -> LegalEntity:
        """The legal entity that reads this one of Personio; raises PersonioRefused when none does (any more)."""
        found = next((entity for entity in self.bound if entity.personio_id == personio_id), None)
        if found is None:
            raise PersonioRefused(Refusal.ENTITY_GONE)
        return found


def desk(user: User, company_pk: int) -> Desk | None:
    """The company's desk; None for a company that the user is no member of, as for one that doesn't exist."""
    company = company_of(user, company_pk)
    if company is None:
        return None
    account = personio.account_of(company)
    mapping = services.published(company, SOURCE)
    found = Desk(company, access.may_administer(user, company), administrators(company), _wanted(company, mapping))
    if account is None:
        return found
    return replace(
        found,
        account=account,
        issues=tuple(issues.open_of(company)),
        offers=tuple(personio_entities.offers(company)),
        attributes=_attributes(company, mapping),
        mapping=mapping,
        last_event=account.events.order_by("received_at").last(),
    )


def _wanted(company: Company, mapping: MappingSet | None) -> tuple[Wanted, ...]:
    """What is read of a person, in the order of the mapping: whoever allows just this has a sync."""
    if mapping is None:
        rows = [(rule["target"], rule.get("source")) for rule in definitions.default_document()["rules"]]
        found = [Wanted(target, tuple(_labels(source))) for target, source in rows if source]
    else:
        called = OWN_LABELS | definitions.names_of(company)
        read = mapping.rules.exclude(source="").exclude(source__startswith=PORTAL).values_list("target", "source")
        found = [Wanted(target, (called[source],) if source in called else ()) for target, source in read]
    return (Wanted(PLACE.key, (OWN_LABELS[SUBCOMPANY],)), *dict.fromkeys(found))


def _labels(source: Any) -> Iterator[str]:
    """What a rule of the default mapping looks for: attributes by label, and Personio's own by what they are called."""
    for wish in source if isinstance(source, list) else [source]:
        if isinstance(wish, str):
            yield from [OWN_LABELS[wish]] if wish in OWN_LABELS else []
        else:
            yield from wish.get("labels", ())


def _attributes(company: Company, mapping: MappingSet | None) -> tuple[Attribute, ...]:
    """Those that fill something come first, the others by label."""
    fills = defaultdict(list, {SUBCOMPANY: [PLACE.key]})
    for rule in FieldRule.objects.filter(mapping_set=mapping).exclude(source="") if mapping else ():
        fills[rule.source].append(rule.target)
    found = [_attribute(row, fills[row.key]) for row in HRAttribute.objects.filter(company=company, source=SOURCE)]
    return tuple(sorted(found, key=lambda row: (not row.fills, row.label.casefold(), row.key)))


def _attribute(row: HRAttribute, fills: list[str]) -> Attribute:
    return Attribute(row.key, row.label, row.type, tuple(row.options), tuple(fills), is_gone=not row.is_there)
