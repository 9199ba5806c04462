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
from onboarding.services import connections, tax_ids, who
from onboarding.services.connections import LinkRefused
from onboarding.views.signed_in import SignedInRequest, visible_entity
from onboarding.wording import LINK, names, of_error
from onboarding.wording.checks import check_rows
from onboarding.wording.choosing import listed


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def administration(request: SignedInRequest, pk: int) -> HttpResponse:
    """GET lists what Loket has now; POST links for good, or with `action` "check" runs the checks once more."""
    entity = visible_entity(request, pk)
    if request.method == "POST" and request.POST.get("action") == "check":
        return _check_again(request, entity)
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


def _check_again(request: SignedInRequest, entity: LegalEntity) -> HttpResponse:
    """Back to the choice, which shows what still fails, or the list."""
    try:
        connections.check_again(entity, request.user)
    except LinkRefused as refused:
        return _refused(request, entity, refused)
    return redirect("administration", pk=entity.pk)


def _chosen(form: AdministrationForm) -> dict[str, str]:
    return {
        "administration_id": form.cleaned_data["administration"],
        "typed_name": form.cleaned_data["typed_name"],
    }


def _list(request: SignedInRequest, entity: LegalEntity, form: AdministrationForm) -> HttpResponse:
    try:
        login, choices = connections.choices(entity, request.user)
    except LinkRefused as refused:
        return _refused(request, entity, refused)
    except SyncError as error:
        return _page(request, entity, form, error=of_error(error))
    message = tax_ids.message_for(entity, choices, request.user)
    return _page(request, entity, form, login=login, message=message, **listed(entity, choices))


def _refused(request: SignedInRequest, entity: LegalEntity, refused: LinkRefused) -> HttpResponse:
    """The page without a list, and so without the faults of a form."""
    words = LINK[refused.refusal].filled({"names": names(refused.sharers)})
    facts = {fact.key: fact for fact in refused.facts}
    rows = check_rows(facts, facts)
    return _page(request, entity, AdministrationForm(None), refusal=refused.refusal, words=words, rows=rows)


def _page(request: SignedInRequest, entity: LegalEntity, form: AdministrationForm, **context: Any) -> HttpResponse:
    context |= {"entity": entity, "tab": "setup", "form": form, "administrators": who.administrators(entity)}
    return render(request, "onboarding/administration.html", context)
