"""Changes of one target: its rule, a suggestion taken, a copy, a new attribute, a request to the customer."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from loket_portal.lib.errors import SyncError
from mapping import definitions
from mapping.admin.workbench import page
from mapping.admin.workbench.common import Visit, row_of, visit
from mapping.admin.workbench.forms import RuleForm, WishForm, options_in, with_typed
from mapping.bench import decisions, meanwhile
from mapping.bench.desk import Row
from mapping.bench.editor import Editor, editor
from mapping.bench.refusals import NotPossible, Refusal
from mapping.portal.refusals import PortalRefused
from mapping.wording import names
from mapping.wording import workbench as words
from mapping.wording.refused import not_possible
from mapping.wording.sections import refused as portal_refused
from mapping.wording.versions import as_it_is
from onboarding.services.personio import PersonioRefused
from onboarding.wording import Words
from onboarding.wording.base import of_error
from onboarding.wording.personio import refused as personio_refused


@dataclass(frozen=True, slots=True)
class Done:
    """What was changed, as one sentence; `stays`: the editor stays open, for there is more to do in it.

    `is_wide`: other targets may have changed too.
    """

    said: str
    stays: bool = False
    is_wide: bool = False


class Faulty(Exception):
    """A form has faults; it is shown as it was typed, under its name in the template."""

    def __init__(self, **typed: forms.Form) -> None:
        super().__init__()
        self.typed = typed


@require_POST
def rule(request: HttpRequest, company: int, source: str, target: str) -> HttpResponse:
    """Does what the pressed button says; answers with the target and what changed elsewhere, or with why not."""
    found = visit(request, company, source)
    row = row_of(found, target)
    do, value = _pressed(request)
    edited = editor(found.desk, row)
    try:
        if seen := request.POST.get("seen"):
            meanwhile.refuse_other(found.desk, row, seen)
        done = do(found, row, edited, value)
    except Faulty as faulty:
        return page.refused(found, row, (), editor=edited, **faulty.typed)
    except (NotPossible, PortalRefused, PersonioRefused, SyncError) as error:
        if isinstance(error, NotPossible) and error.code is Refusal.RULE_CHANGED:
            return _overtaken(found.again(), row.target, not_possible(error))
        return page.refused(found, row, [_told(error)], editor=edited)
    return _answer(found, row, done)


def _told(error: NotPossible | PortalRefused | PersonioRefused | SyncError) -> Words:
    """Why nothing was changed, in the words of who refused it."""
    if isinstance(error, NotPossible):
        return not_possible(error)
    if isinstance(error, PortalRefused):
        return portal_refused(error)
    return personio_refused(error) if isinstance(error, PersonioRefused) else of_error(error)


def _overtaken(found: Visit, target: str, told: Words) -> HttpResponse:
    """The rule as it is now, beside everything that was typed: nothing of it is lost."""
    row = row_of(found, target)
    edited, typed = editor(found.desk, row), found.request.POST
    if "make" in typed:
        return page.refused(found, row, [told], editor=edited, make_form=WishForm(edited, typed))
    if "duplicate" in typed:
        return page.refused(found, row, [told], editor=edited)
    form = RuleForm(edited, found.desk, typed)
    now = as_it_is(row.rule, options_in(typed, {}), found.desk.attributes)
    edited = with_typed(edited, typed)
    return page.refused(found, row, [told], editor=edited, form=form, now=now, values="")


def _answer(found: Visit, row: Row, done: Done) -> HttpResponse:
    if found.request.htmx:  # type: ignore[attr-defined]
        wide = page.different(found.desk, found.again().desk) if done.is_wide else set()
        return page.changed(found, {row.target, *wide}, done.said, row.target, stays=done.stays)
    messages.success(found.request, done.said)
    more = {"edit": row.target} if done.stays else {}
    return redirect(f"{found.address(**more)}#{words.place_of(row.target)}")


Do = Callable[[Visit, Row, Editor, str], Done]


def _pressed(request: HttpRequest) -> tuple[Do, str]:
    """Which button was pressed, and what it says; a key of the keyboard presses the first one."""
    for name, do in ACTS.items():
        if name in request.POST:
            return do, str(request.POST[name])
    return _save, ""


def _typed(found: Visit, edited: Editor) -> RuleForm:
    form = RuleForm(edited, found.desk, found.request.POST)
    if not form.is_valid():
        raise Faulty(form=form)
    return form


def _save(found: Visit, row: Row, edited: Editor, value: str) -> Done:
    decisions.connect(found.desk, row, found.user, _typed(found, edited).wanted())
    return Done(gettext("%(field)s is saved.") % _field(row))


def _take(found: Visit, row: Row, edited: Editor, value: str) -> Done:
    """A suggestion goes with everything else that is typed."""
    wanted = replace(_typed(found, edited).wanted(), source=value)
    decisions.connect(found.desk, row, found.user, wanted)
    return Done(gettext("%(field)s is connected.") % _field(row), stays=True)


def _remove(found: Visit, row: Row, edited: Editor, value: str) -> Done:
    decisions.remove(found.desk, row, found.user)
    return Done(gettext("%(field)s is no longer mapped here.") % _field(row))


def _leave_out(found: Visit, row: Row, edited: Editor, value: str) -> Done:
    decisions.leave_out(found.desk, row, found.user)
    return Done(gettext("%(field)s is not filled for this legal entity.") % _field(row))


def _duplicate(found: Visit, row: Row, edited: Editor, value: str) -> Done:
    made = decisions.duplicate(found.desk, row, found.user, found.request.POST.get("original", ""))
    said = gettext("The copy %(attribute)s is made and connected. Decide now about the old data.")
    return Done(said % {"attribute": made.label}, stays=True)


def _make(found: Visit, row: Row, edited: Editor, value: str) -> Done:
    form = WishForm(edited, found.request.POST)
    if not form.is_valid():
        raise Faulty(make_form=form)
    made = decisions.create(found.desk, row, found.user, form.wish())
    return Done(gettext("%(attribute)s is made and connected.") % {"attribute": made.label}, stays=True)


def _ask(found: Visit, row: Row, edited: Editor, value: str) -> Done:
    form = WishForm(edited, found.request.POST, is_asked=True)
    if not form.is_valid():
        raise Faulty(ask_form=form)
    asked = decisions.ask(found.desk, row, found.user, form.wish())
    if asked.done_at:
        return Done(gettext("Personio has %(attribute)s already; it is connected.") % {"attribute": asked.label})
    return Done(gettext("The customer is asked to make %(attribute)s.") % {"attribute": asked.label})


def _withdraw(found: Visit, row: Row, edited: Editor, value: str) -> Done:
    decisions.withdraw(row, found.user)
    return Done(gettext("The customer is no longer asked for it."), stays=True)


def _verify(found: Visit, row: Row, edited: Editor, value: str) -> Done:
    """A look at Personio connects what was asked for and is there."""
    definitions.look(found.desk.company, is_awaited=True)
    said = gettext("Personio was read again.")
    if row.request is not None:
        row.request.refresh_from_db()
        text = gettext("%(attribute)s is there.") if row.request.done_at else gettext("%(attribute)s is not there yet.")
        said = f"{said} {text % {'attribute': row.request.label}}"
    return Done(said, stays=True, is_wide=True)


def _field(row: Row) -> dict[str, str]:
    return {"field": names.field(row.target)}


ACTS: dict[str, Do] = {
    "take": _take,
    "remove": _remove,
    "leave_out": _leave_out,
    "duplicate": _duplicate,
    "make": _make,
    "ask": _ask,
    "withdraw": _withdraw,
    "verify": _verify,
    "save": _save,
}
"""The buttons of the editor by their name."""
