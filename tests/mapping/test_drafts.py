"""The open draft: begun, changed step by step, taken back and done again, discarded; all of it in the history (rule 28)."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mapping import definitions, services
from mapping.bench import drafts, publishing
from mapping.bench.drafts import NotPossible, Refusal, Start
from mapping.models import Frozen, HRAttribute, MappingChange, MappingSet, OptionMap
from mapping.rules import Decision, Empty, Rule, TooLong, WriteMode, row_of
from mapping.wording.refused import not_possible
from onboarding.models import AuditEvent, Company, LegalEntity, User
from onboarding.services.access import NotAllowed
from tests.factories import EntityFactory, member
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
    portal,
    reader,
    rule,
    sam,
    sources,
)

__all__ = ["company", "reader", "sam"]
LAST = rule(LAST_NAME, "last_name")
FIRST = rule(FIRST_NAME, "first_name")
HOURS = "workingHours.deviatingHoursPerWeek"


@pytest.fixture
def draft(company: Company, sam: User) -> MappingSet:
    """An empty draft of the mapping of Personio."""
    return drafts.begin(company, PERSONIO, sam, Start.EMPTY)


def refusal(act: Any, *args: Any, **more: Any) -> Refusal:
    with pytest.raises(NotPossible) as refused:
        act(*args, **more)
    return refused.value.code


def changes(draft: MappingSet) -> list[MappingChange]:
    return list(draft.changes.exclude(target="").order_by("pk"))


# --- Beginning ----------------------------------------------------------------------------------------------------------


def test_a_draft_begins_with_the_rules_in_force_and_those_of_single_entities(
    company: Company, reader: LegalEntity, sam: User
) -> None:
    first = drafts.begin(company, PERSONIO, sam, Start.DEFAULT)
    drafts.change(first, sam, BSN, Rule(BSN, None), reader)
    published = publishing.publish(first, sam, None)
    draft = drafts.begin(company, PERSONIO, sam)
    assert drafts.rules_of(draft) == drafts.rules_of(published)
    assert (BSN, reader.pk) in drafts.rules_of(draft)
    assert (draft.based_on, draft.version, draft.created_by) == (published, 2, sam)
    assert drafts.draft_of(company, PERSONIO) == draft


def test_a_draft_may_begin_empty(draft: MappingSet) -> None:
    assert drafts.rules_of(draft) == {}


def test_a_draft_may_begin_with_the_default_mapping_as_it_fits_the_account(company: Company, sam: User) -> None:
    draft = drafts.begin(company, PERSONIO, sam, Start.DEFAULT)
    definitions.publish_default(company, None)
    in_force = services.published(company, PERSONIO)
    assert in_force is not None
    assert drafts.rules_of(draft) == drafts.rules_of(in_force)
    assert sources(draft)[BSN] == OF_BSN


@pytest.mark.parametrize("start", [Start.EMPTY, Start.DEFAULT])
def test_what_a_draft_begins_with_otherwise_is_in_the_history_and_no_step_to_take_back(
    company: Company, reader: LegalEntity, sam: User, start: Start
) -> None:
    first = drafts.begin(company, PERSONIO, sam, Start.DEFAULT)
    drafts.change(first, sam, LAST_NAME, rule(LAST_NAME, "first_name"))
    drafts.change(first, sam, BSN, Rule(BSN, None), reader)
    published = publishing.publish(first, sam, None)
    draft = drafts.begin(company, PERSONIO, sam, start)
    before, after = drafts.rules_of(published), drafts.rules_of(draft)
    told = {(row.target, row.entity_id): (row.before, row.after) for row in changes(draft)}
    assert {place for place in {**before, **after} if before.get(place) != after.get(place)} == set(told)
    was, became = told[LAST_NAME, None]
    assert was["source"] == "first_name"
    assert became == (row_of(after[LAST_NAME, None]) if start is Start.DEFAULT else None)
    assert told[BSN, reader.pk][1] is None
    assert {row.by for row in changes(draft)} == {sam}
    assert not drafts.can_undo(draft)
    drafts.change(draft, sam, FIRST_NAME, rule(FIRST_NAME, "preferred_name"))
    drafts.undo(draft, sam)
    assert drafts.rules_of(draft) == after


def test_a_roster_s_default_needs_no_account(company: Company, sam: User) -> None:
    draft = drafts.begin(company, ROSTER, sam, Start.DEFAULT)
    assert sources(draft)[BSN] == "bsn"


def test_there_is_one_draft_for_each_source(company: Company, draft: MappingSet, sam: User) -> None:
    assert refusal(drafts.begin, company, PERSONIO, sam, Start.EMPTY) is Refusal.DRAFT_OPEN
    assert drafts.begin(company, ROSTER, sam, Start.EMPTY) != draft


def test_without_a_version_in_force_there_is_nothing_to_begin_from(company: Company, sam: User) -> None:
    assert refusal(drafts.begin, company, PERSONIO, sam) is Refusal.NOTHING_PUBLISHED


def test_personio_s_default_waits_until_its_attributes_were_read(sam: User) -> None:
    company = EntityFactory(personio_id="1").company
    assert refusal(drafts.begin, company, PERSONIO, sam, Start.DEFAULT) is Refusal.ATTRIBUTES_UNREAD
    assert drafts.draft_of(company, PERSONIO) is None


# --- Changing -----------------------------------------------------------------------------------------------------------


def test_a_change_says_who_when_before_and_after(draft: MappingSet, sam: User) -> None:
    drafts.change(draft, sam, LAST_NAME, LAST)
    drafts.change(draft, sam, LAST_NAME, rule(LAST_NAME, "last_name", write_mode=WriteMode.ONLY_IF_EMPTY))
    first, second = changes(draft)
    assert (first.by, first.before, first.target) == (sam, None, LAST_NAME)
    assert first.after["source"] == "last_name"
    assert (second.before, second.after["write_mode"]) == (first.after, "only_if_empty")
    assert second.at is not None


def test_every_setting_of_a_rule_is_kept(draft: MappingSet, sam: User) -> None:
    words = {"option_map": {"x": "Man", "ÿ": "Vrouw"}, "fallback": "Onbekend", "decision": Decision.DUPLICATE}
    modes = {"write_mode": WriteMode.ONLY_FOR_NEW, "empty": Empty.CLEAR}
    wanted = [
        rule(GENDER, OF_GENDER, converter="lower", former_source="gender", **words, **modes),
        rule(LAST_NAME, "last_name", converter="name_without_prefix", too_long=TooLong.SHORTEN),
        rule(HOURS, "weekly_working_hours", converter="full_time_hours", argument="38"),
    ]
    drafts.change_many(draft, sam, [(one.target, one, None) for one in wanted])
    assert list(drafts.rules_of(draft).values()) == [wanted[1], wanted[0], wanted[2]], "in the order of the catalogue"


def test_options_are_replaced_with_their_rule_and_leave_nothing_behind(draft: MappingSet, sam: User) -> None:
    drafts.change(draft, sam, GENDER, rule(GENDER, OF_GENDER, option_map={"M": "Man", "v": "Vrouw"}))
    drafts.change(draft, sam, GENDER, rule(GENDER, OF_GENDER, option_map={"x": "Man"}))
    assert drafts.rules_of(draft)[GENDER, None].option_map == {"x": "Man"}
    drafts.change(draft, sam, GENDER, None)
    assert not OptionMap.objects.filter(mapping_set=draft).exists()
    assert drafts.rules_of(draft) == {}


def test_the_same_rule_again_is_no_change(draft: MappingSet, sam: User) -> None:
    drafts.change(draft, sam, LAST_NAME, LAST)
    drafts.change(draft, sam, LAST_NAME, LAST)
    drafts.change(draft, sam, FIRST_NAME, None)
    assert len(changes(draft)) == 1


def test_a_rule_of_the_company_that_says_nothing_is_none(draft: MappingSet, sam: User) -> None:
    drafts.change(draft, sam, LAST_NAME, LAST)
    drafts.change(draft, sam, LAST_NAME, Rule(LAST_NAME, None))
    assert drafts.rules_of(draft) == {}


def test_a_legal_entity_may_have_a_rule_of_its_own_or_fill_a_field_not_at_all(
    draft: MappingSet, reader: LegalEntity, sam: User
) -> None:
    drafts.change_many(draft, sam, [(LAST_NAME, LAST, None), (FIRST_NAME, FIRST, None)])
    own = rule(LAST_NAME, "preferred_name")
    drafts.change_many(draft, sam, [(LAST_NAME, own, reader), (FIRST_NAME, Rule(FIRST_NAME, None), reader)])
    assert {one.target: one.source for one in services.frozen_rules(draft).rules} == {
        LAST_NAME: "last_name",
        FIRST_NAME: "first_name",
    }
    assert services.frozen_rules(draft, reader).rules == (own,)


def test_another_version_that_is_published_leaves_the_draft_alone(
    company: Company, draft: MappingSet, sam: User
) -> None:
    drafts.change(draft, sam, LAST_NAME, LAST)
    definitions.publish_default(company, None)
    published = services.published(company, PERSONIO)
    assert published is not None
    assert published.version == 2
    assert list(drafts.rules_of(draft)) == [(LAST_NAME, None)]
    assert drafts.draft_of(company, PERSONIO) == draft


@pytest.mark.parametrize(
    ("target", "changed", "code"),
    [
        (LAST_NAME, rule(LAST_NAME, "dynamic_1"), Refusal.ATTRIBUTE_UNKNOWN),
        (LAST_NAME, rule(LAST_NAME, "portal.1"), Refusal.ATTRIBUTE_UNKNOWN),
        ("employee.shoeSize", rule("employee.shoeSize", "last_name"), Refusal.RULE_INVALID),
        (LAST_NAME, rule(LAST_NAME, "last_name", converter="reverse"), Refusal.RULE_INVALID),
        (LAST_NAME, rule(LAST_NAME, "last_name", option_map={"a": "b"}), Refusal.RULE_INVALID),
        (LAST_NAME, rule(LAST_NAME, "last_name", fallback="x" * 101), Refusal.TEXT_TOO_LONG),
        (GENDER, rule(GENDER, OF_GENDER, option_map={"x" * 101: "Man"}), Refusal.TEXT_TOO_LONG),
        ("scope.status", rule("scope.status", "status", fallback="active"), Refusal.RULE_INVALID),
    ],
)
def test_what_no_rule_may_say_is_refused_and_changes_nothing(
    draft: MappingSet, sam: User, target: str, changed: Rule, code: Refusal
) -> None:
    assert refusal(drafts.change_many, draft, sam, [(FIRST_NAME, FIRST, None), (target, changed, None)]) is code
    assert drafts.rules_of(draft) == {}
    assert changes(draft) == []


def test_only_a_field_of_the_catalogue_can_be_left_out_for_an_entity(
    draft: MappingSet, reader: LegalEntity, sam: User
) -> None:
    nothing = Rule("employee.shoeSize", None)
    assert refusal(drafts.change, draft, sam, nothing.target, nothing, reader) is Refusal.RULE_INVALID


def test_who_is_sent_stands_in_columns_of_the_roster(company: Company, sam: User) -> None:
    draft = drafts.begin(company, ROSTER, sam, Start.EMPTY)
    status = rule("scope.status", "status")
    assert refusal(drafts.change, draft, sam, status.target, status) is Refusal.RULE_INVALID


def test_a_rule_may_read_what_the_company_has_or_had(company: Company, draft: MappingSet, sam: User) -> None:
    HRAttribute.objects.filter(key=OF_BSN).update(gone_at=company.hr_attributes.first().seen_at)  # type: ignore[union-attr]
    own = portal(company, 7, "Surname")
    drafts.change_many(draft, sam, [(BSN, rule(BSN, OF_BSN), None), (LAST_NAME, rule(LAST_NAME, own.key), None)])
    assert sources(draft) == {BSN: OF_BSN, LAST_NAME: "portal.7"}


def test_a_roster_reads_its_columns_and_those_that_a_file_brought_along(company: Company, sam: User) -> None:
    seen = company.hr_attributes.first().seen_at  # type: ignore[union-attr]
    HRAttribute.objects.create(
        company=company, source="roster", key="column:roepnaam 2", label="Roepnaam 2", first_seen_at=seen, seen_at=seen
    )
    draft = drafts.begin(company, ROSTER, sam, Start.EMPTY)
    named = rule(FIRST_NAME, "column:roepnaam 2")
    drafts.change_many(draft, sam, [(LAST_NAME, LAST, None), (FIRST_NAME, named, None)])
    other = rule(GENDER, OF_GENDER)
    assert refusal(drafts.change, draft, sam, GENDER, other) is Refusal.ATTRIBUTE_UNKNOWN, "Personio's, not a column"


@pytest.mark.parametrize("target", [BSN, "iban"])
def test_a_bsn_or_an_iban_never_comes_from_a_column_that_is_not_purged(
    target: str, company: Company, sam: User
) -> None:
    seen = company.hr_attributes.first().seen_at  # type: ignore[union-attr]
    HRAttribute.objects.create(
        company=company, source="roster", key="column:fiscal no", label="Fiscal no", first_seen_at=seen, seen_at=seen
    )
    draft = drafts.begin(company, ROSTER, sam, Start.EMPTY)
    with pytest.raises(NotPossible) as refused:
        drafts.change(draft, sam, target, rule(target, "column:fiscal no"))
    assert refused.value.code is Refusal.OWN_COLUMN
    words = not_possible(refused.value)
    assert f"names the column {target.upper()} in the file" in str(words.fix)
    drafts.change(draft, sam, target, rule(target, target))
    assert sources(draft) == {target: target}


def test_an_attribute_of_another_company_is_none_of_ours(draft: MappingSet, sam: User) -> None:
    theirs = portal(EntityFactory().company, 9, "Theirs")
    assert refusal(drafts.change, draft, sam, LAST_NAME, rule(LAST_NAME, theirs.key)) is Refusal.ATTRIBUTE_UNKNOWN


def test_only_entities_of_this_company_and_source_have_rules_of_their_own(
    company: Company, draft: MappingSet, sam: User
) -> None:
    of_a_roster, stranger = EntityFactory(company=company), EntityFactory(personio_id="170")
    for entity in (of_a_roster, stranger):
        assert refusal(drafts.change, draft, sam, LAST_NAME, LAST, entity) is Refusal.OTHER_ENTITY


def test_what_was_set_before_an_entity_left_the_source_can_still_be_removed(
    draft: MappingSet, reader: LegalEntity, sam: User
) -> None:
    drafts.change(draft, sam, LAST_NAME, LAST, reader)
    LegalEntity.objects.update(personio_id="")
    reader.refresh_from_db()
    drafts.change(draft, sam, LAST_NAME, None, reader)
    assert drafts.rules_of(draft) == {}


def test_one_at_a_time_changes_something_of_a_company(draft: MappingSet, sam: User) -> None:
    with CaptureQueriesContext(connection) as asked:
        drafts.change(draft, sam, LAST_NAME, LAST)
    locked = next(number for number, query in enumerate(asked) if "FOR NO KEY UPDATE" in query["sql"])
    assert not [query for query in asked.captured_queries[:locked] if "mapping_" in query["sql"]], (
        "locked before it looks"
    )


def test_nobody_but_support_changes_anything(company: Company, reader: LegalEntity, draft: MappingSet) -> None:
    anna = member(reader)
    acts: list[tuple[Any, ...]] = [
        (drafts.begin, company, ROSTER, anna, Start.EMPTY),
        (drafts.change, draft, anna, LAST_NAME, LAST),
        (drafts.undo, draft, anna),
        (drafts.redo, draft, anna),
        (drafts.discard, draft, anna),
        (publishing.publish, draft, anna, None),
    ]
    for act, *args in acts:
        with pytest.raises(NotAllowed):
            act(*args)
    assert drafts.rules_of(draft) == {}


# --- Undo and redo ------------------------------------------------------------------------------------------------------


def test_undo_takes_back_step_by_step_and_redo_does_it_again(draft: MappingSet, sam: User) -> None:
    drafts.change(draft, sam, LAST_NAME, LAST)
    drafts.change(draft, sam, FIRST_NAME, FIRST)
    drafts.change(draft, sam, LAST_NAME, rule(LAST_NAME, "preferred_name"))
    states = [{LAST_NAME: "last_name", FIRST_NAME: "first_name"}, {LAST_NAME: "last_name"}, {}]
    for state in states:
        assert drafts.undo(draft, sam)
        assert sources(draft) == state
    assert drafts.undo(draft, sam) is None
    for state in [*reversed(states[:2]), {LAST_NAME: "preferred_name", FIRST_NAME: "first_name"}]:
        assert drafts.redo(draft, sam)
        assert sources(draft) == state
    assert drafts.redo(draft, sam) is None


def test_undo_and_redo_go_back_and_forth_as_often_as_wanted(draft: MappingSet, sam: User) -> None:
    drafts.change(draft, sam, LAST_NAME, LAST)
    drafts.change(draft, sam, FIRST_NAME, FIRST)
    for _time in range(3):
        drafts.undo(draft, sam)
        drafts.undo(draft, sam)
        assert sources(draft) == {}
        drafts.redo(draft, sam)
        assert sources(draft) == {LAST_NAME: "last_name"}
        drafts.redo(draft, sam)
        assert sources(draft) == {LAST_NAME: "last_name", FIRST_NAME: "first_name"}


def test_one_click_is_taken_back_as_a_whole(draft: MappingSet, sam: User) -> None:
    drafts.change_many(draft, sam, [(LAST_NAME, LAST, None), (FIRST_NAME, FIRST, None)])
    batch = changes(draft)[0].batch
    assert {change.batch for change in changes(draft)} == {batch}
    assert drafts.undo(draft, sam) == batch
    assert sources(draft) == {}


def test_a_new_change_leaves_nothing_to_do_again(draft: MappingSet, sam: User) -> None:
    drafts.change(draft, sam, LAST_NAME, LAST)
    drafts.undo(draft, sam)
    assert (drafts.can_undo(draft), drafts.can_redo(draft)) == (False, True)
    drafts.change(draft, sam, FIRST_NAME, FIRST)
    assert (drafts.can_undo(draft), drafts.can_redo(draft)) == (True, False)
    assert drafts.redo(draft, sam) is None
    assert sources(draft) == {FIRST_NAME: "first_name"}


def test_undo_brings_options_and_rules_of_single_entities_back(
    draft: MappingSet, reader: LegalEntity, sam: User
) -> None:
    gender = rule(GENDER, OF_GENDER, option_map={"m": "Man"})
    drafts.change(draft, sam, GENDER, gender)
    drafts.change(draft, sam, GENDER, Rule(GENDER, None), reader)
    before = drafts.rules_of(draft)
    drafts.change_many(draft, sam, [(GENDER, None, None), (GENDER, None, reader)])
    drafts.undo(draft, sam)
    assert drafts.rules_of(draft) == before


def test_what_was_set_for_an_entity_that_is_gone_does_not_come_back_as_the_company_s(
    company: Company, draft: MappingSet, sam: User
) -> None:
    drafts.change(draft, sam, LAST_NAME, LAST)
    other = EntityFactory(company=company, personio_id="171")
    drafts.change_many(draft, sam, [(LAST_NAME, rule(LAST_NAME, "preferred_name"), other), (FIRST_NAME, FIRST, None)])
    drafts.change(draft, sam, LAST_NAME, None, other)
    other.delete()
    assert drafts.undo(draft, sam)
    assert sources(draft) == {LAST_NAME: "last_name"}
    assert drafts.redo(draft, sam)
    assert sources(draft) == {LAST_NAME: "last_name", FIRST_NAME: "first_name"}
    named = [change.entity_name for change in drafts.history(company, PERSONIO) if change.entity_name]
    assert named == [other.name] * 2, "the history still tells whose it was"


def test_undo_takes_nothing_from_the_history(draft: MappingSet, sam: User) -> None:
    drafts.change(draft, sam, LAST_NAME, LAST)
    drafts.undo(draft, None)
    first, second = changes(draft)
    assert (second.undoes, second.before, second.after, second.by) == (first, first.after, None, None)
    newest, *_others = drafts.history(draft.company, PERSONIO)
    assert newest == second


def test_undo_stays_within_the_draft(company: Company, draft: MappingSet, sam: User) -> None:
    drafts.change(draft, sam, LAST_NAME, LAST)
    drafts.discard(draft, sam)
    second = drafts.begin(company, PERSONIO, sam, Start.EMPTY)
    assert drafts.undo(second, sam) is None
    told = [change.mapping_set for change in drafts.history(company, PERSONIO)]
    assert set(told) == {draft, second}, "the history is of all of them"


# --- Discarding ---------------------------------------------------------------------------------------------------------


def test_a_discarded_draft_is_out_of_reach_and_makes_room_for_another(
    company: Company, draft: MappingSet, sam: User
) -> None:
    drafts.change(draft, sam, LAST_NAME, LAST)
    drafts.discard(draft, sam)
    assert drafts.draft_of(company, PERSONIO) is None
    assert refusal(drafts.change, draft, sam, FIRST_NAME, FIRST) is Refusal.NOT_A_DRAFT
    assert refusal(drafts.undo, draft, sam) is Refusal.NOT_A_DRAFT
    with pytest.raises(Frozen):
        MappingSet.objects.get(pk=draft.pk).rules.get().save()
    assert AuditEvent.objects.get(action="mapping_discarded").actor == sam
    assert drafts.begin(company, PERSONIO, sam, Start.EMPTY).version == draft.version + 1


def test_a_published_draft_is_a_draft_no_more(draft: MappingSet, sam: User) -> None:
    drafts.change(draft, sam, LAST_NAME, LAST)
    stale = MappingSet.objects.get(pk=draft.pk)
    publishing.publish(draft, sam, None)
    assert refusal(drafts.change, stale, sam, FIRST_NAME, FIRST) is Refusal.NOT_A_DRAFT
    assert refusal(drafts.discard, stale, sam) is Refusal.NOT_A_DRAFT


def test_a_row_of_the_history_is_never_changed_or_deleted(draft: MappingSet, sam: User) -> None:
    drafts.change(draft, sam, LAST_NAME, LAST)
    (row,) = changes(draft)
    with pytest.raises(TypeError):
        row.save()
    with pytest.raises(TypeError):
        row.delete()


def test_a_draft_of_many_rules_is_read_by_a_constant_number_of_queries(
    company: Company, sam: User, django_assert_num_queries: Any
) -> None:
    draft = drafts.begin(company, PERSONIO, sam, Start.DEFAULT)
    with django_assert_num_queries(2):
        assert len(drafts.rules_of(draft)) > 20
