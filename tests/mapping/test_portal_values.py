"""Values of people in the portal's own attributes: what fits, from which day, whose they are, and how they are kept."""

from datetime import date

import pytest
from cryptography.fernet import Fernet
from django.conf import LazySettings
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mapping.models import HRAttribute, PersonValue, ValueImport
from mapping.portal import carrying, files, importing, sections, values
from mapping.portal.canonical import canonical
from mapping.portal.files import Known
from mapping.portal.refusals import PortalRefused, Refusal
from onboarding.models import AuditEvent, LegalEntity, User
from onboarding.services.access import NotAllowed
from onboarding.wording.trail import audit_detail
from tests.factories import EntityFactory
from tests.mapping.portal import attribute, section, with_role

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 1)
BSN, IBAN = "999990093", "NL20INGB0001234567"


@pytest.fixture
def locker(entity: LegalEntity) -> HRAttribute:
    return attribute(section(entity.company))


def today(row: HRAttribute, entity: LegalEntity, key: str, day: date = DAY) -> str | None:
    """What holds on a day; raises KeyError where nothing was ever said."""
    known = values.on(entity.company, entity, day)
    return values.of_person(known, entity, key)[row.key]


# --- What fits ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "text", "stored"),
    [
        ("text", "  Room\t12 ", "Room 12"),
        ("text", "=1+1", "=1+1"),
        ("integer", "007", "007"),
        ("decimal", "32,50", "32.5"),
        ("date", "1-9-2026", "2026-09-01"),
        ("date", "2026-09-01 00:00:00", "2026-09-01"),
        ("yes_no", "Ja", "yes"),
        ("yes_no", "onwaar", "no"),
        ("list", "blUE", "Blue"),
        ("bsn", "9999.90.093", BSN),
        ("iban", "nl20 ingb 0001 2345 67", IBAN),
        ("text", "   ", None),
    ],
)
def test_a_value_is_kept_as_its_type_has_it(kind: str, text: str, stored: str | None) -> None:
    assert canonical(HRAttribute(label="X", type=kind, options=["Red", "Blue"]), text) == stored


@pytest.mark.parametrize(
    ("kind", "text", "refusal"),
    [
        ("text", "x" * 501, Refusal.TOO_LONG),
        ("text", "a\x07b", Refusal.BAD_TEXT),
        ("integer", "12.0", Refusal.BAD_WHOLE),
        ("integer", "1" * 16, Refusal.BAD_WHOLE),
        ("decimal", "1.234,50", Refusal.BAD_DECIMAL),
        ("date", "09/01/2026", Refusal.BAD_DATE),
        ("date", "2026-02-30", Refusal.BAD_DATE),
        ("date", "1812-01-01", Refusal.BAD_DATE),
        ("yes_no", "perhaps", Refusal.BAD_YES_NO),
        ("list", "Green", Refusal.NOT_AN_OPTION),
        ("bsn", "99990093", Refusal.BAD_BSN),
        ("bsn", "999990094", Refusal.BAD_BSN),
        ("iban", "NL21INGB0001234567", Refusal.BAD_IBAN),
    ],
)
def test_what_the_type_cannot_hold_is_refused_without_its_text(kind: str, text: str, refusal: Refusal) -> None:
    with pytest.raises(PortalRefused) as refused:
        canonical(HRAttribute(label="X", type=kind, options=["Red"]), text)
    assert refused.value.refusal is refusal
    assert text not in str(refused.value)
    assert text not in refused.value.params.values()


@given(st.sampled_from(["text", "integer", "decimal", "date", "yes_no", "list", "bsn", "iban"]), st.text(max_size=600))
def test_any_text_is_a_value_nothing_or_a_refusal_and_a_value_stays_itself(kind: str, text: str) -> None:
    row = HRAttribute(label="X", type=kind, options=["Red"])
    try:
        stored = canonical(row, text)
    except PortalRefused:
        return
    assert stored is None or canonical(row, stored) == stored


