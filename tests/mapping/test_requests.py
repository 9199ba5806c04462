"""Attributes that the customer is asked to make in Personio: asked, seen as asked or not, read by the draft (rule 23)."""

import pytest
from django.utils import timezone

from mapping import attributes, definitions, rules, services
from mapping.bench import drafts, publishing, requests
from mapping.bench.refusals import NotPossible, Refusal
from mapping.models import AttributeRequest, MappingChange, MappingSet
from onboarding.models import Company, Issue, LegalEntity, PersonioAccount, User
from onboarding.services import access, issues
from onboarding.wording import issues as wording
from tests.factories import UserFactory
from tests.mapping.accounts import GENDER, SIMULATED, defined, without

STATUS = "employee.personalDetails.civilStatus"
BIRTHPLACE = "employee.personalDetails.placeOfBirth"
CITY = "employee.address.city"
MADE = defined("dynamic_900", "Geboorteplaats")


@pytest.fixture
def company(entity: LegalEntity, administrator: User) -> Company:
    """With a Personio that was read, as the simulator defines it."""
    PersonioAccount.objects.create(
        company=entity.company,
        client_id="papi-id",
        client_secret="papi-secret",
        connected_at=timezone.now(),
        connected_by=administrator,
    )
    definitions.take(entity.company, SIMULATED)
    return entity.company


@pytest.fixture
def support(db: None) -> User:
    return UserFactory(is_staff=True)


@pytest.fixture
def draft(company: Company, support: User) -> MappingSet:
    return drafts.begin(company, "personio", support, drafts.Start.EMPTY)


def ask(company: Company, user: User | None, target: str = BIRTHPLACE) -> AttributeRequest:
    return requests.ask(company, user, target, " Geboorteplaats ", "standard")


def ask_list(company: Company, user: User | None) -> AttributeRequest:
    return requests.ask(company, user, STATUS, "Burgerlijke stand", "list", ("Gehuwd", "Ongehuwd", "gehuwd"))


def the_issue(company: Company) -> Issue:
    (issue,) = issues.open_of(company).filter(kind="attribute_requested")
    return issue


def said(company: Company) -> str:
    return str(wording.words(the_issue(company)).text)


# --- Asking -------------------------------------------------------------------------------------------------------------


def test_what_is_asked_is_an_issue_of_the_company_with_name_type_and_the_way_in_personio(
    company: Company, support: User
) -> None:
    ask(company, support)
    issue = the_issue(company)
    told = wording.words(issue)
    assert "“Geboorteplaats” of the type “Single line text”" in str(told.text)
    assert "Place of birth" in str(told.text)
    assert "Settings › People › Employee information" in str(told.fix)
    assert "Readable employee attributes" in str(told.fix)
    assert not issue.is_blocking


def test_a_list_is_asked_with_each_option_once_and_in_its_order(company: Company, support: User) -> None:
    assert ask_list(company, support).options == ["Gehuwd", "Ongehuwd"]


def test_asking_again_for_a_target_takes_the_first_request_back(company: Company, support: User) -> None:
    first = ask(company, support)
    second = requests.ask(company, support, BIRTHPLACE, "Plaats van geboorte", "standard")
    first.refresh_from_db()
    assert first.withdrawn_at is not None
    assert list(attributes.open_requests(company)) == [second]
    assert the_issue(company).params["label"] == "Plaats van geboorte"


def test_taken_back_the_company_is_no_longer_asked(company: Company, support: User) -> None:
    request = ask(company, support)
    assert requests.withdraw(request, support)
    assert not attributes.open_requests(company).exists()
    assert not issues.open_of(company).exists()
    assert not requests.withdraw(request, support), "it was taken back already"


def test_only_support_asks_and_takes_back(company: Company, administrator: User, support: User) -> None:
    with pytest.raises(access.NotAllowed):
        ask(company, administrator)
    request = ask(company, support)
    with pytest.raises(access.NotAllowed):
        requests.withdraw(request, administrator)
    assert list(attributes.open_requests(company)) == [request]


@pytest.mark.parametrize(
    ("target", "label", "kind", "options", "code"),
    [
        ("employee.shoeSize", "Schoenmaat", "standard", (), Refusal.TARGET_UNKNOWN),
        (BIRTHPLACE, " \n", "standard", (), Refusal.REQUEST_NAME),
        (BIRTHPLACE, "x" * 201, "standard", (), Refusal.REQUEST_NAME),
        (BIRTHPLACE, "Geboorteplaats", "colour", (), Refusal.REQUEST_TYPE),
        (STATUS, "Burgerlijke stand", "list", (" ",), Refusal.REQUEST_OPTIONS),
    ],
)
def test_what_cannot_be_made_in_personio_is_not_asked(
    company: Company, support: User, target: str, label: str, kind: str, options: tuple[str, ...], code: Refusal
) -> None:
    with pytest.raises(NotPossible) as caught:
        requests.ask(company, support, target, label, kind, options)
    assert caught.value.code == code
    assert not AttributeRequest.objects.exists()


