"""What changes in Personio's definitions is an issue before the next sync, and none any more once it is mended."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from loket_portal import simulator
from loket_portal.personio.client import Attribute
from mapping import definitions, services
from mapping.drift import renamed_options
from mapping.models import HRAttribute
from mapping.words import UNDERSTOOD
from onboarding.models import Company, Issue, LegalEntity, PersonioAccount, ValueList
from onboarding.services import issues
from onboarding.wording.issues import words
from sync.sources.columns import column_of
from sync.sources.personio_values import read
from tests.factories import login_of
from tests.mapping.accounts import BSN, GENDER, SIMULATED, changed, defined, without
from tests.mapping.drafting import mapped_account
from tests.snapshots import rows_once

VALUE_LISTS = json.loads(Path(simulator.__file__).with_name("value_lists.json").read_text(encoding="utf-8"))
CONSIDER = "dynamic_24403"
PERSONIO = services.Source.PERSONIO
BSN_FIELD = [{"label": "BSN", "label_nl": "BSN"}]


@pytest.fixture
def company(entity: LegalEntity) -> Company:
    company = entity.company
    now = timezone.now()
    PersonioAccount.objects.create(company=company, client_id="id", client_secret="secret", connected_at=now)
    return company


@pytest.fixture
def mapped(db: None) -> Company:
    """A company whose default mapping is published for the whole simulated account."""
    made: Company = rows_once("mapped account", mapped_account)
    return made


@pytest.fixture
def lists(mapped: Company) -> Company:
    """Loket's value lists are stored."""
    login, now = login_of(LegalEntity.objects.get(company=mapped)), timezone.now()
    for name in ("gender", "nationality"):
        options = [{"key": n, "value": text, "iso_code": None} for n, text in enumerate(VALUE_LISTS[name])]
        ValueList.objects.create(
            login=login, administration_id=login.employer_id, name=name, options=options, loaded_at=now
        )
    countries = [{"key": iso, "value": text, "iso_code": iso} for iso, text in VALUE_LISTS["country"].items()]
    ValueList.objects.create(
        login=login, administration_id=login.employer_id, name="country", options=countries, loaded_at=now
    )
    return mapped


def found(company: Company) -> dict[str, dict[str, Any]]:
    return {issue.kind: issue.params for issue in issues.open_of(company)}


def only(company: Company) -> Issue:
    (issue,) = issues.open_of(company)
    return issue


# --- What is there ------------------------------------------------------------------------------------------------------


def test_what_is_defined_is_stored_by_key(company: Company) -> None:
    definitions.take(company, [defined("dynamic_1", "Burgerlijke staat", "list", "gehuwd", "ongehuwd")])
    row = HRAttribute.objects.get()
    assert (row.key, row.label, row.type, row.options) == (
        *("dynamic_1", "Burgerlijke staat", "list"),
        ["gehuwd", "ongehuwd"],
    )
    assert definitions.names_of(company) == {"dynamic_1": "Burgerlijke staat"}


def test_another_name_changes_the_name_and_nothing_else(mapped: Company) -> None:
    first = HRAttribute.objects.get(key=BSN).first_seen_at
    definitions.take(mapped, changed(defined(BSN, "Sofinummer")))
    row = HRAttribute.objects.get(key=BSN)
    assert (row.label, row.first_seen_at, row.is_there) == ("Sofinummer", first, True)
    assert found(mapped) == {}


def test_what_is_gone_is_kept_and_told_apart(mapped: Company) -> None:
    definitions.take(mapped, without("dynamic_33502"))
    gone = HRAttribute.objects.get(key="dynamic_33502")
    since = gone.gone_at
    assert not gone.is_there
    definitions.take(mapped, without("dynamic_33502"))
    gone.refresh_from_db()
    assert gone.gone_at == since
    definitions.take(mapped, SIMULATED)
    gone.refresh_from_db()
    assert gone.is_there


def test_a_key_that_comes_twice_is_one_attribute(company: Company) -> None:
    definitions.take(company, [defined("a", "First"), defined("a", "Second"), defined("", "No key")])
    assert list(HRAttribute.objects.values_list("key", "label")) == [("a", "First")]


