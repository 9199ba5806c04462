"""A copy of an attribute with Loket's options, and what becomes of the data of the one it was made from (rule 25).

The mapping that reads the copy can't be published while that is open: either the old values are carried over by an
option map, with counts and a way back, or the copy stays empty on purpose.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from loket_portal.lib.redact import HIDDEN, redact_text
from loket_portal.lib.text import one_line
from mapping import services
from mapping.catalogue import LOKET_FIELDS, FieldType, described
from mapping.models import HRAttribute, MappingSet, PersonValue, ValueImport
from mapping.portal import attributes, canonical, sections, values
from mapping.portal.refusals import PortalRefused, Refusal
from mapping.portal.rights import record, require_support
from mapping.rules import option_key
from mapping.services.lists import value_lists
from onboarding.models import AuditEvent, Company, LegalEntity, User
from onboarding.services import locks
from onboarding.services.access import NotAllowed

Migration = HRAttribute.Migration


class Person(NamedTuple):
    """Somebody whose data is carried over; `old` is what the old attribute says."""

    entity: LegalEntity
    key: str
    name: str
    old: str | None
    who: values.Who = values.ANYBODY


Reject = dict[str, str]
"""`person`, `name`, `value` and `why` (a code of Refusal), of a file its `row` too: for who puts it right."""


class Line(NamedTuple):
    """What one row says of somebody: the value or why it is none, and what a reject would tell.

    `person` is the same in all lines about one person; "" is nobody, which says nothing against another line.
    """

    person: str
    entry: values.Entry | Refusal
    told: Reject


@dataclass(frozen=True, slots=True)
class Plan:
    """What carrying over would do: the entries to store, who has no value, and who is rejected with why."""

    total: int
    entries: tuple[values.Entry, ...] = field(repr=False)
    empty: int
    rejects: tuple[Reject, ...] = field(repr=False)


def options_of(company: Company, target: str) -> tuple[str, ...]:
    """The texts of Loket's list for a target, of all administrations that the company's sign-ins have shown."""
    found: dict[str, str] = {}
    for option in value_lists(company).get(LOKET_FIELDS[target].options, ()):
        if text := option.value.strip():
            found.setdefault(option_key(text), text)
    return tuple(found.values())


@transaction.atomic
def duplicate(company: Company, user: User | None, original: HRAttribute | str, target: str) -> HRAttribute:
    """A copy for a target, such as "Gender (Loket)", in the section "Loket", with Loket's own options.

    `original` is an attribute, or the name of a roster's column. The same copy again is the one there is. What becomes
    of the old data is open from now on. Raises NotAllowed, and PortalRefused without Loket's list, and for a BSN or an
    IBAN that would become a field which isn't masked.
    """
    require_support(user)
    locks.company(company.pk)
    _refuse_plain(company, original, target)
    known = original if isinstance(original, HRAttribute) else None
    label = _free_label(company, known.label if known else described(target).label)
    if found := _copy(company, known, label.taken):
        return found
    loket_field = LOKET_FIELDS[target]
    options = options_of(company, target) if loket_field.type is FieldType.OPTION else ()
    if loket_field.type is FieldType.OPTION and not options:
        raise PortalRefused(Refusal.NO_VALUE_LIST, field=loket_field.label)
    return attributes.make(
        sections.loket(company),
        user,
        label.free,
        attributes.type_for(loket_field),
        options,
        duplicate_of=known,
        migration=Migration.OPEN,
    )


def _refuse_plain(company: Company, original: HRAttribute | str, target: str) -> None:
    """A BSN or an IBAN is copied for a target of that kind only: any other shows its values."""
    key, label = (original.key, original.label) if isinstance(original, HRAttribute) else (original, original)
    if not LOKET_FIELDS[target].sensitive and key in attributes.sensitive_keys(company):
        raise PortalRefused(Refusal.SENSITIVE_COPY, attribute=label, field=LOKET_FIELDS[target].label)


def _copy(company: Company, original: HRAttribute | None, label: str) -> HRAttribute | None:
    """The copy that was made before; of a column, which is no row of ours, only one that no mapping reads any more."""
    rows = attributes.of_company(company).filter(label=label, duplicate_of=original).exclude(migration="")
    return next((row for row in rows if original is not None or not attributes.readers(row)), None)


@dataclass(frozen=True, slots=True)
class _Label:
    """The name a copy gets: `taken` is the first choice, `free` the one that nobody has."""

    taken: str
    free: str


def _free_label(company: Company, label: str) -> _Label:
    first = f"{label[: attributes.LONGEST_LABEL - 12]} (Loket)"
    held = {option_key(text) for text in attributes.of_company(company).values_list("label", flat=True)}
    free, number = first, 1
    while option_key(free) in held:
        number += 1
        free = f"{first} {number}"
    return _Label(first, free)


def plan(attribute: HRAttribute, people: Iterable[Person], option_map: Mapping[str, str]) -> Plan:
    """What carrying these people over by the option map would do. Nothing is stored.

    A value without an entry counts where it is an option already; anything else is a reject, never a guess.
    """
    wanted = {option_key(old): new.strip() for old, new in option_map.items() if new.strip()}
    lines: list[Line] = []
    total = empty = 0
    for person in people:
        total += 1
        if not (person.old or "").strip():
            empty += 1
            continue
        told = {"person": person.key, "name": person.name, "value": str(person.old)}
        is_mask = str(person.old).startswith(HIDDEN)  # it says nothing else than the number that it hides
        whose = "" if is_mask else values.person_hash(person.entity, person.key)
        lines.append(Line(whose, _entry(attribute, person, wanted), told))
    return plan_of(total, empty, lines)


def plan_of(total: int, empty: int, lines: Sequence[Line]) -> Plan:
    """The plan that these lines make: of whom they say two different things, none of it is stored."""
    said: dict[str, set[tuple[bool, str | None]]] = defaultdict(set)
    for line in lines:
        is_refused = isinstance(line.entry, Refusal)
        said[line.person].add((is_refused, line.told["value"] if is_refused else line.entry.value))
    entries: dict[str, values.Entry] = {}
    rejects: list[Reject] = []
    for line in lines:
        if isinstance(line.entry, Refusal):
            rejects.append({**line.told, "why": line.entry.value})
        elif len(said[line.person]) > 1:
            rejects.append({**line.told, "why": Refusal.PERSON_TWICE.value})
        else:
            entries[line.person] = line.entry
    return Plan(total, tuple(entries.values()), empty, tuple(rejects))


def _entry(attribute: HRAttribute, person: Person, option_map: Mapping[str, str]) -> values.Entry | Refusal:
    old = str(person.old)
    if not values.is_known(person.key):
        return Refusal.NO_NUMBER
    if old.startswith(HIDDEN):  # Loket has confirmed it, so only its mask is left: that is nobody's value
        return Refusal.BAD_TEXT
    try:
        value = canonical.canonical(attribute, option_map.get(option_key(old), old))
    except PortalRefused as refused:
        return Refusal.NO_ENTRY if refused.refusal is Refusal.NOT_AN_OPTION else refused.refusal
    marked = values.mark(person.entity, person.key, person.who)
    return values.Entry(person.entity, person.key, value, marked)


@transaction.atomic
def carry(
    attribute: HRAttribute,
    user: User | None,
    people: Iterable[Person],
    option_map: Mapping[str, str],
    effective_on: date | None = None,
) -> ValueImport:
    """Carries old values over into a copy, from a day on (None: from the beginning), and closes what was open.

    Counts and rejects are in the import that it gives; `undo` takes it back. Raises NotAllowed and PortalRefused.
    """
    require_support(user)
    locks.company(attribute.company_id)
    _require_duplicate(attribute)
    keep_option_map(attribute, user, option_map)
    found = plan(attribute, people, option_map)
    made = store(attribute, user, found, effective_on, ValueImport.Kind.CARRIED)
    _close(attribute, user, Migration.CARRIED)
    return made


def store(
    attribute: HRAttribute, user: User | None, found: Plan, effective_on: date | None, kind: ValueImport.Kind
) -> ValueImport:
    """Stores a plan and writes down what came of it."""
    day = effective_on or PersonValue.ALWAYS
    former = values.store(attribute, day, found.entries, user)
    made = ValueImport.objects.create(
        attribute=attribute,
        kind=kind,
        by=user,
        effective_on=day,
        total=found.total,
        stored=len(found.entries),
        empty=found.empty,
        rejected=len(found.rejects),
        rejects=list(found.rejects),
        former=former,
    )
    counts = f"{made.stored} stored, {made.empty} empty, {made.rejected} rejected"
    record(AuditEvent.Action.VALUES_IMPORTED, attribute.company, user, f"{attribute.label}: {counts}")
    return made


def keep_option_map(attribute: HRAttribute, user: User | None, option_map: Mapping[str, str]) -> None:
    """Keeps what each old value becomes, as support has typed it so far."""
    require_support(user)
    attribute.carry_map = {one_line(old): new.strip() for old, new in option_map.items() if new.strip()}
    attribute.save(update_fields=["carry_map"])


@transaction.atomic
def leave_empty(attribute: HRAttribute, user: User | None, reason: str) -> None:
    """Says that the old data isn't wanted, and why: the copy begins empty. Raises NotAllowed and PortalRefused."""
    require_support(user)
    locks.company(attribute.company_id)
    _require_duplicate(attribute)
    reason = one_line(reason)
    if not reason:
        raise PortalRefused(Refusal.NO_REASON)
    _close(attribute, user, Migration.EMPTY)
    told = f"empty:{attribute.label}: {redact_text(reason)}"
    record(attributes.CHANGED, attribute.company, user, told)


