"""Loket's value lists: a value that a published mapping stands on and that went is an issue, until it is mended (rule 30)."""

import uuid
from typing import Any

import pytest
from django.utils import timezone, translation

from mapping import attributes, rules, services, tasks
from mapping.drift import LOKET_VALUE_GONE, vanished
from mapping.models import MappingSet
from mapping.rules import Option, Rule
from onboarding.models import Company, Issue, LegalEntity, LoketLogin, ValueList
from onboarding.services import issues
from onboarding.wording import issues as wording
from tests.factories import EntityFactory, LoginFactory

GENDER = "employee.personalDetails.gender"
FUNCTION = "organization.function"
MAN, WOMAN, OTHER = Option(1, "Man"), Option(2, "Vrouw"), Option(3, "Overig")
RULE = Rule(GENDER, "gender", option_map={"m": "Man", "f": "Vrouw", "x": "Overig"})


def gone(rule: Rule, now: tuple[Option, ...], before: tuple[Option, ...]) -> list[str]:
    found = vanished(rule, {"gender": now} if now else {}, {"gender": before} if before else {})
    assert {one.kind for one in found} <= {LOKET_VALUE_GONE}
    return [str(one.params["value"]) for one in found]


# --- Pure ---------------------------------------------------------------------------------------------------------------


def test_a_mapped_value_that_is_in_no_list_any_more_has_gone() -> None:
    assert gone(RULE, (MAN, WOMAN), (OTHER,)) == ["Overig"]


def test_the_value_of_new_people_may_go_as_well() -> None:
    assert gone(Rule(GENDER, None, fallback="Overig"), (MAN, WOMAN), (OTHER,)) == ["Overig"]


def test_what_another_administration_still_has_is_there() -> None:
    assert gone(RULE, (MAN, WOMAN, OTHER), (OTHER,)) == []


def test_what_was_never_there_has_not_vanished() -> None:
    assert gone(RULE, (MAN, WOMAN), ()) == []


def test_of_a_list_nobody_has_read_nothing_is_said() -> None:
    assert gone(RULE, (), (OTHER,)) == []


def test_a_value_named_by_its_iso_code_is_there_under_another_text() -> None:
    rule = Rule(GENDER, "land", option_map={"nl": "NL"})
    assert gone(rule, (Option(7, "Koninkrijk der Nederlanden", "NL"),), (Option(7, "Nederland", "NL"),)) == []


def test_a_value_that_was_renamed_is_told_with_what_it_is_called_now() -> None:
    (found,) = vanished(RULE, {"gender": (MAN, WOMAN, Option(3, "Anders"))}, {"gender": (OTHER,)})
    assert found.params["now"] == "Anders"
    assert not found.is_blocking


def test_a_field_without_a_list_has_no_value_that_could_go() -> None:
    assert vanished(Rule("employee.address.city", "city"), {"gender": (MAN,)}, {"gender": (OTHER,)}) == []


# --- Stored -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def login(entity: LegalEntity) -> LoketLogin:
    found: LoketLogin = LoginFactory(company=entity.company)
    LegalEntity.objects.filter(pk=entity.pk).update(loket_login=found)
    return found


def keep(login: LoketLogin, options: list[str], gone: list[str], name: str = "gender") -> None:
    def rows(texts: list[str]) -> list[dict[str, Any]]:
        return [{"key": text, "value": text, "iso_code": None} for text in texts]

    ValueList.objects.create(
        login=login,
        administration_id=uuid.uuid4(),
        name=name,
        options=rows(options),
        gone=rows(gone),
        loaded_at=timezone.now(),
    )


def publish(company: Company, *targets: Rule) -> MappingSet:
    document = rules.to_dict(rules.MappingSet("Ours", 1, targets or (RULE,)))
    return services.publish(company, document)


def open_ones(company: Company) -> list[Issue]:
    return list(issues.open_of(company).filter(kind=LOKET_VALUE_GONE))


