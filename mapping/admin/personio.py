"""Personio accounts as support sees them, with what support does there: read again, publish the default mapping.

Nothing here shows a credential: the page names its fields one by one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import admin
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from loket_portal.lib.errors import SyncError
from mapping import definitions, services, wording
from mapping.renewal import Renewal
from mapping.resolve import Resolved
from mapping.services.changes import draft_of
from onboarding.admin.acts import Act, ActingAdmin, NotDone
from onboarding.admin.columns import column
from onboarding.admin.readonly import ReadOnlyAdmin
from onboarding.models import PersonioAccount, User
from onboarding.services.personio import PersonioRefused
from onboarding.wording.base import of_error
from onboarding.wording.personio import refused

PUBLISH, LOOK = "mapping.add_mappingset", "onboarding.change_personioaccount"
LABELS_SHOWN = 6
TOLD = {
    (True, False): _("%(field)s is read from %(found)s, and no longer from %(old)s."),
    (False, False): _("%(field)s stays with %(old)s; %(found)s was found and is not taken for it."),
    (False, True): _("%(field)s stays with %(old)s."),
}
"""By whether the attribute is another one than before, and whether the default mapping finds none."""


def _publish(account: PersonioAccount, by: User, data: dict[str, Any]) -> str:
    try:
        found = definitions.publish_default(account.company, by)
    except PersonioRefused as error:
        raise NotDone(refused(error)) from error
    said = (*_what_lacks(found.resolved), *_what_stays(found, definitions.names_of(account.company)))
    return " ".join((gettext("The default mapping is published."), *said))


def _look(account: PersonioAccount, by: User, data: dict[str, Any]) -> str:
    try:
        definitions.look(account.company, is_awaited=True)
    except PersonioRefused as error:
        raise NotDone(refused(error)) from error
    except SyncError as error:
        raise NotDone(of_error(error)) from error
    return gettext("Personio was read again.")


def _what_lacks(found: Resolved) -> list[str]:
    """What the attributes of the account leave open, each in one sentence."""
    text = gettext("No attribute for %(field)s; it may be called: %(labels)s.")
    said = [
        text % {"field": wording.names.field(one.target), "labels": ", ".join(one.wanted[:LABELS_SHOWN])}
        for one in found.missing
    ]
    text = gettext("More than one attribute for %(field)s: %(labels)s.")
    for several in found.ambiguous:
        labels = ", ".join(f"{label} ({key})" for label, key in several.found)
        said.append(text % {"field": wording.names.field(several.target), "labels": labels})
    return said


def _what_stays(found: Renewal, names: Mapping[str, str]) -> list[str]:
    """What is read from elsewhere than before, and what stays as it was mapped; `names` are the attributes' labels."""

    def named(key: str | None) -> str:
        label = names.get(key or "")
        return f"{label} ({key})" if label else str(key)

    said = []
    for change in found.changes:
        if change.former is not None and (change.is_moved or change.is_kept):
            text = TOLD[change.is_moved, change.found is None]
            places = {"old": named(change.former.source), "found": named(change.found)}
            said.append(text % {"field": wording.names.field(change.rule.target), **places})
    own = [wording.names.field(change.rule.target) for change in found.changes if change.is_own]
    return [*said, gettext("Kept as support has set them: %(fields)s.") % {"fields": ", ".join(own)}] if own else said


def _what_is_open(account: PersonioAccount) -> list[str]:
    """A draft of the workbench stays as it is; whoever works on it compares it with the new version before publishing."""
    draft = draft_of(account.company, services.Source.PERSONIO)
    text = gettext(
        "The open draft %(draft)s stays as it is. Published later, it takes the place of this mapping again."
    )
    return [text % {"draft": draft}] if draft else []


def _publish_act(account: PersonioAccount) -> Act:
    found = definitions.renewal(account.company)
    names = definitions.names_of(account.company)
    return Act(
        name="publish",
        label=_("Publish the default mapping"),
        permission=PUBLISH,
        do=_publish,
        text=_(
            "The default mapping takes the place of the mapping in force, with the attributes as they were read last. What "
            "support has set in it stays; what no attribute is found for stays as it is mapped now, or unmapped:"
        ),
        lines=(*_what_lacks(found.resolved), *_what_stays(found, names), *_what_is_open(account)),
    )


def _look_act(account: PersonioAccount) -> Act:
    return Act(
        name="look",
        label=_("Read Personio again"),
        permission=LOOK,
        do=_look,
        text=_("Attributes and legal entities are read now, and issues are opened and closed by what is found."),
    )


@admin.register(PersonioAccount)
class PersonioAccountAdmin(ActingAdmin, ReadOnlyAdmin):
    """A company's access to Personio. Its credentials and the secrets of its webhook are on no page."""

    list_display = (
        column("company", _("company")),
        "state",
        column("connected_at", _("connected at")),
        column("looked_at", _("read at")),
    )
    list_filter = ("state",)
    list_select_related = ("company",)
    search_fields = ("company__name",)
    fields = (
        *("company", "state", "refused_at", "connected_at", "connected_by", "looked_at"),
        *("entities", "mapping", "open_issues"),
    )
    readonly_fields = ("entities", "mapping", "open_issues")

    def acts(self, row: PersonioAccount) -> Sequence[Act]:
        return (_publish_act(row), _look_act(row))

    @admin.display(description=_("legal entities in Personio"))
    def entities(self, account: PersonioAccount) -> str:
        return ", ".join(f"{one['name']} ({one['country'] or '?'})" for one in account.legal_entities) or "–"

    @admin.display(description=_("mapping in force"))
    def mapping(self, account: PersonioAccount) -> str:
        return str(services.published(account.company, services.Source.PERSONIO) or "–")

    @admin.display(description=_("open issues"))
    def open_issues(self, account: PersonioAccount) -> int:
        return account.company.issues.filter(resolved_at__isnull=True).count()