# --- From which day -------------------------------------------------------------------------------------------------------


def test_a_value_counts_from_its_day_on(locker: HRAttribute, entity: LegalEntity) -> None:
    values.set_value(locker, entity, "1001", "7", None, None)
    values.set_value(locker, entity, "1001", "8", DAY, None)
    assert today(locker, entity, "1001", date(2026, 2, 28)) == "7"
    assert today(locker, entity, "1001", DAY) == "8"


def test_who_never_had_a_value_has_no_entry(locker: HRAttribute, entity: LegalEntity) -> None:
    values.set_value(locker, entity, "1001", "7", date(2026, 3, 2), None)
    assert values.on(entity.company, entity, DAY) == {}


def test_an_emptied_value_is_there_and_says_nothing(locker: HRAttribute, entity: LegalEntity) -> None:
    values.set_value(locker, entity, "1001", "7", None, None)
    values.set_value(locker, entity, "1001", "", DAY, None)
    assert today(locker, entity, "1001") is None


def test_the_same_day_again_corrects_it(locker: HRAttribute, entity: LegalEntity) -> None:
    for text in ("7", "8"):
        values.set_value(locker, entity, "1001", text, DAY, None)
    assert [row.value for row in values.history(locker, entity, "1001")] == ["8"]


def test_a_day_taken_back_gives_the_value_before_it(locker: HRAttribute, entity: LegalEntity) -> None:
    values.set_value(locker, entity, "1001", "7", None, None)
    values.set_value(locker, entity, "1001", "8", DAY, None)
    assert values.take_back(locker, entity, "1001", DAY, None)
    assert not values.take_back(locker, entity, "1001", DAY, None)
    assert today(locker, entity, "1001") == "7"


def test_what_was_taken_back_is_in_the_trail_once_without_whose_it_was(
    locker: HRAttribute, entity: LegalEntity, administrator: User
) -> None:
    values.set_value(locker, entity, "1001", "8", DAY, None)
    for _twice in range(2):
        values.take_back(locker, entity, "1001", DAY, administrator)
    [event] = AuditEvent.objects.filter(action="attribute_changed", actor=administrator)
    assert event.detail == f"taken_back:{locker.label}"
    assert audit_detail(event) == f"Value of somebody taken back: {locker.label}"


def test_the_history_says_who_and_the_newest_day_first(
    locker: HRAttribute, entity: LegalEntity, administrator: User
) -> None:
    values.set_value(locker, entity, "1001", "7", None, None)
    values.set_value(locker, entity, "1001", "8", DAY, administrator)
    assert [(row.value, row.set_by) for row in values.history(locker, entity, "1001")] == [
        ("8", administrator),
        ("7", None),
    ]


# --- Whose they are -------------------------------------------------------------------------------------------------------


def test_a_number_of_a_roster_is_somebody_else_in_another_legal_entity(
    locker: HRAttribute, entity: LegalEntity
) -> None:
    other = EntityFactory(company=entity.company)
    values.set_value(locker, entity, "1001", "7", None, None)
    assert values.of_person(values.on(entity.company, other, DAY), other, "1001") == {}


def test_a_person_of_personio_is_the_same_in_every_legal_entity(locker: HRAttribute, entity: LegalEntity) -> None:
    other = EntityFactory(company=entity.company)
    values.set_value(locker, entity, "personio-41001", "7", None, None)
    assert today(locker, other, "personio-41001") == "7"


def test_a_person_of_another_company_is_somebody_else(locker: HRAttribute, entity: LegalEntity) -> None:
    stranger = EntityFactory()
    values.set_value(locker, entity, "personio-41001", "7", None, None)
    assert values.on(stranger.company, stranger, DAY) == {}
    with pytest.raises(PortalRefused) as refused:
        values.set_value(locker, stranger, "personio-41001", "8", None, None)
    assert refused.value.refusal is Refusal.OTHER_COMPANY