def test_it_is_an_issue_of_the_company_that_says_who_acts(login: LoketLogin) -> None:
    keep(login, ["Man", "Vrouw"], ["Overig"])
    publish(login.company)
    attributes.note_vanished(login.company)
    (issue,) = open_ones(login.company)
    told = wording.words(issue)
    assert (issue.source, issue.is_blocking, issue.entity) == ("loket", False, None)
    assert str(told.text) == "Loket.nl no longer has the value “Overig”. It is used for: Gender."
    assert "Support maps another value" in str(told.fix)


def test_the_same_look_again_opens_nothing(login: LoketLogin) -> None:
    keep(login, ["Man", "Vrouw"], ["Overig"])
    publish(login.company)
    attributes.note_vanished(login.company)
    attributes.note_vanished(login.company)
    assert len(Issue.objects.filter(kind=LOKET_VALUE_GONE)) == 1


def test_back_in_loket_it_is_resolved(login: LoketLogin) -> None:
    keep(login, ["Man", "Vrouw"], ["Overig"])
    publish(login.company)
    attributes.note_vanished(login.company)
    ValueList.objects.all().delete()
    keep(login, ["Man", "Vrouw", "Overig"], [])
    attributes.note_vanished(login.company)
    assert open_ones(login.company) == []


def test_mapped_anew_it_is_resolved(login: LoketLogin) -> None:
    keep(login, ["Man", "Vrouw"], ["Overig"])
    publish(login.company)
    attributes.note_vanished(login.company)
    publish(login.company, Rule(GENDER, "gender", option_map={"m": "Man", "f": "Vrouw"}))
    attributes.after_publishing(login.company)
    assert open_ones(login.company) == []


def test_in_the_list_of_another_administration_it_is_still_there(login: LoketLogin) -> None:
    keep(login, ["Man", "Vrouw"], ["Overig"])
    keep(login, ["Man", "Vrouw", "Overig"], [])
    publish(login.company)
    attributes.note_vanished(login.company)
    assert open_ones(login.company) == []


def test_what_one_legal_entity_stands_on_is_an_issue_of_that_one(login: LoketLogin, entity: LegalEntity) -> None:
    keep(login, ["Algemeen"], ["Kok"], "function")
    published = publish(login.company)
    MappingSet.objects.filter(pk=published.pk).update(state="draft")
    own = Rule(FUNCTION, None, fallback="Kok")
    services.store_rule(MappingSet.objects.get(pk=published.pk), 9, own, entity)
    MappingSet.objects.filter(pk=published.pk).update(state="published")
    attributes.note_vanished(login.company)
    (issue,) = open_ones(login.company)
    assert (issue.entity, issue.params["value"]) == (entity, "Kok")


def test_a_draft_stands_on_nothing_yet(login: LoketLogin) -> None:
    keep(login, ["Man", "Vrouw"], ["Overig"])
    MappingSet.objects.filter(pk=publish(login.company).pk).update(state="draft")
    attributes.note_vanished(login.company)
    assert open_ones(login.company) == []


def test_the_beat_looks_at_every_company_and_a_ring_at_one(login: LoketLogin) -> None:
    other = LoginFactory(company=EntityFactory().company)
    for one in (login, other):
        keep(one, ["Man", "Vrouw"], ["Overig"])
        publish(one.company)
    tasks.compare_lists(other.company_id)
    assert (open_ones(login.company), len(open_ones(other.company))) == ([], 1)
    tasks.compare_lists()
    assert len(open_ones(login.company)) == 1


def test_a_renamed_value_is_told_in_both_languages(login: LoketLogin) -> None:
    keep(login, ["Man", "Vrouw"], ["Overig"])
    ValueList.objects.update(options=[{"key": "Overig", "value": "Anders", "iso_code": None}])
    publish(login.company)
    attributes.note_vanished(login.company)
    issue = next(one for one in open_ones(login.company) if one.params["value"] == "Overig")
    assert "called “Anders” there now." in str(wording.words(issue).text)
    with translation.override("nl"):
        assert "Anders" in str(wording.words(issue).text)
