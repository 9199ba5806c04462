"""Versions of a mapping: published when nothing stands against it, told apart, and gone back to."""

from typing import Any

import pytest

from mapping import definitions, services
from mapping.bench import drafts, publishing, versions
from mapping.bench.drafts import NotPossible, Refusal, Start
from mapping.bench.validity import deciding_columns
from mapping.compare import Kind
from mapping.models import AttributeRequest, Frozen, HRAttribute, MappingSet
from mapping.rules import Rule
from onboarding.models import AuditEvent, Company, LegalEntity, User
from onboarding.services import issues
from onboarding.services.access import NotAllowed
from sync.sources.deciding import DECIDING
from tests.factories import member
from tests.mapping.accounts import without
from tests.mapping.drafting import (
    BSN,
    FIRST_NAME,
    GENDER,
    LAST_NAME,
    OF_BSN,
    PERSONIO,
    company,
    connected,
    portal,
    reader,
    rule,
    sam,
    sources,
)

__all__ = ["company", "reader", "sam"]
LAST = rule(LAST_NAME, "last_name")


@pytest.fixture
def draft(company: Company, sam: User) -> MappingSet:
    """A draft with one rule."""
    made = drafts.begin(company, PERSONIO, sam, Start.EMPTY)
    drafts.change(made, sam, LAST_NAME, LAST)
    return made


@pytest.fixture
def three(company: Company, sam: User) -> list[MappingSet]:
    """Three versions: the last name, then another attribute for it, then the first name besides."""
    drafts.begin(company, PERSONIO, sam, Start.EMPTY)
    return [
        next_version(company, sam, LAST),
        next_version(company, sam, rule(LAST_NAME, "preferred_name")),
        next_version(company, sam, rule(FIRST_NAME, "first_name")),
    ]


def next_version(company: Company, sam: User, changed: Rule) -> MappingSet:
    draft = drafts.draft_of(company, PERSONIO) or drafts.begin(company, PERSONIO, sam)
    drafts.change(draft, sam, changed.target, changed)
    return publishing.publish(draft, sam, draft.based_on_id)


def refusal(act: Any, *args: Any, **more: Any) -> Refusal:
    with pytest.raises(NotPossible) as refused:
        act(*args, **more)
    return refused.value.code


def against(draft: MappingSet) -> list[tuple[str, str]]:
    return [(one.code.value, one.params.get("attribute", "")) for one in publishing.refusals(draft)]


def states(company: Company) -> dict[int, str]:
    return dict(MappingSet.objects.filter(company=company, source=PERSONIO).values_list("version", "state"))


# --- Publishing ---------------------------------------------------------------------------------------------------------


def test_the_draft_itself_becomes_the_version_in_force(company: Company, draft: MappingSet, sam: User) -> None:
    published = publishing.publish(draft, sam, None)
    assert services.published(company, PERSONIO) == published == draft
    assert (published.published_by, published.version, bool(published.digest)) == (sam, 1, True)
    with pytest.raises(Frozen):
        published.rules.get().save()
    event = AuditEvent.objects.get(action="mapping_published")
    assert (event.actor, event.detail) == (sam, "Personio 1")


def test_the_version_before_is_retired(company: Company, three: list[MappingSet]) -> None:
    assert states(company) == {1: "retired", 2: "retired", 3: "published"}


def test_a_draft_that_somebody_has_overtaken_is_not_published(company: Company, draft: MappingSet, sam: User) -> None:
    definitions.publish_default(company, sam)
    assert refusal(publishing.publish, draft, sam, None) is Refusal.PUBLISHED_MEANWHILE
    current = services.published(company, PERSONIO)
    assert current is not None
    published = publishing.publish(draft, sam, current.pk)
    assert (published.version, states(company)) == (3, {2: "retired", 3: "published"}), (
        "the newest has the highest number"
    )


def test_a_draft_without_a_rule_is_not_published(company: Company, sam: User) -> None:
    draft = drafts.begin(company, PERSONIO, sam, Start.EMPTY)
    assert against(draft) == [("nothing_mapped", "")]
    assert refusal(publishing.publish, draft, sam, None) is Refusal.NOTHING_MAPPED


def test_a_draft_that_changes_nothing_is_not_published(company: Company, three: list[MappingSet], sam: User) -> None:
    draft = drafts.begin(company, PERSONIO, sam)
    assert against(draft) == [("nothing_changed", "")]
    assert refusal(publishing.publish, draft, sam, three[-1].pk) is Refusal.NOTHING_CHANGED


def test_a_duplicate_waits_for_the_choice_about_its_data(
    company: Company, draft: MappingSet, sam: User
) -> None:  # rule 25
    copy = portal(company, 3, "Gender (Loket)", migration=HRAttribute.Migration.OPEN)
    drafts.change(draft, sam, GENDER, rule(GENDER, copy.key))
    assert against(draft) == [("migration_open", "Gender (Loket)")]
    assert refusal(publishing.publish, draft, sam, None) is Refusal.MIGRATION_OPEN
    HRAttribute.objects.filter(pk=copy.pk).update(migration=HRAttribute.Migration.CARRIED)
    assert publishing.publish(draft, sam, None)


