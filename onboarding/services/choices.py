"""Which administrations may be chosen, and why the others may not (rules 4 and 36). No network."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from loket_portal.loket.payloads import PayrollAdministration
from onboarding.checks.administrations import reason_against, sharers
from onboarding.models import Connection


class Refusal(StrEnum):
    """Why an administration, or the wish to link one, is refused; the pages word it."""

    NO_TAX_ID = "no_tax_id"
    SHARED_TAX_ID = "shared_tax_id"
    TAX_ID_CONNECTED = "tax_id_connected"
    TAKEN = "taken"
    ENDED = "ended"
    GONE = "gone"
    NOT_ALLOWED = "not_allowed"
    NOT_DUTCH = "not_dutch"
    NOT_ENABLED = "not_enabled"
    ALREADY_CONNECTED = "already_connected"
    SIGN_IN_FIRST = "sign_in_first"
    SIGN_IN_AGAIN = "sign_in_again"
    NAME_DIFFERS = "name_differs"
    OTHER_EMPLOYER = "other_employer"
    CHECKS_FAILED = "checks_failed"


@dataclass(frozen=True, slots=True)
class Choice:
    """An administration as the chooser shows it: selectable, or refused with the reason (rule 36).

    `sharers`: the administrations with the same tax ID. `holders`: the legal entities of this company that are
    connected with it, or with its tax ID; those of other companies are never named.
    """

    administration: PayrollAdministration
    refusal: Refusal | None = None
    sharers: tuple[str, ...] = ()
    holders: tuple[str, ...] = ()

    @property
    def is_selectable(self) -> bool:
        return self.refusal is None


def judge(
    administrations: Sequence[PayrollAdministration],
    taken: Iterable[Connection],
    today: date,
    company_id: int | None = None,
) -> tuple[Choice, ...]:
    """Every administration with the first rule it breaks; both of a pair with one tax ID are refused (rules 4 and 36)."""
    taken = list(taken)

    def refusal(a: PayrollAdministration) -> Refusal | None:
        reason = reason_against(a, administrations, taken, today)
        return Refusal(reason.value) if reason else None

    own = [c for c in taken if c.entity is not None and c.entity.company_id == company_id]
    return tuple(Choice(a, refusal(a), sharers(a, administrations), _holders(a, own)) for a in administrations)


def _holders(one: PayrollAdministration, own: Iterable[Connection]) -> tuple[str, ...]:
    same = [c for c in own if one.id.casefold() == str(c.administration_id) or one.tax_id == c.tax_id]
    return tuple(str(c.entity) for c in same)
