"""Everybody through a mapping: who passes, who doesn't and why; and for how many people a draft sends something else."""

from typing import Any

import pytest
from django.utils import timezone

from mapping import services
from mapping.models import HRAttribute, MappingSet, PersonValue, Preview
from mapping.portal import values as portal_values
from mapping.rules import Rule, TooLong, WriteMode, row_of
from mapping.services import frozen_rules, rules_digest
from onboarding.models import AuditEvent, LegalEntity, User
from onboarding.services.access import NotAllowed
from sync.models import Link
from sync.services import bench, bench_everyone, bench_touched, memory
from sync.templatetags.sync_words import said
from tests.factories import EntityFactory, UserFactory
from tests.mapping.portal import attribute, section
from tests.sync.bench import (
    FIRST_NAME,
    GENDER,
    INCOME,
    LAST_NAME,
    NUMBER,
    copy_of,
    draft,
    list_of,
    supporter,
    with_people,
)

HEADER = "Employee number;Income number;Status;Consider in NL payroll;Last name;First name;Gender\n"
ROWS = (
    "9001;1;Active;Yes;Berg;Anna;V\n"
    "9002;1;Active;Yes;Dijk;Bram;M\n"
    "9003;1;Active;Yes;Vos;Cees;Onbekend\n"
    "9004;1;Active;Yes;;Daan;M\n"
    "9005;1;Active;No;Bos;Eva;Onbekend\n"
    "9006;1;Active;Yes;Smit;Fientje van de Overkant-Zevenhuizen;V\n"
)
RULES = (
    Rule(NUMBER, "employee_number"),
    Rule(INCOME, "income_number"),
    Rule(LAST_NAME, "last_name"),
    Rule(FIRST_NAME, "first_name"),
    Rule(GENDER, "gender", option_map={"v": "Vrouw", "m": "Man"}),
)


@pytest.fixture
def people(entity: LegalEntity, administrator: User) -> LegalEntity:
    """A connected entity with six people: two are fine, two lose a field, one is blocked, one is rightly left out."""
    return with_people(entity, administrator, HEADER + ROWS)


@pytest.fixture
def mapping_set(people: LegalEntity) -> MappingSet:
    return draft(people.company, "roster", *RULES)


@pytest.fixture
def published(people: LegalEntity) -> MappingSet:
    data = {"name": "Test", "version": 1, "rules": [row_of(rule) for rule in RULES]}
    return services.publish(people.company, data)


def read(mapping_set: MappingSet, **more: str) -> bench_everyone.Everybody:
    found = bench_everyone.read(mapping_set, **more)
    assert found is not None
    return found


def shown(found: bench_everyone.Everybody) -> list[str]:
    return [one.name for one in found.page_obj]


def test_it_counts_who_passes_and_leaves_out_who_is_not_to_be_sent(mapping_set: MappingSet) -> None:
    found = read(mapping_set)
    assert (found.people, found.passed) == (5, 2)
    assert dict(found.counts) == {"passes": 2, "partly": 2, "blocked": 1, "left_out": 1}


def test_problems_are_grouped_by_field_with_how_many_have_them(mapping_set: MappingSet) -> None:
    groups = {(group.code, group.target or group.field): group.count for group in read(mapping_set).groups}
    assert groups == {("unmapped_option", GENDER): 1, ("too_long", FIRST_NAME): 1, ("missing_value", "last_name"): 1}


def test_a_problem_with_a_value_of_the_portal_is_called_as_its_attribute(people: LegalEntity) -> None:
    locker = attribute(section(people.company))
    portal_values.set_value(locker, people, "9001", "x" * 40, None, None)
    found = read(draft(people.company, "roster", *RULES, Rule("employee.address.city", locker.key)))
    assert [said(group.problem).label for group in found.groups if group.field == "employee.address.city"] == ["Locker"]


def test_without_a_choice_it_begins_with_the_first_legal_entity_that_has_people(
    mapping_set: MappingSet, people: LegalEntity
) -> None:
    EntityFactory(company=people.company, name="0 Nobody yet B.V.")
    assert read(mapping_set).entity == people


def test_a_legal_entity_abroad_is_not_offered(mapping_set: MappingSet, people: LegalEntity) -> None:
    abroad = EntityFactory(company=people.company, name="0 Tulp Gastro GmbH", country="DE", enabled_at=None)
    assert bench.place(mapping_set).entities == (people,)
    with pytest.raises(LegalEntity.DoesNotExist):
        bench.place(mapping_set, str(abroad.pk))


