"""The core decides without Django, Celery, HTTP, OAuth or a clock, also indirectly."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
CORE = [
    *("mapping.catalogue", "mapping.rules", "mapping.converters", "mapping.apply", "mapping.resolve", "mapping.drift"),
    *("mapping.renewal", "mapping.words"),
    *("sync.records", "sync.ports", "sync.diff", "sync.policy", "sync.identity", "sync.engine"),
]
FORBIDDEN = {"django", "celery", "requests", "authlib", "urllib3", "sqlite3", "onboarding"}


def loaded(modules: list[str]) -> set[str]:
    """The top-level packages that a fresh interpreter has after importing these modules."""
    code = f"import sys, {', '.join(modules)}; print(' '.join({{m.split('.')[0] for m in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_core_loads_nothing_but_itself() -> None:
    assert loaded(CORE) & FORBIDDEN == set()


def test_mapping_does_not_know_sync() -> None:
    assert "sync" not in loaded([name for name in CORE if name.startswith("mapping")])


def test_the_core_never_asks_what_day_it_is() -> None:
    mapping = [file for name in CORE if name.startswith("mapping") for file in _files(name)]
    core = [*mapping, *(ROOT / f"sync/{n}.py" for n in _SYNC)]
    assert len(core) >= 12
    for file in core:
        text = file.read_text(encoding="utf-8")
        assert not any(call in text for call in (".today(", ".now(", "import time", "sleep(")), file.name


def _files(name: str) -> list[Path]:
    """The file of a module, or all those of a package."""
    path = ROOT / name.replace(".", "/")
    return sorted(path.glob("*.py")) or [path.with_suffix(".py")]


_SYNC = [
    *(
        "records",
        "ports",
        "diff",
        "policy",
        "likeness",
        "identity",
        "work",
        "sensitive",
        "known",
        "newcomers",
        *("signs", "packed", "roll", "person", "certainty", "plan", "window", "apply", "confirm", "guards"),
        "engine",
    ),
]
