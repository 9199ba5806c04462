"""What people fill in to give a task to somebody, and what a guest fills in."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from loket_portal.lib.redact import redact_text
from onboarding.models import Guest, LegalEntity, User
from onboarding.services import assignments
from onboarding.steps import BY_KEY, StepKey

MEMBER, GUEST, NEW = "member", "guest", "new"
NEW_PERSON = ("name", "firm", "email", "language")
LANGUAGES = (("nl", "Nederlands"), ("en", "English"))  # each in its own language
_ADDRESS = re.compile(r"\S+@\S+")


def refuse_secrets(text: str) -> None:
    """Validator: an e-mail is no place for a BSN, an IBAN, a password or a key; e-mail addresses are welcome."""
    plain = _ADDRESS.sub("", text)
    if redact_text(plain) != plain:
        raise ValidationError(
            _("This looks like a BSN, an IBAN, a password or a key. Leave it out: e-mail is no safe place for it.")
        )


class AssignForm(forms.Form):
    """Who gets the task, and a message: a colleague, a guest the company knows, or somebody new by e-mail."""

    who = forms.ChoiceField(
        label=_("Who does this task?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose who does it."),
            "invalid_choice": _("This person can't be chosen any more. Choose somebody else."),
        },
    )
    name = forms.CharField(
        label=_("Name"), max_length=100, error_messages={"required": _("Write the name of the person.")}
    )
    firm = forms.CharField(label=_("Firm"), max_length=100, required=False)
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("The link to the task goes to this address. No account is needed."),
        error_messages={
            "required": _("Write the e-mail address of the person."),
            "invalid": _("Write a whole e-mail address, for example name@firm.nl."),
        },
    )
    language = forms.ChoiceField(label=_("Language of the e-mails"), choices=LANGUAGES)
    message = forms.CharField(
        label=_("Message"),
        max_length=2000,
        required=False,
        validators=[refuse_secrets],
        help_text=_("Goes with the e-mail, as you write it."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, entity: LegalEntity, step: StepKey, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = {f"{MEMBER}-{one.pk}": one for one in assignments.colleagues(entity)}
        self.guests: dict[str, Guest] = {}
        if BY_KEY[step].is_assignable:
            self.guests = {f"{GUEST}-{one.pk}": one for one in assignments.known_guests(entity.company)}
        self.takes_guests = BY_KEY[step].is_assignable
        choices = [(key, _you(one) if one == user else str(one)) for key, one in self.members.items()]
        choices += [(key, f"{one} – {one.email}") for key, one in self.guests.items()]
        choices += [(NEW, str(_("Somebody else, by e-mail")))] if self.takes_guests else []
        self.fields["who"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> None:
        """Of somebody who is known already nothing is asked: what stands in the fields for a new person counts not."""
        if self.cleaned_data.get("who") != NEW:
            for field in NEW_PERSON:
                self.errors.pop(field, None)

    @property
    def member(self) -> User | None:
        """The colleague that was chosen."""
        return self.members.get(self.cleaned_data["who"])

    @property
    def guest(self) -> Guest | None:
        """The guest that was chosen, of those the company knows."""
        return self.guests.get(self.cleaned_data["who"])

    @property
    def invitation(self) -> dict[str, str] | None:
        """Whom to invite, where somebody new was chosen."""
        if self.cleaned_data["who"] != NEW:
            return None
        return {key: self.cleaned_data[key] for key in NEW_PERSON}


def _you(user: User) -> str:
    return gettext("%(name)s (you)") % {"name": user}


class DoneForm(forms.Form):
    """The holder says that it is done, with a note for who asked."""

    note = forms.CharField(
        label=_("Note"),
        max_length=1000,
        required=False,
        validators=[refuse_secrets],
        help_text=_("Goes to the person who gave you the task."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class CodeForm(forms.Form):
    """The six digits from the e-mail."""

    code = forms.CharField(
        label=_("Code"),
        max_length=12,
        error_messages={"required": _("Write the six digits from the e-mail.")},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "short"}),
    )

    def clean_code(self) -> str:
        code = "".join(self.cleaned_data["code"].split())
        if not re.fullmatch(r"[0-9]{6}", code):
            raise ValidationError(_("The code has six digits."))
        return code
