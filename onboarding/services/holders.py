"""Names of those who hold slots, by which others on the same machine can see that one's process is dead.

A name says on which machine and in which space of process ids its process runs, and which it is. The kernel tells whoever
shares both that there is no such process, and not before its last socket is closed. A process that is frozen, or
stopped, is there; of one elsewhere, or where the kernel doesn't say where we are, nobody knows anything: its term decides.
"""

import hashlib
import os
import uuid
from functools import cache
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_SPACE = Path("/proc/self/ns/pid")


def new() -> str:
    """The name of a new holder in this process, unlike any other."""
    return f"{_here()}-{os.getpid()}-{uuid.uuid4().hex}" if _here() else uuid.uuid4().hex


def is_dead(holder: str) -> bool:
    """Whether the process of this holder is surely gone; an id that somebody else has by now proves nothing."""
    here, _, rest = holder.partition("-")
    pid = rest.partition("-")[0]
    return bool(here) and here == _here() and pid.isdecimal() and not _is_there(int(pid))


def _is_there(pid: int) -> bool:
    """Also as a zombie, and whoever's it is."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


@cache
def _here() -> str:
    """Stands for this start of this machine and the space of its process ids; "" where that is not to be known."""
    try:
        place = f"{_BOOT.read_text(encoding='ascii').strip()} {_SPACE.readlink()}"
    except OSError:
        return ""
    return hashlib.sha256(place.encode()).hexdigest()[:16]
