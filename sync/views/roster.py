"""The roster: upload a file, and the template to fill in."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from onboarding.models import LegalEntity
from onboarding.services import access, who
from onboarding.views.signed_in import SignedInRequest, visible_entity
from onboarding.wording import issues, people_count, thousands
from sync.forms import RosterForm
from sync.models import Roster
from sync.refusals import RUN_REFUSALS, UPLOAD_REFUSALS, run_refusal
from sync.services import history, personio_state, rosters, runs
from sync.sources.columns import ROSTER_COLUMNS
from sync.sources.roster import RosterRefused
from sync.sources.template import template_csv, template_xlsx
from sync.wording import words

TEMPLATES = {
    "csv": (template_csv, "text/csv; charset=utf-8"),
    "xlsx": (template_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def roster(request: SignedInRequest, pk: int) -> HttpResponse:
    """GET shows the roster in use and the form, POST takes a new file; a refused file leaves the roster as it is.

    Where the people come from Personio it shows that instead, and takes no file.
    """
    entity = visible_entity(request, pk)
    form = RosterForm(request.POST, request.FILES) if request.method == "POST" else RosterForm()
    if form.is_valid():
        file = form.cleaned_data["file"]
        before = rosters.current(entity)
        try:
            made = rosters.upload(entity, request.user, file.name, file.read())
        except RosterRefused as error:
            form.refuse(error)
        except rosters.UploadRefused as error:
            form.refuse_all(words(UPLOAD_REFUSALS, error.refusal))
        except access.NotAllowed:
            form.refuse_all(words(RUN_REFUSALS, runs.Refusal.NOT_ALLOWED))
        else:
            _tell(request, made, before)
            return redirect("people", pk=entity.pk)
    if entity.reads_personio:
        return _personio(request, entity, form)
    refusal = rosters.refusal_to_upload(entity)
    context = {
        "entity": entity,
        "tab": "roster",
        "form": form,
        "roster": rosters.current(entity),
        "active": history.active(entity),
        "refusal": words(UPLOAD_REFUSALS, refusal) if refusal else None,
        "may_upload": access.may_edit_payroll(request.user, entity),
        "editors": who.payroll_editors(entity),
        "columns": ROSTER_COLUMNS,
    }
    return render(request, "sync/roster.html", context)


def _personio(request: SignedInRequest, entity: LegalEntity, form: RosterForm) -> HttpResponse:
    """The same page where the people come from Personio: how they were read, and what is to be put right there."""
    found = personio_state.read(entity)
    refused = runs.refusal_to_start(entity, is_dry=True, user=request.user)
    context = {
        "entity": entity,
        "tab": "roster",
        "form": form,
        "personio": found,
        "issues": [(issue, issues.words(issue)) for issue in found.issues],
        "no_upload": UPLOAD_REFUSALS[rosters.Refusal.PERSONIO],
        "active": history.active(entity),
        "refused": refused,
        "refusal": run_refusal(refused, reads_personio=True) if refused else None,
        "editors": who.payroll_editors(entity),
    }
    return render(request, "sync/personio.html", context)


def _tell(request: SignedInRequest, made: Roster, before: Roster | None) -> None:
    """What was read; in the tone of attention when somebody is blocked or many are gone."""
    text = _("%(file)s: %(people)s read.") % {"file": made.file_name, "people": people_count(made.person_count)}
    fewer = before.person_count - made.person_count if before else 0
    if fewer > 0:
        missing = ngettext("%(number)s fewer than before.", "%(number)s fewer than before.", fewer)
        text += " " + missing % {"number": thousands(fewer)}
    if not made.fault_count:
        (messages.warning if fewer > 0 else messages.success)(request, text)
        return
    faults = ngettext(
        "%(number)s row has a fault; that person is blocked until it is corrected.",
        "%(number)s rows have a fault; those people are blocked until they are corrected.",
        made.fault_count,
    ) % {"number": thousands(made.fault_count)}
    address = reverse("people", args=[made.entity_id]) + "?show=blocked"
    link = format_html('<a href="{}">{}</a>', address, _("See who is blocked"))
    messages.warning(request, format_html("{} {} {}", text, faults, link))


@require_safe
@login_required
def template(request: SignedInRequest, pk: int, kind: str) -> HttpResponse:
    """The empty roster with one invented person, in the language of the page."""
    visible_entity(request, pk)
    if kind not in TEMPLATES:
        raise Http404
    make, content_type = TEMPLATES[kind]
    answer = HttpResponse(make(get_language() or settings.LANGUAGE_CODE), content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="roster.{kind}"'
    return answer
