"""Support's pages about real people and their mapping: fragments and whole pages, for support alone."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from loket_portal.simulator import Simulator
from mapping.models import MappingSet, Preview
from mapping.rules import Rule
from onboarding.models import AuditEvent, Connection, LegalEntity, User
from sync.models import BenchReading
from tests.factories import EntityFactory, UserFactory
from tests.pseudo import language, reading
from tests.sync.bench import (
    BSN,
    FIRST_NAME,
    GENDER,
    INCOME,
    LAST_NAME,
    NUMBER,
    draft,
    list_of,
    signed_in,
    supporter,
    with_people,
)

HEADER = "Employee number;Income number;Status;Consider in NL payroll;Last name;First name;Gender;BSN\n"
ROWS = "9001;1;Active;Yes;Berg;Anna;V;999900018\n9002;1;Active;Yes;Dijk;Bram;X;\n"
FRAGMENT = {"HX-Request": "true"}
GETS = ["bench_values", "bench_choose", "bench_person", "bench_everyone", "bench_touched", "bench_read"]
POSTS = ["bench_everyone", "bench_read", "bench_reveal"]
LOOKS, CHANGES, REVEALS = "view_mappingset", "change_mappingset", "reveal_values"


@pytest.fixture
def people(entity: LegalEntity, administrator: User) -> LegalEntity:
    return with_people(entity, administrator, HEADER + ROWS)


@pytest.fixture
def mapping_set(people: LegalEntity) -> MappingSet:
    return draft(
        people.company,
        "roster",
        Rule(NUMBER, "employee_number"),
        Rule(INCOME, "income_number"),
        Rule(LAST_NAME, "last_name"),
        Rule(FIRST_NAME, "first_name"),
        Rule(GENDER, "gender", option_map={"v": "Vrouw", "q": "Man"}),
        Rule(BSN, "bsn"),
    )


@pytest.fixture
def support(db: None) -> Client:
    return signed_in(supporter(LOOKS, CHANGES, REVEALS))


def address(name: str, mapping_set: MappingSet, **query: object) -> str:
    places = {"pk": mapping_set.pk} | ({"target": GENDER} if name == "bench_values" else {})
    return reverse(name, kwargs=places, query=query or None)


def text(client: Client, url: str, **headers: str) -> str:
    answer = client.get(url, headers=headers)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


# --- Who may --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", GETS)
def test_a_customer_finds_nothing_there_and_nobody_is_asked_to_sign_in(
    name: str, mapping_set: MappingSet, signed_in_customer: Client
) -> None:
    url = address(name, mapping_set, person=2)
    assert signed_in_customer.get(url).status_code == 404
    assert Client().get(url).status_code == 302
    assert signed_in(UserFactory(is_staff=True)).get(url).status_code == 403
    assert signed_in(supporter(LOOKS)).get(url).status_code == 200


@pytest.fixture
def signed_in_customer(administrator: User) -> Client:
    return signed_in(administrator)


@pytest.mark.parametrize("name", POSTS)
def test_who_may_only_look_changes_nothing(name: str, mapping_set: MappingSet, signed_in_customer: Client) -> None:
    url = address(name, mapping_set)
    data = {"person": "2", "target": BSN, "reason": "a reason"}
    assert signed_in(supporter(LOOKS, REVEALS)).post(url, data).status_code == 403
    assert signed_in_customer.post(url, data).status_code == 404
    assert Client().post(url, data).status_code == 302
    assert not Preview.objects.exists()
    assert not AuditEvent.objects.filter(action="revealed").exists()


@pytest.mark.parametrize("name", GETS)
def test_the_entity_of_another_company_is_not_found(name: str, mapping_set: MappingSet, support: Client) -> None:
    other = EntityFactory()
    assert support.get(address(name, mapping_set, entity=other.pk, person=2)).status_code == 404
    assert support.get(address(name, mapping_set, entity="x", person=2)).status_code == 404


@pytest.mark.parametrize("name", GETS)
@pytest.mark.parametrize("headers", [{}, FRAGMENT], ids=["page", "fragment"])
def test_it_is_a_fragment_for_htmx_and_a_page_of_the_admin_for_all_others(
    name: str, headers: dict[str, str], mapping_set: MappingSet, support: Client
) -> None:
    answer = support.get(address(name, mapping_set, person=2), headers=headers)
    page = answer.content.decode()
    assert ("<html" in page) == (not headers)
    assert f'id="{ {"bench_person": "bench-choose"}.get(name, name.replace("_", "-")) }"' in page
    assert "no-store" in answer["Cache-Control"]
    assert "HX-Request" in answer["Vary"]
    assert not re.search(r"<script(?! src)|<style| style=| on[a-z]+=", page.split("<main")[-1])


# --- What they say --------------------------------------------------------------------------------------------------------


def test_values_come_with_fields_for_the_form_around_them(mapping_set: MappingSet, support: Client) -> None:
    page = text(support, address("bench_values", mapping_set), **FRAGMENT)
    pairs = dict(re.findall(r'name="value-(\d+)" value="(\w+)"', page))
    assert sorted(pairs.values()) == ["V", "X", "q"]
    assert {f'<select name="option-{number}"' in page for number in pairs} == {True}
    assert '<option value="Vrouw" translate="no" selected>' in page
    assert "<form" not in page, "a form in a form is no form"


def test_a_long_list_is_typed_so_that_the_page_stays_light(
    mapping_set: MappingSet, support: Client, people: LegalEntity
) -> None:
    list_of(people, options=[{"key": n, "value": f"Gender {n}", "iso_code": None} for n in range(200)])
    page = text(support, address("bench_values", mapping_set), **FRAGMENT)
    assert page.count("<option") == 200
    assert page.count('list="bench-options"') == 3


def test_everybody_can_be_seen_and_the_preview_noted(mapping_set: MappingSet, support: Client) -> None:
    url = address("bench_everyone", mapping_set)
    page = text(support, url)
    assert "1 of 2 people pass." in page
    assert "does not match a value in Loket yet." in page
    assert support.post(url).status_code == 302
    assert Preview.objects.get().people == 2
    assert "This preview was seen on" in text(support, url, **FRAGMENT)


def test_the_people_of_a_problem_are_a_link_away(mapping_set: MappingSet, support: Client) -> None:
    page = text(support, address("bench_everyone", mapping_set), **FRAGMENT)
    (link,) = re.findall(r'href="([^"]*show=unmapped_option[^"]*)"', page)
    assert "Bram Dijk" in text(support, link.replace("&amp;", "&"))


def test_who_may_only_look_is_offered_no_button(mapping_set: MappingSet) -> None:
    client = signed_in(supporter(LOOKS))
    for name in ("bench_everyone", "bench_person"):
        assert 'method="post"' not in text(client, address(name, mapping_set, person=2), **FRAGMENT)


def test_a_person_shows_no_bsn(mapping_set: MappingSet, support: Client) -> None:
    page = text(support, address("bench_person", mapping_set, person=2))
    assert "••••••018" in page
    assert "999900018" not in page
    assert "Anna Berg" in page


def test_a_person_who_is_gone_is_a_sentence(mapping_set: MappingSet, support: Client) -> None:
    assert "is not there any more" in text(support, address("bench_person", mapping_set, person=99))


def test_a_hidden_value_is_shown_with_a_reason_and_kept_by_nobody(mapping_set: MappingSet, support: Client) -> None:
    url, data = address("bench_reveal", mapping_set), {"person": "2", "target": BSN, "reason": "Asked by phone"}
    answer = support.post(url, data, headers=FRAGMENT)
    assert "999900018" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert AuditEvent.objects.get(action="revealed").detail == "bsn, 2: Asked by phone"


@pytest.mark.parametrize("reason", ["", "   ", "for 999900018", "NL91ABNA0417164300", "x" * 201])
def test_without_a_reason_that_can_be_kept_nothing_is_shown(
    reason: str, mapping_set: MappingSet, support: Client
) -> None:
    data = {"person": "2", "target": BSN, "reason": reason}
    page = support.post(address("bench_reveal", mapping_set), data).content.decode()
    assert "999900018" not in page.replace(f'value="{reason}"', "")
    assert 'role="alert"' in page
    assert not AuditEvent.objects.filter(action="revealed").exists()


def test_who_lacks_the_permission_is_refused(mapping_set: MappingSet) -> None:
    data = {"person": "2", "target": BSN, "reason": "Asked by phone"}
    answer = signed_in(supporter(LOOKS, CHANGES)).post(address("bench_reveal", mapping_set), data)
    assert answer.status_code == 403


def test_what_publishing_touches_is_said_as_a_number(mapping_set: MappingSet, support: Client) -> None:
    page = text(support, address("bench_touched", mapping_set), **FRAGMENT)
    assert "For 2 people the next sync would send something else." in page
    assert "Anna" not in page


def test_a_roster_is_not_read_from_personio(mapping_set: MappingSet, support: Client) -> None:
    page = text(support, address("bench_read", mapping_set), **FRAGMENT)
    assert "takes its people from Personio" in page
    assert support.post(address("bench_read", mapping_set)).status_code == 302
    assert not BenchReading.objects.exists()


def test_a_target_that_nobody_knows_is_not_found(mapping_set: MappingSet, support: Client) -> None:
    url = reverse("bench_values", kwargs={"pk": mapping_set.pk, "target": "employee.nonsense"})
    assert support.get(url).status_code == 404


# --- In every language ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "query"),
    [
        *[(name, {"person": 2}) for name in GETS],
        ("bench_values", {"source": "last_name"}),
        ("bench_values", {"source": "column:nickname"}),
        ("bench_values", {"source": "bsn"}),
        ("bench_choose", {"q": "nobody"}),
        ("bench_person", {"person": 3}),
        ("bench_person", {"person": 2, "target": GENDER}),
        ("bench_person", {"person": 99}),
        ("bench_person", {"person": 2, "loket": 1}),
        ("bench_everyone", {"show": "passes"}),
        ("bench_everyone", {"show": f"unmapped_option:{GENDER}"}),
    ],
)
def test_a_fragment_is_translated(
    name: str, query: dict[str, object], mapping_set: MappingSet, support: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    LegalEntity.objects.update(name="Zzentity")
    language.speak(monkeypatch, is_lenient=True)
    page = support.get(address(name, mapping_set, **query), headers=FRAGMENT).content.decode()
    assert "⟦" in page
    assert not reading.of_page(page)


def test_fragments_about_what_is_missing_are_translated(
    entity: LegalEntity, support: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = draft(entity.company, "roster", Rule(GENDER, "gender"), Rule(FIRST_NAME, "column:nickname"))
    LegalEntity.objects.update(name="Zzentity")
    nobody = draft(EntityFactory(name="Zzother").company, "personio", Rule(LAST_NAME, "last_name"))
    language.speak(monkeypatch, is_lenient=True)
    for mapping_set in (empty, nobody):
        for name in GETS:
            page = support.get(address(name, mapping_set, person=2), headers=FRAGMENT).content.decode()
            assert not reading.of_page(page), name
    for reason in ("", "Asked by phone"):
        data = {"person": "2", "target": BSN, "reason": reason}
        page = support.post(address("bench_reveal", empty), data, headers=FRAGMENT).content.decode()
        assert not reading.of_page(page)


# --- With the simulator ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_reading_is_asked_for_polled_and_its_fault_told(linde: Connection, support: Client) -> None:
    assert linde.entity
    mapping_set = draft(linde.entity.company, "personio", Rule(LAST_NAME, "last_name"))
    url = address("bench_read", mapping_set, entity=linde.entity.pk)
    assert "hx-trigger" not in text(support, url, **FRAGMENT)
    assert "were not read from Personio yet" in text(support, address("bench_everyone", mapping_set))
    polling = support.post(url, headers=FRAGMENT).content.decode()
    assert 'hx-trigger="every 2s"' in polling
    BenchReading.objects.update(state="failed", message="Personio did not answer.")
    page = text(support, url, **FRAGMENT)
    assert "Personio did not answer." in page
    assert "hx-trigger" not in page


@pytest.mark.django_db(transaction=True)
def test_a_loket_that_is_away_is_a_sentence_and_the_rest_is_shown(
    sample: Connection, support: Client, simulator: Simulator
) -> None:
    assert sample.entity
    mapping_set = draft(sample.entity.company, "roster", Rule(LAST_NAME, "last_name"))
    simulator.faults.plan(action="drop_before", times=1000)
    page = text(support, address("bench_person", mapping_set, person=2, loket=1))
    assert "What Loket has can't be shown now" in page
    assert "Last name" in page
