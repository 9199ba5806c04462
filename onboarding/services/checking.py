"""The live checks as the rest of the portal asks for them: now, at night, after a sign-in and before a sync.

Facts of a sign-in are written down once for all legal entities that use it, the others for each (docs/adr/0013).
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from loket_portal.loket.errors import SyncError
from loket_portal.loket.rights import RIGHTS_VERSION
from onboarding.checks import CHECKS, Scope
from onboarding.checks.linked_administration import LinkedAdministration
from onboarding.facts import Fact, Outcome
from onboarding.models import Connection, Evidence, Guest, LegalEntity, LoketLogin, User
from onboarding.services import access, alarms, evidence, logins, settled, stopped, value_lists
from onboarding.services.rounds import By, Found, Round, chosen, entities_of

FRESH = timedelta(hours=24)  # rule 57
NIGHTLY, LONGEST = timedelta(hours=20), timedelta(hours=30)
NIGHT = range(1, 6)  # the hours in the Netherlands in which a nightly round begins
NETHERLANDS = ZoneInfo("Europe/Amsterdam")
NEW_HIRE = "new_hire_rules"

log = logging.getLogger(__name__)


class NoSignIn(Exception):
    """There is no sign-in at Loket to look with: the check sign-in comes first (rule 8)."""


def sign_in_of(entity: LegalEntity) -> LoketLogin | None:
    """The sign-in that the checks of this entity use."""
    return logins.login_for(entity)


def check(
    entity: LegalEntity, keys: Iterable[str] | None = None, *, actor: User | None = None, guest: Guest | None = None
) -> dict[str, Fact]:
    """Looks at Loket now; gives what is known of these facts after it. Without keys all that change nothing there.

    Raises NoSignIn. Whatever Loket does is a fact: that it can't be reached, too.
    """
    login = logins.login_for(entity)
    if login is None:
        raise NoSignIn
    waiting = settled.waited_for({entity, *entities_of(login)})  # a fact of the sign-in is one of all that use it
    facts = _check(login, entity, keys, By(actor, guest))
    settled.tell(waiting, actor)
    return facts


def _check(login: LoketLogin, entity: LegalEntity, keys: Iterable[str] | None, by: By) -> dict[str, Fact]:
    checks = chosen(keys)
    if keys is None:
        LoketLogin.objects.filter(pk=login.pk).update(checked_at=timezone.now())
    _look(login, [entity], keys, by)
    facts = evidence.facts_of([entity])[entity.pk]
    return {one.key: facts[one.key] for one in checks if one.key in facts}


def _look(login: LoketLogin, entities: list[LegalEntity], keys: Iterable[str] | None, by: By) -> None:
    found = Round(login, entities, by).run(chosen(keys))
    _note_green(login, found, is_whole=keys is None)
    alarms.tell(login, found)


def _note_green(login: LoketLogin, found: list[Found], *, is_whole: bool) -> None:
    """When all that blocks was good together; a failed one takes it back, one that couldn't be asked changes nothing."""
    outcomes = [f.finding.outcome for f in found if CHECKS[f.key].is_blocking and CHECKS[f.key].scope is Scope.LOGIN]
    rows = LoketLogin.objects.filter(pk=login.pk)
    if Outcome.FAILED in outcomes:
        rows.update(green_at=None)
    elif is_whole and outcomes and all(outcome.is_good for outcome in outcomes):
        rows.update(green_at=timezone.now())


def after_sign_in(entity: LegalEntity, *, actor: User | None = None, guest: Guest | None = None) -> None:
    """Every check, and Loket's value lists for the mapping (rules 8 and 35). Raises nothing: the sign-in counts.

    Who waits for a task is told by the sign-in, which knows what was proved before it.
    """
    login = logins.login_for(entity)
    try:
        if login is not None:
            _check(login, entity, None, By(actor, guest))
        _load_lists(login)
    except Exception as error:  # noqa: BLE001  the tokens are stored: what is missing now is checked again later
        log.error("the checks after a sign-in stopped: %s", type(error).__name__)


