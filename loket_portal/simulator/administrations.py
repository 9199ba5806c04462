"""Payroll administrations as the options want them: another tax ID, ended, or not visible to the user (rules 4, 36)."""

from __future__ import annotations

import json
from dataclasses import replace

from .clock import today
from .options import Options
from .world import Record


def is_hidden(record: Record, options: Options) -> bool:
    """Whether the user does not see this administration."""
    return record.body["name"] in options.hidden_administrations


def overridden(record: Record, options: Options) -> Record:
    """The administration with the tax ID and the end that the options give it."""
    name = record.body["name"]
    changes = {"payrollTaxesNumber": options.tax_ids[name]} if name in options.tax_ids else {}
    if name in options.ended:
        changes["endDate"] = last_year()
    return replace(record, text=json.dumps({**record.body, **changes})) if changes else record


def last_year() -> str:
    """The last day of the year before this one."""
    return f"{today().year - 1}-12-31"
