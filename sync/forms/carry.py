"""What becomes of the data of an attribute that was copied (rule 25)."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mapping.models import HRAttribute
from mapping.portal.attributes import AttributeType
from mapping.portal.canonical import LONGEST, canonical
from mapping.portal.refusals import PortalRefused
from mapping.rules import option_key
from onboarding.forms.people import refuse_secrets
from sync.forms.base import Day, RefusableForm

MOST_IN_A_SELECT = 40
OPTIONS = "options-of-loket"
"""The id of the list that inputs suggest from where a select for each value would be too much."""


def name_of(old: str) -> str:
    """The field of an old value. It names the value and not its place: the order is another one once people changed."""
    return f"option-{hashlib.sha256(option_key(old).encode()).hexdigest()[:16]}"


class CarryForm(RefusableForm):
    """What each old value becomes, in the order of the page. A value that nobody chose anything for is not carried over."""

    def __init__(
        self, attribute: HRAttribute, olds: Iterable[str], chosen: Mapping[str, str], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.attribute, self.olds = attribute, list(olds)
        for old in self.olds:
            self.fields[name_of(old)] = self._field(old, chosen.get(old, ""))
        self.fields["effective_on"] = Day()

    @property
    def has_long_list(self) -> bool:
        """Whether inputs suggest the options of one list, instead of a select each."""
        return self.attribute.type == AttributeType.LIST and len(self.attribute.options) > MOST_IN_A_SELECT

    def _field(self, old: str, chosen: str) -> forms.Field:
        if self.attribute.type != AttributeType.LIST or self.has_long_list:
            attrs = {"autocomplete": "off", "list": OPTIONS} if self.has_long_list else {"autocomplete": "off"}
            widget = forms.TextInput(attrs=attrs)
            return forms.CharField(label=old, required=False, max_length=LONGEST, initial=chosen, widget=widget)
        options = [("", _("Not carried over")), *((option, option) for option in self.attribute.options)]
        return forms.ChoiceField(label=old, choices=options, required=False, initial=chosen)

    def clean(self) -> dict[str, Any]:
        """What was typed must be something that the copy can hold."""
        said = super().clean() or {}
        for name in [name for name in said if name.startswith("option-")]:
            try:
                said[name] = canonical(self.attribute, said[name] or "") or ""
            except PortalRefused as error:
                self.refuse(error, name)
        return said

    @property
    def rows(self) -> list[tuple[str, forms.BoundField]]:
        """Each old value with its field."""
        return [(old, self[name_of(old)]) for old in self.olds]

    @property
    def option_map(self) -> dict[str, str]:
        """What was chosen, by the old value."""
        chosen = {old: self.cleaned_data.get(name_of(old), "") for old in self.olds}
        return {old: new for old, new in chosen.items() if new}


class ReasonForm(RefusableForm):
    """Why the old data isn't carried over: nobody sees it afterwards."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        validators=[refuse_secrets],
        error_messages={"required": _("Write why the old data isn't needed.")},
    )
