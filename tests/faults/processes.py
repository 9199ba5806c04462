"""Processes of their own beside a test, on its database and its simulator; each prints one line of JSON at its end."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import connection


def environment(**more: str) -> dict[str, str]:
    """What a process needs to work on the test's database and simulator."""
    made = connection.settings_dict
    address = f"postgres://{made['USER']}@/{made['NAME']}?host={made['OPTIONS'].get('host') or made['HOST']}"
    if connection.vendor == "sqlite":
        address = f"sqlite:///{made['NAME']}"
    return os.environ | {
        "DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "loket_portal.settings",
        "LOKET_API_URL": settings.LOKET_API_URL,
        "LOKET_OAUTH_URL": settings.LOKET_OAUTH_URL,
        "LOG_LEVEL": "ERROR",
        **more,
    }


def all_of(module: str, arguments: list[list[object]], env: Mapping[str, str], seconds: float) -> list[dict[str, Any]]:
    """Runs `python -m module` once with each list of arguments, all at once, and gives what they printed.

    Whoever has not ended after so many seconds is killed, and the test fails.
    """
    commands = [[sys.executable, "-m", module, *map(str, given)] for given in arguments]
    started = [subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) for command in commands]
    try:
        return [json.loads(process.communicate(timeout=seconds)[0].splitlines()[-1]) for process in started]
    finally:
        for process in started:
            process.kill()
            process.wait()
