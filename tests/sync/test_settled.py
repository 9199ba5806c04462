"""What a sync takes of people beside the source: the portal's own values, an entity's own rules, columns as a mapping wants
them read."""

import pytest
from django.utils import timezone

from mapping import services
from mapping.models import HRAttribute, MappingSet, PersonValue
from mapping.portal import values as portal_values
from mapping.rules import Rule
from onboarding.models import Connection, LegalEntity, User
from sync.services import bench_people, execution, people, rosters, runs
from tests.factories import CompanyFactory
from tests.sync.bench import CONSIDER, FIRST_NAME, LAST_NAME, NUMBER, copy_of, draft
from tests.sync.personio import work

HOUSE_NUMBER, ADDITION = "employee.address.houseNumber", "employee.address.houseNumberAddition"
HEADER = "Employee number;Income number;Status;Consider in NL payroll;Last name;First name;House number;Nick-name:\n"
ROWS = "9001;1;Active;Yes;Berg;Anna;12 bis;An\n9002;1;Active;Yes;Dijk;Bram;7;\n"


def upload(entity: LegalEntity, user: User, text: str = HEADER + ROWS) -> None:
    rosters.upload(entity, user, "roster.csv", text.encode())


def in_force(mapping_set: MappingSet) -> MappingSet:
    """Publishes a draft of the tests, whatever stands against it."""
    rows = MappingSet.objects.filter(company=mapping_set.company, source=mapping_set.source)
    rows.filter(state="published").update(state="retired")
    rows.filter(pk=mapping_set.pk).update(state="published")
    mapping_set.refresh_from_db()
    return mapping_set


def portal_attribute(entity: LegalEntity, **people: str) -> HRAttribute:
    """An attribute of the portal with values by the key of the person (with _ for -)."""
    now = timezone.now()
    attribute = HRAttribute.objects.create(
        company=entity.company,
        source="portal",
        key="portal.1",
        label="Ours",
        type="text",
        first_seen_at=now,
        seen_at=now,
    )
    for name, value in people.items():
        key = name.removeprefix("p").replace("_", "-")
        PersonValue.objects.create(
            attribute=attribute, person_hash=portal_values.person_hash(entity, key), person=key, value=value
        )
    return attribute


def values(entity: LegalEntity) -> dict[str, dict[str, object]]:
    roster = rosters.current(entity)
    assert roster is not None
    return {record.key: dict(record.values) for record in rosters.records(roster)}


# --- Columns of a file ------------------------------------------------------------------------------------------------------


def test_a_column_that_is_not_ours_becomes_an_attribute(entity: LegalEntity, administrator: User) -> None:
    upload(entity, administrator)
    found = HRAttribute.objects.get(company=entity.company)
    assert (found.source, found.key, found.label) == ("roster", "column:nick name", "Nick-name:")
    assert "column:nick name" not in values(entity)["9001"], "nobody reads it, so nothing of it is kept"
    upload(entity, administrator)
    assert HRAttribute.objects.count() == 1


def test_it_is_kept_once_a_published_mapping_reads_it(entity: LegalEntity, administrator: User) -> None:
    mapping_set = in_force(draft(entity.company, "roster", Rule(FIRST_NAME, "column:nick name")))
    upload(entity, administrator)
    assert values(entity)["9001"]["column:nick name"] == "An"
    assert bench_people.look(entity, mapping_set).unread == ()
    assert HRAttribute.objects.filter(key="column:nick name").exists()


def test_a_column_is_read_as_it_is_written_where_a_converter_wants_it(entity: LegalEntity, administrator: User) -> None:
    upload(entity, administrator)
    split = (
        Rule(HOUSE_NUMBER, "house_number", "house_number"),
        Rule(ADDITION, "house_number", "house_number_addition"),
    )
    mapping_set = draft(entity.company, "roster", Rule(NUMBER, "employee_number"), Rule(LAST_NAME, "last_name"), *split)
    assert {rule.target for rule in bench_people.look(entity, mapping_set).unread} == {HOUSE_NUMBER, ADDITION}
    in_force(mapping_set)
    upload(entity, administrator)
    assert values(entity)["9001"]["house_number"] == "12 bis"
    assert bench_people.look(entity, mapping_set).unread == ()
    roster = rosters.current(entity)
    assert roster is not None
    assert roster.fault_count == 0


def test_a_draft_without_the_converter_waits_for_the_next_file(entity: LegalEntity, administrator: User) -> None:
    in_force(draft(entity.company, "roster", Rule(HOUSE_NUMBER, "house_number", "house_number")))
    upload(entity, administrator)
    plain = draft(entity.company, "roster", Rule(HOUSE_NUMBER, "house_number"))
    assert [rule.target for rule in bench_people.look(entity, plain).unread] == [HOUSE_NUMBER]
    assert all("house_number" not in one.record.values for one in bench_people.people(entity, plain))


