"""Where an entity stands with Personio: when it was last read and by whom, and what is to be mended there. No network."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from onboarding.models import Issue, LegalEntity, PersonioAccount
from onboarding.services import issues, personio
from sync.models import Roster, Run
from sync.services import rosters


@dataclass(frozen=True, slots=True)
class PersonioState:
    """`account` None: the company is no longer connected. `roster` None: no run has read Personio yet.

    `issues` are those of the company and of this entity, what stops the sync first.
    """

    account: PersonioAccount | None
    roster: Roster | None
    last_read_by: Run | None
    issues: tuple[Issue, ...]

    @property
    def can_read(self) -> bool:
        """Whether Personio accepts the credentials, as far as we know."""
        return self.account is not None and self.account.is_working

    @property
    def read_at(self) -> datetime | None:
        """When the people were last read, all of them or those whom Personio told of."""
        return (self.roster.told_until or self.roster.uploaded_at) if self.roster else None

    @property
    def blocking(self) -> tuple[Issue, ...]:
        """What stops the sync."""
        return tuple(issue for issue in self.issues if issue.is_blocking)


def read(entity: LegalEntity) -> PersonioState:
    """The state of an entity that reads Personio."""
    roster = rosters.current(entity)
    reader = Run.objects.filter(roster=roster).select_related("started_by").first() if roster else None
    found = issues.open_of(entity.company).filter(Q(entity__isnull=True) | Q(entity=entity))
    return PersonioState(
        account=personio.account_of(entity.company),
        roster=roster,
        last_read_by=reader,
        issues=tuple(found),
    )
