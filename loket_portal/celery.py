"""The Celery application. Tasks carry ids only; what they work on, and whether they may, stands in the database."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loket_portal.settings")

app = Celery("loket_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.set_default()
app.autodiscover_tasks()
