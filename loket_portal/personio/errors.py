"""What can go wrong with Personio, named by who does what next; the words are as `lib.errors` says."""

from loket_portal.lib.errors import ConfigProblem, Retryable, SyncError, gettext_noop

__all__ = [
    "ConfigProblem",
    "CredentialsRefused",
    "ListChanged",
    "NotReadable",
    "Retryable",
    "SyncError",
    "gettext_noop",
]

SUPPORT_LOOKS = gettext_noop("Support looks into it; nothing needs to be entered again.")
RETRY_LATER = gettext_noop("Nothing to do: it is tried again by itself.")

_NOT_READABLE = {
    "employees": (
        gettext_noop("Personio does not let these credentials read employees."),
        gettext_noop(
            "Whoever administers Personio opens Marketplace › Connected integrations › your integration and allows "
            "reading employees; then start again."
        ),
    ),
    "attributes": (
        gettext_noop("Personio does not let these credentials read the list of employee attributes."),
        gettext_noop(
            "Whoever administers Personio opens Marketplace › Connected integrations › your integration and allows "
            "reading employees; then start again."
        ),
    ),
    "legal_entities": (
        gettext_noop("Personio does not let these credentials read the legal entities."),
        gettext_noop(
            "Whoever administers Personio checks that the company uses legal entities there and that this integration "
            "may read persons; then start again."
        ),
    ),
    "persons": (
        gettext_noop("Personio does not let these credentials read persons and their employments."),
        gettext_noop(
            "Whoever administers Personio opens Marketplace › Connected integrations › your integration and allows "
            "reading persons; then start again."
        ),
    ),
    "webhooks": (
        gettext_noop("Personio does not let these credentials manage webhooks."),
        gettext_noop(
            "Whoever administers Personio opens Marketplace › Connected integrations › your integration and allows "
            "reading and writing webhooks; without them changes arrive once a day."
        ),
    ),
}


class CredentialsRefused(ConfigProblem):
    """Personio does not accept the client id and secret: an administrator enters them again."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(
            gettext_noop("Personio does not accept the client ID and the client secret."),
            gettext_noop("An administrator enters Personio's client ID and client secret again."),
            detail,
        )


class NotReadable(ConfigProblem):
    """The credentials are good, but may not read `what`: employees, attributes, legal_entities, persons, webhooks."""

    def __init__(self, what: str, detail: str = "") -> None:
        super().__init__(*_NOT_READABLE[what], detail)
        self.what = what


class ListChanged(Retryable):
    """A list repeated somebody or left somebody out: what was read of it must not be used as if it were whole."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(gettext_noop("A list changed in Personio while it was being read."), RETRY_LATER, detail)
