"""The choice of the administration: once, and only support can undo it (rules 36 and 37)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from loket_portal.loket.errors import SyncError
from onboarding.forms import AdministrationForm
from onboarding.models import LegalEntity
from onboarding.services import connections, who
from onboarding.services.connections import Choice, LinkRefused
from onboarding.views.signed_in import SignedInRequest, visible_entity
from onboarding.wording import LINK, Words, names, of_error


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def administration(request: SignedInRequest, pk: int) -> HttpResponse:
    """GET lists what Loket has now, POST links for good."""
    entity = visible_entity(request, pk)
    form = AdministrationForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = connections.link(entity, **_chosen(form), user=request.user)
        except LinkRefused as refused:
            form.refuse(refused)
        except SyncError as error:
            return _page(request, entity, form, error=of_error(error))
        else:
            text = _("%(entity)s is connected to %(administration)s in Loket.")
            messages.success(request, text % {"entity": entity, "administration": made.administration_name})
            return redirect("entity", pk=entity.pk)
    return _list(request, entity, form)


def _chosen(form: AdministrationForm) -> dict[str, str]:
    return {
        "administration_id": form.cleaned_data["administration"],
        "typed_name": form.cleaned_data["typed_name"],
    }


def _list(request: SignedInRequest, entity: LegalEntity, form: AdministrationForm) -> HttpResponse:
    try:
        login, choices = connections.choices(entity, request.user)
    except LinkRefused as refused:
        words = LINK[refused.refusal].filled({"names": names(refused.sharers)})
        return _page(request, entity, form, refusal=refused.refusal, words=words)
    except SyncError as error:
        return _page(request, entity, form, error=of_error(error))
    closed = [(choice, _why(choice)) for choice in choices if not choice.is_selectable]
    selectable = [choice for choice in choices if choice.is_selectable]
    return _page(request, entity, form, login=login, selectable=selectable, closed=closed)


def _why(choice: Choice) -> Words:
    return LINK[choice.refusal or ""].filled({"names": names(choice.sharers)})


def _page(request: SignedInRequest, entity: LegalEntity, form: AdministrationForm, **context: Any) -> HttpResponse:
    context |= {"entity": entity, "form": form, "administrators": who.administrators(entity)}
    return render(request, "onboarding/administration.html", context)
