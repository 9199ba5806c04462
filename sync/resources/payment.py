"""The bank account of the wage: compared by fingerprint with what Loket confirmed last, read only where nothing is known.

There is one record for each payroll component of an employment; ours is that of the net wage. A changed account needs a
person's word where the connection asks for it (D10); the first account of somebody who has none does not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from mapping.apply import Mapped, Value
from mapping.catalogue import LOKET_FIELDS, Resource
from sync.diff import Change, compact, diff_part, overlay
from sync.ports import LoketPerson
from sync.resources.actions import PAYMENT_POST, PAYMENT_PUT
from sync.resources.words_given import (
    BANK_ACCOUNTS,
    agreed,
    hold,
    no_longer,
    sign,
    text_of,
    was_left_out,
    without_refused,
)
from sync.sensitive import HIDDEN, Difference, confirmed, difference
from sync.work import Body, Mode, Work, ask, mark, permitted, put_surely

Raw = dict[str, Any]
IBAN = "iban"
_WAGE = "nettoloon"


def look(work: Work, person: LoketPerson, mapped: Mapped) -> None:
    """Shows what differs, reading the record where that is not known, and writes nothing; a plan reads nothing either."""
    permitted(work, "iban", IBAN, partial(_compare, work, person, mapped, None))


def send(work: Work, person: LoketPerson, mapped: Mapped) -> None:
    """Brings the record up to date, or makes it where there is none. No call when all is known to agree."""
    found = _Found()
    permitted(work, "iban", IBAN, partial(_compare, work, person, mapped, found))
    if found.account is not None:
        permitted(work, "payment", IBAN, partial(_write, work, found.account, mapped, found))


class _Account:
    """The payment record of the wage; the first reading of it is used twice."""

    def __init__(self, work: Work, employment_id: str) -> None:
        self.work, self.employment_id = work, employment_id
        self._read: list[Raw | None] = []

    def record(self) -> Raw | None:
        """The record as it was read first; None where there is none."""
        if not self._read:
            self._read.append(self.again())
        return self._read[0]

    def again(self) -> Raw | None:
        """The record as it is now."""
        target = self.work.context.target
        return of_wage(ask(self.work, "iban", lambda: target.list_payment_information(self.employment_id)))

    def iban(self) -> str | None:
        """What Loket has; None for nothing."""
        return (self.record() or {}).get(IBAN)


@dataclass
class _Found:
    """What is to be written."""

    account: _Account | None = None
    iban: Difference | None = None
    details: list[Change] = field(default_factory=list)


def of_wage(records: Sequence[Raw]) -> Raw | None:
    """Of several records that of the net wage; where none says so, the one with the lowest component."""
    ours = [record for record in records if _says_wage(record.get("payrollComponent"))]
    return min(ours or records, key=_component, default=None)


def _compare(work: Work, person: LoketPerson, mapped: Mapped, found: _Found | None) -> None:
    """Fills `found`, or shows in a dry run. What may not go is shown here either way."""
    if person.employment is None:
        return
    account = _Account(work, str(person.employment["id"]))
    iban = difference(work, IBAN, mapped.values.get(IBAN), account.iban)
    details = _details_that_differ(account, mapped, iban) if _details(mapped) else []
    work.problems.extend(dict.fromkeys(change.held for change in details if change.held))
    work.changes.extend(change for change in details if change.held)
    details = [change for change in details if not change.held]
    if iban:
        iban = _with_a_word(work, iban)
    elif (wanted := mapped.values.get(IBAN)) and wanted.value is not None:
        no_longer(work, BANK_ACCOUNTS)
    if found is None:
        work.did([*([iban.change] if iban else []), *details])
    elif iban or details:
        found.account, found.iban, found.details = account, iban, details


def _with_a_word(work: Work, iban: Difference) -> Difference | None:
    """None: another account than Loket's needs a word that nobody has given. A first account needs none."""
    context = work.context
    is_other = bool(iban.current) or context.mode is Mode.PLAN  # a plan knows only that it was another
    it = _as_text(work, iban)
    is_out = is_other and was_left_out(work, BANK_ACCOUNTS, it)  # also where nobody is asked any more
    needs = BANK_ACCOUNTS if is_other and (is_out or context.options.asks_for_iban) else ""
    change = replace(iban.change, needs=needs, left_out=is_out, sendable=not is_out)
    if needs:
        change = replace(change, sign=sign(work, it))
    iban = replace(iban, change=change)
    (planned,) = without_refused([change], context)
    return iban if agreed(work, [planned]) else None


def _as_text(work: Work, iban: Difference) -> str:
    """What differs, so that another account on either side is another difference. What a plan hasn't read is remembered."""
    context, is_read = work.context, iban.current != HIDDEN
    known = "" if is_read else context.memory.fingerprint(work.key, IBAN) or ""
    return text_of(work, IBAN, context.seal.fingerprint(IBAN, iban.current) if is_read else known, iban.wanted)


def _details_that_differ(account: _Account, mapped: Mapped, iban: Difference | None) -> list[Change]:
    record, mapping = account.record(), account.work.context.mapping
    changes = diff_part(Resource.PAYMENT, record or {}, mapped.values, mapping)
    return changes if record is not None or iban else hold(changes, "no_bank_account")


