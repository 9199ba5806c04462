"""Who does what in a setup: guests, tasks in somebody's hands, confirmations. Support looks, and can revoke a guest."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from onboarding.admin.acts import Act, ActingAdmin
from onboarding.admin.columns import column
from onboarding.admin.readonly import ReadOnlyAdmin
from onboarding.models import Acknowledgement, Assignment, Guest, User
from onboarding.services import guests
from onboarding.wording import Text
from onboarding.wording.steps import STEPS


def _revoke(guest: Guest, by: User, data: dict[str, Any]) -> str:
    guests.revoke(guest, by)
    return gettext("Revoked: the links no longer open, and the tasks are back with the company.")


@admin.register(Guest)
class GuestAdmin(ActingAdmin, ReadOnlyAdmin):
    """People outside a company with a link of their own. Their links and codes are nowhere in the admin."""

    list_display = (
        column("name", _("name")),
        column("firm", _("firm")),
        column("email", _("e-mail address")),
        column("company", _("company")),
        column("created_at", _("invited at")),
        column("invited_by", _("invited by")),
        column("revoked_at", _("revoked at")),
    )
    list_filter = (("revoked_at", admin.EmptyFieldListFilter), "company")
    list_select_related = ("company", "invited_by")
    search_fields = ("name", "firm", "email")
    fields = ("name", "firm", "email", "language", "company", "invited_by", "created_at", "revoked_at")

    def acts(self, row: Guest) -> Sequence[Act]:
        if row.revoked_at is not None:
            return ()
        text = _("Every link and session of this guest ends at once. A member of the company can invite anew.")
        return (
            Act(
                name="revoke",
                label=_("Revoke this guest"),
                permission="onboarding.change_guest",
                do=_revoke,
                text=text,
                is_grave=True,
            ),
        )


@admin.register(Assignment)
class AssignmentAdmin(ReadOnlyAdmin):
    """Tasks and who has them. Companies give and take them back."""

    list_display = (
        "task",
        column("entity", _("legal entity")),
        "holder",
        column("assigned_by", _("assigned by")),
        column("assigned_at", _("assigned at")),
        column("reminded_at", _("reminded at")),
        column("done_at", _("reported done at")),
        column("ended_at", _("ended at")),
    )
    list_filter = (("ended_at", admin.EmptyFieldListFilter), ("done_at", admin.EmptyFieldListFilter), "entity__company")
    list_select_related = ("entity", "guest", "member", "assigned_by")
    fields = (
        *("task", "entity", "holder", "message", "assigned_by", "assigned_at"),
        *("reminded_at", "reminders", "done_at", "ended_at"),
    )
    readonly_fields = ("task", "holder")

    @admin.display(description=_("task"), ordering="step")
    def task(self, assignment: Assignment) -> Text:
        words = {key.value: told.title for key, told in STEPS.items()}
        return words.get(assignment.step, assignment.step)

    @admin.display(description=_("holder"))
    def holder(self, assignment: Assignment) -> str:
        return str(assignment.guest or assignment.member)


@admin.register(Acknowledgement)
class AcknowledgementAdmin(ReadOnlyAdmin):
    """Who confirmed which version of the scope, and when (rule 6)."""

    list_display = (
        column("user", _("who")),
        column("company", _("company")),
        column("text_version", _("version of the text")),
        column("at", _("confirmed at")),
    )
    list_filter = ("text_version", "company")
    list_select_related = ("user", "company")
    date_hierarchy = "at"
