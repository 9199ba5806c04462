"""Enabling an entity: what stands against it, all at once, and what it does (rules 1, 6, 8, 28, 29)."""

from pathlib import Path

import pytest
import yaml
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from mapping import services as mappings
from onboarding.facts import Finding, Outcome
from onboarding.models import AuditEvent, LegalEntity, LoketLogin, Mail, Membership, Role
from onboarding.services import access, bookings, entities, evidence
from onboarding.services.entities import Against, NotPossible
from sync.services.setup import DEFAULT_MAPPING
from tests.factories import CompanyFactory, EntityFactory, UserFactory, member, previewed
from tests.onboarding import desk


@pytest.fixture
def entity(db: None) -> LegalEntity:
    """A Dutch entity against which nothing stands."""
    entity = EntityFactory(enabled_at=None)
    desk.ready_to_enable(entity)
    return entity


def against(entity: LegalEntity) -> list[str]:
    entity.refresh_from_db()
    return [reason.code for reason in entities.reasons_against_enabling(entity)]


def the_reason(entity: LegalEntity) -> entities.Reason:
    entity.refresh_from_db()
    (reason,) = entities.reasons_against_enabling(entity)
    return reason


def test_nothing_stands_against_one_that_is_ready(entity: LegalEntity) -> None:
    assert against(entity) == []


def test_a_foreign_one_is_never_enabled_whatever_else_is_done(entity: LegalEntity) -> None:  # rule 1
    LegalEntity.objects.update(country="DE")
    assert against(entity) == [Against.NOT_DUTCH]
    with pytest.raises(NotPossible):
        entities.enable(entity, desk.support(), is_forced=True)


def test_who_has_not_confirmed_the_scope_is_named(entity: LegalEntity) -> None:  # rule 6
    piet = member(entity, Role.Preset.PAYROLL_MANAGER, first_name="Piet", last_name="Visser")
    assert the_reason(entity) == entities.Reason(Against.NOT_ACKNOWLEDGED, names=(str(piet),))


def test_a_confirmation_of_a_former_text_does_not_count(entity: LegalEntity) -> None:  # rule 6
    entity.company.acknowledgements.update(text_version="2001-01")
    assert against(entity) == [Against.NOT_ACKNOWLEDGED]


def test_who_left_or_has_a_role_of_another_company_need_not_confirm(entity: LegalEntity) -> None:
    left = member(entity)
    left.is_active = False
    left.save()
    foreign = Role.objects.create(company=CompanyFactory(), name="Foreign")
    foreign.payroll_entities.add(entity)
    Membership.objects.create(company=entity.company, user=UserFactory(), role=foreign)
    assert against(entity) == []


def test_somebody_must_have_payroll_edit(entity: LegalEntity) -> None:
    Role.objects.get(company=entity.company).payroll_entities.clear()
    assert against(entity) == [Against.NOBODY_TO_ACKNOWLEDGE]


def test_without_a_check_sign_in_nothing_is_known(entity: LegalEntity) -> None:  # rule 8
    LegalEntity.objects.update(loket_login=None)
    assert against(entity) == [Against.NO_SIGN_IN]


def test_a_sign_in_that_loket_no_longer_takes_is_to_be_renewed(entity: LegalEntity) -> None:
    LoketLogin.objects.update(state=LoketLogin.State.SIGN_IN_NEEDED)
    assert against(entity) == [Against.SIGN_IN_AGAIN]


@pytest.mark.parametrize("fact", entities.REQUIRED_FACTS)
def test_a_check_that_failed_is_named_with_what_it_found(entity: LegalEntity, fact: str) -> None:  # rule 35
    evidence.record(Finding(Outcome.FAILED, "what_it_found"), fact, login=LoketLogin.objects.get())
    (failed,) = the_reason(entity).facts
    assert (failed.key, failed.code) == (fact, "what_it_found")


def test_a_check_that_was_never_made_is_named(entity: LegalEntity) -> None:
    login = LoketLogin.objects.get()
    login.evidence.filter(fact__in=["rights", "modules"])._raw_delete(using="default")
    assert the_reason(entity) == entities.Reason(Against.CHECK_MISSING, keys=("rights", "modules"))


def test_loket_that_could_not_be_asked_today_keeps_what_it_showed_before(entity: LegalEntity) -> None:
    login = LoketLogin.objects.get()
    evidence.record(Finding(Outcome.UNREACHABLE, "away"), "rights", login=login)
    assert against(entity) == []
    login.evidence.filter(fact="rights", outcome="proved")._raw_delete(using="default")
    assert the_reason(entity).keys == ("rights",), "it never showed anything"


def test_a_derived_check_is_good_enough(entity: LegalEntity) -> None:  # rule 18
    evidence.record(Finding(Outcome.DERIVED, "activities"), "rights", login=LoketLogin.objects.get())
    assert against(entity) == []


def test_what_the_mapping_lacks_is_told_with_its_labels(entity: LegalEntity) -> None:  # rule 29
    lack = {"code": "required_field", "label": "Last name", "label_nl": "Achternaam"}
    entities.note_mapping(entity, [lack])
    assert the_reason(entity) == entities.Reason(Against.MAPPING_LACKS, lacks=(lack,))


