"""Somebody who is an employee in Loket already: the employee and the BSN are written, the rest is shown."""

from dataclasses import replace

from mapping.apply import Mapped, apply
from mapping.catalogue import EMPLOYEE_NUMBER, END_DATE, LOKET_FIELDS, Resource
from mapping.rules import HRValue, MappingSet, Rule, WriteMode
from sync.diff import Change, diff_employee, diff_employment, diff_payment, display, overlay
from sync.policy import Reason
from sync.ports import BSN_PUT, CONCEPT_CONVERT, CONCEPT_POST, EMPLOYEE_PUT, LoketPerson, Outcome
from sync.records import LEGAL_ENTITY
from sync.sensitive import difference, sync_bsn
from sync.work import Body, Work, ask, mark, permitted, put_surely


def sync_known(work: Work, person: LoketPerson) -> None:
    """Brings one employee up to date: the employee first, then the BSN; a failure in one tells what was done before."""
    mapped = work.mapped(is_new=False)
    if mapped.is_blocked:
        work.block(Reason.FAULTY_DATA)
        return
    _recognise(work, person)
    _employee(work, person, mapped)
    _show_what_waits(work, person, mapped)
    permitted(work, "bsn", "bsn", lambda: _bsn(work, person, mapped))
    permitted(work, "iban", "iban", lambda: _iban(work, person, mapped))
    permitted(work, "iban", "iban", lambda: _payment(work, person, mapped))


def show_end_date(work: Work, person: LoketPerson) -> None:
    """Somebody who has left: the end date that Loket lacks is shown. Ending an employment needs approval (rule 53)."""
    if person.employment is None:
        return
    context = work.context
    mapped = apply(context.mapping, work.record.values, context.snapshot.value_lists)
    wanted = {key: value for key, value in mapped.values.items() if key == END_DATE}
    work.changes.extend(diff_employment(person.employment, wanted, context.mapping))


def _recognise(work: Work, person: LoketPerson) -> None:
    """Stores the Loket id under the present key; sees that a conversion has landed whose answer this run never got."""
    if work.context.dry_run:
        return
    memory, journal = work.context.memory, work.context.journal
    is_converted = journal.was_sent(work.key, CONCEPT_CONVERT)
    is_linked = (memory.linked_id(work.key) or "").casefold() == person.employee_id.casefold()
    if is_converted or not is_linked or not memory.is_current(work.key):
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
        _put(work, person, mapped)


def _put(work: Work, person: LoketPerson, mapped: Mapped) -> None:
    context, first = work.context, list[Change]()

    def todo() -> Body | None:
        """The freshest object with what still differs: somebody may have edited it since the snapshot."""
        fresh = context.target.get_employee(person.employee_id)
        changes, _ = diff_employee(fresh, mapped.values, context.mapping)
        first.extend(() if first else changes)
        return Body(overlay(fresh, changes), changes) if changes else None

    answer = put_surely(
        work, EMPLOYEE_PUT, todo, lambda body: (context.target.put_employee(person, body.whole), body.changes), mark
    )
    work.took(first, answer)


def _bsn(work: Work, person: LoketPerson, mapped: Mapped) -> None:
    target = work.context.target

    def read() -> str | None:
        return ask(work, "bsn", lambda: target.get_bsn(person))

    sync_bsn(work, BSN_PUT, mapped.values.get("bsn"), read, lambda bsn: target.put_bsn(person, bsn))


def _iban(work: Work, person: LoketPerson, mapped: Mapped) -> None:
    def read() -> str | None:
        return ask(work, "iban", lambda: work.context.target.get_iban(person))

    found = difference(work, "iban", mapped.values.get("iban"), read)
    if found is not None:
        work.changes.append(replace(found.change, sendable=False))


def _payment(work: Work, person: LoketPerson, mapped: Mapped) -> None:
    """What else the payment record of the wage says: read only where something of it is mapped."""
    wanted = {key: value for key, value in mapped.values.items() if LOKET_FIELDS[key].resource is Resource.PAYMENT}
    if wanted:
        payment = ask(work, "iban", lambda: work.context.target.get_payment(person))
        work.changes.extend(diff_payment(payment, wanted, work.context.mapping))


def _show_what_waits(work: Work, person: LoketPerson, mapped: Mapped) -> None:
    """Changes that this version doesn't send yet are never dropped silently."""
    number = mapped.values.get(EMPLOYEE_NUMBER)
    if number is not None and number.value != person.employee_number:
        work.changes.append(
            Change(EMPLOYEE_NUMBER, str(person.employee_number), str(number.value), "employeeNumber", False)
        )
    work.changes.extend(diff_employment(person.employment, mapped.values, work.context.mapping))
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
