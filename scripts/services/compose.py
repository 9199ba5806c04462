"""What docker-compose.yml says: commands, environment, health checks, what needs what."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).resolve().parents[2] / "docker-compose.yml"
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::-(?P<default>[^}]*))?\}")


@dataclass(frozen=True)
class Service:
    """One service; its texts are as the container gets them."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    needs: tuple[str, ...]
    health: tuple[str, ...]
    grace: float

    @property
    def ends(self) -> bool:
        """Whether it is a step that ends, and not a program that runs."""
        return not self.health


def read(values: Mapping[str, str], path: Path = FILE) -> dict[str, Service]:
    """The services in the order in which they start; `values` is what `${NAME}` stands for."""
    document = yaml.safe_load(_filled(path.read_text("utf-8"), values))
    found = {name: _service(name, given) for name, given in document["services"].items()}
    order = TopologicalSorter({name: service.needs for name, service in found.items()}).static_order()
    return {name: found[name] for name in order}


def _filled(text: str, values: Mapping[str, str]) -> str:
    return VARIABLE.sub(lambda found: values.get(found["name"], found["default"] or ""), text)


def _service(name: str, given: Mapping[str, Any]) -> Service:
    check = given.get("healthcheck", {}).get("test", [])
    return Service(
        name,
        tuple(map(str, given["command"])),
        {key: str(value) for key, value in given.get("environment", {}).items()},
        tuple(given.get("depends_on", ())),
        tuple(map(str, check[1:])),  # without "CMD"
        float(given.get("stop_grace_period", "10s").removesuffix("s")),
    )
