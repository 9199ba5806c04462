"""The employments of single people, as far as Personio can tell them: a fault in one person's stops nobody else (rule 50)."""

from loket_portal.lib.errors import SyncError
from loket_portal.personio.client import Employment, PersonioClient
from loket_portal.personio.errors import ConfigProblem, CredentialsRefused, ListChanged, NotReadable

SEVERAL = 3
"""When Personio tells nothing of so many people, and of nobody else, the fault is not theirs."""


class Employments:
    """Asks for them one person at a time, and remembers of whom they could not be read."""

    def __init__(self, client: PersonioClient) -> None:
        self._client = client
        self._unreadable: dict[int, SyncError] = {}
        self._was_read = False

    def of(self, person_id: int) -> list[Employment] | None:
        """The person's employments, None where they can't be read.

        Raises what concerns everybody: Personio is away, or refuses the credentials or the right.
        """
        if person_id in self._unreadable:
            return None
        try:
            found = self._ask(person_id)
        except (CredentialsRefused, NotReadable):
            raise
        except (ListChanged, ConfigProblem) as error:
            self._unreadable[person_id] = error
            return None
        self._was_read = True
        return found

    def require_some(self) -> None:
        """Raises the last error when not a single person's employments could be read."""
        if len(self._unreadable) >= SEVERAL and not self._was_read:
            raise list(self._unreadable.values())[-1]

    def _ask(self, person_id: int) -> list[Employment]:
        """A list that moved is read once more."""
        try:
            return self._client.list_employments(person_id)
        except ListChanged:
            return self._client.list_employments(person_id)
