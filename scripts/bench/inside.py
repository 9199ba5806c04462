"""What the bench does inside the product, in processes of their own: `python -m scripts.bench.inside ACTION < JSON`.

`migrate` makes the tables, `prepare` connected legal entities with a mapping and a roster, `upload` gives one a newer
roster, `work` executes a sync as a worker would and measures it, `ring` queues the syncs of all and rings for them.
"""

import json
import logging
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
import requests

Given = dict[str, Any]
DETAILS = ("employee.", "employment.incomeRelationshipNumber")
"""Of the default mapping, the targets that one PUT of the employee fills, and the number that says who it is."""


def migrate(given: Given) -> Given:
    """The tables."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    return {}


def prepare(given: Given) -> Given:
    """Legal entities, each connected with its generated company at the simulator, whose checks are green."""
    return {"connections": [_connected(given, number) for number in given["companies"]]}


def _connected(given: Given, number: int) -> int:
    from datetime import UTC, datetime, timedelta

    from django.conf import settings

    from loket_portal.simulator import crowd
    from mapping import services as mappings
    from onboarding.models import Company, Connection, LegalEntity, LoginTokens, LoketLogin
    from onboarding.services import checking, logins

    now = datetime.now(UTC)
    company = Company.objects.create(name=crowd.name(number))
    entity = LegalEntity.objects.create(company=company, name=crowd.name(number), country="NL", enabled_at=now)
    mappings.publish(company, _mapping(details_only=given["details_only"]))
    pair = _granted(given["url"], number)
    login = LoketLogin(company=company, environment=settings.LOKET_ENV, signed_in_at=now, purpose="connection")
    login.loket_user, login.employer_name, login.employer_id = (
        crowd.username(number),
        company.name,
        _employer(given, pair),
    )
    login.save()
    ends = now + timedelta(seconds=pair["expires_in"])
    LoginTokens.objects.create(
        login=login, access_token=pair["access_token"], refresh_token=pair["refresh_token"], expires_at=ends
    )
    found = logins.client_for(login).list_administrations(str(login.employer_id))[0]
    connection = Connection.objects.create(
        entity=entity,
        login=login,
        environment=settings.LOKET_ENV,
        administration_id=found.id,
        administration_name=found.name,
        administration_number=found.client_number,
        tax_id=found.tax_id or "",
        linked_at=now,
        converts_new_people=not given["details_only"],
    )
    _upload(connection, given["people"][str(number)])
    checking.check(entity)
    return connection.pk


def _mapping(*, details_only: bool) -> Given:
    import yaml

    from sync.services.setup import DEFAULT_MAPPING

    whole: Given = yaml.safe_load(DEFAULT_MAPPING.read_text(encoding="utf-8"))
    rules = [rule for rule in whole["rules"] if not details_only or rule["target"].startswith(DETAILS)]
    return whole | {"rules": rules}


def _granted(url: str, number: int) -> Given:
    from loket_portal.simulator import crowd

    answer = requests.post(f"{url}/_simulator/tokens/grant", json={"user": crowd.username(number)}, timeout=30)
    answer.raise_for_status()
    pair: Given = answer.json()
    return pair


def _employer(given: Given, pair: Given) -> str:
    from loket_portal.loket.client import LoketClient

    return LoketClient(f"{given['url']}/v2", lambda: pair["access_token"]).list_employers()[0].id


def upload(given: Given) -> Given:
    """A newer roster for a legal entity."""
    from onboarding.models import Connection

    _upload(Connection.objects.get(pk=given["connection"]), given["people"])
    return {}


def _upload(connection: Any, path: str) -> None:
    """The file as somebody would upload it; and somebody has seen a preview of it."""
    from mapping.services import published_for
    from scripts.bench import people
    from sync.models import Run
    from sync.services import rosters

    entity = connection.entity
    data = people.as_csv(json.loads(Path(path).read_text(encoding="utf-8")))
    roster = rosters.upload(entity, None, "bench.csv", data)
    which = {"connection": connection, "roster": roster, "mapping_set": published_for(entity)}
    Run.objects.create(**which, is_dry=True, trigger=Run.Trigger.COMMAND, state=Run.State.SUCCEEDED)


def work(given: Given) -> Given:
    """One sync from its start to its end, however many slices it takes. Time and CPU are of the work alone."""
    from loket_portal import celery
    from onboarding.models import LegalEntity
    from sync.models import Run
    from sync.services import execution, results, runs

    celery.tune()  # as a child of the worker is
    entity = LegalEntity.objects.get(connection=given["connection"])
    run = runs.start(entity, is_dry=False, user=None, trigger=Run.Trigger.COMMAND, ring=False)
    before, started = _cpu(), time.monotonic()
    while run.state in (Run.State.QUEUED, Run.State.RUNNING):
        execution.execute(run.pk)
        run.refresh_from_db()
    found = {"wall": time.monotonic() - started, "cpu": _cpu() - before, "peak": peak(), "state": run.state}
    return found | {"message": f"{run.shown_message} {run.shown_hint}".strip(), "people": results.counts(run)}


def ring(given: Given) -> Given:
    """Queues a sync for each, then rings for all of them."""
    from onboarding.models import LegalEntity
    from sync.models import Run
    from sync.services import runs

    for entity in LegalEntity.objects.order_by("pk"):
        runs.start(entity, is_dry=False, user=None, trigger=Run.Trigger.SCHEDULE, ring=False)
    started = time.time()
    return {"rung": runs.sweep(), "at": started}


def peak() -> float:
    """The most memory that this process ever had, in MiB."""
    text = Path("/proc/self/status").read_text(encoding="ascii")
    return int(text.split("VmHWM:")[1].split()[0]) / 1024


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


ACTIONS: dict[str, Callable[[Given], Given]] = {
    action.__name__: action for action in (migrate, prepare, upload, work, ring)
}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loket_portal.settings")
    django.setup()
    import loket_portal.celery  # noqa: F401  makes ours the application that rings

    logging.getLogger("loket.requests").setLevel(logging.WARNING)
    print(json.dumps(ACTIONS[sys.argv[1]](json.load(sys.stdin))))
