"""Words for the three items "Algemeen" and for the message to the person in Loket."""

from django.utils.translation import gettext_lazy as _

from onboarding.services import algemeen, messages
from onboarding.services.algemeen import ItemState, What
from onboarding.wording.base import Status, Text, Words

ITEMS: dict[What, Text] = {
    What.FUNCTION: _("Function"),
    What.DEPARTMENT: _("Department"),
    What.DISTRIBUTION_UNIT: _("Distribution unit"),
}

STATES: dict[ItemState, Status] = {
    ItemState.FOUND: Status(_("Found"), "ok"),
    ItemState.TWICE: Status(
        _("Found more than once"),
        "attention",
        _(
            "It works, and the first one is used. Rename or remove the others in Loket, so that nobody takes the wrong one."
        ),
    ),
    ItemState.NEAR: Status(
        _("Almost"),
        "problem",
        _("Rename it in Loket to exactly: Algemeen. A dot in the middle stands for a blank."),
    ),
    ItemState.MISSING: Status(_("Missing"), "problem", _("Create it in Loket with exactly this name.")),
    ItemState.UNKNOWN: Status(_("Not yet known"), "", _("It is looked up when there is a sign-in at Loket.")),
}

CREATE: dict[algemeen.Refusal, Words] = {
    algemeen.Refusal.NOT_ALLOWED: Words(
        _("Your role can't create anything in Loket."),
        _(
            "An administrator of your company with payroll edit for this legal entity does, or your accountant in Loket."
        ),
    ),
    algemeen.Refusal.SIGN_IN_FIRST: Words(
        _("There is no sign-in at Loket for this legal entity yet."),
        _("Do the check sign-in on the page of the integration user first, or have it created in Loket itself."),
    ),
    algemeen.Refusal.NEAR_MISS: Words(
        _("Loket has one that is almost called so: %(names)s."),
        _(
            "Nothing was created, for a second one would only confuse. Your payroll administrator or tax accountant "
            "renames it in Loket to exactly: Algemeen. Then check again."
        ),
    ),
    algemeen.Refusal.EXISTS: Words(_("It is there already; nothing was created."), _("Nothing to do.")),
    algemeen.Refusal.BUSY: Words(
        _("Somebody is creating it at this moment; nothing was created by you."),
        _("Look again in a few minutes."),
    ),
}

REJECTED = Words(
    _("Loket refused to create it."),
    _("Your payroll administrator or tax accountant creates it in Loket itself. What Loket says about it:"),
)

SEND: dict[messages.Refusal, Words] = {
    messages.Refusal.NOTHING_TO_MEND: Words(
        _("There is nothing left to mend in Loket, so no message was sent."), _("Nothing to do.")
    ),
    messages.Refusal.NOBODY_HOLDS_IT: Words(
        _("Nobody outside your company holds this task, so no message was sent."),
        _("Assign it below to your accountant, or copy the message and send it yourself."),
    ),
    messages.Refusal.JUST_SENT: Words(
        _("The message was sent a few minutes ago."), _("Wait ten minutes before you send it again.")
    ),
}
