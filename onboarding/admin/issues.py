"""Issues as support sees them: what is wrong at a customer's HR system, open or mended, in the words of the customer."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from onboarding.admin.columns import column
from onboarding.admin.readonly import ReadOnlyAdmin
from onboarding.models import Issue
from onboarding.wording import Text, issues


@admin.register(Issue)
class IssueAdmin(ReadOnlyAdmin):
    """Written by services/issues.py. Without a filter only open ones are of use: the list begins with those that block."""

    list_display = (
        column("opened_at", _("opened at")),
        column("company", _("company")),
        column("entity", _("legal entity")),
        column("kind", _("kind")),
        column("is_blocking", _("stops the sync"), is_tick=True),
        "text",
        column("resolved_at", _("resolved at")),
    )
    list_filter = (("resolved_at", admin.EmptyFieldListFilter), "is_blocking", "kind", "company")
    list_select_related = ("company", "entity")
    search_fields = ("company__name", "entity__name", "subject")
    ordering = ("resolved_at", "-is_blocking", "-opened_at")
    fields = (
        "company",
        "entity",
        "source",
        "kind",
        "text",
        "fix",
        "is_blocking",
        "opened_at",
        "told_at",
        "resolved_at",
    )
    readonly_fields = ("text", "fix")

    @admin.display(description=_("what is wrong"))
    def text(self, issue: Issue) -> Text:
        return issues.words(issue).text

    @admin.display(description=_("who does what"))
    def fix(self, issue: Issue) -> Text:
        return issues.words(issue).fix
