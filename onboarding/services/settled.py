"""Tells who waits for a task in Loket that the checks have proved it: what Loket showed nobody has to report."""

import logging
from collections.abc import Iterable

from onboarding.models import Assignment, LegalEntity, User
from onboarding.progress import Status
from onboarding.services import assignments, hub, mails
from onboarding.steps import StepKey

log = logging.getLogger(__name__)


def waited_for(entities: Iterable[LegalEntity]) -> list[Assignment]:
    """The tasks in somebody's hands that are neither reported nor verified yet."""
    rows = Assignment.objects.filter(entity__in=list(entities), ended_at__isnull=True, done_at__isnull=True)
    held = list(rows.select_related("entity__company", "guest", "member", "assigned_by"))
    return [row for row, is_verified in _verified(held) if not is_verified]


def tell(waiting: Iterable[Assignment], actor: User | None) -> None:
    """One e-mail for each of these that is verified now, to who gave it, unless he pressed the button himself."""
    for row, is_verified in _verified(list(waiting)):
        giver = row.assigned_by
        if not is_verified or giver is None or giver == actor:
            continue
        try:
            if assignments.colleagues(row.entity).filter(pk=giver.pk).exists():
                _mail(row, giver)
        except Exception as error:  # noqa: BLE001  its words may hold an address; what was found stays found
            log.error("nobody could be told of a task that is done: %s", type(error).__name__)


def _mail(row: Assignment, giver: User) -> None:
    told = {
        "entity": row.entity,
        "step": StepKey(row.step),
        "holder": row.holder_name,
        "by": "",
        "note": "",
        "url": mails.link("setup_step", pk=row.entity_id, step=row.step),
    }
    mails.to_user(giver, "done", told)


def _verified(rows: list[Assignment]) -> list[tuple[Assignment, bool]]:
    if not rows:
        return []
    entities = LegalEntity.objects.filter(pk__in={row.entity_id for row in rows})  # now: it may use another sign-in
    boards = {board.entity.pk: board for board in hub.boards(entities, None)}
    return [(row, boards[row.entity_id].state(StepKey(row.step)).status is Status.VERIFIED) for row in rows]