def test_attributes_of_another_company_are_left_alone(mapped: Company) -> None:
    definitions.take(Company.objects.create(name="Another"), [defined("a", "A")])
    assert HRAttribute.objects.filter(company=mapped, gone_at__isnull=True).count() == len(SIMULATED)


# --- Attributes ---------------------------------------------------------------------------------------------------------


def test_a_whole_account_has_no_issue(mapped: Company) -> None:
    assert found(mapped) == {}


def test_what_cannot_be_read_at_the_first_look_is_named_with_what_it_fills(company: Company) -> None:
    definitions.take(company, without(BSN))
    issue = only(company)
    assert (issue.kind, issue.is_blocking) == ("attribute_missing", True)
    assert issue.params == {"label": "BSN / BSN number / BSN-nummer", "key": "", "fields": BSN_FIELD}


def test_a_vanished_attribute_is_named_as_the_customer_calls_it(mapped: Company) -> None:
    definitions.take(mapped, without(BSN))
    issue = only(mapped)
    assert (issue.kind, issue.subject, issue.is_blocking) == ("attribute_missing", BSN, True)
    assert issue.params == {"label": "BSN", "key": BSN, "fields": BSN_FIELD}


def test_a_vanished_attribute_that_nobody_needs_for_a_sync_does_not_stop_it(mapped: Company) -> None:
    definitions.take(mapped, without("dynamic_24411"))
    assert not only(mapped).is_blocking


@pytest.mark.parametrize("key", ["status", CONSIDER, "dynamic_24401", "dynamic_24402", "last_name"])
def test_without_who_is_sent_and_who_it_is_there_is_no_sync(mapped: Company, key: str) -> None:
    definitions.take(mapped, without(key))
    assert only(mapped).is_blocking


def test_a_vanished_attribute_that_nothing_reads_is_nobodys_business(mapped: Company) -> None:
    definitions.take(mapped, without("dynamic_33500", "dynamic_33501", "team"))
    assert found(mapped) == {}


def test_it_mends_itself_when_the_attribute_is_back(mapped: Company) -> None:
    definitions.take(mapped, without(BSN))
    definitions.take(mapped, SIMULATED)
    assert found(mapped) == {}
    assert Issue.objects.get().resolved_at is not None


def test_the_same_finding_again_is_the_same_issue(mapped: Company) -> None:
    definitions.take(mapped, without(BSN))
    opened = only(mapped).pk
    definitions.take(mapped, without(BSN))
    assert only(mapped).pk == opened


def test_the_same_name_and_type_under_another_key_is_a_changed_id(mapped: Company) -> None:
    definitions.take(mapped, [*without(BSN), defined("dynamic_31007", "bsn")])
    issue = only(mapped)
    assert (issue.kind, issue.is_blocking) == ("attribute_id_changed", True)
    assert (issue.params["label"], issue.params["old"], issue.params["new"]) == ("BSN", BSN, "dynamic_31007")


def test_another_type_or_two_of_that_name_are_no_changed_id(mapped: Company) -> None:
    definitions.take(mapped, [*without(BSN), defined("dynamic_31007", "BSN", "integer")])
    assert only(mapped).kind == "attribute_missing"
    definitions.take(mapped, [*without(BSN), defined("dynamic_31007", "BSN"), defined("dynamic_31008", "BSN")])
    assert only(mapped).kind == "attribute_missing"


def test_a_changed_id_is_mended_by_publishing(mapped: Company) -> None:
    definitions.take(mapped, [*without(BSN), defined("dynamic_31007", "BSN")])
    definitions.publish_default(mapped, None)
    assert found(mapped) == {}


def test_two_of_one_name_before_publishing_are_for_a_person_to_tell_apart(company: Company) -> None:
    definitions.take(company, [*SIMULATED, defined("dynamic_9", "Burgerservicenummer")])
    issue = only(company)
    assert (issue.kind, issue.is_blocking) == ("attribute_ambiguous", True)
    assert issue.params["found"] == ["BSN (dynamic_24407)", "Burgerservicenummer (dynamic_9)"]


def test_once_published_a_second_one_of_that_name_changes_nothing(mapped: Company) -> None:
    definitions.take(mapped, [*SIMULATED, defined("dynamic_9", "Burgerservicenummer")])
    assert found(mapped) == {}


