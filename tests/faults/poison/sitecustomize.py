"""Python reads this first in a test's worker: the one call that the file POISON names ends the process, before it is sent.

As a person does whose data end the interpreter: nothing is raised, nothing is cleaned up. Each death is noted in the file.
"""

import http.client
import os
import signal
from pathlib import Path
from typing import Any

ORDER = os.environ.get("POISON", "")
putrequest = http.client.HTTPConnection.putrequest


def dying(self: http.client.HTTPConnection, method: str, url: str, *more: Any, **named: Any) -> None:
    """As `putrequest`, but for the call that nobody survives."""
    order = Path(ORDER).read_text("utf-8").split()
    if order and (method, url.rpartition("/")[2]) == (order[0], order[1]):
        with Path(ORDER).open("a", encoding="utf-8") as file:
            file.write(f" {os.getpid()}")
        os.kill(os.getpid(), signal.SIGKILL)
    putrequest(self, method, url, *more, **named)


if ORDER:
    http.client.HTTPConnection.putrequest = dying  # type: ignore[method-assign]
