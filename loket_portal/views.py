"""The two addresses that machines ask. The pages for what went wrong are templates: 403, 403_csrf, 404, 429, 500."""

import time

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from loket_portal.celery import BEAT
from sync.services import beats

SWEEPS_MISSED = 5
"""With the shipped SWEEP_SECONDS a dead worker or beat shows after two and a half minutes."""
STARTED_AT = time.time()


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """Whether the database answers and the worker sweeps; 503 when one of them doesn't.

    `sweep_age` in seconds is null until the first sweep has been seen, which a fresh process is given time for. Where it
    grows and `beat_age` doesn't, the worker is gone; where both grow the beat is. In one process there is no `beat_age`.
    """
    database = _database_answers()
    swept, beat = (_age(beats.SWEEP), _age(BEAT)) if database else (None, None)
    silent = time.time() - STARTED_AT if swept is None else swept
    is_ready = database and silent <= SWEEPS_MISSED * settings.SWEEP_SECONDS
    facts = {"database": database, "sweep_age": swept, "beat_age": beat, "ready": is_ready}
    return JsonResponse(facts, status=200 if is_ready else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _age(name: str) -> int | None:
    try:
        age = beats.age(name)
    except DatabaseError:
        return None
    return None if age is None else round(age)
