"""The editor of one target: what it offers, alone for htmx and within the page without script."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from mapping.attributes import asked
from mapping.bench import drafts, requests
from mapping.bench.drafts import Start
from mapping.models import HRAttribute, MappingSet
from mapping.portal import attributes, sections
from mapping.rules import Decision, Rule
from onboarding.models import ValueList
from tests.factories import CompanyFactory
from tests.mapping.bench import Bench, of_personio

GENDER, CITY, STREET = "employee.personalDetails.gender", "employee.address.city", "employee.address.street"
NUMBER, BIRTH, STATUS = "employee.employeeNumber", "employee.personalDetails.dateOfBirth", "scope.status"
HOURS = "workingHours.deviatingHoursPerWeek"


@pytest.fixture
def bench(client: Client, db: None) -> Bench:
    made = of_personio(client)
    made.begin()
    return made


def attribute(bench: Bench, key: str, label: str, *options: str) -> HRAttribute:
    now, kind = timezone.now(), "list" if options else "standard"
    fields = {"label": label, "type": kind, "options": list(options), "first_seen_at": now, "seen_at": now}
    return HRAttribute.objects.create(company=bench.company, key=key, **fields)


def draft_of(bench: Bench) -> MappingSet:
    assert bench.draft is not None
    return bench.draft


def settings_in(shown: str) -> set[str]:
    form = shown.partition('name="save"')[2].partition("</form>")[0]
    return set(re.findall(r'<(?:select|input)[^>]* name="([a-z_]+)"', form))


def test_htmx_gets_the_target_only(bench: Bench) -> None:
    part, whole = bench.part(edit=CITY), bench.page(edit=CITY)
    assert part.strip().startswith('<tbody id="t-employee-address-city"')
    assert part.count("<tbody id=") == 1
    assert 'class="editor"' in part
    assert "<html" in whole
    assert whole.count('class="editor"') == 1


def test_closing_gives_the_row_without_the_editor(bench: Bench) -> None:
    part = bench.part(close=CITY)
    assert 'aria-expanded="false"' in part
    assert 'class="editor"' not in part


def test_a_page_brought_back_by_the_browser_is_whole(bench: Bench) -> None:
    headers = {"HTTP_HX_REQUEST": "true", "HTTP_HX_HISTORY_RESTORE_REQUEST": "true"}
    assert "<html" in bench.client.get(bench.address(), {"edit": CITY}, **headers).content.decode()


def test_an_unknown_target_is_404_for_htmx(bench: Bench) -> None:
    assert bench.client.get(bench.address(), {"edit": "zz"}, HTTP_HX_REQUEST="true").status_code == 404


def test_a_field_that_the_filters_leave_out_is_shown_when_it_is_to_be_edited(bench: Bench) -> None:
    assert 'class="editor"' in bench.page(edit=CITY, group="person")


def test_suggestions_say_why(bench: Bench) -> None:
    other = CompanyFactory()
    HRAttribute.objects.create(
        company=other, key="dynamic_7", label="Domicilie", first_seen_at=timezone.now(), seen_at=timezone.now()
    )
    theirs = drafts.begin(other, "personio", None, Start.EMPTY)
    drafts.change(theirs, None, CITY, Rule(CITY, "dynamic_7"))
    MappingSet.objects.filter(pk=theirs.pk).update(state="published")
    for key, label in (("dynamic_1", "Stad"), ("dynamic_2", "Domicilie"), ("dynamic_3", "Woonplaat")):
        attribute(bench, key, label)
    shown = " ".join(bench.part(edit=CITY).split())
    assert re.search(r'value="dynamic_1"> <span translate="no">Stad</span> <small>synonym</small>', shown)
    assert re.search(
        r'value="dynamic_2"> <span translate="no">Domicilie</span> <small>chosen once before</small>', shown
    )
    assert re.search(r'value="dynamic_3"> <span translate="no">Woonplaat</span> <small>similar 0\.9\d</small>', shown)


def test_the_attribute_that_fills_it_already_is_not_suggested(bench: Bench) -> None:
    drafts.change(draft_of(bench), None, GENDER, Rule(GENDER, "gender"))
    assert 'name="take" value="gender"' not in bench.part(edit=GENDER)


def test_attributes_are_grouped_by_where_they_are_from(bench: Bench) -> None:
    attributes.make(sections.loket(bench.company), None, "Own", "text")
    shown = bench.part(edit=CITY)
    assert '<optgroup label="Personio">' in shown
    assert '<optgroup label="Portal, Loket">' in shown


@pytest.mark.parametrize(
    ("target", "asked_for"),
    [
        (CITY, {"source", "converter", "too_long", "write_mode", "empty", "fallback"}),
        (BIRTH, {"source", "converter", "write_mode", "empty", "fallback"}),
        (HOURS, {"source", "converter", "argument", "write_mode", "empty", "fallback"}),
        (STATUS, {"source"}),
    ],
)
def test_only_what_a_target_can_have_is_asked(bench: Bench, target: str, asked_for: set[str]) -> None:
    assert settings_in(bench.part(edit=target)) == asked_for


def test_converters_are_offered_with_an_example(bench: Bench) -> None:
    shown = bench.part(edit=STREET)
    assert "Street out of an address" in shown
    assert "Kerkstraat 12 bis-A" in shown


def test_each_value_of_the_attribute_has_loket_s_options(bench: Bench) -> None:
    attribute(bench, "dynamic_1", "Sex", "male", "Vrouw", "mann")
    drafts.change(draft_of(bench), None, GENDER, Rule(GENDER, "dynamic_1", option_map={"male": "Man"}))
    shown = " ".join(bench.part(edit=GENDER).split())
    assert re.search(r'name="value-\d" value="male"', shown)
    assert '<option value="Man" selected translate="no">' in shown
    assert "Vrouw (the same)" in shown
    assert "similar: Man" in shown
    assert shown.index('value="mann"') < shown.index('value="male"'), "what is left to do comes first"


def test_a_long_list_is_written_once_and_not_beside_every_value(bench: Bench) -> None:
    options = [{"key": number, "value": f"Option {number}", "iso_code": None} for number in range(200)]
    ValueList.objects.filter(name="gender").update(options=options)
    attribute(bench, "dynamic_1", "Sex", *(f"sex {number}" for number in range(100)))
    drafts.change(draft_of(bench), None, GENDER, Rule(GENDER, "dynamic_1"))
    shown = bench.part(edit=GENDER)
    assert shown.count('<option value="Option 7"') == 1
    assert shown.count('list="t-employee-personalDetails-gender-options"') > 100


def test_without_loket_s_list_it_says_where_it_comes_from(bench: Bench) -> None:
    ValueList.objects.all().delete()
    shown = bench.part(edit=GENDER)
    assert "It comes with the first sign-in at Loket" in shown
    assert "Duplicate:" not in shown


def test_values_and_people_are_fragments_of_the_draft(bench: Bench) -> None:
    entity = bench.company.entities.get()
    drafts.change(draft_of(bench), None, GENDER, Rule(GENDER, "gender"))
    shown, pk = bench.part(edit=GENDER, **{"for": entity.pk}), draft_of(bench).pk
    assert f'hx-get="/support/mapping/{pk}/values/{GENDER}/?entity={entity.pk}"' in shown
    assert f'hx-get="/support/mapping/{pk}/people/?entity={entity.pk}"' in shown


def test_what_still_uses_the_former_attribute_is_said(bench: Bench) -> None:
    draft = draft_of(bench)
    drafts.change(draft, None, STREET, Rule(STREET, "gender"))
    drafts.change(draft, None, CITY, Rule(CITY, "dynamic_24409", decision=Decision.CONNECT, former_source="gender"))
    shown = bench.part(edit=CITY)
    assert "the id was <code>gender</code> and is now <code>dynamic_24409</code>" in shown
    assert "Street reads it too." in shown


def test_an_open_request_is_shown_with_the_way_to_withdraw_it(bench: Bench) -> None:
    requests.ask(bench.company, None, NUMBER, "Loket nummer", "standard")
    assert [one.request.label for one in asked(bench.company)] == ["Loket nummer"]
    shown = bench.part(edit=NUMBER)
    assert "Loket nummer" in shown
    assert 'name="withdraw"' in shown