def test_a_mapping_that_nobody_has_looked_at_is_no_mapping_without_lacks(entity: LegalEntity) -> None:
    LegalEntity.objects.update(mapping_looked_at=None)
    assert against(entity) == [Against.MAPPING_UNKNOWN]


def test_all_reasons_come_at_once_and_nothing_is_changed(entity: LegalEntity) -> None:
    entity.company.acknowledgements.all().delete()
    LegalEntity.objects.update(loket_login=None)
    entities.note_mapping(entity, [{"code": "no_mapping", "label": "", "label_nl": ""}])
    with pytest.raises(NotPossible) as refused:
        entities.enable(entity, desk.support())
    expected = [Against.NOT_ACKNOWLEDGED, Against.NO_SIGN_IN, Against.MAPPING_LACKS]
    assert [reason.code for reason in refused.value.reasons] == expected
    entity.refresh_from_db()
    assert not entity.is_enabled
    assert not AuditEvent.objects.filter(action="enabled").exists()


def test_enabling_tells_administrators_and_payroll_editors_once_each_and_is_audited(entity: LegalEntity) -> None:
    piet = member(entity, Role.Preset.PAYROLL_MANAGER)
    desk.acknowledge(entity)
    stranger = member(EntityFactory(company=entity.company), Role.Preset.PAYROLL_MANAGER)
    Membership.objects.filter(user=stranger).update(role=Role.objects.create(company=entity.company, name="Reader"))
    sam = desk.support()
    assert entities.enable(entity, sam)
    told = Mail.objects.filter(kind="enabled").values_list("to", flat=True)
    administrator = Membership.objects.get(role__is_administrator=True, company=entity.company).user
    assert sorted(told) == sorted([administrator.email, piet.email])
    assert AuditEvent.objects.get(action="enabled").actor == sam
    assert (entity.is_enabled, entity.enabled_by) == (True, sam)


def test_a_second_time_changes_nothing_and_mails_nobody(entity: LegalEntity) -> None:
    entities.enable(entity, desk.support())
    mails = Mail.objects.count()
    entity.company.acknowledgements.all().delete()
    assert not entities.enable(entity, desk.support()), "enabled is enabled, also where a reason has come since"
    assert Mail.objects.count() == mails


def test_only_support_enables(entity: LegalEntity) -> None:  # rule 28
    with pytest.raises(access.NotAllowed):
        entities.enable(entity, member(entity))


def test_the_booking_is_done_with_the_last_of_its_entities(entity: LegalEntity) -> None:
    other = EntityFactory(company=entity.company, enabled_at=None)
    by = Membership.objects.filter(company=entity.company).first().user  # type: ignore[union-attr]
    Role.objects.get(company=entity.company).payroll_entities.add(other)
    booking = desk.book(entity, by, other)
    sam = desk.support()
    entities.enable(entity, sam)
    booking.refresh_from_db()
    assert booking.state == bookings.State.NEW, "one of two"
    desk.check_sign_in(other)
    entities.note_mapping(other, [])
    entities.enable(other, sam)
    booking.refresh_from_db()
    assert (booking.state, booking.owner) == (bookings.State.DONE, sam)


def test_force_counts_in_the_demo_only(entity: LegalEntity, settings: LazySettings) -> None:
    entity.company.acknowledgements.all().delete()
    settings.IS_DEMO = False
    with pytest.raises(NotPossible):
        entities.enable(entity, None, is_forced=True)
    settings.IS_DEMO = True
    assert entities.enable(entity, None, is_forced=True)
    assert not Mail.objects.filter(kind="enabled").exists(), "the demo begins with an empty outbox"


SETUP = """
companies:
- name: Acme
  mapping: default
  entities:
  - {name: Acme B.V., country: NL, enabled: true}
  users:
  - {email: anna@acme.example, first_name: Anna, last_name: Bakker, role: administrator}
"""


@pytest.mark.django_db
def test_a_setup_document_enables_nothing_that_support_could_not(tmp_path: Path, settings: LazySettings) -> None:
    settings.IS_DEMO = False
    document = tmp_path / "setup.yaml"
    document.write_text(SETUP, "utf-8")
    with pytest.raises(CommandError) as refused:
        call_command("load_setup", str(document))
    assert "Anna Bakker" in str(refused.value), "who has to confirm the scope"
    assert "no check sign-in" in str(refused.value)
    assert "The mapping lacks: a preview of everybody (rule 29)." in str(refused.value), "all else is published with it"
    assert not LegalEntity.objects.exists()


def test_a_setup_document_enables_what_is_ready_and_leaves_what_is_enabled(
    entity: LegalEntity, tmp_path: Path, settings: LazySettings
) -> None:
    settings.IS_DEMO = False
    document = tmp_path / "setup.yaml"
    row = (
        f"- name: {entity.company}\n  mapping: default\n  entities:\n  - {{name: {entity}, country: NL, enabled: true}}"
    )
    document.write_text(f"companies:\n{row}\n", "utf-8")
    mappings.publish(entity.company, yaml.safe_load(DEFAULT_MAPPING.read_text(encoding="utf-8")))
    previewed(entity)
    call_command("load_setup", str(document))
    entity.refresh_from_db()
    assert entity.is_enabled
    entity.company.acknowledgements.all().delete()
    call_command("load_setup", str(document))
    assert AuditEvent.objects.filter(action="enabled").count() == 1
