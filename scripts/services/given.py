"""What an operator would give: portal.env and the secrets; made up where Loket is simulated."""

import os
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from pathlib import Path

from environ import Env

from scripts.services.machine import ROOT

OPERATOR = ROOT / "portal.env"
SECRETS = ROOT / "secrets"
DEMO_CLIENT_SECRET = "a-client-secret-of-the-simulator"


def simulated(url: str, simulator_port: int) -> dict[str, str]:
    """The portal.env of a portal at this address whose Loket and Personio are simulated."""
    return {
        "PORTAL_URL": url,
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "LOKET_ENV": "simulator",
        "LOKET_CLIENT_ID": "loket-portal-production",
        "SIMULATOR_PORT": str(simulator_port),
        "EMAIL_URL": "consolemail://",
    }


def by_operator(path: Path = OPERATOR) -> dict[str, str]:
    """The operator's own portal.env; raises FileNotFoundError with what to do where there is none."""
    if not path.exists():
        raise FileNotFoundError(
            f"{path.name} is missing: docs/production.md says what it holds. Or start with --simulator."
        )
    before = dict(os.environ)
    found: dict[str, str] = {}
    try:
        os.environ.clear()
        Env.read_env(str(path))
        found = dict(os.environ)
    finally:
        os.environ.clear()
        os.environ.update(before)
    return found


def secrets_for(database_url: str, folder: Path | None = None) -> dict[str, str]:
    """The texts of /run/secrets: the operator's own, except where the database is, or new ones."""
    made = {
        "secret_key": secrets.token_urlsafe(50),
        "field_encryption_keys": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "loket_client_secret": DEMO_CLIENT_SECRET,
        "postgres_password": "",
    }
    own = {name: (folder / name).read_text("utf-8") for name in made if folder and (folder / name).exists()}
    return made | own | {"database_url": database_url}


def with_values(environment: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    """The environment of a service with what was given; a value replaces the NAME_FILE that would win over it."""
    return {name: text for name, text in environment.items() if name.removesuffix("_FILE") not in values} | dict(values)
