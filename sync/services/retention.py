"""Purges what has served its purpose: values of people in results after RESULT_RETENTION_DAYS.

BSN and IBAN go earlier, when Loket confirms them (`rosters.seal`); a roster goes when a newer one comes.
"""

from datetime import timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from onboarding.models import SignInAttempt
from sync.models import Result, Run


@transaction.atomic
def purge() -> int:
    """Deletes names and values from the results of old runs; outcomes and counts stay. Gives the number of runs.

    Attempts to sign in at Loket and ended sessions go as well.
    """
    limit = timezone.now() - timedelta(days=settings.RESULT_RETENTION_DAYS)
    due = Run.objects.filter(finished_at__lt=limit, purged_at__isnull=True)
    ids = list(due.values_list("pk", flat=True))
    Result.objects.filter(run__in=ids).update(person=None, detail=None)
    Run.objects.filter(pk__in=ids).update(purged_at=timezone.now())
    SignInAttempt.objects.filter(created_at__lt=timezone.now() - timedelta(days=1)).delete()
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    return len(ids)
