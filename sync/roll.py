"""Everybody of the source, read once: a line each with what decides beside a packed record. Pure.

A *mark* is a keyed fingerprint of all that decides what Loket should hold for somebody: the record, the mapping and this
version of the engine. Who has the mark that was confirmed last has nothing new to tell (D2). BSN and IBAN are in it as
their own fingerprints, so that purging them changes no mark.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from mapping.catalogue import LOKET_FIELDS
from mapping.rules import MappingSet, to_dict
from sync import policy, signs
from sync.diff import compact
from sync.packed import Blob, Press
from sync.policy import Decision, Reason
from sync.ports import Options, Seal
from sync.records import START_DATE, Effect, HRRecord, Later, Problem, Sealed

ENGINE_VERSION = 1
"""One more whenever the same record and mapping would lead to something else at Loket."""
END_DATE = "end_date"


@dataclass(slots=True)
class Entry:
    """One line: `number` is Loket's, `look_on` the next day on which the calendar alone may decide otherwise."""

    key: str
    row: int
    number: int | None
    mark: str
    blob: Blob = field(repr=False)
    look_on: date | None = None
    signs: str | None = None
    """Packed, once somebody asked for them."""


@dataclass
class Roll:
    """Who is in the source, and what is decided about each from the source alone (rules 39 to 42)."""

    entries: list[Entry]
    columns: Sequence[tuple[str, ...]] = field(repr=False)
    """The sets of columns that occur; a packed record has the place of its own, and of each column only the value."""
    holders: Mapping[str, Sequence[int]]
    double_bsn_rows: frozenset[int]
    today: date
    mapping: MappingSet
    press: Press = field(repr=False)

    def record(self, entry: Entry) -> HRRecord:
        """The whole record, a new one each time."""
        place, texts, *rest = self.press.unpack(entry.blob)
        values = dict(zip(self.columns[place], texts, strict=True))
        return _from_plain([entry.key, entry.row, values, *rest])

    def decide(self, record: HRRecord) -> Decision:
        """Whether this person is sent; two with one number are both blocked (rule 41)."""
        return policy.decide_one(record, self.holders, self.today)

    def signs(self, entry: Entry, record: HRRecord | None = None) -> str:
        """What this person may be recognised by; `record` where somebody has it at hand."""
        if entry.signs is None:
            entry.signs = signs.signs_in_hr(self._who_rules, (record or self.record(entry)).values)
        return entry.signs

    @cached_property
    def _who_rules(self) -> MappingSet:
        return signs.rules_of_signs(self.mapping)


def result_key(record: HRRecord, decision: Decision) -> str:
    """Two people with one number need a result each, and neither may be taken for the other."""
    is_shared = decision.reason is Reason.DUPLICATE_NUMBER or decision.is_succeeded
    is_double = is_shared and record.key == record.text("employee_number")
    return f"row-{record.row}" if is_double else record.key


def call(people: Iterable[HRRecord], mapping: MappingSet, seal: Seal, today: date, options: Options) -> Roll:
    """Reads the source, whole and once; its records are forgotten but for their packed form."""
    marker, press = _Marker(mapping, seal, options), Press()
    entries: list[Entry] = []
    columns: dict[tuple[str, ...], int] = {}
    holders: dict[str, tuple[int, ...]] = {}
    bsns: dict[int, tuple[str, str | None]] = {}
    for record in people:
        plain = _to_plain(record)
        mark = marker.of(record, plain)
        _, _, values, *rest = plain
        place = columns.setdefault(tuple(values), len(columns))
        blob, number = press.pack([place, list(values.values()), *rest]), policy.loket_number(record)
        entries.append(Entry(record.key, record.row, number, mark, blob, _look_on(record, today)))
        canonical = policy.canonical_number(record)
        if canonical is not None and policy.holds_number(record, today):
            holders[canonical] = (*holders.get(canonical, ()), record.row)
        bsn = policy.bsn_mark(record, lambda value: seal.fingerprint("bsn", value))
        if bsn is not None and policy.decide_one(record, {}, today).in_scope:
            bsns[record.row] = (bsn, record.text("income_number"))
    doubles = _doubles(bsns, {row for rows in holders.values() if len(rows) > 1 for row in rows})
    return Roll(entries, tuple(columns), holders, doubles, today, mapping, press)


