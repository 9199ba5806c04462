"""Everybody of a legal entity through a mapping: how many pass, and who doesn't and why (rule 29). Nothing is asked of
Loket, and nothing of anybody is kept."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from django.core.paginator import Page, Paginator

from loket_portal.lib import crypto
from mapping.apply import apply
from mapping.catalogue import LOKET_FIELDS, FieldType
from mapping.models import MappingSet, Preview
from mapping.rules import MappingSet as Rules
from mapping.rules import Rule, ValueLists
from mapping.services import note_preview, rules_digest
from onboarding.models import Connection, LegalEntity, User
from sync import policy
from sync.models import Link
from sync.policy import Decision
from sync.records import Effect, HRRecord, Problem
from sync.services import bench, bench_people
from sync.services.attribute_labels import named
from sync.services.bench_people import Look
from sync.services.memory import key_hashes

PAGE_SIZE = 50
REMARKS = frozenset({"shortened"})
"""Problems that support has approved: the value goes, and it is said."""
STANDS_FOR_NOTHING = frozenset({"unmapped_option", "ambiguous_option"})


class Verdict(StrEnum):
    """What a mapping makes of a person."""

    PASSES = "passes"
    PARTLY = "partly"
    BLOCKED = "blocked"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class Seen:
    """One person: `problems` without a value, so that a list of all may be long."""

    row: int
    name: str
    number: str
    verdict: Verdict
    reason: str
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """People with the same problem: `field` is the column or target it is about, `problem` one of them, for its words."""

    code: str
    field: str
    target: str
    count: int
    problem: Problem

    @property
    def key(self) -> str:
        """How a link names the group."""
        return f"{self.code}:{self.field}"


@dataclass(frozen=True, slots=True)
class Everybody:
    """What a mapping makes of everybody. `unread` and `lists_missing` say why the numbers are not the last word.

    `people`: those who are to be sent, that is all but who is rightly left out. `rules`: what they went through.
    """

    entity: LegalEntity
    rules: tuple[Rule, ...]
    people: int
    passed: int
    counts: Mapping[str, int]
    groups: tuple[Group, ...]
    unmapped: Mapping[str, int]
    unread: tuple[Rule, ...]
    lists_missing: tuple[str, ...]
    page_obj: Page[Any]
    show: str
    is_read: bool
    noted: Preview | None

    @property
    def is_known(self) -> bool:
        """Whether the numbers are the last word."""
        return self.is_read and not self.unread and not self.lists_missing

    @property
    def may_be_noted(self) -> bool:
        """Whether these numbers count as the preview that enabling asks for (rule 29)."""
        return self.is_known and self.people > 0


def read(mapping_set: MappingSet, entity_pk: str = "", *, show: str = "", page: int | str = 1) -> Everybody | None:
    """The numbers, the problems by how many have them, and a page of those who don't pass, or who are in the group `show`.

    None where no legal entity has this mapping's source. Raises LegalEntity.DoesNotExist for one of another.
    """
    entity = bench.place(mapping_set, entity_pk).one
    return _read(mapping_set, entity, show, page) if entity else None


def note(mapping_set: MappingSet, user: User, entity_pk: str = "") -> bool:
    """Notes that support saw this preview; tells whether it counts: not with attributes unread or without Loket's lists.

    Raises NotAllowed and LegalEntity.DoesNotExist.
    """
    found = read(mapping_set, entity_pk)
    if found is None:
        return False
    counts = (found.people, found.passed, found.unmapped)
    return note_preview(mapping_set, found.entity, user, *counts, found.is_known, found.rules)


def _read(mapping_set: MappingSet, entity: LegalEntity, show: str, page: int | str) -> Everybody:
    found = bench_people.look(entity, mapping_set)
    lists = bench.lists_of(entity)
    labels = bench.labels_of(mapping_set)
    everybody = [_without_values(one, labels) for one in seen(found, lists)]
    counts = Counter(str(one.verdict) for one in everybody)
    groups = _groups(everybody)
    shown = [one for one in everybody if _is_shown(one, show)]
    return Everybody(
        entity=entity,
        rules=found.rules.rules,
        people=len(everybody) - counts[Verdict.LEFT_OUT],
        passed=counts[Verdict.PASSES],
        counts=counts,
        groups=groups,
        unmapped={one.target: one.count for one in groups if one.code in STANDS_FOR_NOTHING and one.target},
        unread=found.unread,
        lists_missing=_lists_missing(found.mapping, lists),
        page_obj=Paginator(shown, PAGE_SIZE).get_page(page),
        show=show,
        is_read=found.reading is not None,
        noted=_noted(mapping_set, entity, found.rules),
    )


def seen(found: Look, lists: ValueLists) -> Iterator[Seen]:
    """Everybody with the verdict, and every problem that a preview of the sync would tell before it asks Loket."""
    records = tuple(bench_people.records(found))
    decided = policy.decide_all(records, found.day)
    in_scope = [record for record, decision in decided if decision.in_scope]
    doubles = policy.duplicate_bsns(in_scope, lambda bsn: crypto.fingerprint("bsn", bsn))
    known = Known(found.entity)
    for record, decision in decided:
        yield _seen(
            found.mapping, lists, record, decision, is_new=not known.has(record), is_double=record.row in doubles
        )


def _seen(
    mapping: Rules, lists: ValueLists, record: HRRecord, decision: Decision, *, is_new: bool, is_double: bool
) -> Seen:
    problems = decision.problems
    if decision.in_scope:
        mapped = apply(mapping, record.values, lists, is_new=is_new)
        double = (
            (Problem("duplicate_bsn", "bsn", effect=Effect.PERSON if is_new else Effect.FIELD),) if is_double else ()
        )
        problems = tuple(dict.fromkeys((*decision.problems, *double, *mapped.problems)))
    verdict = verdict_of(decision, problems)
    return Seen(record.row, record.name, record.number, verdict, str(decision.reason), problems)


def verdict_of(decision: Decision, problems: Sequence[Problem]) -> Verdict:
    """What becomes of a person with these problems."""
    if not decision.in_scope:
        return Verdict.BLOCKED if decision.blocked else Verdict.LEFT_OUT
    told = [problem for problem in problems if problem.code not in REMARKS]
    if any(problem.effect is Effect.PERSON for problem in told):
        return Verdict.BLOCKED
    return Verdict.PARTLY if told else Verdict.PASSES


def _without_values(one: Seen, labels: Mapping[str, str]) -> Seen:
    return replace(one, problems=named((replace(problem, value="") for problem in one.problems), labels))


def _groups(everybody: Sequence[Seen]) -> tuple[Group, ...]:
    """By how many people have the problem; of those who are rightly left out it is nobody's."""
    found: dict[tuple[str, str], list[Problem]] = defaultdict(list)
    for one in everybody:
        if one.verdict is not Verdict.LEFT_OUT:
            for place, problem in {_place(problem): problem for problem in one.problems}.items():
                found[place].append(problem)
    groups = [
        Group(code, field, some[0].params.get("target", ""), len(some), some[0])
        for (code, field), some in found.items()
    ]
    return tuple(sorted(groups, key=lambda group: (-group.count, group.code, group.field)))


