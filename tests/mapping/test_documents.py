"""A mapping as a YAML document: read in again as it was, used in another company, refused with the line or the rule."""

from typing import Any

import pytest
import yaml

from mapping import definitions, services
from mapping.bench import documents, drafts, publishing
from mapping.bench.drafts import NotPossible, Refusal, Start
from mapping.models import HRAttribute, MappingSet
from mapping.rules import Decision, Rule, TooLong
from onboarding.models import Company, LegalEntity, User
from onboarding.services.access import NotAllowed
from sync.services.setup import DEFAULT_MAPPING
from tests.factories import EntityFactory, member
from tests.mapping.accounts import SIMULATED, changed, defined, without
from tests.mapping.drafting import (
    BSN,
    FIRST_NAME,
    GENDER,
    LAST_NAME,
    OF_BSN,
    OF_GENDER,
    PERSONIO,
    ROSTER,
    company,
    connected,
    portal,
    reader,
    rule,
    sam,
    sources,
)

__all__ = ["company", "reader", "sam"]


@pytest.fixture
def published(company: Company, reader: LegalEntity, sam: User) -> MappingSet:
    """The default mapping with a duplicate, and with rules of one legal entity."""
    copy = portal(company, 3, "Gender (Loket)", migration=HRAttribute.Migration.EMPTY)
    draft = drafts.begin(company, PERSONIO, sam, Start.DEFAULT)
    own = rule(LAST_NAME, "preferred_name", too_long=TooLong.SHORTEN)
    gender = rule(GENDER, copy.key, decision=Decision.DUPLICATE, former_source=OF_GENDER, option_map={"no": "Man"})
    rows: list[Any] = [(GENDER, gender, None), (LAST_NAME, own, reader), (BSN, Rule(BSN, None), reader)]
    drafts.change_many(draft, sam, rows)
    return publishing.publish(draft, sam, None)


def empty(company: Company, sam: User, source: str = PERSONIO) -> MappingSet:
    return drafts.begin(company, source, sam, Start.EMPTY)


def text(*rules: Any, **more: Any) -> str:
    return yaml.safe_dump({"name": "Ours", "version": 1, "rules": list(rules), **more})


def refused(draft: MappingSet, sam: User, document: str) -> tuple[Refusal, dict[str, str]]:
    before = drafts.rules_of(draft)
    with pytest.raises(NotPossible) as error:
        documents.from_yaml(draft, sam, document)
    assert drafts.rules_of(draft) == before, "nothing is lost"
    return error.value.code, error.value.params


# --- There and back -----------------------------------------------------------------------------------------------------


def test_a_document_reads_in_again_as_the_same_rules(company: Company, published: MappingSet, sam: User) -> None:
    draft = empty(company, sam)
    found = documents.from_yaml(draft, sam, documents.to_yaml(published))
    assert drafts.rules_of(draft) == drafts.rules_of(published)
    assert (found.taken, found.missing, found.ambiguous, found.entities) == (len(drafts.rules_of(draft)), (), (), ())


def test_what_only_this_company_has_is_named_by_what_it_is_called(published: MappingSet) -> None:
    document = yaml.safe_load(documents.to_yaml(published))
    named = {row["target"]: row.get("source") for row in document["rules"]}
    assert named[LAST_NAME] == "last_name", "every account has it"
    assert named[BSN] == {"labels": ["BSN"]}
    assert named[GENDER] == {"portal": "Gender (Loket)"}
    assert document["entities"]["Linde Horeca B.V."] == [
        {"target": LAST_NAME, "source": "preferred_name", "too_long": "shorten"},
        {"target": BSN},
    ]
    assert (document["source"], document["version"]) == ("personio", 1)


def test_a_rule_says_only_what_differs_from_what_is_meant_anyway(company: Company, sam: User) -> None:
    draft = empty(company, sam)
    drafts.change(draft, sam, LAST_NAME, rule(LAST_NAME, "last_name"))
    assert yaml.safe_load(documents.to_yaml(draft))["rules"] == [{"target": LAST_NAME, "source": "last_name"}]


