"""Dutch is first-class: no text without its translation, and the catalogue is the one that the sources ask for."""

import difflib
import re
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.pofile import read_po
from django.utils import translation
from django.utils.translation import gettext

from scripts import messages

SAME = {
    "BSN": "the Dutch name of the number, in both languages",
    "Client ID": "the name that it has on Personio's screen",
    "Client secret": "the name that it has on Personio's screen",
    "Code": "Dutch has the word",
    "code": "Dutch has the word",
    "Contact": "Dutch has the word",
    "Contract": "Dutch has the word",
    "Details": "Dutch has the word",
    "Filter": "Dutch has the word",
    "IBAN": "the name of the number in every language",
    "Link": "Dutch has the word",
    "label": "Dutch has the word",
    "Module": "Dutch has the word",
    "Open": "Dutch has the word",
    "open": "Dutch has the word",
    "Simulator": "Dutch has the word",
    "Status": "Dutch has the word",
    "Support": "the desk's name, and what people in the Netherlands call it",
    "Type": "Dutch has the word",
    "type": "Dutch has the word",
    "support": "the desk's name, and what people in the Netherlands call it",
    "e-mail": "Dutch has the word",
    "e-mails": "Dutch has the word",
    "run": "what the support desk calls one comparison with Loket, in both languages",
    "runs": "what the support desk calls one comparison with Loket, in both languages",
    "In Loket": "the same two words in Dutch",
    "Loket Portal – support": "a proper name",
    "“Algemeen”": "a name in Loket, never translated",
}
"""Texts whose Dutch is the English one, each with the reason. Any other is a text that somebody only copied."""


SYNC = ("sync/", "templates/sync/")


def test_every_text_has_its_dutch() -> None:
    assert messages.problems() == []


def test_a_text_that_nobody_translated_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    catalog = messages.template()
    catalog.add("A text that nobody has translated.", locations=[("sync/wording.py", 1)])
    monkeypatch.setattr(messages, "template", lambda: catalog)
    assert messages.problems() == ["missing: 'A text that nobody has translated.' (sync/wording.py)"]


def test_the_buttons_of_the_article_read_as_in_its_text() -> None:
    with translation.override("en"):
        assert gettext("Connect Loket.nl") == "Connect Loket.nl"
    with translation.override("nl"):
        assert gettext("Connect Loket.nl") == "Loket.nl koppelen"
        assert gettext("Sync with Loket.nl") == "Synchroniseren met Loket.nl"


ABOUT_RUNS = re.compile(r"\b(this|that|a|the|de|deze|die|een) runs?\b", re.IGNORECASE)


def test_who_syncs_reads_of_syncs_and_previews_and_of_no_runs() -> None:
    """A run is the support desk's word, and Loket's for the making of wages."""
    of_sync = [
        found for found in messages.template() if found.id and all(at.startswith(SYNC) for at, _ in found.locations)
    ]
    assert len(of_sync) > 100, "or nothing was looked at"
    assert [found.id for found in of_sync if ABOUT_RUNS.search(str(found.id))] == []
    with messages.PO.open("rb") as file:
        dutch = {(found.id, found.context): str(found.string) for found in read_po(file)}
    assert [found.id for found in of_sync if ABOUT_RUNS.search(dutch[found.id, found.context])] == []


# --- Extracting the texts again changes nothing ---------------------------------------------------------------------------


def difference() -> list[str]:
    """What `python scripts/messages.py update` would change in the .po."""
    now, then = messages.PO.read_text(encoding="utf-8"), messages.written().decode()
    return list(difflib.unified_diff(now.splitlines(), then.splitlines(), "now", "after an update", n=0))


def test_extracting_the_texts_leaves_no_difference() -> None:
    assert difference() == []


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Catalog:
    """A catalogue of one translated text, stored as `update` writes it; what it gives is what the sources ask for."""
    asked = Catalog(locale="nl", fuzzy=False)
    asked.add("Sign in", "Inloggen", locations=[("templates/account/login.html", 1)])
    monkeypatch.setattr(messages, "template", lambda: asked)
    monkeypatch.setattr(messages, "PO", tmp_path / "django.po")
    monkeypatch.setattr(messages, "MO", tmp_path / "django.mo")
    messages.PO.write_bytes(messages._po(asked))
    return asked


def test_a_text_that_came_is_a_difference(tiny: Catalog) -> None:
    assert difference() == []
    tiny.add("Sign out", locations=[("templates/_header.html", 1)])
    assert '+msgid "Sign out"' in difference()


def test_a_text_that_went_is_a_difference(tiny: Catalog) -> None:
    tiny.delete("Sign in")
    assert '-msgid "Sign in"' in difference()


def test_a_text_that_moved_to_another_file_is_a_difference(tiny: Catalog) -> None:
    tiny["Sign in"].locations = [("templates/_header.html", 1)]
    assert "-#: templates/account/login.html" in difference()


# --- A translation is not a copy ------------------------------------------------------------------------------------------


def copies() -> set[str]:
    """The texts whose Dutch is the text itself; of plurals one form is enough."""
    found = set()
    for message in messages.stored():
        texts = message.id if isinstance(message.id, tuple | list) else (message.id,)
        strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
        found |= {text for text, string in zip(texts, strings, strict=False) if text and text == string}
    return found


def test_dutch_that_is_the_english_has_a_reason() -> None:
    assert copies() - set(SAME) == set()


def test_no_reason_outlives_its_text() -> None:
    assert set(SAME) - copies() == set()


def test_a_copied_text_is_found(tiny: Catalog) -> None:
    tiny["Sign in"].string = "Sign in"
    tiny.add(("%(n)s day", "%(n)s days"), ("%(n)s dag", "%(n)s days"))
    messages.PO.write_bytes(messages._po(tiny))
    assert copies() == {"Sign in", "%(n)s days"}