def test_a_row_without_a_number_is_nobody(locker: HRAttribute, entity: LegalEntity) -> None:
    with pytest.raises(PortalRefused) as refused:
        values.set_value(locker, entity, "row-17", "7", None, None)
    assert refused.value.refusal is Refusal.NO_NUMBER
    assert not PersonValue.objects.exists()


def test_a_new_encryption_key_forgets_nobody(locker: HRAttribute, entity: LegalEntity, settings: LazySettings) -> None:
    values.set_value(locker, entity, "1001", "7", None, None)
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode(), *settings.FIELD_ENCRYPTION_KEYS]
    assert today(locker, entity, "1001") == "7"
    values.set_value(locker, entity, "1001", "8", None, None)
    assert [row.value for row in values.history(locker, entity, "1001")] == ["8"]
    assert today(locker, entity, "1001") == "8"


# --- A number that is given to somebody else ------------------------------------------------------------------------------

ANNA, BOB = values.Who("1990-01-02", "Berg"), values.Who("1985-06-07", "Dam")


def of(row: HRAttribute, entity: LegalEntity, who: values.Who, key: str = "1001") -> dict[str, str | None]:
    """What counts for whoever has the number, by the attribute's key."""
    return values.of_person(values.on(entity.company, entity, DAY), entity, key, who)


def test_a_value_does_not_count_for_the_next_holder_of_the_number(locker: HRAttribute, entity: LegalEntity) -> None:
    values.set_value(locker, entity, "1001", "7", None, None, ANNA)
    assert of(locker, entity, ANNA) == {locker.key: "7"}
    assert of(locker, entity, BOB) == {}
    known = values.on(entity.company, entity, DAY)
    assert values.of_others(known, entity, "1001", BOB) == {locker.key}
    assert values.of_others(known, entity, "1001", ANNA) == frozenset()


@pytest.mark.parametrize(
    ("stored", "present", "counts"),
    [
        (ANNA, values.Who("1990-01-02", "Dam-Berg"), True),
        (ANNA, values.Who("1990-01-03", "Berg"), False),
        (values.Who("", "Berg"), values.Who("1990-01-02", " BERG"), True),
        (values.Who("", "Berg"), values.Who("1990-01-02", "Dam"), False),
        (ANNA, values.Who("", "Berg"), True),
        (ANNA, values.Who("", "Dam"), False),
        (values.ANYBODY, BOB, True),
        (ANNA, values.ANYBODY, True),
    ],
)
def test_the_birth_date_tells_two_holders_apart_and_the_last_name_where_there_is_none(
    stored: values.Who, present: values.Who, counts: bool, locker: HRAttribute, entity: LegalEntity
) -> None:
    values.set_value(locker, entity, "1001", "7", None, None, stored)
    assert of(locker, entity, present) == ({locker.key: "7"} if counts else {})


def test_what_was_said_of_a_former_holder_later_hides_nothing(locker: HRAttribute, entity: LegalEntity) -> None:
    values.set_value(locker, entity, "1001", "7", DAY, None, ANNA)
    values.set_value(locker, entity, "1001", "8", None, None, BOB)
    assert of(locker, entity, BOB) == {locker.key: "8"}


def test_an_id_of_personio_is_never_given_to_somebody_else(locker: HRAttribute, entity: LegalEntity) -> None:
    values.set_value(locker, entity, "personio-41001", "7", None, None, ANNA)
    assert of(locker, entity, BOB, "personio-41001") == {locker.key: "7"}


def test_a_new_encryption_key_takes_nobody_for_somebody_else(
    locker: HRAttribute, entity: LegalEntity, settings: LazySettings
) -> None:
    values.set_value(locker, entity, "1001", "7", None, None, ANNA)
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode(), *settings.FIELD_ENCRYPTION_KEYS]
    assert of(locker, entity, ANNA) == {locker.key: "7"}
    assert of(locker, entity, BOB) == {}


