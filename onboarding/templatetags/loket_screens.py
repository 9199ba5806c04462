"""Names of Loket's screens inside our sentences, each in its own language and out of reach of any translation."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from onboarding.wording.screens import SCREENS

register = template.Library()


@register.filter
def screen(name: str) -> SafeString:
    """The name as Loket's screen has it: Dutch with the article's English one behind it, or that one, marked as such."""
    found = SCREENS[name]
    if not found.dutch:
        return format_html('<b lang="en" translate="no">{}</b> <small>({})</small>', found.english, _("English name"))
    return format_html(
        '<b lang="nl" translate="no">{}</b> <small lang="en" translate="no">({})</small>', found.dutch, found.english
    )


@register.filter
def dutch(name: str) -> str:
    """What to type or to copy: Loket's Dutch word, the English name where no source gives one."""
    found = SCREENS[name]
    return found.dutch or found.english