def test_no_value_of_anybody_is_in_the_list_of_all(mapping_set: MappingSet) -> None:
    found = read(mapping_set)
    assert {problem.value for one in found.page_obj for problem in one.problems} == {""}
    assert {group.problem.value for group in found.groups} == {""}


def test_the_list_is_of_those_who_do_not_pass_unless_asked_otherwise(mapping_set: MappingSet) -> None:
    assert len(shown(read(mapping_set))) == 3
    assert shown(read(mapping_set, show=f"unmapped_option:{GENDER}")) == ["Cees Vos"]
    assert shown(read(mapping_set, show="left_out")) == ["Eva Bos"]
    assert len(shown(read(mapping_set, show="passes"))) == 2
    assert shown(read(mapping_set, show="nonsense")) == []


def test_an_approved_shortening_passes_and_is_told(people: LegalEntity) -> None:
    short = Rule(FIRST_NAME, "first_name", too_long=TooLong.SHORTEN)
    found = read(draft(people.company, "roster", *(rule for rule in RULES if rule.target != FIRST_NAME), short))
    assert found.passed == 3
    assert ("shortened", FIRST_NAME) in {(group.code, group.target) for group in found.groups}


def test_list_values_that_stand_for_nothing_are_counted_for_the_preview(mapping_set: MappingSet) -> None:
    found = read(mapping_set)
    assert dict(found.unmapped) == {GENDER: 1}, "who is left out has one too, and nobody sends it"


def test_somebody_who_is_known_in_loket_lacks_nothing_that_only_a_new_person_needs(people: LegalEntity) -> None:
    without = draft(people.company, "roster", *(rule for rule in RULES if rule.target != INCOME))
    assert read(without).passed == 0
    hashed = memory.key_hashes(people.connection, "9001")[0]
    Link.objects.create(connection=people.connection, key_hash=hashed, loket_id=people.connection.administration_id)
    assert read(without).passed == 1


def test_noting_the_preview_keeps_numbers_and_nobody(mapping_set: MappingSet, people: LegalEntity) -> None:
    user = supporter("view_mappingset", "change_mappingset")
    assert read(mapping_set).noted is None
    assert bench_everyone.note(mapping_set, user, str(people.pk))
    kept = Preview.objects.get()
    assert (kept.people, kept.passed, kept.unmapped, kept.by, kept.entity) == (5, 2, {GENDER: 1}, user, people)
    assert read(mapping_set).noted == kept
    draft(people.company, "roster", Rule("employee.personalDetails.prefix", "prefix"))
    assert read(mapping_set).noted is None, "the mapping has changed since"


