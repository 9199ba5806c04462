"""When a legal entity syncs by itself."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sync.models import Schedule

Frequency = Schedule.Frequency


class ScheduleForm(forms.Form):
    """Off, every hour, or every day at a time."""

    frequency = forms.ChoiceField(
        label=_("Automatic sync"),
        choices=(
            (Frequency.OFF, _("Off: somebody starts each sync")),
            (Frequency.HOURLY, _("Every hour")),
            (Frequency.DAILY, _("Every day at a fixed time")),
        ),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose off, every hour or every day."),
            "invalid_choice": _("Choose off, every hour or every day."),
        },
    )
    at = forms.TimeField(
        label=_("At what time"),
        help_text=_("In Amsterdam, for example 06:00."),
        required=False,
        input_formats=["%H:%M", "%H.%M", "%H:%M:%S"],
        widget=forms.TimeInput(attrs={"size": "5", "inputmode": "numeric", "autocomplete": "off"}, format="%H:%M"),
        error_messages={"invalid": _("Write the time as 06:00.")},
    )

    def clean(self) -> dict[str, Any]:
        """A daily one needs its time."""
        said = super().clean() or {}
        if said.get("frequency") == Frequency.DAILY and not said.get("at") and "at" not in self.errors:
            self.add_error("at", _("Write at what time it begins, for example 06:00."))
        return said


class IbanForm(forms.Form):
    """Whether a sync asks before it changes bank accounts."""

    asks = forms.ChoiceField(
        label=_("When a bank account changes"),
        choices=(
            ("yes", _("Ask first: the sync waits until somebody with payroll edit has agreed")),
            ("no", _("Send it without asking")),
        ),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose whether the sync asks."),
            "invalid_choice": _("Choose whether the sync asks."),
        },
    )
