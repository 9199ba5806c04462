"""Legal entities of Personio: which can be taken, taking one, and giving it back. Only Dutch ones, ever (rule 1)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from loket_portal.lib.text import one_line, storable
from loket_portal.personio.client import PersonioEntity
from onboarding.models import AuditEvent, Company, Issue, LegalEntity, PersonioAccount, User
from onboarding.models.legal_entity import NETHERLANDS
from onboarding.services import audit, issues, locks
from onboarding.services.issues import Found
from onboarding.services.personio_accounts import (
    PersonioRefused,
    Refusal,
    account_of,
    require_administrator,
    required,
)

SOURCE = Issue.Source.PERSONIO
LONGEST_ID, LONGEST_NAME = 40, 100  # characters that a legal entity has room for
KINDS = (Issue.Kind.LEGAL_ENTITY_GONE, Issue.Kind.LEGAL_ENTITY_MOVED)
OF_READINGS = (Issue.Kind.NO_LEGAL_ENTITY, Issue.Kind.RECORD_WITHOUT_ID)
"""What only reading people finds, and finds gone: without an entity that is read nobody would ever resolve it."""


class State(StrEnum):
    """What can be done with a legal entity of Personio; wording/personio.py words it."""

    FREE = "free"
    BOUND = "bound"
    SAME_NAME = "same_name"
    NOT_DUTCH = "not_dutch"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Offer:
    """One legal entity of Personio. `entity` is ours: the one that reads it, or the one of the same name.

    A country that Personio doesn't tell is "": such an entity is not known to be Dutch, so it is not possible either.
    """

    id: str
    name: str
    country: str
    state: State
    entity: LegalEntity | None = None


def bound(company: Company) -> QuerySet[LegalEntity]:
    """The company's legal entities whose people come from Personio."""
    return company.entities.exclude(personio_id="").select_related("company")


def offers(company: Company) -> list[Offer]:
    """Personio's legal entities as they were read last, by name, and those bound here that it no longer lists."""
    return _offers(account_of(company), list(company.entities.all()))


def _offers(account: PersonioAccount | None, ours: list[LegalEntity]) -> list[Offer]:
    listed = _listed(account.legal_entities if account else [])
    found = [_offer(one, ours) for one in listed.values()]
    gone = [
        Offer(entity.personio_id, entity.name, entity.country, State.GONE, entity)
        for entity in ours
        if entity.reads_personio and entity.personio_id not in listed
    ]
    return sorted([*found, *gone], key=lambda offer: (offer.name.casefold(), offer.id))


def _listed(rows: Iterable[dict[str, str]]) -> dict[str, PersonioEntity]:
    return {row["id"]: PersonioEntity(row["id"], row["name"], row["country"]) for row in rows}


def _offer(one: PersonioEntity, ours: list[LegalEntity]) -> Offer:
    reader = next((entity for entity in ours if entity.personio_id == one.id), None)
    namesake = _same_name(one.name, ours)
    if one.country != NETHERLANDS or (reader is None and namesake is not None and not namesake.is_dutch):
        return Offer(one.id, one.name, one.country, State.NOT_DUTCH, reader or namesake)
    if reader is not None:
        return Offer(one.id, one.name, one.country, State.BOUND, reader)
    return Offer(one.id, one.name, one.country, State.SAME_NAME if namesake else State.FREE, namesake)


def _same_name(name: str, ours: list[LegalEntity]) -> LegalEntity | None:
    """Ours of this name; else the only one whose name differs in capitals, blanks and full stops alone ("BV", "B.V.")."""
    exact = next((entity for entity in ours if entity.name == name), None)
    alike = [entity for entity in ours if _plain(entity.name) == _plain(name)]
    return exact or (alike[0] if len(alike) == 1 else None)


def _plain(name: str) -> str:
    return re.sub(r"[\s.]", "", name).casefold()


@transaction.atomic
def take(company: Company, user: User | None, personio_id: str) -> LegalEntity:
    """Makes Personio the source of a legal entity: of ours with the same name, else of a new one.

    A new one is not enabled: support does that (rule 8). An uploaded roster stays until Personio was read in its place.
    Another company may read the same one: its own credentials have shown that it may. They share nothing here, and in
    Loket each has an administration of its own (rule 4).
    Raises PersonioRefused: for anybody but an administrator, and for an entity that is not Dutch (rule 1).
    """
    require_administrator(user, company)
    locks.company(company.pk)
    account = required(company)
    ours = list(
        company.entities.order_by("pk").select_for_update(of=("self",), no_key=True)
    )  # support may be correcting one
    offer = next((offer for offer in _offers(account, ours) if offer.id == personio_id), None)
    if offer is None or offer.state == State.GONE:
        raise PersonioRefused(Refusal.ENTITY_GONE)
    if offer.state == State.NOT_DUTCH:
        raise PersonioRefused(Refusal.NOT_DUTCH, {"name": offer.name, "country": offer.country})
    if offer.state == State.BOUND and offer.entity is not None:
        return offer.entity
    entity = offer.entity or LegalEntity(company=company, name=_new_name(offer, ours), country=NETHERLANDS)
    if entity.reads_personio:
        raise PersonioRefused(Refusal.ENTITY_BOUND, {"name": entity.name})
    _bind(entity, personio_id)
    _audit(entity, user, "bound")
    return entity


