"""One real person through a draft: HR's value, what it becomes, what Loket has, what stands in the way; masked, or revealed."""

import pytest
from django.contrib.auth.models import Permission

from loket_portal.simulator import Simulator
from mapping.models import MappingSet
from mapping.rules import Rule, WriteMode
from onboarding.models import AuditEvent, Connection, LegalEntity, LoketLogin, User
from onboarding.services.access import NotAllowed
from sync.records import Sealed
from sync.services import bench_person, rosters
from sync.services.bench_person import Compared, Hr, Unknown
from tests.factories import EntityFactory
from tests.sync.bench import BSN, FIRST_NAME, GENDER, LAST_NAME, NUMBER, draft, supporter, with_people

HEADER = "Employee number;Income number;Status;Consider in NL payroll;Last name;First name;Prefix;Gender;BSN;IBAN\n"
ROWS = (
    "9001;1;Active;Yes;Berg;Anna;;V;999900018;NL09TEST0000000111\n"
    "9002;1;Active;Yes;Dijk;Bram;van;X;;\n"
    "9003;1;Active;Yes;Vos;Cees;;M;123456789;\n"
)
PREFIX = "employee.personalDetails.prefix"
PLAIN = ("999900018", "123456789", "NL09TEST0000000111")


@pytest.fixture
def people(entity: LegalEntity, administrator: User) -> LegalEntity:
    return with_people(entity, administrator, HEADER + ROWS)


@pytest.fixture
def mapping_set(people: LegalEntity) -> MappingSet:
    return draft(
        people.company,
        "roster",
        Rule(NUMBER, "employee_number"),
        Rule(LAST_NAME, "last_name", "upper"),
        Rule(PREFIX, "prefix"),
        Rule(GENDER, "gender", option_map={"v": "Vrouw"}, fallback="Man"),
        Rule(BSN, "bsn"),
        Rule("iban", "iban"),
        Rule(FIRST_NAME, "column:nickname"),
        Rule("employee.address.city", None, fallback="Utrecht"),
    )


def rows(mapping_set: MappingSet, row: int = 2, **more: str) -> dict[str, bench_person.Row]:
    return {one.target: one for one in bench_person.read(mapping_set, "", str(row), **more).rows}


def test_each_field_shows_what_hr_has_and_what_it_becomes(mapping_set: MappingSet) -> None:
    found = rows(mapping_set)
    assert (found[LAST_NAME].text, found[LAST_NAME].becomes) == ("Berg", "BERG")
    assert (found[GENDER].text, found[GENDER].becomes, found[GENDER].is_fallback) == ("V", "Vrouw", False)
    assert found[LAST_NAME].label == "Last name"


def test_why_there_is_no_value_is_told_apart(mapping_set: MappingSet) -> None:
    found = rows(mapping_set)
    assert (found[PREFIX].hr, found[FIRST_NAME].hr) == (Hr.EMPTY, Hr.UNREAD)
    assert (found["employee.address.city"].hr, found["employee.address.city"].becomes) == (Hr.NONE, "Utrecht")
    assert found["employee.address.city"].is_fallback


def test_a_problem_stands_at_its_field(mapping_set: MappingSet) -> None:
    found = rows(mapping_set, 3)
    assert [problem.code for problem in found[GENDER].problems] == ["unmapped_option"]
    assert (found[GENDER].becomes, found[GENDER].is_fallback) == ("Man", True)
    assert found[LAST_NAME].problems == ()


def test_a_problem_that_is_no_fields_is_told_beside_them(people: LegalEntity) -> None:
    found = bench_person.read(draft(people.company, "roster", Rule(LAST_NAME, "last_name")), "", "2")
    assert {problem.code for problem in found.others} == {"required_for_new"}
    assert found.verdict == "blocked"


@pytest.mark.parametrize("row", [2, 4])
def test_bsn_and_iban_are_masked_everywhere(mapping_set: MappingSet, row: int) -> None:
    found = bench_person.read(mapping_set, "", str(row))
    assert not [text for text in PLAIN if text in repr(found)]
    assert {one.is_hidden for one in found.rows if one.target in (BSN, "iban")} == {True}


def test_a_bsn_that_is_mapped_to_another_field_is_masked_too(people: LegalEntity) -> None:
    found = bench_person.read(draft(people.company, "roster", Rule(PREFIX, "bsn")), "", "2")
    (row,) = found.rows
    assert (row.text, row.becomes) == ("••••••018", "••••••018")
    assert not [text for text in PLAIN if text in repr(found)]


def test_a_single_field_can_be_asked_for(mapping_set: MappingSet) -> None:
    assert list(rows(mapping_set, target=GENDER)) == [GENDER]
    assert bench_person.read(mapping_set, "", "2", target=GENDER).others == ()


@pytest.mark.parametrize("row", ["99", "0", "x", "", "9" * 30, "-1"])
def test_who_is_not_there_is_unknown(mapping_set: MappingSet, row: str) -> None:
    with pytest.raises(Unknown):
        bench_person.read(mapping_set, "", row)


def test_people_are_found_by_name_or_number(mapping_set: MappingSet) -> None:
    def names(search: str) -> list[str]:
        found = bench_person.choose(mapping_set, search=search)
        assert found is not None
        return [one.name for one in found.page_obj]

    assert len(names("")) == 3
    assert names("berg") == ["Anna Berg"]
    assert names("9002") == ["Bram van Dijk"]
    assert names("nobody") == []


