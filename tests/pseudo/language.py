"""Makes Django answer in the pseudo-language: ⟦every text that can be translated⟧, its places left outside the brackets.

What fills a place stands outside, so "Waits for %(name)s" doesn't hide a name that nobody translated. A text is known
when the catalogue is made from it (scripts/messages.py) or when Django or allauth bring its Dutch; anything else that
is handed to gettext would stay English for a Dutch reader, so it gets no brackets.
"""

import re
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from typing import Any

import pytest
from django.utils.safestring import SafeData, mark_safe
from django.utils.translation import _trans, trans_real  # type: ignore[attr-defined]

from mapping.wording import field
from mapping.wording import names as mapping_names
from scripts import messages
from sync import wording as sync_wording
from sync.wording import label

OPEN, CLOSE = "⟦", "⟧"
APART = re.compile(r"(%\(\w+\)[sdif]|%[sd]|\{\w*\}|</?[a-zA-Z][^<>]*>)")  # places to fill, and tags
LISTS = {"yes,no,maybe"}  # Django splits it at the commas


@lru_cache(maxsize=2**16)
def bracketed(text: str) -> str:
    """The text in brackets, but for its places and tags."""
    if text in LISTS:
        return ",".join(bracketed(part) for part in text.split(","))
    parts = APART.split(text)
    return "".join(
        part if number % 2 or not _has_letter(part) else f"{OPEN}{part}{CLOSE}" for number, part in enumerate(parts)
    )


def _has_letter(text: str) -> bool:
    return any(character.isalpha() for character in text)


@cache
def known() -> frozenset[tuple[str, str]]:
    """Every text that has, or is going to have, its Dutch: (context, text), plurals by their singular."""
    own = {(message.context or "", _first(message.id)) for message in messages.template()}
    return frozenset(own | set(_installed()))


def _first(text: str | Iterable[str]) -> str:
    return text if isinstance(text, str) else next(iter(text))


def _installed() -> Iterable[tuple[str, str]]:
    """What Django and allauth bring."""
    for key in trans_real.translation("nl")._catalog.keys():  # noqa: SIM118  it has no other way to be walked
        context, mark, text = _first(key).rpartition("\x04")
        yield (context if mark else ""), text


def speak(monkeypatch: pytest.MonkeyPatch, *, is_lenient: bool = False) -> None:
    """From now on every page and e-mail of this process is in the pseudo-language, whatever language it asks for.

    `is_lenient` takes every text that is handed to gettext: Django's Dutch of the admin has holes of its own.
    """
    texts = known()

    def pseudo(real: Callable[..., str], place: int, has_context: bool) -> Callable[..., str]:
        def translate(*words: Any) -> str:
            result = real(*words)
            key = (str(words[0]) if has_context else "", str(words[place]).replace("\r\n", "\n"))
            if key not in texts and not is_lenient:
                return result
            return mark_safe(bracketed(result)) if isinstance(result, SafeData) else bracketed(result)

        return translate

    for name, place, has_context in (
        ("gettext", 0, False),
        ("ngettext", 0, False),
        ("pgettext", 1, True),
        ("npgettext", 1, True),
    ):
        monkeypatch.setattr(_trans, name, pseudo(getattr(_trans, name), place, has_context))
    # Names of fields have their two languages in a table of their own (sync/sources/columns.py, mapping/catalogue.py).
    monkeypatch.setattr(sync_wording, "label", lambda name: bracketed(label(name)))
    monkeypatch.setattr(mapping_names, "field", lambda target: bracketed(field(target)))