BIRTH, END = "employee.personalDetails.dateOfBirth", "employment.endDate"
DATED = "Employee number;Income number;Status;Consider in NL payroll;Last name;Birth date;End date;Geb.\n"
DAYS = "9001;1;Active;Yes;Berg;03-04-1990;31-12-2020;5-6-1991\n"


@pytest.mark.parametrize(
    ("then", "now"),
    [
        (Rule(BIRTH, "birth_date"), Rule(BIRTH, "birth_date", "date_month_first")),
        (Rule(BIRTH, "birth_date", "date_month_first"), Rule(BIRTH, "birth_date")),
        (Rule(BIRTH, "column:geb", "date_day_first"), Rule(BIRTH, "birth_date")),
        (Rule(BIRTH, "birth_date"), Rule(BIRTH, "column:geb", "date_day_first")),
        (Rule(HOUSE_NUMBER, "house_number", "house_number"), Rule(HOUSE_NUMBER, "house_number")),
    ],
)
def test_no_run_begins_with_a_file_that_was_read_for_another_mapping(
    sample: Connection, administrator: User, then: Rule, now: Rule
) -> None:
    """Else the third of April would go to Loket where the mapping says the fourth of March."""
    entity = sample.entity
    assert entity
    text = DATED.replace("\n", ";House number\n") + DAYS.replace("\n", ";7\n")
    published = services.published_for(entity)
    assert published is not None
    first = in_force(copy_of(published, then))
    upload(entity, administrator, text)
    assert runs.refusal_to_start(entity, is_dry=True, user=None) is None
    in_force(copy_of(first, now))
    assert runs.refusal_to_start(entity, is_dry=True, user=None) == runs.Refusal.ROSTER_MISREAD
    upload(entity, administrator, text)
    assert runs.refusal_to_start(entity, is_dry=True, user=None) is None


def test_a_rule_that_reads_the_file_as_before_holds_no_run_up(sample: Connection) -> None:
    published = services.published_for(sample.entity)
    assert published is not None
    in_force(copy_of(published, Rule(FIRST_NAME, "first_name", "upper"), Rule(BIRTH, "portal.1")))
    assert runs.refusal_to_start(sample.entity, is_dry=True, user=None) is None


def test_a_day_that_decides_stays_one_where_another_field_converts_its_column(
    entity: LegalEntity, administrator: User
) -> None:
    in_force(draft(entity.company, "roster", Rule(END, "end_date"), Rule(BIRTH, "end_date", "date_day_first")))
    upload(entity, administrator, DATED + DAYS)
    assert values(entity)["9001"]["end_date"] == "2020-12-31", "as it is written nobody would see that she has left"


def test_the_columns_of_one_company_are_no_other_companys(entity: LegalEntity, administrator: User) -> None:
    upload(entity, administrator)
    assert not HRAttribute.objects.filter(company=CompanyFactory()).exists()


# --- Values of the portal, and rules of one entity, in a run ----------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_run_sends_what_the_portal_has_and_by_the_entitys_own_rules(sample: Connection) -> None:
    entity = sample.entity
    assert entity
    published = services.published_for(entity)
    assert published is not None
    mapping_set = copy_of(published, Rule(FIRST_NAME, "portal.1"))
    city = "employee.address.city"
    draft(entity.company, "roster", Rule(city, "last_name"), entity=entity)
    in_force(mapping_set)
    someone = next(iter(values(entity)))
    portal_attribute(entity, **{f"p{someone}": "Portalia"})
    run = execution.execute(runs.start(entity, is_dry=True, user=None, ring=False).pk)
    assert run is not None
    changes = {change["field"]: change["new"] for change in run.results.get(row=2).detail["changes"]}
    assert changes[FIRST_NAME] == "Portalia"
    assert changes[city] == values(entity)[someone]["last_name"]
    others = run.results.exclude(row=2)
    assert not [one for one in others for change in one.detail["changes"] if change["field"] == FIRST_NAME]


@pytest.mark.django_db(transaction=True)
def test_the_portal_may_say_who_is_sent(linde: Connection) -> None:
    entity = linde.entity
    assert entity
    published = services.published_for(entity)
    assert published is not None
    in_force(copy_of(published, Rule(CONSIDER, "portal.1", option_map={"payroll": "yes"})))
    portal_attribute(entity, ppersonio_41001="Payroll")
    run = work(linde)
    outcomes = {one.row: one.outcome for one in run.results.all()}
    assert outcomes[41001] not in {"skipped", "blocked"}
    assert {outcome for row, outcome in outcomes.items() if row != 41001} <= {"skipped", "blocked"}
    found = people.find(entity, show="in")
    assert [row.row for row in found.rows] == [41001]
    PersonValue.objects.update(value="")
    PersonValue.objects.first().save()
    assert people.find(entity, show="in").counts["in"] == 0, "what was worked out before holds no longer"