@transaction.atomic
def undo(made: ValueImport, user: User | None) -> int:
    """Takes an import back and gives how many values it restored; what somebody changed since stays.

    What becomes of the data of a copy is open again, unless another import still stands. Raises NotAllowed, and
    PortalRefused where it was taken back already, where what was before is no longer kept, and where it would be open
    while the mapping in force reads the copy.
    """
    attribute = made.attribute
    _require_undo(made, user)
    locks.company(attribute.company_id)
    now = timezone.now()
    if not ValueImport.objects.filter(pk=made.pk, undone_at=None).update(undone_at=now, undone_by=user):
        raise PortalRefused(Refusal.UNDONE)
    made.undone_at, made.undone_by = now, user
    opens = made.kind == ValueImport.Kind.CARRIED and attribute.migration == Migration.CARRIED
    opens = opens and not _stands(attribute)
    if opens:
        _refuse_in_force(attribute)
    restored = values.restore(attribute, made.effective_on, made.former, user)
    if opens:
        attribute.migration, attribute.migrated_at, attribute.migrated_by = Migration.OPEN, None, None
        attribute.save(update_fields=["migration", "migrated_at", "migrated_by"])
        services.write_readiness(attribute.company)
    record(AuditEvent.Action.VALUES_UNDONE, attribute.company, user, f"{attribute.label}: {restored}")
    return restored


