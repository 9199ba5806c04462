"""What may be connected to what, and why not: from stored connections and evidence. No network."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from onboarding.facts import Fact, Outcome
from onboarding.models import Company, Connection, LegalEntity, LoketLogin, User
from onboarding.services import known
from onboarding.services.known import Rows


class Between(StrEnum):
    """What is between a legal entity and an administration; wording/pictures.py says it."""

    CONNECTED = "connected"
    SIGN_IN_NEEDED = "sign_in_needed"
    PROBLEM = "problem"
    NOT_DUTCH = "not_dutch"
    CHECK_FIRST = "check_first"
    TAX_ID_FIRST = "tax_id_first"
    ENABLE_FIRST = "enable_first"
    CHOOSE = "choose"
    NO_TAX_ID = "no_tax_id"
    SHARED_TAX_ID = "shared_tax_id"
    TAX_ID_CONNECTED = "tax_id_connected"
    TAKEN = "taken"
    ENDED = "ended"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Join:
    """A legal entity, an administration by name and number, and what is between them.

    `names`: who shares the tax ID; `fact`: what a check found, where that says more.
    """

    entity: LegalEntity | None
    between: Between
    administration: str = ""
    number: str = ""
    names: str = ""
    fact: Fact | None = None

    @property
    def is_connected(self) -> bool:
        return self.entity is not None and getattr(self.entity, "connection", None) is not None


def company_of(user: User, pk: int) -> Company | None:
    """The company, for its active members."""
    return Company.objects.filter(pk=pk, memberships__user=user, memberships__user__is_active=True).first()


def joins(company: Company) -> list[Join]:
    """All legal entities with their administrations, then the administrations that nobody has. Constant queries."""
    entities = list(
        LegalEntity.objects.filter(company=company).select_related("company", "connection").order_by("name")
    )
    rows = known.read(entities)
    seen = {(row["name"], row["number"]): row for facts in rows.facts.values() for row in _listed(facts)}
    numbers = dict(seen.keys())  # by name
    found = [join for entity in entities for join in _of(entity, rows, numbers)]
    drawn = {(join.administration, join.number) for join in found}
    return [*found, *(_free(row) for key, row in seen.items() if key not in drawn)]


def _listed(facts: dict[str, Fact]) -> Iterable[dict[str, str]]:
    return facts["administrations"].details if "administrations" in facts else ()


def _free(row: dict[str, str]) -> Join:
    between = Between(row["reason"]) if row["reason"] else Between.FREE
    return Join(None, between, row["name"], row["number"], row.get("names", ""))


def _of(entity: LegalEntity, rows: Rows, numbers: dict[str, str]) -> Iterator[Join]:
    facts, connection = rows.facts.get(entity.pk, {}), rows.connections.get(entity.pk)
    own = facts.get("own_tax_id")
    if connection is not None:
        yield _connected(entity, connection, facts.get("linked_administration"))
    elif not entity.is_dutch:
        yield Join(entity, Between.NOT_DUTCH)
    elif own is not None and own.outcome is Outcome.FAILED:
        yield from _failed(entity, own, numbers)
    else:
        name = own.params.get("names", "") if own else ""
        yield Join(entity, _waits_for(entity, facts, own), name, numbers.get(name, ""))


def _connected(entity: LegalEntity, connection: Connection, linked: Fact | None) -> Join:
    number = "" if connection.administration_number is None else str(connection.administration_number)
    between, fact = Between.CONNECTED, None
    if connection.login.state == LoketLogin.State.SIGN_IN_NEEDED:
        between = Between.SIGN_IN_NEEDED
    elif linked is not None and linked.outcome is Outcome.FAILED:
        between, fact = Between.PROBLEM, linked
    return Join(entity, between, connection.administration_name, number, fact=fact)


def _failed(entity: LegalEntity, own: Fact, numbers: dict[str, str]) -> Iterator[Join]:
    """A tax ID that several administrations share has a line to each of them; another fault says itself."""
    names = [row["name"] for row in own.details if "name" in row]
    for name in names:
        others = ", ".join(other for other in names if other != name)
        yield Join(entity, Between.SHARED_TAX_ID, name, numbers.get(name, ""), others)
    if not names:
        name = own.params.get("names", "")
        yield Join(entity, Between.PROBLEM, name, numbers.get(name, ""), fact=own)


def _waits_for(entity: LegalEntity, facts: dict[str, Fact], own: Fact | None) -> Between:
    if "administrations" not in facts:
        return Between.CHECK_FIRST
    if own is None and not entity.tax_id:
        return Between.TAX_ID_FIRST
    return Between.CHOOSE if entity.is_enabled else Between.ENABLE_FIRST
