"""A company's access to Personio: tried out before it is stored, stored as ciphertext, given to nobody but the client."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from loket_portal.lib.errors import Retryable, SyncError
from loket_portal.personio.client import Credentials, Definition, PersonioClient, PersonioEntity
from loket_portal.personio.errors import CredentialsRefused, NotReadable
from onboarding.models import AuditEvent, Company, Issue, PersonioAccount, User
from onboarding.models.personio import new_hook_key, new_hook_token
from onboarding.services import audit, issues, locks, personio_entities
from onboarding.services.issues import Found
from onboarding.services.patience import Patience
from onboarding.services.personio_accounts import (
    PersonioRefused,
    Refusal,
    account_of,
    require_administrator,
    required,
)

__all__ = [
    "PersonioRefused",
    "Refusal",
    "Trial",
    "account_of",
    "ask",
    "client",
    "client_for",
    "client_of_page",
    "note_refused",
    "note_working",
    "remove",
    "require_administrator",
    "required",
    "store",
    "try_out",
]

SOURCE = Issue.Source.PERSONIO
REFUSED = Issue.Kind.CREDENTIALS_REFUSED
LONGEST_HOOK = 64  # characters of a webhook's id that a row has room for
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Trial:
    """What credentials can read: the attributes, the legal entities, and how many people there are, if Personio says."""

    definitions: tuple[Definition, ...]
    legal_entities: tuple[PersonioEntity, ...]
    people: int | None


def credentials(client_id: str, client_secret: str) -> Credentials:
    """The credentials without the blanks that copying adds."""
    return Credentials(client_id.strip(), client_secret.strip())


def client(wanted: Credentials, patience: Patience | None = None) -> PersonioClient:
    """A client that speaks with these credentials, and says who we are (PERSONIO_APP_ID, PERSONIO_PARTNER_ID).

    With `patience` it raises Retryable where trying again, or waiting for an answer, would take longer than that.
    """
    limits: dict[str, Any] = {"sleep": patience.sleep, **patience.limits} if patience else {}
    return PersonioClient(
        settings.PERSONIO_API_URL,
        wanted,
        app_id=settings.PERSONIO_APP_ID,
        partner_id=settings.PERSONIO_PARTNER_ID,
        **limits,
    )


def client_for(account: PersonioAccount) -> PersonioClient:
    """A client that speaks for the company."""
    return client(credentials(account.client_id, account.client_secret))


def client_of_page(account: PersonioAccount) -> PersonioClient:
    """The same for somebody who waits at a page."""
    return client(credentials(account.client_id, account.client_secret), Patience())


def ask(call: Callable[[], Answer], not_readable: Refusal) -> Answer:
    """The answer of a call; every way to fail becomes a PersonioRefused, without Personio's own words."""
    try:
        return call()
    except CredentialsRefused:
        refusal = Refusal.WRONG_CREDENTIALS
    except NotReadable:
        refusal = not_readable
    except Retryable:
        refusal = Refusal.UNREACHABLE
    except SyncError:
        refusal = Refusal.ODD_ANSWER
    raise PersonioRefused(refusal)


def try_out(client_id: str, client_secret: str) -> Trial:
    """Reads with these credentials what a sync needs; raises PersonioRefused with the first thing that they can't.

    Nothing is stored. Of the people only one is read, for their number. UNREACHABLE when it takes too long for a page.
    """
    patience = Patience()
    asked = client(credentials(client_id, client_secret), patience)

    def step(call: Callable[[], Answer], not_readable: Refusal) -> Answer:
        ask(patience.check, not_readable)
        return ask(call, not_readable)

    step(asked.sign_in, Refusal.WRONG_CREDENTIALS)
    definitions = step(asked.list_attributes, Refusal.ATTRIBUTES_NOT_READABLE)
    page = step(lambda: next(iter(asked.pages(limit=1)), None), Refusal.EMPLOYEES_NOT_READABLE)
    step(lambda: next(iter(asked.iter_persons()), None), Refusal.PERSONS_NOT_READABLE)
    legal_entities = step(asked.list_legal_entities, Refusal.LEGAL_ENTITIES_NOT_READABLE)
    return Trial(tuple(definitions), tuple(legal_entities), page.total if page else None)