def _require_undo(made: ValueImport, user: User | None) -> None:
    if made.kind == ValueImport.Kind.CARRIED:
        require_support(user)
    elif made.attribute.section is None or not sections.may_edit(user, made.attribute.section):
        raise NotAllowed
    if made.purged_at and not made.undone_at:
        raise PortalRefused(Refusal.PURGED)


def _refuse_in_force(attribute: HRAttribute) -> None:
    """A legal entity that is enabled would read what nobody has decided about (rule 25)."""
    found = [row for row in attributes.readers(attribute) if row.state == MappingSet.State.PUBLISHED]
    if found:
        raise PortalRefused(Refusal.STILL_READ, attribute=attribute.label, sets=", ".join(map(str, found)))


def _stands(attribute: HRAttribute) -> bool:
    return attribute.imports.filter(kind=ValueImport.Kind.CARRIED, undone_at=None).exists()


def _require_duplicate(attribute: HRAttribute) -> None:
    if not attribute.migration:
        raise PortalRefused(Refusal.NOT_A_DUPLICATE)


def _close(attribute: HRAttribute, user: User | None, migration: Migration) -> None:
    attribute.migration, attribute.migrated_at, attribute.migrated_by = migration, timezone.now(), user
    attribute.save(update_fields=["migration", "migrated_at", "migrated_by"])
    services.write_readiness(attribute.company)
