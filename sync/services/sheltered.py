"""Loket as the threads of a run reach it, when our own database goes away meanwhile.

Each call may ask the database for a token or a slot. That it is away says nothing of the person whose turn it is: it is
tried again, like a Loket that is away.
"""

from collections.abc import Callable
from typing import Any, cast

from django.db import InterfaceError, OperationalError, connection
from django.utils.translation import gettext_noop

from loket_portal.lib.errors import Retryable
from sync.ports import Target


class DatabaseAway(Retryable):
    """The portal's own database gave no answer; nothing was sent."""

    def __init__(self) -> None:
        super().__init__(
            gettext_noop("The portal’s own database was away."),
            gettext_noop("Nobody needs to do anything; the portal goes on by itself."),
        )


def sheltered(target: Target) -> Target:
    """The same target; instead of errors of the database its calls raise DatabaseAway."""
    return cast(Target, _Sheltered(target))


class _Sheltered:
    def __init__(self, target: Target) -> None:
        self._target = target

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._target, name)
        return _sheltered(found) if callable(found) else found


def _sheltered(call: Callable[..., Any]) -> Callable[..., Any]:
    def made(*args: Any, **more: Any) -> Any:
        try:
            return call(*args, **more)
        except (OperationalError, InterfaceError) as error:
            if not connection.in_atomic_block:
                connection.close()
            raise DatabaseAway from error

    return made
