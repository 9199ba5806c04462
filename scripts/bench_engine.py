"""`make bench`: what a sync costs beside a bare script that does the same, in one run, on one machine.

A PostgreSQL, a Valkey and a simulator of Loket of their own; every answer takes 20 ms, 8 calls may be under way. The
engine works in a fresh process each time, on company 1; the bare script (scripts/bench/bare.py) is started as cron would
start it, on company 2, of the same people. Prints the tables of docs/performance.md. `--quick` is for the tests.
"""

import argparse
import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from scripts.bench import machine, people
from scripts.bench.report import Figures, Pair, Report

LATENCY = 20  # milliseconds
ENGINE, BARE = 1, 2


@dataclass(frozen=True)
class Sizes:
    """How many people and companies are measured."""

    people: int = 2000
    many: int = 20_000
    hires: int = 500
    companies: int = 500
    people_each: int = 40
    patience: float = 1800
    """Seconds after which a night is over, done or not."""


QUICK = Sizes(people=200, many=400, hires=20, companies=6, people_each=10, patience=60)


class Stage:
    """One simulator with an empty database beside it, and what is measured on it."""

    def __init__(self, folder: Path, url: str, database: str, **more: str) -> None:
        self.folder, self.url = folder, url
        self.environment = machine.environment(folder, database, url, **more)

    def prepare(self, rosters: dict[int, list[people.Row]], *, details_only: bool) -> list[int]:
        """Connected legal entities for these companies; from then on every answer takes its time."""
        files = {str(company): str(self.file(rows)) for company, rows in rosters.items()}
        given = {"url": self.url, "companies": list(rosters), "people": files, "details_only": details_only}
        connections: list[int] = machine.inside("prepare", given, self.environment)["connections"]
        machine.control(self.url, "POST", "/options", {"latency": LATENCY})
        return connections

    def file(self, rows: list[people.Row]) -> Path:
        return people.as_json(rows, self.folder / f"people-{time.monotonic_ns()}.json")

    def upload(self, connection: int, rows: list[people.Row]) -> None:
        machine.inside("upload", {"connection": connection, "people": str(self.file(rows))}, self.environment)

    def engine(self, connection: int) -> Figures:
        """One sync by the engine. Ends the bench when that did not come to its end."""
        machine.control(self.url, "DELETE", "/traffic")
        found = machine.inside("work", {"connection": connection}, self.environment)
        if found["state"] not in ("succeeded", "partial"):
            raise SystemExit(
                f"The sync did not come to its end: {found['state']}. {found['message']} {found['people']}"
            )
        return self._figures(found["wall"], found["wall"], found)

    def bare(self, rows: list[people.Row], job: str) -> Figures:
        """The same by the bare script, as a process that is started for it."""
        machine.control(self.url, "DELETE", "/traffic")
        path = self.folder / "job.json"
        path.write_text(json.dumps(self._job(rows, job)), encoding="utf-8")
        machine.control(self.url, "DELETE", "/traffic")
        command, started = [sys.executable, str(ROOT / "scripts" / "bench" / "bare.py"), str(path)], time.monotonic()
        answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        wall = time.monotonic() - started
        found = json.loads(answer.stdout)
        return self._figures(wall, found["inside"], found)

    def _job(self, rows: list[people.Row], job: str) -> dict[str, Any]:
        import requests

        pair = machine.control(self.url, "POST", "/tokens/grant", {"user": people.username(BARE)})
        headers = {"Authorization": f"Bearer {pair['access_token']}", "Accept": "application/json;version=2018-01-01"}
        path = f"{self.url}/v2/providers/employers"
        employer = requests.get(path, headers=headers, timeout=30).json()["_embedded"][0]["id"]
        answer = requests.get(f"{path}/{employer}/payrolladministrations", headers=headers, timeout=30)
        own = {"employer": employer, "administration": answer.json()["_embedded"][0]["id"], "job": job}
        given = {"url": self.url, "token": pair["access_token"], "people": str(self.file(rows))}
        return own | given | {"threads": machine.IN_FLIGHT}

    def _figures(self, wall: float, inside: float, found: dict[str, Any]) -> Figures:
        traffic = machine.control(self.url, "GET", "/traffic")
        return Figures(wall, inside, found["cpu"], found["peak"], traffic["total"], traffic["max_inflight"])


