"""The words for codes of onboarding: what happened, what to do next and who does it. Everything is translated."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from loket_portal.loket.errors import SyncError
from onboarding.models import AuditEvent, LegalEntity
from onboarding.services import connections, signin

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Page:
    """A page of its own for something that stopped. `again`: the button "Connect Loket.nl" helps."""

    title: Text
    text: Text
    fix: Text
    again: bool = True


@dataclass(frozen=True, slots=True)
class Words:
    """What is wrong, and who does what about it. `%(name)s` places are filled by `filled`."""

    text: Text
    fix: Text = ""

    def filled(self, params: Mapping[str, str]) -> "Words":
        """The same words with their places filled; a place nobody knows stays a question mark."""
        known = _Params(params)
        return Words(str(self.text) % known, str(self.fix) % known)


class _Params(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "?"


def of_error(error: SyncError) -> Words:
    """What a SyncError says, in the language of the reader."""
    return Words(gettext(error.message_id), gettext(error.hint_id) if error.hint_id else "").filled(error.params)


SIGNED_OUT = "signed_out"  # nobody is signed in here when Loket sends the browser back
_TO_SIGN_IN = _("Press “Connect Loket.nl” to try again.")

SIGN_IN: dict[str, Page] = {
    signin.Refusal.NOT_ENABLED: Page(
        _("Support has not enabled this legal entity yet"),
        _("The Loket.nl integration starts when the attributes are mapped."),
        _("Support enables it. From then on your legal entity shows the next step."),
        again=False,
    ),
    signin.Refusal.NOT_ALLOWED: Page(
        _("Your role can't connect this legal entity"),
        _("Connecting needs the role of an administrator with payroll edit for this legal entity."),
        _("Ask an administrator of your company to connect it, or to change your role."),
        again=False,
    ),
    signin.Refusal.NOT_DUTCH: Page(
        _("Only a legal entity in the Netherlands can be connected"),
        _("Loket.nl runs Dutch payroll only."),
        _("Is the country wrong? Support corrects it."),
        again=False,
    ),
    signin.Refusal.CANCELLED: Page(
        _("You left Loket without signing in"),
        _("Nothing is connected and nothing has changed."),
        _TO_SIGN_IN,
    ),
    signin.Refusal.WRONG_STATE: Page(
        _("This sign-in does not belong to you or was used before"),
        _("For your safety a sign-in at Loket counts once, in the browser in which it began."),
        _("Close other tabs with Loket's sign-in page, then press “Connect Loket.nl”."),
    ),
    signin.Refusal.STATE_EXPIRED: Page(
        _("The sign-in took more than ten minutes"),
        _("For your safety it no longer counts. Nothing is connected."),
        _TO_SIGN_IN,
    ),
    signin.Refusal.CODE_EXPIRED: Page(
        _("Loket's confirmation has expired"),
        _("It is valid for a short time and works once. Nothing is connected."),
        _TO_SIGN_IN,
    ),
    signin.Refusal.LOKET_REFUSED: Page(
        _("Loket refused the sign-in"),
        _("Loket gave no reason that you could act on. Nothing is connected."),
        _("Try again. When it happens twice, support asks Loket why."),
    ),
    signin.Refusal.NO_EMPLOYER: Page(
        _("This Loket user sees no employer"),
        _("The integration user needs access to exactly one employer."),
        _(
            "Your payroll administrator or tax accountant gives the user access to your employer in Loket. Then try again."
        ),
    ),
    signin.Refusal.SEVERAL_EMPLOYERS: Page(
        _("This Loket user sees more than one employer"),
        _("The integration user may have access to one employer only. This one sees:"),
        _(
            "Did you use your own Loket user? Try again with the integration user. Otherwise your payroll "
            "administrator or tax accountant takes the other employers away from it in Loket."
        ),
    ),
    signin.Refusal.NO_EMAIL: Page(
        _("This Loket user has no e-mail address"),
        _("The portal tells Loket users apart by their e-mail address."),
        _("Your payroll administrator or tax accountant adds it to the user in Loket. Then try again."),
    ),
    signin.Refusal.USER_OF_OTHER_EMPLOYER: Page(
        _("This Loket user already serves another employer"),
        _("Each employer needs an integration user of its own."),
        _(
            "Your payroll administrator or tax accountant creates one for this employer in Loket. Then try again with it."
        ),
    ),
    signin.Refusal.OTHER_EMPLOYER: Page(
        _("This Loket user belongs to another employer"),
        _("This legal entity is connected to an administration of:"),
        _("Sign in with the integration user of that employer. The connection stays as it is."),
    ),
    signin.Refusal.ADMINISTRATION_GONE: Page(
        _("This Loket user does not see a connected administration"),
        _("These are connected, and the new sign-in can't reach them:"),
        _(
            "Your payroll administrator or tax accountant gives the user access to them in Loket, or you sign in with "
            "the user you used before. Until then the former sign-in stays in use."
        ),
    ),
    SIGNED_OUT: Page(
        _("You were signed out of the portal while you were at Loket"),
        _("For your safety the sign-in at Loket does not count. Nothing is connected."),
        _("Sign in here, open your legal entity and press “Connect Loket.nl” once more."),
        again=False,
    ),
}

LINK: dict[str, Words] = {
    connections.Refusal.NO_TAX_ID: Words(
        _("It has no tax ID in Loket."),
        _(
            "Your payroll administrator or tax accountant enters the loonheffingennummer of the tax authority "
            "(Belastingdienst) in Loket. Then load this page again."
        ),
    ),
    connections.Refusal.SHARED_TAX_ID: Words(
        _("It shares its tax ID with %(names)s."),
        _(
            "Your payroll administrator or tax accountant requests a loonheffingennummer of its own for each "
            "administration at the tax authority (Belastingdienst) and enters it in Loket. Then load this page again."
        ),
    ),
    connections.Refusal.TAX_ID_CONNECTED: Words(
        _("Another administration with this tax ID is connected already."),
        _("Is that one wrong? Only support can release it."),
    ),
    connections.Refusal.TAKEN: Words(
        _("It is connected to another legal entity."), _("Is that wrong? Only support can release it.")
    ),
    connections.Refusal.ENDED: Words(
        _("It has ended."),
        _("Is it still in use? Your payroll administrator or tax accountant corrects the end date in Loket."),
    ),
    connections.Refusal.GONE: Words(
        _("Loket no longer shows this administration."), _("Look at the list as it is now and choose again.")
    ),
    connections.Refusal.NOT_ALLOWED: Words(
        _("Your role can't choose the administration."),
        _("An administrator of your company with payroll edit for this legal entity does."),
    ),
    connections.Refusal.NOT_DUTCH: Words(
        _("Only a legal entity in the Netherlands can be connected."), _("Is the country wrong? Support corrects it.")
    ),
    connections.Refusal.NOT_ENABLED: Words(
        _("Support has not enabled this legal entity yet."), _("Support enables it when the attributes are mapped.")
    ),
    connections.Refusal.ALREADY_CONNECTED: Words(
        _("This legal entity is connected already."), _("Only support can undo a connection.")
    ),
    connections.Refusal.SIGN_IN_FIRST: Words(
        _("There is no sign-in at Loket for this legal entity yet."),
        _("Press “Connect Loket.nl” and sign in with the integration user."),
    ),
    connections.Refusal.NAME_DIFFERS: Words(
        _("This is not the name of the administration you chose."),
        _("Type it as it stands in the list."),
    ),
    connections.Refusal.OTHER_EMPLOYER: Words(
        _("The integration user no longer sees exactly the employer it signed in for."),
        _(
            "Your payroll administrator or tax accountant gives it access to that one employer in Loket. Then press "
            "“Connect Loket.nl” and sign in again."
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Status:
    """A word for a state, its tone (ok, todo, attention, problem or nothing), and one more sentence."""

    word: Text
    tone: str = ""
    text: Text = ""


def entity_status(entity: LegalEntity) -> Status:
    """Where a legal entity stands, for the list of them."""
    if not entity.is_dutch:
        return Status(_("Not possible"), "", _("Only legal entities in the Netherlands can be connected."))
    if not entity.is_enabled:
        return Status(_("Waits for support"), "attention", _("Support maps the attributes, then enables it."))
    connection = getattr(entity, "connection", None)
    if connection is None:
        return Status(_("To connect"), "todo", _("Ready for Loket.nl."))
    if connection.login.state == connection.login.State.SIGN_IN_NEEDED:
        return Status(_("Sign in again"), "problem", _("Loket no longer accepts the sign-in."))
    return Status(_("Connected"), "ok", connection.administration_name)


def names(listed: tuple[str, ...] | list[str]) -> str:
    """ "A", "A and B", "A, B and C"; "nobody" where the list is empty."""
    if len(listed) < 2:
        return listed[0] if listed else gettext("nobody")
    return gettext("%(first)s and %(last)s") % {"first": ", ".join(listed[:-1]), "last": listed[-1]}


def thousands(number: int) -> str:
    """A count as people write it: 1,204 or 1.204. Not for numbers that name something."""
    return number_format(number, use_l10n=True, force_grouping=True)


def people_count(number: int) -> str:
    """ "1 person", "60 people"."""
    return ngettext("%(number)s person", "%(number)s people", number) % {"number": thousands(number)}


# --- The audit trail ------------------------------------------------------------------------------------------------------

_RUNS = {"preview": _("Preview started"), "sync": _("Sync started")}
_CONVERSION = {
    "convert": _("New people become employees at once."),
    "leave as concept": _("New people stay concept employees."),
}


def audit_action(event: AuditEvent) -> Text:
    """What happened."""
    action = event.get_action_display()
    return _RUNS.get(event.detail, action) if event.action == AuditEvent.Action.RUN_STARTED else action


def audit_detail(event: AuditEvent) -> str:
    """What is to be known besides: reasons as sentences; names and notes as they were written."""
    found: Mapping[str, Text] = {}
    if event.action == AuditEvent.Action.SIGN_IN_REFUSED and event.detail in SIGN_IN:
        found = {event.detail: SIGN_IN[event.detail].title}
    elif event.action == AuditEvent.Action.LINK_REFUSED and event.detail in LINK:
        found = {event.detail: LINK[event.detail].filled({"names": gettext("another administration")}).text}
    elif event.action == AuditEvent.Action.CONVERSION_SET:
        found = _CONVERSION
    elif event.action == AuditEvent.Action.RUN_STARTED:
        found = dict.fromkeys(_RUNS, "")
    elif event.action == AuditEvent.Action.ROSTER_UPLOADED:
        found = {event.detail: _roster_detail(event.detail)}
    return str(found.get(event.detail, event.detail))


def _roster_detail(detail: str) -> str:
    counted = re.fullmatch(r"(\d+) people, (\d+) with a fault", detail)
    if counted is None:
        return detail
    faults = int(counted[2])
    text = ngettext("%(number)s row with a fault", "%(number)s rows with a fault", faults) % {
        "number": thousands(faults)
    }
    return f"{people_count(int(counted[1]))}, {text}"
