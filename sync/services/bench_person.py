"""One real person through a mapping: what HR has, what it becomes, what Loket has now, and what stands in the way.

A BSN or an IBAN is masked in all of it. Who may see one says why, and that is kept; the value itself is not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from django.core.paginator import Page, Paginator

from loket_portal.lib.redact import mask
from mapping.apply import Value, apply
from mapping.catalogue import LOKET_FIELDS, SCOPE_FIELDS
from mapping.models import MappingSet
from mapping.rules import Problem, Rule, WriteMode
from onboarding.models import AuditEvent, LegalEntity, User
from onboarding.services import access, audit
from sync import diff, policy
from sync.records import HRRecord, HRValue, Sealed
from sync.services import bench, bench_everyone, bench_loket, bench_people
from sync.services.attribute_labels import named
from sync.services.bench_loket import Present
from sync.services.bench_people import Look
from sync.services.search import is_found

PAGE_SIZE = 20
REVEAL = "mapping.reveal_values"


class Hr(StrEnum):
    """What is known of a value in HR."""

    VALUE = "value"
    EMPTY = "empty"
    ABSENT = "absent"  # the source doesn't show it for this person
    UNREAD = "unread"  # it was not read yet
    NONE = "none"  # no attribute fills the field


class Compared(StrEnum):
    """What a sync would do with the field, going by what Loket has."""

    UNKNOWN = ""
    SAME = "same"
    DIFFERS = "differs"
    KEPT = "kept"  # nothing is sent, so Loket keeps its own


@dataclass(frozen=True, slots=True)
class Row:
    """One field of the person; texts are for the screen, masked where `is_hidden`. `may_reveal`: there is a value to show."""

    target: str
    source: str
    label: str
    hr: Hr
    text: str = ""
    becomes: str = ""
    is_fallback: bool = False
    is_hidden: bool = False
    may_reveal: bool = False
    present: str = ""
    compared: Compared = Compared.UNKNOWN
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """A person with the verdict and one row for each field; `others`: problems that are no field's."""

    entity: LegalEntity
    row: int
    name: str
    number: str
    verdict: bench_everyone.Verdict
    reason: str
    rows: tuple[Row, ...]
    others: tuple[Problem, ...] = ()
    present: Present | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody to choose."""

    row: int
    name: str
    number: str


@dataclass(frozen=True, slots=True)
class Candidates:
    """A page of people; `is_read` False: nobody of the legal entity is known yet."""

    entity: LegalEntity
    page_obj: Page[Any]
    search: str
    is_read: bool


class Unknown(Exception):
    """There is no such person, or not any more."""


def choose(mapping_set: MappingSet, entity_pk: str = "", *, search: str = "", page: int | str = 1) -> Candidates | None:
    """People of a legal entity by name or number; None where no entity has this source. Raises LegalEntity.DoesNotExist."""
    entity = bench.place(mapping_set, entity_pk).one
    if entity is None:
        return None
    found = bench_people.look(entity, mapping_set)
    people = [
        Candidate(record.row, record.name, record.number)
        for record in bench_people.records(found)
        if not search or is_found(search, record.name, record.key, record.number)
    ]
    return Candidates(entity, Paginator(people, PAGE_SIZE).get_page(page), search, found.reading is not None)


def read(mapping_set: MappingSet, entity_pk: str, row: str, *, target: str = "", asks_loket: bool = False) -> Seen:
    """One person through the mapping; `target` names a single field, `asks_loket` reads what Loket has now.

    Raises LegalEntity.DoesNotExist, Unknown, and SyncError where Loket is asked.
    """
    found, record = _person(mapping_set, entity_pk, row)
    lists = bench.lists_of(found.entity)
    is_new = not bench_everyone.Known(found.entity).has(record)
    ((_record, decision),) = policy.decide_all((record,), found.day)
    mapped = apply(found.mapping, record.values, lists, is_new=is_new)
    hidden, labels = bench.hidden_keys(mapping_set), bench.labels_of(mapping_set)
    problems = named(dict.fromkeys((*decision.problems, *record.problems, *mapped.problems)), labels)
    present = bench_loket.present(found.entity, record, found.day) if asks_loket else None
    rules = [rule for rule in found.rules.rules if target in ("", rule.target)]
    rows = tuple(
        _row(found, record, rule, mapped.values.get(rule.target), problems, present, hidden, labels) for rule in rules
    )
    told = {problem for one in rows for problem in one.problems}
    return Seen(
        entity=found.entity,
        row=record.row,
        name=record.name,
        number=record.number,
        verdict=bench_everyone.verdict_of(decision, problems),
        reason=str(decision.reason),
        rows=rows,
        others=() if target else tuple(one for one in problems if _masked(one) not in told and one not in told),
        present=present,
    )


def _person(mapping_set: MappingSet, entity_pk: str, row: str) -> tuple[Look, HRRecord]:
    entity = bench.place(mapping_set, entity_pk).one
    if entity is None or not row.isdecimal() or len(row) > 10:
        raise Unknown
    found = bench_people.look(entity, mapping_set)
    record = next(bench_people.records(found, [int(row)]), None)
    if record is None:
        raise Unknown
    return found, record


def _row(
    found: Look,
    record: HRRecord,
    rule: Rule,
    value: Value | None,
    problems: Iterable[Problem],
    present: Present | None,
    hidden: frozenset[str],
    labels: Mapping[str, str],
) -> Row:
    raw = record.values.get(found.column(rule)) if rule.source else None
    is_hidden = rule.source in hidden or bench.is_sensitive(rule.target)
    own = tuple(problem for problem in problems if _is_of(problem, rule, found.column(rule)))
    becomes = _shown(rule.target, value)
    return Row(
        target=rule.target,
        source=rule.source or "",
        label=labels.get(rule.source or "", rule.source or ""),
        hr=_known(found, record, rule, raw),
        text=_masked_text(raw, is_hidden=is_hidden),
        becomes=bench.masked(becomes) if is_hidden else becomes,
        is_fallback=bool(value and value.is_fallback),
        is_hidden=is_hidden,
        may_reveal=is_hidden and isinstance(raw, str) and bool(raw.strip()),
        present=present.text(rule.target) if present else "",
        compared=_compared(rule, value, present),
        problems=tuple(_masked(one) for one in own) if is_hidden else own,
    )


def _is_of(problem: Problem, rule: Rule, column: str) -> bool:
    target = problem.params.get("target")
    return target == rule.target if target else bool(problem.field) and problem.field in (column, rule.target)


def _known(found: Look, record: HRRecord, rule: Rule, raw: HRValue) -> Hr:
    if rule.source is None:
        return Hr.NONE
    if not found.is_read(rule.source):
        return Hr.UNREAD
    if found.column(rule) not in record.values:
        return Hr.ABSENT
    return Hr.VALUE if isinstance(raw, Sealed) or (raw and raw.strip()) else Hr.EMPTY


def _masked_text(raw: HRValue, *, is_hidden: bool) -> str:
    if isinstance(raw, Sealed):
        return raw.masked
    return mask(raw or "") if is_hidden else raw or ""


def _masked(problem: Problem) -> Problem:
    return replace(problem, value=bench.masked(problem.value))


def _shown(target: str, value: Value | None) -> str:
    if value is None or value.value is None or target in SCOPE_FIELDS:
        return ""
    return value.value.masked if isinstance(value.value, Sealed) else diff.display(LOKET_FIELDS[target], value.value)


def _compared(rule: Rule, value: Value | None, present: Present | None) -> Compared:
    """As a sync decides it; of what isn't asked of Loket nobody can tell."""
    field = LOKET_FIELDS.get(rule.target)
    if present is None or not present.is_there or field is None or field.sensitive:
        return Compared.UNKNOWN
    if value is None or value.is_fallback or isinstance(value.value, Sealed):
        return Compared.KEPT
    current = present.raw(rule.target)
    if diff.same(field, current, value.value):
        return Compared.SAME
    is_kept = rule.write_mode is WriteMode.ONLY_IF_EMPTY and not diff.is_empty(current)
    return Compared.KEPT if is_kept else Compared.DIFFERS


def reveal(
    mapping_set: MappingSet, user: User, entity_pk: str, row: str, target: str, reason: str
) -> tuple[Row, str | None]:
    """The hidden value of one field of one person, for who may see it; the audit trail keeps who asked, and why.

    None where only a fingerprint is kept, or nothing. Raises NotAllowed, Unknown and LegalEntity.DoesNotExist.
    """
    if not user.is_staff or not user.has_perm(REVEAL):
        raise access.NotAllowed
    found, record = _person(mapping_set, entity_pk, row)
    rule = found.rules.rule(target)
    if rule is None or rule.source is None:
        raise Unknown
    raw = record.values.get(found.column(rule))
    audit.record(
        AuditEvent.Action.REVEALED,
        company=mapping_set.company,
        entity=found.entity,
        actor=user,
        detail=f"{target}, {record.row}: {reason}",
    )
    shown = _row(found, record, rule, None, (), None, bench.hidden_keys(mapping_set), bench.labels_of(mapping_set))
    return shown, raw if isinstance(raw, str) and raw.strip() else None
