"""Loket's value lists, loaded after a sign-in and every night, and kept for the mapping (rules 8 and 30)."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from loket_portal.lib.text import storable
from loket_portal.loket.payloads import ValueLists
from onboarding.models import LoketLogin, ValueList
from onboarding.services import logins


def load(login: LoketLogin) -> int:
    """Reads the lists of every administration that has not ended; gives how many lists there are. Raises SyncError."""
    client, employer = logins.client_for(login), str(login.employer_id)
    today, count = timezone.localdate(), 0
    for administration in client.list_administrations(employer):
        if administration.end_on is None or administration.end_on >= today:
            count += _keep(login, administration.id, client.concept_metadata(administration.id, employer))
    return count


@transaction.atomic
def _keep(login: LoketLogin, administration_id: str, lists: ValueLists) -> int:
    """Stores the lists as they are now; one that Loket no longer has goes."""
    now = timezone.now()
    rows = ValueList.objects.filter(login=login, administration_id=administration_id)
    for name, options in lists.items():
        fields: dict[str, Any] = {"options": storable([asdict(option) for option in options]), "loaded_at": now}
        rows.update_or_create(login=login, administration_id=administration_id, name=name[:80], defaults=fields)
    rows.filter(loaded_at__lt=now).delete()
    return len(lists)


def count(login: LoketLogin) -> tuple[int, datetime | None]:
    """How many lists are kept, and since when the oldest of them is."""
    rows = ValueList.objects.filter(login=login)
    return rows.count(), rows.aggregate(oldest=Min("loaded_at"))["oldest"]