def test_whose_a_value_is_can_not_be_read_or_compared_between_people(locker: HRAttribute, entity: LegalEntity) -> None:
    for key in ("1001", "1002"):
        values.set_value(locker, entity, key, "7", None, None, ANNA)
    marks = set(PersonValue.objects.values_list("who", flat=True))
    assert len(marks) == 2, "twins don't show as such"
    assert not any("1990" in one or "Berg" in one for one in marks)


def test_an_import_is_for_whom_the_file_was_read_and_an_export_only_has_what_counts(
    locker: HRAttribute, entity: LegalEntity
) -> None:
    [column] = importing.read(
        locker.section, None, [Known(entity, "1001", "Anna", "1001", ANNA)], rows(("Person", "Locker"), ("1001", "7"))
    )
    assert locker.section
    importing.confirm(locker.section, None, importing.seal(locker.section, entity, None, None, [column]))
    assert (of(locker, entity, ANNA), of(locker, entity, BOB)) == ({locker.key: "7"}, {})
    known = values.on(entity.company, entity, DAY)
    text = files.export([locker], [Known(entity, "1001", "Bob", "1001", BOB)], known).decode("utf-8-sig")
    assert text.splitlines()[1] == "1001;1001;Bob;"


def test_taking_an_import_back_gives_no_value_to_the_next_holder(locker: HRAttribute, entity: LegalEntity) -> None:
    values.set_value(locker, entity, "1001", "7", None, None, ANNA)
    entry = values.Entry(entity, "1001", "8", values.mark(entity, "1001", BOB))
    plan = carrying.Plan(1, (entry,), 0, ())
    made = carrying.store(locker, None, plan, None, ValueImport.Kind.FILE)
    assert of(locker, entity, BOB) == {locker.key: "8"}
    assert carrying.undo(made, None) == 1
    assert (of(locker, entity, ANNA), of(locker, entity, BOB)) == ({locker.key: "7"}, {})


