"""What can go wrong with Loket, named by who does what next; the words are as `lib.errors` says."""

from typing import Any

from loket_portal.lib.errors import ConfigProblem, Retryable, SyncError, gettext_noop
from loket_portal.loket.payloads import Message

__all__ = [
    "ConfigProblem",
    "Conflict",
    "Forbidden",
    "RecordRejected",
    "Retryable",
    "SignInNeeded",
    "SyncError",
    "WriteUnsure",
    "gettext_noop",
    "status_of",
]


class SignInNeeded(ConfigProblem):
    """Loket no longer accepts our tokens: an administrator signs in again (rule 34)."""


class Forbidden(ConfigProblem):
    """A right or a module is missing for this one call (403); what does not need it can go on (rules 19 and 47)."""


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


def status_of(error: SyncError) -> int:
    """The HTTP status that an error of Loket stands for; 0 for an answer that nobody could read."""
    match error:
        case RecordRejected():
            return error.status
        case Forbidden():
            return 403
        case SignInNeeded():
            return 401
        case ConfigProblem():
            return 0
        case Conflict():
            return 409
    return 503
