"""Production refuses to start with a missing or default secret, and says which; an environment of Loket is one's own."""

import os
import subprocess
import sys

import pytest
from cryptography.fernet import Fernet
from django.conf import LazySettings

from loket_portal import settings as module
from loket_portal.loket.errors import ConfigProblem
from onboarding.services import connections
from tests.factories import LoginFactory

GOOD = {
    "PORTAL_MODE": "production",
    "SECRET_KEY": "x7" * 30,
    "FIELD_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
    "ALLOWED_HOSTS": "portal.example",
    "PORTAL_URL": "https://portal.example",
    "LOKET_CLIENT_ID": "id",
    "LOKET_CLIENT_SECRET": "secret",
}


def start(**changes: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "PORTAL_VAR_DIR": os.environ["PORTAL_VAR_DIR"], **GOOD, **changes}
    command = [sys.executable, "-c", "import loket_portal.settings as s; print(s.DEBUG, s.PORTAL_MODE)"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_production_starts_with_all_its_secrets_and_without_debug() -> None:
    assert start().stdout == "False production\n"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", module.DEMO_SECRET_KEY),
        ("SECRET_KEY", "short"),
        ("FIELD_ENCRYPTION_KEYS", ""),
        ("FIELD_ENCRYPTION_KEYS", module.DEMO_ENCRYPTION_KEY),
        ("FIELD_ENCRYPTION_KEYS", f"{Fernet.generate_key().decode()},{module.DEMO_ENCRYPTION_KEY}"),
        ("FIELD_ENCRYPTION_KEYS", "no-key"),
        ("ALLOWED_HOSTS", ""),
        ("PORTAL_URL", ""),
        ("PORTAL_URL", "http://portal.example"),
        ("LOKET_CLIENT_ID", ""),
        ("LOKET_CLIENT_SECRET", ""),
        ("LOKET_CLIENT_SECRET", module.DEMO_CLIENT_SECRET),
        ("LOKET_ENV", "test"),
        ("PORTAL_MODE", "staging"),
    ],
    ids=lambda value: value[:12] if value.isupper() else "",
)
def test_production_refuses_to_start_and_names_what_is_wrong(name: str, value: str) -> None:
    tried = start(**{name: value})
    assert tried.returncode != 0
    said = tried.stderr.splitlines()[-1]
    assert name in said
    assert [other for other in GOOD if other not in {name, "PORTAL_MODE"} and other in said] == []


def test_all_that_is_missing_is_named_at_once() -> None:
    said = start(SECRET_KEY="", LOKET_CLIENT_ID="").stderr.splitlines()[-1]
    assert "SECRET_KEY" in said
    assert "LOKET_CLIENT_ID" in said


@pytest.mark.parametrize("name", ["SECRET_KEY", "LOKET_CLIENT_SECRET"])
def test_a_secret_that_begins_with_a_dollar_is_itself(name: str) -> None:
    """Django's own generator makes such keys; django-environ would look for a variable of that name."""
    assert start(**{name: "$" + "x7" * 30}).stdout == "False production\n"


def test_a_secret_may_stand_in_a_file(tmp_path: object) -> None:
    path = f"{tmp_path}/secret"
    with open(path, "w", encoding="utf-8") as file:
        file.write("y8" * 30 + "\n")
    environment = {name: value for name, value in GOOD.items() if name != "SECRET_KEY"}
    command = [sys.executable, "-c", "import loket_portal.settings as s; print(s.SECRET_KEY[:2])"]
    tried = subprocess.run(
        command,
        env={"PATH": os.environ["PATH"], **environment, "SECRET_KEY_FILE": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert tried.stdout == "y8\n", tried.stderr


@pytest.mark.django_db
def test_a_database_of_another_environment_of_loket_is_refused_at_start(settings: LazySettings) -> None:
    LoginFactory(environment="simulator")
    connections.refuse_other_environment()
    settings.LOKET_ENV = "production"
    with pytest.raises(ConfigProblem, match="simulator"):
        connections.refuse_other_environment()


def personio_url(**environment: str) -> str:
    command = [sys.executable, "-c", "import loket_portal.settings as s; print(s.PERSONIO_API_URL)"]
    given = {"PATH": os.environ["PATH"], "PORTAL_VAR_DIR": os.environ["PORTAL_VAR_DIR"], **environment}
    return subprocess.run(command, env=given, capture_output=True, text=True, check=False).stdout.strip()


def test_personio_is_the_simulators_in_the_demo_and_its_own_in_production() -> None:
    assert personio_url(PORTAL_MODE="demo", PORT="9000") == "http://127.0.0.1:9100/personio"
    assert personio_url(**GOOD) == "https://api.personio.de"
    assert personio_url(**GOOD, PERSONIO_API_URL="https://p.example") == "https://p.example"
