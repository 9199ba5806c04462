"""What a sync run can report, named by who does what next; every service's own errors are kinds of these.

The words are English msgids with `%(name)s` places, so that a page can translate them:
`gettext(error.message_id) % error.params`. `error.message` and `error.hint` are the English text, ready to show.
"""

from typing import Any


def gettext_noop(text: str) -> str:
    """Marks a text for extraction; Django's own would want settings, which this package knows nothing of."""
    return text


class SyncError(Exception):
    """Anything a sync run can report: `message` says what is wrong, `hint` who does what, `detail` is for support.

    `message` and `hint` never hold a value of a person. `detail` may hold the service's own words: it is
    redacted before it is stored.
    """

    def __init__(self, message: str, hint: str = "", detail: str = "", *, params: dict[str, str] | None = None) -> None:
        self.message_id, self.hint_id, self.params, self.detail = message, hint, params or {}, detail
        self.message = message % self.params if self.params else message
        self.hint = hint % self.params if self.params else hint
        super().__init__(self.message)


class ConfigProblem(SyncError):
    """A person must change something first: the connection stops and nothing is repeated by itself (rule 51)."""


class Retryable(SyncError):
    """It may work later, unchanged; `retry_after` is how many seconds the service asked us to wait, if it did."""

    def __init__(
        self, message: str, hint: str = "", detail: str = "", *, retry_after: float | None = None, **more: Any
    ) -> None:
        super().__init__(message, hint, detail, **more)
        self.retry_after = retry_after