def test_what_was_missing_when_it_was_published_and_can_be_read_now_waits_for_support(company: Company) -> None:
    definitions.take(company, without(BSN))
    definitions.publish_default(company, None)
    assert set(found(company)) == {"attribute_missing"}
    definitions.take(company, SIMULATED)
    assert found(company) == {"attribute_unused": {"label": "BSN", "key": BSN, "fields": BSN_FIELD}}
    definitions.publish_default(company, None)
    assert found(company) == {}


def test_a_mapping_of_supports_own_leaves_out_what_it_likes(company: Company) -> None:
    definitions.take(company, without("dynamic_24411"))
    rules = [{"target": "employee.personalDetails.lastName", "source": "last_name"}]
    services.publish(company, {"name": "Ours", "version": 1, "rules": rules}, source=PERSONIO)
    definitions.take(company, without("dynamic_24411"))
    assert found(company) == {}


# --- Options ------------------------------------------------------------------------------------------------------------


def genders(*options: str) -> list[Any]:
    return changed(defined(GENDER, "Geslacht", "list", *options))


def test_a_renamed_option_is_told_with_both_names(mapped: Company) -> None:
    definitions.take(mapped, genders("Male", "Ladies", "Diverse"))
    issue = only(mapped)
    assert (issue.kind, issue.is_blocking) == ("option_renamed", False)
    assert (issue.params["label"], issue.params["old"], issue.params["new"]) == ("Geslacht", "Female", "Ladies")


def test_it_is_still_told_on_the_next_day(mapped: Company) -> None:
    definitions.take(mapped, genders("Male", "Ladies", "Diverse"))
    definitions.take(mapped, genders("Male", "Ladies", "Diverse"))
    assert only(mapped).kind == "option_renamed"


def test_it_is_mended_by_renaming_it_back(mapped: Company) -> None:
    definitions.take(mapped, genders("Male", "Ladies", "Diverse"))
    definitions.take(mapped, SIMULATED)
    assert found(mapped) == {}


def test_it_is_mended_by_a_mapping_that_knows_the_new_name(mapped: Company) -> None:
    definitions.take(mapped, genders("Male", "Ladies", "Diverse"))
    rule = {"target": "employee.personalDetails.gender", "source": GENDER}
    rule["options"] = {"male": "Man", "ladies": "Vrouw"}  # type: ignore[assignment]
    services.publish(mapped, {"name": "Ours", "version": 1, "rules": [rule]}, source=PERSONIO)
    definitions.take(mapped, genders("Male", "Ladies", "Diverse"))
    assert found(mapped) == {}


def test_a_new_name_that_the_mapping_knows_already_is_no_issue(mapped: Company) -> None:
    definitions.take(mapped, genders("Man", "Female", "Diverse"))
    assert found(mapped) == {}


def test_the_words_of_who_is_sent_stop_the_sync_when_they_change(mapped: Company) -> None:
    definitions.take(mapped, changed(defined(CONSIDER, "Consider in NL payroll", "list", "Via Loket", "No")))
    issue = only(mapped)
    assert (issue.kind, issue.is_blocking) == ("option_renamed", True)


@pytest.mark.parametrize("word", sorted(UNDERSTOOD["scope.considerInNlPayroll"]))
def test_a_word_of_who_is_sent_that_the_reader_knows_needs_no_mapping(mapped: Company, word: str) -> None:
    definitions.take(mapped, changed(defined(CONSIDER, "Consider in NL payroll", "list", word.upper(), "No")))
    assert found(mapped) == {}


@pytest.mark.parametrize("target", sorted(UNDERSTOOD))
def test_every_word_that_needs_no_mapping_is_read_as_what_it_stands_for(target: str) -> None:
    kind = column_of(target).kind
    for word, meaning in UNDERSTOOD[target].items():
        assert read(kind, "x", Attribute("x", word.capitalize()), {}) == meaning


def test_an_option_is_the_same_however_its_accent_is_written(lists: Company) -> None:
    definitions.take(lists, genders("Ma\u0308nnlich", "Female", "Unbekannt"))
    assert found(lists)["option_unmapped"]["options"] == ["Unbekannt"]
    assert renamed_options(["M\u00e4nnlich"], ["Ma\u0308nnlich"], {}) == {}
    assert HRAttribute.objects.get(key=GENDER).options[0] == "M\u00e4nnlich"


