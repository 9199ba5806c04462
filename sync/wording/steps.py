"""The one thing to do next for a legal entity."""

from django.utils.translation import gettext_lazy as _

from onboarding.wording import Words
from sync.services.overview import NextStep

NEXT_STEPS: dict[str, Words] = {
    NextStep.NOT_DUTCH: Words(
        _("This legal entity can't be connected"),
        _("Loket.nl is for legal entities in the Netherlands. Is the country wrong? Support corrects it."),
    ),
    NextStep.SETUP: Words(_("Set up the connection with Loket.nl")),  # and where the setup stands
    NextStep.SIGN_IN_AGAIN: Words(
        _("Sign in at Loket again"),
        _("Loket no longer accepts the sign-in, so nothing is synced. The connection itself stays as it is."),
    ),
    NextStep.PERSONIO: Words(_("Personio can't be read")),  # and why, and who mends it
    NextStep.PERSONIO_ISSUE: Words(
        _("Something is to be put right in Personio"),
        _("Until then nothing is sent to Loket. A preview is possible; it shows what it can."),
    ),
    NextStep.UPLOAD: Words(
        _("Upload the roster"),
        _("A CSV or XLSX file with your people, exported from your HR system. Uploading writes nothing to Loket."),
    ),
    NextStep.PREVIEW: Words(
        _("See what will change"),
        _("The preview compares every person with Loket and writes nothing."),
    ),
    NextStep.SYNC: Words(
        _("Sync with Loket.nl"),
        _("You have seen the preview. The sync now writes these changes to Loket."),
    ),
    NextStep.SOME_NEED_YOU: Words(
        _("The sync is done, but some people need you"),
        _("The last sync shows who is blocked or failed, with the field and the fix. The others were not held up."),
    ),
    NextStep.SOME_NOT_SENT: Words(
        _("The sync is done; the rest is for your payroll administrator"),
        _("It is done by hand in Loket. The last sync shows for whom, and which values."),
    ),
    NextStep.NOTHING_TO_SEND: Words(
        _("Nothing is left to send"),
        _("The preview found no value that the sync would write to Loket."),
    ),
    NextStep.PREVIEW_FAILED: Words(_("The preview could not be made")),
    NextStep.SYNC_FAILED: Words(_("The sync could not be completed")),
    NextStep.SYNC_CANCELLED: Words(
        _("The sync was cancelled"),
        _("What was sent until then stays in Loket. A new sync compares everybody and sends what is still to be sent."),
    ),
    NextStep.DONE: Words(
        _("Loket is up to date with your roster"),
        _("Something changed in your HR system? Upload the new roster."),
    ),
}

NEXT_STEPS_OF_PERSONIO: dict[str, Words] = {
    NextStep.PREVIEW: Words(
        _("See what will change"),
        _(
            "The preview reads Personio, compares every person with Loket and writes nothing. The first sync needs one "
            "that somebody asked for."
        ),
    ),
    NextStep.SYNC: Words(
        _("Sync with Loket.nl"),
        _("The preview shows what differs. The sync reads Personio again and writes that to Loket."),
    ),
    NextStep.SOME_NEED_YOU: Words(
        _("Some people need you"),
        _("You see who is blocked or failed, with the field and the fix. The others were not held up."),
    ),
    NextStep.SOME_NOT_SENT: Words(
        _("The rest is for your payroll administrator"),
        _("It is done by hand in Loket. You see for whom, and which values."),
    ),
    NextStep.DONE: Words(
        _("Loket is up to date with Personio"),
        _("The portal looks for changes in Personio at least once a day. You see here when there are any."),
    ),
}
"""The same for a legal entity whose people come from Personio, where nobody uploads."""
