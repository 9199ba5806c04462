"""How guests come in, show who they are, and leave. Looking at a link opens nothing; every request asks anew."""

from collections.abc import Callable
from functools import wraps

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from onboarding.forms.people import CodeForm
from onboarding.models import Guest, GuestLink
from onboarding.services import guest_codes, guest_links, guests, limits

LANGUAGE = "nl"  # of whoever comes by a link that we don't know
OPEN_LIMIT = {"times": 20, "seconds": 300}
CODE_LIMIT = {"times": 20, "seconds": 300}


class GuestRequest(HttpRequest):
    """A request of a guest whose link holds."""

    guest: Guest


def for_guests(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Lets guests in whose link still holds at this moment; anybody else gets the page that says whom to ask."""

    @wraps(view)
    def guarded(request: GuestRequest, **places: int) -> HttpResponse:
        guest = guests.current(request.session)
        if guest is None:
            return closed(request, guests.visit(request.session))
        speak(request, guest.language)
        request.guest = guest
        return view(request, **places)

    return guarded


def speak(request: HttpRequest, language: str) -> None:
    """The guest's language, until somebody chooses another with the switch."""
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        translation.activate(language)
        request.LANGUAGE_CODE = language


def closed(request: HttpRequest, link: GuestLink | None) -> HttpResponse:
    """The link doesn't open, or no longer: why, and whom to ask by name."""
    speak(request, link.guest.language if link else LANGUAGE)
    is_revoked = bool(link and (link.revoked_at or link.guest.revoked_at))
    context = {"link": link, "is_revoked": is_revoked, "may_renew": bool(link) and not is_revoked}
    return render(request, "guest/closed.html", context, status=403)


def _renewed(request: HttpRequest, link: GuestLink | None) -> HttpResponse:
    """Where the link has expired, a fresh one goes to the guest's mailbox, and nowhere else."""
    if link is None:
        return closed(request, None)
    return render(request, "guest/renewed.html", {"link": link, "is_sent": guests.renew_link(link)})


def slow_down(request: HttpRequest) -> HttpResponse:
    """Too often in too short a time."""
    return render(request, "guest/slow.html", status=429)


@require_http_methods(["GET", "HEAD", "POST"])
def guest_open(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows a button and changes nothing: mail scanners fetch every link. POST opens the guest's session."""
    link = guest_links.find(token)
    if link is not None:
        speak(request, link.guest.language)
    if request.method != "POST":
        is_valid = link is not None and guest_links.is_valid(link)
        return render(request, "guest/open.html", {"link": link}) if is_valid else closed(request, link)
    if not limits.is_allowed("guest-open", get_adapter().get_client_ip(request), **OPEN_LIMIT):
        return slow_down(request)
    if request.POST.get("action") == "renew":
        return _renewed(request, link)
    return redirect("guest_tasks") if guests.open_session(token, request.session) else closed(request, link)


@require_http_methods(["GET", "HEAD", "POST"])
@for_guests
def guest_code(request: GuestRequest) -> HttpResponse:
    """The page for the code: it is mailed on the button, and typed here."""
    back = _task_number(request)
    if guests.is_confirmed(request.session):
        return _go_on(back)
    if request.method == "POST" and request.POST.get("action") == "send":
        return _send_code(request, back)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and not limits.is_allowed("guest-code", str(request.guest.pk), **CODE_LIMIT):
        return slow_down(request)
    if form.is_valid():
        if guest_codes.confirm(request.guest, request.session, form.cleaned_data["code"]):
            messages.success(request, _("Thank you. You can now work on your tasks."))
            return _go_on(back)
        form.add_error(
            "code", _("This is not the code of the newest e-mail, or it is too old. Look again, or ask for a new one.")
        )
    context = {"form": form, "guest": request.guest, "back": back, "waits": guest_codes.is_waiting(request.session)}
    return render(request, "guest/code.html", context)


def _send_code(request: GuestRequest, back: int | None) -> HttpResponse:
    if guest_codes.send(request.guest, request.session):
        messages.success(request, _("A code is on its way to %(email)s.") % {"email": _hidden(request.guest.email)})
    else:
        messages.error(
            request, _("A code was sent a moment ago. Wait a minute, then ask again; ten a day are the limit.")
        )
    answer = redirect("guest_code")
    if back:
        answer.headers["Location"] += f"?task={back}"
    return answer


def _hidden(email: str) -> str:
    """ "m••••@jansen.example": enough to know the mailbox by, for a link that fell into other hands."""
    name, _at, host = email.partition("@")
    return f"{name[:1]}••••@{host}"


def _task_number(request: HttpRequest) -> int | None:
    """The task to come back to; guest_task looks whether it is the guest's."""
    number = request.POST.get("task") or request.GET.get("task") or ""
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 19 else None


def _go_on(back: int | None) -> HttpResponse:
    return redirect("guest_task", assignment_pk=back) if back else redirect("guest_tasks")


@require_POST
def guest_renew(request: HttpRequest) -> HttpResponse:
    """Mails a fresh link to the guest whose session ended because his link expired."""
    link = guests.visit(request.session)
    if link is not None:
        speak(request, link.guest.language)
    return _renewed(request, link)


@require_POST
def guest_leave(request: HttpRequest) -> HttpResponse:
    """Ends the guest's session; who is signed in here stays signed in."""
    if link := guests.visit(request.session):
        speak(request, link.guest.language)
    guests.leave(request.session)
    return render(request, "guest/left.html")
