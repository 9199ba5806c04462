"""What a check looked at, row by row, as a table in the reader's language. Words of Loket are marked as Dutch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from onboarding.facts import Fact
from onboarding.wording.base import Text
from onboarding.wording.calls import call_name
from onboarding.wording.check_words import CAUSES
from onboarding.wording.connecting import LINK


@dataclass(frozen=True, slots=True)
class Cell:
    """A text; `tone` where it is a state (ok, problem or nothing), `is_dutch` where the words are Loket's."""

    text: Text
    tone: str = ""
    is_dutch: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Headings and rows of cells; the first cell of a row names it."""

    headings: tuple[Text, ...]
    rows: tuple[tuple[Cell, ...], ...]


Row = Mapping[str, Any]
Maker = Callable[[Row], tuple[Cell, ...]]

STATES: dict[str, Cell] = {
    "granted": Cell(_("granted"), "ok"),
    "missing": Cell(_("missing"), "problem"),
    "unknown": Cell(_("not shown by Loket")),
    "derived": Cell(_("derived"), "ok"),
    "fits": Cell(_("in order"), "ok"),
    "wrong": Cell(_("wrong"), "problem"),
    "present": Cell(_("there"), "ok"),
    "exact": Cell(_("exact"), "ok"),
    "near": Cell(_("almost the same name"), "problem"),
    "broken": Cell(_("refused"), "problem"),
    "warning": Cell(_("remark")),
}
SETTINGS: dict[str, Text] = {
    "one_employer": _("Linked to one employer only"),
    "login_method": _("Login method"),
    "two_factor": _("Two-step verification"),
    "access": _("Access"),
    "administrations": _("Filter on administrations"),
    "departments": _("Filter on departments"),
    "categories": _("Filter on kinds of employment"),
    "status": _("Shown employments"),
    "on_call": _("Filter on on-call employments"),
}
_NEW = _("granted; new in the list")
_MISSING_NEW = _("missing; new in the list")


def _state(row: Row) -> Cell:
    return STATES.get(str(row.get("state", "")), Cell(""))


def _named(row: Row) -> tuple[Cell, ...]:
    return (Cell(row["name"], is_dutch=True),)


def _right(row: Row) -> tuple[Cell, ...]:
    state = _state(row)
    if row.get("is_new") and row["state"] in ("granted", "missing"):
        state = Cell(_NEW if row["state"] == "granted" else _MISSING_NEW, state.tone)
    return Cell(row["name"], is_dutch=True), state, STATES["derived"] if row.get("is_derived") else Cell(_("read"))


def _activity(row: Row) -> tuple[Cell, ...]:
    needs = row.get("module") or row.get("right") or ""
    return Cell(call_name(row["activity"])), Cell(CAUSES.get(row["cause"], "")), Cell(needs, is_dutch=True)


def _setting(row: Row) -> tuple[Cell, ...]:
    found = row.get("found") or row.get("number") or ""
    return Cell(SETTINGS.get(str(row["slug"]), "")), _state(row), Cell(found, is_dutch=True)


def _filter(row: Row) -> tuple[Cell, ...]:
    return Cell(SETTINGS.get(str(row["slug"]), "")), Cell(row.get("found") or row.get("number") or "")


def _module(row: Row) -> tuple[Cell, ...]:
    return Cell(row["name"], is_dutch=True), _state(row)


def _item(row: Row) -> tuple[Cell, ...]:
    return Cell(row["name"], is_dutch=True), Cell(row.get("code", "")), _state(row)


def _administration(row: Row) -> tuple[Cell, ...]:
    reason = LINK.get(row.get("reason", ""))
    text = reason.filled({"names": row.get("names", "")}).text if reason else _("can be chosen")
    return Cell(row["name"]), Cell(row.get("number", "")), Cell(text, "" if reason else "ok")


def _changed(row: Row) -> tuple[Cell, ...]:
    return Cell(row["name"], is_dutch=True), Cell(row.get("entity", ""), is_dutch=True), Cell(row["number"])


def _said(row: Row) -> tuple[Cell, ...]:
    return Cell(row.get("name", ""), is_dutch=True), Cell(row["text"], is_dutch=True), _state(row)


def _ending(row: Row) -> tuple[Cell, ...]:
    return Cell(call_name(row["activity"])), Cell(date_format(date.fromisoformat(row["ends_on"]), "j F Y"))


_ITEMS = ((_("Name"), _("Code"), _("State")), _item)
_TABLES: dict[str, tuple[tuple[Text, ...], Maker]] = {
    "single_employer": ((_("Employer"),), _named),
    "employer_user": ((_("Setting"), _("State"), _("In Loket")), _setting),
    "rights": ((_("Right in Loket"), _("State"), _("How it is known")), _right),
    "activities": ((_("Activity"), _("What stops it"), _("Needs")), _activity),
    "modules": ((_("Module"), _("State")), _module),
    "filter_settings": ((_("Filter"), _("In Loket")), _filter),
    "algemeen_function": _ITEMS,
    "algemeen_department": _ITEMS,
    "algemeen_distribution_unit": _ITEMS,
    "administrations": ((_("Administration"), _("Number"), _("Can it be chosen?")), _administration),
    "own_tax_id": ((_("Administration"),), _named),
    "drift": ((_("Field"), _("Part of Loket"), _("Changes")), _changed),
    "new_hire_rules": ((_("Field"), _("Loket says"), _("State")), _said),
    "api_lifetime": ((_("Activity"), _("Ends on")), _ending),
}


def table(fact: Fact) -> Table | None:
    """The details of a fact; None where there is nothing besides the sentence."""
    headings, make = _TABLES.get(fact.key, ((), None))
    if make is None or not fact.details:
        return None
    return Table(headings, tuple(make(row) for row in fact.details))