@transaction.atomic
def store(company: Company, user: User | None, client_id: str, client_secret: str, trial: Trial) -> PersonioAccount:
    """Stores credentials that `trial` has shown to work, in the place of former ones; entities keep their binding.

    Raises PersonioRefused for anybody but an administrator of the company, and for credentials of another Personio
    account: its numbers mean other people.
    """
    require_administrator(user, company)
    locks.company(company.pk)
    personio_entities.require_same_account(company, trial.legal_entities)
    tried, now = credentials(client_id, client_secret), timezone.now()
    fields = {
        "client_id": tried.client_id,
        "client_secret": tried.client_secret,
        "state": PersonioAccount.State.WORKING,
        "refused_at": None,
        "connected_at": now,
        "connected_by": user,
    }
    account, is_new = PersonioAccount.objects.update_or_create(company=company, defaults=fields)
    audit.record(AuditEvent.Action.PERSONIO_CONNECTED, company=company, actor=user, detail="" if is_new else "replaced")
    personio_entities.note_listed(account, trial.legal_entities)
    issues.report(company, SOURCE, [REFUSED], [])
    return account


def remove(company: Company, user: User | None) -> None:
    """Deletes the credentials. Each legal entity that read Personio goes back to uploads, and the audit trail says so.

    Then Personio is asked to forget our webhook; when it can't be asked, its events are refused all the same.
    """
    require_administrator(user, company)
    with transaction.atomic():
        locks.company(company.pk)
        account = required(company)
        for entity in personio_entities.bound(company):
            personio_entities.unbind(entity, user)
        PersonioAccount.objects.filter(pk=account.pk).delete()
        audit.record(AuditEvent.Action.PERSONIO_REMOVED, company=company, actor=user)
        issues.report(company, SOURCE, list(Issue.Kind), [])
    forget_hook(account)


def note_hook(account: PersonioAccount, hook_id: str) -> bool:
    """Stores the id of a webhook that was made for `account` as it was read; False when its address is no longer ours.

    Of two who make one at once the last counts: it has taken the other away, or both deliver what is stored once.
    """
    if len(hook_id) > LONGEST_HOOK:
        raise PersonioRefused(Refusal.ODD_ANSWER)
    same = PersonioAccount.objects.filter(pk=account.pk, hook_key=account.hook_key)
    return bool(same.update(hook_id=hook_id))


def new_hook(account: PersonioAccount) -> None:
    """Refuses events from now on: the address and the token that Personio has are worthless."""
    fields = {"hook_id": "", "hook_key": new_hook_key(), "hook_token": new_hook_token()}
    PersonioAccount.objects.filter(pk=account.pk, hook_key=account.hook_key).update(**fields)


def forget_hook(account: PersonioAccount) -> bool:
    """Takes the webhook of `account` away at Personio, as far as it had one; tells whether Personio has done it."""
    if not account.hook_id:
        return True
    try:
        client_of_page(account).delete_webhook(account.hook_id)
    except SyncError:  # refused or away: a new address and token make it worthless
        return False
    return True


def note_refused(account: PersonioAccount) -> None:
    """Personio no longer accepts these credentials: an issue says so, and runs wait for new ones.

    `account` is as it was read before the refusal: credentials that were replaced since are left alone.
    """
    current = PersonioAccount.objects.filter(pk=account.pk, connected_at=account.connected_at)
    with transaction.atomic():
        locks.company(account.company_id)
        current.filter(state=PersonioAccount.State.WORKING).update(
            state=PersonioAccount.State.REFUSED, refused_at=timezone.now()
        )
        if current.exists():
            issues.report(account.company, SOURCE, [REFUSED], [Found(REFUSED, "", {}, is_blocking=True)])


def note_working(account: PersonioAccount) -> None:
    """Personio accepts the credentials (again)."""
    refused = PersonioAccount.objects.filter(pk=account.pk, state=PersonioAccount.State.REFUSED)
    if not refused.exists():
        return
    with transaction.atomic():
        locks.company(account.company_id)
        if refused.update(state=PersonioAccount.State.WORKING, refused_at=None):
            issues.report(account.company, SOURCE, [REFUSED], [])
