"""The values that really occur for a target: counted, masked where they must be, and what they become in Loket."""

import pytest

from mapping import services
from mapping.bench import drafts
from mapping.catalogue import LOKET_FIELDS
from mapping.models import MappingSet
from mapping.rules import Rule
from onboarding.models import LegalEntity, User
from sync.services import bench_values, rosters
from tests.factories import EntityFactory
from tests.sync.bench import BSN, FIRST_NAME, GENDER, LAST_NAME, draft, list_of, with_people

HEADER = "Employee number;Income number;Status;Consider in NL payroll;Last name;First name;Gender;BSN;Shoe size\n"
ROWS = (
    "9001;1;Active;Yes;Berg;Anna;V;999900018;38\n"
    "9002;1;Active;Yes;Dijk;Bram; v ;999900018;44\n"
    "9003;1;Active;Yes;Vos;Cees;M;;44\n"
    "9004;1;Active;Yes;Smit;Daan;;;\n"
    "9005;1;Active;Yes;Bos;Eva;Vrouw;999990019;\n"
)


@pytest.fixture
def people(entity: LegalEntity, administrator: User) -> LegalEntity:
    """A connected entity with a roster of five, whose administration knows two genders."""
    return with_people(entity, administrator, HEADER + ROWS)


def gender(entity: LegalEntity, **options: str) -> MappingSet:
    return draft(entity.company, "roster", Rule(GENDER, "gender", option_map=options))


def rows(mapping_set: MappingSet, target: str = GENDER, **more: str) -> dict[str, bench_values.ValueRow]:
    return {row.shown: row for row in bench_values.read(mapping_set, target, **more).rows}


def test_values_are_counted_and_spellings_that_no_option_map_tells_apart_are_one(people: LegalEntity) -> None:
    found = bench_values.read(gender(people), GENDER)
    assert [(row.shown, row.count) for row in found.rows] == [("V", 2), ("M", 1), ("Vrouw", 1)]
    assert (found.people, found.empty, found.source) == (5, 1, "gender")


def test_a_value_shows_what_it_is_in_loket_and_what_is_wrong_with_it(people: LegalEntity) -> None:
    found = rows(gender(people, v="Vrouw"))
    assert (found["V"].chosen, found["V"].becomes, found["V"].fault) == ("Vrouw", "Vrouw", "")
    assert (found["Vrouw"].chosen, found["Vrouw"].becomes) == ("", "Vrouw"), "Loket's own text needs no option"
    assert (found["M"].becomes, found["M"].fault) == ("", "unmapped_option")


def test_an_option_that_loket_has_not_is_a_stray(people: LegalEntity) -> None:
    found = rows(gender(people, m="Heer"))
    assert found["M"].is_stray
    assert not found["V"].is_stray


def test_what_the_option_map_has_and_nobody_is_kept_in_the_form(people: LegalEntity) -> None:
    found = rows(gender(people, x="Vrouw"))
    assert (found["x"].count, found["x"].key, found["x"].chosen) == (0, "x", "Vrouw")


def test_only_values_that_stand_for_nothing_are_given_a_suggestion(people: LegalEntity) -> None:
    list_of(people, options=[{"key": 1, "value": "Vrouww", "iso_code": None}])
    found = rows(gender(people, v="Vrouww"))
    assert found["Vrouw"].best is not None
    assert found["Vrouw"].best.option.value == "Vrouww"
    assert found["V"].best is None


def test_sensitive_values_are_masked_and_give_nothing_to_a_form(people: LegalEntity) -> None:
    found = bench_values.read(draft(people.company, "roster", Rule(BSN, "bsn")), BSN)
    assert found.is_hidden
    assert [(row.shown, row.key, row.count) for row in found.rows] == [("••••••018", "", 2), ("••••••019", "", 1)]


def test_the_column_of_a_bsn_is_masked_whatever_it_is_mapped_to(people: LegalEntity) -> None:
    found = bench_values.read(draft(people.company, "roster", Rule(LAST_NAME, "bsn")), LAST_NAME)
    assert found.is_hidden
    assert not {"999900018", "999990019"} & {row.shown for row in found.rows}


