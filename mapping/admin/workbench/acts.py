"""Acts on the draft as a whole: begin, take back, do again, take what is called the same, discard."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from mapping.admin.workbench import page
from mapping.admin.workbench.common import Visit, visit
from mapping.bench import drafts, suggestions
from mapping.bench.refusals import NotPossible, Refusal
from mapping.models import MappingSet
from mapping.wording.refused import not_possible


@require_POST
def act(request: HttpRequest, company: int, source: str, name: str) -> HttpResponse:
    """Does it; htmx gets what has changed, without script the page comes anew."""
    found = visit(request, company, source)
    if name not in ACTS:
        raise Http404
    try:
        said = ACTS[name](found)
    except NotPossible as error:
        words = not_possible(error)
        messages.error(request, f"{words.text} {words.fix}")
        return _page(found)
    if request.htmx and name in IN_PLACE:  # type: ignore[attr-defined]
        return page.changed(found, page.different(found.desk, found.again().desk), said)
    messages.success(request, said)
    return _page(found)


def _page(found: Visit) -> HttpResponse:
    """The page anew, whoever asked."""
    answer = redirect(found.address())
    if found.request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(headers={"HX-Redirect": answer["Location"]})
    return answer


def _begin(found: Visit) -> str:
    start = found.request.POST.get("start", "")
    if start not in set(drafts.Start):
        raise Http404
    drafts.begin(found.desk.company, found.desk.source, found.user, drafts.Start(start))
    return gettext("The draft is begun. Nothing counts until you publish it.")


def _undo(found: Visit) -> str:
    batch = drafts.undo(_draft(found), found.user)
    return gettext("The last change is taken back.") if batch else gettext("There is nothing to take back.")


def _redo(found: Visit) -> str:
    batch = drafts.redo(_draft(found), found.user)
    return gettext("The change is made again.") if batch else gettext("There is nothing to do again.")


def _exact(found: Visit) -> str:
    _draft(found)
    count = suggestions.take_exact(found.desk, found.user)
    text = ngettext("%(count)s field is connected.", "%(count)s fields are connected.", count)
    return text % {"count": count}


def _discard(found: Visit) -> str:
    drafts.discard(_draft(found), found.user)
    return gettext("The draft is discarded. Its history stays.")


def _draft(found: Visit) -> MappingSet:
    if found.desk.draft is None:
        raise NotPossible(Refusal.NOT_A_DRAFT)
    return found.desk.draft


ACTS: dict[str, Callable[[Visit], str]] = {
    "begin": _begin,
    "undo": _undo,
    "redo": _redo,
    "exact": _exact,
    "discard": _discard,
}
IN_PLACE = frozenset({"undo", "redo", "exact"})
"""What changes targets only; all else makes another page of it."""
