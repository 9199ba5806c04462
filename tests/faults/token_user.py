"""A process whose threads call Loket as one sign-in for some seconds: `python -m tests.faults.token_user LOGIN SECONDS THREADS`."""

import json
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connections  # noqa: E402

from loket_portal.lib.errors import SyncError  # noqa: E402
from loket_portal.loket.client import LoketClient  # noqa: E402
from onboarding.models import LoketLogin  # noqa: E402
from onboarding.services import tokens  # noqa: E402


def work(login: LoketLogin, ends_at: float) -> Counter[str]:
    """Calls until the end; what reaches the caller, by name."""
    seen: Counter[str] = Counter()
    client = LoketClient(settings.LOKET_API_URL, tokens.source(login))
    try:
        while time.monotonic() < ends_at:
            try:
                client.get_user()
                seen["ok"] += 1
            except SyncError as error:
                seen[type(error).__name__] += 1
    finally:
        seen["repeats"] = client.repeats
        connections.close_all()
    return seen


def main() -> None:
    login, seconds, threads = LoketLogin.objects.get(pk=sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    ends_at, total = time.monotonic() + seconds, Counter[str]()
    with ThreadPoolExecutor(threads) as pool:
        for seen in pool.map(lambda _: work(login, ends_at), range(threads)):
            total += seen
    print(json.dumps(total))


main()
