"""A process that runs several leases at once: `python -m tests.faults.limit_user CALLS THREADS LOGIN…`; one page beside them."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor

import django

django.setup()

from django.db import connections  # noqa: E402

from onboarding.models import LoketLogin  # noqa: E402
from onboarding.services import logins, slots  # noqa: E402


def run(login_pk: str, calls: int, threads: int) -> int:
    """A run's calls through its lease; gives how many were under way at once."""
    try:
        login = LoketLogin.objects.get(pk=login_pk)
        with slots.lease(None, 4) as gate, ThreadPoolExecutor(threads) as pool:
            client = logins.client_for(login, gate=gate)
            list(pool.map(lambda _: _call(client.get_user), range(calls)))
            return gate.highest
    finally:
        connections.close_all()


def page(login_pk: str, calls: int) -> int:
    """Calls outside any run."""
    client = logins.client_for(LoketLogin.objects.get(pk=login_pk))
    for _ in range(calls):
        client.get_user()
    return calls


def _call(get_user: object) -> None:
    try:
        get_user()  # type: ignore[operator]
    finally:
        connections.close_all()


def main() -> None:
    calls, threads, users = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    with ThreadPoolExecutor(len(users)) as pool:
        runs = [pool.submit(run, login, calls, threads) for login in users]
        seen = page(users[0], calls // 4)
        print(json.dumps({"highest": [one.result() for one in runs], "page": seen}))
    connections.close_all()


main()
