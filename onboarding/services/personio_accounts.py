"""The account of a company at Personio as the services find it, and why something was not done with it."""

from collections.abc import Mapping
from enum import StrEnum

from onboarding.models import Company, PersonioAccount, User
from onboarding.services import access


class Refusal(StrEnum):
    """Why nothing was done; wording/personio.py words it."""

    WRONG_CREDENTIALS = "wrong_credentials"
    EMPLOYEES_NOT_READABLE = "employees_not_readable"
    PERSONS_NOT_READABLE = "persons_not_readable"
    LEGAL_ENTITIES_NOT_READABLE = "legal_entities_not_readable"
    ATTRIBUTES_NOT_READABLE = "attributes_not_readable"
    EVENTS_NOT_ALLOWED = "events_not_allowed"
    UNREACHABLE = "unreachable"
    ODD_ANSWER = "odd_answer"
    NOT_ALLOWED = "not_allowed"
    NOT_CONNECTED = "not_connected"
    NOT_DUTCH = "not_dutch"
    ENTITY_GONE = "entity_gone"
    ENTITY_BOUND = "entity_bound"
    OTHER_ACCOUNT = "other_account"


class PersonioRefused(Exception):
    """Nothing was changed. Neither the refusal nor its params hold a credential."""

    def __init__(self, refusal: Refusal, params: Mapping[str, str] | None = None) -> None:
        super().__init__(refusal.value)
        self.refusal, self.params = refusal, dict(params or {})


def account_of(company: Company) -> PersonioAccount | None:
    """The company's account, or None while it is not connected with Personio."""
    return PersonioAccount.objects.select_related("company", "connected_by").filter(company=company).first()


def required(company: Company) -> PersonioAccount:
    """The company's account; raises PersonioRefused while there is none."""
    account = account_of(company)
    if account is None:
        raise PersonioRefused(Refusal.NOT_CONNECTED)
    return account


def require_administrator(user: User | None, company: Company) -> None:
    """Raises PersonioRefused for anybody but an administrator; `None` is a setup document, which support loads."""
    if user is not None and not access.may_administer(user, company):
        raise PersonioRefused(Refusal.NOT_ALLOWED)
