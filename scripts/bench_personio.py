"""`make bench`: what a reading of Personio costs, with 500 and with 5,000 people; ratios of one run, on one machine.

A simulator and a database of their own in a temporary folder; each size is read in a fresh process, whose memory is that
of the kernel (VmHWM). Prints the table of docs/performance.md.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SIZES = (500, 5000)
LATENCY = 20  # milliseconds that the simulator takes for each answer, so that calls count for something
CLIENT = {"client_id": "linde-demo-client", "client_secret": "linde-demo-secret"}


def main() -> None:
    rows = {size: _measured(size) for size in SIZES}
    print(f"\nA reading of Personio, {LATENCY} ms latency, no rate limit, SQLite, Python {sys.version.split()[0]}\n")
    print("| people | calls | seconds | people per second | memory before (MiB) | peak (MiB) | growth (MiB) |")
    print("|---|---|---|---|---|---|---|")
    for row in rows.values():
        speed = row["people"] / row["seconds"]
        print(
            f"| {row['people']} | {row['calls']} | {row['seconds']:.1f} | {speed:.0f} "
            f"| {row['before']:.0f} | {row['peak']:.0f} | {row['peak'] - row['before']:.1f} |"
        )
    small, large = (rows[size] for size in SIZES)
    ratio = large["peak"] / small["peak"]
    print(
        f"\nTen times the people: {ratio:.2f} times the peak memory, {large['calls'] / small['calls']:.1f} times the calls"
    )


def _measured(people: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        options = ["--port", "0", "--latency", str(LATENCY), "--set", f"personio_people={people}"]
        command = [sys.executable, "-m", "loket_portal.simulator", *options, "--parent-pid", str(os.getpid())]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as simulator:
            try:
                assert simulator.stdout is not None
                url = re.search(r"http://\S+", simulator.stdout.readline())
                assert url is not None, "the simulator did not start"
                return _in_a_process_of_its_own(folder, url[0])
            finally:
                simulator.terminate()


def _in_a_process_of_its_own(folder: str, url: str) -> dict[str, float]:
    environment = os.environ | {
        "PORTAL_ENV_FILE": os.devnull,
        "PORTAL_VAR_DIR": folder,
        "PERSONIO_API_URL": f"{url}/personio",
        "DJANGO_SETTINGS_MODULE": "loket_portal.settings",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, __file__, "read", url]
    answer = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(answer.stdout.splitlines()[-1])
    return found


def read(url: str) -> None:
    """One reading of the whole account by the product's own code, in a database that is made here."""
    import django

    django.setup()
    import requests
    from django.core.management import call_command

    from sync.services import readings

    call_command("migrate", verbosity=0)
    run = _a_run()
    before = _memory("VmRSS")
    requests.delete(f"{url}/_simulator/log", timeout=10).raise_for_status()
    started = time.monotonic()
    roster = readings.refresh(run, lambda _count: None)
    seconds = time.monotonic() - started
    calls = len(requests.get(f"{url}/_simulator/log", timeout=30).json()["requests"])
    found = {"people": roster.person_count, "calls": calls, "seconds": seconds}
    print(json.dumps(found | {"before": before, "peak": _memory("VmHWM")}))


def _a_run() -> object:
    """An entity as the demo has it, connected to an administration that nothing is asked of."""
    from datetime import UTC, datetime
    from uuid import uuid4

    from mapping import definitions
    from mapping.services import published_for
    from onboarding.models import Company, Connection, LegalEntity, LoketLogin
    from onboarding.services import personio_entities
    from sync.models import Run

    company = Company.objects.create(name="Linde Horeca")
    definitions.connect(company, None, **CLIENT)
    entity: LegalEntity = personio_entities.take(company, None, "170")
    definitions.publish_default(company, None)
    now = datetime.now(UTC)
    login = LoketLogin.objects.create(
        company=company, loket_user="bench", employer_id=uuid4(), employer_name="Linde", signed_in_at=now
    )
    connection = Connection.objects.create(
        entity=entity,
        login=login,
        administration_id=uuid4(),
        administration_name="Linde",
        tax_id="867891234L01",
        linked_at=now,
    )
    which = {"mapping_set": published_for(entity), "personio_id": entity.personio_id}
    return Run.objects.create(connection=connection, is_dry=True, **which)


def _memory(name: str) -> float:
    """Of this process in MiB: VmRSS is now, VmHWM the highest so far."""
    text = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(rf"{name}:\s+(\d+) kB", text)
    assert found is not None
    return int(found[1]) / 1024


if __name__ == "__main__":
    read(sys.argv[2]) if sys.argv[1:2] == ["read"] else main()
