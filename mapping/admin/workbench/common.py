"""What every page of the workbench needs: who asks, which company and source, what is shown of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.urls import reverse

from mapping.bench.desk import Desk, Row, desk
from mapping.coverage import OPEN, State
from mapping.models import MappingSet
from mapping.suggest import name_key
from mapping.wording import names
from onboarding.models import User

LOOK, CHANGE = "mapping.view_mappingset", "mapping.change_mappingset"
PAGES = ("workbench", "publish", "versions", "difference", "history", "export", "import")
ACTS = ("begin", "undo", "redo", "exact", "discard")
WITHOUT = frozenset({State.UNMAPPED, State.REQUIRED, State.WAITS})
SHOWS: dict[str, Callable[[Row], bool]] = {
    "all": lambda row: True,
    "open": lambda row: row.state in OPEN,
    "unmapped": lambda row: row.state in WITHOUT,
    "values": lambda row: row.state is State.VALUES,
    "required": lambda row: row.is_required,
    "changed": lambda row: row.is_changed,
}
"""What the page can be narrowed to; their words: `mapping.wording.workbench.FILTERS`."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What somebody wants to see: `entity` is the legal entity whose rules are looked at, None the company's."""

    show: str = "all"
    group: str = ""
    search: str = ""
    entity: int | None = None

    @classmethod
    def of(cls, request: HttpRequest) -> "Filters":
        """As the address says; what makes no sense there is as if it were not said."""
        said = request.GET
        entity = said.get("for", "")
        return cls(
            show=said.get("show", "") if said.get("show") in SHOWS else "all",
            group=said.get("group", ""),
            search=said.get("q", "").strip()[:80],
            entity=int(entity) if entity.isdecimal() and len(entity) < 15 else None,
        )

    def query(self, **more: Any) -> str:
        """The part of an address that says the same, with something more or else."""
        said = {"show": self.show, "group": self.group, "q": self.search, "for": self.entity, **more}
        said["show"] = "" if said["show"] == "all" else said["show"]
        kept = {name: value for name, value in said.items() if value not in ("", None)}
        return f"?{urlencode(kept)}" if kept else "?"

    def chosen(self, rows: Iterable[Row]) -> list[Row]:
        """The rows that are wanted."""
        wanted, fits = name_key(self.search), SHOWS[self.show]
        found = [row for row in rows if fits(row) and self.group in ("", row.group)]
        return [row for row in found if not wanted or wanted in _searched(row)]


def _searched(row: Row) -> str:
    texts = [names.field(row.target), row.field.label, row.field.label_nl, row.target.rpartition(".")[2]]
    texts += [row.attribute.label, row.attribute.key] if row.attribute else []
    return " ".join(map(name_key, texts))


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody of support in the workbench of one company and source."""

    request: HttpRequest
    user: User
    desk: Desk
    filters: Filters
    may_change: bool

    @property
    def may_edit(self) -> bool:
        """Whether a row can be changed now: by this person, and because there is a draft."""
        return self.may_change and self.desk.draft is not None

    @property
    def links(self) -> dict[str, str]:
        """The addresses of the pages and acts beside it, by name; a narrowed page stays so."""
        pages = {name: self.address(name) for name in PAGES}
        acts = {name: self.address("act", name) for name in ACTS}
        return {**pages, **acts, "discard_act": acts["discard"], "discard": self.address("discard"), "plain": self.page}

    @property
    def page(self) -> str:
        """The workbench with nothing filtered."""
        return reverse("admin:mapping_workbench", args=[self.desk.company.pk, self.desk.source])

    def again(self) -> "Visit":
        """The same after a change."""
        return _visit(self.request, self.desk.company.pk, self.desk.source, self.filters)

    def address(self, name: str = "workbench", *places: Any, **query: Any) -> str:
        """The address of a page of this workbench, with what is filtered."""
        path = reverse(f"admin:mapping_{name}", args=[self.desk.company.pk, self.desk.source, *places])
        said = self.filters.query(**query)
        return path if said == "?" else path + said


def visit(request: HttpRequest, company: int, source: str) -> Visit:
    """Who asks for what; 403 for who may not look, or may not change and wants to; 404 for what isn't there."""
    if not request.user.has_perm(LOOK if request.method in ("GET", "HEAD") else CHANGE):
        raise PermissionDenied
    return _visit(request, company, source, Filters.of(request))


def _visit(request: HttpRequest, company: int, source: str, filters: Filters) -> Visit:
    assert isinstance(request.user, User)  # noqa: S101  admin_view has asked for a signed-in member of staff
    found = desk(company, source, filters.entity)
    if found is None:
        raise Http404
    return Visit(request, request.user, found, filters, request.user.has_perm(CHANGE))


def row_of(found: Visit, target: str) -> Row:
    """The row of a target; 404 for what the catalogue doesn't have."""
    row = found.desk.row(target)
    if row is None:
        raise Http404
    return row


def around(found: Visit, title: Any, **context: Any) -> dict[str, Any]:
    """What a whole page shows beside its own content."""
    each = {**admin.site.each_context(found.request), "is_nav_sidebar_enabled": False}
    return {
        **each,
        "opts": MappingSet._meta,
        "title": title,
        "visit": found,
        "desk": found.desk,
        "links": found.links,
        **context,
    }
