"""Loket's value lists as a company's sign-ins have shown them; nothing is asked here."""

from datetime import datetime

from django.conf import settings
from django.db.models import Min, QuerySet

from mapping import rules
from mapping.catalogue import LOKET_FIELDS, FieldType
from onboarding.models import Company, ValueList


def value_lists(company: Company) -> rules.ValueLists:
    """Loket's lists as the company's sign-ins have shown them, of all administrations together."""
    return _together(company, "options")


def former_values(company: Company) -> rules.ValueLists:
    """What some administration's list had once and no longer has; another one's may have it still."""
    return _together(company, "gone")


def lists_read_at(company: Company) -> datetime | None:
    """When the list that was read longest ago was read; None while there are none."""
    found: datetime | None = _rows(company).aggregate(oldest=Min("loaded_at"))["oldest"]
    return found


def _rows(company: Company) -> QuerySet[ValueList]:
    names = {field.options for field in LOKET_FIELDS.values() if field.type is FieldType.OPTION}
    return ValueList.objects.filter(login__company=company, login__environment=settings.LOKET_ENV, name__in=names)


def _together(company: Company, column: str) -> rules.ValueLists:
    found: dict[str, dict[tuple[str, str | None], rules.Option]] = {}
    for name, options in _rows(company).order_by("pk").values_list("name", column):
        for option in options:
            known = found.setdefault(name, {})
            text, iso_code = str(option.get("value", "")), option.get("iso_code")
            known.setdefault((text, iso_code), rules.Option(option.get("key", ""), text, iso_code))
    return {name: tuple(options.values()) for name, options in found.items()}