def test_a_bsn_is_masked_also_once_the_draft_reads_it_no_more(people: LegalEntity, administrator: User) -> None:
    own = f"{HEADER.replace('BSN', 'Sofi')}{ROWS}".encode()
    rosters.upload(people, administrator, "roster.csv", own)  # so that the attribute is known
    services.publish(people.company, {"name": "One", "version": 1, "rules": [{"target": BSN, "source": "column:sofi"}]})
    rosters.upload(people, administrator, "roster.csv", own)
    services.publish(
        people.company, {"name": "Two", "version": 1, "rules": [{"target": LAST_NAME, "source": "last_name"}]}
    )
    made = drafts.begin(people.company, "roster", None)
    assert bench_values.read(made, FIRST_NAME, key="column:sofi").is_hidden
    assert not bench_values.read(made, FIRST_NAME, key="gender").is_hidden
    drafts.change(made, None, BSN, Rule(BSN, "gender"))
    drafts.change(made, None, BSN, None)
    assert bench_values.read(made, FIRST_NAME, key="gender").is_hidden


def test_a_field_without_a_list_shows_what_its_converter_makes_of_each(people: LegalEntity) -> None:
    found = rows(draft(people.company, "roster", Rule(FIRST_NAME, "first_name", "upper")), FIRST_NAME)
    assert {row.shown: row.becomes for row in found.values()}["Anna"] == "ANNA"


def test_another_attribute_can_be_looked_at_before_it_is_chosen(people: LegalEntity) -> None:
    found = rows(draft(people.company, "roster", Rule(FIRST_NAME, "first_name")), FIRST_NAME, key="last_name")
    assert {"Berg", "Dijk"} < set(found)


def test_a_column_that_no_published_mapping_reads_is_not_there_before_the_next_file(people: LegalEntity) -> None:
    found = bench_values.read(draft(people.company, "roster", Rule(FIRST_NAME, "column:shoe size")), FIRST_NAME)
    assert [one.pk for one in found.unread] == [people.pk]
    assert found.rows == ()


def test_a_rule_of_an_entity_counts_for_that_entity_only(people: LegalEntity, administrator: User) -> None:
    other = EntityFactory(company=people.company)
    administrator.memberships.get().role.payroll_entities.add(other)
    rosters.upload(other, administrator, "roster.csv", (HEADER + ROWS.replace("Anna", "Zoe")).encode())
    mapping_set = draft(people.company, "roster", Rule(FIRST_NAME, "first_name"))
    draft(people.company, "roster", Rule(FIRST_NAME, "last_name"), entity=other)
    assert "Anna" in rows(mapping_set, FIRST_NAME)
    assert "Zoe" not in rows(mapping_set, FIRST_NAME), "it has a rule of its own"
    assert "Berg" in rows(mapping_set, FIRST_NAME, entity_pk=str(other.pk))


def test_the_entity_of_another_company_is_not_found(people: LegalEntity) -> None:
    with pytest.raises(LegalEntity.DoesNotExist):
        bench_values.read(gender(people), GENDER, str(EntityFactory().pk))


def test_without_a_rule_only_the_list_is_shown(people: LegalEntity) -> None:
    found = bench_values.read(draft(people.company, "roster"), GENDER)
    assert (found.rows, found.options) == ((), ("Man", "Vrouw"))


def test_before_loket_gave_its_list_nobody_says_what_a_value_becomes(people: LegalEntity) -> None:
    list_of(people, options=[])
    found = bench_values.read(gender(people, v="Vrouw"), GENDER)
    assert found.options == ()
    assert {row.fault for row in found.rows} == {""}


def test_every_target_can_be_looked_at(people: LegalEntity) -> None:
    mapping_set = draft(people.company, "roster", *(Rule(target, "last_name") for target in LOKET_FIELDS))
    assert {bench_values.read(mapping_set, target).people for target in LOKET_FIELDS} == {5}


def test_what_is_no_target_is_refused(people: LegalEntity) -> None:
    with pytest.raises(KeyError):
        bench_values.read(gender(people), "employee.nonsense")
