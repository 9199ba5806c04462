"""Calls to Loket that its document gives no name: ours, in the reader's language. Loket's own names are never translated."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from loket_portal.loket import calls

CALLS = {
    calls.LIST_DISTRIBUTION_UNITS.activity: _("distribution units"),
    calls.CREATE_DISTRIBUTION_UNIT.activity: _("create a distribution unit"),
    calls.CONCEPT_METADATA.activity: _("value lists of new employees"),
    calls.CONCEPT_DEFAULTS.activity: _("defaults of new employees"),
    calls.EMPLOYEE_METADATA.activity: _("value lists of employees"),
}


def call_name(activity: str) -> str:
    """What people call this call: our words for it, or Loket's name."""
    return str(CALLS.get(activity, activity))


def with_names(params: Mapping[str, str]) -> dict[str, str]:
    """The params of a text, with the name of a call as people call it."""
    return {key: call_name(value) if key in {"activity", "right"} else value for key, value in params.items()}
