"""What somebody can see of a page or an e-mail, and the words of it that nobody can translate."""

import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from html.parser import HTMLParser

from tests.pseudo.language import CLOSE, OPEN
from tests.pseudo.vocabulary import NAMES

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
UNSEEN = frozenset({"script", "style"})
SPOKEN = frozenset(
    {"alt", "title", "placeholder", "label", "aria-label", "aria-description", "aria-roledescription"}
    | {"aria-valuetext", "aria-placeholder", "data-label", "data-copied", "data-unsaved", "hx-confirm", "hx-prompt"}
)
"""Attributes that are read out, or that the browser, the style sheet or the script put on the page."""
BUTTONS = frozenset({"submit", "button", "reset"})

TOKEN = re.compile(r'(?<=name="csrfmiddlewaretoken" value=")\w+')
"""What is another one each time a page is made, and nobody sees."""
BRACKETED = re.compile(rf"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")
CUT_OFF = re.compile(rf"{OPEN}[^{OPEN}{CLOSE}]*?…")
DATA = (
    re.compile(r"https?://\S+"),
    re.compile(r"[\w.+•-]+@[\w.-]+"),  # e-mail addresses, masked ones too
    re.compile(r"\bzz[\w.&@-]*", re.IGNORECASE),  # the names of the tests' world
    re.compile(r"\b[A-Z][a-z]+(?:[A-Z][a-z]+){2,}\b"),  # GetFunctionsByEmployerId: Loket's names of its calls
    re.compile(r"[\w.:/-]*\d[\w.:/-]*"),  # numbers, digits of dates, keys
)
ENGLISH = re.compile(r"\b(?:the|your|you|and|this|with|not|from|administrator)\b", re.IGNORECASE)
LONGEST = 160  # characters of a report's line
WORDS = re.compile(r"[^\W\d_]{2,}(?:[\s,.’'“”–-]+[^\W\d_]{2,})*")


@dataclass(frozen=True, slots=True, order=True)
class Unbracketed:
    """Words that stay as they are in every language, and where they stand."""

    words: str
    near: str

    def __str__(self) -> str:
        return f"{self.words[:LONGEST]!r} in …{self.near[:LONGEST]}…"


class _Reader(HTMLParser):
    """Collects the visible text in its order, and the attributes that are read out or shown, each by itself."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.spoken: list[str] = []
        self.dutch: list[str] = []
        self._open: list[tuple[str, bool, str]] = []  # elements, whether what is in them is looked at, their language

    @property
    def _is_seen(self) -> bool:
        return not self._open or self._open[-1][1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        language = known.get("lang", "") if tag != "html" else ""
        is_apart = known.get("translate") == "no" or language == "nl"
        is_seen = self._is_seen and not is_apart and tag not in UNSEEN
        self.text.append(" ")
        if is_seen:
            self.spoken += [value for name, value in known.items() if name in SPOKEN]
            if tag == "input" and known.get("type") in BUTTONS:
                self.spoken.append(known.get("value", ""))
            if tag == "meta" and known.get("name") == "description":
                self.spoken.append(known.get("content", ""))
        if tag not in VOID:
            self._open.append((tag, is_seen, language or (self._open[-1][2] if self._open else "")))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        self.text.append(" ")
        if any(tag == one[0] for one in self._open):
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self._is_seen:
            self.text.append(data)
        elif self._open and self._open[-1][2] == "nl":
            self.dutch.append(data)


_known: dict[bytes, tuple[Unbracketed, ...]] = {}


def everything(html: str) -> tuple[Unbracketed, ...]:
    """What is wrong with a page, `of_page` and `english_in_dutch`. The same page is read once, whoever opens it."""
    key = blake2b(TOKEN.sub("", html).encode(), digest_size=16).digest()
    if key not in _known:
        _known[key] = (*of_page(html), *english_in_dutch(html))
    return _known[key]


@lru_cache(maxsize=4)  # a page is read for its own words and for its Dutch ones
def _read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader


def english_in_dutch(html: str) -> list[Unbracketed]:
    """English sentences that are marked as Dutch: that mark is for names and words of Loket."""
    text = _without_brackets(" ".join(" ".join(_read(html).dutch).split()))
    return [Unbracketed(f"marked as Dutch: {match.group()}", _near(text, match)) for match in ENGLISH.finditer(text)]


def of_page(html: str) -> list[Unbracketed]:
    """What a page shows or reads out and nobody translated; what is marked translate="no" or lang="nl" is apart."""
    reader = _read(html)
    return [found for text in ("".join(reader.text), *reader.spoken) for found in of_text(text)]


def of_text(text: str) -> list[Unbracketed]:
    """The same of plain text."""
    return list(_of_words(" ".join(text.split())))


@lru_cache(maxsize=2**16)  # most of what two people see, at two points of the setup, is the same
def _of_words(text: str) -> tuple[Unbracketed, ...]:
    left = _without_brackets(text)
    for pattern in (*NAMES, *DATA):
        left = pattern.sub(_blank, left)
    found = [Unbracketed(" ".join(match.group().split()), _near(text, match)) for match in WORDS.finditer(left)]
    found += [Unbracketed(match.group(), _near(text, match)) for match in re.finditer(f"[{OPEN}{CLOSE}]", left)]
    return tuple(found)


def _without_brackets(text: str) -> str:
    """Blanks where bracketed text was, inner brackets first; a bracket that lost its other half stays."""
    number = 1
    while number:
        text, number = BRACKETED.subn(_blank, text)
    return CUT_OFF.sub(_blank, text)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def _near(text: str, match: re.Match[str]) -> str:
    return text[max(0, match.start() - 50) : match.end() + 50]