def test_without_lokets_lists_nothing_is_said_about_options_that_were_never_mapped(mapped: Company) -> None:
    assert HRAttribute.objects.get(key=GENDER).options == ["Male", "Female", "Diverse"]
    assert found(mapped) == {}


def test_with_lokets_lists_only_what_stands_for_nothing_is_named(lists: Company) -> None:
    """Of all options of the demo's nationalities, countries and genders."""
    definitions.take(lists, SIMULATED)
    issue = only(lists)
    assert (issue.kind, issue.is_blocking) == ("option_unmapped", False)
    assert (issue.params["label"], issue.params["options"]) == ("Geslacht", ["Diverse"])


def test_an_option_that_is_lokets_own_text_needs_no_mapping(lists: Company) -> None:
    definitions.take(lists, genders("man", "VROUW", "Onbekend"))
    assert found(lists) == {}


def test_an_option_that_the_converter_of_its_rule_maps_is_no_issue(lists: Company) -> None:
    country = changed(defined("dynamic_9", "Country of birth", "list", "Niederlande", "Atlantis"))
    rule = {"target": "employee.address.country", "source": "dynamic_9"}
    services.publish(lists, {"name": "Ours", "version": 1, "rules": [rule]}, source=PERSONIO)
    definitions.take(lists, country)
    assert found(lists)["option_unmapped"]["options"] == ["Niederlande", "Atlantis"]
    services.publish(
        lists, {"name": "Ours", "version": 2, "rules": [rule | {"converter": "country_code"}]}, source=PERSONIO
    )
    definitions.take(lists, country)
    assert found(lists)["option_unmapped"]["options"] == ["Atlantis"]


def test_several_new_options_at_once_are_unmapped_and_not_renamed(lists: Company) -> None:
    definitions.take(lists, genders("Heren", "Dames"))
    assert found(lists)["option_unmapped"]["options"] == ["Heren", "Dames"]
    assert "option_renamed" not in found(lists)


@pytest.mark.parametrize(
    ("former", "now", "known", "result"),
    [
        (["A", "B"], ["A", "C"], {}, {"C": "B"}),
        (["A", "C"], ["A", "D"], {"C": "B"}, {"D": "B"}),
        (["A", "C"], ["A", "B"], {"C": "B"}, {}),
        (["A", "C"], ["A"], {"C": "B"}, {}),
        (["A", "B"], ["a ", "B"], {}, {}),
        (["A", "B"], ["C", "D"], {}, {}),
        (["A"], ["A", "B"], {}, {}),
        (["A", "C"], ["A", "C"], {"C": "B"}, {"C": "B"}),
    ],
)
def test_one_gone_and_one_new_is_a_renaming_of_the_first_text(
    former: list[str], now: list[str], known: dict[str, str], result: dict[str, str]
) -> None:
    assert renamed_options(former, now, known) == result


# --- In words -----------------------------------------------------------------------------------------------------------


def test_each_kind_is_told_in_words_with_every_place_filled(lists: Company) -> None:
    definitions.take(lists, [*without(BSN, GENDER, "status"), defined("dynamic_31007", "BSN")])
    told = [words(issue) for issue in issues.open_of(lists)]
    definitions.take(lists, genders("Male", "Ladies", "Diverse"))
    told += [words(issue) for issue in issues.open_of(lists)]
    assert len(told) == 5
    assert [str(one.text) for one in told if "?" in str(one.text) or "{" in str(one.text)] == []
    assert any("It fills: Gender." in str(one.text) for one in told)


def test_two_of_a_name_and_one_that_is_not_mapped_yet_are_told_in_words(company: Company) -> None:
    definitions.take(company, without(BSN))
    definitions.publish_default(company, None)
    definitions.take(company, SIMULATED)
    (unused,) = [str(words(issue).text) for issue in issues.open_of(company)]
    definitions.take(company, [*SIMULATED, defined("dynamic_9", "Burgerservicenummer")])
    (twice,) = [str(words(issue).text) for issue in issues.open_of(company)]
    assert unused == "The attribute “BSN” can be read now and is not mapped yet. It fills: BSN."
    assert "BSN (dynamic_24407) and Burgerservicenummer (dynamic_9)" in twice
