"""The pages beside the workbench: publish, versions, going back, history, YAML; and the ways to the workbench."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from mapping import services
from mapping.bench import drafts, publishing
from mapping.bench.drafts import Start
from mapping.models import MappingSet
from mapping.rules import Rule
from tests.mapping.bench import Bench, of_personio

CITY, LAST_NAME = "employee.address.city", "employee.personalDetails.lastName"
GENDER = "employee.personalDetails.gender"


@pytest.fixture
def bench(client: Client, db: None) -> Bench:
    return of_personio(client)


def version(bench: Bench, source: str) -> MappingSet:
    """A published version that takes the city from this attribute."""
    draft = bench.draft or bench.begin()
    drafts.change(draft, None, CITY, Rule(CITY, source))
    current = services.published(bench.company, bench.source)
    return publishing.publish(draft, None, current.pk if current else None)


def post(bench: Bench, name: str, *places: int, **said: object) -> str:
    answer = bench.client.post(bench.address(name, *places), said, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def get(bench: Bench, name: str, *places: int, **query: object) -> str:
    answer = bench.client.get(bench.address(name, *places), query, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


# --- Publish --------------------------------------------------------------------------------------------------------------


def test_publishing_shows_what_changes_and_whom_it_touches(bench: Bench) -> None:
    version(bench, "last_name")
    draft = bench.begin(Start.PUBLISHED)
    drafts.change(draft, None, CITY, Rule(CITY, "first_name"))
    shown = get(bench, "publish")
    assert "Last name (last_name)" in shown
    assert "First name (first_name)" in shown
    assert f'hx-get="/support/mapping/{draft.pk}/touched/' in shown


def test_it_is_published_when_it_was_seen_and_ticked(bench: Bench) -> None:
    draft = bench.begin()
    drafts.change(draft, None, CITY, Rule(CITY, "last_name"))
    assert "tick that you have seen them" in post(bench, "publish")
    assert services.published(bench.company, "personio") is None
    assert "Version 1 is in force." in post(bench, "publish", sure="on")
    assert services.published(bench.company, "personio") == draft


def test_a_change_that_nobody_has_seen_is_not_published_along(bench: Bench) -> None:
    draft = bench.begin()
    drafts.change(draft, None, CITY, Rule(CITY, "first_name"))
    seen = re.search(r'name="seen" value="([0-9]+)"', bench.client.get(bench.address("publish")).content.decode())
    assert seen
    drafts.change(draft, None, CITY, Rule(CITY, "last_name"))
    answer = bench.client.post(bench.address("publish"), {"sure": "on", "seen": seen[1]}).content.decode()
    assert "Somebody has changed the draft since you looked at it." in answer
    assert services.published(bench.company, "personio") is None
    again = re.search(r'name="seen" value="([0-9]+)"', answer)
    assert again
    bench.client.post(bench.address("publish"), {"sure": "on", "seen": again[1]})
    assert services.published(bench.company, "personio") == draft


def test_what_stands_against_publishing_is_said_and_nothing_is_published(bench: Bench) -> None:
    bench.begin()
    assert "Nothing is mapped yet." in get(bench, "publish")
    assert "Nothing is mapped yet." in post(bench, "publish", sure="on")
    assert services.published(bench.company, "personio") is None


def test_a_version_that_came_meanwhile_is_said(bench: Bench) -> None:
    version(bench, "last_name")
    draft = bench.begin(Start.PUBLISHED)
    drafts.change(draft, None, CITY, Rule(CITY, "first_name"))
    assert "Somebody has published version 1 meanwhile" in post(bench, "publish", sure="on", against="")
    assert bench.draft == draft


@pytest.mark.parametrize("name", ["publish", "import", "discard"])
def test_without_a_draft_it_leads_to_the_workbench(bench: Bench, name: str) -> None:
    assert bench.client.get(bench.address(name))["Location"] == bench.address()


# --- Versions -------------------------------------------------------------------------------------------------------------


def test_versions_are_listed_and_two_of_them_compared(bench: Bench) -> None:
    version(bench, "last_name")
    version(bench, "first_name")
    shown = get(bench, "versions")
    assert "In force" in shown
    assert "Go back to 1" in shown
    compared = get(bench, "difference", before=1, after=2)
    assert "What version 2 does differently from version 1." in compared
    assert "Last name (last_name)" in compared


def test_the_draft_is_compared_with_what_is_in_force(bench: Bench) -> None:
    version(bench, "last_name")
    drafts.change(bench.begin(Start.PUBLISHED), None, CITY, None)
    shown = get(bench, "difference")
    assert "What version 2 does differently from version 1." in shown
    assert "Removed" in shown


@pytest.mark.parametrize("number", ["9", "zz", "99999999999999"])
def test_a_version_that_is_not_there_is_404(bench: Bench, number: str) -> None:
    version(bench, "last_name")
    assert bench.client.get(bench.address("difference"), {"before": number}).status_code == 404


def test_going_back_makes_a_new_version_of_the_old_rules(bench: Bench) -> None:
    version(bench, "last_name")
    version(bench, "first_name")
    assert "First name (first_name)" in get(bench, "roll_back", 1)
    assert "Version 1 is in force again, as version 3." in post(bench, "roll_back", 1)
    current = services.published(bench.company, "personio")
    assert current is not None
    assert (current.version, drafts.rules_of(current)[(CITY, None)].source) == (3, "last_name")


def test_going_back_is_refused_while_a_draft_is_open_unless_it_may_go(bench: Bench) -> None:
    version(bench, "last_name")
    version(bench, "first_name")
    bench.begin(Start.PUBLISHED)
    assert "There is a draft already" in post(bench, "roll_back", 1)
    assert bench.draft is not None
    assert "is in force again" in post(bench, "roll_back", 1, discard="1")
    assert bench.draft is None


def test_what_is_in_force_is_not_gone_back_to(bench: Bench) -> None:
    version(bench, "last_name")
    assert "is in force already" in post(bench, "roll_back", 1)


def test_the_history_says_who_changed_what_from_what_to_what(bench: Bench) -> None:
    bench.begin()
    bench.rule(CITY, save="1", source="last_name", converter="upper", write_mode="overwrite", empty="keep")
    bench.act("undo")
    shown = get(bench, "history")
    assert "Draft begun" in shown
    assert "HR attribute: – → Last name (last_name)" in shown
    assert "In capitals" in shown
    assert "was taken back" in shown
    assert "Tester" in shown


def test_the_history_shows_which_value_stands_for_something_else(bench: Bench) -> None:
    draft = bench.begin()
    for options in ({"m": "Man", "v": "Vrouw"}, {"m": "Man", "v": "Onbekend"}):
        drafts.change(draft, None, GENDER, Rule(GENDER, "gender", option_map=options))
    shown = get(bench, "history")
    assert "Values, v: Vrouw → Onbekend" in shown
    assert "Values: – → 2 mapped" in shown
    assert "Values, m" not in shown


# --- YAML -----------------------------------------------------------------------------------------------------------------


def test_what_is_exported_can_be_imported(bench: Bench) -> None:
    draft = bench.begin()
    drafts.change(draft, None, CITY, Rule(CITY, "last_name", converter="upper"))
    answer = bench.client.get(bench.address("export"))
    assert answer["Content-Disposition"].startswith("attachment;")
    text = answer.content.decode()
    drafts.change(draft, None, CITY, None)
    file = SimpleUploadedFile("mapping.yaml", text.encode())
    shown = post(bench, "import", file=file)
    assert "1 rule changed." in shown
    assert bench.stored(CITY).converter == "upper"


def test_what_is_no_yaml_is_refused_with_its_line(bench: Bench) -> None:
    bench.begin()
    shown = post(bench, "import", text="name: x\nrules: [\n")
    assert "not readable YAML, in line" in shown
    assert "name: x" in shown, "what was typed stays"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, "Choose a file, or paste its text."),
        ({"file": SimpleUploadedFile("x.yaml", b"\xff\xfe\x00")}, "This is not a text file."),
    ],
)
def test_a_form_without_a_document_says_so(bench: Bench, said: dict[str, object], why: str) -> None:
    bench.begin()
    assert why in post(bench, "import", **said)


def test_there_is_nothing_to_export_before_anything_was_begun(bench: Bench) -> None:
    assert bench.client.get(bench.address("export")).status_code == 404


# --- The ways there -------------------------------------------------------------------------------------------------------


def test_the_company_and_its_mapping_sets_lead_to_the_workbench(bench: Bench) -> None:
    draft = bench.begin()
    company = bench.client.get(reverse("admin:onboarding_company_change", args=[bench.company.pk])).content.decode()
    mapping = bench.client.get(reverse("admin:mapping_mappingset_change", args=[draft.pk])).content.decode()
    assert bench.address() in company
    assert bench.address() in mapping


def test_a_page_of_the_history_is_of_fifty(bench: Bench) -> None:
    draft = bench.begin()
    for number in range(30):
        drafts.change(draft, None, CITY, Rule(CITY, "last_name" if number % 2 else "first_name"))
        drafts.change(draft, None, LAST_NAME, Rule(LAST_NAME, "first_name" if number % 2 else "last_name"))
    assert get(bench, "history").count("<tr>") == 51
    assert "Draft begun" in get(bench, "history", page=2)
