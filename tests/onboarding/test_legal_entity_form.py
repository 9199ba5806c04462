"""Rules 1 and 4: the country, the KvK number and the tax ID of a legal entity, as a customer fills them in."""

import re
import threading
from collections.abc import Callable

import pytest
from django.db import connection as database
from django.test import Client
from django.urls import reverse

from loket_portal.simulator import Simulator
from onboarding.facts import Finding, Outcome
from onboarding.models import AuditEvent, LegalEntity, Role, User
from onboarding.progress import Status
from onboarding.services import evidence, hub, legal_entities, signin
from onboarding.services.access import NotAllowed
from onboarding.services.legal_entities import EntityRefused, Refusal
from onboarding.steps import StepKey
from onboarding.wording.before import LEGAL_ENTITY, entity_change
from tests.browserless import sign_in_at_loket
from tests.factories import ConnectionFactory, EntityFactory, member

KVK, TAX = "81234567", "812345678L01"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def page(entity: LegalEntity) -> str:
    return reverse("setup_step", kwargs={"pk": entity.pk, "step": "legal-entity"})


def review(entity: LegalEntity, by: User, kvk: str = KVK, tax: str = TAX) -> bool:
    return legal_entities.review(entity, by, kvk=kvk, tax=tax)


def state_of(entity: LegalEntity, user: User) -> Status:
    return hub.state(entity, StepKey.LEGAL_ENTITY, user).status


def refusal_of(act: Callable[[], object]) -> Refusal:
    with pytest.raises(EntityRefused) as refused:
        act()
    return refused.value.refusal


# --- The numbers ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["812345678L01", " 812345678l01 ", "8123.45.678.L01", "8123 45 678 L 01", "8123.45.678-L-01", "812345678\u00a0L01"],
)
def test_a_tax_id_is_taken_as_people_write_it(text: str) -> None:
    assert legal_entities.tax_id(text) == TAX


@pytest.mark.parametrize(
    "text",
    ["", "812345678", "812345678L1", "812345678L001", "812345678B01", "81234567L01", "L01812345678", "٨12345678L01"],
)
def test_anything_else_is_no_tax_id(text: str) -> None:
    assert refusal_of(lambda: legal_entities.tax_id(text)) is Refusal.BAD_TAX_ID


@pytest.mark.parametrize("text", ["81234567", " 8123 4567 ", "8123.4567"])
def test_a_kvk_number_is_taken_as_people_write_it(text: str) -> None:
    assert legal_entities.kvk_number(text) == KVK


@pytest.mark.parametrize("text", ["", "8123456", "812345678", "8123456A", "٨1234567"])
def test_anything_else_is_no_kvk_number(text: str) -> None:
    assert refusal_of(lambda: legal_entities.kvk_number(text)) is Refusal.BAD_KVK_NUMBER


@pytest.mark.parametrize(("number", "mistyped"), [("812345678L01", False), ("823456789L01", True), ("", False)])
def test_nine_digits_that_fail_the_eleven_test_are_a_hint(number: str, mistyped: bool) -> None:
    assert legal_entities.looks_mistyped(number) is mistyped


@pytest.mark.parametrize("refusal", Refusal)
def test_every_refusal_has_a_reason_and_a_fix(refusal: Refusal) -> None:
    words = LEGAL_ENTITY[refusal].filled({"names": "Tulp Events B.V."})
    assert words.text
    assert words.fix
    assert "?" not in str(words.text)


# --- The service ------------------------------------------------------------------------------------------------------------


def test_a_review_stores_both_numbers_and_completes_the_task(entity: LegalEntity, administrator: User) -> None:
    assert review(entity, administrator, " 8123 4567", "8123.45.678.l01")
    entity.refresh_from_db()
    assert (entity.kvk_number, entity.tax_id) == (KVK, TAX)
    assert state_of(entity, administrator) is Status.COMPLETED


def test_a_change_is_in_the_audit_trail_without_the_numbers(entity: LegalEntity, administrator: User) -> None:
    review(entity, administrator)
    event = AuditEvent.objects.get(action=AuditEvent.Action.ENTITY_CHANGED)
    assert (event.actor, event.entity, event.detail) == (administrator, entity, "kvk_number, tax_id")
    assert entity_change(event.detail) == "KvK number, Tax ID (loonheffingennummer)"


def test_saying_the_same_again_changes_nothing(entity: LegalEntity, administrator: User) -> None:
    review(entity, administrator)
    assert not review(entity, administrator)
    assert AuditEvent.objects.filter(action=AuditEvent.Action.ENTITY_CHANGED).count() == 1


