"""Acts of the support desk that are more than a click: a page that says what happens, takes the words, and does it.

An act is shown above a row while it is possible. Its page needs the permission of the act, and a POST.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onboarding.forms.people import refuse_secrets
from onboarding.models import User
from onboarding.wording import Text, Words


class NotDone(Exception):
    """The act changed nothing; the page says why and keeps what was typed."""

    def __init__(self, *told: Words) -> None:
        super().__init__("; ".join(str(words.text) for words in told))
        self.told = told


class Confirmation(forms.Form):
    """Nothing to fill in: the button is the confirmation."""


class RequiredText(forms.Form):
    """Words that somebody else will read."""

    text = forms.CharField(
        label=gettext_lazy("Message to the customer"),
        max_length=4000,
        validators=[refuse_secrets],
        widget=forms.Textarea(attrs={"rows": 6, "cols": 80}),
        error_messages={"required": gettext_lazy("Write a message: the customer must know what to do.")},
    )


class OptionalText(RequiredText):
    """Words, where there is something to say."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].required = False


class RequiredReason(forms.Form):
    """Why, for the audit trail."""

    text = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        validators=[refuse_secrets],
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
        help_text=gettext_lazy("Who asks for it, and why. No data of employees."),
        error_messages={"required": gettext_lazy("Write the reason: it is kept in the audit trail.")},
    )


Do = Callable[[Any, User, dict[str, Any]], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """`do` gets the row, who does it and what was filled in, gives the sentence to show, and may raise NotDone."""

    name: str
    label: Text
    permission: str
    do: Do
    text: Text = ""
    lines: tuple[Text, ...] = ()
    form_class: type[forms.Form] = Confirmation
    is_grave: bool = False


class ActingAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows with acts; subclasses say which are possible now."""

    change_form_template = "admin/onboarding/acting_change_form.html"

    def acts(self, row: Any) -> Sequence[Act]:
        """What can be done with the row now."""
        return ()

    def acts_for(self, request: HttpRequest, row: Any) -> list[Act]:
        """What this user may do with the row now."""
        return [act for act in self.acts(row) if request.user.has_perm(act.permission)]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.act_view)
        return [path("<int:pk>/act/<slug:name>/", view, name=self._act_url), *super().get_urls()]

    @property
    def _act_url(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_act"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        shown = self.acts_for(request, row) if row is not None else []
        links = [(reverse(f"admin:{self._act_url}", args=[object_id, act.name]), act.label) for act in shown]
        return super().change_view(request, object_id, form_url, {"acts": links, **(extra_context or {})})

    def act_view(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """GET says what happens, POST does it."""
        row = get_object_or_404(self.get_queryset(request), pk=pk)
        act = next((act for act in self.acts_for(request, row) if act.name == name), None)
        if act is None:
            self.message_user(request, _("This is not possible now. Look at it as it is now."), messages.WARNING)
            return self._back(row)
        form = act.form_class(request.POST if request.method == "POST" else None)
        if not form.is_valid():
            return self._page(request, row, act, form)
        try:
            said = act.do(row, _user(request), form.cleaned_data)
        except NotDone as error:
            return self._page(request, row, act, form, error.told)
        self.message_user(request, said, messages.SUCCESS)
        return self._back(row)

    def _back(self, row: Model) -> HttpResponse:
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", row.pk)

    def _page(
        self, request: HttpRequest, row: Model, act: Act, form: forms.Form, told: Sequence[Words] = ()
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": row,
            "title": act.label,
            "act": act,
            "form": form,
            "told": told,
        }
        return TemplateResponse(request, "admin/onboarding/act.html", context)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101  admin_view has asked for a signed-in member of staff
    return request.user
