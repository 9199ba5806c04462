"""Small things that every page needs."""

from django import forms, template
from django.forms import BoundField

from onboarding.models import User

register = template.Library()


@register.filter
def initials(user: User) -> str:
    """One or two letters for the badge in the header."""
    words = user.get_full_name().split() or [user.email]
    return "".join(word[0] for word in (words if len(words) < 2 else (words[0], words[-1]))).upper()


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """A single tick box, whose label stands behind it."""
    return isinstance(field.field.widget, forms.CheckboxInput)