def test_a_company_without_personio_is_asked_nothing(entity: LegalEntity, support: User) -> None:
    with pytest.raises(NotPossible) as caught:
        ask(entity.company, support)
    assert caught.value.code == Refusal.NO_PERSONIO


@pytest.mark.parametrize(
    ("target", "kind"),
    [(BIRTHPLACE, "standard"), (STATUS, "list"), ("employee.employeeNumber", "standard"), ("bsn", "standard")],
)
def test_numbers_are_asked_as_text_for_a_number_loses_its_zeros(target: str, kind: str) -> None:
    assert requests.type_for(target) == kind


# --- Seen in Personio ---------------------------------------------------------------------------------------------------


def test_an_attribute_of_that_name_and_type_ends_the_request_and_its_issue(company: Company, support: User) -> None:
    request = ask(company, support)
    definitions.take(company, [*SIMULATED, MADE])
    request.refresh_from_db()
    assert request.done_at is not None
    assert request.found is not None
    assert request.found.key == MADE.key
    assert not issues.open_of(company).filter(kind="attribute_requested").exists()


def test_capitals_blanks_and_marks_make_no_other_name(company: Company, support: User) -> None:
    request = ask(company, support)
    definitions.take(company, [*SIMULATED, defined("dynamic_900", "GEBOORTE-PLAATS ".replace("-", ""))])
    request.refresh_from_db()
    assert request.done_at is not None


def test_what_is_there_already_is_not_asked_for(company: Company, support: User) -> None:
    definitions.take(company, [*SIMULATED, MADE])
    assert ask(company, support).done_at is not None
    assert not issues.open_of(company).filter(kind="attribute_requested").exists()


@pytest.mark.parametrize(
    ("seen", "text"),
    [
        (defined("d", "Burgerlijke stand"), "its type is “Single line text”"),
        (defined("d", "Burgerlijke stand", "tags"), "its type is “tags”"),
        (defined("d", "Burgerlijke stand", "list", "Gehuwd"), "these options are not there: Ongehuwd"),
        (defined("d", "Burgerlijke stand", "list", "Gehuwd", "Ongehuwd", "Lat"), "options nobody asked for: Lat"),
        (defined("d", "Burgerlijke stand", "list", "Gehuwd", "Lat"), "its options differ"),
    ],
)
def test_one_of_that_name_that_differs_stays_asked_and_is_told(
    company: Company, support: User, seen: definitions.Definition, text: str
) -> None:
    request = ask_list(company, support)
    definitions.take(company, [*SIMULATED, seen])
    request.refresh_from_db()
    assert request.done_at is None
    assert text in said(company)


def test_the_order_of_options_does_not_count(company: Company, support: User) -> None:
    request = ask_list(company, support)
    definitions.take(company, [*SIMULATED, defined("d", "Burgerlijke stand", "list", "ongehuwd", "Gehuwd")])
    request.refresh_from_db()
    assert request.done_at is not None


def test_two_of_that_name_and_type_are_for_a_person_to_tell_apart(company: Company, support: User) -> None:
    request = ask(company, support)
    definitions.take(company, [*SIMULATED, MADE, defined("dynamic_901", "Geboorteplaats")])
    request.refresh_from_db()
    assert request.done_at is None
    assert "more than one" in said(company)


def test_beside_one_of_another_type_the_right_one_is_found(company: Company, support: User) -> None:
    request = ask(company, support)
    definitions.take(company, [*SIMULATED, defined("dynamic_899", "Geboorteplaats", "list", "Utrecht"), MADE])
    request.refresh_from_db()
    assert request.found is not None
    assert request.found.key == MADE.key


def test_one_that_can_no_longer_be_read_is_not_seen(company: Company, support: User) -> None:
    definitions.take(company, [*SIMULATED, MADE])
    definitions.take(company, SIMULATED)
    assert ask(company, support).done_at is None


def test_another_companys_attribute_ends_nothing(company: Company, support: User) -> None:
    request = ask(company, support)
    definitions.take(Company.objects.create(name="Another"), [MADE])
    request.refresh_from_db()
    assert request.done_at is None


# --- Read by the draft --------------------------------------------------------------------------------------------------


def rule(draft: MappingSet, target: str = BIRTHPLACE) -> rules.Rule | None:
    return drafts.rules_of(draft).get((target, None))


