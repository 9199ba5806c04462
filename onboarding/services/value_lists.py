"""Loket's value lists, loaded after a sign-in and every day, and kept for the mapping (rules 8 and 30)."""

import logging
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Min, Q, QuerySet
from django.utils import timezone

from loket_portal.lib import bell
from loket_portal.lib.errors import SyncError
from loket_portal.lib.text import storable
from loket_portal.loket.client import LoketClient
from loket_portal.loket.errors import Forbidden, RecordRejected
from loket_portal.loket.payloads import ValueLists
from onboarding.models import LoketLogin, ValueList
from onboarding.services import logins

REFRESH_EVERY = timedelta(hours=24)  # rule 30
UNUSED_FOR = timedelta(days=7)
"""Lists of a sign-in that nobody uses any more are renewed by nobody; after this they go."""
MOST_GONE = 500
UNIQUE, WRITTEN = ("login", "administration_id", "name"), ("options", "gone", "loaded_at")
OF_ENDINGS = ("endOfEmploymentReasonTaxAuthorities", "endOfEmploymentReason")
TASK = "mapping.tasks.compare_lists"

Stored = dict[str, Any]
"""An option as a row has it: key, value, iso_code."""

log = logging.getLogger(__name__)


def load(login: LoketLogin) -> int:
    """Reads the lists of every administration that has not ended; gives how many lists there are. Raises SyncError."""
    client, employer = logins.client_for(login), str(login.employer_id)
    today, count = timezone.localdate(), 0
    there = [one for one in client.list_administrations(employer) if one.end_on is None or one.end_on >= today]
    of_endings = _of_endings(client, employer) if there else {}
    for administration in there:
        lists = client.concept_metadata(administration.id, employer)
        count += _keep(login, administration.id, of_endings | lists)
    if there:  # one that has ended keeps no value alive
        ValueList.objects.filter(login=login).exclude(administration_id__in=[one.id for one in there]).delete()
    bell.ring_aside(TASK, login.company_id)  # a sign-in waits here, and the lists are compared every hour anyway
    return count


def _of_endings(client: LoketClient, employer: str) -> ValueLists:
    """Why an employment ends: only an employment has these lists, and nothing is read of whose it is."""
    try:
        anybodys = next(client.iter_employment_versions(employer), None)
        lists = client.employment_metadata(anybodys[0]) if anybodys else {}
    except (Forbidden, RecordRejected):
        return {}
    return {name: lists[name] for name in OF_ENDINGS if name in lists}


@transaction.atomic
def _keep(login: LoketLogin, administration_id: str, lists: ValueLists) -> int:
    """Stores the lists as they are now; one that Loket no longer has goes, an option that went is remembered."""
    now = timezone.now()
    rows = ValueList.objects.filter(login=login, administration_id=administration_id)
    former = {row.name: row for row in rows}
    made: dict[str, ValueList] = {}
    for name, options in lists.items():
        stored: list[Stored] = storable([asdict(option) for option in options])
        fields = {"options": stored, "gone": _gone(former.get(name[:80]), stored), "loaded_at": now}
        made[name[:80]] = ValueList(login=login, administration_id=administration_id, name=name[:80], **fields)
    ValueList.objects.bulk_create(made.values(), update_conflicts=True, unique_fields=UNIQUE, update_fields=WRITTEN)
    rows.filter(loaded_at__lt=now).delete()
    return len(lists)


def _gone(former: ValueList | None, now: Sequence[Stored]) -> list[Stored]:
    """What was there once and isn't now, the latest first. A list that is empty for once is no list without values."""
    if former is None:
        return []
    there = {_names(option) for option in now}
    known: dict[tuple[str, str], Stored] = {}
    for option in (*former.options, *former.gone):
        if _names(option) not in there:
            known.setdefault(_names(option), option)
    return list(known.values())[:MOST_GONE]


def _names(option: Stored) -> tuple[str, str]:
    """By what a mapping names an option: keys differ per environment (docs/adr/0009)."""
    return str(option.get("value", "")), str(option.get("iso_code") or "")


def count(login: LoketLogin) -> tuple[int, datetime | None]:
    """How many lists are kept, and since when the oldest of them is."""
    rows = ValueList.objects.filter(login=login)
    return rows.count(), rows.aggregate(oldest=Min("loaded_at"))["oldest"]


def refresh_due() -> int:
    """Loads the lists of each sign-in in use that are a day old; gives how many sign-ins were read.

    The nightly checks load them too: this is for those whose checks somebody ran by day, or whose checks stopped.
    """
    read = 0
    for login in _due(timezone.now()):
        try:
            load(login)
            read += 1
        except SyncError as error:
            log.warning("the value lists of sign-in %s could not be loaded: %s", login.pk, type(error).__name__)
        except Exception as error:  # noqa: BLE001  the others have their turn, whatever happened to this one
            log.error("loading the value lists of sign-in %s stopped: %s", login.pk, type(error).__name__)
    _forget_unused(timezone.now())
    return read


def _due(now: datetime) -> QuerySet[LoketLogin]:
    """Without those that somebody must sign in for again: they have their lists when that is done."""
    rows = logins.in_use().filter(state=LoketLogin.State.ACTIVE).annotate(listed=Max("value_lists__loaded_at"))
    return rows.filter(Q(listed__isnull=True) | Q(listed__lte=now - REFRESH_EVERY)).order_by("listed", "pk")


def _forget_unused(now: datetime) -> None:
    rows = ValueList.objects.filter(loaded_at__lte=now - UNUSED_FOR)
    rows.exclude(login__in=logins.in_use().values("pk")).delete()
