"""Codes of the bench to words in templates; the words themselves are in sync/wording/bench.py."""

from django import template
from django.utils.translation import gettext as _

from mapping.rules import Problem
from mapping.suggest import OptionSuggestion, Reason
from mapping.wording import names
from onboarding.wording import Status, Text
from sync import wording
from sync.services.bench_everyone import Group
from sync.services.bench_values import ValueRow
from sync.templatetags.sync_words import Said, said
from sync.wording.bench import COMPARED, HR, VERDICTS

register = template.Library()
SHORT_LIST = 40
"""So many options fit into a list to choose from; more are typed, with the list as help: pages stay light."""


@register.filter
def target_name(target: str) -> str:
    """What people call a target."""
    return names.field(target)


@register.filter
def verdict(code: str) -> Status:
    """What a mapping makes of a person."""
    return VERDICTS[code]


@register.filter
def hr_state(code: str) -> Text:
    """Why there is no value of HR to show."""
    return HR.get(code, "")


@register.filter
def compared(code: str) -> Text:
    """What a sync would do with a field."""
    return COMPARED.get(code, "")


@register.filter
def why_left_out(code: str) -> Text:
    """Why somebody is in, out or blocked, going by HR alone."""
    return wording.reason(code).text


@register.filter
def group_words(group: Group, reads_personio: object) -> Said:
    """A problem of many people in words, with the field that it is about; nobody's value is in it."""
    return said(group.problem, reads_personio)


@register.filter
def fault(row: ValueRow) -> Text:
    """What is wrong with a value of a field without a list."""
    return said(Problem(row.fault, params=row.params or {})).text


@register.filter
def option_reason(found: OptionSuggestion) -> str:
    """Why one of Loket's options is suggested."""
    if found.reason is Reason.SIMILAR:
        return _("similar %(score)s") % {"score": f"{found.score:.2f}"}
    return _("known to mean this") if found.reason is Reason.SYNONYM else _("the same text in Loket")


@register.filter
def is_short(options: tuple[str, ...]) -> bool:
    """Whether a list is short enough to be one to choose from."""
    return len(options) <= SHORT_LIST
