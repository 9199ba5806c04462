"""Texts as they stand in the sources: every branch of every template, and every word of the wording modules."""

import dataclasses
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from django.template.base import Lexer, Token, TokenType
from django.utils.functional import Promise

from onboarding.wording.base import Text
from tests.pseudo import reading

TEMPLATES = Path(__file__).parents[2] / "templates"
STATIC = TEMPLATES.parent / "static"
IN_DUTCH = {
    "accountant_message.txt": "the ready message to the person in Loket is Dutch in every language of the page",
    "tax_id_message.txt": "the ready message to the person in Loket is Dutch in every language of the page",
}
PLACE = re.compile(r"%\(\w+\)s")
PAIRS = {"blocktranslate": "endblocktranslate", "blocktrans": "endblocktrans", "comment": "endcomment"}


def templates() -> list[Path]:
    """Every template of the portal."""
    return sorted(path for path in TEMPLATES.rglob("*") if path.suffix in {".html", ".txt", ".svg"})


def literal_words(source: str, *, is_html: bool) -> list[reading.Unbracketed]:
    """The words that a template prints as they are, in whatever branch."""
    literal = "".join(_literals(Lexer(source).tokenize()))
    return reading.of_page(literal) if is_html else reading.of_text(literal)


def _literals(tokens: list[Token]) -> Iterator[str]:
    end, former = "", ""
    for token in tokens:
        name, _space, rest = token.contents.partition(" ") if token.token_type == TokenType.BLOCK else ("", "", "")
        if end:
            end = "" if name == end else end
        elif name in PAIRS:
            end = PAIRS[name]
        elif name == "block" and rest.endswith("_class"):
            end = "endblock"  # the value of an attribute
        if token.token_type == TokenType.TEXT:
            former = token.contents
            yield "" if end else former
        elif not former.endswith("<"):  # else the name of an element is chosen here
            yield " "


def plain_words(package: str) -> list[str]:
    """Where a module of words holds a text that was fixed when it was imported: no language can change it."""
    found = []
    for module in _modules(package):
        declared = getattr(module, "__annotations__", {})
        for name, value in vars(module).items():
            is_text = Text in get_args(declared.get(name)) or declared.get(name) == Text
            found += [f"{module.__name__}.{name}: {text!r}" for text in _plain(value, is_text)]
    return found


def _modules(package: str) -> Iterator[Any]:
    module = importlib.import_module(package)
    yield module
    for info in pkgutil.iter_modules(getattr(module, "__path__", ()), f"{package}."):
        yield importlib.import_module(info.name)


def _plain(value: Any, is_text: bool) -> Iterator[str]:
    """Plain text among these values, however deep, where a text is meant."""
    if isinstance(value, str):
        if is_text and any(character.isalpha() for character in PLACE.sub("", value)):
            yield value
    elif not isinstance(value, Promise):
        for part, is_meant in _parts(value, is_text):
            yield from _plain(part, is_meant)


def _parts(value: Any, is_text: bool) -> list[tuple[Any, bool]]:
    if isinstance(value, dict):
        return [(one, is_text) for one in value.values()]
    if isinstance(value, tuple | list):
        return [(one, is_text) for one in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        return [(getattr(value, field.name), field.type in (Text, "Text")) for field in fields]
    return []
