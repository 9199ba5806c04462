"""Somebody who is no employee in Loket yet: a concept employee is made once, completed, and converted if so agreed.

Its `uniqueName` is ours ("LP-1017"), so that a concept whose answer was lost is found again and never made twice (D5).
Once made it is known by its id. Who is a newcomer is decided in `identity`. One that was made just now is not read again:
POST, BSN, Loket's verdict, conversion are four calls and no others.
"""

from functools import partial
from typing import Any

from loket_portal.loket.errors import RecordRejected, Retryable, WriteUnsure
from mapping.apply import Mapped
from mapping.catalogue import LOKET_FIELDS
from sync.diff import Change, compact, diff_concept, new_values, overlay, read, whole_in_concept
from sync.identity import Newcomer, OurConcept, unique_name
from sync.outcomes import MessageLike, Outcome
from sync.policy import Reason
from sync.ports import CONCEPT_BSN, CONCEPT_CONVERT, CONCEPT_POST, CONCEPT_PUT
from sync.sensitive import Difference, confirmed, difference, sync_bsn
from sync.work import MAX_SENDS, Body, Mode, Sent, Work, ask, mark, permitted, put_surely, send_once

IBAN_PATH = LOKET_FIELDS["iban"].concept_path
Raw = dict[str, Any]


def sync_newcomer(work: Work, number: int, who: Newcomer | OurConcept) -> None:
    """Makes a concept employee, or goes on with the one that stands, of this run or of an earlier one."""
    is_of_this_run = work.context.journal.was_sent(work.key, CONCEPT_POST)
    is_new = isinstance(who, Newcomer) or is_of_this_run
    mapped = work.mapped(is_new=is_new)
    if mapped.is_blocked:
        work.block(Reason.FAULTY_DATA)
        return
    work.reason = Reason.WAITS_AS_CONCEPT
    concept = _standing(work, number, who)
    if is_new:
        permitted(work, "concept", "", lambda: _create(work, number, mapped, concept))
    elif concept is not None:
        permitted(work, "concept", "", lambda: _complete(work, mapped, concept))


def _standing(work: Work, number: int, who: Newcomer | OurConcept) -> Raw | None:
    """The concept there is. One that this run has sent and the lists don't show is looked for before anything is sent."""
    if isinstance(who, OurConcept):
        if who.others:
            work.problem("concept_twice", "employee_number", str(number))
        return work.context.snapshot.concepts.whole(who.concept)
    if not who.begun or work.context.mode is Mode.PLAN:
        return None
    found = work.context.target.get_concept(who.linked) if who.linked else None
    return found if found is not None else _find(work, number)


def _create(work: Work, number: int, mapped: Mapped, concept: Raw | None) -> None:
    """A concept of this run: still to be made, or there already because the run was interrupted."""
    changes, problems = whole_in_concept(work.context.snapshot.concept_defaults(), new_values(mapped.values))
    work.problems.extend(problems)
    iban = difference(
        work, "iban", mapped.values.get("iban"), lambda: read(concept or {}, IBAN_PATH), trust_memory=False
    )
    if work.context.dry_run:
        _plan(work, mapped, [*changes, *([iban.change] if iban else [])])
        _foresee(work)
        return
    sent = [change for change in changes if change.sendable]
    is_made_now = concept is None
    concept = concept or _post(work, _body(work, number, sent, iban), number)
    work.outcome = Outcome.CREATED
    work.context.memory.link(work.key, str(concept["id"]), True)
    work.took(changes, (concept, sent))
    if iban:
        _keep_iban(work, iban, concept)
    _finish(work, mapped, str(concept["id"]), is_fresh=True, is_made_now=is_made_now)


def _plan(work: Work, mapped: Mapped, changes: list[Change]) -> None:
    bsn = difference(work, "bsn", mapped.values.get("bsn"), lambda: None, trust_memory=False)
    work.did([*changes, *([bsn.change] if bsn else [])])
    work.outcome = Outcome.CREATED


