"""What the pages of the nine tasks share: who may act, the form, and the frame around it."""

from typing import Any, TypeVar

from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from onboarding.models import Guest, LegalEntity, User
from onboarding.progress import State
from onboarding.services import access, evidence, hub
from onboarding.services.hub import Board
from onboarding.steps import BY_KEY, StepKey
from onboarding.views.signed_in import SignedInRequest
from onboarding.wording import Words, task_pages

AnyForm = BaseForm


class Refused(Exception):
    """What the form asked is not possible; the page shows the words and keeps what was typed."""

    def __init__(self, words: Words) -> None:
        super().__init__(str(words.text))
        self.words = words


class StepPage:
    """The page of one task. Subclasses name their step and override what is theirs.

    The frame (views/setup.py) has done the rest when a method is called: the entity is one of the user's companies,
    and on POST the user has payroll edit for it, and is an administrator where `needs_administrator`.
    """

    key: StepKey
    form_class: type[AnyForm] | None = None
    needs_administrator = False

    def may_act(self, user: User, entity: LegalEntity) -> bool:
        """Whether the user may send this page: payroll edit, of an administrator where that is needed (rules 7 and 9)."""
        allowed = access.may_connect if self.needs_administrator else access.may_edit_payroll
        return allowed(user, entity)

    def form(self, request: SignedInRequest, entity: LegalEntity) -> AnyForm | None:
        """The form as it is shown, and bound on POST; None where the page has none."""
        if self.form_class is None:
            return None
        return self.form_class(request.POST if request.method == "POST" else None)

    def context(self, request: SignedInRequest, entity: LegalEntity, state: State) -> dict[str, Any]:
        """What the template needs besides the frame's: see `frame` below."""
        return {}

    def submit(self, request: SignedInRequest, entity: LegalEntity, form: AnyForm | None) -> str:
        """Does what a valid form (or, without one, the button) asks; gives the sentence to show. May raise Refused."""
        return ""

    def after(self, request: SignedInRequest, entity: LegalEntity) -> str:
        """Where the browser goes after a submit: the page itself, which shows what has become of it."""
        return reverse("setup_step", kwargs={"pk": entity.pk, "step": self.key})

    @property
    def template(self) -> str:
        """The page; it extends onboarding/step_base.html and fills its block `task`."""
        return f"onboarding/steps/{self.key}.html"


PAGES: dict[StepKey, StepPage] = {}


Kind = TypeVar("Kind", bound=type[StepPage])


def page(kind: Kind) -> Kind:
    """Class decorator: this is the page of its step."""
    PAGES[kind.key] = kind()
    return kind


def frame(key: StepKey, board: Board, guest: Guest | None = None, *, user: User | None = None) -> dict[str, Any]:
    """What onboarding/step_base.html and all that it includes need. A guest's page has a frame of its own around it."""
    step, page = BY_KEY[key], PAGES[key]
    state = hub.to_be_done_by_holder(board.state(key)) if guest else board.state(key)
    return {
        "frame": "guest/base.html" if guest else "onboarding/entity_base.html",
        "guest": guest,
        "tab": "setup",
        "entity": board.entity,
        "board": board,
        "step": step,
        "state": state,
        "head": task_pages.head(board, state, guest),
        "assignment": board.assignments.get(key),
        "history": () if guest else task_pages.history(evidence.history(board.entity, [*step.checks, key])),
        "may_act": user is not None and page.may_act(user, board.entity),
        "needs_administrator": page.needs_administrator,
    }


def not_allowed(request: SignedInRequest, entity: LegalEntity, *, needs_administrator: bool = False) -> HttpResponse:
    """The page with status 403 for somebody whose role can't act here: why, and who can change it, by name (rule 7)."""
    board = hub.board(entity, request.user)
    context = {"entity": entity, "tab": "setup", "board": board, "needs_administrator": needs_administrator}
    return render(request, "onboarding/not_allowed.html", context, status=403)
