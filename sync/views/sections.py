"""The portal's own sections of a company: which there are, whose values stand in one, who may see it (rules 26 and 27)."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mapping.portal import sections
from mapping.portal.refusals import PortalRefused
from mapping.wording.sections import MAY_NOT
from onboarding.services.access import NotAllowed
from onboarding.views.signed_in import SignedInRequest
from sync.forms.sections import SectionForm
from sync.services import section_people
from sync.services import sections as service
from sync.services.sections import Desk
from sync.views.filters import Filters


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def section_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """GET lists the sections that the user may see, POST adds one."""
    board = service.board(request.user, pk)
    if board is None:
        raise Http404
    form = SectionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = sections.make(board.company, request.user, form.cleaned_data["name"])
        except PortalRefused as error:
            form.refuse(error, "name")
        except NotAllowed:
            form.refuse_all(MAY_NOT)
        else:
            messages.success(request, _("The section “%(name)s” is made. Only administrators see it.") % {"name": made})
            return redirect("section_settings", pk=pk, section_pk=made.pk)
    return render(request, "sync/sections/list.html", {"board": board, "form": form})


@require_safe
@login_required
def section(request: SignedInRequest, pk: int, section_pk: int) -> HttpResponse:
    """People of a legal entity with what the section's attributes say of them today, searched and paged on the server."""
    desk = desk_of(request, pk, section_pk)
    filters = Filters.of(request, set())
    page = (
        section_people.find(desk.section, desk.entity, search=filters.search, page=filters.page)
        if desk.entity
        else None
    )
    return render(request, "sync/sections/section.html", {"desk": desk, "filters": filters, "page": page})


def desk_of(request: SignedInRequest, pk: int, section_pk: int) -> Desk:
    """The section; 404 where the user's role may not see it, as for one that doesn't exist."""
    desk = service.desk(request.user, pk, section_pk, request.GET.get("entity", ""))
    if desk is None:
        raise Http404
    return desk