def _write(work: Work, account: _Account, mapped: Mapped, found: _Found) -> None:
    target, first = work.context.target, list[Change]()
    action = PAYMENT_PUT if account.record() is not None else PAYMENT_POST
    unread = [account.record()]

    def todo() -> _Step | None:
        record = unread.pop() if unread else account.again()
        step = _changed(work, str(record["id"]), mapped, found) if record else _new(work, account, mapped, found.iban)
        first.extend(() if first or step is None else step.changes)
        return step

    def write(step: _Step) -> tuple[Raw, _Step]:
        if step.record_id:
            return ask(work, "payment", lambda: target.put_payment_information(step.record_id, step.whole)), step
        return ask(work, "payment", lambda: target.create_payment_information(account.employment_id, step.whole)), step

    try:
        answer = put_surely(work, action, todo, write, mark)
    except _CannotBeMade as cannot:
        _tell(work, cannot.code, found)
    else:
        if found.iban:
            _keep_iban(work, found.iban, answer)
        work.took(first, (answer[0], answer[1].changes) if answer else None)


@dataclass(frozen=True)
class _Step(Body):
    """A body with the record that it replaces, "" for a new one; `has_iban`: the account is another in it."""

    record_id: str = ""
    has_iban: bool = False


def _changed(work: Work, record_id: str, mapped: Mapped, found: _Found) -> _Step | None:
    """The record that stands, read by itself, with what still differs."""
    context = work.context
    fresh = ask(work, "iban", lambda: context.target.get_payment_information(record_id))
    fields = {change.field for change in found.details}
    details = [c for c in diff_part(Resource.PAYMENT, fresh, mapped.values, context.mapping) if c.field in fields]
    body, is_due = overlay(fresh, details), found.iban is not None and not _holds(fresh, found.iban)
    if found.iban and is_due:
        body[IBAN] = found.iban.wanted
    return _Step(body, details, record_id, is_due) if details or is_due else None


class _CannotBeMade(Exception):
    """A record can't be made; `code` is the problem."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _tell(work: Work, code: str, found: _Found) -> None:
    changes = [*([found.iban.change] if found.iban else []), *found.details]
    work.problem(code, IBAN)
    work.changes.extend(replace(change, sendable=False) for change in changes)


def _new(work: Work, account: _Account, mapped: Mapped, iban: Difference | None) -> _Step:
    """A record for the net wage: Loket's defaults, and the mapped values over them."""
    context = work.context
    defaults = ask(work, "iban", lambda: context.target.payment_defaults(account.employment_id))
    component = _component_of_wage(work, account.employment_id, defaults)
    if iban is None or component is None:
        raise _CannotBeMade("no_payroll_component" if iban else "no_bank_account")
    details = diff_part(Resource.PAYMENT, defaults, mapped.values, context.mapping)
    whole = as_new(defaults, details, iban.wanted, component)
    return _Step(whole, details, has_iban=True)


def as_new(defaults: Raw, details: Sequence[Change], iban: str, component: Any) -> Raw:
    """The body of a first record: Loket's defaults, and what is mapped over them."""
    known = {name: value for name, value in defaults.items() if name in _EMPTY and value is not None}
    return overlay(_EMPTY | known, details) | {IBAN: iban, "payrollComponent": {"key": component}}


_EMPTY: Raw = {
    **{f.path: None for f in LOKET_FIELDS.values() if f.resource is Resource.PAYMENT},
    "visibleOnPayslip": False,
    "payrollComponent": None,
}


def _component_of_wage(work: Work, employment_id: str, defaults: Raw) -> Any:
    """Loket's own default, else the one that is called net wage, else the only one there is."""
    target = work.context.target
    if default := defaults.get("payrollComponent"):
        return default.get("key")
    options = ask(work, "iban", lambda: target.payment_metadata(employment_id)).get("payrollComponent", ())
    named = [option for option in options if _is_wage(option.value)]
    found = named or (options if len(options) == 1 else ())
    return found[0].key if found else None


def _keep_iban(work: Work, iban: Difference, answer: tuple[Raw, _Step] | None) -> None:
    if answer is not None and answer[1].has_iban and not _holds(answer[0], iban):
        work.missed([iban.change])
        return
    confirmed(work, IBAN, iban.wanted)
    work.did([iban.change])


def _holds(record: Mapping[str, Any], iban: Difference) -> bool:
    return compact(record.get(IBAN) or "") == iban.wanted


def _details(mapped: Mapped) -> dict[str, Value]:
    return {key: value for key, value in mapped.values.items() if LOKET_FIELDS[key].resource is Resource.PAYMENT}


def _component(record: Mapping[str, Any]) -> int:
    return int((record.get("payrollComponent") or {}).get("key") or 0)


def _says_wage(component: Any) -> bool:
    return isinstance(component, Mapping) and _is_wage(
        str(component.get("value") or component.get("description") or "")
    )


def _is_wage(text: str) -> bool:
    return "".join(text.casefold().split()) == _WAGE
