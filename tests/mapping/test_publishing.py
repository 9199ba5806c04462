"""Publishing for a source: by support or a command, one version in force for each source, what was mapped is kept."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.utils import timezone

from mapping import definitions, services
from mapping.models import MappingChange, MappingSet
from onboarding.models import AuditEvent, Company, LegalEntity, PersonioAccount, User
from onboarding.services.access import NotAllowed
from onboarding.services.personio import PersonioRefused, Refusal
from sync.services.setup import DEFAULT_MAPPING
from tests.factories import EntityFactory, UserFactory, previewed
from tests.mapping.accounts import BSN, SIMULATED, defined, without

PERSONIO, ROSTER = services.Source.PERSONIO, services.Source.ROSTER
ROSTER_DEFAULT = yaml.safe_load(DEFAULT_MAPPING.read_text(encoding="utf-8"))
STATUS = {"target": "scope.status", "source": "status"}
UNSEEN = ("preview_missing", "")
GENDER = "employee.personalDetails.gender"
LAST_NAME = {"target": "employee.personalDetails.lastName", "source": "last_name"}


@pytest.fixture
def company(entity: LegalEntity) -> Company:
    now = timezone.now()
    PersonioAccount.objects.create(company=entity.company, client_id="id", client_secret="secret", connected_at=now)
    definitions.take(entity.company, SIMULATED)
    return entity.company


@pytest.fixture
def support(db: None) -> User:
    return UserFactory(is_staff=True)


def document(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"name": "Test", "version": 1, "rules": list(rules)}


def sources(company: Company) -> dict[str, str | None]:
    current = services.published(company, PERSONIO)
    assert current is not None
    return {rule.target: rule.source for rule in services.frozen_rules(current).rules}


def lacks(entity: LegalEntity) -> list[tuple[str, str]]:
    entity.refresh_from_db()
    return [(lack["code"], lack["label"]) for lack in entity.mapping_lacks]


# --- One version in force for each source -------------------------------------------------------------------------------


def test_each_source_has_its_own_mapping_and_its_own_versions(company: Company) -> None:
    services.publish(company, ROSTER_DEFAULT)
    services.publish(company, ROSTER_DEFAULT | {"rules": ROSTER_DEFAULT["rules"][:-1]})
    definitions.publish_default(company, None)
    roster, personio = services.published(company), services.published(company, PERSONIO)
    assert (str(roster), str(personio)) == ("Roster 2", "Personio 1")
    assert MappingSet.objects.filter(company=company, state=MappingSet.State.PUBLISHED).count() == 2


def test_a_setup_document_leaves_what_a_person_published(company: Company, support: User, tmp_path: Path) -> None:
    services.publish(company, ROSTER_DEFAULT)
    ours = services.publish(company, document(LAST_NAME), support)
    setup = tmp_path / "setup.yaml"
    setup.write_text(yaml.safe_dump({"companies": [{"name": company.name, "mapping": "default"}]}), encoding="utf-8")
    call_command("load_setup", str(setup), verbosity=0)
    assert services.published(company) == ours


def test_an_entity_uses_the_mapping_of_its_source(company: Company, entity: LegalEntity) -> None:
    services.publish(company, ROSTER_DEFAULT)
    definitions.publish_default(company, None)
    reader = EntityFactory(company=company, personio_id="170")
    assert services.published_for(entity) == services.published(company, ROSTER)
    assert services.published_for(reader) == services.published(company, PERSONIO)


def test_what_a_document_changes_is_in_the_history_before_and_after(  # rule 28
    company: Company, entity: LegalEntity, support: User
) -> None:
    gender = {"target": GENDER, "source": "gender", "options": {"m": "Man", "v": "Vrouw"}}
    first = services.publish(company, document(LAST_NAME, gender))
    changed = LAST_NAME | {"write_mode": "only_for_new"}
    second = services.publish(company, document(changed, gender | {"options": {"m": "Man", "v": "Onbekend"}}), support)
    third = services.publish(company, document(changed), support)
    assert services.publish(company, document(changed), support) == third, "and nothing is noted of the same rules"
    rows = MappingChange.objects.filter(mapping_set__in=(second, third)).order_by("pk")
    assert [(one.mapping_set, one.target, one.by) for one in rows] == [
        (second, LAST_NAME["target"], support), (second, GENDER, support), (second, "", support),
        (third, GENDER, support), (third, "", support),
    ]  # fmt: skip
    name, options, whole, gone, _whole = rows
    assert (name.before["write_mode"], name.after["write_mode"]) == ("overwrite", "only_for_new")
    assert (options.before["options"]["v"], options.after["options"]["v"]) == ("Vrouw", "Onbekend")
    assert (name.batch == options.batch, whole.after, gone.after) == (True, {"published": 2}, None)
    assert [one.before for one in MappingChange.objects.filter(mapping_set=first, target=GENDER)] == [None]


def test_a_roster_has_no_rule_for_who_is_sent(company: Company) -> None:
    with pytest.raises(ValueError, match=r"scope.status has columns of its own"):
        services.publish(company, document(LAST_NAME, STATUS))


@pytest.mark.parametrize(
    ("rule", "complaint"),
    [
        (STATUS | {"fallback": "active"}, r"rule 1 \(scope.status\).*nothing stands in"),
        (STATUS | {"options": {"x": "busy"}}, "becomes 'busy'; it must be one of onboarding, active, leave, inactive"),
    ],
)
def test_who_is_sent_is_read_and_never_made_up(company: Company, rule: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        services.publish(company, document(rule), source=PERSONIO)


# --- What it lacks ------------------------------------------------------------------------------------------------------


def test_each_entity_has_written_down_what_the_mapping_of_its_source_lacks(
    company: Company, entity: LegalEntity
) -> None:
    reader = EntityFactory(company=company, personio_id="170")
    services.publish(company, ROSTER_DEFAULT)
    assert (lacks(entity), lacks(reader)) == ([UNSEEN], [("no_mapping", "")])
    services.publish(company, document(LAST_NAME, STATUS), source=PERSONIO)
    assert lacks(entity) == [UNSEEN]
    assert lacks(reader) == [
        ("required_scope", "Consider in NL payroll"),
        ("required_field", "Employee number"),
        ("required_field", "Income number"),
        UNSEEN,
    ]


def test_the_default_lacks_nothing_for_the_whole_account_but_somebody_who_looks(company: Company) -> None:
    reader = EntityFactory(company=company, personio_id="170")
    definitions.publish_default(company, None)
    assert lacks(reader) == [UNSEEN]
    assert lacks(previewed(reader)) == []


def test_an_entity_that_changes_its_source_knows_it_at_once(company: Company, entity: LegalEntity) -> None:
    services.publish(company, ROSTER_DEFAULT)
    entity.refresh_from_db()
    entity.personio_id, entity.mapping_lacks, entity.mapping_looked_at = "170", [], None
    entity.save(update_fields=["personio_id", "mapping_lacks", "mapping_looked_at"])
    assert lacks(entity) == [("no_mapping", "")]
    assert entity.mapping_looked_at is not None


def test_what_is_written_down_of_the_whole_company_is_of_the_sources_in_use(
    company: Company, entity: LegalEntity
) -> None:
    services.publish(company, ROSTER_DEFAULT)
    previewed(entity)
    assert services.write_readiness(company) == []
    EntityFactory(company=company, personio_id="170")
    assert [lack["code"] for lack in services.write_readiness(company)] == ["no_mapping"]


# --- The default --------------------------------------------------------------------------------------------------------


def test_only_support_or_a_command_publishes(company: Company, support: User, administrator: User) -> None:
    with pytest.raises(NotAllowed):
        definitions.publish_default(company, administrator)
    assert services.published(company, PERSONIO) is None
    definitions.publish_default(company, support)
    current = services.published(company, PERSONIO)
    assert current is not None
    assert current.published_by == support


def test_it_says_what_it_did_not_find(company: Company) -> None:
    definitions.take(company, [*without(BSN), defined("dynamic_9", "IBAN", universal="iban")])
    found = definitions.publish_default(company, None).resolved
    assert [one.target for one in found.missing] == ["bsn"]
    assert [one.target for one in found.ambiguous] == ["iban"]
    assert not {"bsn", "iban"} & sources(company).keys()


def test_what_was_mapped_stays_while_its_attribute_is_away(company: Company) -> None:
    definitions.publish_default(company, None)
    definitions.take(company, [*without(BSN), defined("dynamic_9", "IBAN", universal="iban")])
    definitions.publish_default(company, None)
    assert sources(company)["bsn"] == BSN
    assert sources(company)["iban"] == "dynamic_24408"


def test_the_old_and_the_new_id_are_in_the_audit_trail(company: Company, support: User) -> None:
    definitions.publish_default(company, None)
    definitions.take(company, [*without(BSN), defined("dynamic_31007", "BSN")])
    definitions.publish_default(company, support)
    assert sources(company)["bsn"] == "dynamic_31007"
    trail = AuditEvent.objects.filter(action=AuditEvent.Action.MAPPING_PUBLISHED, actor=support)
    assert set(trail.values_list("detail", flat=True)) == {
        "Personio 2",
        "Personio 2: bsn: dynamic_24407 → dynamic_31007",
    }


def test_publishing_the_same_again_makes_no_new_version(company: Company) -> None:
    definitions.publish_default(company, None)
    definitions.publish_default(company, None)
    assert MappingSet.objects.filter(company=company, source=PERSONIO).count() == 1


def test_before_anything_was_read_nothing_is_published(entity: LegalEntity) -> None:
    with pytest.raises(PersonioRefused) as caught:
        definitions.publish_default(entity.company, None)
    assert caught.value.refusal == Refusal.NOT_CONNECTED
    now = timezone.now()
    PersonioAccount.objects.create(company=entity.company, client_id="id", client_secret="x", connected_at=now)
    with pytest.raises(PersonioRefused) as caught:
        definitions.publish_default(entity.company, None)
    assert caught.value.refusal == Refusal.ATTRIBUTES_NOT_READABLE
    assert services.published(entity.company, PERSONIO) is None
