"""Publishing the default mapping over one in force: nobody is read from elsewhere in silence, support's own stays."""

from typing import Any

import pytest

from mapping import definitions, rules, services
from mapping.bench import drafts, publishing
from mapping.rules import Rule
from onboarding.models import AuditEvent, Company
from onboarding.services import issues
from tests.mapping.accounts import BSN, EMPLOYEE_NUMBER, GENDER, changed, defined, without
from tests.mapping.drafting import mapped_account
from tests.snapshots import rows_once

PERSONIO = services.Source.PERSONIO
NUMBER, GENDER_FIELD = "employee.employeeNumber", "employee.personalDetails.gender"
CITY = "employee.address.city"
OTHER_NUMBER = defined("dynamic_9", "Personalnummer")


@pytest.fixture
def company(db: None) -> Company:
    """A company whose default mapping is published for the whole simulated account."""
    made: Company = rows_once("mapped account", mapped_account)
    return made


def in_force(company: Company) -> rules.MappingSet:
    current = services.published(company, PERSONIO)
    assert current is not None
    return services.frozen_rules(current)


def rule(company: Company, target: str) -> Rule:
    found = in_force(company).rule(target)
    assert found is not None
    return found


def open_issues(company: Company) -> list[tuple[str, str, bool]]:
    return [(issue.kind, issue.subject, issue.is_blocking) for issue in issues.open_of(company)]


def edit(company: Company, target: str, **settings: Any) -> None:
    """Support publishes the mapping in force with these settings for one target."""
    document = rules.to_dict(in_force(company))
    rows = {row["target"]: row for row in document["rules"]}
    rows[target] = {**rows.get(target, {"target": target}), **settings}
    services.publish(company, {**document, "rules": [*rows.values()]}, source=PERSONIO)


def kept(company: Company) -> set[str]:
    return {change.rule.target for change in definitions.renewal(company).changes if change.is_kept}


# --- Which attribute ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "away", "other"),
    [
        (NUMBER, EMPLOYEE_NUMBER, OTHER_NUMBER),
        ("employment.incomeRelationshipNumber", "dynamic_24402", defined("dynamic_9", "IKV-nummer", "integer")),
        ("bsn", BSN, defined("dynamic_9", "Burgerservicenummer")),
        ("employee.contactInformation.phoneNumber", "dynamic_24417", defined("dynamic_9", "Privé telefoon")),
        (GENDER_FIELD, GENDER, None),  # Personio's own "gender" is there
    ],
)
def test_what_is_away_is_not_replaced_by_what_is_called_otherwise(
    company: Company, target: str, away: str, other: Any
) -> None:
    definitions.take(company, [*without(away), *([other] if other else [])])
    before = open_issues(company)
    definitions.publish_default(company, None)
    assert rule(company, target).source == away
    assert kept(company) == {target}
    assert open_issues(company) == before
    assert [(kind, subject) for kind, subject, _blocks in before] == [("attribute_missing", away)]


def test_what_is_away_is_replaced_by_its_like_with_another_id(company: Company) -> None:
    definitions.take(company, [*without(EMPLOYEE_NUMBER), defined("dynamic_31001", "Loket employee number")])
    definitions.publish_default(company, None)
    assert rule(company, NUMBER).source == "dynamic_31001"
    assert open_issues(company) == []


def test_a_better_attribute_than_the_mapped_one_is_told_and_taken_by_publishing(company: Company) -> None:
    edit(company, NUMBER, source=OTHER_NUMBER.key)
    definitions.take(company, changed(OTHER_NUMBER))
    assert open_issues(company) == [("attribute_unused", NUMBER, True)]
    (issue,) = issues.open_of(company)
    assert (issue.params["label"], issue.params["key"]) == ("Loket employee number", EMPLOYEE_NUMBER)
    definitions.publish_default(company, None)
    assert rule(company, NUMBER).source == EMPLOYEE_NUMBER
    assert open_issues(company) == []
    assert AuditEvent.objects.filter(detail__contains=f"{NUMBER}: dynamic_9 → {EMPLOYEE_NUMBER}").exists()


def test_a_better_one_for_what_no_sync_waits_for_does_not_stop_it(company: Company) -> None:
    definitions.take(company, changed(defined("dynamic_9", "Geslacht (Loket)", "list", "Man", "Vrouw")))
    assert open_issues(company) == [("attribute_unused", GENDER_FIELD, False)]