@dataclass(frozen=True)
class Bench:
    """What all parts share: a folder, a PostgreSQL, how many people there are, and where the figures go."""

    folder: Path
    server: str
    sizes: Sizes
    report: Report

    @contextmanager
    def stage(self, **options: float) -> Iterator[Stage]:
        """A stage with a new world of these options of the simulator."""
        with (
            machine.empty_database(self.server, f"stage_{time.monotonic_ns()}") as database,
            machine.simulator(**options) as url,
        ):
            yield Stage(self.folder, url, database)


def details(on: Bench) -> None:
    """Everybody differs, then nobody, then one in a hundred; by the engine and by the bare script in turn."""
    count = on.sizes.people
    rows = {company: people.roster(company, count, moved=count) for company in (ENGINE, BARE)}
    with on.stage(loket_people=count, loket_companies=2) as here:
        [connection] = here.prepare({ENGINE: rows[ENGINE]}, details_only=True)
        on.report.add("first push", Pair(here.bare(rows[BARE], "push"), here.engine(connection)))
        on.report.add("nothing changed", Pair(here.bare(rows[BARE], "push"), here.engine(connection)))
        rows = {company: people.telephoned(rows[company], 0.01) for company in rows}
        here.upload(connection, rows[ENGINE])
        on.report.add("1 % changed", Pair(here.bare(rows[BARE], "push"), here.engine(connection)))


def memory(on: Bench) -> None:
    """The first push of ten times the people, for its memory."""
    count = on.sizes.many
    with on.stage(loket_people=count) as here:
        [connection] = here.prepare({ENGINE: people.roster(ENGINE, count, moved=count)}, details_only=True)
        on.report.add(f"first push, {count:,} people", Pair(None, here.engine(connection)))


def hires(on: Bench) -> None:
    """People who are not in Loket yet: concept, BSN, verdict, conversion."""
    rows = {company: people.roster(company, on.sizes.hires + 1) for company in (ENGINE, BARE)}  # the first is there
    with on.stage(loket_people=1, loket_companies=2) as here:
        [connection] = here.prepare({ENGINE: rows[ENGINE]}, details_only=False)
        on.report.add(f"{on.sizes.hires} new hires", Pair(here.bare(rows[BARE], "hire"), here.engine(connection)))


def night(on: Bench) -> None:
    """All companies at once, each with something changed for everybody, by a Celery worker with two children."""
    numbers = range(1, on.sizes.companies + 1)
    with (
        on.stage(loket_people=on.sizes.people_each, loket_companies=on.sizes.companies) as here,
        machine.broker() as redis,
    ):
        here.environment["REDIS_URL"] = redis
        here.prepare(
            {number: people.roster(number, on.sizes.people_each, moved=on.sizes.people_each) for number in numbers},
            details_only=True,
        )
        machine.control(here.url, "DELETE", "/traffic")
        with machine.worker(here.environment, here.folder / "worker.log", children=2) as worker:
            rung = machine.inside("ring", {}, here.environment)
            found = _until_done(here, rung["at"] + on.sizes.patience)
            seconds, peak = time.time() - rung["at"], machine.peak_of_children(worker.pid)
        on.report.night(
            on.sizes.companies, on.sizes.people_each, seconds, peak, found, machine.control(here.url, "GET", "/traffic")
        )


def _until_done(here: Stage, until: float) -> dict[str, int]:
    with machine.states(here.environment["DATABASE_URL"]) as ask:
        while True:
            found = ask()
            if not found.keys() & {"queued", "running"} or time.time() > until:
                return found
            time.sleep(0.1)


PARTS = {"details": details, "memory": memory, "hires": hires, "night": night}


@contextmanager
def bench(sizes: Sizes) -> Iterator[Bench]:
    """Everything that the parts need, ready."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name, machine.database(Path(name)) as server:
        machine.migrated(Path(name), server)
        yield Bench(Path(name), server, sizes, Report(LATENCY, machine.IN_FLIGHT))


def main() -> None:
    made = argparse.ArgumentParser(description=__doc__)
    made.add_argument("--quick", action="store_true", help="few people: that it works, not how fast")
    made.add_argument("--only", choices=PARTS, action="append", help="this part of it; repeatable")
    given = made.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is stopped, too
    with bench(QUICK if given.quick else Sizes()) as whole:
        for name in given.only or PARTS:
            PARTS[name](whole)
        print(whole.report.text())


if __name__ == "__main__":
    main()
