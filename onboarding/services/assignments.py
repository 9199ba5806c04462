"""Tasks in somebody's hands: a colleague's, or a guest's such as the tax accountant's (rule 9).

Only members with payroll edit give tasks, remind and take back (rule 7); everything is in the audit trail.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from onboarding.models import Assignment, AuditEvent, Company, Guest, LegalEntity, User
from onboarding.services import access, audit, evidence, guests, mails
from onboarding.steps import BY_KEY, StepKey

REMINDER_PAUSE = timedelta(hours=1)


class Refusal(StrEnum):
    """Why a task can't be given, reminded of or reported; wording/people.py says it."""

    NOT_FOR_GUESTS = "not_for_guests"
    OTHER_COMPANY = "other_company"
    REVOKED = "revoked"
    CANNOT_ACT = "cannot_act"
    ENDED = "ended"
    JUST_REMINDED = "just_reminded"
    IS_MEMBER = "is_member"


class AssignRefused(Exception):
    """Nothing was changed."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


def colleagues(entity: LegalEntity) -> QuerySet[User]:
    """The members who can do a task of this entity: those with payroll edit for it (rule 7)."""
    rows = User.objects.filter(is_active=True, memberships__company=entity.company_id)
    rows = rows.filter(memberships__role__company=entity.company_id, memberships__role__payroll_entities=entity)
    return rows.order_by("last_name", "first_name", "pk").distinct()


def known_guests(company: Company) -> QuerySet[Guest]:
    """The company's guests who may still come in."""
    return Guest.objects.filter(company=company, revoked_at__isnull=True).order_by("firm", "name")


@transaction.atomic
def invite(company: Company, *, name: str, firm: str, email: str, language: str, by: User) -> Guest:
    """The guest with this e-mail address, made or let in again. Raises NotAllowed, and AssignRefused for a member."""
    guests.require_editor(by, company)
    address = email.strip().lower()
    if company.memberships.filter(user__email=address, user__is_active=True).exists():
        raise AssignRefused(Refusal.IS_MEMBER)
    fields = {"name": name, "firm": firm, "language": language, "revoked_at": None}
    former = Guest.objects.filter(company=company, email=address).first()
    is_new = former is None or former.revoked_at is not None
    guest, _made = Guest.objects.update_or_create(
        company=company,
        email=address,
        defaults=fields | ({"invited_by": by} if is_new else {}),
        create_defaults=fields | {"invited_by": by},
    )
    if is_new:
        audit.record(AuditEvent.Action.GUEST_INVITED, company=company, actor=by, detail=str(guest))
    return guest


@transaction.atomic
def assign(
    entity: LegalEntity,
    step: StepKey,
    *,
    guest: Guest | None = None,
    member: User | None = None,
    message: str = "",
    by: User,
    with_others: Sequence[StepKey] = (),
    is_told: bool = True,
) -> Assignment:
    """Puts the task in one person's hands, ends the former assignment and mails. Raises NotAllowed and AssignRefused.

    Who gets several tasks at once gets one e-mail: the last call names `with_others`, the others have `is_told` off.
    """
    access.require_payroll_edit(by, entity)
    LegalEntity.objects.select_for_update().get(pk=entity.pk)  # one holder per task, also after two clicks at once
    if refusal := _refusal(entity, step, guest, member):
        raise AssignRefused(refusal)
    _open(entity, step).update(ended_at=timezone.now())
    made = Assignment.objects.create(
        entity=entity,
        step=step,
        guest=guest,
        member=member,
        message=message,
        assigned_by=by,
        assigned_at=timezone.now(),
    )
    _note(made, AuditEvent.Action.ASSIGNED, by)
    if is_told and member != by:
        _tell_holder(made, "assigned", by, with_others)
    return made


def _refusal(entity: LegalEntity, step: StepKey, guest: Guest | None, member: User | None) -> Refusal | None:
    if guest is not None:
        current = Guest.objects.get(pk=guest.pk)
        checks = [
            (member is not None or not BY_KEY[StepKey(step)].is_assignable, Refusal.NOT_FOR_GUESTS),
            (current.company_id != entity.company_id, Refusal.OTHER_COMPANY),
            (current.revoked_at is not None, Refusal.REVOKED),
        ]
        return next((refusal for broken, refusal in checks if broken), None)
    can_act = member is not None and colleagues(entity).filter(pk=member.pk).exists()
    return None if can_act else Refusal.CANNOT_ACT


