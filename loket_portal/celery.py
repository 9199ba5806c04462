"""The Celery application. Tasks carry ids only; what they work on, and whether they may, stands in the database."""

import os
from typing import Any

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loket_portal.settings")

app = Celery("loket_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.set_default()
app.autodiscover_tasks()


@signals.setup_logging.connect
def keep_our_logging(**_more: Any) -> None:
    """With a receiver Celery leaves logging as settings.LOGGING has it, masked and at our level."""
