"""What the portal's own attributes say of people, from a day on; every value is ciphertext (rule 27).

Somebody of Personio is one person in the whole company, somebody of a roster in the legal entity whose roster it is. A
row without an employee number is nobody: the next file has another person there. A number may be given to somebody else
later, so a value also keeps a mark of whom it was said; Personio gives no id twice.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.db.models import QuerySet

from loket_portal.lib import crypto
from mapping.models import HRAttribute, PersonValue
from mapping.portal import sections
from mapping.portal.canonical import canonical
from mapping.portal.refusals import PortalRefused, Refusal
from mapping.portal.rights import record
from mapping.rules import option_key
from onboarding.models import AuditEvent, Company, LegalEntity, User
from onboarding.services import locks
from onboarding.services.access import NotAllowed

PURPOSE = "person-value"
OF_PERSONIO, OF_A_ROW = "personio-", "row-"
"""How the keys of people begin whom Personio knows by an id, and of those whom nothing tells apart."""
CHUNK = 500

Known = Mapping[str, Mapping[str, Sequence[tuple[str | None, str]]]]
"""By `person_hash` and the key of the attribute: what was said of the person so far, the newest day last, each with its
mark of whom; None says that there is nothing."""


@dataclass(frozen=True, slots=True)
class Who:
    """Whom a record is about, as far as it says; `birth_date` is an ISO day."""

    birth_date: str = field(default="", repr=False)
    last_name: str = field(default="", repr=False)


ANYBODY = Who()


@dataclass(frozen=True, slots=True)
class Entry:
    """A value to store, canonical already; None says that there is none from that day on. `who` is a `mark`."""

    entity: LegalEntity
    key: str
    value: str | None = field(repr=False)
    who: str = ""


Former = dict[str, str | bool | None]
"""What a value was before, and what it became: `person`, `hash`, `had`, `was`, `now`, and of whom: `was_of`, `now_of`."""


def is_known(key: str) -> bool:
    """Whether the key names a person; a row of a file without an employee number doesn't."""
    return bool(key) and not key.startswith(OF_A_ROW)


def person_hash(entity: LegalEntity, key: str) -> str:
    """What stands for a person in the table of values; `key` is the one of the HRRecord."""
    return crypto.fingerprint(PURPOSE, _named(entity, key))


def person_hashes(entity: LegalEntity, key: str) -> list[str]:
    """The same under every key of this installation, newest first: a rotation forgets nobody."""
    return crypto.fingerprints(PURPOSE, _named(entity, key))


def _named(entity: LegalEntity, key: str) -> str:
    return f"company:{entity.company_id}:{key}" if key.startswith(OF_PERSONIO) else f"entity:{entity.pk}:{key}"


def mark(entity: LegalEntity, key: str, who: Who) -> str:
    """What tells whom a value was stored for from a later holder of the number; neither day nor name is in it."""
    told = [prints[0] if prints else "" for prints in _prints(entity, key, who)]
    return "|".join(told) if any(told) else ""


def is_said_of(marked: str, entity: LegalEntity, key: str, who: Who) -> bool:
    """Whether a value with this mark counts for the present holder of the number.

    The birth date decides, and the last name where one of the two records has none. What neither says tells nobody apart.
    """
    for stored, prints in zip(marked.split("|"), _prints(entity, key, who), strict=False):
        if stored and prints:
            return stored in prints
    return True


def _prints(entity: LegalEntity, key: str, who: Who) -> list[list[str]]:
    """Of the birth date and of the last name, under every key of this installation; none of what isn't known."""
    if key.startswith(OF_PERSONIO):
        return [[], []]
    facts = (("born", who.birth_date), ("name", option_key(who.last_name)))
    return [
        crypto.fingerprints(f"{PURPOSE}-{what}", f"{_named(entity, key)}:{text}") if text else []
        for what, text in facts
    ]


def on(
    company: Company, entity: LegalEntity, day: date, hashes: Collection[str] | None = None
) -> dict[str, dict[str, list[tuple[str | None, str]]]]:
    """What the portal's attributes say of the people of a company on a day, or only of those with these hashes.

    Who never had a value has no entry, so that Loket keeps its own. A value of a later day counts from that day on.
    """
    if entity.company_id != company.pk:
        raise ValueError("the legal entity belongs to another company")
    rows = PersonValue.objects.filter(attribute__company=company, effective_on__lte=day)
    if hashes is not None:
        rows = rows.filter(person_hash__in=hashes)
    found: dict[str, dict[str, list[tuple[str | None, str]]]] = defaultdict(dict)
    columns = ("person_hash", "attribute__key", "value", "who")
    for person, key, value, who in rows.order_by("effective_on").values_list(*columns).iterator(chunk_size=CHUNK):
        found[person].setdefault(key, []).append((value or None, who))
    return dict(found)


def of_person(known: Known, entity: LegalEntity, key: str, who: Who = ANYBODY) -> dict[str, str | None]:
    """What `on` has of one person, under whichever key of this installation it was stored.

    What was said of a former holder of the number is left out: Loket keeps its own.
    """
    found: dict[str, str | None] = {}
    for one in person_hashes(entity, key) if is_known(key) else ():
        said = {
            name: value  # a later day overwrites an earlier one
            for name, rows in known.get(one, {}).items()
            for value, marked in rows
            if is_said_of(marked, entity, key, who)
        }
        found = {**said, **found}  # the newest key goes first
    return found


