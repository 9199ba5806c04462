"""The form for a roster."""

from django import forms
from django.utils.translation import gettext_lazy as _

from onboarding.wording import Words
from sync.refusals import ROSTER_REFUSALS
from sync.sources.roster import RosterRefused
from sync.wording import both_labels, words


class RosterForm(forms.Form):
    """One file; whether it can be read is decided by the roster reader."""

    file = forms.FileField(
        label=_("Roster file"),
        help_text=_("CSV or XLSX, at most 20 MB. Columns may have English or Dutch names, in any order."),
        error_messages={
            "required": _("Choose a file of at most 20 MB."),
            "empty": _("The file is empty. Choose the file with your people in it."),
        },
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.txt,.tsv,.xlsm"}),
    )

    def refuse(self, error: RosterRefused) -> None:
        """Says why the file can't be read."""
        said = words(ROSTER_REFUSALS, error.code).filled({**error.params, **_columns(error)})
        self.add_error("file", f"{said.text} {said.fix}")

    def refuse_all(self, said: Words) -> None:
        """Says why no file at all is taken."""
        self.add_error(None, f"{said.text} {said.fix}")


def _columns(error: RosterRefused) -> dict[str, str]:
    """The missing columns under the names of this page's language, those of the other language behind them."""
    names = error.params.get("names", "").split()
    return {"columns": ", ".join(both_labels(name) for name in names)} if names else {}