def test_a_mapped_attribute_with_another_name_does_not_give_way_to_a_later_wish(company: Company) -> None:
    definitions.take(company, changed(defined(EMPLOYEE_NUMBER, "Nummer in Loket"), OTHER_NUMBER))
    assert open_issues(company) == []
    definitions.publish_default(company, None)
    assert rule(company, NUMBER).source == EMPLOYEE_NUMBER


def test_what_was_mapped_before_it_could_be_read_stays(company: Company) -> None:
    edit(company, NUMBER, source="dynamic_77")
    definitions.publish_default(company, None)
    assert rule(company, NUMBER).source == "dynamic_77"


# --- What support has set -----------------------------------------------------------------------------------------------


def test_options_of_supports_own_stay_and_new_ones_of_the_default_come(company: Company) -> None:
    edit(company, GENDER_FIELD, options={"diverse": "Onbekend", "male": "Onbekend"})
    definitions.publish_default(company, None)
    found = rule(company, GENDER_FIELD).option_map
    assert (found["diverse"], found["male"], found["female"]) == ("Onbekend", "Onbekend", "Vrouw")


@pytest.mark.parametrize(
    ("name", "value"),
    [("write_mode", "only_if_empty"), ("empty", "clear"), ("converter", "upper"), ("fallback", "Onbekend")],
)
def test_settings_of_supports_own_stay(company: Company, name: str, value: str) -> None:
    edit(company, GENDER_FIELD, **{name: value})
    definitions.publish_default(company, None)
    assert getattr(rule(company, GENDER_FIELD), name) == value


def test_a_changed_id_keeps_the_settings_of_its_rule(company: Company) -> None:
    edit(company, GENDER_FIELD, options={"diverse": "Onbekend"})
    definitions.take(company, [*without(GENDER), defined("dynamic_31009", "Geslacht", "list", "Male", "Female")])
    definitions.publish_default(company, None)
    found = rule(company, GENDER_FIELD)
    assert (found.source, found.option_map["diverse"]) == ("dynamic_31009", "Onbekend")


def test_targets_that_the_default_does_not_know_stay(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    default = definitions.default_document()
    fewer = {**default, "rules": [row for row in default["rules"] if row["target"] != "iban"]}
    monkeypatch.setattr("mapping.attributes.reporting.default_document", lambda: fewer)
    definitions.publish_default(company, None)
    assert rule(company, "iban").source == "dynamic_24408"


def test_what_support_has_set_is_told(company: Company) -> None:
    def own() -> list[str]:
        return [change.rule.target for change in definitions.renewal(company).changes if change.is_own]

    assert own() == []
    edit(company, GENDER_FIELD, options={"diverse": "Onbekend"})
    assert own() == [GENDER_FIELD]


def test_publishing_twice_is_publishing_once(company: Company) -> None:
    edit(company, GENDER_FIELD, options={"diverse": "Onbekend"}, write_mode="only_if_empty")
    definitions.publish_default(company, None)
    first = services.published(company, PERSONIO)
    definitions.publish_default(company, None)
    assert services.published(company, PERSONIO) == first


def test_an_attribute_that_support_decided_on_stays_while_it_is_there(company: Company) -> None:
    edit(company, NUMBER, source="position")
    assert definitions.renewal(company).better == {NUMBER}, "nobody decided on it: it is mended"
    edit(company, NUMBER, source="position", decision="connect")
    definitions.publish_default(company, None)
    assert rule(company, NUMBER).source == "position"


def test_publishing_the_default_mapping_leaves_the_open_draft_as_it_is(company: Company) -> None:
    draft = drafts.begin(company, PERSONIO, None)
    drafts.change(draft, None, NUMBER, Rule(NUMBER, "position"))
    before = drafts.rules_of(draft)
    definitions.take(company, [*without(EMPLOYEE_NUMBER), defined("dynamic_31001", "Loket employee number")])
    definitions.publish_default(company, None)
    draft.refresh_from_db()
    assert (draft.state, drafts.rules_of(draft)) == ("draft", before)


def test_a_version_of_the_workbench_is_asked_only_for_what_no_sync_can_do_without(company: Company) -> None:
    """Support has left out the city, and put another attribute in the place of the employee number."""
    draft = drafts.begin(company, PERSONIO, None)
    drafts.change_many(draft, None, [(CITY, None, None), (NUMBER, Rule(NUMBER, "position"), None)])
    publishing.publish(draft, None, draft.based_on_id)
    assert open_issues(company) == []
    definitions.take(company, without(BSN))
    assert open_issues(company) == [("attribute_missing", BSN, True)]
