"""The words for what is refused: a run, an upload, a roster file. What is wrong, and who does what about it."""

from django.utils.translation import gettext_lazy as _

from onboarding.wording import Words
from sync.services.approvals import Refusal as WordRefusal
from sync.services.rosters import Refusal as UploadRefusal
from sync.services.runs import Refusal

_NOT_DUTCH = Words(
    _("This legal entity can't be connected."),
    _("Loket.nl is for legal entities in the Netherlands. Is the country wrong? Support corrects it."),
)

RUN_REFUSALS: dict[str, Words] = {
    Refusal.NOT_DUTCH: _NOT_DUTCH,
    Refusal.NOT_ALLOWED: Words(
        _("Your role has no payroll edit for this legal entity."),
        _("An administrator of your company can change that."),
    ),
    Refusal.NOT_ENABLED: Words(
        _("Support has not enabled this legal entity yet."), _("Support enables it when the attributes are mapped.")
    ),
    Refusal.NOT_CONNECTED: Words(
        _("This legal entity is not connected to Loket yet."), _("An administrator connects it first.")
    ),
    Refusal.SIGN_IN_AGAIN: Words(
        _("Loket no longer accepts the sign-in of this connection."),
        _("An administrator signs in at Loket again."),
    ),
    Refusal.PERSONIO_NOT_CONNECTED: Words(
        _("The company is not connected with Personio any more."),
        _("An administrator connects Personio again, on the page “Personio” of the company."),
    ),
    Refusal.PERSONIO_REFUSED: Words(
        _("Personio no longer accepts the client ID and the client secret."),
        _("An administrator enters new ones, on the page “Personio” of the company."),
    ),
    Refusal.PERSONIO_ISSUE: Words(
        _("Something is to be put right in Personio before anything is sent."),
        _(
            "The page “Personio” of the company says what, and who does it. “Read Personio again” there tells whether it is done."
        ),
    ),
    Refusal.NO_ROSTER: Words(_("There is no roster yet."), _("A payroll manager uploads one first.")),
    Refusal.NO_MAPPING: Words(
        _("The attribute mapping is not published."),
        _("Support publishes it. From then on you can start on this page."),
    ),
    Refusal.ROSTER_MISREAD: Words(
        _("The mapping reads columns of the roster otherwise since it was uploaded."),
        _("A payroll manager uploads the same file once more; it is then read as the mapping says."),
    ),
    Refusal.PREVIEW_FIRST: Words(
        _("Nobody has seen a preview of this roster yet."), _("Make a preview first; it writes nothing to Loket.")
    ),
}

RUN_REFUSALS_OF_PERSONIO: dict[str, Words] = {
    Refusal.PREVIEW_FIRST: Words(
        _("Nobody has asked for a preview yet."), _("Make a preview first; it writes nothing to Loket.")
    ),
}
"""The same where the people come from Personio."""


def run_refusal(refusal: Refusal, *, reads_personio: bool) -> Words:
    """Why a run can't start, and who does what about it."""
    own = RUN_REFUSALS_OF_PERSONIO.get(refusal) if reads_personio else None
    return own or RUN_REFUSALS[refusal]


WORD_REFUSALS: dict[str, Words] = {
    WordRefusal.NOT_WAITING: Words(
        _("It doesn't wait for an answer any more."), _("Somebody else may have answered. Look at it as it is now.")
    ),
    WordRefusal.QUESTION_CHANGED: Words(
        _("What it asks has changed since you opened the page."), _("Look at it as it is now, and answer once more.")
    ),
    WordRefusal.UNANSWERED: Words(_("Not everything is answered."), _("Answer each question, then go on.")),
    WordRefusal.NOT_POSSIBLE: Words(
        _("That isn't possible any more."), _("It went on or ended meanwhile. Look at it as it is now.")
    ),
}
"""Why what somebody said to a run changed nothing."""

UPLOAD_REFUSALS: dict[str, Words] = {
    UploadRefusal.NOT_DUTCH: _NOT_DUTCH,
    UploadRefusal.PERSONIO: Words(
        _("The people of this legal entity come from Personio, so no roster is taken."),
        _("Correct them in Personio; every preview and sync reads it again."),
    ),
    UploadRefusal.BUSY: Words(
        _("A sync is sending the roster in use, so it can't be replaced now."),
        _("Upload the new one when the sync is done."),
    ),
    UploadRefusal.HELD: Words(
        _("A sync of the roster in use waits for somebody, so the roster can't be replaced now."),
        _("Let that sync go on, or cancel it; then upload the new roster."),
    ),
}

ROSTER_REFUSALS: dict[str, Words] = {
    "empty": Words(_("The file is empty."), _("Choose the file with your people in it.")),
    "no_rows": Words(_("The file has a header but no people."), _("Add one row for each person.")),
    "too_large": Words(_("The file is larger than %(limit)s MB."), _("Remove other sheets, pictures and columns.")),
    "overfull": Words(
        _("This Excel file holds far more than a roster; it was not opened."),
        _("Copy the rows with your people to a new workbook, as values, and save that as XLSX."),
    ),
    "unknown_type": Words(_("This is not a CSV or XLSX file."), _("Save your list as CSV or XLSX.")),
    "old_excel": Words(
        _("This is an old Excel file, or one with a password."), _("Save it in Excel as XLSX, without a password.")
    ),
    "not_xlsx": Words(
        _("Excel's file can't be read; it may be damaged."), _("Open it in Excel and save it again as XLSX.")
    ),
    "encoding": Words(_("The characters of the file can't be read."), _("Save it as “CSV UTF-8”, or as XLSX.")),
    "nul_bytes": Words(_("This is not a text file."), _("Save your list as CSV or XLSX.")),
    "broken_csv": Words(
        _("The file can't be read from line %(line)s on: a quotation mark is not closed."),
        _("Correct that line, or save the list as XLSX."),
    ),
    "too_many_rows": Words(
        _("The file has more than %(limit)s rows."), _("Split it, or remove people who left long ago.")
    ),
    "too_many_columns": Words(
        _("Row %(row)s has more than %(limit)s columns."), _("Keep only the columns that the roster needs.")
    ),
    "missing_columns": Words(
        _("These columns are missing: %(columns)s."),
        _("Row 1 must be the header. Add the columns there, or use the template."),
    ),
    "header_not_first": Words(
        _("Row 1 must be the header. Row 1 of this file says “%(found)s”; the header stands in row %(row)s."),
        _("Remove the rows above the header and upload the file again."),
    ),
    "no_xlsx": Words(
        _("The name says XLSX, but this is not an XLSX file."),
        _("Save your list in Excel as XLSX, or give a CSV file a name that ends in .csv."),
    ),
    "duplicate_column": Words(
        _("Two columns mean the same thing: %(headers)s."), _("Remove one of them from the file.")
    ),
}
