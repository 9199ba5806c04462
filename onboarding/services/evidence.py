"""Evidence: written down when a check has looked or a person has said something; read as the latest per fact.

Rows are only ever added. Facts of a sign-in are shared by all legal entities that use it (rule 12).
"""

from collections.abc import Collection, Iterable
from dataclasses import replace

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from onboarding.facts import Fact, Finding, Outcome, Owner
from onboarding.models import AuditEvent, Connection, Evidence, Guest, LegalEntity, LoketLogin, User
from onboarding.services import audit

ROWS_READ = 400  # for a history of 20 lines: a check that runs every night mostly finds what it found before


def record(
    finding: Finding,
    fact: str,
    *,
    entity: LegalEntity | None = None,
    login: LoketLogin | None = None,
    actor: User | None = None,
    guest: Guest | None = None,
) -> Evidence:
    """Writes down what a check found, of an entity or of a sign-in. Unreachable keeps since when Loket is away."""
    now = timezone.now()
    since = None
    if finding.outcome is Outcome.UNREACHABLE:
        former = Evidence.objects.filter(entity=entity, login=login, fact=fact).first()
        since = (former.since if former else None) or now
    return Evidence.objects.create(
        entity=entity,
        login=login,
        fact=fact,
        outcome=finding.outcome,
        code=finding.code,
        params=finding.params,
        details=list(finding.details),
        owner=finding.owner or "",
        since=since,
        at=now,
        actor=actor,
        guest=guest,
    )


def is_first_failure(row: Evidence) -> bool:
    """Whether the answer before this failed one was no failure: of two rounds at once that is so for one only."""
    rows = Evidence.objects.filter(entity=row.entity_id, login=row.login_id, fact=row.fact, pk__lt=row.pk)
    former = rows.exclude(outcome=Outcome.UNREACHABLE).first()
    return former is None or former.outcome != Outcome.FAILED


@transaction.atomic
def declare(
    entity: LegalEntity,
    fact: str,
    *,
    actor: User | None = None,
    guest: Guest | None = None,
    params: dict[str, str] | None = None,
) -> Evidence:
    """Somebody says that it is so; in the audit trail as well."""
    action = AuditEvent.Action.DECLARED
    audit.record(action, company=entity.company, entity=entity, actor=actor, guest=guest, detail=fact)
    said = Finding(Outcome.DECLARED, "", params or {})
    return record(said, fact, entity=entity, actor=actor, guest=guest)


def facts_of(entities: Iterable[LegalEntity]) -> dict[int, dict[str, Fact]]:
    """The latest fact per key of each entity and of the sign-in it uses. Two queries, however many entities.

    Where Loket couldn't be asked, the fact is what was known before, with `since` set.
    """
    entities = list(entities)
    logins = _logins_of(entities)
    rows = _newest(Q(entity__in=[entity.pk for entity in entities]) | Q(login__in=set(logins.values())))
    of_entity: dict[int, dict[str, Fact]] = {}
    of_login: dict[int, dict[str, Fact]] = {}
    for row in rows:  # oldest first: of two rows of one fact the first is what was known before
        facts = of_login.setdefault(row.login_id, {}) if row.login_id else of_entity.setdefault(row.entity_id or 0, {})
        facts[row.fact] = _latest(row, facts.get(row.fact))
    return {e.pk: _newer(of_login.get(logins.get(e.pk, 0), {}), of_entity.get(e.pk, {})) for e in entities}


def _newer(of_login: dict[str, Fact], of_entity: dict[str, Fact]) -> dict[str, Fact]:
    """Both together; where both have a fact (a check sign-in that was refused is one of the entity) the newer counts."""
    older = {key for key, fact in of_entity.items() if key in of_login and fact.at < of_login[key].at}
    return of_login | {key: fact for key, fact in of_entity.items() if key not in older}


def _logins_of(entities: list[LegalEntity]) -> dict[int, int]:
    """The sign-in each entity uses: its connection's, else the one its checks used (logins.login_for, for many)."""
    connected = Connection.objects.filter(entity__in=[entity.pk for entity in entities])
    own = {entity.pk: entity.loket_login_id for entity in entities if entity.loket_login_id}
    return own | dict(connected.values_list("entity_id", "login_id"))


def _newest(of: Q) -> QuerySet[Evidence]:
    """The newest row per fact, and the newest that is an answer of Loket's or of a person."""
    rows = Evidence.objects.filter(of).order_by().values("entity", "login", "fact")
    newest = rows.annotate(newest=Max("pk")).values("newest")
    answered = rows.exclude(outcome=Outcome.UNREACHABLE).annotate(newest=Max("pk")).values("newest")
    found = Evidence.objects.filter(Q(pk__in=newest) | Q(pk__in=answered))
    return found.select_related("actor", "guest").order_by("pk")


def _latest(row: Evidence, former: Fact | None) -> Fact:
    """What counts: of a row that says unreachable what was known before."""
    if row.outcome == Outcome.UNREACHABLE and former is not None and former.outcome is not Outcome.WITHDRAWN:
        return replace(former, since=row.since)
    return as_fact(row)


def as_fact(row: Evidence) -> Fact:
    """One row as what it says."""
    return Fact(
        key=row.fact,
        outcome=Outcome(row.outcome),
        at=row.at,
        by=said_by(row),
        code=row.code,
        params=row.params,
        details=tuple(row.details),
        owner=Owner(row.owner) if row.owner else None,
        since=row.since,
    )


def said_by(row: Evidence) -> str:
    """Who said it, or pressed the button of the check; "" for the nightly one."""
    return str(row.actor or row.guest or "")


def history(entity: LegalEntity, facts: Collection[str], limit: int = 20) -> list[Evidence]:
    """What was seen and said of these facts, newest first; of checks that found the same again only the first time."""
    login = _logins_of([entity]).get(entity.pk)
    rows = Evidence.objects.filter(Q(entity=entity) | Q(login=login, login__isnull=False), fact__in=facts)
    former: dict[str, Evidence] = {}
    kept: list[Evidence] = []
    for row in reversed(rows.select_related("actor", "guest")[:ROWS_READ]):
        if not _is_same(row, former.get(row.fact)):
            kept.append(row)
        former[row.fact] = row
    return kept[::-1][:limit]


def _is_same(row: Evidence, former: Evidence | None) -> bool:
    """Whether a check found what it had found before; what a person says is always news."""
    if former is None or row.outcome in (Outcome.DECLARED, Outcome.WITHDRAWN):
        return False
    return (row.outcome, row.code, row.params, row.details) == (
        former.outcome,
        former.code,
        former.params,
        former.details,
    )