def _place(problem: Problem) -> tuple[str, str]:
    return problem.code, problem.params.get("target") or problem.field


def _is_shown(one: Seen, show: str) -> bool:
    if show in {"", *Verdict}:
        return one.verdict == show if show else one.verdict in {Verdict.PARTLY, Verdict.BLOCKED}
    return one.verdict is not Verdict.LEFT_OUT and any(":".join(_place(problem)) == show for problem in one.problems)


def _lists_missing(mapping: Rules, lists: ValueLists) -> tuple[str, ...]:
    """Targets whose values nobody can judge yet: Loket's list is not known."""
    listed = (rule.target for rule in mapping.rules if rule.target in LOKET_FIELDS)
    wanted = (target for target in listed if LOKET_FIELDS[target].type is FieldType.OPTION)
    return tuple(target for target in wanted if not lists.get(LOKET_FIELDS[target].options))


def _noted(mapping_set: MappingSet, entity: LegalEntity, rules: Rules) -> Preview | None:
    digest = rules_digest(rules.rules)
    return Preview.objects.filter(mapping_set=mapping_set, entity=entity, digest=digest).select_related("by").first()


class Known:
    """Who of the people is known as an employee in Loket, as the runs before have found out; all others count as new."""

    def __init__(self, entity: LegalEntity) -> None:
        self._connection = Connection.objects.filter(entity=entity).first()
        rows = Link.objects.filter(connection=self._connection, loket_id__isnull=False, is_concept=False)
        pairs = rows.values_list("key_hash", "number_hash") if self._connection else ()
        self._hashes = {one for pair in pairs for one in pair if one}

    def has(self, record: HRRecord) -> bool:
        """Whether a run has linked this person with an employee there."""
        if self._connection is None or not self._hashes:
            return False
        number = policy.canonical_number(record)
        keys = [record.key, *([number] if number else [])]
        return any(one in self._hashes for key in keys for one in key_hashes(self._connection, key))
