"""A copy of an attribute with Loket's options, and what becomes of the old data (rule 25)."""

from datetime import date

import pytest
from django.db import connection
from django.utils import timezone

from mapping.models import HRAttribute, PersonValue, ValueImport
from mapping.portal import carrying, files, sections, values
from mapping.portal.carrying import Person
from mapping.portal.refusals import PortalRefused, Refusal
from mapping.wording.sections import reasons
from onboarding.models import AuditEvent, LegalEntity, User
from onboarding.services.access import NotAllowed
from tests.factories import EntityFactory
from tests.mapping.portal import GENDER, attribute, read_by, section, support, value_list

pytestmark = pytest.mark.django_db
Migration = HRAttribute.Migration
DAY = date(2026, 3, 1)
MAP = {"male": "Man", "Female": "Vrouw"}


@pytest.fixture
def original(entity: LegalEntity) -> HRAttribute:
    value_list(entity.company, "gender", "Man", "Vrouw", "Onbekend")
    return HRAttribute.objects.create(
        company=entity.company, key="gender", label="Gender", type="list", options=["male", "female"],
        first_seen_at=timezone.now(), seen_at=timezone.now(),
    )  # fmt: skip


@pytest.fixture
def copy(original: HRAttribute) -> HRAttribute:
    return carrying.duplicate(original.company, None, original, GENDER)


@pytest.fixture
def people(entity: LegalEntity) -> list[Person]:
    return [
        Person(entity, "1001", "Anna", "female"),
        Person(entity, "1002", "Bob", "MALE"),
        Person(entity, "1003", "Chris", "divers"),
        Person(entity, "1004", "Dian", " "),
        Person(entity, "1005", "Eef", None),
        Person(entity, "1006", "Femke", "vrouw"),
        Person(entity, "row-9", "Gijs", "male"),
    ]


def said(copy: HRAttribute, entity: LegalEntity) -> dict[str, str | None]:
    """What the copy says of each of the people today, by their number."""
    known = values.on(entity.company, entity, DAY)
    found = {str(number): values.of_person(known, entity, str(number)) for number in range(1001, 1008)}
    return {number: of_person[copy.key] for number, of_person in found.items() if copy.key in of_person}


# --- The copy -------------------------------------------------------------------------------------------------------------


def test_a_copy_has_lokets_options_a_name_of_its_own_and_an_open_choice(
    copy: HRAttribute, original: HRAttribute
) -> None:
    assert (copy.label, copy.type, copy.options) == ("Gender (Loket)", "list", ["Man", "Vrouw", "Onbekend"])
    assert (copy.duplicate_of, copy.migration, copy.source) == (original, Migration.OPEN, "portal")
    assert copy.section == sections.loket(original.company)


def test_the_same_copy_again_is_the_one_there_is(copy: HRAttribute, original: HRAttribute) -> None:
    assert carrying.duplicate(original.company, None, original, GENDER) == copy


def test_a_copy_of_a_roster_column_is_called_like_the_target(original: HRAttribute) -> None:
    made = carrying.duplicate(original.company, None, "gender", GENDER)
    assert (made.label, made.duplicate_of) == ("Gender (Loket)", None)
    assert carrying.duplicate(original.company, None, "gender", GENDER) == made, "nothing reads it yet"
    read_by(made)
    assert carrying.duplicate(original.company, None, "gender", GENDER).label == "Gender (Loket) 2"


def test_a_name_that_is_taken_gets_a_number(original: HRAttribute) -> None:
    attribute(section(original.company), "gender (loket)")
    assert carrying.duplicate(original.company, None, original, GENDER).label == "Gender (Loket) 2"


def test_without_lokets_list_there_is_no_copy(entity: LegalEntity) -> None:
    with pytest.raises(PortalRefused) as refused:
        carrying.duplicate(entity.company, None, "gender", GENDER)
    assert refused.value.refusal is Refusal.NO_VALUE_LIST


def test_options_are_of_all_administrations_each_once(entity: LegalEntity) -> None:
    value_list(entity.company, "department", "Bar", "Kitchen")
    value_list(entity.company, "department", "Kitchen", "Office")
    value_list(EntityFactory().company, "department", "Secret")
    assert carrying.options_of(entity.company, "organization.department") == ("Bar", "Kitchen", "Office")


def test_only_support_makes_a_copy(original: HRAttribute, administrator: User) -> None:
    with pytest.raises(NotAllowed):
        carrying.duplicate(original.company, administrator, original, GENDER)
    assert carrying.duplicate(original.company, support(), original, GENDER).pk