def test_the_open_draft_reads_it_as_soon_as_it_is_seen(company: Company, support: User, draft: MappingSet) -> None:
    ask(company, support)
    definitions.take(company, [*SIMULATED, MADE])
    assert rule(draft) == rules.Rule(BIRTHPLACE, MADE.key, decision=rules.Decision.CREATE)
    change = MappingChange.objects.get(mapping_set=draft, target=BIRTHPLACE)
    assert (change.by, change.before) == (None, None)
    assert change.after is not None
    assert change.after["source"] == MADE.key


def test_what_was_said_of_the_target_stays_and_the_former_attribute_is_kept(
    company: Company, support: User, draft: MappingSet
) -> None:
    former = rules.Rule(BIRTHPLACE, "office", write_mode=rules.WriteMode.ONLY_IF_EMPTY)
    drafts.change(draft, support, BIRTHPLACE, former)
    ask(company, support)
    definitions.take(company, [*SIMULATED, MADE])
    found = rule(draft)
    assert found is not None
    assert (found.source, found.former_source) == (MADE.key, "office")
    assert found.write_mode is rules.WriteMode.ONLY_IF_EMPTY


def test_a_draft_begun_anew_after_asking_is_no_choice_of_another_attribute(
    company: Company, support: User, draft: MappingSet
) -> None:
    drafts.change(draft, support, BIRTHPLACE, rules.Rule(BIRTHPLACE, "office"))
    publishing.publish(draft, support, None)
    ask(company, support)
    anew = drafts.begin(company, "personio", support, drafts.Start.EMPTY)
    assert anew.changes.filter(target=BIRTHPLACE).exists(), "what the empty draft lacks is in its history"
    definitions.take(company, [*SIMULATED, MADE])
    found = rule(anew)
    assert found is not None
    assert found.source == MADE.key


def test_an_attribute_that_support_chose_after_asking_stays(company: Company, support: User, draft: MappingSet) -> None:
    ask(company, support)
    drafts.change(draft, support, BIRTHPLACE, rules.Rule(BIRTHPLACE, "office"))
    definitions.take(company, [*SIMULATED, MADE])
    found = rule(draft)
    assert found is not None
    assert found.source == "office"


def test_the_change_can_be_taken_back(company: Company, support: User, draft: MappingSet) -> None:
    ask(company, support)
    definitions.take(company, [*SIMULATED, MADE])
    drafts.undo(draft, support)
    assert rule(draft) is None


def test_without_a_draft_nothing_in_force_changes(company: Company, support: User) -> None:
    published = services.publish(company, definitions.renewal(company).document, None, "personio")
    before = services.frozen_rules(published)
    ask(company, support)
    definitions.take(company, [*SIMULATED, MADE])
    assert services.frozen_rules(MappingSet.objects.get(pk=published.pk)) == before


# --- What else the issues know ------------------------------------------------------------------------------------------


def test_an_attribute_of_one_legal_entity_that_goes_is_an_issue(company: Company, entity: LegalEntity) -> None:
    published = services.publish(company, definitions.renewal(company).document, None, "personio")
    MappingSet.objects.filter(pk=published.pk).update(state="draft")
    own = rules.Rule(CITY, "dynamic_901")
    services.store_rule(MappingSet.objects.get(pk=published.pk), 99, own, entity)
    MappingSet.objects.filter(pk=published.pk).update(state="published")
    definitions.take(company, [*SIMULATED, defined("dynamic_901", "Woonplaats elders")])
    assert not issues.open_of(company).filter(kind="attribute_missing").exists()
    definitions.take(company, SIMULATED)
    assert issues.open_of(company).get(kind="attribute_missing").subject == "dynamic_901"


def test_an_attribute_of_the_portal_is_never_missing_in_personio(company: Company) -> None:
    document = definitions.renewal(company).document
    document["rules"].append({"target": "employee.personalDetails.placeOfBirth", "source": "portal.7"})
    own = {"source": "portal", "key": "portal.7", "label": "Geboorteplaats", "type": "text"}
    company.hr_attributes.create(**own, first_seen_at=timezone.now(), seen_at=timezone.now())
    services.publish(company, document, None, "personio")
    attributes.report(company)
    assert not issues.open_of(company).filter(kind="attribute_missing").exists()


def test_publishing_closes_what_it_has_mended(company: Company) -> None:
    services.publish(company, definitions.renewal(company).document, None, "personio")
    definitions.take(company, [*without(GENDER), defined("dynamic_31009", "Geslacht", "list", "Man", "Vrouw")])
    assert issues.open_of(company).filter(kind="attribute_id_changed").exists()
    services.publish(company, definitions.renewal(company).document, None, "personio")
    attributes.after_publishing(company)
    assert not issues.open_of(company).filter(kind="attribute_id_changed").exists()
