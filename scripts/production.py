"""`make production`: the services of docker-compose.yml on this machine, without Docker. Ctrl-C stops it all.

With --simulator Loket and Personio are simulated and the demo's companies are there; without, portal.env and secrets/ say
what an operator says (docs/production.md).
"""

import argparse
import fcntl
import shutil
import signal
import sys
import time
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from scripts.services import Production, given
from scripts.services.child import Ended

FOLDER = ROOT / "var" / "production"
PORT = 8443
WELCOME = """
Loket Portal in its production form is ready:  {url}
Nobody has signed its certificate, so the browser warns.{people}

  Processes  {processes}
  Logs       {logs}

Ctrl-C stops everything.
"""
PEOPLE = """ Everybody's password: tulp-demo-2026

  anna@ and piet@tulphoreca.example, bo@ and mila@lindehoreca.example, support@portal.example (README)
  At Loket (simulator)  integratie@tulphoreca.example, Wachtwoord loket-demo, code 123456"""


def main() -> int:
    """Runs until Ctrl-C (exit code 0) or until a service ends by itself or can't start (1)."""
    options = parser().parse_args()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, _stop)
    if options.reset:
        shutil.rmtree(options.folder, ignore_errors=True)
    options.folder.mkdir(parents=True, exist_ok=True)
    with (options.folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return run(options)
        except BlockingIOError:
            return _refuse(f"It already runs with the data in {options.folder}; stop it first.")
        except (Ended, FileNotFoundError, OSError) as error:
            return _refuse(str(error))
        except KeyboardInterrupt:
            print("Stopped.")
            return 0


def run(options: argparse.Namespace) -> int:
    """Starts everything and watches it; a service that ends stops the rest."""
    environment = {} if options.simulator else given.by_operator()
    simulator = tuple(options.option) if options.simulator else None
    print("Starting PostgreSQL, Redis, web, worker and beat …", flush=True)
    with Production(options.folder, port=options.port, simulator=simulator, **environment) as portal:
        names = "  ".join(f"{name} {child.pid}" for name, child in portal.children.items())
        people = PEOPLE if options.simulator else ""
        print(
            WELCOME.format(url=portal.url, people=people, processes=names, logs=portal.machine.folder / "logs"),
            flush=True,
        )
        while not (ended := portal.ended()):
            time.sleep(0.5)
        print(f"{ended.last_words()}\nSo everything stops.", file=sys.stderr, flush=True)
        return 1


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="scripts/production.py", description=__doc__)
    made.add_argument("--port", type=int, default=PORT, help=f"of the proxy for HTTPS (default {PORT})")
    made.add_argument("--folder", type=Path, default=FOLDER, help="where all data is kept")
    made.add_argument("--reset", action="store_true", help="start over")
    made.add_argument(
        "--simulator", action="store_true", help="with a simulated Loket and Personio, and the demo's companies"
    )
    made.add_argument(
        "--option", action="append", default=[], help="of the simulator; repeatable: --option=--latency=200"
    )
    return made


def _stop(_signal: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not leave something behind
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def _refuse(why: str) -> int:
    print(why, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