def test_a_preview_is_of_the_rules_that_were_looked_at_though_somebody_changes_the_draft_meanwhile(
    mapping_set: MappingSet, people: LegalEntity, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = rules_digest(frozen_rules(mapping_set, people).rules)
    original = bench_everyone.seen

    def and_meanwhile(*given: Any) -> Any:
        yield from original(*given)
        mapping_set.rules.filter(target=LAST_NAME).update(source="first_name")

    monkeypatch.setattr(bench_everyone, "seen", and_meanwhile)
    assert bench_everyone.note(mapping_set, UserFactory(is_staff=True), str(people.pk))
    assert rules_digest(frozen_rules(mapping_set, people).rules) != seen
    assert Preview.objects.get().digest == seen


def test_a_preview_with_an_unknown_list_does_not_count(mapping_set: MappingSet, people: LegalEntity) -> None:
    list_of(people, options=[])
    found = read(mapping_set)
    assert (found.lists_missing, found.may_be_noted) == ((GENDER,), False)
    assert not bench_everyone.note(mapping_set, supporter("change_mappingset"))
    assert not Preview.objects.exists()


def test_a_preview_with_an_unread_attribute_does_not_count(mapping_set: MappingSet, people: LegalEntity) -> None:
    draft(people.company, "roster", Rule("employee.personalDetails.prefix", "column:infix"))
    found = read(mapping_set)
    assert ([rule.source for rule in found.unread], found.may_be_noted) == (["column:infix"], False)
    assert not bench_everyone.note(mapping_set, supporter("change_mappingset"))


def test_only_support_notes_a_preview(mapping_set: MappingSet) -> None:
    with pytest.raises(NotAllowed):
        bench_everyone.note(mapping_set, UserFactory())


def test_without_anybody_there_is_nothing_to_note(entity: LegalEntity) -> None:
    mapping_set = draft(entity.company, "roster", *RULES)
    found = read(mapping_set)
    assert (found.is_read, found.people, found.may_be_noted) == (False, 0, False)
    assert bench_everyone.read(draft(entity.company, "personio")) is None


def test_a_rule_of_who_is_sent_in_the_draft_of_a_roster_stops_nothing(mapping_set: MappingSet) -> None:
    draft(mapping_set.company, "roster", Rule("scope.status", "status"))
    assert read(mapping_set).passed == 2


def test_a_value_of_the_portal_is_seen_through_the_mapping(people: LegalEntity) -> None:
    attribute = HRAttribute.objects.create(
        company=people.company,
        source="portal",
        key="portal.1",
        label="Gender (Loket)",
        type="text",
        first_seen_at=timezone.now(),
        seen_at=timezone.now(),
    )
    PersonValue.objects.create(
        attribute=attribute,
        person_hash=portal_values.person_hash(people, "9003"),
        person="9003",
        value="Vrouw",
    )
    others = (rule for rule in RULES if rule.target != GENDER)
    found = read(draft(people.company, "roster", *others, Rule(GENDER, "portal.1")))
    assert (found.unread, found.passed) == ((), 3)


# --- Who is touched -------------------------------------------------------------------------------------------------------


def touched(mapping_set: MappingSet) -> bench_touched.Touched:
    (found,) = bench_touched.read(mapping_set).entities
    return found


def test_the_same_rules_touch_nobody(published: MappingSet) -> None:
    found = touched(copy_of(published))
    assert (found.people, found.touched, found.targets) == (4, 0, ())


def test_another_option_touches_who_has_it(published: MappingSet) -> None:
    options = {"v": "Vrouw", "m": "Man", "onbekend": "Man"}
    found = touched(copy_of(published, Rule(GENDER, "gender", option_map=options)))
    assert (found.touched, dict(found.targets)) == (1, {GENDER: 1})


def test_a_field_that_is_no_longer_sent_touches_everybody_who_has_it(published: MappingSet) -> None:
    found = touched(copy_of(published, without=(FIRST_NAME,)))
    assert dict(found.targets) == {FIRST_NAME: 3}, "one name is too long, so it was not sent before"


def test_a_value_for_new_people_touches_only_who_may_be_new(published: MappingSet, people: LegalEntity) -> None:
    options = {"v": "Vrouw", "m": "Man"}
    changed = copy_of(published, Rule(GENDER, "gender", option_map=options, fallback="Man"))
    assert dict(touched(changed).targets) == {GENDER: 1}
    hashed = memory.key_hashes(people.connection, "9003")[0]
    Link.objects.create(connection=people.connection, key_hash=hashed, loket_id=people.connection.administration_id)
    assert touched(changed).touched == 0


def test_another_way_of_writing_touches_who_has_a_value(published: MappingSet) -> None:
    rule = Rule(FIRST_NAME, "first_name", write_mode=WriteMode.ONLY_IF_EMPTY)
    assert dict(touched(copy_of(published, rule)).targets) == {FIRST_NAME: 3}


def test_the_first_version_touches_everybody_in_the_sync(mapping_set: MappingSet) -> None:
    found = bench_touched.read(mapping_set)
    assert (found.former, found.touched, found.is_known) == (None, 4, True)


def test_what_was_not_read_is_not_compared_and_is_said(published: MappingSet) -> None:
    found = bench_touched.read(copy_of(published, Rule(FIRST_NAME, "column:nickname")))
    assert found.entities[0].unread == (FIRST_NAME,)
    assert (found.touched, found.is_known) == (0, False)


def test_a_roster_that_was_read_for_other_rules_is_told_before_publishing(published: MappingSet) -> None:
    birth = "employee.personalDetails.dateOfBirth"
    assert not touched(copy_of(published)).is_misread
    MappingSet.objects.filter(state="draft").update(state="discarded")
    assert touched(copy_of(published, Rule(birth, "birth_date", converter="date_month_first"))).is_misread


def test_an_entity_without_people_is_not_known(published: MappingSet) -> None:
    EntityFactory(company=published.company)
    found = bench_touched.read(copy_of(published))
    assert sorted(one.is_read for one in found.entities) == [False, True]
    assert not found.is_known


def test_looking_leaves_no_trace(mapping_set: MappingSet) -> None:
    before = AuditEvent.objects.count()
    read(mapping_set)
    bench_touched.read(mapping_set)
    assert (AuditEvent.objects.count(), Preview.objects.count()) == (before, 0)
