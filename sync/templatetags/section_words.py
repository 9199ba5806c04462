"""What the templates about sections say of attributes and of what was left out."""

from collections import Counter
from collections.abc import Iterable

from django import template
from django.forms import BoundField

from loket_portal.lib.redact import mask
from mapping.models import HRAttribute
from mapping.portal import files
from mapping.portal.carrying import Reject
from mapping.wording.sections import TYPES, reasons
from onboarding.wording import Text
from sync.forms.carry import CarryForm
from sync.services.carry_people import Old

register = template.Library()
SHOWN = 50


@register.filter
def kind(attribute: HRAttribute) -> Text:
    """What an attribute holds."""
    return TYPES.get(attribute.type, attribute.type)


@register.filter
def why(code: str) -> Text:
    """Why a person or a row was left out, or something stays as it is."""
    return reasons().get(code, code)


@register.filter
def grouped(rejects: Iterable[Reject]) -> list[dict[str, str | int]]:
    """Those left out, by value and reason, the most frequent first and at most 50: nobody reads a thousand names."""
    counts = Counter((one["value"].strip(), one["why"]) for one in rejects)
    return [{"value": value, "why": why, "count": count} for (value, why), count in counts.most_common(SHOWN)]


@register.filter
def is_hidden(attribute: HRAttribute) -> bool:
    """Whether values of the attribute are masked wherever they are shown."""
    return files.is_sensitive(attribute)


@register.filter
def hidden(text: str, is_sensitive: bool) -> str:
    """The value, masked where it is a BSN or an IBAN."""
    return mask(text) if is_sensitive else text


@register.filter
def with_olds(form: CarryForm, olds: Iterable[Old]) -> list[tuple[Old, BoundField]]:
    """Each old value with its field."""
    return [(old, field) for old, (_text, field) in zip(olds, form.rows, strict=True)]
