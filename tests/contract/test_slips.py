"""Every known slip is still in Loket's document: when it was corrected there, its line in slips.py goes."""

import json
import re

import pytest

from tests.contract import slips
from tests.contract.document import Document, document, merged, node, path_of_document
from tests.contract.plugin import need_document


@pytest.fixture
def text() -> str:
    need_document()
    path = path_of_document()
    assert path is not None
    return path.read_text()


def test_every_ignored_pattern_stands_in_it(text: str) -> None:
    patterns = set(re.findall(r'"pattern": ?("(?:[^"\\]|\\.)*")', text))
    assert slips.IGNORED_PATTERNS.keys() <= {json.loads(pattern) for pattern in patterns}


def test_every_pattern_of_one_case_stands_in_it(text: str) -> None:
    patterns = {json.loads(pattern) for pattern in re.findall(r'"pattern": ?("(?:[^"\\]|\\.)*")', text)}
    for begin in slips.ANY_CASE_PATTERNS:
        found = [pattern for pattern in patterns if pattern.startswith(begin)]
        assert found
        assert not any("A-Z" in pattern for pattern in found)


def test_every_other_slip_stands_in_it(text: str) -> None:
    for media in slips.MEDIA_TYPES:
        assert f'"{media};version=' in text
    for version in (*slips.IGNORED_VERSIONS, *slips.MEANT_VERSIONS):
        assert f";version={version}" in text
    assert "/benefitsAndDeductions/" in text
    assert "/benefitsanddeductions" in text


def test_every_list_that_is_typed_as_a_row_is_so_in_it(text: str) -> None:
    paths = json.loads(text)["paths"]
    for template in slips.LISTS:
        for schema in (entry["schema"] for entry in paths[template]["get"]["responses"]["200"]["content"].values()):
            assert merged(schema)["properties"]["_embedded"]["type"] == "object"
        call = document().find("GET", template)
        assert call is not None
        rows = next(iter(call.answers["200"].values())).properties["_embedded"]
        assert rows.type == "array"
        assert rows.items is not None
        assert "application" in rows.items.properties


def test_if_match_stands_in_words_only(text: str) -> None:
    assert "has to be supplied in the if-match header" in text
    assert not re.search(r'"name": ?"if-match"', text, re.IGNORECASE)
    assert '"412"' not in text


def test_a_placeholder_version_cannot_be_asked_for() -> None:
    need_document()
    call = document().find("GET", f"/providers/employers/employees/employments/{'0' * 8}/paymentinformationsepa")
    assert call is not None
    assert call.versions == {"application/json;version=2018-01-01"}


def test_a_branch_s_name_for_a_version_means_the_date_beside_it() -> None:
    need_document()
    call = document().find("GET", "/providers/employers/x/users")
    assert call is not None
    assert call.versions == {"application/json;version=2018-01-01"}
    accept = next(item for item in call.parameters("header") if item["name"] == "Accept")
    assert accept["schema"]["example"] in call.versions


def test_case_counts_but_where_the_document_slips() -> None:
    made = Document({"paths": {"/users/{userId}/PayScale": {"get": {"responses": {}}}}}, {"paths": {}})
    assert made.find("GET", "/users/1/payscale")
    assert made.find("GET", "/Users/1/payscale") is None


def test_a_written_segment_wins_from_a_parameter() -> None:
    paths = {"/employers/{employerId}": {"get": {"responses": {}}}, "/employers/minimized": {"get": {"responses": {}}}}
    found = Document({"paths": paths}, {"paths": {}}).find("GET", "/employers/minimized")
    assert found is not None
    assert found.template == "/employers/minimized"


def test_all_of_is_merged_as_deep_as_it_goes() -> None:
    schema = {
        "allOf": [{"properties": {"a": {"type": "string"}}}, {"allOf": [{"properties": {"b": {}}}]}],
        "nullable": True,
    }
    assert merged(schema)["properties"].keys() == {"a", "b"}
    assert node(schema).is_nullable
    assert node(schema).type == "object"
