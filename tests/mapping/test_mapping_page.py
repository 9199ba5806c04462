"""The mapping as members of the company see it: everything in force, what is asked, what is wrong; nobody edits (rule 28)."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mapping import attributes, definitions, rules, services
from mapping.bench import drafts, publishing, requests
from mapping.bench.overview import Overview, overview
from mapping.catalogue import LOKET_FIELDS, FieldType
from mapping.models import MappingSet
from mapping.rules import Empty, Rule, TooLong, WriteMode
from onboarding.models import Company, LegalEntity, PersonioAccount, Role, User, ValueList
from tests.factories import EntityFactory, LoginFactory, UserFactory, member
from tests.mapping.accounts import BSN, SIMULATED, defined, without

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
CITY, STREET, GENDER = "employee.address.city", "employee.address.street", "employee.personalDetails.gender"
BIRTHPLACE = "employee.personalDetails.placeOfBirth"
WHEN = datetime(2026, 3, 4, 5, 6, tzinfo=ZoneInfo("Europe/Amsterdam"))


@pytest.fixture
def company(entity: LegalEntity, administrator: User) -> Company:
    """With a Personio whose default mapping is in force, and a legal entity that reads it."""
    LegalEntity.objects.filter(pk=entity.pk).update(personio_id="170", name="Linde Horeca B.V.")
    PersonioAccount.objects.create(
        company=entity.company, client_id="papi-id", client_secret="papi-secret", connected_at=timezone.now()
    )
    definitions.take(entity.company, SIMULATED)
    services.publish(entity.company, definitions.renewal(entity.company).document, None, "personio")
    return entity.company


@pytest.fixture
def support(db: None) -> User:
    return UserFactory(is_staff=True)


def url(company: Company) -> str:
    return f"/companies/{company.pk}/mapping/"


def read(client: Client, company: Company, query: str = "") -> str:
    answer = client.get(url(company) + query)
    assert answer.status_code == 200
    page = " ".join(answer.content.decode().split())
    return page.replace("> ", ">").replace(" <", "<")


def publish(company: Company, *wanted: tuple[str, Rule | None, LegalEntity | None]) -> None:
    """Support changes these targets and publishes."""
    draft = drafts.begin(company, "personio", None)
    drafts.change_many(draft, None, wanted)
    publishing.publish(draft, None, draft.based_on_id)


def row(page: str, label: str) -> str:
    """The row of the table with this field."""
    return page.split(f'<th scope="row">{label}</th>', 1)[1].split("</tr>", 1)[0]


def found(user: User, company: Company, source: str = "") -> Overview:
    seen = overview(user, company.pk, source)
    assert seen is not None
    return seen


# --- Who sees it --------------------------------------------------------------------------------------------------------


def test_every_member_sees_it_and_nobody_can_change_it(client: Client, company: Company, entity: LegalEntity) -> None:
    client.force_login(member(entity, Role.Preset.PAYROLL_MANAGER), backend=BACKEND)
    page = read(client, company)
    assert "Attribute mapping" in page
    inside = page.split("<main", 1)[1].split("</main>", 1)[0]
    assert not any(tag in inside for tag in ("<form", "<input", "<select", "<button"))
    assert client.post(url(company), {"target": CITY, "source": "office"}).status_code == 405


def test_somebody_of_another_company_finds_nothing(client: Client, company: Company, support: User) -> None:
    for stranger in (member(EntityFactory()), support):
        client.force_login(stranger, backend=BACKEND)
        assert client.get(url(company)).status_code == 404


def test_pages_of_the_company_lead_to_it(signed_in: Client, company: Company) -> None:
    for page in ("/", f"/companies/{company.pk}/personio/"):
        assert f'href="{url(company)}"' in signed_in.get(page).content.decode()


# --- What is in force ---------------------------------------------------------------------------------------------------


def test_a_field_says_where_it_comes_from_and_that_it_goes_as_it_is(signed_in: Client, company: Company) -> None:
    told = row(read(signed_in, company), "City")
    assert "Plaats" in told
    assert "dynamic_24415" in told
    assert "Goes over as it is." in told
    assert "Loket keeps what it has" in told
    assert "In force" in told


def test_each_setting_of_a_rule_is_said_in_words(signed_in: Client, company: Company) -> None:
    rule = Rule(
        CITY,
        "dynamic_24415",
        converter="upper",
        fallback="Utrecht",
        write_mode=WriteMode.ONLY_IF_EMPTY,
        empty=Empty.CLEAR,
        too_long=TooLong.SHORTEN,
    )
    publish(company, (CITY, rule, None))
    told = row(read(signed_in, company), "City")
    for text in (
        "In capitals.",
        "Shortened where Loket has no room",
        "Only where Loket has nothing yet.",
        "New people without a value get “Utrecht”.",
        "Loket&#x27;s value is cleared",
    ):
        assert text in told


def test_values_are_shown_with_what_they_stand_for(signed_in: Client, company: Company) -> None:
    publish(
        company, (GENDER, Rule(GENDER, "dynamic_24409", option_map={"m": "Man", "male": "Man", "f": "Vrouw"}), None)
    )
    told = row(read(signed_in, company), "Gender")
    assert "3 values are translated" in told
    assert "m, male →<b>Man</b>" in told


def test_without_the_attributes_that_decide_it_a_person_is_not_sent(signed_in: Client, company: Company) -> None:
    assert "This person is not sent" in row(read(signed_in, company), "Status")


def test_what_counts_for_one_legal_entity_stands_below_the_companys_rule(
    signed_in: Client, company: Company, entity: LegalEntity
) -> None:
    entity.refresh_from_db()
    publish(company, (CITY, Rule(CITY, "office"), entity), (STREET, Rule(STREET, None), entity))
    page = read(signed_in, company)
    own = page.split('<span class="visually-hidden">City:</span>', 1)[1].split("</tr>", 1)[0]
    assert "only Linde Horeca B.V." in own
    assert ">office</code>" in own
    left_out = page.split('<span class="visually-hidden">Street:</span>', 1)[1].split("</tr>", 1)[0]
    assert "Not filled for this legal entity." in left_out


def test_what_nothing_fills_is_listed_apart(signed_in: Client, company: Company) -> None:
    page = read(signed_in, company)
    assert '<th scope="row">Place of birth' not in page
    assert "<li>Place of birth</li>" in page


def test_version_day_and_the_age_of_lokets_lists_are_said(
    signed_in: Client, company: Company, administrator: User
) -> None:
    login = LoginFactory(company=company)
    ValueList.objects.create(login=login, administration_id=login.employer_id, name="gender", loaded_at=WHEN)
    MappingSet.objects.filter(company=company).update(published_at=WHEN)
    page = read(signed_in, company)
    assert "Version 1, published by support on 4 March 2026." in page
    assert "value lists were read on 4 March 2026, 05:06." in page


def test_a_draft_is_announced_and_not_shown(signed_in: Client, company: Company) -> None:
    draft = drafts.begin(company, "personio", None)
    drafts.change(draft, None, CITY, Rule(CITY, "office"))
    page = read(signed_in, company)
    assert "support prepares the next version" in page
    assert ">office</code>" not in page


def test_before_anything_is_published_the_page_says_who_acts(signed_in: Client, entity: LegalEntity) -> None:
    page = read(signed_in, entity.company)
    assert "Support has not published a mapping yet" in page
    assert "<table" not in page


def test_a_company_with_two_sources_has_a_page_of_each(
    signed_in: Client, company: Company, administrator: User
) -> None:
    EntityFactory(company=company)
    document = rules.to_dict(rules.MappingSet("Roster", 1, (Rule(CITY, "city"),)))
    services.publish(company, document)
    page = read(signed_in, company, "?source=roster")
    assert 'href="?source=personio"' in page
    assert "Uploaded roster" in page
    assert ">city</code>" in row(page, "City")
    assert found(administrator, company, "nonsense").desk.source == "personio"


# --- What is asked and what is wrong ------------------------------------------------------------------------------------


def test_what_is_asked_stands_there_as_it_is_to_be_typed(signed_in: Client, company: Company, support: User) -> None:
    options = tuple(f"Optie {number}" for number in range(40))
    requests.ask(company, support, "employee.personalDetails.civilStatus", "Burgerlijke stand", "list", options)
    page = read(signed_in, company)
    assert "Make 1 attribute in Personio" in page
    assert ">Burgerlijke stand</span>" in page
    assert "Single selection" in page
    assert all(f"<li>{option}</li>" in page for option in options)
    assert "Not seen yet" in page


def test_one_that_was_made_with_another_type_says_so(signed_in: Client, company: Company, support: User) -> None:
    requests.ask(company, support, BIRTHPLACE, "Geboorteplaats", "standard")
    definitions.take(company, [*SIMULATED, defined("dynamic_90", "Geboorteplaats", "date")])
    page = read(signed_in, company)
    assert "Not right yet" in page
    assert "its type is “Date”" in page


def test_an_attribute_that_went_marks_its_field_and_leads_to_what_to_do(signed_in: Client, company: Company) -> None:
    definitions.take(company, without(BSN))
    page = read(signed_in, company)
    told = row(page, "BSN")
    assert "not readable now" in told
    assert "Stops the sync" in told
    place = told.split('href="#', 1)[1].split('"', 1)[0]
    assert f'id="{place}"' in page


def test_a_value_that_went_at_loket_is_there_too(signed_in: Client, company: Company) -> None:
    gone = [{"key": 2, "value": "Vrouw", "iso_code": None}]
    login = LoginFactory(company=company)
    options = [{"key": 1, "value": "Man", "iso_code": None}]
    ValueList.objects.create(
        login=login, administration_id=login.employer_id, name="gender", options=options, gone=gone, loaded_at=WHEN
    )
    attributes.note_vanished(company)
    page = read(signed_in, company)
    assert "Loket.nl no longer has the value “Vrouw”" in page
    assert "What to do" in row(page, "Gender")


def test_the_page_takes_as_many_queries_for_more_attributes(signed_in: Client, company: Company) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            read(signed_in, company)
        return len(queries)

    few = count()
    many = [defined(f"dynamic_9{number:03}", f"Attribute {number}") for number in range(200)]
    definitions.take(company, [*SIMULATED, *many])
    unfilled = [field.key for field in LOKET_FIELDS.values() if field.type is FieldType.TEXT and field.key != CITY]
    publish(company, *((target, Rule(target, f"dynamic_9{number:03}"), None) for number, target in enumerate(unfilled)))
    assert count() == few


def test_it_says_since_when_support_works_on_the_first_version(signed_in: Client, entity: LegalEntity) -> None:
    draft = drafts.begin(entity.company, "roster", None, drafts.Start.EMPTY)
    MappingSet.objects.filter(pk=draft.pk).update(created_at=WHEN - timedelta(days=1))
    assert "Support works on it since 3 March 2026." in read(signed_in, entity.company)