def _new_name(offer: Offer, ours: list[LegalEntity]) -> str:
    """Personio's name as far as there is room; with its id where it has none, or is cut to one that is there already."""
    name, mark = offer.name[:LONGEST_NAME].strip(), f"Personio {offer.id}"
    if name and name not in {entity.name for entity in ours}:
        return name
    return f"{name[: LONGEST_NAME - len(mark) - 3]} ({mark})" if name else mark


def _bind(entity: LegalEntity, personio_id: str) -> None:
    """Stores the binding. What was written down of the mapping was of the other source: whoever knows it looks again."""
    entity.personio_id = personio_id
    if entity.pk is None:
        entity.save()
        return
    entity.mapping_lacks, entity.mapping_looked_at = [], None
    entity.save(update_fields=["personio_id", "mapping_lacks", "mapping_looked_at"])


@transaction.atomic
def unbind(entity: LegalEntity, user: User | None) -> None:
    """The entity's people come from an upload again; what was read last stays until then.

    Raises PersonioRefused for anybody but an administrator of the company.
    """
    require_administrator(user, entity.company)
    locks.company(entity.company_id)
    row = LegalEntity.objects.select_for_update(of=("self",)).select_related("company").get(pk=entity.pk)
    if row.reads_personio:
        _bind(row, "")
        _audit(row, user, "unbound")
        account = account_of(row.company)
        _report(row.company, _listed(account.legal_entities if account else []))
        if not bound(row.company).exists():
            issues.report(row.company, SOURCE, OF_READINGS, [])
    entity.refresh_from_db()


def _audit(entity: LegalEntity, user: User | None, detail: str) -> None:
    action = AuditEvent.Action.PERSONIO_ENTITY
    audit.record(action, company=entity.company, entity=entity, actor=user, detail=detail)


@transaction.atomic
def note_listed(account: PersonioAccount, entities: Iterable[PersonioEntity]) -> None:
    """Stores Personio's list, and that it was read now. What became of the bound ones is an issue that stops their sync.

    Nothing here ever makes an entity Dutch, or foreign: Personio's country only stops it (rule 1).
    """
    locks.company(account.company_id)
    listed = [_stored(one) for one in entities if len(one.id) <= LONGEST_ID]  # no id of Personio is longer
    account.legal_entities, account.looked_at = listed, timezone.now()
    account.save(update_fields=["legal_entities", "looked_at"])
    _report(account.company, _listed(listed))


def _stored(one: PersonioEntity) -> dict[str, str]:
    row: dict[str, str] = storable({"id": one.id, "name": one_line(one.name), "country": one.country.upper()})
    return row


def require_same_account(company: Company, entities: Iterable[PersonioEntity]) -> None:
    """Raises PersonioRefused when these can't be the legal entities of the Personio account that the company has.

    In another account the same id may be another employer, whose people would appear here. So what is bound must have
    its id and its name: the one that Personio had last, or ours. Where nothing is bound, one that is known will do.
    """
    account = account_of(company)
    known = {one.id: one.name for one in _listed(account.legal_entities if account else []).values()}
    now = {one.id: _plain(_stored(one)["name"]) for one in entities}
    ours = list(bound(company))
    for entity in ours:
        names = {_plain(entity.name), _plain(known.get(entity.personio_id, entity.name))}
        if now.get(entity.personio_id) not in names:
            raise PersonioRefused(Refusal.OTHER_ACCOUNT, {"name": entity.name})
    if known and not ours and not any(now.get(id_) == _plain(name) for id_, name in known.items()):
        raise PersonioRefused(Refusal.OTHER_ACCOUNT, {"name": next(iter(known.values()))})


def _report(company: Company, listed: dict[str, PersonioEntity]) -> None:
    found = [issue for entity in bound(company) for issue in _wrong(entity, listed.get(entity.personio_id))]
    issues.report(company, SOURCE, KINDS, found)


def _wrong(entity: LegalEntity, now: PersonioEntity | None) -> Iterator[Found]:
    """What Personio's list says against the binding of an entity. An unknown country says nothing."""
    if now is None:
        yield Found(KINDS[0], entity.personio_id, {"name": entity.name}, is_blocking=True, entity=entity)
    elif now.country not in ("", NETHERLANDS):
        params = {"name": now.name or entity.name, "country": now.country}
        yield Found(KINDS[1], entity.personio_id, params, is_blocking=True, entity=entity)
