"""The release of a connection: asked with a reason on its page, decided by a second person here (rule 37)."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from onboarding.admin.acts import Act, ActingAdmin, NotDone
from onboarding.admin.columns import column
from onboarding.admin.readonly import ReadOnlyAdmin
from onboarding.forms.people import refuse_secrets
from onboarding.models import Connection, ReleaseRequest, User
from onboarding.services import releases
from onboarding.wording.enabling import RELEASE

ASK, DECIDE = "onboarding.add_releaserequest", "onboarding.change_releaserequest"


class ReasonForm(forms.Form):
    """Why the connection is wrong, for the colleague who decides and for the audit trail."""

    text = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        validators=[refuse_secrets],
        widget=forms.Textarea(attrs={"rows": 4, "cols": 80}),
        help_text=_("Who asks for it, what is wrong and how you know. No data of employees."),
        error_messages={"required": _("Write the reason: a colleague decides on it.")},
    )


def _ask(connection: Connection, by: User, data: dict[str, Any]) -> str:
    try:
        releases.ask(connection, data["text"], by)
    except releases.ReleaseRefused as error:
        raise NotDone(RELEASE[error.refusal]) from error
    return gettext("Asked. A colleague decides; until then the connection goes on as it is.")


def ask_act(connection: Connection) -> Act:
    """The page "Ask for the release" of a connection."""
    return Act(
        name="release",
        label=_("Ask for the release"),
        permission=ASK,
        do=_ask,
        text=_("A second person of support decides. When released, nothing is sent to this administration any more:"),
        lines=_what(connection),
        form_class=ReasonForm,
        is_grave=True,
    )


def _what(connection: Connection) -> tuple[str, ...]:
    entity = connection.entity or connection.former_entity
    return (
        gettext("Legal entity: %(entity)s (%(company)s)")
        % {"entity": entity, "company": entity.company if entity else ""},
        gettext("Administration in Loket: %(name)s, tax ID %(tax_id)s")
        % {"name": connection.administration_name, "tax_id": connection.tax_id},
    )


def _deciding(*, approve: bool) -> Any:
    def do(request: ReleaseRequest, by: User, data: dict[str, Any]) -> str:
        try:
            releases.decide(request, by, approve)
        except releases.ReleaseRefused as error:
            raise NotDone(RELEASE[error.refusal]) from error
        return gettext("Released. The legal entity can be connected anew.") if approve else gettext("Not released.")

    return do


@admin.register(ReleaseRequest)
class ReleaseRequestAdmin(ActingAdmin, ReadOnlyAdmin):
    """Open ones first. What was decided stays, with both names."""

    list_display = (
        column("connection", _("connection")),
        column("reason", _("reason")),
        column("requested_by", _("asked by")),
        column("requested_at", _("asked at")),
        column("decided_by", _("decided by")),
        column("decided_at", _("decided at")),
        column("is_approved", _("released"), is_tick=True),
    )
    list_filter = (("decided_at", admin.EmptyFieldListFilter), "is_approved")
    fields = ("connection", "reason", "requested_by", "requested_at", "decided_by", "decided_at", "is_approved")
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReleaseRequest]:
        rows = super().get_queryset(request).select_related("requested_by", "decided_by")
        return rows.select_related("connection__entity__company", "connection__former_entity__company")

    def acts(self, row: ReleaseRequest) -> Sequence[Act]:
        if row.decided_at is not None:
            return ()
        what = (*_what(row.connection), gettext("Reason: %(reason)s") % {"reason": row.reason})
        asker = gettext("Asked by %(name)s.") % {"name": row.requested_by}
        return (
            Act(
                name="approve",
                label=_("Release this connection"),
                permission=DECIDE,
                do=_deciding(approve=True),
                text=_(
                    "The connection ends at once and stays as history. A sync under way stops before its next write."
                ),
                lines=(*what, asker),
                is_grave=True,
            ),
            Act(
                name="refuse",
                label=_("Do not release"),
                permission=DECIDE,
                do=_deciding(approve=False),
                text=_("The connection goes on as it is."),
                lines=(*what, asker),
            ),
        )
