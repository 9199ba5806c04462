"""E-mails: written in the recipient's language at once, stored as ciphertext, sent by the worker (services/delivery.py).

Never about an employee, and never with a token of Loket. Each has one action: its `url`, absolute (`link` makes one).
A kind is a template, templates/mail/<kind>.txt, with the blocks subject, text, action and after; the same words become
plain text and HTML by the two layouts. Every context has `entity` (LegalEntity) and `url`, and besides:

kind               to                     context
assigned           holder                 step (StepKey), with_others (list[StepKey]), by (User|None), message (str),
                                          guest (Guest|None)
reminder           holder                 step, by (None: the schedule), since (datetime), message, guest,
                                          giver (User|None): who gave the task
done               who assigned           step, holder (str: who has done it), by (str: who says so; "" where the checks
                                          show it), note (str)
problem_found      owner of the fact      facts (list[Fact], failed), step (StepKey|None), guest (Guest|None),
                                          is_for_another (bool): it is mended in Loket, and the reader doesn't hold the task;
                                          message (str) and by (User) where a person sends it on
                                          or, asked by hand: message (str, Dutch), by (User), and no facts
sign_in_needed     administrators         employer (str), loket_user (str)
enabled            payroll editors        –
booking_received   who booked             entities (list[LegalEntity]), position (int, or 0)
booking_new        support                entities, company (Company), by (User)
booking_changed    who booked             entities, state (Booking.State), reply (str)
booking_answered   support                entities, company, by (User), answer (str)
released           administrators         administration (str)
guest_code         guest                  code (str), guest; `entity` may be the company
link_new           guest                  guest; `entity` may be the company
schedule_stopped   payroll editors        is_sign_in (bool): because Loket does not accept the sign-in; else what stopped the
                                          last one: run (Run|None) or refusal (its code, or ""), reads_personio (bool)
run_waiting        payroll editors        guards (tuple of sync.guards.Guard): what the sync asks before it goes on
hr_issue           administrators,        issues (list[Issue], open); `entity` is the company
                   support
"""

import re
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from loket_portal.lib import bell
from onboarding.facts import Owner
from onboarding.models import Assignment, Guest, LegalEntity, Mail, User
from onboarding.services import guest_links
from onboarding.steps import StepKey

TASK = "onboarding.tasks.send_mails"
KINDS = (
    *("assigned", "reminder", "done", "problem_found", "sign_in_needed", "enabled"),
    *("released", "booking_received", "booking_new", "booking_changed", "booking_answered"),
    *("guest_code", "link_new", "hr_issue", "schedule_stopped", "run_waiting"),
)
Context = dict[str, Any]


def link(name: str, **places: object) -> str:
    """The absolute address of a page of the portal."""
    return f"{settings.PORTAL_URL}{reverse(name, kwargs=places)}"


def send(kind: str, to: str, language: str, context: Context) -> Mail:
    """Writes the e-mail; it leaves when the transaction has committed."""
    code = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with translation.override(code):
        told = {**context, "kind": kind, "language": code}
        subject = _part("mail/subject.txt", told)
        text, html = _part("mail/base.txt", told), _part("mail/base.html", told)
    return store(kind, to, code, subject, text, html)


def _part(layout: str, context: Context) -> str:
    text: str = render_to_string(f"mail/{context['kind']}.txt", {**context, "layout": layout})
    text = re.sub(r"(\.[A-Z])\.\.(?!\.)", r"\1.", text)  # "Tulp Horeca B.V." has its full stop already
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", text)).strip() + "\n"


def store(kind: str, to: str, language: str, subject: str, text: str, html: str = "") -> Mail:
    """Stores an e-mail that is written already and rings the worker. The demo sends nothing: its outbox shows it."""
    now = timezone.now()
    mail = Mail.objects.create(
        kind=kind[:24],
        to=to,
        language=language,
        subject=" ".join(subject.split())[:200],
        text=text,
        html=html,
        created_at=now,
        due_at=now,
        sent_at=now if settings.IS_DEMO else None,
    )
    if mail.sent_at is None:
        bell.ring(TASK, mail.pk)
    return mail


def to_user(user: User, kind: str, context: Context) -> Mail:
    """To a member, in the language chosen last on a page."""
    return send(kind, user.email, user.language or settings.LANGUAGE_CODE, context)


def to_guest(guest: Guest, kind: str, context: Context) -> Mail:
    """To a guest; without `url` in the context it gets a fresh link of his own."""
    told = {"guest": guest, **context}
    return send(kind, guest.email, guest.language, {**told, "url": told.get("url") or guest_links.new_link(guest)})


def to_support(kind: str, context: Context) -> Mail:
    """To the support desk."""
    return send(kind, settings.SUPPORT_EMAIL, settings.LANGUAGE_CODE, context)


def to_owner(entity: LegalEntity, owner: Owner, kind: str, context: Context, step: StepKey | None = None) -> list[Mail]:
    """To everybody who must act (rule 9): support, the holder of the step, or those members who may.

    Without `url` in the context everybody gets the page of the step (a guest: a fresh link; support: the entity in
    admin). Where a company has nobody who may act, support hears of it.
    """
    told = {"entity": entity, "step": step, **context}
    page = link("setup_step", pk=entity.pk, step=step) if step else link("setup", pk=entity.pk)
    holder = _holder(entity, step) if owner is Owner.ACCOUNTANT and step else None
    if holder and holder.guest and holder.guest.revoked_at is None:
        return [to_guest(holder.guest, kind, told)]
    users = [] if owner is Owner.SUPPORT else list(_users(entity, owner, holder))
    told["is_for_another"] = owner is Owner.ACCOUNTANT and (holder is None or holder.member not in users)
    if not users:
        return [to_support(kind, {"url": link("admin:onboarding_legalentity_change", object_id=entity.pk)} | told)]
    return [to_user(user, kind, {"url": page} | told) for user in users]


def _holder(entity: LegalEntity, step: StepKey) -> Assignment | None:
    rows = Assignment.objects.select_related("guest", "member").filter(entity=entity, step=step)
    return rows.filter(ended_at__isnull=True).first()


def _users(entity: LegalEntity, owner: Owner, holder: Assignment | None) -> Iterable[User]:
    editors = User.objects.filter(
        is_active=True, memberships__company=entity.company_id, memberships__role__payroll_entities=entity
    ).distinct()
    if holder and holder.member and editors.filter(pk=holder.member.pk).exists():  # he may have left the company
        return [holder.member]
    administrators = editors.filter(memberships__company=entity.company_id, memberships__role__is_administrator=True)
    return (list(administrators) if owner is Owner.ADMINISTRATOR else []) or list(editors)
