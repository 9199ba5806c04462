"""The production form for tests: scripts/services in a folder that pytest leaves alone."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from scripts.services import Production


@contextmanager
def own_folder() -> Iterator[Path]:
    """A folder for a while. Not pytest's: each pytest that starts closes those to the user that PostgreSQL runs as."""
    folder = Path(tempfile.mkdtemp(prefix="portal-form-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def production(simulator: Sequence[str] | None = (), **environment: str) -> Iterator[Production]:
    """The form, not started: `start`, or `prepare` and `start_service`. It ends with the block, and leaves nothing.

    `simulator` are options of the simulator, None is none; `environment` is what portal.env would say.
    """
    with own_folder() as folder:
        running = Production(folder, simulator=simulator, **environment)
        try:
            yield running
        finally:
            running.stop()