def _foresee(work: Work) -> None:
    """What a dry run tells of a conversion. Loket's own verdict is not asked: most have no concept to ask about yet."""
    if not work.context.convert_new or work.problems:
        return
    work.reason = Reason.CONVERTED
    if work.outcome is Outcome.UNCHANGED:
        work.outcome = Outcome.CHANGED


def _body(work: Work, number: int, changes: list[Change], iban: Difference | None) -> Raw:
    body = overlay(work.context.snapshot.concept_defaults(), changes)
    body["uniqueName"] = unique_name(number)
    _part(body, "employmentData")["payrollAdministration"] = {"id": work.context.administration_id}
    if iban:
        _part(body, "employeeData")["iban"] = iban.wanted
    return body


def _part(body: Raw, name: str) -> Raw:
    """A part of the body to write in: a copy, for the body may share it with the defaults that everybody gets."""
    part: Raw = dict(body.get(name) or {})
    body[name] = part
    return part


def _post(work: Work, body: Raw, number: int) -> Raw:
    """The concept after its POST. Without an answer it is looked for, and made again only when it is surely not there.

    Raises WriteUnsure after the third POST that left nothing behind.
    """
    context, name = work.context, unique_name(number)
    post = partial(send_once, work, CONCEPT_POST, name, partial(context.target.create_concept, body))
    sent: Sent[Raw] = post()
    for last in range(1, MAX_SENDS + 1):
        if sent.lost is None:
            if sent.answer:
                return sent.answer
            raise Retryable("Loket's answer to a new concept employee was empty.")
        found = _look_twice(work, number, sent.lost)
        if found is not None:
            context.journal.confirmed(sent.op)
            return found
        if last == MAX_SENDS or context.target.find_employee(number) is not None:
            break
        sent = post()
    raise sent.lost or Retryable("Loket's answer to a new concept employee was empty.")


def _look_twice(work: Work, number: int, lost: WriteUnsure) -> Raw | None:
    """Whether it is there. After a mere silence Loket may still be at work on it, so one look is not enough."""
    for _ in range(1 if _is_over(lost) else 2):
        work.context.pause()
        if (found := _find(work, number)) is not None:
            return found
    return None


def _is_over(lost: WriteUnsure) -> bool:
    """Whether Loket is done with the call: it answered with a fault, or closed the connection."""
    return lost.detail[:1] == "5" or "Connection" in lost.detail


def _find(work: Work, number: int) -> Raw | None:
    """Our concept, by reading all of them again. Of two with our name the older one stays, and that is told."""
    context = work.context
    named = context.target.find_concepts(unique_name(number))
    concepts = {packed.concept_id: packed for packed in map(context.snapshot.concepts.pack, named)}
    ours = sorted(context.identity.made_by_us(list(concepts.values()), number), key=lambda one: one.created)
    if len(ours) > 1:
        work.problem("concept_twice", "employee_number", str(number))
    return context.snapshot.concepts.whole(ours[0]) if ours else None


def _complete(work: Work, mapped: Mapped, concept: Raw) -> None:
    """A concept of an earlier run that still waits: brought up to date, whoever completed it in the meantime."""
    context = work.context
    if not context.is_preview and not context.memory.is_current(work.key):
        context.memory.link(work.key, str(concept["id"]), True)
    planned, problems = diff_concept(concept, mapped.values, context.mapping)
    work.problems.extend(problems)
    iban = difference(work, "iban", mapped.values.get("iban"), lambda: read(concept, IBAN_PATH))
    if not planned and not iban:
        work.check_earlier(CONCEPT_PUT)
    elif context.dry_run:
        work.did([*planned, *([iban.change] if iban else [])])
    else:
        _put(work, mapped, iban, str(concept["id"]))
    work.changes.extend(change for change in new_values(mapped.values) if not change.sendable)
    _finish(work, mapped, str(concept["id"]), is_fresh=False, is_made_now=False)


