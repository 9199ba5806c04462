"""Somebody says that a task is done: whoever holds it, or a member with payroll edit where nobody does."""

from onboarding.models import Guest, LegalEntity, User
from onboarding.services import access, assignments, evidence
from onboarding.steps import StepKey


def report(entity: LegalEntity, step: StepKey, *, actor: User | None = None, guest: Guest | None = None) -> None:
    """Writes it down, and tells who gave the task. Raises NotAllowed, and AssignRefused for another's task."""
    assignment = assignments.find(entity, step)
    if assignment is not None:
        assignments.report_done(assignment, by=actor, guest=guest)
        return
    if guest is not None:
        raise assignments.AssignRefused(assignments.Refusal.ENDED)
    access.require_payroll_edit(actor, entity)
    evidence.declare(entity, step, actor=actor)
