"""What a person says to a run: agree, pause, let go on, cancel. Each takes payroll edit, is audited, and counts once.

Every word is one conditional UPDATE: of two people who say something at once one is heard, and the other is told.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from loket_portal.lib import bell
from onboarding.models import AuditEvent, LegalEntity, User
from onboarding.services import access, audit
from sync.guards import Guard, from_json
from sync.models import Run
from sync.services import leases, left_out

Action = AuditEvent.Action


class Refusal(StrEnum):
    """Why a word changed nothing; the pages say it."""

    NOT_WAITING = "not_waiting"
    QUESTION_CHANGED = "question_changed"
    UNANSWERED = "unanswered"
    NOT_POSSIBLE = "not_possible"


class WordRefused(Exception):
    """The run stays as it is."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


def questions(run: Run) -> tuple[Guard, ...]:
    """What a run waits for, or waited for; of a preview: what its sync would have to ask."""
    return from_json(run.guards)


def mark(run: Run) -> str:
    """Stands for these very questions: a page sends it back with the answers (`seen` of `approve`)."""
    return hashlib.sha256(json.dumps(run.guards, sort_keys=True).encode()).hexdigest()[:16]


@transaction.atomic
def approve(run: Run, user: User | None, answers: Mapping[str, bool], *, seen: str | None = None) -> Run:
    """Answers all that the run waits for, by guard: yes, or leave these changes out; then it goes on.

    What is left out stays so, until HR or Loket has something else (`left_out`). A no to a guard that can't be left out
    cancels the run. `seen` is the `mark` of what the page showed. Raises NotAllowed and WordRefused.
    """
    _require(run, user)
    asked = {guard.code: guard for guard in questions(run)}
    if run.state != Run.State.WAITING:
        raise WordRefused(Refusal.NOT_WAITING)
    if seen is not None and seen != mark(run):
        raise WordRefused(Refusal.QUESTION_CHANGED)
    if asked.keys() - answers.keys():
        raise WordRefused(Refusal.UNANSWERED)
    if any(not answers[code] and not guard.can_be_left_out for code, guard in asked.items()):
        return cancel(run, user)
    given = {code: guard.count if answers[code] else 0 for code, guard in asked.items()}
    fields = {"approved": {**run.approved, **given}, "approved_by": user, "approved_at": timezone.now()}
    waiting = Run.objects.filter(pk=run.pk, state=Run.State.WAITING, guards=run.guards)
    if not waiting.update(**leases.queued_now(), **fields):
        raise WordRefused(Refusal.NOT_WAITING)
    left_out.remember(run, user, {code for code, count in given.items() if not count})
    _record(Action.RUN_APPROVED, run, user, _detail(asked.values(), given))
    bell.ring(leases.TASK, run.pk)
    return _fresh(run)


def _detail(asked: Iterable[Guard], given: Mapping[str, int]) -> str:
    return "; ".join(f"{one.code}: {given[one.code] or 'left out'}" for one in asked)


@transaction.atomic
def pause(run: Run, user: User | None) -> Run:
    """Holds the run: at once where no worker has it, else after the calls that are under way."""
    _require(run, user)
    done = _idle(run).exclude(state=Run.State.PAUSED).update(**leases.paused_now())
    return _said(run, user, Action.RUN_PAUSED, done or _ask(run, Run.Asked.PAUSE))


@transaction.atomic
def resume(run: Run, user: User | None) -> Run:
    """Lets a paused run go on, or takes back a pause that its worker has not come to yet."""
    _require(run, user)
    done = Run.objects.filter(pk=run.pk, state=Run.State.PAUSED).update(**leases.queued_now())
    if done:
        bell.ring(leases.TASK, run.pk)
    taken_back = Run.objects.filter(pk=run.pk, state=Run.State.RUNNING, asked=Run.Asked.PAUSE)
    return _said(run, user, Action.RUN_RESUMED, done or taken_back.update(asked=""))


@transaction.atomic
def cancel(run: Run, user: User | None) -> Run:
    """Ends the run: at once where no worker has it, else after the calls that are under way. What was sent stays."""
    _require(run, user)
    done = _idle(run).update(**leases.cancelled_now())
    return _said(run, user, Action.RUN_CANCELLED, done or _ask(run, Run.Asked.CANCEL))


def _idle(run: Run) -> QuerySet[Run]:
    """The run, when no worker has it now."""
    held = Q(state__in=[Run.State.QUEUED, *Run.HELD]) | leases.claimable()
    return Run.objects.filter(held, pk=run.pk)


def _ask(run: Run, asked: Run.Asked) -> int:
    """Asks the worker that has the run; who wants to cancel is heard also after somebody wanted to pause."""
    rows = Run.objects.filter(pk=run.pk, state=Run.State.RUNNING).exclude(asked__in=[asked, Run.Asked.CANCEL])
    return rows.update(asked=asked)


def _said(run: Run, user: User | None, action: Action, changed: int) -> Run:
    if not changed:
        raise WordRefused(Refusal.NOT_POSSIBLE)
    _record(action, run, user, "preview" if run.is_dry else "sync")
    return _fresh(run)


def _require(run: Run, user: User | None) -> None:
    access.require_payroll_edit(user, _entity(run))


def _entity(run: Run) -> LegalEntity:
    entity = run.connection.entity
    if entity is None:  # released: the run has ended with it
        raise WordRefused(Refusal.NOT_POSSIBLE)
    return entity


def _record(action: Action, run: Run, user: User | None, detail: str) -> None:
    entity = _entity(run)
    about: dict[str, Any] = {"company": entity.company, "entity": entity, "actor": user}
    audit.record(action, detail=f"{run.pk}: {detail}", **about)


def _fresh(run: Run) -> Run:
    run.refresh_from_db()
    return run
