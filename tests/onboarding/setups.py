"""Setups of legal entities in a given state, for tests of the hub and its pictures; everything invented."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from onboarding.facts import Finding, Outcome, Owner
from onboarding.models import Acknowledgement, Assignment, Booking, Evidence, Guest, LegalEntity, LoketLogin, User
from onboarding.services import evidence
from onboarding.steps import BY_KEY, StepKey
from onboarding.texts import SCOPE_VERSION

BEFORE = (StepKey.PAYROLL_PERSON, StepKey.LEGAL_ENTITY, StepKey.PERMISSIONS)


def ago(**span: float) -> datetime:
    return timezone.now() - timedelta(**span)


def found(
    outcome: Outcome, fact: str, *, entity: LegalEntity | None = None, login: LoketLogin | None = None, **more: Any
) -> Evidence:
    """What a check found, or (without a code) what it always finds when all is well."""
    code, params = more.pop("code", f"{fact}_{outcome}"), more.pop("params", {})
    finding = Finding(outcome, code, params, tuple(more.pop("details", ())), more.pop("owner", None))
    return evidence.record(finding, fact, entity=entity, login=login, **more)


def prove(entity: LegalEntity, login: LoketLogin, key: StepKey, outcome: Outcome = Outcome.PROVED) -> None:
    """Every check of a step passes."""
    for fact in BY_KEY[key].checks:
        scope: dict[str, Any] = (
            {"entity": entity} if fact in {"own_tax_id", "linked_administration"} else {"login": login}
        )
        found(outcome, fact, **scope)


def acknowledge(entity: LegalEntity, *users: User) -> None:
    for user in users:
        Acknowledgement.objects.create(company=entity.company, user=user, text_version=SCOPE_VERSION, at=ago(days=2))


def prepare(entity: LegalEntity, user: User) -> None:
    """The four tasks before the start, done by this user."""
    for key in BEFORE:
        evidence.declare(entity, key, actor=user)
    acknowledge(entity, user)


def guest(entity: LegalEntity, **fields: Any) -> Guest:
    known = {"name": "M. Jansen", "firm": "Jansen Accountants", "email": "m.jansen@jansen.example"}
    return Guest.objects.create(company=entity.company, **known | fields)


def assign(entity: LegalEntity, key: StepKey, **fields: Any) -> Assignment:
    return Assignment.objects.create(entity=entity, step=key, **{"assigned_at": ago(days=3)} | fields)


def book(entity: LegalEntity, user: User | None, **fields: Any) -> Booking:
    known = {
        "company": entity.company,
        "contact_name": "Anna",
        "contact_email": "anna@company.example",
        "accountant_name": "M. Jansen",
        "accountant_email": "m.jansen@jansen.example",
        "booked_by": user,
        "booked_at": ago(days=1),
        "state_at": ago(days=1),
    }
    booking = Booking.objects.create(**known | fields)
    booking.entities.add(entity)
    return booking


ACCOUNTANT = Owner.ACCOUNTANT
