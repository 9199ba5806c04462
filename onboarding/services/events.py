"""Events of Personio: received by token, stored once, and taken by the next comparison.

What a payload holds is documented nowhere. So any event means that something changed; ids are used where they are
certain, and everybody is compared where they are not. No payload is ever stored or logged.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from loket_portal.lib import bell
from loket_portal.lib.text import storable
from onboarding.models import AuditEvent, Company, PersonioAccount, PersonioEvent, User
from onboarding.services import audit, mails, personio
from onboarding.services.personio_accounts import Refusal, require_administrator, required

TASK = "sync.tasks.compare"
LARGEST = 64 * 1024  # bytes; an event holds ids only
LIFE = timedelta(days=30)
PING = "ping"
MOST = 200
"""So many events wait one by one; what comes beside them is one row that means everybody, so no storm fills the table."""
KEPT = 2_000  # taken ones, by which a second delivery is known
DESCRIPTION = "Loket Portal"
WANTED = (
    *("person.created", "person.updated", "person.deleted"),
    *("employment.created", "employment.updated", "employment.deleted"),
    *("employment.started", "employment.terminated"),
)
_PERSON_LINK = re.compile(r"/persons/(\d{1,18})(?![\w-])", re.ASCII)
_NUMBER = re.compile(r"\d{1,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Pending:
    """What no comparison has taken yet. `ids`: these people of Personio; None: it may be anybody.

    `events` are the rows that this was read from; `take` takes exactly these, so that one that comes later waits.
    """

    ids: frozenset[int] | None
    events: tuple[int, ...]

    def __bool__(self) -> bool:
        return bool(self.events)


# --- From Personio ------------------------------------------------------------------------------------------------------


def receive(hook_key: str, authorization: str, body: bytes) -> bool:
    """Stores an event and rings the comparison; the same event again changes nothing. Asks nobody anything.

    False, and nothing stored, for an address that isn't there or a token that isn't the account's. Whoever has both
    can ring, and no more: the rows of an account are limited, and so is how often it is compared.
    """
    account = PersonioAccount.objects.only("hook_token").filter(hook_key=hook_key).first()
    wanted = _header(account.hook_token) if account else _header(hook_key)
    is_right = hmac.compare_digest(authorization.encode(errors="replace"), wanted.encode())
    if account is None or not is_right:
        return False
    _store(account, _read(body), body)
    return True


def _header(token: str) -> str:
    """What Personio sends back word for word in `Authorization`."""
    return f"Bearer {token}"


def _read(body: bytes) -> dict[str, Any]:
    """The event; one that can't be read is an event all the same, of which nothing is known."""
    if len(body) > LARGEST:
        return {}
    try:
        return _object(json.loads(body))
    except (ValueError, RecursionError):
        return {}


@transaction.atomic
def _store(account: PersonioAccount, event: dict[str, Any], body: bytes) -> None:
    rows, name, digest = PersonioEvent.objects.filter(account=account), _name(event), _digest(body)
    if name == PING:
        _put(account, _digest(PING.encode()), name, taken_at=timezone.now())
        return
    is_known = rows.filter(digest=digest).exists()
    if is_known and event.get("occurred_at"):  # without its time a second event is not told from a second delivery
        return
    waiting = rows.filter(taken_at__isnull=True)[:MOST].count()
    if waiting < MOST or is_known:
        _put(account, digest, name, _person(event, name))
    else:
        _put(account, _digest(b"many"))
    if not waiting:  # a hundred events ring once; the schedule rings again
        bell.ring_aside(TASK)


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _put(
    account: PersonioAccount, digest: str, name: str = "", person: int | None = None, taken_at: datetime | None = None
) -> None:
    """One row a digest. Heard again it waits again, from now: a comparison that has begun meanwhile doesn't take it."""
    fields = {"name": name, "person_id": str(person or ""), "received_at": timezone.now(), "taken_at": taken_at}
    _row, is_new = PersonioEvent.objects.update_or_create(account=account, digest=digest, defaults=fields)
    if is_new:
        _forget_old(account)


def _name(event: dict[str, Any]) -> str:
    name = event.get("event_name")
    return str(storable(name)).strip()[:60] if isinstance(name, str) else ""


