"""Dutch is first-class: no text without its translation, and the compiled catalogue is the newest."""

from django.utils import translation
from django.utils.translation import gettext

from scripts import messages


def test_every_text_has_its_dutch() -> None:
    assert messages.problems() == []


def test_a_text_that_nobody_translated_is_found(monkeypatch) -> None:  # type: ignore[no-untyped-def]
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