def with_answers(roll: Roll, seal: Seal, left_out: Callable[[str], Mapping[str, str]]) -> Roll:
    """The same, with what each had left out in the mark: who is to be asked again has something new to tell."""
    for entry in roll.entries:
        if signs_by_guard := left_out(entry.key):
            entry.mark = seal.fingerprint(
                "person", "\n".join((entry.mark, *map(":".join, sorted(signs_by_guard.items()))))
            )
    return roll


def everybody(roll: Roll, seal: Seal) -> str:
    """The mark of all together, in their order."""
    return seal.fingerprint("everybody", "\n".join(entry.mark for entry in roll.entries))


def _doubles(bsns: Mapping[int, tuple[str, str | None]], blocked: set[int]) -> frozenset[int]:
    """Rows in which the same BSN and income number occur as in another row that is to be sent (rule 42)."""
    ours = {row: bsn for row, bsn in bsns.items() if row not in blocked}
    counted = Counter(ours.values())
    return frozenset(row for row, bsn in ours.items() if counted[bsn] > 1)


class _Marker:
    """Makes the marks of one run."""

    def __init__(self, mapping: MappingSet, seal: Seal, options: Options) -> None:
        unreadable = [sorted(options.unreadable)] if options.unreadable else []
        decides = [ENGINE_VERSION, to_dict(mapping), options.convert_new, options.administration_id, *unreadable]
        base = json.dumps(decides, default=str)
        self._seal, self._base = seal, seal.fingerprint("mapping", base)
        rules = ((rule.source, LOKET_FIELDS.get(rule.target)) for rule in mapping.rules)
        self._secret: dict[str, str] = {
            source: target.key for source, target in rules if source and target and target.sensitive
        }

    def of(self, record: HRRecord, plain: Sequence[Any]) -> str:
        values = dict(plain[2])
        for column, raw in record.values.items():
            if isinstance(raw, Sealed):
                values[column] = raw.fingerprint
            elif raw is not None and column in self._secret:
                values[column] = self._seal.fingerprint(self._secret[column], compact(raw))
        whole = [self._base, values, plain[3], plain[4]]
        return self._seal.fingerprint("person", json.dumps(whole, sort_keys=True, separators=(",", ":")))


def _look_on(record: HRRecord, today: date) -> date | None:
    """The next day that may change what is decided or shown: a first day, the day after the last, what is planned."""
    days = [later.on for later in record.later]
    for column, after in ((START_DATE, 0), (END_DATE, 1)):
        try:
            days.append(date.fromisoformat(record.text(column) or "") + timedelta(days=after))
        except (ValueError, OverflowError):  # no date, which is a problem of the record
            continue
    return min((day for day in days if day > today), default=None)


def _to_plain(record: HRRecord) -> list[Any]:
    values = {
        column: [value.fingerprint, value.masked] if isinstance(value, Sealed) else value
        for column, value in record.values.items()
    }
    problems = [[p.code, p.field, p.value, dict(p.params), p.effect.value] for p in record.problems]
    later = [[one.column, one.value, one.on.isoformat()] for one in record.later]
    since = {column: on.isoformat() for column, on in record.since.items()}
    return [record.key, record.row, values, problems, later, since]


def _from_plain(plain: Sequence[Any]) -> HRRecord:
    key, row, values, problems, later, since = plain
    return HRRecord(
        key,
        row,
        {column: Sealed(*value) if isinstance(value, list) else value for column, value in values.items()},
        tuple(Problem(code, at, value, params, Effect(effect)) for code, at, value, params, effect in problems),
        tuple(Later(column, value, date.fromisoformat(on)) for column, value, on in later),
        {column: date.fromisoformat(on) for column, on in since.items()},
    )
