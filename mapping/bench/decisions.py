"""The three decisions of rule 23 as single steps of a draft: connect what matches, duplicate what differs, create a missing one."""

from dataclasses import dataclass, replace

from django.db import transaction

from mapping.bench import drafts, meanwhile, requests
from mapping.bench.desk import Desk, Row
from mapping.bench.opening import opened
from mapping.bench.refusals import NotPossible, Refusal
from mapping.catalogue import LoketField
from mapping.models import AttributeRequest, HRAttribute, MappingSet
from mapping.portal import attributes, carrying, sections
from mapping.rules import Decision, Rule
from onboarding.models import User


@dataclass(frozen=True, slots=True)
class Wish:
    """A new attribute: what it is called, its type, its options if it is a list, and the section it shall stand in."""

    label: str
    type: str
    options: tuple[str, ...] = ()
    section_pk: int | None = None


def connect(desk: Desk, row: Row, user: User, rule: Rule) -> None:
    """Stores a rule as support wants it. Another attribute than before is a connection: the old id stays beside it (rule 24)."""
    former = row.rule
    if former is not None and rule.source == former.source:
        rule = replace(rule, decision=former.decision, former_source=former.former_source)
    elif rule.source is not None:
        rule = replace(rule, decision=Decision.CONNECT, former_source=former.source if former else None)
    _store(desk, row, user, rule)


def take(desk: Desk, row: Row, user: User, key: str) -> None:
    """Connects another attribute; everything else that was said of the target stays."""
    connect(desk, row, user, replace(row.rule or Rule(row.target, None), source=key))


def remove(desk: Desk, row: Row, user: User) -> None:
    """Nothing fills the target any more; for a legal entity: the company's rule counts for it again."""
    _store(desk, row, user, None)


def leave_out(desk: Desk, row: Row, user: User) -> None:
    """The legal entity doesn't fill this target, whatever the company's rule says."""
    _store(desk, row, user, Rule(row.target, None))


@transaction.atomic
def duplicate(desk: Desk, row: Row, user: User, key: str) -> HRAttribute:
    """A copy of an attribute, with Loket's own options, in the section "Loket"; the draft reads it from now on (rule 25).

    What becomes of the old data is still to be decided: the draft isn't published before.
    """
    _draft(desk)
    original = desk.attributes.get(key)
    if original is None:
        raise NotPossible(Refusal.ATTRIBUTE_UNKNOWN, {"attribute": key})
    stored = HRAttribute.objects.filter(pk=original.pk).first() if original.pk else None
    made = carrying.duplicate(desk.company, user, stored or original.key, row.target)
    rule = replace(row.rule or Rule(row.target, None), source=made.key, former_source=key)
    # What was done to the old values would be done to Loket's own texts now.
    rule = replace(rule, decision=Decision.DUPLICATE, option_map={}, converter="auto", argument="")
    _store(desk, row, user, rule)
    return made


@transaction.atomic
def create(desk: Desk, row: Row, user: User, wish: Wish) -> HRAttribute:
    """A new attribute that the portal keeps itself, in the section "Loket" or another; the draft reads it (rule 23)."""
    _draft(desk)
    chosen = [one for one in sections.of_company(desk.company) if one.pk == wish.section_pk]
    section = chosen[0] if chosen else sections.loket(desk.company)
    made = attributes.make(section, user, wish.label, wish.type, wish.options)
    rule = row.rule or Rule(row.target, None)
    former = rule.source
    _store(desk, row, user, replace(rule, source=made.key, decision=Decision.CREATE, former_source=former))
    return made


def ask(desk: Desk, row: Row, user: User, wish: Wish) -> AttributeRequest:
    """Asks the customer to make the attribute in Personio; the draft reads it as soon as it is seen there."""
    _draft(desk)
    return requests.ask(desk.company, user, row.target, wish.label, wish.type, wish.options)


def withdraw(row: Row, user: User) -> None:
    """The customer is no longer asked."""
    if row.request is not None:
        requests.withdraw(row.request, user)


def wish_for(row: Row, texts: tuple[str, ...]) -> Wish:
    """What a missing attribute is best called, and its type; `texts` are Loket's options where the target has a list."""
    field = row.field
    if not isinstance(field, LoketField):
        return Wish(field.label, attributes.AttributeType.LIST, field.values)
    return Wish(field.label, attributes.type_for(field), texts)


def _draft(desk: Desk) -> MappingSet:
    if desk.draft is None:
        raise NotPossible(Refusal.NOT_A_DRAFT)
    return desk.draft


@transaction.atomic
def _store(desk: Desk, row: Row, user: User, rule: Rule | None) -> None:
    draft = opened(_draft(desk), user)
    meanwhile.refuse_changed(draft, desk, row)
    drafts.change(draft, user, row.target, rule, desk.entity)
