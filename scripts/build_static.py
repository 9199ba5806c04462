"""Collects and compresses the static files as production serves them, with settings of its own making."""

import os
import secrets
import sys
from base64 import urlsafe_b64encode

PRODUCTION = {
    "PORTAL_MODE": "production",
    "SECRET_KEY": secrets.token_urlsafe(50),
    "FIELD_ENCRYPTION_KEYS": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    "ALLOWED_HOSTS": "portal.example",
    "PORTAL_URL": "https://portal.example",
    "REDIS_URL": "redis://localhost:6379/0",
    "DATABASE_URL": "postgres://portal@localhost/portal",
    "LOKET_CLIENT_ID": "check",
    "LOKET_CLIENT_SECRET": "check",
    "DJANGO_SETTINGS_MODULE": "loket_portal.settings",
}
"""Settings that pass for production's; nothing is connected to, nothing they sign or encrypt is kept."""


def begin() -> None:
    """Sets Django up with them, from the folder of manage.py."""
    os.environ.update(PRODUCTION)
    sys.path.insert(0, os.getcwd())
    import django

    django.setup()


if __name__ == "__main__":
    begin()
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)
