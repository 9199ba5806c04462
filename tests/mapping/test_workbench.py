"""The page of the workbench: what it shows, to whom, and at what cost."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mapping.bench import drafts
from mapping.bench.drafts import Start
from mapping.catalogue import LOKET_FIELDS, SCOPE_FIELDS
from mapping.models import HRAttribute, Section
from mapping.rules import Rule
from onboarding.models import LegalEntity
from tests.factories import EntityFactory, UserFactory, member
from tests.mapping.bench import BACKEND, Bench, of_personio, sign_in

GENDER, CITY = "employee.personalDetails.gender", "employee.address.city"
LAST_NAME, NUMBER = "employee.personalDetails.lastName", "employee.employeeNumber"
FEWEST_TARGETS, MOST_BYTES = 100, 400_000


@pytest.fixture
def bench(client: Client, db: None) -> Bench:
    return of_personio(client)


def targets_in(shown: str) -> list[str]:
    return re.findall(r'<code title="([\w.]+)"', shown)


def row(shown: str, target: str) -> str:
    place = "t-" + target.replace(".", "-")
    return shown.partition(f'<tbody id="{place}"')[2].partition("</tbody>")[0]


def test_every_field_of_the_catalogue_has_a_row(bench: Bench) -> None:
    bench.begin()
    assert targets_in(bench.page()) == [*SCOPE_FIELDS, *LOKET_FIELDS]


def test_a_roster_says_by_its_columns_who_is_sent(bench: Bench) -> None:
    bench.source = "roster"
    bench.begin(Start.DEFAULT)
    shown = bench.page()
    assert targets_in(shown) == list(LOKET_FIELDS)
    assert "last_name" in row(shown, LAST_NAME)


def test_a_legal_entity_abroad_is_not_offered(bench: Bench) -> None:
    bench.source = "roster"
    bench.begin(Start.DEFAULT)
    EntityFactory(company=bench.company, name="Tulp Bar B.V.")
    EntityFactory(company=bench.company, name="Tulp Gastro GmbH", country="DE", enabled_at=None)
    shown = bench.page()
    assert "Tulp Bar B.V." in shown
    assert "Tulp Gastro GmbH" not in shown


def test_without_a_version_and_a_draft_it_offers_to_begin(bench: Bench) -> None:
    shown = bench.page()
    assert "Begin with the default mapping" in shown
    assert "Begin with nothing" in shown
    assert targets_in(shown) == []


def test_the_version_in_force_is_shown_and_not_changed(bench: Bench) -> None:
    drafts.change(bench.begin(), None, CITY, Rule(CITY, "dynamic_24413"))
    draft = bench.draft
    assert draft is not None
    draft.state = draft.State.PUBLISHED
    draft.published_at = timezone.now()
    draft.save()
    shown = bench.page(edit=CITY)
    assert "In force" in shown
    assert "Begin a draft to change it" in shown
    assert 'name="save"' not in shown


def test_a_row_says_the_attribute_its_key_and_the_state(bench: Bench) -> None:
    bench.begin(Start.DEFAULT)
    shown = row(bench.page(), LAST_NAME)
    for text in ("Last name", "last_name", "required", "Mapped", "Overwrite", "empty keeps", "changed"):
        assert text in shown


def test_a_required_field_without_an_attribute_is_marked(bench: Bench) -> None:
    bench.begin()
    assert "Required, missing" in row(bench.page(), NUMBER)
    assert "Not mapped" in row(bench.page(), CITY)


def test_an_attribute_that_is_gone_is_marked(bench: Bench) -> None:
    bench.begin(Start.DEFAULT)
    HRAttribute.objects.filter(key="last_name").update(gone_at=timezone.now())
    assert "Attribute gone" in row(bench.page(), LAST_NAME)


def test_options_without_a_counterpart_are_counted(bench: Bench) -> None:
    draft = bench.begin()
    made(bench, "dynamic_1", "Sex", "male", "female", "Onbekend")
    drafts.change(draft, None, GENDER, Rule(GENDER, "dynamic_1", option_map={"male": "Man"}))
    shown = row(bench.page(), GENDER)
    assert "2 of 3 values" in shown
    assert "Values missing" in shown


def test_options_that_the_converter_settles_count_as_mapped(bench: Bench) -> None:
    draft, nationality = bench.begin(), "employee.personalDetails.nationality"
    made(bench, "dynamic_1", "Nation", "Dutch", "German", "Elvish")
    drafts.change(draft, None, nationality, Rule(nationality, "dynamic_1", converter="nationality_name"))
    assert "2 of 3 values" in row(bench.page(), nationality)
    drafts.change(
        draft, None, nationality, Rule(nationality, "dynamic_1", "nationality_name", option_map={"elvish": "Belgische"})
    )
    assert "Values missing" not in row(bench.page(), nationality)


def test_the_picture_says_in_words_how_far_each_group_is(bench: Bench) -> None:
    bench.begin(Start.DEFAULT)
    shown = " ".join(bench.page().split())
    assert "Who is sent: 2 of 2 filled." in shown
    assert re.search(r"<strong> ?\d+ of \d+ fields filled\. ?</strong>", shown)


@pytest.mark.parametrize(
    ("query", "wanted", "unwanted"),
    [
        ({"show": "unmapped"}, CITY, LAST_NAME),
        ({"show": "required"}, NUMBER, CITY),
        ({"show": "open"}, NUMBER, LAST_NAME),
        ({"show": "changed"}, LAST_NAME, CITY),
        ({"show": "values"}, GENDER, LAST_NAME),
        ({"group": "address"}, CITY, LAST_NAME),
        ({"q": "plaats"}, CITY, LAST_NAME),
        ({"q": "last_name"}, LAST_NAME, CITY),
        ({"q": "achternaam", "show": "changed"}, LAST_NAME, NUMBER),
    ],
)
def test_a_filter_leaves_only_what_fits(bench: Bench, query: dict[str, str], wanted: str, unwanted: str) -> None:
    draft = bench.begin()
    made(bench, "dynamic_1", "Sex", "male")
    drafts.change(draft, None, LAST_NAME, Rule(LAST_NAME, "last_name"))
    drafts.change(draft, None, GENDER, Rule(GENDER, "dynamic_1"))
    found = targets_in(bench.page(**query))
    assert wanted in found
    assert unwanted not in found


def test_what_fits_nothing_says_so_and_shows_the_way_back(bench: Bench) -> None:
    bench.begin()
    assert "No field fits what you are looking for" in bench.page(q="zzzz")


def test_an_unknown_filter_counts_for_nothing(bench: Bench) -> None:
    bench.begin()
    assert len(targets_in(bench.page(show="zz", **{"for": "x"}))) > FEWEST_TARGETS


def test_the_rules_of_a_legal_entity_are_shown_in_place_of_the_company_s(bench: Bench) -> None:
    entity = bench.company.entities.get()
    draft = bench.begin()
    drafts.change(draft, None, LAST_NAME, Rule(LAST_NAME, "last_name"))
    drafts.change(draft, None, LAST_NAME, Rule(LAST_NAME, "first_name"), entity)
    assert "1 other rule" in row(bench.page(), LAST_NAME)
    shown = row(bench.page(**{"for": entity.pk}), LAST_NAME)
    assert "first_name" in shown
    assert "own rule" in shown


def test_a_field_left_out_for_a_legal_entity_says_so(bench: Bench) -> None:
    entity = bench.company.entities.get()
    draft = bench.begin()
    drafts.change(draft, None, CITY, Rule(CITY, None), entity)
    assert "Not filled here" in row(bench.page(**{"for": entity.pk}), CITY)


@pytest.mark.parametrize("place", ["company", "source", "entity"])
def test_what_is_not_there_is_404(bench: Bench, place: str) -> None:
    bench.begin()
    addresses = {
        "company": bench.address().replace(f"/{bench.company.pk}/", "/987654/"),
        "source": bench.address().replace("/personio/", "/sap/"),
        "entity": f"{bench.address()}?for={EntityFactory().pk}",
    }
    assert bench.client.get(bench.address()).status_code == 200
    assert bench.client.get(addresses[place]).status_code == 404


# --- Who ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["workbench", "publish", "versions", "difference", "history", "export", "import"])
def test_a_customer_never_gets_there(client: Client, entity: LegalEntity, name: str) -> None:
    bench = of_personio(client)
    bench.begin()
    client.force_login(member(bench.company.entities.get()), backend=BACKEND)
    answer = client.get(bench.address(name))
    assert answer.status_code == 302
    assert "login" in answer["Location"]


def test_staff_without_the_right_may_not_look(bench: Bench) -> None:
    bench.begin()
    sign_in(bench.client, is_superuser=False)
    assert bench.client.get(bench.address()).status_code == 403


def test_who_may_look_changes_nothing(bench: Bench) -> None:
    draft = bench.begin()
    looking = UserFactory(is_staff=True)
    looking.user_permissions.add(Permission.objects.get(codename="view_mappingset"))
    bench.client.force_login(looking, backend=BACKEND)
    shown = bench.page(edit=CITY)
    assert "You may look at mappings and not change them." in shown
    assert 'name="save"' not in shown
    assert "Publish…" not in shown
    for address in (bench.address("rule", CITY), bench.address("act", "discard"), bench.address("publish")):
        assert bench.client.post(address, {"source": "last_name"}).status_code == 403
    assert drafts.rules_of(draft) == {}
    assert bench.draft == draft


# --- What it costs --------------------------------------------------------------------------------------------------------


def made(bench: Bench, key: str, label: str, *options: str, source: str = "personio") -> HRAttribute:
    return HRAttribute.objects.create(
        company=bench.company,
        source=source,
        key=key,
        label=label,
        type="list" if options else "standard",
        options=list(options),
        first_seen_at=timezone.now(),
        seen_at=timezone.now(),
    )


def crowd(bench: Bench) -> None:
    """300 attributes, a rule for nearly every target, half of them with options."""
    section = Section.objects.create(company=bench.company, name="Crowd")
    for number in range(300):
        one = made(bench, f"dynamic_9{number:04d}", f"Attribute {number}", *(["a", "b"] if number % 2 else []))
        if number % 3 == 0:
            one.source, one.section, one.key = "portal", section, f"portal.{one.pk}"
            one.save()
    keys = HRAttribute.objects.filter(company=bench.company, label__startswith="Attribute").values_list(
        "key", flat=True
    )
    draft = bench.draft
    assert draft is not None
    wanted = [
        (target, Rule(target, key, option_map={"a": "Man"} if LOKET_FIELDS[target].options else {}), None)
        for target, key in zip(LOKET_FIELDS, keys, strict=False)
    ]
    drafts.change_many(draft, None, wanted)


def queries(bench: Bench, **query: str) -> int:
    with CaptureQueriesContext(connection) as found:
        bench.page(**query)
    return len(found)


@pytest.mark.parametrize("query", [{}, {"edit": GENDER}])
def test_the_number_of_queries_does_not_grow(bench: Bench, query: dict[str, str]) -> None:
    draft = bench.begin()
    drafts.change(draft, None, GENDER, Rule(GENDER, "gender", option_map={"x": "Man"}))
    bench.page()  # what is asked once for each process
    few = queries(bench, **query)
    crowd(bench)
    assert len(LOKET_FIELDS) > FEWEST_TARGETS
    assert queries(bench, **query) == few


def test_the_page_stays_under_400_kb(bench: Bench) -> None:
    bench.begin()
    crowd(bench)
    assert len(bench.client.get(bench.address()).content) < MOST_BYTES
    assert len(bench.client.get(bench.address(), {"edit": GENDER}).content) < MOST_BYTES
