"""E-mails as support sees them: which were given up, and why. Never their text: it may hold a guest's link."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from onboarding.admin.columns import column
from onboarding.admin.readonly import ReadOnlyAdmin
from onboarding.models import Mail
from onboarding.wording import Text
from onboarding.wording import mails as words


class StandFilter(admin.SimpleListFilter):
    """Sent, on its way, or given up after a day."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("given_up", _("Given up")), ("waiting", _("On its way")), ("sent", _("Sent"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Mail]) -> QuerySet[Mail]:
        if self.value() == "given_up":
            return queryset.filter(given_up_at__isnull=False)
        if self.value() == "waiting":
            return queryset.filter(given_up_at__isnull=True, sent_at__isnull=True)
        return queryset.filter(sent_at__isnull=False) if self.value() == "sent" else queryset


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin):
    """Written by services/mails.py, sent by services/delivery.py."""

    list_display = (
        "kind_words",
        column("to", _("To")),
        column("created_at", _("Written at")),
        column("sent_at", _("Sent at")),
        column("given_up_at", _("Given up at")),
        column("tries", _("Tries")),
        column("error", _("Error")),
    )
    list_filter = (StandFilter,)
    search_fields = ("to",)
    fields = ("kind_words", "to", "language", "created_at", "due_at", "sent_at", "given_up_at", "tries", "error")
    readonly_fields = ("kind_words",)

    @admin.display(description=_("Kind"), ordering="kind")
    def kind_words(self, mail: Mail) -> Text:
        return words.kind(mail.kind)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Mail]:
        return super().get_queryset(request).defer("text", "html", "subject")
