"""Purges what has served its purpose: values of people in results, and those that an import of values left out or put
others in the place of, after RESULT_RETENTION_DAYS.

BSN and IBAN go earlier, when Loket confirms them (`rosters.seal`); a roster goes when a newer one comes, and one of
Personio when its people come from elsewhere now.
"""

from datetime import timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from mapping.models import ValueImport
from onboarding.models import LegalEntity, SignInAttempt
from sync.models import Operation, Quarantine, Result, Roster, Run
from sync.services import bench_reading, history, left_out

AUTOMATIC = 10
"""So many comparisons that nobody asked for are kept of a legal entity: each holds a result for everybody."""
LONGEST_READING = timedelta(days=1)


@transaction.atomic
def purge() -> int:
    """Deletes names and values from the results of old runs; outcomes and counts stay. Gives the number of runs.

    Their journal goes with them, what Loket said of people who were set aside and released as long ago, and the values of
    changes that were left out until then.
    Those of old imports of values, attempts to sign in at Loket and ended sessions go as well.
    """
    limit = timezone.now() - timedelta(days=settings.RESULT_RETENTION_DAYS)
    due = Run.objects.filter(finished_at__lt=limit, purged_at__isnull=True)
    ids = list(due.values_list("pk", flat=True))
    Result.objects.filter(run__in=ids).update(person=None, detail=None)
    Operation.objects.filter(run__in=ids).delete()  # nothing of an ended run is decided by them any more
    Quarantine.objects.filter(released_at__lt=limit).update(person=None, detail=None)
    left_out.purge(limit)
    Run.objects.filter(pk__in=ids).update(purged_at=timezone.now())
    imports = ValueImport.objects.filter(at__lt=limit, purged_at__isnull=True)
    imports.update(rejects=[], former=[], purged_at=timezone.now())
    SignInAttempt.objects.filter(created_at__lt=timezone.now() - timedelta(days=1)).delete()
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    _purge_readings()
    return len(ids)


def _purge_readings() -> None:
    """Readings of workers that are gone, of legal entities that get their people from elsewhere now, and those for a draft
    after a day, or once it is a draft no longer."""
    half = Roster.objects.filter(entity__isnull=True)
    half.filter(uploaded_at__lt=timezone.now() - LONGEST_READING).delete()
    of_drafts = Roster.objects.filter(bench_for__isnull=False)
    of_drafts.exclude(bench_reading.counting()).delete()
    read = Roster.objects.filter(source=Roster.Source.PERSONIO, entity__isnull=False)
    read.exclude(personio_id=F("entity__personio_id")).delete()


def forget_automatic(entity: LegalEntity) -> int:
    """Deletes old comparisons that nobody asked for, the newest that was completed apart; gives their number."""
    runs = Run.objects.filter(connection__entity=entity, is_dry=True).exclude(state__in=Run.ACTIVE)
    old = list(runs.exclude(trigger__in=Run.BY_SOMEBODY).values_list("pk", flat=True)[AUTOMATIC:])
    completed = history.newest_completed(entity, is_dry=True)
    found = Run.objects.filter(pk__in=set(old) - ({completed.pk} if completed else set()))
    return found.delete()[1].get("sync.Run", 0)