def test_two_attributes_of_one_name_are_told_apart_where_they_are(company: Company, sam: User) -> None:
    definitions.take(company, [*SIMULATED, defined("dynamic_9", "BSN")])
    draft = empty(company, sam)
    drafts.change(draft, sam, BSN, rule(BSN, OF_BSN))
    document = documents.to_yaml(draft)
    drafts.discard(draft, sam)
    second = empty(company, sam)
    assert documents.from_yaml(second, sam, document).ambiguous == ()
    assert sources(second) == {BSN: OF_BSN}


def test_a_roster_s_document_names_its_columns(sam: User) -> None:
    company = EntityFactory().company
    draft = drafts.begin(company, ROSTER, sam, Start.DEFAULT)
    document = documents.to_yaml(draft)
    other = empty(EntityFactory().company, sam, ROSTER)
    found = documents.from_yaml(other, sam, document)
    assert (found.missing, found.ambiguous) == ((), ())
    assert drafts.rules_of(other) == drafts.rules_of(draft)


def test_the_default_documents_can_be_read_in(sam: User) -> None:
    draft = empty(EntityFactory().company, sam, ROSTER)
    document = DEFAULT_MAPPING.read_text(encoding="utf-8")
    assert documents.from_yaml(draft, sam, document).taken == len(yaml.safe_load(document)["rules"])


# --- In another company -------------------------------------------------------------------------------------------------


def test_another_company_s_attributes_are_found_by_their_labels(published: MappingSet, sam: User) -> None:
    theirs = connected("Roos Horeca B.V.")
    definitions.take(theirs.company, changed(defined("dynamic_77", "bsn "), defined(OF_BSN, "Shoe size")))
    copy = portal(theirs.company, 12, "Gender (Loket)")
    draft = empty(theirs.company, sam)
    found = documents.from_yaml(draft, sam, documents.to_yaml(published))
    assert (sources(draft)[BSN], sources(draft)[GENDER]) == ("dynamic_77", copy.key)
    assert found.entities == ("Linde Horeca B.V.",)
    assert all(place is None for _target, place in drafts.rules_of(draft))


def test_rules_of_an_entity_go_to_the_one_of_the_same_name(published: MappingSet, sam: User) -> None:
    theirs = connected("Linde Horeca B.V.")
    draft = empty(theirs.company, sam)
    assert documents.from_yaml(draft, sam, documents.to_yaml(published)).entities == ()
    assert drafts.rules_of(draft)[LAST_NAME, theirs.pk].source == "preferred_name"
    assert drafts.rules_of(draft)[BSN, theirs.pk] == Rule(BSN, None)


def test_what_is_not_found_stays_as_the_draft_has_it(company: Company, sam: User) -> None:
    draft = empty(company, sam)
    kept = rule(GENDER, OF_GENDER, option_map={"m": "Man"})
    drafts.change(draft, sam, GENDER, kept)
    rows = [
        {"target": LAST_NAME, "source": "last_name"},
        {"target": GENDER, "source": {"portal": "Gender (Loket)"}, "fallback": "Onbekend"},
        {"target": BSN, "source": {"labels": ["Citizen number"]}},
        {"target": "organization.function", "source": {"labels": ["No such"]}, "fallback": "Algemeen"},
    ]
    found = documents.from_yaml(draft, sam, text(*rows))
    assert {one.target: one.wanted for one in found.missing} == {
        GENDER: ("Gender (Loket)",),
        BSN: ("Citizen number",),
        "organization.function": ("No such",),
    }
    assert drafts.rules_of(draft)[GENDER, None] == kept
    assert (BSN, None) not in drafts.rules_of(draft)
    assert drafts.rules_of(draft)["organization.function", None] == rule("organization.function", fallback="Algemeen")
    assert found.taken == 2