def of_others(known: Known, entity: LegalEntity, key: str, who: Who) -> frozenset[str]:
    """The attributes that say something of a former holder of the number only."""
    said = {name for one in person_hashes(entity, key) if is_known(key) for name in known.get(one, {})}
    return frozenset(said.difference(of_person(known, entity, key, who)))


def history(attribute: HRAttribute, entity: LegalEntity, key: str) -> QuerySet[PersonValue]:
    """What the attribute said of a person, newest day first, and who set it when."""
    return _rows(attribute, entity, [key]).select_related("set_by").order_by("-effective_on")


def set_value(
    attribute: HRAttribute,
    entity: LegalEntity,
    key: str,
    text: str,
    effective_on: date | None,
    user: User | None,
    who: Who = ANYBODY,
) -> PersonValue:
    """Stores what the attribute says of a person from a day on (None: from the beginning); an empty text says nothing.

    `who` is as the record with the key has it: for a later holder of the number the value doesn't count.
    Raises NotAllowed for who may not change values in the section, and PortalRefused for what the type can't hold.
    """
    _require_edit(attribute, entity, user)
    if not is_known(key):
        raise PortalRefused(Refusal.NO_NUMBER)
    value = canonical(attribute, text)
    day = effective_on or PersonValue.ALWAYS
    store(attribute, day, [Entry(entity, key, value, mark(entity, key, who))], user)
    return _rows(attribute, entity, [key]).get(effective_on=day)


@transaction.atomic
def take_back(attribute: HRAttribute, entity: LegalEntity, key: str, effective_on: date, user: User | None) -> bool:
    """Forgets what was set from a day on, so that the former value counts again; tells whether there was one."""
    _require_edit(attribute, entity, user)
    is_gone = _rows(attribute, entity, [key]).filter(effective_on=effective_on).delete()[0] > 0
    if is_gone:  # the row said who had set it; whose value it was is told to nobody
        record(AuditEvent.Action.ATTRIBUTE_CHANGED, attribute.company, user, f"taken_back:{attribute.label}")
    return is_gone


@transaction.atomic
def store(attribute: HRAttribute, day: date, entries: Sequence[Entry], user: User | None) -> list[Former]:
    """Stores values that were checked before, all or none, and gives what each was: for who may take it back."""
    locks.company(attribute.company_id)
    former: list[Former] = []
    for start in range(0, len(entries), CHUNK):
        former += _store(attribute, day, entries[start : start + CHUNK], user)
    return former


def _store(attribute: HRAttribute, day: date, entries: Sequence[Entry], user: User | None) -> list[Former]:
    hashes = [person_hashes(entry.entity, entry.key) for entry in entries]
    known = {
        row.person_hash: row
        for row in attribute.values.filter(effective_on=day, person_hash__in=[one for some in hashes for one in some])
    }
    rows, former = [], []
    for entry, own in zip(entries, hashes, strict=True):
        row = next((known[one] for one in own if one in known), None)
        told: Former = {"person": entry.key, "hash": own[0], "had": row is not None}
        told |= {"was": (row.value or None) if row else None, "was_of": row.who if row else ""}
        former.append(told | {"now": entry.value, "now_of": entry.who})
        row = row or PersonValue(attribute=attribute, effective_on=day)
        row.person_hash, row.person, row.who = own[0], entry.key, entry.who
        row.value, row.set_by = entry.value or "", user
        rows.append(row)
    _save(rows)
    return former


def _save(rows: Sequence[PersonValue]) -> None:
    PersonValue.objects.bulk_create([row for row in rows if row.pk is None])
    changed = [row for row in rows if row.pk is not None]
    for row in changed:
        row.set_at = PersonValue._meta.get_field("set_at").pre_save(row, add=False)
    PersonValue.objects.bulk_update(changed, ["person_hash", "person", "who", "value", "set_by", "set_at"])


@transaction.atomic
def restore(attribute: HRAttribute, day: date, former: Iterable[Former], user: User | None) -> int:
    """Makes values again what they were before `store`; one that somebody changed since stays. Gives the number."""
    locks.company(attribute.company_id)
    told = {str(row["hash"]): row for row in former}
    restored = 0
    for row in attribute.values.filter(effective_on=day, person_hash__in=told):
        was = told[row.person_hash]
        if (row.value or None, row.who) != (was["now"], was.get("now_of", row.who)):
            continue
        restored += 1
        if not was["had"]:
            row.delete()
            continue
        row.value, row.who, row.set_by = str(was["was"] or ""), str(was.get("was_of") or ""), user
        row.save()
    return restored


def _rows(attribute: HRAttribute, entity: LegalEntity, keys: Iterable[str]) -> QuerySet[PersonValue]:
    return attribute.values.filter(person_hash__in=[one for key in keys for one in person_hashes(entity, key)])


def _require_edit(attribute: HRAttribute, entity: LegalEntity, user: User | None) -> None:
    if entity.company_id != attribute.company_id:
        raise PortalRefused(Refusal.OTHER_COMPANY)
    if attribute.section is None or not sections.may_edit(user, attribute.section):
        raise NotAllowed
