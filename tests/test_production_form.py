"""docker-compose.yml, Dockerfile and settings say the same, and only what the programs in them understand."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from celery.app.defaults import NAMESPACES, flatten
from celery.bin.celery import celery as celery_program
from django.conf import settings
from django.core.management import get_commands
from gunicorn.config import Config

from loket_portal import alive
from loket_portal import settings as module
from loket_portal.celery import app
from scripts import new_secrets
from scripts.build_static import PRODUCTION
from scripts.services import compose, given
from scripts.services.machine import Machine

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = DOCUMENT["services"]
OURS = ("migrate", "web", "worker", "beat")
OF_IMAGES = {"POSTGRES_DB", "POSTGRES_USER", "POSTGRES_PASSWORD_FILE", "REMAP_SIGTERM", "MALLOC_ARENA_MAX"}
"""Names that are no settings of the portal: PostgreSQL's image, Celery and glibc read them."""


def command(name: str) -> tuple[str, ...]:
    """The command of a service as it is started where nobody sets a number."""
    return compose.read({})[name].command


def explained() -> set[str]:
    """The names of .env.example, which tests/test_docs.py holds against settings.py."""
    return set(re.findall(r"^#?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text("utf-8"), re.M))


# --- The services ---------------------------------------------------------------------------------------------------------


def test_these_are_the_services_in_the_order_in_which_they_start() -> None:
    order = list(compose.read({}))
    assert sorted(order) == sorted(SERVICES) == ["beat", "db", "migrate", "redis", "web", "worker"]
    assert all(order.index(server) < order.index(name) for name in OURS for server in SERVICES[name]["depends_on"])


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate"}))
def test_every_service_has_a_health_check_comes_back_and_has_time_to_stop(name: str) -> None:
    service = SERVICES[name]
    assert service["healthcheck"]["test"][0] == "CMD"
    assert service["restart"] == "unless-stopped"
    assert service["stop_grace_period"] == "40s"


def test_tables_are_made_once_before_any_service_starts() -> None:
    assert SERVICES["migrate"]["restart"] == "no"
    for name in ("web", "worker", "beat"):
        needs = SERVICES[name]["depends_on"]
        assert needs["migrate"]["condition"] == "service_completed_successfully"
        assert {needs[server]["condition"] for server in ("db", "redis")} == {"service_healthy"}


def test_the_worker_has_more_time_to_stop_than_it_takes() -> None:
    assert SERVICES["worker"]["environment"]["REMAP_SIGTERM"] == "SIGQUIT"
    assert compose.read({})["worker"].grace > settings.CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT + 10


def test_only_web_has_a_port_and_only_this_machine_reaches_it() -> None:
    assert [name for name in SERVICES if "ports" in SERVICES[name]] == ["web"]
    assert SERVICES["web"]["ports"] == ["${WEB_ADDRESS:-127.0.0.1:8000}:8000"]
    assert DOCUMENT["networks"]["inside"] == {"internal": True}
    assert {name for name in SERVICES if SERVICES[name]["networks"] == ["inside"]} == {"db", "redis"}


def test_redis_keeps_what_it_has_and_throws_nothing_away() -> None:
    assert command("redis") == ("redis-server", "--appendonly", "yes", "--maxmemory-policy", "noeviction")


# --- Commands and environment -----------------------------------------------------------------------------------------------


def test_gunicorn_understands_its_command() -> None:
    program, *given = command("web")
    parsed = Config(prog=program).parser().parse_args(given)
    assert (program, parsed.args, parsed.worker_class) == ("gunicorn", ["loket_portal.wsgi"], "gthread")
    assert not parsed.preload_app, "each worker opens its own connections"
    assert (parsed.workers, parsed.threads, parsed.graceful_timeout) == (2, 8, 30)


@pytest.mark.parametrize("name", ["worker", "beat"])
def test_celery_understands_its_command(name: str) -> None:
    program, app, sub, *given = command(name)
    assert (program, app, sub) == ("celery", "--app=loket_portal", name)
    options = {word.partition("=")[0] for word in given}
    known = {text for one in celery_program.commands[name].params for text in (*one.opts, *one.secondary_opts)}
    assert options <= known
    if name == "worker":
        assert "--pool=prefork" in given
    else:
        assert "--schedule=/tmp/celerybeat-schedule" in given


def test_the_numbers_of_processes_are_the_operators() -> None:
    given = compose.read({"WORKER_CONCURRENCY": "7", "WEB_WORKERS": "5", "WEB_THREADS": "3"})
    assert "--concurrency=7" in given["worker"].command
    assert {"--workers=5", "--threads=3"} <= set(given["web"].command)


def test_the_step_is_a_command_of_manage() -> None:
    program, script, sub, *_more = command("migrate")
    assert (program, script) == ("python", "manage.py")
    assert sub in get_commands()


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_a_health_check_of_ours_exists(name: str) -> None:
    assert compose.read({})[name].health == ("python", "-m", alive.__name__, name)


@pytest.mark.parametrize("name", SERVICES)
def test_every_name_of_the_environment_is_a_setting(name: str) -> None:
    given = {key for key in SERVICES[name].get("environment", {}) if key not in OF_IMAGES}
    assert {key.removesuffix("_FILE") for key in given} <= explained()
    assert not {key for key in given if re.search("SECRET|KEYS|DATABASE", key) and not key.endswith("_FILE")}


def test_every_secret_is_a_file_that_is_mounted_where_it_is_read() -> None:
    for name in (*OURS, "db"):
        read = {text for text in SERVICES[name]["environment"].values() if str(text).startswith("/run/secrets/")}
        assert read == {f"/run/secrets/{secret}" for secret in SERVICES[name]["secrets"]}
    assert {file["file"] for file in DOCUMENT["secrets"].values()} == {f"secrets/{key}" for key in DOCUMENT["secrets"]}
    assert {*new_secrets.new(), new_secrets.BY_HAND} == set(DOCUMENT["secrets"])


# --- The image ----------------------------------------------------------------------------------------------------------------


def test_the_image_is_not_root_and_installs_only_what_the_lock_file_has() -> None:
    lines = (ROOT / "Dockerfile").read_text("utf-8").splitlines()
    assert [line for line in lines if line.startswith("USER")] == ["USER portal"]
    assert [line for line in lines if "pip install" in line and "--require-hashes" not in line] == []
    assert all(SERVICES[name]["cap_drop"] == ["ALL"] and SERVICES[name]["read_only"] for name in OURS)


def test_the_image_holds_the_applications_and_nothing_of_this_machine() -> None:
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    kept = {line.removeprefix("!").partition("/")[0] for line in lines if line.startswith("!")}
    applications = {name for name in settings.INSTALLED_APPS if (ROOT / name).is_dir()}
    assert "*" in lines
    assert applications | {"templates", "static", "locale", "manage.py", "requirements.lock", "scripts"} == kept


# --- Secrets ------------------------------------------------------------------------------------------------------------------


def test_secrets_are_made_once_and_fit_together(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    assert set(new_secrets.write(folder)) == set(new_secrets.new())
    texts = {path.name: path.read_text("utf-8").strip() for path in folder.iterdir()}
    assert texts["database_url"] == f"postgres://portal:{texts['postgres_password']}@db:5432/portal"
    assert folder.stat().st_mode & 0o777 == 0o700
    (folder / "secret_key").unlink()
    (folder / "postgres_password").unlink()
    assert new_secrets.write(folder) == ["secret_key"], "a new password would not be the database's"


def test_production_starts_with_secrets_from_files(tmp_path: Path) -> None:
    new_secrets.write(tmp_path)
    (tmp_path / new_secrets.BY_HAND).write_text("a secret\n", "utf-8")
    given = SERVICES["web"]["environment"]
    files = {key: value.replace("/run/secrets", str(tmp_path)) for key, value in given.items()}
    operator = {key: PRODUCTION[key] for key in ("ALLOWED_HOSTS", "PORTAL_URL", "LOKET_CLIENT_ID")}
    show = (
        "import loket_portal.settings as s; d = s.DATABASES['default']; "
        "print(d['HOST'], d['NAME'], d['CONN_HEALTH_CHECKS'], s.REDIS_URL, s.LOKET_CLIENT_SECRET, s.CACHES['default']['BACKEND'])"
    )
    clean = {"PATH": os.environ["PATH"], "PORTAL_ENV_FILE": os.devnull}
    tried = subprocess.run(
        [sys.executable, "-c", show],
        env=clean | operator | files,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    expected = "db portal True redis://redis:6379/0 a secret loket_portal.lib.table_cache.TableCache\n"
    assert tried.stdout == expected, tried.stderr


# --- Without Docker -------------------------------------------------------------------------------------------------------------


def test_only_what_a_container_gives_is_replaced(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "tmp" / "here")  # a folder that has the container's own words in its path
    web, redis = f"127.0.0.1:{machine.web}", f"127.0.0.1:{machine.redis}"
    try:
        for name, service in compose.read({}).items():
            _program, *words = machine.command(service.command, name)
            kept = [word for word in service.command[1:] if not re.search("8000|/tmp/|^redis", word)]
            assert [word for word in words if word in kept] == kept, name
        assert f"--bind={web}" in machine.command(command("web"), "web")
        assert machine.text("redis://redis:6379/0", "web") == f"redis://{redis}/0"
        assert machine.text("/run/secrets/secret_key", "web") == str(
            tmp_path / "tmp" / "here" / "secrets" / "secret_key"
        )
        assert machine.text("--schedule=/tmp/x", "beat") == f"--schedule={tmp_path}/tmp/here/tmp/beat/x"
    finally:
        machine.leave()


def test_what_is_given_wins_over_a_secrets_file() -> None:
    before = {"DATABASE_URL_FILE": "/run/secrets/database_url", "SECRET_KEY_FILE": "/run/secrets/secret_key"}
    given_here = given.with_values(before, {"DATABASE_URL": "postgres://test"})
    assert given_here == {"SECRET_KEY_FILE": "/run/secrets/secret_key", "DATABASE_URL": "postgres://test"}


def test_the_operators_settings_are_read_and_stay_out_of_this_process(tmp_path: Path) -> None:
    path = tmp_path / "portal.env"
    path.write_text("# ours\nPORTAL_URL=https://portal.example\nSUPPORT_EMAIL='help@portal.example'\n", "utf-8")
    before = dict(os.environ)
    assert given.by_operator(path) == {"PORTAL_URL": "https://portal.example", "SUPPORT_EMAIL": "help@portal.example"}
    assert dict(os.environ) == before
    with pytest.raises(FileNotFoundError, match="nothing is missing"):
        given.by_operator(tmp_path / "nothing")


# --- Settings -------------------------------------------------------------------------------------------------------------------


def names(text: str) -> set[str]:
    return set(re.findall(r"^\s*(CELERY_[A-Z_]+)(?:,|:| =)", text, re.M)) | set(
        re.findall(r", (CELERY_[A-Z_]+) =", text)
    )


def test_every_setting_of_celery_is_one_that_the_installed_celery_reads() -> None:
    known = {f"CELERY_{key}".upper() for key, _option in flatten(NAMESPACES)}
    set_here = names((ROOT / "loket_portal" / "settings.py").read_text("utf-8"))
    assert len(set_here) > 20
    assert set_here <= known


def test_every_option_of_the_transport_is_one_that_the_installed_kombu_reads() -> None:
    show = "import loket_portal.settings as s; print(' '.join(s.CELERY_BROKER_TRANSPORT_OPTIONS))"
    environment = {"PATH": os.environ["PATH"], "PORTAL_ENV_FILE": os.devnull, "REDIS_URL": "redis://localhost/0"}
    said = subprocess.run(
        [sys.executable, "-c", show], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    from kombu.transport.redis import Channel  # noqa: PLC0415  only this test is about it

    assert len(said.stdout.split()) == 7
    assert set(said.stdout.split()) <= set(Channel.from_transport_options)


def test_a_message_is_never_delivered_twice_because_its_task_is_merely_long() -> None:
    limits = [
        options["time_limit"] for task, options in module.CELERY_TASK_ANNOTATIONS.items() if "execute" not in task
    ]
    assert max(limits) < 300
    assert settings.CELERY_TASK_SOFT_TIME_LIMIT < settings.CELERY_TASK_TIME_LIMIT < 150


def test_what_the_beat_orders_does_not_wait_behind_runs() -> None:
    ordered = {str(entry["task"]) for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    app.loader.import_default_modules()
    assert ordered <= set(app.tasks)
    queues = {task: app.amqp.router.route({}, task)["queue"].name for task in (*ordered, "sync.tasks.execute")}
    assert queues.pop("sync.tasks.execute") == "celery"
    assert set(queues.values()) == {"ticks"}
    assert set(app.amqp.queues.consume_from) == {"celery", "ticks"}


def test_every_tick_ends_with_the_next_one() -> None:
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        assert entry["options"]["expires"] == entry["schedule"]
