"""What people fill in before the start: the payroll processing person, the scope, the legal entity."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from onboarding.forms.people import refuse_secrets
from onboarding.models import LegalEntity, User
from onboarding.services import assignments, legal_entities
from onboarding.services.legal_entities import EntityRefused
from onboarding.services.payroll_person import Named, Outsider
from onboarding.texts import SCOPE_POINTS, SCOPE_VERSION
from onboarding.wording import names
from onboarding.wording.before import LEGAL_ENTITY, first_message
from onboarding.wording.scope import POINTS

INSIDE, OUTSIDE = "inside", "outside"


class PayrollPersonForm(forms.Form):
    """A colleague, or somebody outside with what an invitation needs; of the other kind nothing is asked."""

    kind = forms.ChoiceField(
        label=_("Who runs your payroll?"),
        choices=((INSIDE, _("A colleague")), (OUTSIDE, _("Somebody outside, such as a payroll office or accountant"))),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a colleague or somebody outside.")},
    )
    member = forms.ModelChoiceField(
        label=_("Colleague"),
        queryset=User.objects.none(),
        empty_label=_("Choose a colleague"),
        help_text=_("Colleagues with payroll edit for this legal entity: without it nobody can do the tasks."),
        error_messages={
            "required": _("Choose the colleague who runs your payroll."),
            "invalid_choice": _("Choose a colleague from the list."),
        },
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        error_messages={"required": _("Write the name of the person.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    firm = forms.CharField(
        label=_("Firm"), max_length=100, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("The tasks are opened with a link in an e-mail, without an account."),
        error_messages={
            "required": _("Write the e-mail address of the person."),
            "invalid": _("Write a whole e-mail address, for example name@firm.nl."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    language = forms.ChoiceField(label=_("Language of the e-mails"), choices=settings.LANGUAGES)
    message = forms.CharField(
        label=_("Message"),
        max_length=2000,
        required=False,
        validators=[refuse_secrets],
        help_text=_("Goes with the e-mail, as you write it."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    use_required_attribute = False  # the browser doesn't know which kind is chosen
    OF_KIND = {INSIDE: {"member"}, OUTSIDE: {"name", "firm", "email", "language"}}

    def __init__(self, data: Any, entity: LegalEntity, now: Named | None) -> None:
        super().__init__(data, initial=_initial(entity, now))
        member: Any = self.fields["member"]
        member.queryset = assignments.colleagues(entity)

    def clean(self) -> dict[str, Any]:
        """What is missing or wrong in the fields of the other kind doesn't matter."""
        cleaned = super().clean() or {}
        for kind, fields in self.OF_KIND.items():
            for field in fields & set(self.errors) if kind != cleaned.get("kind") else ():
                del self.errors[field]
        return cleaned

    @property
    def outsider(self) -> Outsider:
        """Whom to invite, of a valid form."""
        said = self.cleaned_data
        return Outsider(said["name"], said["firm"], said["email"].lower(), said["language"])


def _initial(entity: LegalEntity, now: Named | None) -> dict[str, Any]:
    told: dict[str, Any] = {"language": "nl", "message": first_message(entity)}
    if now is None:
        return told
    if now.member is not None:
        return told | {"kind": INSIDE, "member": now.member.pk}
    guest = now.guest
    told |= {"kind": OUTSIDE, "name": now.name, "firm": now.firm}
    return told | ({"email": guest.email, "language": guest.language} if guest else {})


class ScopeForm(forms.Form):
    """One tick for each point, and the version of the text that was read."""

    version = forms.CharField(widget=forms.HiddenInput, initial=SCOPE_VERSION)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        for key in SCOPE_POINTS:
            point = str(POINTS[key])
            message = gettext("Tick this point too, or settle it first: “%(point)s”") % {"point": point}
            self.fields[key] = forms.BooleanField(label=point, error_messages={"required": message})

    @property
    def points(self) -> list[str]:
        """The points that were ticked, of a valid form."""
        return [key for key in SCOPE_POINTS if self.cleaned_data[key]]


class LegalEntityForm(forms.Form):
    """KvK number and tax ID, as people write them: with spaces, dots or small letters."""

    kvk_number = forms.CharField(
        label=_("KvK number"),
        max_length=20,
        help_text=_("8 digits, from the trade register."),
        error_messages={"required": _("Write the KvK number of this legal entity.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}),
    )
    tax_id = forms.CharField(
        label=_("Tax ID (loonheffingennummer)"),
        max_length=30,
        help_text=_("9 digits, L and 2 digits, from the tax authority (Belastingdienst): 123456789L01."),
        error_messages={"required": _("Write the tax ID for payroll taxes (loonheffingennummer).")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
    )

    def __init__(self, data: Any, entity: LegalEntity) -> None:
        super().__init__(data, initial={"kvk_number": entity.kvk_number, "tax_id": entity.tax_id})
        self.entity = entity

    def clean_kvk_number(self) -> str:
        return _read(lambda: legal_entities.kvk_number(self.cleaned_data["kvk_number"]))

    def clean_tax_id(self) -> str:
        return _read(lambda: legal_entities.own_tax_id(self.entity, self.cleaned_data["tax_id"]))


def _read(number: Callable[[], str]) -> str:
    try:
        return number()
    except EntityRefused as refused:
        words = LEGAL_ENTITY[refused.refusal].filled({"names": names(refused.names)})
        raise forms.ValidationError(f"{words.text} {words.fix}") from refused
