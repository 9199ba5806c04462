"""What all checks of one round share: who asks, about whom, and Loket's answers, each asked for once.

An error is remembered as well: a list that Loket refuses is not asked for again by the next check.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from django.conf import settings

from loket_portal.loket.client import LoketClient
from loket_portal.loket.diagnosis import Cause, cause_of
from loket_portal.loket.errors import Retryable, SignInNeeded, SyncError
from loket_portal.loket.filter_settings import FilterClient
from loket_portal.loket.payloads import Employer, LoketUser, NamedItem, PayrollAdministration
from loket_portal.loket.setup_payloads import ApplicationActivity, EmployerUser, Integration, UserRight
from onboarding.facts import Fact
from onboarding.models import Connection, LegalEntity, LoketLogin

Answer = TypeVar("Answer")


PATIENCE = 2
"""How many questions without an answer show that Loket is away: each of them was repeated for up to two minutes."""


@dataclass
class Answers:
    """What was asked of Loket in this round, by name: the answer, or the error that came instead."""

    known: dict[str, Any] = field(default_factory=dict)

    def once(self, name: str, ask: Callable[[], Answer]) -> Answer:
        """The answer to this question; the first to ask asks Loket. Raises the SyncError it gave.

        When Loket is away it is asked no further in this round: somebody may be waiting for the page.
        """
        if name not in self.known:
            self.known[name] = self._away() or self._asked(ask)
        answer: Answer | SyncError = self.known[name]
        if isinstance(answer, SyncError):
            raise answer
        return answer

    def _asked(self, ask: Callable[[], Answer]) -> Answer | SyncError:
        try:
            return ask()
        except SyncError as error:
            return error

    def _away(self) -> SyncError | None:
        errors = [answer for answer in self.known.values() if isinstance(answer, Retryable)]
        return errors[-1] if len(errors) >= PATIENCE else None


@dataclass
class Seen:
    """One round over a sign-in; `of` gives the same for one legal entity. All properties raise SyncError.

    `make_client` and `make_filters` make the clients when the first check needs them; `make_filters` is None where the
    filter settings have no address. `linked`: the running connections of this environment. `last`: what was known.
    """

    login: LoketLogin
    make_client: Callable[[], LoketClient]
    now: datetime
    today: date
    make_filters: Callable[[], FilterClient] | None = None
    linked: Sequence[Connection] = ()
    entity: LegalEntity | None = None
    connection: Connection | None = None
    last: Mapping[str, Fact] = field(default_factory=dict)
    answers: Answers = field(default_factory=Answers)

    def of(self, entity: LegalEntity, connection: Connection | None, last: Mapping[str, Fact]) -> "Seen":
        """The same round, looking at one legal entity."""
        return Seen(
            login=self.login,
            make_client=self.make_client,
            now=self.now,
            today=self.today,
            make_filters=self.make_filters,
            linked=self.linked,
            entity=entity,
            connection=connection,
            last=last,
            answers=self.answers,
        )

    @property
    def employer_id(self) -> str:
        return str(self.login.employer_id)

    @property
    def client(self) -> LoketClient:
        return self.answers.once("client", self.make_client)

    @property
    def filters(self) -> FilterClient | None:
        return self.answers.once("filters", self.make_filters) if self.make_filters else None

    @property
    def user(self) -> LoketUser:
        return self.answers.once("user", self.client.get_user)

    @property
    def employers(self) -> list[Employer]:
        return self.answers.once("employers", self.client.list_employers)

    @property
    def activities(self) -> list[str]:
        """The names of the activities that the user may perform at the employer."""
        return self.answers.once("activities", lambda: self.client.list_authorizations(self.employer_id))

    @property
    def our_users(self) -> list[EmployerUser]:
        """The integration user among the users of the employer, found by e-mail (rule 18): one, none, or several."""
        email = self.user.email.casefold()
        users = self.answers.once("users", lambda: self.client.list_employer_users(self.employer_id))
        return [user for user in users if user.email.strip().casefold() == email]

    def rights_of(self, user_id: str) -> list[UserRight]:
        """The rights of a user of the employer, those that it lacks too."""
        ask = lambda: self.client.list_user_rights(self.employer_id, user_id)  # noqa: E731
        return self.answers.once(f"rights of {user_id}", ask)

    @property
    def rights_enabled(self) -> set[str] | None:
        """The names of the rights that the integration user has; None when it is not among the employer's users."""
        users = self.our_users
        if not users:
            return None
        return {right.description for user in users for right in self.rights_of(user.id) if right.is_enabled}

    @property
    def application(self) -> list[ApplicationActivity] | None:
        """The activities of our application and what each asks; None when Loket doesn't say which one is ours."""
        integrations = self.answers.once("integrations", self.client.get_integrations)
        ours = _ours(integrations, settings.LOKET_CLIENT_ID)
        if ours is None:
            return None
        ask = lambda: self.client.list_application_authorizations(ours.application_id)  # noqa: E731
        return self.answers.once("application", ask)

    @property
    def modules(self) -> list[str]:
        return self.answers.once("modules", lambda: self.client.list_modules(self.employer_id))

    @property
    def functions(self) -> list[NamedItem]:
        return self.answers.once("functions", lambda: self.client.list_functions(self.employer_id))

    @property
    def departments(self) -> list[NamedItem]:
        return self.answers.once("departments", lambda: self.client.list_departments(self.employer_id))

    @property
    def distribution_units(self) -> list[NamedItem]:
        return self.answers.once("units", lambda: self.client.list_distribution_units(self.employer_id))

    @property
    def administrations(self) -> list[PayrollAdministration]:
        return self.answers.once("administrations", lambda: self.client.list_administrations(self.employer_id))

    @property
    def refusal(self) -> SignInNeeded | None:
        """Loket's word, in this round, that it no longer takes the sign-in."""
        return next((error for error in self.answers.known.values() if isinstance(error, SignInNeeded)), None)

    @property
    def obsolete(self) -> dict[str, date]:
        """The activities whose version Loket ends, and when, as far as the answers of this round said so."""
        return dict(self.client.obsolete)

    def known(self, ask: Callable[["Seen"], Answer]) -> Answer | None:
        """The answer, or None when Loket doesn't give it: for what helps and isn't the question. Raises SignInNeeded."""
        try:
            return ask(self)
        except SignInNeeded:
            raise
        except SyncError:
            return None

    def cause(self, activity: str) -> Cause | None:
        """Which of Loket's questions a refused activity fails on (rule 19), as far as its lists can be read."""
        return cause_of(
            activity,
            application=self.known(lambda seen: seen.application),
            granted=self.known(lambda seen: seen.activities) or (),
            rights_enabled=self.known(lambda seen: seen.rights_enabled),
            modules=self.known(lambda seen: seen.modules),
        )


def _ours(integrations: Sequence[Integration], client_id: str) -> Integration | None:
    """Our application: the one with our id, else the only one this user signed in to; of several nobody knows which."""
    same = [one for one in integrations if one.application_id.casefold() == client_id.casefold()]
    candidates = same or integrations
    return candidates[0] if len(candidates) == 1 else None
