"""Booking the integration, and answering support's question about it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from onboarding.forms.people import refuse_secrets
from onboarding.models import LegalEntity
from onboarding.services.marketplace import Offer
from onboarding.wording.booking import why_not


class BookingForm(forms.Form):
    """The request to support (rule 10): which legal entities, whom to ask, who runs the payroll, a message."""

    entities = forms.MultipleChoiceField(
        label=_("Legal entities"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one legal entity."),
            "invalid_choice": _("One of these is no legal entity of your company any more. Look at the list again."),
        },
    )
    contact_name = forms.CharField(
        label=_("Whom may support ask?"),
        max_length=100,
        error_messages={"required": _("Write the name of a contact.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    contact_email = forms.EmailField(
        label=_("E-mail address of the contact"),
        error_messages={
            "required": _("Write the e-mail address of the contact."),
            "invalid": _("This is no e-mail address. Write one like name@company.nl."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    contact_phone = forms.CharField(
        label=_("Telephone of the contact"),
        max_length=25,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    accountant_name = forms.CharField(
        label=_("Your payroll administrator or tax accountant"),
        max_length=100,
        error_messages={"required": _("Write the name of your payroll administrator or tax accountant.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    accountant_email = forms.EmailField(
        label=_("E-mail address of your payroll administrator or tax accountant"),
        error_messages={
            "required": _("Write the e-mail address of your payroll administrator or tax accountant."),
            "invalid": _("This is no e-mail address. Write one like name@company.nl."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    message = forms.CharField(
        label=_("Message to support"),
        help_text=_("What support should know, for example when the first payroll has to run. No data of employees."),
        max_length=4000,
        required=False,
        validators=[refuse_secrets],
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, data: Any = None, *, offers: Sequence[Offer] = (), **more: Any) -> None:
        super().__init__(data, **more)
        self.offers = {str(offer.entity.pk): offer for offer in offers}
        self.fields["entities"].choices = [(key, offer.entity.name) for key, offer in self.offers.items()]  # type: ignore[attr-defined]

    def clean_entities(self) -> list[LegalEntity]:
        """The chosen entities; names each one that can't be booked, and why."""
        chosen = [self.offers[key] for key in self.cleaned_data["entities"]]
        refused = [ValidationError(f"{o.entity}: {why_not(o).text}") for o in chosen if not o.is_possible]
        if refused:
            raise ValidationError(refused)
        return [offer.entity for offer in chosen]

    @property
    def boxes(self) -> list[tuple[Offer, bool]]:
        """The entities that can be booked, each with whether its box is ticked."""
        ticked = {str(value) for value in self["entities"].value() or ()}
        return [(offer, key in ticked) for key, offer in self.offers.items() if offer.is_possible]

    @property
    def closed(self) -> list[tuple[Offer, Any]]:
        """The entities that can't be booked, with why."""
        return [(offer, why_not(offer)) for offer in self.offers.values() if not offer.is_possible]


class AnswerForm(forms.Form):
    """The customer's answer to support's question."""

    answer = forms.CharField(
        label=_("Your answer"),
        max_length=4000,
        validators=[refuse_secrets],
        error_messages={"required": _("Write an answer to support's question.")},
        widget=forms.Textarea(attrs={"rows": 4}),
    )