# --- Carrying over --------------------------------------------------------------------------------------------------------


def test_what_it_would_do_is_counted_and_nothing_is_stored(copy: HRAttribute, people: list[Person]) -> None:
    found = carrying.plan(copy, people, MAP)
    assert (found.total, len(found.entries), found.empty) == (7, 3, 2)
    assert [(one["name"], one["why"]) for one in found.rejects] == [("Chris", "no_entry"), ("Gijs", "no_number")]
    assert not PersonValue.objects.exists()


def test_old_values_go_over_by_the_option_map_and_the_choice_is_made(
    copy: HRAttribute, people: list[Person], entity: LegalEntity
) -> None:
    user = support()
    made = carrying.carry(copy, user, people, MAP, None)
    assert (made.kind, made.total, made.stored, made.empty, made.rejected) == ("carried", 7, 3, 2, 2)
    assert said(copy, entity) == {"1001": "Vrouw", "1002": "Man", "1006": "Vrouw"}
    copy.refresh_from_db()
    assert (copy.migration, copy.migrated_by) == (Migration.CARRIED, user)


def test_what_is_carried_over_does_not_count_for_the_next_holder_of_the_number(
    copy: HRAttribute, entity: LegalEntity
) -> None:
    anna, bob = values.Who("1990-01-02", "Berg"), values.Who("1985-06-07", "Dam")
    carrying.carry(copy, None, [Person(entity, "1001", "Anna Berg", "female", anna)], MAP, None)
    known = values.on(entity.company, entity, DAY)
    assert values.of_person(known, entity, "1001", anna) == {copy.key: "Vrouw"}
    assert values.of_person(known, entity, "1001", bob) == {}


def test_a_value_without_an_entry_is_never_guessed(copy: HRAttribute, entity: LegalEntity) -> None:
    made = carrying.carry(copy, None, [Person(entity, "1001", "Anna", "Mann")], {}, None)
    assert made.rejects == [{"person": "1001", "name": "Anna", "value": "Mann", "why": "no_entry"}]
    assert said(copy, entity) == {}


def test_an_entry_that_is_no_option_rejects(copy: HRAttribute, entity: LegalEntity) -> None:
    made = carrying.carry(copy, None, [Person(entity, "1001", "Anna", "x")], {"x": "Elsewhere"}, None)
    assert (made.stored, made.rejected) == (0, 1)


def test_of_one_person_of_two_legal_entities_with_two_values_neither_is_stored(
    copy: HRAttribute, entity: LegalEntity
) -> None:
    other = EntityFactory(company=entity.company)
    people = [Person(place, "personio-1", "Anna", old) for place, old in ((entity, "male"), (other, "female"))]
    made = carrying.carry(copy, None, [*people, Person(entity, "1001", "Bea", "female")], MAP, None)
    assert [(one["value"], one["why"]) for one in made.rejects] == [
        ("male", "person_twice"),
        ("female", "person_twice"),
    ]
    assert said(copy, entity) == {"1001": "Vrouw"}


def test_one_value_of_a_person_that_nobody_can_read_rejects_the_other(copy: HRAttribute, entity: LegalEntity) -> None:
    other = EntityFactory(company=entity.company)
    people = [Person(place, "personio-1", "Anna", old) for place, old in ((entity, "male"), (other, "divers"))]
    assert [one["why"] for one in carrying.plan(copy, people, MAP).rejects] == ["person_twice", "no_entry"]


def test_the_same_value_of_one_person_twice_is_stored_once(copy: HRAttribute, entity: LegalEntity) -> None:
    other = EntityFactory(company=entity.company)
    people = [Person(place, "personio-1", "Anna", old) for place, old in ((entity, "male"), (other, "MALE"))]
    found = carrying.plan(copy, people, MAP)
    assert ([one.value for one in found.entries], found.rejects) == (["Man"], ())


def test_it_counts_from_the_day_that_is_said(copy: HRAttribute, entity: LegalEntity) -> None:
    carrying.carry(copy, None, [Person(entity, "1001", "Anna", "female")], MAP, date(2026, 3, 2))
    assert said(copy, entity) == {}
    assert values.on(entity.company, entity, date(2026, 3, 2))


def test_the_option_map_is_kept(copy: HRAttribute, people: list[Person]) -> None:
    carrying.keep_option_map(copy, None, {"male": "Man", "divers": ""})
    copy.refresh_from_db()
    assert copy.carry_map == {"male": "Man"}
    carrying.carry(copy, None, people, MAP, None)
    copy.refresh_from_db()
    assert copy.carry_map == MAP


