"""Which columns of an uploaded roster are kept, and how they are read: as the published mapping wants it.

A column that isn't ours becomes an attribute that a mapping can name, by its header.
"""

from collections.abc import Iterable, Mapping

from django.utils import timezone

from mapping.models import HRAttribute, MappingSet
from mapping.rules import OWN, PORTAL, Rule
from mapping.rules import MappingSet as Rules
from mapping.services import frozen_rules, published
from onboarding.models import Company, LegalEntity
from sync.models import Roster
from sync.services.codec import LATER, SINCE
from sync.sources.columns import ROSTER_COLUMNS, Kind, column_of, normal_header
from sync.sources.deciding import DECIDING, meant

AUTO = "auto"
ROSTER, TYPE = HRAttribute.Source.ROSTER, "standard"
LONGEST_KEY = 80
_KINDS = {column.name: column.kind for column in ROSTER_COLUMNS}


def as_text(rules: Rules) -> frozenset[str]:
    """Columns of ours that a converter wants as they are written, and that are read otherwise by themselves.

    One that decides who is sent only where its own rule converts it: else nobody would read the day in it.
    """
    wanted = {rule.source for rule in rules.rules if rule.source and rule.converter != AUTO}
    own = {rule.source for rule in meant(rules).rules if rule.source == column_of(rule.target).name}
    texts = (name for name, kind in _KINDS.items() if name in wanted and kind is not Kind.TEXT)
    return frozenset(name for name in texts if name not in DECIDING or name in own)


def own_headers(rules: Rules) -> frozenset[str]:
    """The normal headers of columns that aren't ours and that a rule reads."""
    return frozenset(
        rule.source.removeprefix(OWN) for rule in rules.rules if rule.source and rule.source.startswith(OWN)
    )


def rules_of(entity: LegalEntity) -> Rules | None:
    """The published mapping that the next file of an entity is read for."""
    current = published(entity.company, MappingSet.Source.ROSTER)
    return frozen_rules(current, entity) if current else None


def converters(rules: Rules) -> dict[str, str]:
    """What is made of the columns that are read as they are written, or are filled from another one of the file; a
    roster keeps it, to tell what it holds."""
    found: dict[str, set[str]] = {name: set() for name in as_text(rules)}
    for rule in rules.rules:
        if rule.source in found and rule.converter != AUTO:
            found[rule.source].add(_made(rule))
    filled = (rule for rule in meant(rules).rules if rule.source and not rule.source.startswith(PORTAL))
    for column, rule in ((column_of(rule.target).name, rule) for rule in filled):
        if rule.source != column:
            found.setdefault(column, set()).add(f"{rule.source} {_made(rule)}")
    return {name: ", ".join(sorted(several)) for name, several in found.items()}


def _made(rule: Rule) -> str:
    return f"{rule.converter} {rule.argument}".strip()


def fitting(roster: Roster, rules: Rules) -> frozenset[str]:
    """Those of its columns that were read as these rules want them; the others are read with the next file.

    A column that decides who is sent was filled and converted at once, so it must have been in the same way.
    """
    wanted, had = converters(rules), roster.attributes
    return frozenset(name for name in _names(roster) if _way(name, wanted) == _way(name, had))


def misread(roster: Roster, rules: Rules) -> frozenset[str]:
    """Columns that these rules go by, and that the file was read for otherwise: its next upload puts that right.

    Who is sent is decided by some columns whether a rule names them or not.
    """
    wanted, had = converters(rules), roster.attributes
    deciding = {name for name in DECIDING if _way(name, wanted) != _way(name, had)}
    read = {rule.source for rule in rules.rules if rule.source}
    others = {name for name in read & _KINDS.keys() - DECIDING if _way(name, wanted) != _way(name, had)}
    return frozenset(deciding | (others & _names(roster)))


def _way(name: str, converters: Mapping[str, str]) -> str | bool:
    return converters.get(name, "") if name in DECIDING else name in converters


def _names(roster: Roster) -> frozenset[str]:
    """The columns that the people of a roster have."""
    first = roster.people.first()
    return frozenset(first.values) - {"key", LATER, SINCE} if first else frozenset()


def note(company: Company, headers: Iterable[str]) -> None:
    """Keeps which columns a file of the company has besides ours, as it writes them, so that a mapping can read them."""
    now = timezone.now()
    rows = {f"{OWN}{normal}": header[:200] for header in headers if (normal := normal_header(header))}
    HRAttribute.objects.bulk_create(
        [
            HRAttribute(company=company, source=ROSTER, key=key, label=label, type=TYPE, first_seen_at=now, seen_at=now)
            for key, label in rows.items()
            if len(key) <= LONGEST_KEY
        ],
        update_conflicts=True,
        unique_fields=["company", "source", "key"],
        update_fields=["label", "seen_at", "gone_at"],
    )
