"""The two addresses that machines ask. The pages for what went wrong are templates: 403, 403_csrf, 404, 429, 500."""

import time

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from sync.services import runs

SWEEPS_MISSED = 8
STARTED_AT = time.time()


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """Whether the database answers and the worker sweeps; 503 when one of them doesn't.

    `sweep_age` in seconds is null until the first sweep has been seen, which a fresh process is given time for.
    """
    facts: dict[str, object] = {"database": _database_answers(), "sweep_age": _sweep_age()}
    age = facts["sweep_age"] if isinstance(facts["sweep_age"], int) else time.time() - STARTED_AT
    is_ready = facts["database"] and age <= SWEEPS_MISSED * settings.SWEEP_SECONDS
    return JsonResponse(facts | {"ready": bool(is_ready)}, status=200 if is_ready else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _sweep_age() -> int | None:
    try:
        swept_at = cache.get(runs.SWEEP_KEY)
    except Exception:  # noqa: BLE001  a cache that is away is no reason to answer 500: the sweeps are simply not seen
        swept_at = None
    return None if swept_at is None else max(0, round(time.time() - swept_at))