def _put(work: Work, mapped: Mapped, iban: Difference | None, concept_id: str) -> None:
    context, first = work.context, list[Change]()

    def todo() -> Body | None:
        fresh = context.target.get_concept(concept_id)
        if fresh is None:
            raise RecordRejected("The concept employee is no longer in Loket.", status=404)
        changes, _ = diff_concept(fresh, mapped.values, context.mapping)
        first.extend(() if first else changes)
        body = overlay(fresh, changes)
        is_iban_due = iban is not None and not _holds(fresh, iban)
        if iban is not None and is_iban_due:
            _part(body, "employeeData")["iban"] = iban.wanted
        return Body(body, changes) if changes or is_iban_due else None

    answer = put_surely(
        work,
        CONCEPT_PUT,
        todo,
        lambda body: (context.target.put_concept(concept_id, body.whole), body.changes),
        mark,
    )
    work.took(first, answer)
    if iban:
        _keep_iban(work, iban, answer[0] if answer else None)


def _holds(concept: Raw, iban: Difference) -> bool:
    return compact(read(concept, IBAN_PATH) or "") == iban.wanted


def _keep_iban(work: Work, iban: Difference, concept: Raw | None) -> None:
    if concept is not None and not _holds(concept, iban):
        work.missed([iban.change])
        return
    confirmed(work, "iban", iban.wanted)
    work.did([iban.change])


def _finish(work: Work, mapped: Mapped, concept_id: str, is_fresh: bool, is_made_now: bool) -> None:
    """The BSN by its own call, Loket's verdict, and the conversion if this connection converts."""
    target, bsn = work.context.target, mapped.values.get("bsn")
    unread = [is_made_now]  # what was made just now has no BSN yet; after a lost answer it may have one

    def read_bsn() -> str | None:
        is_known_empty = bool(unread) and unread.pop()
        return None if is_known_empty else ask(work, "bsn", lambda: target.get_concept_bsn(concept_id))

    def put_bsn(value: str) -> None:
        ask(work, "bsn", lambda: target.put_concept_bsn(concept_id, value))

    permitted(
        work, "bsn", "bsn", lambda: sync_bsn(work, CONCEPT_BSN, bsn, read_bsn, put_bsn, trust_memory=not is_fresh)
    )
    if work.outcome is Outcome.FAILED:
        return
    if work.context.dry_run:
        _foresee(work)
        work.must_look |= _awaits_verdict(work)
    elif is_fresh or work.context.convert_new or work.outcome is not Outcome.UNCHANGED:
        permitted(work, "validation", "", lambda: _validate(work, concept_id, is_made_now))


def _awaits_verdict(work: Work) -> bool:
    """In the plan of a sync: the concept is to be converted as soon as Loket agrees, whatever differs."""
    return work.context.convert_new and not work.context.is_preview


def _validate(work: Work, concept_id: str, is_made_now: bool) -> None:
    """Loket's own verdict. Converted only when this connection converts and nobody has anything to say about it."""
    try:
        verdict = tuple(ask(work, "validation", lambda: _verdict(work, concept_id)))
    except RecordRejected as error:
        verdict = error.messages
    work.hear(verdict)
    if not work.context.convert_new:
        return
    if any(message.type.casefold() != "warning" for message in verdict):
        work.reason = Reason.CONVERSION_REFUSED
    elif not work.problems:
        _convert(work, concept_id, is_made_now)


def _verdict(work: Work, concept_id: str) -> tuple[MessageLike, ...]:
    """It changes nothing, so it is asked again when its answer is lost."""
    for _ in range(MAX_SENDS - 1):
        try:
            return tuple(work.context.target.validate_concept(concept_id))
        except WriteUnsure:
            work.context.pause()
    return tuple(work.context.target.validate_concept(concept_id))


def _convert(work: Work, concept_id: str, is_made_now: bool) -> None:
    """Converted: the concept is gone and its id is an employee's. The id tells, whatever happened to the answer."""
    target, unread = work.context.target, [is_made_now]

    def todo() -> str | None:
        if unread and unread.pop():
            return concept_id
        return concept_id if target.get_concept(concept_id) is not None else None

    messages = put_surely(work, CONCEPT_CONVERT, todo, target.convert_concept, str)
    if messages is None:
        target.get_employee(concept_id)
    work.hear(messages or ())
    work.context.memory.link(work.key, concept_id, False)
    work.reason = Reason.CONVERTED
    if work.outcome is Outcome.UNCHANGED:
        work.outcome = Outcome.CHANGED