def test_one_that_two_attributes_fit_is_left_to_a_person(company: Company, sam: User) -> None:
    definitions.take(company, [*SIMULATED, defined("dynamic_9", "BSN")])
    draft = empty(company, sam)
    found = documents.from_yaml(draft, sam, text({"target": BSN, "source": {"labels": ["BSN"]}}))
    (several,) = found.ambiguous
    assert (several.target, {key for _label, key in several.found}) == (BSN, {OF_BSN, "dynamic_9"})
    assert (found.taken, drafts.rules_of(draft)) == (0, {})


def test_an_attribute_that_another_rule_names_by_key_is_meant_by_no_label(company: Company, sam: User) -> None:
    definitions.take(company, [*SIMULATED, defined("dynamic_9", "Last name")])
    draft = empty(company, sam)
    rows = [
        {"target": LAST_NAME, "source": "last_name"},
        {"target": FIRST_NAME, "source": {"labels": ["Last name"]}},
    ]
    assert documents.from_yaml(draft, sam, text(*rows)).ambiguous == ()
    assert sources(draft)[FIRST_NAME] == "dynamic_9"


def test_an_attribute_that_is_away_is_missing(company: Company, sam: User) -> None:
    definitions.take(company, without(OF_BSN))
    draft = empty(company, sam)
    found = documents.from_yaml(draft, sam, text({"target": BSN, "source": {"labels": ["BSN"]}}))
    assert [one.target for one in found.missing] == [BSN]


def test_a_former_id_of_another_account_is_left_behind(company: Company, sam: User) -> None:
    draft = empty(company, sam)
    row = {"target": LAST_NAME, "source": "last_name", "decision": "connect"}
    documents.from_yaml(draft, sam, text(row | {"former_source": "dynamic_999"}))
    assert drafts.rules_of(draft)[LAST_NAME, None] == rule(LAST_NAME, "last_name", decision=Decision.CONNECT)


def test_a_key_of_another_company_s_portal_finds_nothing(company: Company, sam: User) -> None:
    portal(company, 3, "Shoe size")
    draft = empty(company, sam)
    found = documents.from_yaml(draft, sam, text({"target": LAST_NAME, "source": "portal.3"}))
    assert [one.target for one in found.missing] == [LAST_NAME]


# --- Into a draft -------------------------------------------------------------------------------------------------------


def test_an_import_is_one_step_and_leaves_other_targets_alone(company: Company, sam: User) -> None:
    draft = empty(company, sam)
    drafts.change(draft, sam, FIRST_NAME, rule(FIRST_NAME, "first_name"))
    rows = [{"target": LAST_NAME, "source": "last_name"}, {"target": BSN, "source": OF_BSN}]
    documents.from_yaml(draft, sam, text(*rows))
    assert sources(draft) == {FIRST_NAME: "first_name", LAST_NAME: "last_name", BSN: OF_BSN}
    drafts.undo(draft, sam)
    assert sources(draft) == {FIRST_NAME: "first_name"}


def test_only_support_imports_and_only_into_a_draft(published: MappingSet, reader: LegalEntity, sam: User) -> None:
    document = documents.to_yaml(published)
    with pytest.raises(NotAllowed):
        documents.from_yaml(published, member(reader), document)
    assert refused(published, sam, document)[0] is Refusal.NOT_A_DRAFT


