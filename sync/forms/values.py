"""Values of people in the portal's own attributes: of one person, or in a file."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mapping.models import HRAttribute
from mapping.portal.attributes import AttributeType
from mapping.portal.canonical import LONGEST, canonical
from mapping.portal.refusals import PortalRefused
from sync.forms.base import Day, RefusableForm
from sync.refusals import ROSTER_REFUSALS
from sync.services.section_people import Line
from sync.sources.cells import RosterRefused
from sync.wording import words


class ValuesForm(RefusableForm):
    """What a section's attributes say of one person. A BSN or an IBAN is never sent back: empty leaves it as it is."""

    def __init__(self, lines: Iterable[Line], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = {f"value-{line.attribute.pk}": line for line in lines}
        for name, line in self.lines.items():
            self.fields[name] = _value_field(line)
            if line.is_sensitive and line.shown:
                self.fields[f"empty-{line.attribute.pk}"] = forms.BooleanField(
                    label=_("Empty %(attribute)s") % {"attribute": line.attribute.label}, required=False
                )
        self.fields["effective_on"] = Day()

    def clean(self) -> dict[str, Any]:
        """Each text must be one that its attribute can hold."""
        said = super().clean() or {}
        for name, line in self.lines.items():
            try:
                canonical(line.attribute, said.get(name) or "")
            except PortalRefused as error:
                self.refuse(error, name)
        return said

    @property
    def texts(self) -> dict[int, str]:
        """What is to be stored, by the pk of the attribute: only what somebody changed."""
        found = {}
        for name, line in self.lines.items():
            pk, text = line.attribute.pk, self.cleaned_data[name]
            if line.is_sensitive:
                if text or self.cleaned_data.get(f"empty-{pk}"):
                    found[pk] = text
            elif (canonical(line.attribute, text) or "") != line.value:
                found[pk] = text
        return found


def _value_field(line: Line) -> forms.Field:
    attribute: HRAttribute = line.attribute
    if attribute.type == AttributeType.LIST:
        options = [(option, option) for option in attribute.options]
        return forms.ChoiceField(
            label=attribute.label, choices=[("", "–"), *options], required=False, initial=line.value
        )
    if attribute.type == AttributeType.YES_NO:
        choices = [("", "–"), ("yes", _("Yes")), ("no", _("No"))]
        return forms.ChoiceField(label=attribute.label, choices=choices, required=False, initial=line.value)
    hint = _("For example 2026-09-01.") if attribute.type == AttributeType.DATE else ""
    if line.is_sensitive and line.shown:
        hint = _("Now %(value)s. Leave it empty to keep it.") % {"value": line.shown}
    return forms.CharField(
        label=attribute.label,
        required=False,
        max_length=LONGEST,
        initial=line.value,
        help_text=hint,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class ImportForm(RefusableForm):
    """A file with values of people, and the day from which they count."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or XLSX, with a column for the person and one for each attribute."),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["effective_on"] = Day()

    def refuse_file(self, error: RosterRefused) -> None:
        """Says why the file can't be read."""
        said = words(ROSTER_REFUSALS, error.code).filled(error.params)
        self.add_error("file", f"{said.text} {said.fix}")
