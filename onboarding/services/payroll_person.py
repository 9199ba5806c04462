"""The payroll processing person: a colleague or somebody outside, named and given the two tasks in Loket (rule 9)."""

from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction

from onboarding.facts import Outcome
from onboarding.models import Guest, LegalEntity, User
from onboarding.services import access, assignments, evidence, hub
from onboarding.services.assignments import AssignRefused
from onboarding.steps import StepKey

TASKS = (StepKey.INTEGRATION_USER, StepKey.LOKET_ACCOUNT)


class Refusal(StrEnum):
    """Why somebody can't be named; wording/before.py words it."""

    NOT_A_COLLEAGUE = "not_a_colleague"
    IS_A_COLLEAGUE = "is_a_colleague"


class PersonRefused(Exception):
    """Nobody was named, nothing was sent."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Outsider:
    """Somebody who works elsewhere and gets a link by e-mail."""

    name: str
    firm: str
    email: str
    language: str


@dataclass(frozen=True, slots=True)
class Named:
    """Who was named last: a colleague, or a guest with the firm; `name` as it was written down then."""

    name: str
    firm: str = ""
    member: User | None = None
    guest: Guest | None = None


@transaction.atomic
def name_colleague(entity: LegalEntity, by: User, member: User, message: str = "") -> int:
    """Names a colleague; the number of tasks given to him now. Raises NotAllowed, and PersonRefused without a mail sent.

    Only somebody with payroll edit can do the tasks (rule 7).
    """
    access.require_payroll_edit(by, entity)
    if not assignments.colleagues(entity).filter(pk=member.pk).exists():
        raise PersonRefused(Refusal.NOT_A_COLLEAGUE)
    said = {"name": str(member), "member": str(member.pk)}
    return _write_down(entity, by, said, message, member=member)


@transaction.atomic
def name_outsider(entity: LegalEntity, by: User, person: Outsider, message: str = "") -> int:
    """Names somebody outside, who becomes a guest; the number of tasks given to him now. Raises as `name_colleague`."""
    access.require_payroll_edit(by, entity)
    try:
        guest = assignments.invite(
            entity.company, name=person.name, firm=person.firm, email=person.email, language=person.language, by=by
        )
    except AssignRefused as refused:  # a member of the company has this address
        raise PersonRefused(Refusal.IS_A_COLLEAGUE) from refused
    said = {"name": person.name, "firm": person.firm, "guest": str(guest.pk)}
    return _write_down(entity, by, said, message, guest=guest)


def _write_down(
    entity: LegalEntity,
    by: User,
    said: dict[str, str],
    message: str,
    *,
    guest: Guest | None = None,
    member: User | None = None,
) -> int:
    """Declares the task done and assigns those in Loket that are neither done nor in these hands: no mail is in vain."""
    done = {state.step.key for state in hub.board(entity, by).states if state.status.is_done}
    held = assignments.open_for([entity])
    evidence.declare(entity, StepKey.PAYROLL_PERSON, actor=by, params=said)
    holders = {step: held.get((entity.pk, step)) for step in TASKS}
    theirs = {step for step, one in holders.items() if one and (one.guest, one.member) == (guest, member)}
    given = [step for step in TASKS if step not in done and step not in theirs]
    for number, step in enumerate(reversed(given), start=1):
        is_last = number == len(given)  # one e-mail for all: it opens the first of them
        others = given[1:] if is_last else ()
        assignments.assign(
            entity, step, guest=guest, member=member, message=message, by=by, with_others=others, is_told=is_last
        )
    return len(given)


def named(entity: LegalEntity) -> Named | None:
    """Who was named last; None where nobody was."""
    fact = evidence.facts_of([entity])[entity.pk].get(StepKey.PAYROLL_PERSON)
    if fact is None or fact.outcome is not Outcome.DECLARED or not fact.params.get("name"):
        return None  # or declared without a name
    said = fact.params
    return Named(
        name=said["name"],
        firm=said.get("firm", ""),
        member=User.objects.filter(pk=said["member"]).first() if "member" in said else None,
        guest=Guest.objects.filter(company=entity.company_id, pk=said["guest"]).first() if "guest" in said else None,
    )
