"""Small things that every page needs."""

import re

from django import forms, template
from django.forms import BoundField
from django.utils.safestring import SafeString, mark_safe

from onboarding import wording
from onboarding.models import User

register = template.Library()


@register.filter
def initials(user: User) -> str:
    """One or two letters for the badge in the header."""
    words = user.get_full_name().split() or [user.email]
    return "".join(word[0] for word in (words if len(words) < 2 else (words[0], words[-1]))).upper()


@register.filter
def thousands(number: int) -> str:
    """A count as people write it: 1,204 or 1.204. Not for numbers that name something."""
    return wording.thousands(number)


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """A single tick box, whose label stands behind it."""
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def squeeze(html: SafeString) -> SafeString:
    """The same HTML without indentation and empty lines: half the bytes of a long table. Only for `{% filter %}`."""
    return mark_safe(re.sub(r"\s*\n\s*", "\n", html))  # noqa: S308  it was rendered, and escaped, already