def _load_lists(login: LoketLogin | None) -> None:
    try:
        if login is not None:
            value_lists.load(login)
    except SyncError as error:
        log.warning("the value lists of sign-in %s could not be loaded: %s", login and login.pk, type(error).__name__)


def blocking(entity: LegalEntity) -> tuple[Fact, ...]:
    """The facts that block the choice of an administration, in the order of the checks (rule 35).

    Failed ones, and those of which Loket never told anything: what can't be undone waits for an answer.
    """
    facts = evidence.facts_of([entity])[entity.pk]
    known = (facts[key] for key, one in CHECKS.items() if one.is_blocking and key in facts)
    return tuple(fact for fact in known if fact.outcome in (Outcome.FAILED, Outcome.UNREACHABLE))


def ensure_fresh(connection: Connection) -> None:
    """Before a sync: returns when the checks were all green in the last 24 hours, or are now (rule 57).

    Raises ConfigProblem that names the first failed fact (SignInNeeded where it is the sign-in), or Retryable when
    Loket couldn't be asked.
    """
    entity = connection.entity
    if entity is None or (_is_fresh(connection) and _saw_administration(entity) and not stopped.by(entity)):
        return
    check(entity)
    stopped.raise_if_not_green(entity)


def _is_fresh(connection: Connection) -> bool:
    login = LoketLogin.objects.get(pk=connection.login_id)
    is_recent = login.green_at is not None and login.green_at > timezone.now() - FRESH
    return is_recent and not _has_older_rights(login)


def _saw_administration(entity: LegalEntity) -> bool:
    """Whether it was looked at in time: the sign-in may be green by a round over another entity that shares it."""
    seen = evidence.facts_of([entity])[entity.pk].get(LinkedAdministration.key)
    return seen is not None and seen.since is None and seen.at > timezone.now() - FRESH


def try_new_hire(entity: LegalEntity, user: User) -> Fact:
    """Tries an invented new hire at Loket: made, judged, deleted. Only on request. Raises NotAllowed and NoSignIn."""
    access.require_payroll_edit(user, entity)
    if not Connection.objects.filter(entity=entity).exists():
        raise NoSignIn
    return check(entity, (NEW_HIRE,), actor=user)[NEW_HIRE]


def recheck_due() -> int:
    """Checks again the sign-ins whose turn it is; gives their number. Two at once never check the same one."""
    now, count = timezone.now(), 0
    for login in _in_use():
        if _is_due(login, now) and _claim(login, now):
            _recheck(login)
            count += 1
    return count


def _in_use() -> QuerySet[LoketLogin]:
    """The sign-ins that some legal entity uses, first the one that was looked at longest ago."""
    return logins.in_use().annotate(last=Coalesce("checked_at", "signed_in_at")).order_by("last")


def _is_due(login: LoketLogin, now: datetime) -> bool:
    """At night after 20 hours, at any time after 30, and at once when the set of rights was raised (rule 17)."""
    age = now - (login.checked_at or login.signed_in_at)
    is_night = now.astimezone(NETHERLANDS).hour in NIGHT
    return age > LONGEST or (is_night and age > NIGHTLY) or _has_older_rights(login)


def _has_older_rights(login: LoketLogin) -> bool:
    """Whether the rights were last compared with an older set (rule 17)."""
    rows = Evidence.objects.filter(login=login, fact="rights").exclude(outcome=Outcome.UNREACHABLE)
    newest = rows.first()
    return newest is not None and newest.params.get("version") != str(RIGHTS_VERSION)


def _claim(login: LoketLogin, now: datetime) -> bool:
    """Whether this process won the round: nobody has begun one since the row was read."""
    return LoketLogin.objects.filter(pk=login.pk, checked_at=login.checked_at).update(checked_at=now) == 1


def _recheck(login: LoketLogin) -> None:
    try:
        entities = entities_of(login)
        waiting = settled.waited_for(entities)
        _look(login, entities, None, By())
        settled.tell(waiting, None)
        _load_lists(login)
    except Exception as error:  # noqa: BLE001  the others have their turn, whatever happened to this one
        log.error("the nightly checks of sign-in %s stopped: %s", login.pk, type(error).__name__)