def test_a_tax_id_of_another_entity_is_refused_naming_it(entity: LegalEntity, administrator: User) -> None:
    EntityFactory(company=entity.company, name="Tulp Events B.V.", tax_id=TAX)
    with pytest.raises(EntityRefused) as refused:
        review(entity, administrator)
    assert refused.value.refusal is Refusal.TAX_ID_OF_OTHER
    assert refused.value.names == ("Tulp Events B.V.",)
    assert not LegalEntity.objects.get(pk=entity.pk).tax_id


def test_a_tax_id_of_another_entitys_administration_is_refused_naming_it(
    entity: LegalEntity, administrator: User
) -> None:
    other = EntityFactory(company=entity.company)
    ConnectionFactory(entity=other, tax_id=TAX)
    with pytest.raises(EntityRefused) as refused:
        review(entity, administrator)
    assert refused.value.names == (other.name,)


def test_another_company_is_neither_asked_nor_named(entity: LegalEntity, administrator: User) -> None:
    EntityFactory(tax_id=TAX)
    assert review(entity, administrator)


@pytest.mark.django_db(transaction=True)
def test_of_two_entities_that_take_one_number_at_once_one_is_refused() -> None:
    if database.vendor == "sqlite":
        pytest.skip("SQLite knows one writer at a time")
    one = EntityFactory()
    two = EntityFactory(company=one.company)
    user = member(one)
    Role.objects.get().payroll_entities.add(two)
    said: list[str] = []
    start = threading.Barrier(2)

    def take(entity: LegalEntity) -> None:
        start.wait(10)
        try:
            said.append(f"changed {review(entity, user)}")
        except EntityRefused as refused:
            said.append(refused.refusal)
        finally:
            database.close()

    threads = [threading.Thread(target=take, args=(entity,)) for entity in (one, two)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(said) == ["changed True", Refusal.TAX_ID_OF_OTHER]


@pytest.mark.django_db
def test_outside_the_netherlands_there_is_nothing_to_review() -> None:
    entity = EntityFactory(country="DE", enabled_at=None)
    user = member(entity)
    assert refusal_of(lambda: review(entity, user)) is Refusal.NOT_DUTCH
    assert refusal_of(lambda: legal_entities.confirm(entity, user)) is Refusal.NOT_DUTCH


def test_without_payroll_edit_nothing_changes(entity: LegalEntity, administrator: User) -> None:
    Role.objects.get().payroll_entities.clear()
    with pytest.raises(NotAllowed):
        review(entity, administrator)
    with pytest.raises(NotAllowed):
        legal_entities.confirm(entity, administrator)


def test_a_connected_entity_keeps_its_numbers(entity: LegalEntity, administrator: User) -> None:
    ConnectionFactory(entity=entity, tax_id=TAX)
    assert refusal_of(lambda: review(entity, administrator, tax="834567891L01")) is Refusal.CONNECTED


def test_a_connected_entity_without_a_number_gets_that_of_its_connection(
    entity: LegalEntity, administrator: User
) -> None:
    ConnectionFactory(entity=entity, tax_id=TAX)
    legal_entities.confirm(entity, administrator)
    assert LegalEntity.objects.get(pk=entity.pk).tax_id == TAX
    assert state_of(entity, administrator) is Status.COMPLETED


def test_what_loket_said_of_the_former_number_says_nothing_of_the_new_one(
    entity: LegalEntity, administrator: User
) -> None:
    review(entity, administrator)
    evidence.record(Finding(Outcome.PROVED, "own"), "own_tax_id", entity=entity)
    assert state_of(entity, administrator) is Status.VERIFIED
    review(entity, administrator, tax="834567891L01")
    assert state_of(entity, administrator) is Status.COMPLETED


def test_another_kvk_number_leaves_the_proof_of_the_tax_id(entity: LegalEntity, administrator: User) -> None:
    review(entity, administrator)
    evidence.record(Finding(Outcome.PROVED, "own"), "own_tax_id", entity=entity)
    review(entity, administrator, kvk="81234568")
    assert state_of(entity, administrator) is Status.VERIFIED


@pytest.fixture
def signed_in_at_loket(entity: LegalEntity, administrator: User, simulator: Simulator) -> LegalEntity:
    """The entity after its check sign-in."""
    address = signin.begin(entity, "session-1", user=administrator, purpose=signin.Purpose.CHECK)
    signin.complete("session-1", sign_in_at_loket(address), user=administrator)
    entity.refresh_from_db()
    return entity


@pytest.mark.parametrize(("number", "status"), [(TAX, Status.VERIFIED), ("999999999L01", Status.PROBLEM)])
def test_with_a_sign_in_a_new_number_is_looked_up_at_once(
    signed_in_at_loket: LegalEntity, administrator: User, number: str, status: Status
) -> None:
    review(signed_in_at_loket, administrator, tax=number)
    assert state_of(signed_in_at_loket, administrator) is status


def test_a_corrected_number_is_verified_at_once(signed_in_at_loket: LegalEntity, administrator: User) -> None:
    review(signed_in_at_loket, administrator, tax="999999999L01")
    review(signed_in_at_loket, administrator)
    assert state_of(signed_in_at_loket, administrator) is Status.VERIFIED


# --- The page ---------------------------------------------------------------------------------------------------------------


def test_sending_the_form_stores_the_numbers(signed_in: Client, entity: LegalEntity) -> None:
    answer = signed_in.post(page(entity), {"kvk_number": "8123 4567", "tax_id": "812345678l01"}, follow=True)
    assert "Saved." in answer.content.decode()
    entity.refresh_from_db()
    assert (entity.kvk_number, entity.tax_id) == (KVK, TAX)


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ({"kvk_number": "123", "tax_id": TAX}, "A KvK number has 8 digits"),
        ({"kvk_number": KVK, "tax_id": "812345678B01"}, "9 digits, the letter L and 2 digits"),
        ({"kvk_number": "", "tax_id": TAX}, "Write the KvK number"),
    ],
)
def test_a_faulty_number_is_explained_and_nothing_typed_is_lost(
    signed_in: Client, entity: LegalEntity, numbers: dict[str, str], said: str
) -> None:
    html = signed_in.post(page(entity), numbers).content.decode()
    assert said in html
    assert "<title>\n    Error:" in html or "<title>Error:" in html
    for number in filter(None, numbers.values()):
        assert f'value="{number}"' in html
    assert not LegalEntity.objects.get(pk=entity.pk).tax_id


