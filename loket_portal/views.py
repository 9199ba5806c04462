"""The two addresses that machines ask. The pages for what went wrong are templates: 403, 403_csrf, 404, 429, 500."""

import time

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

SWEEP_KEY = "sync.last_sweep"  # the sweep stores time.time() here
SWEEPS_MISSED = 8


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """Whether the database answers and the worker sweeps; 503 when one of them doesn't.

    `sweep_age` in seconds is null until the first sweep has been seen.
    """
    facts: dict[str, object] = {"database": _database_answers(), "sweep_age": _sweep_age()}
    age = facts["sweep_age"]
    is_ready = facts["database"] and not (isinstance(age, int) and age > SWEEPS_MISSED * settings.SWEEP_SECONDS)
    return JsonResponse(facts | {"ready": bool(is_ready)}, status=200 if is_ready else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _sweep_age() -> int | None:
    swept_at = cache.get(SWEEP_KEY)
    return None if swept_at is None else max(0, round(time.time() - swept_at))