def _person(event: dict[str, Any], name: str) -> int | None:
    """The one person that the event is about; None when it names nobody, several, or only an employment."""
    payload = _object(event.get("payload"))
    places = [payload, _object(payload.get("employment"))]
    found = {number for place in places for number in map(_number, _candidates(place)) if number}
    if name.startswith("person.") and (own := _number(payload.get("id"))):
        found.add(own)
    return found.pop() if len(found) == 1 else None


def _candidates(place: dict[str, Any]) -> Iterator[Any]:
    """Where the number of a person may stand."""
    person = place.get("person")
    yield person.get("id") if isinstance(person, dict) else person
    yield place.get("person_id")
    links = _object(_object(place.get("_meta")).get("links"))
    for link in (links.get(key) for key in ("self", "person", "employment")):
        address = link.get("href") if isinstance(link, dict) else link
        if isinstance(address, str) and (match := _PERSON_LINK.search(address)):
            yield match[1]


def _number(value: Any) -> int | None:
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return int(text) if _NUMBER.fullmatch(text) and int(text) > 0 else None


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _forget_old(account: PersonioAccount) -> None:
    rows = PersonioEvent.objects.filter(account=account)
    rows.filter(received_at__lt=timezone.now() - LIFE).delete()
    taken = rows.filter(taken_at__isnull=False)
    for last in taken.order_by("-pk").values_list("pk", flat=True)[KEPT : KEPT + 1]:
        taken.filter(pk__lte=last).delete()


# --- To the comparison --------------------------------------------------------------------------------------------------


def untaken(company: Company) -> QuerySet[PersonioEvent]:
    """The events of the company's account that no comparison has taken."""
    return PersonioEvent.objects.filter(account__company=company, taken_at__isnull=True)


def pending(rows: QuerySet[PersonioEvent]) -> Pending:
    """What these events tell; false when there are none."""
    people = dict(rows.values_list("pk", "person_id"))
    is_anybody = "" in people.values()
    return Pending(None if is_anybody else frozenset(map(int, people.values())), tuple(people))


def take(account: PersonioAccount, until: Pending) -> None:
    """Marks what `until` was read from as taken: a comparison that sees it has begun. Old events are deleted."""
    rows = PersonioEvent.objects.filter(account=account, pk__in=until.events, taken_at__isnull=True)
    rows.update(taken_at=timezone.now())
    _forget_old(account)


# --- On and off ---------------------------------------------------------------------------------------------------------


def address(account: PersonioAccount) -> str:
    """Where Personio sends the events of this account; nobody can guess it."""
    return mails.link("personio_hook", hook_key=account.hook_key)


def switch_on(account: PersonioAccount, user: User | None) -> None:
    """Registers our webhook at Personio; one that is on already stays.

    Raises PersonioRefused: for anybody but an administrator, and EVENTS_NOT_ALLOWED when the scope is missing.
    """
    require_administrator(user, account.company)
    now = required(account.company)
    if now.hook_id:
        return
    client, url = personio.client_of_page(now), address(now)

    def register() -> str:
        for webhook in client.list_webhooks():
            if webhook.url == url:  # of a registration whose answer never came
                client.delete_webhook(webhook.id)
        return client.create_webhook(url, _header(now.hook_token), WANTED, DESCRIPTION)

    hook_id = personio.ask(register, Refusal.EVENTS_NOT_ALLOWED)
    if personio.note_hook(now, hook_id):
        _audit(now, user, "on")
    else:  # switched off or removed by somebody else meanwhile: what they did counts
        personio.ask(lambda: client.delete_webhook(hook_id), Refusal.EVENTS_NOT_ALLOWED)


def switch_off(account: PersonioAccount, user: User | None) -> bool:
    """Refuses events from now on and takes the webhook away at Personio; tells whether Personio could be asked.

    Raises PersonioRefused for anybody but an administrator.
    """
    require_administrator(user, account.company)
    now = required(account.company)
    if not now.hook_id:
        return True
    personio.new_hook(now)
    _audit(now, user, "off")
    return personio.forget_hook(now)


def _audit(account: PersonioAccount, user: User | None, detail: str) -> None:
    audit.record(AuditEvent.Action.PERSONIO_EVENTS, company=account.company, actor=user, detail=detail)
