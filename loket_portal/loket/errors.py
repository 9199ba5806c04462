"""What can go wrong with Loket, named by who does what next.

The words are English msgids with `%(name)s` places, so that a page can translate them:
`gettext(error.message_id) % error.params`. `error.message` and `error.hint` are the English text, ready to show.
"""

from typing import Any

from loket_portal.loket.payloads import Message


def gettext_noop(text: str) -> str:
    """Marks a text for extraction; Django's own would want settings, which this package knows nothing of."""
    return text


class SyncError(Exception):
    """Anything a sync run can report: `message` says what is wrong, `hint` who does what, `detail` is for support.

    `message` and `hint` never hold a value of a person. `detail` may hold Loket's own words: it is
    redacted before it is stored.
    """

    def __init__(self, message: str, hint: str = "", detail: str = "", *, params: dict[str, str] | None = None) -> None:
        self.message_id, self.hint_id, self.params, self.detail = message, hint, params or {}, detail
        self.message = message % self.params if self.params else message
        self.hint = hint % self.params if self.params else hint
        super().__init__(self.message)


class ConfigProblem(SyncError):
    """A person must change something first: the connection stops and nothing is repeated by itself (rule 51)."""


class SignInNeeded(ConfigProblem):
    """Loket no longer accepts our tokens: an administrator signs in again (rule 34)."""


class Forbidden(ConfigProblem):
    """A right or a module is missing for this one call (403); what does not need it can go on (rules 19 and 47)."""


class Retryable(SyncError):
    """It may work later, unchanged; `retry_after` is how many seconds Loket asked us to wait, if it did."""

    def __init__(
        self, message: str, hint: str = "", detail: str = "", *, retry_after: float | None = None, **more: Any
    ) -> None:
        super().__init__(message, hint, detail, **more)
        self.retry_after = retry_after


class WriteUnsure(Retryable):
    """A write without a clear answer: it may have been done, so read before repeating it (rule 52)."""


class Conflict(Retryable):
    """Somebody else changed the record since we read it (409); it was not written: read it again, then compare."""


class RecordRejected(SyncError):
    """Loket refuses this record and nothing was stored: skip the person, go on with the next (rule 50).

    `messages` are Loket's own, to be shown beside the field they are about; `status` is the HTTP status.
    """

    def __init__(
        self,
        message: str,
        hint: str = "",
        detail: str = "",
        *,
        messages: tuple[Message, ...] = (),
        status: int = 400,
        **more: Any,
    ) -> None:
        super().__init__(message, hint, detail, **more)
        self.messages, self.status = messages, status