def test_the_database_holds_no_name_and_no_value(copy: HRAttribute, people: list[Person]) -> None:
    carrying.carry(copy, None, people, MAP, None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT rejects, former FROM mapping_valueimport")
        cells = [cell for row in cursor.fetchall() for cell in row]
        cursor.execute("SELECT carry_map FROM mapping_hrattribute WHERE carry_map IS NOT NULL")
        cells += [cell for row in cursor.fetchall() for cell in row]
    assert len(cells) == 3
    assert not any(text in cell for cell in cells for text in ("Chris", "divers", "Vrouw", "1001"))


def test_the_trail_has_the_numbers_and_nobody(copy: HRAttribute, people: list[Person]) -> None:
    user = support()
    carrying.carry(copy, user, people, MAP, None)
    [event] = AuditEvent.objects.filter(action="values_imported")
    assert (event.actor, event.detail) == (user, "Gender (Loket): 3 stored, 2 empty, 2 rejected")


# --- Left empty, and taken back -------------------------------------------------------------------------------------------


def test_it_is_left_empty_on_purpose_with_a_reason(copy: HRAttribute) -> None:
    user = support()
    with pytest.raises(PortalRefused) as refused:
        carrying.leave_empty(copy, user, "  ")
    assert refused.value.refusal is Refusal.NO_REASON
    carrying.leave_empty(copy, user, "Nobody trusts the old data.")
    assert (copy.migration, copy.migrated_by) == (Migration.EMPTY, user)
    assert AuditEvent.objects.filter(detail__contains="Nobody trusts the old data.", actor=user).exists()


def test_a_bsn_in_the_reason_reaches_no_trail(copy: HRAttribute) -> None:
    carrying.leave_empty(copy, None, "See 999990093")
    assert not AuditEvent.objects.filter(detail__contains="999990093").exists()


def test_taking_it_back_restores_the_values_and_opens_the_choice(
    copy: HRAttribute, people: list[Person], entity: LegalEntity
) -> None:
    values.set_value(copy, entity, "1001", "Onbekend", None, None)
    made = carrying.carry(copy, None, people, MAP, None)
    assert carrying.undo(made, None) == 3
    assert said(copy, entity) == {"1001": "Onbekend"}
    copy.refresh_from_db()
    assert (copy.migration, copy.migrated_at) == (Migration.OPEN, None)


def test_it_is_not_taken_back_while_the_mapping_in_force_reads_the_copy(
    copy: HRAttribute, people: list[Person], entity: LegalEntity
) -> None:
    made = carrying.carry(copy, None, people, MAP, None)
    before, in_force = said(copy, entity), read_by(copy)
    with pytest.raises(PortalRefused) as refused:
        carrying.undo(made, None)
    assert (refused.value.refusal, refused.value.params["sets"]) == (Refusal.STILL_READ, str(in_force))
    copy.refresh_from_db()
    made.refresh_from_db()
    assert (copy.migration, made.undone_at, said(copy, entity)) == (Migration.CARRIED, None, before)
    type(in_force).objects.filter(pk=in_force.pk).update(state="retired")
    assert carrying.undo(made, None) == 3


def test_one_of_two_is_taken_back_though_the_mapping_in_force_reads_the_copy(
    copy: HRAttribute, people: list[Person]
) -> None:
    first = carrying.carry(copy, None, people, MAP, None)
    carrying.carry(copy, None, people[:1], MAP, date(2026, 2, 1))
    read_by(copy)
    assert carrying.undo(first, None) == 3


def test_one_of_two_taken_back_leaves_the_choice_made(copy: HRAttribute, entity: LegalEntity) -> None:
    first = carrying.carry(copy, None, [Person(entity, "1001", "Anna", "female")], MAP, None)
    carrying.carry(copy, None, [Person(entity, "1002", "Bob", "male")], MAP, None)
    carrying.undo(first, None)
    copy.refresh_from_db()
    assert copy.migration == Migration.CARRIED


def test_carrying_over_a_second_time_says_the_same(
    copy: HRAttribute, people: list[Person], entity: LegalEntity
) -> None:
    carrying.carry(copy, None, people, MAP, None)
    before = said(copy, entity)
    carrying.carry(copy, None, people, MAP, None)
    assert said(copy, entity) == before
    assert PersonValue.objects.count() == len(before)


def test_only_support_carries_leaves_empty_and_takes_back(
    copy: HRAttribute, people: list[Person], administrator: User
) -> None:
    made = carrying.carry(copy, None, people, MAP, None)
    for act in (
        lambda: carrying.carry(copy, administrator, people, MAP, None),
        lambda: carrying.leave_empty(copy, administrator, "Why not"),
        lambda: carrying.keep_option_map(copy, administrator, MAP),
        lambda: carrying.undo(made, administrator),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert ValueImport.objects.count() == 1


def test_an_attribute_that_is_no_copy_takes_nothing_over(entity: LegalEntity, people: list[Person]) -> None:
    own = attribute(section(entity.company))
    for act in (lambda: carrying.carry(own, None, people, MAP, None), lambda: carrying.leave_empty(own, None, "No")):
        with pytest.raises(PortalRefused) as refused:
            act()
        assert refused.value.refusal is Refusal.NOT_A_DUPLICATE


# --- Files ----------------------------------------------------------------------------------------------------------------


def lines(content: bytes) -> list[str]:
    return content.decode("utf-8-sig").splitlines()


def test_the_old_data_leaves_as_it_was(copy: HRAttribute, entity: LegalEntity) -> None:
    people: list[Person] = [Person(entity, "1001", "Anna", "=female"), Person(entity, "1002", "Bob", None)]
    assert lines(files.old_data(copy, people)) == ["Person;Name;Gender", "1001;Anna;'=female", "1002;Bob;"]


def test_rejects_leave_with_their_reason(copy: HRAttribute, people: list[Person]) -> None:
    made = carrying.carry(copy, None, people, MAP, None)
    found = lines(files.rejects(made, reasons()))
    assert found[0] == "Row;Person;Name;Gender (Loket);Why"
    assert found[1] == ";1003;Chris;divers;No option was chosen for this value."


def test_the_undo_file_has_each_value_before_and_after(
    copy: HRAttribute, people: list[Person], entity: LegalEntity
) -> None:
    values.set_value(copy, entity, "1001", "Onbekend", None, None)
    made = carrying.carry(copy, None, people, MAP, None)
    assert lines(files.undo_file(made))[1:] == ["1001;Onbekend;Vrouw", "1002;;Man", "1006;;Vrouw"]


def test_the_mask_of_a_purged_number_is_nobodys_value(entity: LegalEntity) -> None:
    row = carrying.duplicate(entity.company, None, "last_name", "employee.personalDetails.lastName")
    made = carrying.carry(row, None, [Person(entity, "1001", "Anna", "••••••093")], {}, None)
    assert (made.stored, made.rejected) == (0, 1)


def test_a_bsn_is_masked_in_every_file(entity: LegalEntity) -> None:
    row = carrying.duplicate(entity.company, None, "bsn", "bsn")
    people: list[Person] = [Person(entity, "1001", "Anna", "999990093"), Person(entity, "1002", "Bob", "999990094")]
    made = carrying.carry(row, None, people, {}, None)
    content = [files.old_data(row, people), files.rejects(made, reasons()), files.undo_file(made)]
    assert (made.stored, made.rejected) == (1, 1)
    assert not any(number in text.decode() for text in content for number in ("999990093", "999990094"))


@pytest.mark.parametrize("column", ["bsn", "iban", "dynamic_7"])
def test_a_bsn_or_an_iban_is_copied_for_no_field_that_is_shown(column: str, original: HRAttribute) -> None:
    HRAttribute.objects.filter(pk=original.pk).update(key="dynamic_7", type="bsn")
    original.refresh_from_db()
    of = original if column == original.key else column
    with pytest.raises(PortalRefused) as refused:
        carrying.duplicate(original.company, None, of, GENDER)
    assert refused.value.refusal is Refusal.SENSITIVE_COPY
    assert carrying.duplicate(original.company, None, of, "bsn").type == "bsn"


@pytest.mark.parametrize("former", ["bsn", "iban"])
def test_what_was_read_from_a_rosters_number_is_masked_however_the_rule_came_to_it(
    former: str, copy: HRAttribute, entity: LegalEntity
) -> None:
    read_by(copy, decision="connect", former_source=former)
    people: list[Person] = [Person(entity, "1001", "Anna", "999990093")]
    made = carrying.carry(copy, None, people, {}, None)
    content = [files.old_data(copy, people), files.rejects(made, reasons())]
    assert not any("999990093" in text.decode() for text in content)
