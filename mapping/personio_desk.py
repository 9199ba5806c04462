"""What the Personio pages of a company show, read from the database at once: no page waits for Personio."""

from collections import defaultdict
from dataclasses import dataclass, replace

from mapping import definitions, services
from mapping.catalogue import PLACE, SUBCOMPANY
from mapping.models import FieldRule, HRAttribute, MappingSet
from mapping.portal.rights import administrators
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
class Desk:
    """One company and Personio. Without an account only the first four say something.

    `wanted` are the targets that a mapping fills, of the one in force, else of the default one; and what is always needed.
    """

    company: Company
    may_act: bool
    administrators: tuple[str, ...]
    wanted: tuple[str, ...]
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
    found = Desk(company, access.may_administer(user, company), administrators(company), _targets(mapping))
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


def _targets(mapping: MappingSet | None) -> tuple[str, ...]:
    """What is read of a person, in the order of the mapping."""
    if mapping is not None:
        return (PLACE.key, *mapping.rules.exclude(source="").values_list("target", flat=True))
    return (PLACE.key, *(rule["target"] for rule in definitions.default_document()["rules"] if rule.get("source")))


def _attributes(company: Company, mapping: MappingSet | None) -> tuple[Attribute, ...]:
    """Those that fill something come first, the others by label."""
    fills = defaultdict(list, {SUBCOMPANY: [PLACE.key]})
    for rule in FieldRule.objects.filter(mapping_set=mapping).exclude(source="") if mapping else ():
        fills[rule.source].append(rule.target)
    found = [_attribute(row, fills[row.key]) for row in HRAttribute.objects.filter(company=company, source=SOURCE)]
    return tuple(sorted(found, key=lambda row: (not row.fills, row.label.casefold(), row.key)))


def _attribute(row: HRAttribute, fills: list[str]) -> Attribute:
    return Attribute(row.key, row.label, row.type, tuple(row.options), tuple(fills), is_gone=not row.is_there)