def test_what_the_customer_has_yet_to_make_is_waited_for(company: Company, draft: MappingSet, sam: User) -> None:
    AttributeRequest.objects.create(company=company, target=BSN, label="BSN", type="standard")
    assert against(draft) == [("request_open", "BSN")]
    assert refusal(publishing.publish, draft, sam, None) is Refusal.REQUEST_OPEN
    drafts.change(draft, sam, BSN, rule(BSN, OF_BSN))
    assert against(draft) == [], "it is read from elsewhere"


def test_an_attribute_that_is_gone_is_not_published(
    company: Company, reader: LegalEntity, draft: MappingSet, sam: User
) -> None:
    drafts.change(draft, sam, BSN, rule(BSN, OF_BSN), reader)
    HRAttribute.objects.filter(company=company, key=OF_BSN).update(gone_at=draft.created_at)
    assert against(draft) == [("attribute_gone", "BSN")]
    assert publishing.refusals(draft)[0].target == BSN
    assert refusal(publishing.publish, draft, sam, None) is Refusal.ATTRIBUTE_GONE
    assert services.published(company, PERSONIO) is None


def test_a_column_that_another_one_takes_the_place_of_is_read_by_nothing_else(company: Company, sam: User) -> None:
    """Who began in 2010 by the file's start date began so in Loket too, whatever the contract says (no value is swapped)."""
    start, first = "employment.startDate", "employment.historicalStartDate"
    made = drafts.begin(company, "roster", sam, Start.EMPTY)
    drafts.change(made, sam, first, rule(first, "start_date"))
    assert against(made) == []
    drafts.change(made, sam, start, rule(start, "end_date"))
    assert against(made) == [("read_twice", "start_date")]
    drafts.change(made, sam, start, rule(start, "start_date"))
    assert against(made) == []


def test_the_columns_that_decide_are_those_that_the_reader_of_a_roster_fills() -> None:
    assert {*deciding_columns().values()} == DECIDING


def test_all_that_stands_against_it_is_told_at_once(company: Company, draft: MappingSet, sam: User) -> None:
    copy = portal(company, 3, "Gender (Loket)", migration=HRAttribute.Migration.OPEN)
    drafts.change_many(draft, sam, [(GENDER, rule(GENDER, copy.key), None), (BSN, rule(BSN, OF_BSN), None)])
    HRAttribute.objects.filter(company=company, key=OF_BSN).update(gone_at=draft.created_at)
    AttributeRequest.objects.create(company=company, target="iban", label="IBAN", type="standard")
    expected = [("attribute_gone", "BSN"), ("migration_open", "Gender (Loket)"), ("request_open", "IBAN")]
    assert against(draft) == expected


def test_which_attribute_took_the_place_of_which_is_audited(three: list[MappingSet]) -> None:  # rule 24
    details = AuditEvent.objects.filter(action="mapping_published").values_list("detail", flat=True)
    assert f"Personio 2: {LAST_NAME}: last_name → preferred_name" in details
    assert not [detail for detail in details if detail.startswith("Personio 3:")], "nothing was moved"


def test_what_publishing_mends_is_no_issue_any_more(company: Company, sam: User) -> None:
    definitions.publish_default(company, sam)
    definitions.take(company, without(OF_BSN))
    assert OF_BSN in keys_of_issues(company)
    draft = drafts.begin(company, PERSONIO, sam)
    drafts.change(draft, sam, BSN, None)
    publishing.publish(draft, sam, draft.based_on_id)
    assert OF_BSN not in keys_of_issues(company)


def keys_of_issues(company: Company) -> set[str]:
    return {str(one.params.get("key")) for one in issues.open_of(company)}


def test_a_stored_document_keeps_what_counts_for_single_entities(
    company: Company, reader: LegalEntity, draft: MappingSet, sam: User
) -> None:
    drafts.change(draft, sam, LAST_NAME, rule(LAST_NAME, "preferred_name"), reader)
    publishing.publish(draft, sam, None)
    definitions.publish_default(company, sam)
    current = services.published(company, PERSONIO)
    assert current is not None
    assert services.frozen_rules(current, reader).rule(LAST_NAME) == rule(LAST_NAME, "preferred_name")
    assert services.frozen_rules(current).rule(BSN) is not None


def test_publishing_a_document_with_the_rules_of_the_workbench_is_no_new_version(company: Company, sam: User) -> None:
    draft = drafts.begin(company, PERSONIO, sam, Start.DEFAULT)
    drafts.change(draft, sam, LAST_NAME, None)
    drafts.change(draft, sam, LAST_NAME, LAST)
    published = publishing.publish(draft, sam, None)
    definitions.publish_default(company, None)
    assert services.published(company, PERSONIO) == published


# --- Versions and what differs ------------------------------------------------------------------------------------------


