"""Entities brought to a point of their setup, without a browser and without Loket."""

from django.utils import timezone

from onboarding.facts import Finding, Outcome
from onboarding.models import Acknowledgement, Booking, LegalEntity, LoketLogin, Membership, User
from onboarding.services import entities, evidence, marketplace
from onboarding.steps import StepKey
from onboarding.texts import SCOPE_VERSION
from tests.factories import LoginFactory, UserFactory, member

FIELDS = {
    "contact_name": "Anna de Boer",
    "contact_email": "anna@company.example",
    "contact_phone": "",
    "accountant_name": "M. Jansen",
    "accountant_email": "jansen@accountants.example",
    "message": "Payroll runs on the 20th.",
}


def acknowledge(entity: LegalEntity) -> None:
    """Everybody with payroll edit has confirmed the scope."""
    for row in Membership.objects.filter(company=entity.company_id, role__payroll_entities=entity):
        fields = {"company": entity.company, "user": row.user, "text_version": SCOPE_VERSION}
        Acknowledgement.objects.get_or_create(**fields, defaults={"at": timezone.now()})


def prepare(entity: LegalEntity, by: User) -> None:
    """The four prerequisites are done: the integration can be booked."""
    acknowledge(entity)
    for step in (StepKey.PAYROLL_PERSON, StepKey.LEGAL_ENTITY, StepKey.PERMISSIONS):
        evidence.declare(entity, step, actor=by)


def check_sign_in(entity: LegalEntity, **outcomes: Outcome) -> LoketLogin:
    """A check sign-in that proved everything, but what `outcomes` says otherwise."""
    login = LoginFactory(company=entity.company, purpose=LoketLogin.Purpose.VERIFICATION)
    LegalEntity.objects.filter(pk=entity.pk).update(loket_login=login)
    for fact in entities.REQUIRED_FACTS:
        evidence.record(Finding(outcomes.get(fact, Outcome.PROVED), ""), fact, login=login)
    return login


def ready_to_enable(entity: LegalEntity) -> User:
    """Nothing stands against enabling it; gives its administrator."""
    administrator = member(entity)
    acknowledge(entity)
    check_sign_in(entity)
    entities.note_mapping(entity, [])
    entity.refresh_from_db()
    return administrator


def book(entity: LegalEntity, by: User, *more: LegalEntity) -> Booking:
    """A booking of prepared entities."""
    for one in (entity, *more):
        prepare(one, by)
    return marketplace.book([entity, *more], by, **FIELDS)


def support(**fields: object) -> User:
    """Somebody of the support desk."""
    return UserFactory(is_staff=True, is_superuser=True, **fields)


def failed(code: str) -> Finding:
    return Finding(Outcome.FAILED, code)


def proved() -> Finding:
    return Finding(Outcome.PROVED, "")
