"""Runs of an entity as the pages look them up."""

from dataclasses import dataclass

from django.db.models import QuerySet

from onboarding.models import Connection, LegalEntity
from sync.models import Roster, Run

EARLIER = 10


@dataclass(frozen=True, slots=True)
class History:
    """Finished previews, or syncs, of an entity: the newest that was completed, and what went wrong after it."""

    completed: Run | None
    failed: Run | None
    """The newest of all, when it failed or was cancelled: what people see first. No news: a comparison that made way."""
    earlier: tuple[Run, ...]
    """The others, newest first, at most `EARLIER`."""


def of(entity: LegalEntity, *, is_dry: bool) -> History:
    """The finished previews or syncs; one that broke off never hides the last that was completed."""
    newest = list(_runs(entity).filter(is_dry=is_dry).exclude(state__in=Run.ACTIVE)[: EARLIER + 2])
    news = next((run for run in newest if not _made_way(run)), None)
    failed = news if news and news.state not in Run.FINISHED else None
    completed = newest_completed(entity, is_dry=is_dry)
    shown = {run.pk for run in (failed, completed) if run}
    return History(completed, failed, tuple(run for run in newest if run.pk not in shown)[:EARLIER])


def _made_way(run: Run) -> bool:
    """Whether this is a comparison that nobody asked for and that was cancelled, most often for what somebody started."""
    return run.is_dry and run.state == Run.State.CANCELLED and run.trigger in Run.AUTOMATIC


def newest_completed(entity: LegalEntity, *, is_dry: bool) -> Run | None:
    """The newest preview or sync that reached its end, whoever needs somebody in it."""
    return _runs(entity).filter(is_dry=is_dry, state__in=Run.FINISHED).first()


def has_synced(connection: Connection) -> bool:
    """Whether a sync of this connection was ever completed."""
    return Run.objects.filter(connection=connection, is_dry=False, state__in=Run.FINISHED).exists()


def sent_after(preview: Run) -> Run | None:
    """The sync that has sent what this preview showed: one that was completed later."""
    syncs = Run.objects.filter(connection=preview.connection_id, is_dry=False, state__in=Run.FINISHED)
    return syncs.filter(pk__gt=preview.pk).order_by("-pk").first()


def is_outdated(preview: Run, roster: Roster | None) -> bool:
    """Whether the people of `roster`, which is in use, were read or uploaded after this preview looked at them."""
    if roster is None:
        return False
    if roster.told_until is None or preview.finished_at is None:
        return roster.uploaded_at > preview.created_at
    return roster.told_until > preview.finished_at  # of Personio, which the preview has read itself


def last_scheduled(entity: LegalEntity) -> Run | None:
    """The newest sync that began by itself, however it ended or stands."""
    return _runs(entity).filter(trigger=Run.Trigger.SCHEDULE, is_dry=False).first()


def since_switch(entity: LegalEntity) -> QuerySet[Run]:
    """The runs whose people came from where they come from now, back to the last one whose people came from elsewhere.

    Elsewhere is a file instead of Personio, the other way round, or another legal entity of Personio.
    """
    elsewhere = _runs(entity).exclude(personio_id=entity.personio_id).first()
    return _runs(entity).filter(personio_id=entity.personio_id, pk__gt=elsewhere.pk if elsewhere else 0)


def active(entity: LegalEntity) -> Run | None:
    """The run that is under way, preview or sync; there is at most one (rule 56)."""
    return _runs(entity).filter(state__in=Run.ACTIVE).first()


def in_the_way(run: Run | None) -> Run | None:
    """This run, where nothing can be started beside it; a comparison that began by itself makes way."""
    return run if run and not run.gives_way else None


def has_sent(run: Run) -> bool:
    """Whether a run that waits for an answer has sent anything before it asked."""
    return run.state == Run.State.WAITING and run.operations.exists()


def _runs(entity: LegalEntity) -> QuerySet[Run]:
    return Run.objects.filter(connection__entity=entity).select_related("started_by", "as_in").order_by("-pk")