def test_a_number_that_is_taken_is_explained_at_its_field(signed_in: Client, entity: LegalEntity) -> None:
    EntityFactory(company=entity.company, name="Tulp Events B.V.", tax_id=TAX)
    html = signed_in.post(page(entity), {"kvk_number": KVK, "tax_id": TAX}).content.decode()
    assert "Tulp Events B.V. has this tax ID already." in html
    assert 'href="#id_tax_id"' in html


def test_a_german_entity_gets_the_reason_and_who_corrects_it_and_no_form(
    client: Client, entity: LegalEntity, settings: object
) -> None:
    german = EntityFactory(country="DE", enabled_at=None)
    client.force_login(member(german), backend=BACKEND)
    html = client.get(page(german)).content.decode()
    assert "not in the Netherlands" in html
    assert f"mailto:{settings.SUPPORT_EMAIL}" in html
    assert 'name="tax_id"' not in html


def test_a_connected_entity_shows_its_numbers_read_only_with_the_reason(signed_in: Client, entity: LegalEntity) -> None:
    ConnectionFactory(entity=entity, tax_id=TAX)
    html = signed_in.get(page(entity)).content.decode()
    assert "These numbers are fixed" in html
    assert TAX in html
    assert 'name="tax_id"' not in html
    signed_in.post(page(entity), {"kvk_number": KVK, "tax_id": "834567891L01"})
    assert LegalEntity.objects.get(pk=entity.pk).tax_id == TAX


def test_somebody_without_payroll_edit_sees_the_numbers_and_no_form(
    client: Client, entity: LegalEntity, administrator: User
) -> None:
    review(entity, administrator)
    reader = member(entity, Role.Preset.PAYROLL_MANAGER)
    Role.objects.get(name="Payroll Manager").payroll_entities.clear()
    client.force_login(reader, backend=BACKEND)
    html = client.get(page(entity)).content.decode()
    assert TAX in html
    assert 'name="tax_id"' not in html
    assert client.post(page(entity), {"kvk_number": KVK, "tax_id": TAX}).status_code == 403


def test_a_number_that_looks_mistyped_is_stored_with_a_hint(signed_in: Client, entity: LegalEntity) -> None:
    html = signed_in.post(page(entity), {"kvk_number": KVK, "tax_id": "823456789L01"}, follow=True).content.decode()
    assert re.search("eleven test", html)
    assert LegalEntity.objects.get(pk=entity.pk).tax_id == "823456789L01"
