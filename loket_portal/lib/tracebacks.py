"""Where an exception came from, without a word of what it says: its text may hold anybody's name."""

import traceback
from types import TracebackType
from typing import TypeAlias

FRAMES = 40  # the innermost of each exception are shown

ErrorInfo: TypeAlias = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def without_words(info: ErrorInfo) -> str:
    """The traceback of the exception, after those of its causes: types, files, lines, functions and source lines."""
    error = info[1]
    if error is None:
        return ""
    causes = [_lines(cause, cause.__traceback__) for cause in came_from(error)[:-1]]
    return "\n".join([*causes, _lines(error, info[2] or error.__traceback__)])


def came_from(error: BaseException) -> list[BaseException]:
    """What the exception was raised from or during and the parts of a group, each once, and at the end itself."""
    found: list[BaseException] = []
    queue: list[BaseException | None] = [error]
    while queue:
        cause = queue.pop()
        if cause is not None and not any(cause is other for other in found):
            found.insert(0, cause)
            queue += [cause.__cause__, None if cause.__suppress_context__ else cause.__context__]
            queue += getattr(cause, "exceptions", ())
    return found


def _lines(error: BaseException, where: TracebackType | None) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    frames = traceback.extract_tb(where, limit=-FRAMES).format()
    return "".join(["Traceback (most recent call last):\n", *frames, name])