def _open(entity: LegalEntity, step: StepKey) -> QuerySet[Assignment]:
    return Assignment.objects.filter(entity=entity, step=step, ended_at__isnull=True)


def _note(assignment: Assignment, action: AuditEvent.Action, by: User | None) -> None:
    entity = assignment.entity
    detail = f"{assignment.step}: {assignment.holder_name}"
    audit.record(action, company=entity.company, entity=entity, actor=by, detail=detail)


def _tell_holder(assignment: Assignment, kind: str, by: User | None, with_others: Sequence[StepKey] = ()) -> None:
    told = {
        "with_others": with_others,
        "entity": assignment.entity,
        "step": StepKey(assignment.step),
        "by": by,
        "message": assignment.message,
        "since": assignment.assigned_at,
        "giver": assignment.assigned_by,
    }
    if assignment.guest:
        mails.to_guest(assignment.guest, kind, told)
    elif assignment.member:
        mails.to_user(assignment.member, kind, told | {"url": _page(assignment), "guest": None})


def _page(assignment: Assignment) -> str:
    return mails.link("setup_step", pk=assignment.entity_id, step=assignment.step)


def open_for(entities: Iterable[LegalEntity]) -> dict[tuple[int, str], Assignment]:
    """Who holds which task, by (entity's pk, step); one query for many entities."""
    rows = Assignment.objects.filter(entity__in=[entity.pk for entity in entities], ended_at__isnull=True)
    return {(row.entity_id, row.step): row for row in rows.select_related("guest", "member", "assigned_by")}


def find(entity: LegalEntity, step: StepKey) -> Assignment | None:
    """Who holds this task."""
    return open_for([entity]).get((entity.pk, step))


def remind(assignment: Assignment, by: User | None) -> None:
    """Mails the holder once more; a guest gets a fresh link. `by` None is the schedule. At most once an hour."""
    if by is not None:
        access.require_payroll_edit(by, assignment.entity)
    now = timezone.now()
    if by is not None and assignment.reminded_at and assignment.reminded_at > now - REMINDER_PAUSE:
        raise AssignRefused(Refusal.JUST_REMINDED)
    with transaction.atomic():
        rows = Assignment.objects.filter(pk=assignment.pk, ended_at__isnull=True, reminders=assignment.reminders)
        if not rows.update(reminded_at=now, reminders=assignment.reminders + 1, done_at=None):
            raise AssignRefused(Refusal.ENDED)  # or somebody else reminded at this very moment
        _tell_holder(assignment, "reminder", by)


def take_back(assignment: Assignment, by: User) -> None:
    """Ends the assignment; a guest no longer sees the task. Raises NotAllowed."""
    access.require_payroll_edit(by, assignment.entity)
    with transaction.atomic():
        if Assignment.objects.filter(pk=assignment.pk, ended_at__isnull=True).update(ended_at=timezone.now()):
            _note(assignment, AuditEvent.Action.UNASSIGNED, by)


def report_done(assignment: Assignment, *, by: User | None = None, guest: Guest | None = None, note: str = "") -> None:
    """Writes down that the holder says it is done, or a member on his behalf, and tells who gave the task.

    Raises NotAllowed, also for a task that is done on its own page only (it asks more, or another role), and
    AssignRefused when the task is no longer this guest's.
    """
    if not BY_KEY[StepKey(assignment.step)].is_assignable:
        raise access.NotAllowed
    if by is not None:
        access.require_payroll_edit(by, assignment.entity)
    if by is None and (guest is None or assignment.guest_id != guest.pk):
        raise AssignRefused(Refusal.ENDED)
    params = {"note": note} if note else {}
    if by is not None and by != assignment.member:
        params["on_behalf_of"] = assignment.holder_name
    with transaction.atomic():
        if not Assignment.objects.filter(pk=assignment.pk, ended_at__isnull=True).update(done_at=timezone.now()):
            raise AssignRefused(Refusal.ENDED)
        evidence.declare(assignment.entity, assignment.step, actor=by, guest=guest, params=params)
        _tell_assigner(assignment, by, note)


def _tell_assigner(assignment: Assignment, by: User | None, note: str) -> None:
    waiting = assignment.assigned_by
    if waiting is None or waiting == by or not colleagues(assignment.entity).filter(pk=waiting.pk).exists():
        return
    told = {
        "entity": assignment.entity,
        "step": StepKey(assignment.step),
        "holder": str(assignment.guest or assignment.member),
        "by": str(by or assignment.guest or assignment.member),
        "note": note,
        "url": _page(assignment),
    }
    mails.to_user(waiting, "done", told)