# --- What is no document ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "line"),
    [
        ("name: X\nrules:\n  - {target: bsn, source: bsn\n", "4"),
        ("name: X\nrules: [\n\t]", "3"),
        ("name: X\nversion: !!python/object:os.system 1\n", "2"),
    ],
)
def test_a_text_that_is_no_yaml_is_refused_with_its_line(company: Company, sam: User, document: str, line: str) -> None:
    code, params = refused(empty(company, sam), sam, document)
    assert (code, params["line"]) == (Refusal.BAD_YAML, line)
    assert params["text"]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("just a text", "no list of rules"),
        ("- 1", "no list of rules"),
        (text(colour="red"), "unknown settings: colour"),
        (text("bsn"), "Rule 1 is not a list of settings"),
        (text({"target": LAST_NAME}), r"rule 1 (employee.personalDetails.lastName) there is neither"),
        (text({"target": LAST_NAME, "source": "last_name"}, {"target": "x", "source": "y"}), "rule 2 (x) the target"),
        (text({"target": BSN, "source": "bsn"}, {"target": BSN, "source": "bsn"}), "Rule 2 (bsn): an earlier rule"),
        (text({"target": BSN, "source": {"nickname": "x"}}), "source in an unknown form"),
        (text({"target": BSN, "source": "bsn", "converter": "magic"}), "converter is 'magic'"),
        (text({"target": GENDER, "source": "gender", "options": {"x": True}}), "must be two texts"),
        (text(entities=["a"]), "no list of rules"),
        (text(entities={"Linde Horeca B.V.": {"target": "bsn"}}), "Linde Horeca B.V.: There is no list"),
        (text(entities={"Linde Horeca B.V.": [{"target": "x"}]}), "Linde Horeca B.V.: In rule 1 (x)"),
        (text(entities={7: [{"target": "x"}]}, rules="bsn"), "no list of rules"),
    ],
)
def test_a_document_that_is_no_mapping_is_refused_with_its_rule(
    company: Company, sam: User, document: str, said: str
) -> None:
    code, params = refused(empty(company, sam), sam, document)
    assert code is Refusal.BAD_DOCUMENT
    assert said in params["text"]


def test_a_setting_without_room_is_refused(company: Company, sam: User) -> None:
    row = {"target": LAST_NAME, "source": "last_name", "fallback": "x" * 101}
    code, params = refused(empty(company, sam), sam, text(row))
    assert (code, params["limit"]) == (Refusal.TEXT_TOO_LONG, "100")


def test_a_mapping_of_another_source_is_refused(company: Company, published: MappingSet, sam: User) -> None:
    draft = empty(company, sam, ROSTER)
    code, params = refused(draft, sam, documents.to_yaml(published))
    assert (code, params["source"]) == (Refusal.OTHER_SOURCE, "personio")


def test_a_roster_s_document_has_no_rule_for_who_is_sent(company: Company, sam: User) -> None:
    document = text({"target": "scope.status", "source": "status"})
    code, params = refused(empty(company, sam, ROSTER), sam, document)
    assert (code, "columns of its own" in params["text"]) == (Refusal.BAD_DOCUMENT, True)


@pytest.mark.parametrize("document", ["[" * 5_000, "a: " + "x" * 1_000_001, "day: 2026-02-31"])
def test_a_text_that_nobody_can_read_is_refused_too(company: Company, sam: User, document: str) -> None:
    assert refused(empty(company, sam), sam, document)[0] in {Refusal.BAD_YAML, Refusal.TOO_LARGE}


def test_a_document_holds_nothing_of_anybody(published: MappingSet, sam: User) -> None:
    services.note_preview(published, published.company.entities.get(), sam, 3, 3, {}, lists_known=True)
    document = documents.to_yaml(published)
    assert "Sam" not in document
    assert set(yaml.safe_load(document)) == {"name", "version", "source", "rules", "entities"}


# --- What no document may do ---------------------------------------------------------------------------------------------


def test_a_document_with_an_alias_is_refused_before_it_grows(company: Company, sam: User) -> None:
    """Ten lines of ten aliases each are ten thousand million values; only saying what is wrong would write them out."""
    rows = [
        "rules:",
        "- source: &a0 [x, x]",
        *(f"- source: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)),
    ]
    with pytest.raises(NotPossible) as refused:
        documents.from_yaml(empty(company, sam), sam, "\n".join([*rows, "- target: *a9"]))
    assert refused.value.code == Refusal.BAD_YAML
    assert refused.value.params == {"line": "3", "text": "an alias (*) is not taken here"}


def test_a_name_that_is_there_twice_is_told_and_none_is_lost(company: Company, sam: User) -> None:
    rows = f"rules:\n- target: {GENDER}\n  source: gender\n  options:\n    M: Man\n    M: Vrouw\n"
    with pytest.raises(NotPossible) as refused:
        documents.from_yaml(empty(company, sam), sam, rows)
    assert refused.value.params == {"line": "6", "text": "'M' is there twice"}
