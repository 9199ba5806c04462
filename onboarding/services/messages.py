"""A ready message, always in Dutch, to the person in Loket: exactly what the checks miss, where to find it, and who asks.

Its sentences stand in templates/onboarding/accountant_message.txt. Nothing of an employee is in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from loket_portal.loket.diagnosis import Cause
from onboarding.facts import Fact, Outcome
from onboarding.models import Assignment, Booking, Guest, LegalEntity, Mail, User
from onboarding.services import access, algemeen, assignments, evidence, logins, mails, rights
from onboarding.steps import StepKey

TASKS = (StepKey.INTEGRATION_USER, StepKey.LOKET_ACCOUNT)
TO_MEND = (algemeen.ItemState.NEAR, algemeen.ItemState.MISSING)
PAUSE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Contact:
    """Who asks, with an address to answer to."""

    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Lacks:
    """What somebody has to mend in Loket, from the facts that failed. `flags` are codes of the check of the user."""

    rights: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    employers: tuple[str, ...] = ()
    employer_count: str = ""
    sees_no_employer: bool = False
    flags: tuple[str, ...] = ()
    login_method: str = ""
    has_filter: bool = False
    items: tuple[algemeen.Item, ...] = ()

    def __bool__(self) -> bool:
        return self != Lacks()

    @property
    def of_user(self) -> bool:
        """Whether something about the integration user itself is wrong."""
        return bool(
            self.rights
            or self.employers
            or self.employer_count
            or self.sees_no_employer
            or self.flags
            or self.has_filter
        )


@dataclass(frozen=True, slots=True)
class Message:
    """What to send; `guest` is who would get it by e-mail from here, None where nobody holds the tasks."""

    subject: str
    text: str
    guest: Guest | None = None

    @property
    def whole(self) -> str:
        """Subject and text, to copy."""
        return f"{self.subject}\n\n{self.text}"


class Refusal(StrEnum):
    """Why no message was sent; the page words it."""

    NOTHING_TO_MEND = "nothing_to_mend"
    NOBODY_HOLDS_IT = "nobody_holds_it"
    JUST_SENT = "just_sent"


class SendRefused(Exception):
    """No message was sent."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


def lacks_in(facts: Mapping[str, Fact]) -> Lacks:
    """What the latest checks found wrong and the person in Loket can mend."""
    failed = {key: fact for key, fact in facts.items() if fact.outcome is Outcome.FAILED}
    missing = rights.doctor(failed).missing
    single, user = failed.get("single_employer"), failed.get("employer_user")
    return Lacks(
        rights=tuple(right.name for right in missing),
        modules=_modules(failed),
        employers=tuple(row["name"] for row in single.details) if single else (),
        employer_count=single.params.get("number", "") if single and single.code != "no_employer" else "",
        sees_no_employer=bool(single and single.code == "no_employer"),
        flags=_flags(user) if user else (),
        login_method=_login_method(user) if user else "",
        has_filter="filter_settings" in failed,
        items=tuple(item for item in algemeen.items_in(failed) if item.state in TO_MEND),
    )


def _modules(failed: Mapping[str, Fact]) -> tuple[str, ...]:
    """Named by the check of the modules, or by that of the activities, in their order; each once."""
    rows = failed["modules"].details if "modules" in failed else ()
    named = [row["name"] for row in rows if row["state"] == "missing"]
    activities = failed["activities"].details if "activities" in failed else ()
    named += [row["module"] for row in activities if row["cause"] == Cause.MODULE]
    return tuple(dict.fromkeys(filter(None, named)))


def _flags(user: Fact) -> tuple[str, ...]:
    if user.code == "user_not_listed":
        return ("not_listed",)
    return tuple(row["slug"] for row in user.details if row["state"] == "wrong")


def _login_method(user: Fact) -> str:
    return next((row["found"] for row in user.details if row["slug"] == "login_method"), "")


def message_for(entity: LegalEntity, facts: Mapping[str, Fact], user: User | None = None) -> Message | None:
    """The message as it would be sent now; None when there is nothing to mend in Loket."""
    lacks = lacks_in(facts)
    if not lacks:
        return None
    guest, login = holder(entity), logins.login_for(entity)
    told = {
        "entity": entity,
        "lacks": lacks,
        "greet": guest.name if guest else "",
        "contact": contact_of(entity, user),
        "loket_user": login.loket_user if login else "",
        "looked_on": _looked_at(facts),
    }
    text = render_to_string("onboarding/accountant_message.txt", told).strip() + "\n"
    return Message(f"Loket-koppeling van {entity}: dit moet in Loket nog gebeuren", text, guest)


def _looked_at(facts: Mapping[str, Fact]) -> datetime | None:
    return max((fact.at for fact in facts.values() if fact.outcome is Outcome.FAILED), default=None)


def holder(entity: LegalEntity) -> Guest | None:
    """The guest who holds one of the two tasks in Loket and may still come in, that of the integration user first."""
    held = assignments.open_for([entity])
    guests = [held[entity.pk, step].guest for step in TASKS if (entity.pk, step) in held]
    return next((guest for guest in guests if guest and guest.revoked_at is None), None)


def contact_of(entity: LegalEntity, user: User | None = None) -> Contact:
    """Who asks the person in Loket: who gave the task, else the contact of the booking, else the one who looks."""
    held: dict[tuple[int, str], Assignment] = assignments.open_for([entity])
    givers = [held[entity.pk, step].assigned_by for step in TASKS if (entity.pk, step) in held]
    giver = next((one for one in givers if one and one.is_active), None)
    booking = None if giver else Booking.objects.filter(entities=entity).order_by("-pk").first()
    if booking:
        return Contact(booking.contact_name, booking.contact_email)
    asker = giver or user
    return Contact(str(asker), asker.email) if asker else Contact()


@transaction.atomic
def send(entity: LegalEntity, by: User) -> Guest:
    """Mails the message to the guest who holds the task; raises NotAllowed and SendRefused. Ten minutes between two."""
    access.require_payroll_edit(by, entity)
    message = message_for(entity, evidence.facts_of([entity])[entity.pk], by)
    if message is None:
        raise SendRefused(Refusal.NOTHING_TO_MEND)
    if message.guest is None:
        raise SendRefused(Refusal.NOBODY_HOLDS_IT)
    LegalEntity.objects.select_for_update().get(pk=entity.pk)
    sent = Mail.objects.filter(kind="problem_found", to=message.guest.email, subject__contains=entity.name)
    if sent.filter(created_at__gt=timezone.now() - PAUSE).exists():
        raise SendRefused(Refusal.JUST_SENT)
    told = {"entity": entity, "facts": [], "step": StepKey.INTEGRATION_USER, "message": message.text, "by": by}
    mails.to_guest(message.guest, "problem_found", told)
    return message.guest
