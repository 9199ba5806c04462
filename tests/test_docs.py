"""What the documentation says of the code is so: rules, effects (rule 49), design decisions, names of the environment."""

import ast
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from mapping.catalogue import LOKET_FIELDS, LoketField
from mapping.rules import PROBLEM_CODES
from sync import records
from sync.sources import roster, values

ROOT = Path(__file__).resolve().parents[1]
OURS = ("loket_portal", "onboarding", "mapping", "sync", "tests", "docs", "templates", "scripts")
RULES = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
CITED_RULES = re.compile(r"\b[Rr]ules? (\d+(?:(?:, | and | to |–)\d+)*)(?! \()")


def sources(*endings: str) -> Iterable[Path]:
    return (path for folder in OURS for path in (ROOT / folder).rglob("*") if path.suffix in endings)


def takes(field: LoketField) -> str:
    """What fits in the field: its type, its length, its lowest and highest value."""
    least = "" if field.minimum is None else f" from {field.minimum}"
    most = "" if field.maximum is None else f" to {field.maximum}"
    length = f" of {field.limit}" if field.limit else ""
    return f"{field.type}{length}{least}{most}"


def effect_row(field: LoketField) -> str:
    """The line of the table in docs/rules.md for this field; after a change in the catalogue, paste it there."""
    needed = "yes" if field.required_for_new else "no"
    return f"| `{field.key}` | {field.label} | {takes(field)} | {field.effect} | {needed} |"


def reader_faults() -> set[str]:
    """The codes that the roster reader gives to a row, as they stand in its source."""
    found: set[str] = set()
    for module, call in ((values, r"(?:Fault|_one_of)\((?:\w+, )?"), (roster, r"_blocking\(")):
        text = Path(str(module.__file__)).read_text(encoding="utf-8")
        found |= set(re.findall(call + r'"([a-z_]+)"', text))
    return found


@pytest.mark.parametrize("field", LOKET_FIELDS.values(), ids=lambda field: field.key)
def test_every_loket_field_stands_in_the_table_with_its_effect(field: LoketField) -> None:
    assert effect_row(field) in RULES.splitlines()


def test_the_table_has_no_field_that_the_catalogue_lacks() -> None:
    table = RULES.partition("### Loket fields")[2].partition("###")[0]
    assert re.findall(r"^\| `([\w.]+)` ", table, re.M) == list(LOKET_FIELDS)


def test_every_fault_of_the_reader_costs_the_person_and_stands_in_its_table() -> None:
    table = RULES.partition("### Faults of the roster reader")[2].partition("###")[0]
    assert len(reader_faults()) > 8
    assert set(re.findall(r"^\| `(\w+)` .*\| person \|$", table, re.M)) == reader_faults()


def test_every_other_problem_says_what_it_costs() -> None:
    table = RULES.partition("### All other problems")[2].partition("\n## ")[0]
    found = re.findall(r"`([a-z_]+)`", table)
    assert sorted(found) == sorted({*PROBLEM_CODES, *records.PROBLEM_CODES})


def test_all_64_rules_are_there_in_order() -> None:
    assert [int(number) for number in re.findall(r"^\| (\d+) \|", RULES, re.M)] == list(range(1, 65))


def test_every_rule_and_decision_that_is_cited_exists() -> None:
    cited = decided = 0
    for path in sources(".py", ".md", ".html"):
        text = path.read_text(encoding="utf-8")
        for numbers in CITED_RULES.findall(text):
            cited += 1
            assert all(1 <= int(number) <= 64 for number in re.findall(r"\d+", numbers)), f"{path}: {numbers}"
        for decision in re.findall(r"[( ](D\d+)[,):]", text):
            decided += 1
            assert f"| {decision} |" in RULES, f"{path}: {decision}"
    assert cited > 100
    assert decided > 15


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_file_that_a_page_links_to_is_there(path: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#\s]+)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_every_module_and_test_that_the_rules_name_is_there() -> None:
    named = set(re.findall(r"`((?:\w+/)+[\w.]+)`", RULES))
    assert len(named) > 20
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


def _reads(function: ast.expr) -> bool:
    """Whether it is `env.something` or `secret`, the two ways in which settings.py reads the environment."""
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        return function.value.id == "env"
    return isinstance(function, ast.Name) and function.id == "secret"


def test_every_name_of_the_environment_is_explained_and_none_that_nobody_reads() -> None:
    tree = ast.parse((ROOT / "loket_portal" / "settings.py").read_text(encoding="utf-8"))
    calls = [call for call in ast.walk(tree) if isinstance(call, ast.Call) and call.args]
    read = {str(call.args[0].value) for call in calls if _reads(call.func) and isinstance(call.args[0], ast.Constant)}
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    explained = re.findall(r"^#?([A-Z][A-Z_]+)=", example, re.M)
    assert len(read) > 20
    assert sorted(explained) == sorted(read)
