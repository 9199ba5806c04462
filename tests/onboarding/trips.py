"""Trips to Loket's sign-in page and back, without a browser."""

from onboarding.models import Assignment, Connection, Guest, LegalEntity, LoketLogin, User
from onboarding.services import logins, signin
from onboarding.services.signin import Completed, Purpose
from onboarding.steps import StepKey
from tests.browserless import sign_in_at_loket
from tests.factories import ConnectionFactory
from tests.onboarding import setups

SESSION = "session-1"
FIRST, SECOND = "integratie@tulphoreca.example", "tweede@tulphoreca.example"
OTHER, ACCOUNTANT = "integratie@rooshoreca.example", "j.jansen@jansen-accountants.example"


def trip(
    entity: LegalEntity,
    user: User | None = None,
    *,
    guest: Guest | None = None,
    purpose: Purpose = Purpose.CONNECT,
    as_user: str = FIRST,
) -> Completed:
    """To Loket as one of its users and back; raises what the sign-in raises."""
    address = signin.begin(entity, SESSION, user=user, guest=guest, purpose=purpose)
    return signin.complete(SESSION, sign_in_at_loket(address, user=as_user), user=user, guest=guest)


def linked(entity: LegalEntity, login: LoketLogin, number: int = 0) -> Connection:
    """A connection with an administration that the sign-in sees."""
    seen = logins.client_for(login).list_administrations(str(login.employer_id))[number]
    return ConnectionFactory(
        entity=entity, login=login, administration_id=seen.id, administration_name=seen.name, tax_id=f"8000{number}L01"
    )


def holder(entity: LegalEntity, **fields: object) -> Assignment:
    """A guest who holds the task of the integration user."""
    return setups.assign(entity, StepKey.INTEGRATION_USER, guest=setups.guest(entity, **fields))
