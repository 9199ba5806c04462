"""Runs `manage.py check --deploy` with production settings of its own making; any warning fails."""

import os
import secrets
import sys

from cryptography.fernet import Fernet
from django.core.management import call_command

PRODUCTION = {
    "PORTAL_MODE": "production",
    "SECRET_KEY": secrets.token_urlsafe(50),
    "FIELD_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
    "ALLOWED_HOSTS": "portal.example",
    "PORTAL_URL": "https://portal.example",
    "REDIS_URL": "redis://localhost:6379/0",
    "DATABASE_URL": "postgres://portal@localhost/portal",
    "LOKET_CLIENT_ID": "check",
    "LOKET_CLIENT_SECRET": "check",
    "DJANGO_SETTINGS_MODULE": "loket_portal.settings",
}

if __name__ == "__main__":
    os.environ.update(PRODUCTION)
    sys.path.insert(0, os.getcwd())
    import django

    django.setup()
    call_command("check", deploy=True, fail_level="WARNING")
