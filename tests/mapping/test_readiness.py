"""What a mapping still lacks is written down on the entities, whenever it was published (rule 29)."""

from typing import Any

import pytest
import yaml
from django.core.management import call_command

from mapping import services as mappings
from onboarding.models import LegalEntity
from sync.services.setup import DEFAULT_MAPPING
from tests.factories import EntityFactory

DEFAULT = yaml.safe_load(DEFAULT_MAPPING.read_text(encoding="utf-8"))
LAST_NAME = "employee.personalDetails.lastName"


def without(*targets: str, **changed: Any) -> dict[str, Any]:
    rules = [rule | changed.get(rule["target"], {}) for rule in DEFAULT["rules"] if rule["target"] not in targets]
    return DEFAULT | {"rules": rules}


def lacks(entity: LegalEntity) -> list[tuple[str, str]]:
    entity.refresh_from_db()
    return [(lack["code"], lack["label_nl"]) for lack in entity.mapping_lacks]


@pytest.fixture
def entity(db: None) -> LegalEntity:
    return EntityFactory(enabled_at=None)


def test_without_a_mapping_all_of_it_is_lacking(entity: LegalEntity) -> None:
    assert lacks(entity) == [("no_mapping", "")]
    assert entity.mapping_looked_at is not None, "a new entity knows it at once"


def test_the_default_mapping_lacks_nothing(entity: LegalEntity) -> None:
    mappings.publish(entity.company, DEFAULT)
    assert lacks(entity) == []


def test_a_demanded_field_without_a_rule_is_lacking_by_its_label(entity: LegalEntity) -> None:
    mappings.publish(entity.company, without(LAST_NAME, "employment.incomeRelationshipNumber"))
    assert lacks(entity) == [("required_field", "Achternaam"), ("required_field", "Nummer inkomstenverhouding")]


def test_one_value_for_everybody_fills_no_demanded_field(entity: LegalEntity) -> None:
    data = without(LAST_NAME)
    data["rules"] = [*data["rules"], {"target": LAST_NAME, "fallback": "Somebody"}]
    mappings.publish(entity.company, data)
    assert lacks(entity) == [("required_field", "Achternaam")]


def test_a_better_version_takes_it_away_again(entity: LegalEntity) -> None:
    mappings.publish(entity.company, without(LAST_NAME))
    mappings.publish(entity.company, DEFAULT)
    assert lacks(entity) == []


def test_an_entity_that_comes_later_gets_the_readiness_of_its_company(entity: LegalEntity) -> None:
    mappings.publish(entity.company, without(LAST_NAME))
    assert lacks(EntityFactory(company=entity.company)) == [("required_field", "Achternaam")]


def test_another_company_is_left_alone(entity: LegalEntity) -> None:
    mappings.publish(EntityFactory().company, DEFAULT)
    assert lacks(entity) == [("no_mapping", "")]


def test_a_mapping_of_before_this_release_is_looked_at_by_the_command(entity: LegalEntity) -> None:
    mappings.publish(entity.company, without(LAST_NAME))
    LegalEntity.objects.update(mapping_lacks=[], mapping_looked_at=None)
    call_command("write_readiness", verbosity=0)
    assert lacks(entity) == [("required_field", "Achternaam")]
    assert entity.mapping_looked_at is not None


def test_publishing_the_same_again_looks_too(entity: LegalEntity) -> None:
    mappings.publish(entity.company, DEFAULT)
    LegalEntity.objects.update(mapping_looked_at=None)
    mappings.publish(entity.company, DEFAULT)
    entity.refresh_from_db()
    assert entity.mapping_looked_at is not None


def test_a_further_question_is_one_function(entity: LegalEntity, monkeypatch: pytest.MonkeyPatch) -> None:
    def preview_made(mapping: Any) -> Any:
        yield {"code": "no_preview", "label": "A preview", "label_nl": "Een proefrun"}

    monkeypatch.setattr(mappings, "LACKS", (*mappings.LACKS, preview_made))
    mappings.publish(entity.company, DEFAULT)
    assert lacks(entity) == [("no_preview", "Een proefrun")]