# --- What Loket has now ---------------------------------------------------------------------------------------------------


@pytest.fixture
def in_loket(sample: Connection) -> MappingSet:
    """A draft for the sample roster, whose people are in the simulator's Loket."""
    assert sample.entity
    return draft(
        sample.entity.company,
        "roster",
        Rule(NUMBER, "employee_number"),
        Rule(LAST_NAME, "last_name"),
        Rule(FIRST_NAME, "last_name"),
        Rule(PREFIX, "last_name", write_mode=WriteMode.ONLY_IF_EMPTY),
        Rule(BSN, "bsn"),
        Rule("employment.startDate", "start_date"),
        Rule("employee.address.city", None, fallback="Utrecht"),
    )


def test_loket_is_asked_only_when_somebody_wants_it_and_nothing_is_written(
    in_loket: MappingSet, simulator: Simulator
) -> None:
    simulator.log.clear()
    found = bench_person.read(in_loket, "", "2")
    assert (found.present, simulator.log.all()) == (None, [])
    found = bench_person.read(in_loket, "", "2", asks_loket=True)
    assert found.present is not None
    assert found.present.is_there
    assert simulator.log.writes() == []
    assert not [call for call in simulator.log.all() if "citizenservicenumber" in call["path"]]


def test_what_loket_has_is_compared_with_what_the_mapping_makes(in_loket: MappingSet) -> None:
    found = {one.target: one for one in bench_person.read(in_loket, "", "2", asks_loket=True).rows}
    assert found[LAST_NAME].present == found[LAST_NAME].becomes
    assert found[LAST_NAME].compared is Compared.SAME
    assert found[FIRST_NAME].compared is Compared.DIFFERS
    assert found["employee.address.city"].compared is Compared.KEPT
    assert found["employment.startDate"].present
    assert (found[BSN].present, found[BSN].compared) == ("", Compared.UNKNOWN)


def test_without_a_sign_in_there_is_nothing_to_compare_with(in_loket: MappingSet, sample: Connection) -> None:
    entity = sample.entity
    sample.delete()
    LegalEntity.objects.filter(pk=entity.pk).update(loket_login=None)
    found = bench_person.read(in_loket, "", "2", asks_loket=True)
    assert found.present is not None
    assert not found.present.is_signed_in


def test_a_check_sign_in_reads_nobody(in_loket: MappingSet, sample: Connection) -> None:
    entity, login = sample.entity, sample.login
    sample.delete()
    LoketLogin.objects.filter(pk=login.pk).update(purpose=LoketLogin.Purpose.VERIFICATION)
    LegalEntity.objects.filter(pk=entity.pk).update(loket_login=login)
    found = bench_person.read(in_loket, "", "2", asks_loket=True)
    assert found.present is not None
    assert not found.present.is_signed_in  # rule 8: it is there for checks and lists


# --- Revealing ------------------------------------------------------------------------------------------------------------


def revealer() -> User:
    return supporter("view_mappingset", "change_mappingset", "reveal_values")


def test_revealing_keeps_who_which_and_why_and_no_value(mapping_set: MappingSet, people: LegalEntity) -> None:
    user = revealer()
    row, value = bench_person.reveal(mapping_set, user, "", "2", BSN, "Anna called about her payslip")
    assert value == "999900018"
    kept = AuditEvent.objects.filter(action="revealed").get()
    assert (kept.actor, kept.entity, kept.company) == (user, people, people.company)
    assert kept.detail == "bsn, 2: Anna called about her payslip"
    assert row.text == "••••••018"


def test_what_is_kept_as_a_fingerprint_cannot_be_revealed(mapping_set: MappingSet, people: LegalEntity) -> None:
    roster = rosters.current(people)
    assert roster is not None
    rosters.seal(roster, 2, "bsn", Sealed("abc", "••••••018"))
    _row, value = bench_person.reveal(mapping_set, revealer(), "", "2", BSN, "why")
    assert value is None


@pytest.mark.parametrize("permissions", [(), ("view_mappingset", "change_mappingset")])
def test_without_the_permission_nothing_is_revealed_or_kept(
    mapping_set: MappingSet, permissions: tuple[str, ...]
) -> None:
    with pytest.raises(NotAllowed):
        bench_person.reveal(mapping_set, supporter(*permissions), "", "2", BSN, "why")
    assert not AuditEvent.objects.filter(action="revealed").exists()


def test_the_permission_alone_is_not_enough_for_a_customer(mapping_set: MappingSet, administrator: User) -> None:
    administrator.user_permissions.add(Permission.objects.get(codename="reveal_values"))
    with pytest.raises(NotAllowed):
        bench_person.reveal(mapping_set, administrator, "", "2", BSN, "why")


def test_nothing_of_another_company_is_revealed(mapping_set: MappingSet) -> None:
    with pytest.raises(LegalEntity.DoesNotExist):
        bench_person.reveal(mapping_set, revealer(), str(EntityFactory().pk), "2", BSN, "why")
    with pytest.raises(Unknown):
        bench_person.reveal(mapping_set, revealer(), "", "2", "employee.photo", "why")
