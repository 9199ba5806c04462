"""One module per task, each with its page; importing them here fills the registry."""

from onboarding.views.steps import (
    attributes,
    authorize,
    booking,
    integration_user,
    legal_entity,
    loket_account,
    payroll_person,
    permissions,
    scope,
)
from onboarding.views.steps.base import PAGES, StepPage

__all__ = [
    "PAGES",
    "StepPage",
    "attributes",
    "authorize",
    "booking",
    "integration_user",
    "legal_entity",
    "loket_account",
    "payroll_person",
    "permissions",
    "scope",
]
