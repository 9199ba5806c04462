"""To Loket's sign-in page and back; what stopped on the way has a page of its own."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from loket_portal.loket.errors import SyncError
from onboarding.models import LegalEntity
from onboarding.services import signin, who
from onboarding.services.signin import SignInRefused
from onboarding.views.signed_in import SignedInRequest, visible_entity
from onboarding.wording import SIGN_IN, SIGNED_OUT, Page

STOPPED = "sign_in_stopped"  # session key: what the page "stopped" tells; no code or state of Loket is in it


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def connect(request: SignedInRequest, pk: int) -> HttpResponse:
    """GET tells what will happen, POST sends the browser to Loket."""
    entity = visible_entity(request, pk)
    if request.method == "POST":
        try:
            return redirect(signin.begin(entity, request.user, request.session.session_key or ""))
        except SignInRefused as refused:
            return _stop(request, refusal=refused.refusal, entity=entity.pk)
        except SyncError as error:
            return _stop(request, entity=entity.pk, **_words(error))
    refusal = signin.refusal_to_begin(entity, request.user)
    context = {
        "entity": entity,
        "connection": getattr(entity, "connection", None),
        "refusal": SIGN_IN[refusal] if refusal else None,
        "administrators": who.administrators(entity),
    }
    return render(request, "onboarding/connect.html", context)


@require_safe
def loket_callback(request: HttpRequest) -> HttpResponse:
    """Where Loket sends the browser; always answers with a redirect, so that no code stays in the address."""
    if not request.user.is_authenticated:
        return _stop(request, refusal=SIGNED_OUT)
    try:
        entity, login = signin.complete(request.user, request.session.session_key or "", request.GET.dict())
    except SignInRefused as refused:
        entity_id = refused.entity.pk if refused.entity else None
        return _stop(request, refusal=refused.refusal, entity=entity_id, names=list(refused.names))
    except SyncError as error:
        return _stop(request, **_words(error))
    if not hasattr(entity, "connection"):
        return redirect("administration", pk=entity.pk)
    messages.success(request, _("Signed in at Loket as %(user)s. The connection goes on.") % {"user": login.loket_user})
    return redirect("entity", pk=entity.pk)


def _words(error: SyncError) -> dict[str, Any]:
    return {"message": error.message_id, "hint": error.hint_id, "params": error.params}


def _stop(request: HttpRequest, **told: Any) -> HttpResponse:
    request.session[STOPPED] = told
    return redirect("connect_stopped")


@require_safe
def stopped(request: HttpRequest) -> HttpResponse:
    """Why the sign-in did not count, and the next step; the same after a reload or in the other language."""
    told = request.session.get(STOPPED)
    if told is None:
        return redirect("entities")
    entity = None
    if request.user.is_authenticated:
        entity = LegalEntity.objects.visible_to(request.user).filter(pk=told.get("entity")).first()
    page = SIGN_IN.get(told.get("refusal", "")) or _page_of_error(told)
    return render(request, "onboarding/stopped.html", {"page": page, "names": told.get("names"), "entity": entity})


def _page_of_error(told: dict[str, Any]) -> Page:
    params = told.get("params", {})
    return Page(_(told.get("message", "")) % params, "", _(told.get("hint", "")) % params)
