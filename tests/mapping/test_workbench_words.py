"""No code of the workbench without words."""

import re

import pytest
from django.test import Client

from mapping import compare, rules
from mapping.admin.workbench.common import SHOWS
from mapping.bench import drafts
from mapping.bench.catalog import roster_columns
from mapping.bench.publishing import Against
from mapping.bench.refusals import Refusal
from mapping.bench.uses import Use, UseKind
from mapping.catalogue import LOKET_FIELDS, SCOPE_FIELDS, Group
from mapping.converters import CONVERTERS
from mapping.coverage import State
from mapping.models import FieldRule, HRAttribute
from mapping.suggest import Reason, Suggestion
from mapping.wording import not_possible, use, versions
from mapping.wording import workbench as words
from tests.factories import CompanyFactory, EntityFactory
from tests.mapping.bench import Bench, sign_in
from tests.pseudo import language, reading

ANYTHING = dict.fromkeys(
    ("number", "entity", "attribute", "text", "setting", "limit", "target", "type", "version", "line", "source"), "zz"
)


@pytest.mark.parametrize("refusal", Refusal)
def test_every_refusal_says_why_and_what_to_do(refusal: Refusal) -> None:
    told = not_possible(Against(refusal, ANYTHING))
    assert told.text
    assert told.fix
    assert "?" not in f"{told.text}{told.fix}"


@pytest.mark.parametrize("kind", UseKind)
def test_every_use_of_a_former_attribute_is_said(kind: UseKind) -> None:
    assert use(Use(kind, target="employee.address.city", entity="zz", mapping_set="zz", name="zz"))


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        (words.GROUPS, {*Group, "scope"}),
        (words.STATES, set(State)),
        (words.SYMBOLS, set(State)),
        (words.FILTERS, set(SHOWS)),
        (words.DECISIONS, set(rules.Decision)),
        (words.WRITE_MODES, set(FieldRule.WriteMode.values)),
        (words.EMPTIES, set(FieldRule.Empty.values)),
        (words.TOO_LONG, set(FieldRule.TooLong.values)),
        (words.CONVERTERS, set(CONVERTERS)),
        (words.ORIGINS, set(HRAttribute.Source.values)),
        (words.KINDS, {field.type for field in LOKET_FIELDS.values()}),
        (versions.KINDS, set(compare.Kind)),
        (versions.SETTINGS, {*compare.SETTINGS, "options"}),
    ],
)
def test_every_code_has_a_word(table: dict[str, object], codes: set[str]) -> None:
    assert set(table) == codes


@pytest.mark.parametrize("target", [*SCOPE_FIELDS, *LOKET_FIELDS])
def test_every_field_says_what_fits_in_it(target: str) -> None:
    told = words.about((SCOPE_FIELDS | LOKET_FIELDS)[target])  # type: ignore[operator]
    assert told
    assert "None" not in told


def test_a_suggestion_says_its_reason_and_how_often_it_was_chosen() -> None:
    assert words.reason(Suggestion("a", Reason.SAME_LABEL)) == "same label"
    assert words.reason(Suggestion("a", Reason.SYNONYM, 1)) == "synonym, chosen once before"
    assert words.reason(Suggestion("a", Reason.CHOSEN_BEFORE, 14)) == "chosen 14 times before"
    assert words.reason(Suggestion("a", Reason.SIMILAR, score=0.87)) == "similar 0.87"


BENCH = re.compile(r'<div class="bench"[^>]*>')


@pytest.mark.parametrize(
    ("name", "query"),
    [
        *(("workbench", query) for query in ({}, {"edit": "employee.address.city"}, {"q": "zzz"})),
        *((name, {}) for name in ("publish", "versions", "history", "import", "discard", "difference")),
    ],
)
def test_every_page_is_translated(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch, name: str, query: dict[str, str]
) -> None:
    entity = EntityFactory(name="Zzentity", company=CompanyFactory(name="Zzcompany"))
    sign_in(client)
    bench = Bench(client, entity.company, "roster")
    draft = bench.begin()
    drafts.change(draft, None, "employee.address.city", rules.Rule("employee.address.city", "city"))
    language.speak(monkeypatch)
    shown = BENCH.split(client.get(bench.address(name), query).content.decode())[-1].partition("<footer")[0]
    keys = {part for column in roster_columns() for part in column.key.split("_")} | {"Personio"}
    assert [one for one in reading.of_page(shown) if not set(one.words.split()) <= keys] == []
