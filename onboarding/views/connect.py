"""To Loket's sign-in page and back; what stopped on the way has a page of its own."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from loket_portal.loket.errors import SyncError
from onboarding.models import LegalEntity, User
from onboarding.services import guests, logins, signin, who
from onboarding.services.signin import Completed, Purpose, SignInFailed, SignInRefused, SignInStopped
from onboarding.steps import StepKey
from onboarding.views.guest_doors import speak
from onboarding.views.signed_in import SignedInRequest, sends_signed_in, visible_entity
from onboarding.wording import SIGN_IN, SIGNED_OUT, Page, names, of_error

STOPPED = "sign_in_stopped"  # session key: what the page "stopped" tells; no code or state of Loket is in it


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def connect(request: SignedInRequest, pk: int) -> HttpResponse:
    """GET tells what will happen, POST sends the browser to Loket: to connect, or to reconnect what is connected."""
    entity = visible_entity(request, pk)
    connection = getattr(entity, "connection", None)
    if request.method == "POST":
        return leave_for_loket(request, entity, Purpose.RECONNECT if connection else Purpose.CONNECT)
    refusal = signin.refusal_to_begin(entity, request.user)
    beside = logins.beside(connection) if connection else []
    context = {
        "entity": entity,
        "tab": "setup",
        "connection": connection,
        "beside": names(beside) if beside else "",
        "offered": [] if connection else logins.offered(entity),
        "refusal": SIGN_IN[refusal] if refusal else None,
        "administrators": who.administrators(entity),
    }
    return render(request, "onboarding/connect.html", context)


def leave_for_loket(
    request: HttpRequest, entity: LegalEntity, purpose: Purpose, *, is_guest: bool = False
) -> HttpResponse:
    """Sends the browser to Loket's sign-in page, or to the page that says why not."""
    user, guest = (None, guests.current(request.session)) if is_guest else (_user(request), None)
    try:
        address = signin.begin(entity, request.session.session_key or "", user=user, guest=guest, purpose=purpose)
    except SignInStopped as stopped:
        return _stop(request, stopped)
    except SyncError as error:
        return _stop(request, SignInFailed(error, entity, purpose, is_guest))
    return redirect(address)


@require_POST
@sends_signed_in
def reuse_sign_in(request: SignedInRequest, pk: int) -> HttpResponse:
    """Goes on with a sign-in that the company already has for that employer."""
    entity = visible_entity(request, pk)
    try:
        signin.reuse(entity, _number(request.POST.get("login")), request.user)
    except SignInRefused as refused:
        return _stop(request, refused)
    return redirect("administration", pk=entity.pk)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 19 else 0


def _user(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


@require_safe
def loket_callback(request: HttpRequest) -> HttpResponse:
    """Where Loket sends the browser; always answers with a redirect, so that no code stays in the address."""
    user, guest = _user(request), guests.current(request.session)
    if user is None and guest is None:
        return _nobody(request)
    if user is None and guest is not None:
        speak(request, guest.language)
    try:
        done = signin.complete(request.session.session_key or "", request.GET.dict(), user=user, guest=guest)
    except SignInStopped as stopped:
        return _stop(request, stopped)
    return _after(request, done)


def _nobody(request: HttpRequest) -> HttpResponse:
    """Signed out while away; or a guest who may come in no more, whose own pages say whom to ask."""
    if guests.visit(request.session) is not None:
        return redirect("guest_tasks")
    request.session[STOPPED] = {"refusal": SIGNED_OUT}
    return redirect("connect_stopped")


def _after(request: HttpRequest, done: Completed) -> HttpResponse:
    """Where the trip was for: the results of the checks, the choice of the administration, or the connection."""
    entity = done.entity
    if done.purpose is Purpose.CHECK:
        text = _("Signed in at Loket as %(user)s. This is what the checks found.")
        messages.success(request, text % {"user": done.login.loket_user})
        if done.is_guest:
            return redirect("guest_task", assignment_pk=done.guest_task) if done.guest_task else redirect("guest_tasks")
        return redirect("setup_step", pk=entity.pk, step=StepKey.INTEGRATION_USER)
    if not hasattr(entity, "connection"):
        return redirect("administration", pk=entity.pk)
    text = _("Signed in at Loket as %(user)s. The connection goes on.")
    messages.success(request, text % {"user": done.login.loket_user})
    return redirect("entity", pk=entity.pk)


# --- What stopped -----------------------------------------------------------------------------------------------------


def _stop(request: HttpRequest, stopped: SignInStopped) -> HttpResponse:
    told: dict[str, Any] = {"is_guest": stopped.is_guest}
    if stopped.is_guest and (guest := guests.current(request.session)):
        told["guest"] = guest.pk
    if stopped.entity is not None:
        told |= {"entity": stopped.entity.pk, "purpose": stopped.purpose}
    if isinstance(stopped, SignInRefused):
        told |= {"refusal": stopped.refusal, "names": stopped.names}
    elif isinstance(stopped, SignInFailed):
        error = stopped.error
        told |= {"message": error.message_id, "hint": error.hint_id, "params": error.params}
    request.session[STOPPED] = told
    return redirect("connect_stopped")


@require_safe
def stopped(request: HttpRequest) -> HttpResponse:
    """Why the sign-in did not count, and the next step; the same after a reload or in the other language."""
    told = request.session.get(STOPPED)
    if told is None:
        return redirect("entities")
    guest = guests.current(request.session) if told.get("is_guest") else None
    if guest is not None:
        speak(request, guest.language)
    is_of_another = told.get("is_guest") and (guest is None or guest.pk != told.get("guest"))  # who was here before
    context = {
        "page": SIGN_IN.get(told.get("refusal", "")) or _page_of_error(told),
        "names": None if is_of_another else told.get("names"),
        "entity": None if told.get("is_guest") else _seen(request, told.get("entity", 0)),
        "purpose": told.get("purpose"),
        "is_guest": told.get("is_guest", False),
        "guest": guest,
        "frame": "guest/base.html" if guest else "base.html",
    }
    return render(request, "onboarding/stopped.html", context)


def _seen(request: HttpRequest, pk: int) -> LegalEntity | None:
    user = _user(request)
    return LegalEntity.objects.visible_to(user).filter(pk=pk).first() if user else None


def _page_of_error(told: dict[str, Any]) -> Page:
    words = of_error(SyncError(told["message"], told["hint"], params=told["params"]))
    return Page(words.text, "", words.fix)
