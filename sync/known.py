"""Somebody who is an employee in Loket already: the employee and the BSN, then the employment with its parts."""

from collections.abc import Callable

from mapping.apply import Mapped, apply
from mapping.catalogue import EMPLOYEE_NUMBER, END_DATE, LOKET_FIELDS, Resource
from mapping.rules import HRValue, MappingSet, Rule, WriteMode
from sync import resources
from sync.diff import Change, diff_employee, display, overlay
from sync.outcomes import Outcome, PersonResult
from sync.packed import digest
from sync.policy import Reason
from sync.ports import BSN_PUT, CONCEPT_CONVERT, CONCEPT_POST, EMPLOYEE_PUT, LoketPerson
from sync.records import LEGAL_ENTITY
from sync.sensitive import sync_bsn
from sync.work import Body, Work, ask, mark, permitted, put_surely


def sync_known(work: Work, person: LoketPerson) -> None:
    """Brings one employee up to date: the employee first, then the BSN; a failure in one tells what was done before."""
    mapped = work.mapped(is_new=False)
    if mapped.is_blocked:
        work.block(Reason.FAULTY_DATA)
        return
    _recognise(work, person)
    permitted(work, "employee", "", lambda: _employee(work, person, mapped))
    _show_what_waits(work, person, mapped)
    permitted(work, "bsn", "bsn", lambda: _bsn(work, person, mapped))
    changes = resources.plan(person, mapped, work.context, since=work.record.since)
    resources.send(work, person, mapped, changes)


def send_planned(work: Work, person: LoketPerson, row: PersonResult) -> None:
    """The same for somebody of whom the plan says that a PUT of the employee is all there is to do."""
    work.problems = list(row.problems)
    work.changes.extend(change for change in row.changes if not change.sendable)
    planned = [change for change in row.changes if change.sendable]
    permitted(work, "employee", "", lambda: _put(work, person, lambda: work.mapped(is_new=False), planned))


def sync_leaver(work: Work, person: LoketPerson) -> None:
    """Somebody who has left: the end of the employment, where Loket lacks it and somebody agreed (rule 53)."""
    context = work.context
    mapped = apply(context.mapping, work.record.values, context.snapshot.value_lists)
    values = {key: value for key, value in mapped.values.items() if _tells_end(key)}
    of_end = Mapped(values, ())
    resources.send(work, person, of_end, resources.plan_leaver(person, of_end, context))


def _tells_end(key: str) -> bool:
    return key == END_DATE or LOKET_FIELDS[key].resource is Resource.ENDING


def _recognise(work: Work, person: LoketPerson) -> None:
    """Stores the Loket id under the present key, as an employee's, whoever completed the concept employee; sees that a
    conversion has landed whose answer this run never got."""
    if work.context.is_preview:
        return
    memory, journal = work.context.memory, work.context.journal
    is_converted = journal.was_sent(work.key, CONCEPT_CONVERT)
    is_linked = (memory.linked_id(work.key) or "").casefold() == person.employee_id.casefold()
    if is_converted or not is_linked or not memory.is_current(work.key) or memory.is_concept(work.key):
        memory.link(work.key, person.employee_id, False)
    if is_converted:
        work.reason = Reason.CONVERTED
        work.outcome = Outcome.CREATED if journal.was_sent(work.key, CONCEPT_POST) else Outcome.CHANGED


def _employee(work: Work, person: LoketPerson, mapped: Mapped) -> None:
    context = work.context
    planned, problems = diff_employee(person.employee, mapped.values, context.mapping)
    work.problems.extend(problems)
    if not planned:
        work.check_earlier(EMPLOYEE_PUT)
    elif context.dry_run:
        work.did(planned)
    else:
        _put(work, person, lambda: mapped, planned)


def _put(work: Work, person: LoketPerson, wanted: Callable[[], Mapped], planned: list[Change]) -> None:
    """One call: over the row of the list. Read singly first when somebody touched it since, or after a lost answer."""
    context, first = work.context, list[Change]()
    listed = [] if person.employee_number in context.moved else [Body(overlay(person.employee, planned), planned)]

    def todo() -> Body | None:
        """The freshest object that we know of with what still differs."""
        if listed:
            first.extend(planned)
            return listed.pop()
        fresh = context.target.get_employee(person.employee_id)
        changes, _ = diff_employee(fresh, wanted().values, context.mapping)
        first.extend(() if first else changes)
        return Body(overlay(fresh, changes), changes) if changes else None

    def put(body: Body) -> tuple[dict[str, object], list[Change]]:
        return ask(work, "employee", lambda: context.target.put_employee(person, body.whole)), body.changes

    answer = put_surely(work, EMPLOYEE_PUT, todo, put, mark)
    work.stored = digest(answer[0]) if answer else None
    work.took(first, answer)


def _bsn(work: Work, person: LoketPerson, mapped: Mapped) -> None:
    target = work.context.target

    def read() -> str | None:
        return ask(work, "bsn", lambda: target.get_bsn(person))

    def put(bsn: str) -> None:
        ask(work, "bsn", lambda: target.put_bsn(person, bsn))

    sync_bsn(work, BSN_PUT, mapped.values.get("bsn"), read, put)


def _show_what_waits(work: Work, person: LoketPerson, mapped: Mapped) -> None:
    """Changes that are not sent are never dropped silently."""
    number = mapped.values.get(EMPLOYEE_NUMBER)
    if number is not None and number.value != person.employee_number:
        work.changes.append(
            Change(EMPLOYEE_NUMBER, str(person.employee_number), str(number.value), "employeeNumber", False)
        )
    if work.record.later:
        work.changes.extend(_planned(work))


def _planned(work: Work) -> list[Change]:
    """What HR has planned is shown with its day, beside what HR says now, and waits for it (rule 43)."""
    rules = {rule.source: rule for rule in work.context.mapping.rules if _is_shown(rule)}
    now, changes = dict(work.record.values), list[Change]()
    for later in sorted(work.record.later, key=lambda later: later.on):
        rule = rules.get(later.column)
        if rule is None and later.column != LEGAL_ENTITY:
            continue
        field = rule.target if rule else LEGAL_ENTITY
        old, new = (_in_words(work, rule, value) for value in (now.get(later.column), later.value))
        now[later.column] = later.value
        if old != new:
            changes.append(Change(field, old, new, sendable=False, waits_until=later.on.isoformat()))
    return changes


def _is_shown(rule: Rule) -> bool:
    return rule.write_mode is not WriteMode.ONLY_FOR_NEW and not LOKET_FIELDS[rule.target].sensitive


def _in_words(work: Work, rule: Rule | None, value: HRValue) -> str:
    """As Loket would have it; HR's own text where Loket has nothing like it."""
    if not isinstance(value, str):
        return ""
    if rule is None or rule.source is None:
        return value
    alone = MappingSet(work.context.mapping.name, work.context.mapping.version, (rule,))
    found = apply(alone, {rule.source: value}, work.context.snapshot.value_lists).values.get(rule.target)
    return display(LOKET_FIELDS[rule.target], found.value) if found else value
