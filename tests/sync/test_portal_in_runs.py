"""Values of the portal's own attributes beside what HR says, and in a preview that reads them (rules 23 and 31)."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import yaml
from django.utils import timezone

from loket_portal.simulator import Simulator
from mapping import services as mappings
from mapping.models import HRAttribute
from mapping.portal import values
from onboarding.models import Connection, LegalEntity, User
from sync.records import HRRecord
from sync.services import execution, results, rosters, runs
from sync.services.portal_values import who, with_portal
from sync.services.setup import DEFAULT_MAPPING
from sync.templatetags.sync_words import said
from tests.mapping.portal import attribute, section
from tests.sync.conftest import writes

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 1)


@pytest.fixture
def locker(entity: LegalEntity) -> HRAttribute:
    return attribute(section(entity.company))


def records(*keys: str) -> list[HRRecord]:
    return [HRRecord(key, row, {"last_name": "Berg"}) for row, key in enumerate(keys, start=2)]


def test_each_person_gets_what_holds_on_the_day(locker: HRAttribute, entity: LegalEntity) -> None:
    values.set_value(locker, entity, "1001", "7", None, None)
    values.set_value(locker, entity, "1001", "8", DAY, None)
    [before] = with_portal(entity, records("1001"), DAY - timedelta(days=1))
    [after] = with_portal(entity, records("1001"), DAY)
    assert (before.values[locker.key], after.values[locker.key]) == ("7", "8")
    assert after.values["last_name"] == "Berg"


def test_who_never_had_a_value_lacks_the_column_and_who_lost_it_has_it_empty(
    locker: HRAttribute, entity: LegalEntity
) -> None:
    values.set_value(locker, entity, "1001", "", None, None)
    emptied, never, nobody = with_portal(entity, records("1001", "1002", "row-4"), DAY)
    assert emptied.values[locker.key] is None
    assert locker.key not in never.values
    assert locker.key not in nobody.values


def test_who_has_the_number_of_somebody_of_before_lacks_the_column(locker: HRAttribute, entity: LegalEntity) -> None:
    former = HRRecord("1001", 2, {"last_name": "Berg", "birth_date": "1990-01-02"})
    later = HRRecord("1001", 2, {"last_name": "Dam", "birth_date": "1985-06-07"})
    values.set_value(locker, entity, "1001", "7", None, None, who(former))
    [theirs] = with_portal(entity, [former], DAY)
    [nothing] = with_portal(entity, [later], DAY)
    assert theirs.values[locker.key] == "7"
    assert locker.key not in nothing.values


def test_a_birth_date_that_nobody_can_read_tells_nobody_apart(locker: HRAttribute, entity: LegalEntity) -> None:
    unreadable = HRRecord("1001", 2, {"last_name": "Berg", "birth_date": "the second of May"})
    values.set_value(locker, entity, "1001", "7", None, None, values.Who("1990-01-02", "Berg"))
    [found] = with_portal(entity, [unreadable], DAY)
    assert found.values[locker.key] == "7"


def test_they_come_one_by_one_in_their_order(
    locker: HRAttribute, entity: LegalEntity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.services.portal_values.BATCH", 2)
    taken: list[str] = []

    def source() -> Iterator[HRRecord]:
        for record in records("1001", "1002", "1003", "1004", "1005"):
            taken.append(record.key)
            yield record

    found = with_portal(entity, source(), DAY)
    assert next(found).key == "1001"
    assert taken == ["1001", "1002"], "the others are still with their source"
    assert [record.key for record in found] == ["1002", "1003", "1004", "1005"]


def test_a_thousand_people_need_a_query_for_each_batch(
    locker: HRAttribute, entity: LegalEntity, django_assert_num_queries: Any
) -> None:
    values.set_value(locker, entity, "1001", "7", None, None)
    with django_assert_num_queries(3):
        assert len(list(with_portal(entity, records(*map(str, range(1000, 2000))), DAY))) == 1000


def test_a_company_without_attributes_of_its_own_asks_for_nobody(
    entity: LegalEntity, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        assert len(list(with_portal(entity, records("1001", "1002"), DAY))) == 2


# --- In a run -------------------------------------------------------------------------------------------------------------

HEADER = (
    "Personeelsnummer;Inkomstenverhouding;Status;Meenemen in NL payroll;Voornaam;Voorletters;Tussenvoegsel;Achternaam;"
    "Geboortedatum;BSN"
)
YOUSSEF = "1010;1;Actief;Ja;Youssef;Y.;el;Amrani;04-04-1993;999905144"
MOBILE = "employee.contactInformation.mobilePhoneNumber"


def reading_the_portal(locker: HRAttribute, **rule: Any) -> None:
    """The default mapping, its mobile number read from the portal."""
    data = yaml.safe_load(DEFAULT_MAPPING.read_text(encoding="utf-8"))
    for row in data["rules"]:
        if row["target"] == MOBILE:
            row |= {"source": locker.key, **rule}
    mappings.publish(locker.company, data)


def preview(connection: Connection, user: User) -> dict[str, tuple[str, str]]:
    """What a dry run would change: by field the old and the new text."""
    assert connection.entity
    run = runs.start(connection.entity, is_dry=True, user=user, ring=False)
    done = execution.execute(run.pk)
    assert done is not None
    [result] = done.results.all()
    return {change["field"]: (change["old"], change["new"]) for change in result.detail["changes"]}


def test_a_preview_sends_what_the_portal_says_and_writes_nothing(
    connected: Connection, administrator: User, simulator: Simulator, entity: LegalEntity, locker: HRAttribute
) -> None:
    rosters.upload(entity, administrator, "roster.csv", f"{HEADER}\n{YOUSSEF}\n".encode())
    reading_the_portal(locker)
    assert MOBILE not in preview(connected, administrator), "nobody said anything yet: Loket keeps its own"
    values.set_value(locker, entity, "1010", "0600000001", None, None)
    assert preview(connected, administrator)[MOBILE][1] == "0600000001"
    tomorrow = timezone.localdate() + timedelta(days=1)
    values.set_value(locker, entity, "1010", "0600000002", tomorrow, None)
    assert preview(connected, administrator)[MOBILE][1] == "0600000001", "tomorrow's value waits"
    assert writes(simulator) == []


def test_a_preview_sends_nothing_of_a_former_holder_of_the_number(
    connected: Connection, administrator: User, entity: LegalEntity, locker: HRAttribute
) -> None:
    rosters.upload(entity, administrator, "roster.csv", f"{HEADER}\n{YOUSSEF}\n".encode())
    reading_the_portal(locker)
    values.set_value(locker, entity, "1010", "0600000001", None, None, values.Who("1960-05-05", "Vos"))
    assert MOBILE not in preview(connected, administrator)
    values.set_value(locker, entity, "1010", "0600000001", None, None, values.Who("1993-04-04", "Amrani"))
    assert preview(connected, administrator)[MOBILE][1] == "0600000001"


def test_a_problem_with_a_value_of_the_portal_is_called_as_its_attribute(
    connected: Connection, administrator: User, entity: LegalEntity, locker: HRAttribute
) -> None:
    rosters.upload(entity, administrator, "roster.csv", f"{HEADER}\n{YOUSSEF}\n".encode())
    reading_the_portal(locker)
    values.set_value(locker, entity, "1010", "no phone", None, None)
    preview(connected, administrator)
    [row] = results.find(connected.runs.get()).rows
    assert [said(one).label for one in row.problems if one.field == locker.key] == ["Locker"]


@pytest.mark.parametrize("empty", ["keep", "clear"])
def test_an_emptied_value_follows_the_policy_of_its_rule(
    empty: str, connected: Connection, administrator: User, entity: LegalEntity, locker: HRAttribute
) -> None:
    rosters.upload(entity, administrator, "roster.csv", f"{HEADER}\n{YOUSSEF}\n".encode())
    reading_the_portal(locker, empty=empty)
    values.set_value(locker, entity, "1010", "", None, None)
    changes = preview(connected, administrator)
    assert (changes.get(MOBILE, ("", "-"))[1] == "") is (empty == "clear")
