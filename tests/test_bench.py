"""`make bench`: with few people it runs to its end and prints every figure of its tables. How fast is not asked here."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.bench.report import Figures, Pair, Report

ROOT = Path(__file__).parents[1]
NUMBER = re.compile(r"\d+(\.\d+)?")


def rows_of(text: str) -> dict[tuple[str, ...], list[str]]:
    """The lines of the tables that hold figures, by their first words."""
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:1] == "|"]
    return {tuple(cells[:2]): cells[2:] for cells in lines if NUMBER.fullmatch(cells[2])}


def test_a_quick_bench_prints_every_figure() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "bench_engine.py"), "--quick"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=290, check=False)
    assert ended.returncode == 0, ended.stderr[-2000:]
    rows = rows_of(ended.stdout)
    for name in ("first push", "nothing changed", "1 % changed", "20 new hires"):
        assert all(NUMBER.fullmatch(cell) for cell in rows[name, "engine"])
        assert all(NUMBER.fullmatch(cell) for cell in rows[name, "bare script"][:6])
    assert rows["first push", "bare script"][4] == "201", "a page of the list and everybody's PUT"
    assert rows["nothing changed", "bare script"][4] == "1"
    assert float(rows["first push, 400 people", "engine"][3]) > 0
    night = next(cells for (who, _), cells in rows.items() if who == "6 × 10")
    assert all(NUMBER.fullmatch(cell) for cell in night)
    assert "6 of 6" in ended.stdout


def figures(inside: float, calls: int = 2008) -> Figures:
    return Figures(wall=inside + 0.2, inside=inside, cpu=2.0, peak=50, calls=calls, in_flight=8)


@pytest.mark.parametrize(("inside", "word"), [(6.5, "counts"), (6.6, "VOID")])
def test_the_bench_says_itself_when_it_is_void(inside: float, word: str) -> None:
    report = Report(latency=20, limit=8)  # 2,008 calls take 5.02 seconds at least
    report.rows["first push"] = Pair(figures(inside), figures(6.9))
    assert f"first push: {word}" in report.text()


def test_a_handful_of_calls_says_nothing_about_the_machine() -> None:
    report = Report(latency=20, limit=8)
    report.rows["nothing changed"] = Pair(figures(0.4, calls=8), Figures(0.1, 0.1, 0.1, 60, 1, 1))
    assert "VOID" not in report.text()
    assert "| 0.17 | 0.25 |" in report.text(), "beside the script as it is started, and without its start"