def test_versions_are_what_was_in_force_the_newest_first(company: Company, three: list[MappingSet], sam: User) -> None:
    drafts.discard(drafts.begin(company, PERSONIO, sam), sam)
    drafts.begin(company, PERSONIO, sam)
    assert list(versions.versions(company, PERSONIO)) == three[::-1]


def test_a_difference_is_of_any_two(three: list[MappingSet]) -> None:
    first, second, third = three
    (moved,) = versions.difference(first, second)
    assert (moved.target, moved.kind, moved.settings) == (LAST_NAME, Kind.CHANGED, ("source",))
    assert [(one.target, one.kind) for one in versions.difference(third, second)] == [(FIRST_NAME, Kind.REMOVED)]
    assert [one.kind for one in versions.difference(None, third)] == [Kind.ADDED, Kind.ADDED]


# --- Rolling back -------------------------------------------------------------------------------------------------------


def test_a_roll_back_is_a_new_version_with_the_old_rules(company: Company, three: list[MappingSet], sam: User) -> None:
    made = versions.roll_back(three[0], sam)
    assert (made.version, made.based_on, made.published_by) == (4, three[0], sam)
    assert sources(made) == {LAST_NAME: "last_name"}
    assert states(company) == {1: "retired", 2: "retired", 3: "retired", 4: "published"}
    assert sources(three[0]) == {LAST_NAME: "last_name"}, "the old one stays as it was"


def test_a_roll_back_brings_the_rules_of_single_entities_along(
    company: Company, reader: LegalEntity, draft: MappingSet, sam: User
) -> None:
    drafts.change(draft, sam, LAST_NAME, Rule(LAST_NAME, None), reader)
    old = publishing.publish(draft, sam, None)
    second = drafts.begin(company, PERSONIO, sam)
    drafts.change(second, sam, LAST_NAME, None, reader)
    publishing.publish(second, sam, old.pk)
    assert drafts.rules_of(versions.roll_back(old, sam)) == drafts.rules_of(old)


def test_a_roll_back_stands_in_the_history(company: Company, three: list[MappingSet], sam: User) -> None:
    made = versions.roll_back(three[0], sam)
    told = [change for change in drafts.history(company, PERSONIO) if change.mapping_set == made]
    assert [one.after for one in told if not one.target] == [{"published": 4}, {"begun": "version", "version": 1}]
    moved = {one.target: ((one.before or {}).get("source"), (one.after or {}).get("source")) for one in told}
    assert moved == {"": (None, None), LAST_NAME: ("preferred_name", "last_name"), FIRST_NAME: ("first_name", None)}
    assert {one.by for one in told} == {sam}


def test_an_open_draft_is_not_lost_by_a_roll_back(company: Company, three: list[MappingSet], sam: User) -> None:
    draft = drafts.begin(company, PERSONIO, sam)
    assert refusal(versions.roll_back, three[0], sam) is Refusal.DRAFT_OPEN
    assert drafts.draft_of(company, PERSONIO) == draft
    versions.roll_back(three[0], sam, discards_draft=True)
    assert drafts.draft_of(company, PERSONIO) is None
    assert MappingSet.objects.get(pk=draft.pk).state == MappingSet.State.DISCARDED


def test_only_what_was_in_force_can_be_gone_back_to(company: Company, three: list[MappingSet], sam: User) -> None:
    draft = drafts.begin(company, PERSONIO, sam)
    assert refusal(versions.roll_back, draft, sam) is Refusal.NOT_A_VERSION
    assert refusal(versions.roll_back, three[2], sam) is Refusal.IN_FORCE
    assert states(company)[3] == "published"


def test_the_same_rules_need_no_roll_back(company: Company, three: list[MappingSet], sam: User) -> None:
    made = versions.roll_back(three[0], sam)
    versions.roll_back(three[1], sam)
    made.refresh_from_db()
    versions.roll_back(made, sam)
    assert refusal(versions.roll_back, three[0], sam) is Refusal.NOTHING_CHANGED


def test_no_version_comes_back_whose_old_data_is_undecided_again(  # rule 25
    company: Company, three: list[MappingSet], sam: User
) -> None:
    copy = portal(company, 3, "Gender (Loket)", migration=HRAttribute.Migration.EMPTY)
    old = next_version(company, sam, rule(GENDER, copy.key))
    next_version(company, sam, rule(GENDER, "gender"))
    HRAttribute.objects.filter(pk=copy.pk).update(migration=HRAttribute.Migration.OPEN)
    with pytest.raises(NotPossible) as refused:
        versions.roll_back(old, sam)
    assert refused.value.code == Refusal.MIGRATION_OPEN


def test_nobody_but_support_rolls_back(company: Company, reader: LegalEntity, three: list[MappingSet]) -> None:
    with pytest.raises(NotAllowed):
        versions.roll_back(three[0], member(reader))
    assert states(company)[3] == "published"


def test_another_company_s_versions_are_left_alone(three: list[MappingSet], sam: User) -> None:
    other = connected().company
    definitions.publish_default(other, sam)
    versions.roll_back(three[0], sam)
    theirs = services.published(other, PERSONIO)
    assert theirs is not None
    assert theirs.version == 1