def test_nothing_of_a_person_is_readable_in_the_table(locker: HRAttribute, entity: LegalEntity) -> None:
    values.set_value(locker, entity, "1001", "Zebra", None, None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT person_hash, person, value FROM mapping_personvalue")
        rows = cursor.fetchall()
    assert rows
    assert "1001" not in [cell for row in rows for cell in row]
    assert all("Zebra" not in cell for row in rows for cell in row)


def test_only_who_may_edit_the_section_sets_or_takes_back(locker: HRAttribute, entity: LegalEntity) -> None:
    role, clerk = with_role(entity, "HR clerk")
    assert locker.section
    sections.set_access(locker.section, None, {role.pk: sections.VIEW})
    for act in (
        lambda: values.set_value(locker, entity, "1001", "7", None, clerk),
        lambda: values.take_back(locker, entity, "1001", DAY, clerk),
    ):
        with pytest.raises(NotAllowed):
            act()
    sections.set_access(locker.section, None, {role.pk: sections.EDIT})
    values.set_value(locker, entity, "1001", "7", None, clerk)
    assert today(locker, entity, "1001") == "7"


def test_a_value_is_in_no_line_of_the_trail(locker: HRAttribute, entity: LegalEntity, administrator: User) -> None:
    values.set_value(locker, entity, "1001", "Zebra", None, administrator)
    assert not AuditEvent.objects.filter(detail__contains="Zebra").exists()


def test_many_people_are_read_with_one_query(
    locker: HRAttribute, entity: LegalEntity, django_assert_num_queries: object
) -> None:
    for number in range(1001, 1011):
        values.set_value(locker, entity, str(number), "7", None, None)
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert len(values.on(entity.company, entity, DAY)) == 10


# --- Files ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def people(entity: LegalEntity) -> list[Known]:
    return [
        Known(entity, "1001", "Anna Berg", "1001"),
        Known(entity, "1002", "=Bob", "1002"),
        Known(entity, "row-4", "Nobody", ""),
    ]


def rows(*cells: tuple[str, ...]) -> list[importing.Row]:
    return list(enumerate(cells, start=1))


def test_an_export_has_everybody_and_no_formula(locker: HRAttribute, entity: LegalEntity, people: list[Known]) -> None:
    values.set_value(locker, entity, "1001", "@cmd", None, None)
    text = files.export([locker], people, values.on(entity.company, entity, DAY)).decode("utf-8-sig")
    assert text.splitlines() == [
        "Person;Employee number;Name;Locker",
        "1001;1001;Anna Berg;'@cmd",
        "1002;1002;'=Bob;",
        "row-4;;Nobody;",
    ]


def test_a_bsn_leaves_in_no_file(entity: LegalEntity, people: list[Known]) -> None:
    row = attribute(section(entity.company), "Second BSN", "bsn")
    values.set_value(row, entity, "1001", BSN, None, None)
    text = files.export([row], people, values.on(entity.company, entity, DAY)).decode()
    assert BSN not in text
    assert "Second BSN" not in text


def test_an_import_says_first_what_it_would_do(locker: HRAttribute, people: list[Known]) -> None:
    table = rows(("person", "Locker"), ("1001", "7"), ("1002", ""), ("9999", "8"), ("row-4", "9"))
    [column] = importing.read(locker.section, None, people, table)
    assert (column.plan.total, len(column.plan.entries), column.plan.empty) == (4, 1, 1)
    assert [(one["row"], one["why"]) for one in column.plan.rejects] == [("4", "unknown_person"), ("5", "no_number")]
    assert not PersonValue.objects.exists()


def test_people_are_found_by_their_number_with_or_without_zeros(locker: HRAttribute, people: list[Known]) -> None:
    table = rows(("Personeelsnummer", "LOCKER"), ("01001", "7"), ("1003", "8"))
    [column] = importing.read(locker.section, None, people, table)
    assert [(entry.key, entry.value) for entry in column.plan.entries] == [("1001", "7")]


def test_a_number_that_two_people_have_is_nobodys(locker: HRAttribute, entity: LegalEntity) -> None:
    twins = [Known(entity, key, "Anna", "7") for key in ("personio-1", "personio-2")]
    [column] = importing.read(locker.section, None, twins, rows(("employee number", "Locker"), ("7", "x")))
    assert [one["why"] for one in column.plan.rejects] == ["unknown_person"]


@pytest.mark.parametrize(
    ("head", "refusal"),
    [
        (("Person", "Shoe"), Refusal.UNKNOWN_COLUMN),
        (("Person", "Locker", "locker"), Refusal.COLUMN_TWICE),
        (("Name", "Locker"), Refusal.NO_PERSON_COLUMN),
        (("Person", "Name"), Refusal.NO_ATTRIBUTE_COLUMN),
    ],
)
def test_a_bad_header_refuses_the_whole_file(
    head: tuple[str, ...], refusal: Refusal, locker: HRAttribute, people: list[Known]
) -> None:
    with pytest.raises(PortalRefused) as refused:
        importing.read(locker.section, None, people, rows(head, ("1001", "7", "7")))
    assert refused.value.refusal is refusal
    assert not ValueImport.objects.exists()


def test_of_two_values_for_one_person_neither_is_stored(locker: HRAttribute, people: list[Known]) -> None:
    table = rows(("Person", "Locker"), ("1001", "7"), ("1002", "9"), ("1001", "8"), ("1001", "7"))
    [column] = importing.read(locker.section, None, people, table)
    assert [(entry.key, entry.value) for entry in column.plan.entries] == [("1002", "9")]
    assert [(one["row"], one["why"]) for one in column.plan.rejects] == [(row, "person_twice") for row in "245"]


def test_one_value_for_one_person_twice_is_stored_once(locker: HRAttribute, people: list[Known]) -> None:
    table = rows(("Person", "Locker"), ("1001", "7"), ("1001", "7"), ("1001", ""))
    [column] = importing.read(locker.section, None, people, table)
    assert ([entry.value for entry in column.plan.entries], column.plan.rejects) == (["7"], ())


def test_an_export_comes_back_as_it_left(locker: HRAttribute, entity: LegalEntity, people: list[Known]) -> None:
    values.set_value(locker, entity, "1001", "+31 6", None, None)
    text = files.export([locker], people, values.on(entity.company, entity, DAY)).decode("utf-8-sig")
    table = rows(*(tuple(line.split(";")) for line in text.splitlines()))
    [column] = importing.read(locker.section, None, people, table)
    assert [(entry.key, entry.value) for entry in column.plan.entries] == [("1001", "+31 6")]


def read_and_seal(locker: HRAttribute, people: list[Known], user: User | None, day: date | None = None) -> str:
    columns = importing.read(locker.section, user, people, rows(("Person", "Locker"), ("1001", "7"), ("0", "8")))
    assert locker.section
    return importing.seal(locker.section, people[0].entity, user, day, columns)


def test_what_was_seen_is_what_is_stored_and_can_be_taken_back(
    locker: HRAttribute, entity: LegalEntity, people: list[Known], administrator: User
) -> None:
    values.set_value(locker, entity, "1001", "old", None, None)
    assert locker.section
    token = read_and_seal(locker, people, administrator)
    assert "Anna" not in token
    [made] = importing.confirm(locker.section, administrator, token)
    assert (made.total, made.stored, made.rejected, made.by) == (2, 1, 1, administrator)
    assert today(locker, entity, "1001") == "7"
    assert carrying.undo(made, administrator) == 1
    assert today(locker, entity, "1001") == "old"
    with pytest.raises(PortalRefused) as refused:
        carrying.undo(made, administrator)
    assert refused.value.refusal is Refusal.UNDONE


def test_what_somebody_changed_since_an_import_stays(
    locker: HRAttribute, entity: LegalEntity, people: list[Known]
) -> None:
    assert locker.section
    [made] = importing.confirm(locker.section, None, read_and_seal(locker, people, None))
    values.set_value(locker, entity, "1001", "mine", None, None)
    assert carrying.undo(made, None) == 0
    assert today(locker, entity, "1001") == "mine"


def test_a_checked_file_is_for_who_checked_it_and_for_its_section(
    locker: HRAttribute, people: list[Known], administrator: User
) -> None:
    assert locker.section
    token = read_and_seal(locker, people, None)
    for place, user, said in (
        (locker.section, administrator, token),
        (sections.loket(locker.company), None, token),
        (locker.section, None, "nonsense"),
    ):
        with pytest.raises(PortalRefused) as refused:
            importing.confirm(place, user, said)
        assert refused.value.refusal is Refusal.EXPIRED


def test_an_attribute_moved_meanwhile_gets_nothing(locker: HRAttribute, people: list[Known]) -> None:
    place = locker.section
    assert place
    token = read_and_seal(locker, people, None)
    locker.section = sections.loket(locker.company)
    locker.save()
    with pytest.raises(PortalRefused):
        importing.confirm(place, None, token)
    assert not PersonValue.objects.exists()


def test_who_may_not_edit_reads_and_confirms_no_file(
    locker: HRAttribute, entity: LegalEntity, people: list[Known]
) -> None:
    _role, clerk = with_role(entity, "HR clerk")
    assert locker.section
    with pytest.raises(NotAllowed):
        importing.read(locker.section, clerk, people, rows(("Person", "Locker"), ("1001", "7")))
    with pytest.raises(NotAllowed):
        importing.confirm(locker.section, clerk, read_and_seal(locker, people, None))


@given(st.text(max_size=40))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_cell_begins_a_formula_and_each_comes_back(text: str) -> None:
    assert not files.defused(text).startswith(files.DANGEROUS)
    if not text.startswith("'"):
        assert files.fused(files.defused(text)) == text
