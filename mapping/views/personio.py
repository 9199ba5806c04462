"""Personio of a company: connect it, see what it shows, choose its legal entities, remove it (rules 1, 7, 39)."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from loket_portal.lib.errors import SyncError
from mapping import definitions, personio_desk, wording
from mapping.forms import CredentialsForm
from mapping.personio_desk import Desk
from onboarding.services import events as hooks
from onboarding.services import personio as accounts
from onboarding.services import personio_entities
from onboarding.services.personio import PersonioRefused
from onboarding.views.signed_in import SignedInRequest, sends_signed_in
from onboarding.wording import Words, issues, of_error
from onboarding.wording.personio import refused


def _desk(request: SignedInRequest, pk: int) -> Desk:
    """The company's desk; 404 for a company of others, as for one that doesn't exist."""
    found = personio_desk.desk(request.user, pk)
    if found is None:
        raise Http404
    return found


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def personio(request: SignedInRequest, pk: int) -> HttpResponse:
    """GET shows where the company stands with Personio; POST connects it, else the form says what is wrong."""
    desk = _desk(request, pk)
    form = CredentialsForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _connect(request, desk, form):
        return redirect("personio", pk=pk)
    context = {
        "desk": desk,
        "form": form,
        "status": wording.status(desk),
        "issues": [(issue, issues.words(issue)) for issue in desk.issues],
        "offers": [(offer, wording.offer(offer)) for offer in desk.offers],
        "takes": wording.TAKES,
        "read": [wording.row(one) for one in desk.attributes if one.fills],
        "unread": [wording.row(one) for one in desk.attributes if not one.fills and not one.is_gone],
        "wanted": [wording.wanted(one) for one in desk.wanted],
        "hook_url": hooks.address(desk.account) if desk.account else "",
    }
    return render(request, "mapping/personio.html", context)


def _connect(request: SignedInRequest, desk: Desk, form: CredentialsForm) -> bool:
    """Whether Personio took the credentials; the form says why not."""
    said = form.cleaned_data
    try:
        definitions.connect(desk.company, request.user, said["client_id"], said["client_secret"])
    except PersonioRefused as error:
        form.refuse(error)
        return False
    messages.success(request, _("Personio is connected, and its legal entities and attributes are read."))
    return True


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def credentials(request: SignedInRequest, pk: int) -> HttpResponse:
    """GET asks for new credentials, POST puts them in the place of those in use once Personio has accepted them."""
    desk = _desk(request, pk)
    if desk.account is None:
        return redirect("personio", pk=pk)
    form = CredentialsForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _connect(request, desk, form):
        return redirect("personio", pk=pk)
    return render(request, "mapping/credentials.html", {"desk": desk, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """GET says what goes with it, POST forgets the credentials."""
    desk = _desk(request, pk)
    if desk.account is None:
        return redirect("personio", pk=pk)
    if request.method == "POST":
        return _do(request, desk, _remove)
    return render(request, "mapping/remove.html", {"desk": desk})


@require_POST
@sends_signed_in
def read_again(request: SignedInRequest, pk: int) -> HttpResponse:
    """Reads legal entities and attributes anew; what is in order leaves the list of issues."""
    return _do(request, _desk(request, pk), _read)


@require_POST
@sends_signed_in
def entities(request: SignedInRequest, pk: int) -> HttpResponse:
    """Reads the people of a legal entity from Personio from now on, or no longer, as `action` says."""
    return _do(request, _desk(request, pk), _take if request.POST.get("action") == "take" else _stop)


@require_POST
@sends_signed_in
def events(request: SignedInRequest, pk: int) -> HttpResponse:
    """Asks Personio to report changes, or no longer, as `action` says."""
    return _do(request, _desk(request, pk), _switch_on if request.POST.get("action") == "on" else _switch_off)


def _do(request: SignedInRequest, desk: Desk, act: Callable[[SignedInRequest, Desk], str]) -> HttpResponse:
    """Does it when the user may and there is an account; says on the company's page what came of it."""
    try:
        accounts.require_administrator(request.user, desk.company)
        messages.success(request, act(request, desk))
    except PersonioRefused as error:
        messages.error(request, _sentence(refused(error)))
    except SyncError as error:
        messages.error(request, _sentence(of_error(error)))
    return redirect("personio", pk=desk.company.pk)


def _sentence(words: Words) -> str:
    return f"{words.text} {words.fix}"


def _read(request: SignedInRequest, desk: Desk) -> str:
    definitions.look(desk.company, is_awaited=True)
    return _("Personio was read again.")


def _take(request: SignedInRequest, desk: Desk) -> str:
    entity = personio_entities.take(desk.company, request.user, request.POST.get("personio_id", ""))
    return _("The people of %(entity)s come from Personio from now on.") % {"entity": entity}


def _stop(request: SignedInRequest, desk: Desk) -> str:
    entity = desk.reader(request.POST.get("personio_id", ""))
    personio_entities.unbind(entity, request.user)
    return _("The people of %(entity)s are no longer read from Personio.") % {"entity": entity}


def _switch_on(request: SignedInRequest, desk: Desk) -> str:
    hooks.switch_on(accounts.required(desk.company), request.user)
    return _("Personio reports changes from now on.")


def _switch_off(request: SignedInRequest, desk: Desk) -> str:
    if hooks.switch_off(accounts.required(desk.company), request.user):
        return _("Personio reports no changes any more.")
    return _(
        "Reports of Personio are refused from now on. Personio could not be told: delete the webhook there as well."
    )


def _remove(request: SignedInRequest, desk: Desk) -> str:
    accounts.remove(desk.company, request.user)
    return _("Personio is removed.")
