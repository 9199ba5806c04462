"""Comparisons with Personio that nobody asks for: after an event within minutes, and of everybody once a day.

They are previews, so they write nothing. Two beats at once start one (compare-and-set on `Watch`), none starts beside a
run that is under way, and what an event told counts as seen only when a reading begun after it was complete.
"""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from onboarding.models import Connection, Issue, LegalEntity, LoketLogin, PersonioAccount
from onboarding.services import events, issues, personio
from onboarding.services.events import Pending
from onboarding.services.issues import Found
from sync.models import Roster, Run, Watch
from sync.services import history, readings, retention, rosters, runs

TASK = events.TASK
ISSUE = Issue.Kind.COMPARISON_FAILED
DEBOUNCE = timedelta(minutes=5)
"""So many events as there are, no entity is compared more often by itself."""
AFTER_FAILURE = timedelta(hours=1)
DAY = timedelta(hours=24)
MARGIN = timedelta(seconds=30)
"""So long it takes at most until an event that was received is stored."""


def compare() -> int:
    """Starts the comparisons that are due, and gives their number. Harmless to call at any time."""
    return sum(_compare(entity) for entity in _watched())


def read(run: Run, entity: LegalEntity, hold: readings.Hold) -> Roster:
    """The reading of a run: only the people that events told of where that will do, else everybody."""
    began = timezone.now()
    found = waiting(entity)
    told = readings.Told(began, found.events)
    ids = found.ids if run.trigger == Run.Trigger.WEBHOOK else None
    roster = readings.refresh_some(run, ids, hold, told) if ids else readings.refresh(run, hold, told)
    _take_seen(entity)
    return roster


def waiting(entity: LegalEntity) -> Pending:
    """What Personio told since the entity's people were last read."""
    seen, rows = _seen(rosters.current(entity)), events.untaken(entity.company)
    return events.pending(rows.exclude(seen) if seen else rows)


def _seen(roster: Roster | None) -> Q | None:
    """Which events are in a reading. Of the last moments before it only those that it was told of by number: another
    one may have been received by then, and stored a moment later."""
    if roster is None or roster.told_until is None:
        return None
    is_old = Q(received_at__lt=roster.told_until - MARGIN) | Q(pk__in=roster.seen_events)
    return Q(received_at__lt=roster.told_until) & is_old


def note_end(run: Run) -> None:
    """Tells of a comparison that began by itself and has failed, since nobody looks at it, until one succeeds."""
    entity = run.connection.entity
    if entity is None:
        return
    if run.state in Run.FINISHED and issues.open_of(entity.company).filter(kind=ISSUE, entity=entity).exists():
        _report(entity)
    elif run.state == Run.State.FAILED and run.trigger in Run.AUTOMATIC and not _is_told(run.connection):
        words = {name: {"msgid": getattr(run, name), "params": run.params} for name in ("message", "hint")}
        _report(entity, Found(ISSUE, str(entity.pk), {"name": entity.name, **words}, entity=entity))


def _is_told(connection: Connection) -> bool:
    """Whether Loket or Personio accepts us no longer: that is told already, with who acts."""
    connection.login.refresh_from_db(fields=["state"])
    is_watched = _watched().filter(connection=connection).exists()
    return connection.login.state == LoketLogin.State.SIGN_IN_NEEDED or not is_watched


def _report(entity: LegalEntity, *found: Found) -> None:
    issues.report(entity.company, Issue.Source.PERSONIO, [ISSUE], found, entity)


def _watched() -> QuerySet[LegalEntity]:
    """The legal entities of which a preview can be made."""
    ready = Q(
        enabled_at__isnull=False, connection__isnull=False, company__personio__state=PersonioAccount.State.WORKING
    )
    return LegalEntity.objects.filter(ready).exclude(personio_id="").select_related("company").order_by("pk")


def _compare(entity: LegalEntity) -> bool:
    watch, _made = Watch.objects.get_or_create(entity=entity)
    now = timezone.now()
    trigger = None if history.active(entity) else _due(entity, watch, now)
    if trigger is None or not _win(watch, now):
        return False
    try:
        run = runs.start(entity, is_dry=True, user=None, trigger=trigger)
    except runs.RunRefused:  # the pages say why, to whoever looks
        return False
    if run.trigger != trigger:  # somebody was quicker
        return False
    retention.forget_automatic(entity)
    return True


def _due(entity: LegalEntity, watch: Watch, now: datetime) -> Run.Trigger | None:
    newest = Run.objects.filter(connection__entity=entity).first()
    has_failed = newest is not None and newest.state == Run.State.FAILED
    if watch.compared_at and watch.compared_at > now - (AFTER_FAILURE if has_failed else DEBOUNCE):
        return None
    if _is_turn(entity, now):
        return Run.Trigger.SCHEDULE
    return Run.Trigger.WEBHOOK if waiting(entity) else None


def _is_turn(entity: LegalEntity, now: datetime) -> bool:
    """Whether nobody has read everybody for a day, and the schedule has not just tried to."""
    roster = rosters.current(entity)
    is_read = roster is not None and roster.uploaded_at > now - DAY
    tried = Run.objects.filter(connection__entity=entity, trigger=Run.Trigger.SCHEDULE, created_at__gt=now - DAY)
    return not is_read and not tried.exists()


def _win(watch: Watch, now: datetime) -> bool:
    """Whether this beat starts it: no other has since the row was read."""
    return Watch.objects.filter(pk=watch.pk, compared_at=watch.compared_at).update(compared_at=now) == 1


def _take_seen(entity: LegalEntity) -> None:
    """Takes the events that every compared legal entity of the company has been read after."""
    account = personio.account_of(entity.company)
    of_each = [seen for one in _watched().filter(company=entity.company_id) if (seen := _seen(rosters.current(one)))]
    if account is None or not of_each:  # one that was never read has all before it
        return
    rows = events.untaken(entity.company)
    for seen in of_each:
        rows = rows.filter(seen)
    events.take(account, events.pending(rows))
