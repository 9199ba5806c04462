"""The page of the workbench, the editor of one target, and what answers a change without a new page."""

from collections.abc import Collection
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from mapping.admin.workbench import fragments
from mapping.admin.workbench.common import SHOWS, Visit, around, row_of, visit
from mapping.admin.workbench.forms import RuleForm, WishForm
from mapping.bench import meanwhile
from mapping.bench.desk import Desk, Row
from mapping.bench.editor import Editor, editor
from mapping.services import Source
from mapping.wording import workbench as words
from onboarding.wording import Words


@require_safe
def page(request: HttpRequest, company: int, source: str) -> HttpResponse:
    """The workbench; with `edit` the editor of that target is open. htmx gets that target only."""
    found = visit(request, company, source)
    edit, close = request.GET.get("edit", ""), request.GET.get("close", "")
    if request.htmx and not request.htmx.history_restore_request and (edit or close):  # type: ignore[attr-defined]
        row = row_of(found, edit or close)
        return render(request, "admin/mapping/_target.html", _target(found, row, is_open=bool(edit)))
    return whole(found, edit)


def whole(found: Visit, edit: str = "", **context: Any) -> HttpResponse:
    """The whole page; `context` has what was refused, and the forms as they were typed."""
    title = gettext("Mapping of %(company)s") % {"company": found.desk.company}
    row = found.desk.row(edit) if edit else None
    shown = found.filters.chosen(found.desk.rows)
    if row is not None and row not in shown:
        shown.append(row)
    more = _editing(found, row, context) if row is not None else {}
    lines = [_line(found, one) for one in shown]
    page = around(found, title, **head(found), lines=lines, open=edit, **more)
    return TemplateResponse(found.request, "admin/mapping/workbench.html", page)


def head(found: Visit) -> dict[str, Any]:
    """What a change of one target may change elsewhere on the page."""
    rows, filters = found.desk.rows, found.filters
    counts = {name: sum(map(fits, rows)) for name, fits in SHOWS.items()}
    shown = [name for name in SHOWS if name != "changed" or found.desk.draft]
    groups = words.groups(found.desk.shares)
    return {
        "visit": found,
        "desk": found.desk,
        "links": {**found.links, "everyone": fragments.everyone(found)},
        "sources": [_source(found, source) for source in Source],
        "groups": [(one, filters.query(group=one.key)) for one in groups],
        "legend": words.legend(),
        "filters": [
            (words.FILTERS[name], counts[name], filters.query(show=name), name == filters.show) for name in shown
        ],
        "filled": sum(share.done for share in found.desk.shares),
        "problems": counts["open"],
    }


def _source(found: Visit, source: Source) -> tuple[Any, str, bool]:
    here = found.desk.source
    return source.label, found.page.replace(f"/{here}/", f"/{source}/"), source == here


def _line(found: Visit, row: Row) -> dict[str, Any]:
    """A row with what can be done about it."""
    query = found.filters.query
    return {
        "said": words.line(row),
        "row": row,
        "opens": query(edit=row.target),
        "closes": query(close=row.target),
    }


def _target(found: Visit, row: Row, *, is_open: bool, **context: Any) -> dict[str, Any]:
    shown = {"visit": found, "desk": found.desk, "line": _line(found, row), "open": row.target if is_open else ""}
    return {**shown, **(_editing(found, row, context) if is_open else {})}


def _editing(found: Visit, row: Row, context: dict[str, Any]) -> dict[str, Any]:
    """What the editor shows; a form that was refused stays as it was typed."""
    edited: Editor = context.get("editor") or editor(found.desk, row)
    is_personio = found.desk.source == Source.PERSONIO
    return {
        "editor": edited,
        "posts": found.address("rule", row.target),
        "seen": meanwhile.token(row),
        "about": words.about(row.field),
        "form": RuleForm(edited, found.desk),
        "make_form": WishForm(edited),
        "ask_form": WishForm(edited, is_asked=True) if is_personio else None,
        "reasons": [(one.key, words.called(attribute), words.reason(one)) for one, attribute in edited.suggestions],
        "former": words.called(edited.former) if edited.former else "",
        "uses": [words.use(one) for one in edited.uses],
        "type": words.type_of(row.attribute) if row.attribute else "",
        "examples": [one for one in words.examples(edited.converters) if one.name != "auto"],
        **fragments.of_target(found, row),
        **context,
    }


def refused(found: Visit, row: Row, told: Collection[Words] = (), **typed: Any) -> HttpResponse:
    """The editor with why nothing was changed, and what was typed."""
    if found.request.htmx:  # type: ignore[attr-defined]
        shown = _target(found, row, is_open=True, told=told, **typed)
        return render(found.request, "admin/mapping/_target.html", shown)
    return whole(found, row.target, told=told, **typed)


def changed(found: Visit, targets: Collection[str], said: str, here: str = "", *, stays: bool = False) -> HttpResponse:
    """What htmx puts in the place of what has changed: the targets, the head and the picture of coverage.

    `here` is the target that was asked from; with `stays` its editor stays open.
    """
    again = found.again()
    parts = [_part(again, row) for row in again.desk.rows if row.target in targets and row.target != here]
    row = again.desk.row(here) if here else None
    main = _part(again, row, is_main=True, is_open=stays) if row else ""
    context = {**head(again), "main": main, "parts": parts, "said": said}
    return render(found.request, "admin/mapping/_changed.html", context)


def different(before: Desk, after: Desk) -> set[str]:
    """The targets whose row shows something else than before."""
    former = {row.target: row for row in before.rows}
    return {row.target for row in after.rows if former.get(row.target) != row}


def _part(found: Visit, row: Row, *, is_main: bool = False, is_open: bool = False) -> str:
    context = {**_target(found, row, is_open=is_open), "swaps": not is_main}
    return render_to_string("admin/mapping/_target.html", context, found.request)
