"""What a mapping still lacks is written down on each entity, whenever it was published or looked at (rule 29)."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
import yaml
from django.apps import apps
from django.core.management import call_command
from django.utils import timezone

from mapping import services as mappings
from mapping.bench import drafts, publishing
from mapping.models import HRAttribute, Preview
from mapping.rules import Rule
from mapping.services import readiness
from onboarding.models import LegalEntity
from onboarding.services.access import NotAllowed
from onboarding.services.entities import Against, reasons_against_enabling
from sync.services.setup import DEFAULT_MAPPING
from tests.factories import EntityFactory, UserFactory, member, previewed

DEFAULT = yaml.safe_load(DEFAULT_MAPPING.read_text(encoding="utf-8"))
LAST_NAME, GENDER = "employee.personalDetails.lastName", "employee.personalDetails.gender"
UNSEEN = ("preview_missing", "")


def without(*targets: str, **changed: Any) -> dict[str, Any]:
    rules = [rule | changed.get(rule["target"], {}) for rule in DEFAULT["rules"] if rule["target"] not in targets]
    return DEFAULT | {"rules": rules}


def lacks(entity: LegalEntity) -> list[tuple[str, str]]:
    entity.refresh_from_db()
    return [(lack["code"], lack["label_nl"]) for lack in entity.mapping_lacks]


def look(entity: LegalEntity, **given: Any) -> bool:
    """Somebody of support looks at a preview of everybody."""
    seen: dict[str, Any] = {"people": 8, "passed": 8, "unmapped": {}, "lists_known": True, "user": None} | given
    mapping_set = seen.pop("mapping_set", None) or mappings.published_for(entity)
    assert mapping_set is not None
    return mappings.note_preview(mapping_set, entity, **seen)


@pytest.fixture
def entity(db: None) -> LegalEntity:
    return EntityFactory(enabled_at=None)


@pytest.fixture
def mapped(entity: LegalEntity) -> LegalEntity:
    """An entity of a company with the default mapping."""
    mappings.publish(entity.company, DEFAULT)
    return entity


# --- What is demanded of the rules --------------------------------------------------------------------------------------


def test_without_a_mapping_all_of_it_is_lacking(entity: LegalEntity) -> None:
    assert lacks(entity) == [("no_mapping", "")]
    assert entity.mapping_looked_at is not None, "a new entity knows it at once"


def test_the_default_mapping_lacks_only_somebody_who_looks_at_it(mapped: LegalEntity) -> None:
    assert lacks(mapped) == [UNSEEN]
    assert lacks(previewed(mapped)) == []


def test_a_demanded_field_without_a_rule_is_lacking_by_its_label(entity: LegalEntity) -> None:
    mappings.publish(entity.company, without(LAST_NAME, "employment.incomeRelationshipNumber"))
    expected = [("required_field", "Achternaam"), ("required_field", "Nummer inkomstenverhouding"), UNSEEN]
    assert lacks(entity) == expected


def test_one_value_for_everybody_fills_no_demanded_field(entity: LegalEntity) -> None:
    data = without(LAST_NAME)
    data["rules"] = [*data["rules"], {"target": LAST_NAME, "fallback": "Somebody"}]
    mappings.publish(entity.company, data)
    assert lacks(entity) == [("required_field", "Achternaam"), UNSEEN]


def test_a_better_version_takes_it_away_again(entity: LegalEntity) -> None:
    mappings.publish(entity.company, without(LAST_NAME))
    mappings.publish(entity.company, DEFAULT)
    assert lacks(entity) == [UNSEEN]


def test_an_entity_that_comes_later_gets_the_readiness_of_its_company(entity: LegalEntity) -> None:
    mappings.publish(entity.company, without(LAST_NAME))
    previewed(entity)
    assert lacks(EntityFactory(company=entity.company)) == [("required_field", "Achternaam"), UNSEEN]


def test_another_company_is_left_alone(entity: LegalEntity) -> None:
    mappings.publish(EntityFactory().company, DEFAULT)
    assert lacks(entity) == [("no_mapping", "")]


def test_a_rule_of_one_entity_counts_for_that_one_only(mapped: LegalEntity) -> None:
    other = EntityFactory(company=mapped.company)
    draft = drafts.begin(mapped.company, "roster", None)
    drafts.change(draft, None, LAST_NAME, Rule(LAST_NAME, None), other)
    publishing.publish(draft, None, draft.based_on_id)
    assert lacks(mapped) == [UNSEEN]
    assert lacks(other) == [("required_field", "Achternaam"), UNSEEN]


def test_a_mapping_of_before_this_release_is_looked_at_by_the_command(entity: LegalEntity) -> None:
    mappings.publish(entity.company, without(LAST_NAME))
    LegalEntity.objects.update(mapping_lacks=[], mapping_looked_at=None)
    call_command("write_readiness", verbosity=0)
    assert lacks(entity) == [("required_field", "Achternaam"), UNSEEN]
    assert entity.mapping_looked_at is not None


def test_nobody_is_enabled_by_what_was_written_down_before_previews_were_asked_for(entity: LegalEntity) -> None:
    EntityFactory(company=entity.company)  # is enabled, and stays so
    rows = LegalEntity.objects.filter(company=entity.company)
    rows.update(mapping_lacks=[], mapping_looked_at=timezone.now())
    import_module("mapping.migrations.0005_readiness_asks_more").look_again(apps, None)
    assert list(rows.filter(mapping_looked_at=None)) == [entity]
    assert Against.MAPPING_UNKNOWN in {reason.code for reason in reasons_against_enabling(rows.get(pk=entity.pk))}


def test_publishing_the_same_again_looks_too(mapped: LegalEntity) -> None:
    LegalEntity.objects.update(mapping_looked_at=None)
    mappings.publish(mapped.company, DEFAULT)
    mapped.refresh_from_db()
    assert mapped.mapping_looked_at is not None


def test_a_further_question_is_one_function(entity: LegalEntity, monkeypatch: pytest.MonkeyPatch) -> None:
    def reviewed(asked: readiness.Asked) -> Iterator[mappings.Lack]:
        yield {"code": "no_review", "label": "A review", "label_nl": "Een controle"}

    monkeypatch.setattr(readiness, "LACKS", (*readiness.LACKS, reviewed))
    mappings.publish(entity.company, DEFAULT)
    assert lacks(entity) == [UNSEEN, ("no_review", "Een controle")]


# --- A preview that was seen --------------------------------------------------------------------------------------------


def test_a_preview_counts_for_the_entity_whose_people_were_seen(mapped: LegalEntity) -> None:
    other = EntityFactory(company=mapped.company)
    assert look(mapped)
    assert (lacks(mapped), lacks(other)) == ([], [UNSEEN])


def test_values_that_stand_for_nothing_are_lacking_with_their_number(mapped: LegalEntity) -> None:
    look(mapped, unmapped={GENDER: 3, LAST_NAME: 0})
    mapped.refresh_from_db()
    expected = {"code": "unmapped_values", "label": "Gender", "label_nl": "Geslacht", "count": "3"}
    assert mapped.mapping_lacks == [expected]


def test_the_newest_preview_counts(mapped: LegalEntity) -> None:
    look(mapped, unmapped={GENDER: 3})
    look(mapped)
    assert lacks(mapped) == []
    look(mapped, unmapped={GENDER: 1})
    assert lacks(mapped) == [("unmapped_values", "Geslacht")]


@pytest.mark.parametrize("given", [{"lists_known": False}, {"people": 0, "passed": 0}], ids=["no lists", "nobody"])
def test_looking_at_nothing_is_no_preview(mapped: LegalEntity, given: dict[str, Any]) -> None:
    assert not look(mapped, **given)
    assert lacks(mapped) == [UNSEEN]
    assert not Preview.objects.exists()


def test_other_rules_ask_for_another_preview(mapped: LegalEntity) -> None:
    look(mapped)
    mappings.publish(mapped.company, without(GENDER))
    assert lacks(mapped) == [UNSEEN]


def test_the_same_rules_in_another_order_or_by_another_way_need_no_second_look(mapped: LegalEntity) -> None:
    look(mapped)
    rules = [{"decision": "connect", **rule} for rule in reversed(DEFAULT["rules"])]
    made = mappings.publish(mapped.company, DEFAULT | {"rules": rules})
    assert made.version == 2
    assert lacks(mapped) == []


def test_a_preview_of_a_draft_counts_once_the_draft_is_in_force(mapped: LegalEntity) -> None:
    draft = drafts.begin(mapped.company, "roster", None)
    drafts.change(draft, None, GENDER, None)
    assert look(mapped, mapping_set=draft)
    assert lacks(mapped) == [UNSEEN], "another mapping is in force"
    publishing.publish(draft, None, draft.based_on_id)
    assert lacks(mapped) == []


def test_a_draft_that_was_changed_after_its_preview_needs_another(mapped: LegalEntity) -> None:
    draft = drafts.begin(mapped.company, "roster", None)
    drafts.change(draft, None, GENDER, None)
    look(mapped, mapping_set=draft)
    drafts.change(draft, None, "iban", None)
    publishing.publish(draft, None, draft.based_on_id)
    assert lacks(mapped) == [UNSEEN]


def test_only_support_looks(mapped: LegalEntity) -> None:
    with pytest.raises(NotAllowed):
        look(mapped, user=member(mapped))
    sam = UserFactory(is_staff=True)
    assert look(mapped, user=sam)
    assert Preview.objects.get().by == sam


# --- Data that is to be carried over ------------------------------------------------------------------------------------


def portal_attribute(entity: LegalEntity, migration: str) -> HRAttribute:
    fields = {"key": "portal.1", "label": "Gender (Loket)", "type": "list", "migration": migration}
    now = timezone.now()
    return HRAttribute.objects.create(company=entity.company, source="portal", first_seen_at=now, seen_at=now, **fields)


def test_a_duplicate_for_which_nobody_has_decided_is_lacking_by_its_name(mapped: LegalEntity) -> None:  # rule 25
    attribute = portal_attribute(mapped, HRAttribute.Migration.OPEN)
    document = without(**{GENDER: {"source": attribute.key}})
    mappings.publish(mapped.company, document)
    previewed(mapped)
    assert lacks(mapped) == [("migration_open", "Gender (Loket)")]
    HRAttribute.objects.update(migration=HRAttribute.Migration.EMPTY)
    mappings.write_readiness(mapped.company)
    assert lacks(mapped) == []


def test_a_duplicate_that_no_rule_reads_stands_in_nobody_s_way(mapped: LegalEntity) -> None:
    portal_attribute(mapped, HRAttribute.Migration.OPEN)
    mappings.write_readiness(mapped.company)
    assert lacks(previewed(mapped)) == []
