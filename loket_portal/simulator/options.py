"""What the simulator can be told: by its command line, by a test, and in part at run time (`/_simulator/options`)."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

USERNAME = "integratie@tulphoreca.example"
PASSWORD = "loket-demo"
SECOND_FACTOR = "123456"

AT_START = frozenset(
    {"host", "port", "db", "reset", "seed", "record", "keep_exchanges", "client_id", "client_secret", "redirect_uris"}
)


@dataclass
class Options:
    """Rates are shares between 0 and 1, `latency` is in milliseconds, the lives are in seconds."""

    host: str = "127.0.0.1"
    port: int = 0
    db: str = ":memory:"
    reset: bool = False
    seed: int = 1
    record: str = ""
    keep_exchanges: int = 1000
    client_id: str = "loket-portal-demo"
    client_secret: str = "demo-client-secret"
    redirect_uris: tuple[str, ...] = ()
    token_life: int = 3599
    code_life: int = 600
    two_employers: bool = False
    missing_rights: tuple[str, ...] = ()
    missing_algemeen: tuple[str, ...] = ()
    latency: float = 0
    error_rate: float = 0
    error_status: int = 500
    drop_before: float = 0
    drop_after: float = 0
    obsolete_date: str = ""

    def changeable(self) -> dict[str, Any]:
        """The options that can be changed at run time, as they stand."""
        return {item.name: getattr(self, item.name) for item in fields(self) if item.name not in AT_START}

    def change(self, wanted: dict[str, Any]) -> None:
        """Changes options at run time. Raises ValueError for a name or type that does not fit; then nothing changed."""
        clean = {name: self._fitting(name, value) for name, value in wanted.items()}
        for name, value in clean.items():
            setattr(self, name, value)

    def _fitting(self, name: str, value: Any) -> Any:
        if name not in self.changeable():
            raise ValueError(f"{name} can't be changed at run time; these can: {', '.join(self.changeable())}")
        present = getattr(self, name)
        if isinstance(present, tuple):
            value = tuple(value) if isinstance(value, list | tuple) else (str(value),)
        allowed: type | tuple[type, ...] = (int, float) if type(present) in (int, float) else type(present)
        if not isinstance(value, allowed) or (isinstance(value, bool) and not isinstance(present, bool)):
            raise ValueError(f"{name} does not take {value!r}")
        return value

    def copy(self, **changes: Any) -> Options:
        """The same options with some changed."""
        return replace(self, **changes)
