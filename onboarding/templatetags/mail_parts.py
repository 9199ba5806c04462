"""How the words of an e-mail become paragraphs: of HTML, whose styles stand inside it, or of plain text."""

import re

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

PARAGRAPH = "margin:0 0 16px"
QUOTE = "margin:0 0 16px;padding:12px 16px 1px;border-left:4px solid #0b5563;color:#4e5a72"


def _parts(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"\n\s*\n", text.strip().replace("\r\n", "\n")) if part.strip()]


@register.filter
def paragraphs(text: SafeString) -> SafeString:
    """Text that is escaped already, as paragraphs. Only for `{% filter %}`."""
    lines = [mark_safe(part.replace("\n", "<br>\n")) for part in _parts(text)]  # noqa: S308  it was escaped already
    return format_html_join("\n", '<p style="{}">{}</p>', ((PARAGRAPH, line) for line in lines))


@register.filter
def blockquote(text: SafeString) -> SafeString:
    """What somebody wrote, set apart; nothing where nobody wrote anything. Only for `{% filter %}`."""
    return format_html('<blockquote style="{}">{}</blockquote>', QUOTE, paragraphs(text)) if text.strip() else text


@register.filter
def quote_lines(text: str) -> str:
    """The same in plain text: each line behind a ">"."""
    return "\n".join(f"> {line.strip()}" for line in "\n\n".join(_parts(text)).split("\n")) if text.strip() else ""
