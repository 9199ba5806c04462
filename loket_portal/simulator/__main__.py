"""`python -m loket_portal.simulator`: starts the simulator, says where; ends by Ctrl-C, SIGTERM or its parent's end."""

from __future__ import annotations

import argparse
import json
import os
import select
import signal
import sys
import threading
from collections.abc import Sequence
from typing import Any

from .keep_alive import PortTaken
from .options import Options
from .server import create_simulator
from .validation import clean_options

PORT = 8100
POLL_SECONDS = 0.5


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs until it is told to stop; the exit code is 0 then, 1 when it could not start."""
    given = vars(parser().parse_args(arguments))
    parent, others = given.pop("parent_pid"), dict(given.pop("set"))
    ended = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: ended.set())
    lists = {name: tuple(value) for name, value in given.items() if isinstance(value, list)}
    options = Options(**(given | lists), keep_exchanges=0)
    try:
        options.change(clean_options(others))
        simulator = create_simulator(options)
        url = simulator.start()
    except (PortTaken, ValueError) as error:
        hint = "; choose another one with --port, or stop that program" if isinstance(error, PortTaken) else ""
        print(f"simulator: {error.strerror if isinstance(error, OSError) else error}{hint}", file=sys.stderr)
        return 1
    if parent:
        threading.Thread(target=watch, args=(parent, ended), daemon=True).start()
    print(f"simulator ready on {url}", flush=True)
    ended.wait()
    simulator.stop()
    return 0


def watch(parent: int, ended: threading.Event) -> None:
    """Sets `ended` as soon as the parent process is gone, killed or not."""
    try:
        if hasattr(os, "pidfd_open"):
            select.select([os.pidfd_open(parent)], [], [])
        else:
            while not ended.wait(POLL_SECONDS):
                os.kill(parent, 0)
    except ProcessLookupError:
        pass
    ended.set()


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(
        prog="python -m loket_portal.simulator", description="Loket.nl, simulated over HTTP."
    )
    add = made.add_argument
    add("--host", default="127.0.0.1")
    add("--port", type=int, default=PORT, help=f"0 for any free one (default {PORT})")
    add("--db", default=":memory:", metavar="FILE", help="where the world is kept; left out: in memory")
    add("--reset", action="store_true", help="start with a new world")
    add("--seed", type=int, default=1, help="chooses ids and metadata keys of a new world")
    add("--parent-pid", type=int, metavar="PID", help="end when this process is gone")
    add("--record", default="", metavar="FILE", help="append every exchange as a line of JSON")
    add("--client-id", default=Options.client_id)
    add("--client-secret", default=Options.client_secret)
    add(
        "--redirect-uri",
        dest="redirect_uris",
        action="append",
        default=[],
        help="exact; repeatable; left out: this machine",
    )
    trouble = made.add_argument_group("trouble")
    add = trouble.add_argument
    add("--token-life", type=int, default=Options.token_life, metavar="SECONDS")
    add("--code-life", type=int, default=Options.code_life, metavar="SECONDS")
    add("--two-employers", action="store_true")
    add("--missing-right", dest="missing_rights", action="append", default=[], metavar="NAME", help="repeatable")
    names = ("function", "department", "distributionunit")
    add("--missing-algemeen", action="append", default=[], choices=names, help="repeatable")
    add("--set", type=_setting, action="append", default=[], metavar="NAME=JSON", help="any option; repeatable")
    add("--latency", type=float, default=0, metavar="MS")
    add("--error-rate", type=float, default=0, metavar="RATE", help="share of API calls that fail, 0 to 1")
    add("--error-status", type=int, default=500, choices=(429, 500, 502, 503))
    add("--drop-before", type=float, default=0, metavar="RATE", help="connections dropped before the work is done")
    add("--drop-after", type=float, default=0, metavar="RATE", help="connections dropped when the work is done")
    add("--obsolete-date", default="", metavar="YYYY-MM-DD", help="announce the end of every version")
    return made


def _setting(text: str) -> tuple[str, Any]:
    name, _, value = text.partition("=")
    return name, json.loads(value)


if __name__ == "__main__":
    sys.exit(main())
