"""The instrument itself: it finds every word that it should, and nothing else."""

from datetime import date

import pytest
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from onboarding.wording import mails as words
from tests.pseudo import language, reading


@pytest.mark.parametrize(
    "html",
    [
        "<p>Save</p>",
        "<p>⟦Save⟧ now</p>",
        '<p title="Save">⟦Save⟧</p>',
        '<button aria-label="Close">×</button>',
        '<img alt="A picture" src="zz.png">',
        '<input placeholder="Name">',
        '<input type="submit" value="Save">',
        "<svg><title>Who does what</title></svg>",
        "<svg><text>Support</text></svg>",
        "<p hidden>Later</p>",
        "<template><p>Later</p></template>",
        "<option>Everybody</option>",
        "<textarea>Dear accountant</textarea>",
        "<p>⟦Waits for ⟧support⟦ since ⟧Zzday</p>",
        "<p>Save⟧</p>",
        "<p>⟦Save</p>",
        '<ul><li lang="nl">Zeker</li><li>Save</li></ul>',
        "<p>15rights</p> of them",
        "<p>Mapping &amp; sync</p>",
    ],
)
def test_a_word_without_brackets_is_found(html: str) -> None:
    assert reading.of_page(html)


@pytest.mark.parametrize(
    "html",
    [
        "<p>⟦Save⟧</p>",
        "<p>⟦Save ⟦this⟧ now⟧</p>",
        "<p>⟦Save <b>this</b>⟧</p>",
        "<p>⟦Payroll administrator or tax…</p>",
        "<p>Zzanna Zztester, zzanna@zz.example</p>",
        "<p>23-11-2026, 14:02 · 812345678L01 – 9 × 3</p>",
        '<p translate="no">Add &gt; User</p>',
        '<p lang="nl">Beheer HRM</p>',
        '<div lang="nl"><p>Beheer <b lang="en">Users</b></p></div>',
        "<script>let word = 'Save';</script><style>.save { color: red }</style>",
        '<input type="text" value="Typed by somebody">',
        '<a href="/save/" class="button primary" data-copy="Save">⟦Save⟧</a>',
        "<p>A</p>",
        "<p>Loket Portal</p>",
    ],
)
def test_brackets_data_and_what_is_marked_are_not_found(html: str) -> None:
    assert not reading.of_page(html)


def test_a_text_that_no_catalogue_has_gets_no_brackets(monkeypatch: pytest.MonkeyPatch) -> None:
    language.speak(monkeypatch)
    assert gettext("Sign in") == "⟦Sign in⟧"
    assert gettext("Nobody ever extracted this.") == "Nobody ever extracted this."


def test_places_and_tags_of_a_text_stay_whole() -> None:
    text = 'See <a href="%(url)s">%(name)s of %(n)d</a> {what}.'
    assert language.bracketed(text) == '⟦See ⟧<a href="%(url)s">%(name)s⟦ of ⟧%(n)d</a> {what}.'
    assert language.bracketed("yes,no,maybe") == "⟦yes⟧,⟦no⟧,⟦maybe⟧"


def test_what_fills_a_place_must_be_translated_too(monkeypatch: pytest.MonkeyPatch) -> None:
    language.speak(monkeypatch)
    said = ngettext("%(number)s person needs you", "%(number)s people need you", 2) % {"number": "several"}
    assert [one.words for one in reading.of_text(said)] == ["several"]


def test_lazy_texts_dates_and_safe_texts_speak_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    language.speak(monkeypatch)
    assert str(words.KINDS["reminder"]) == "⟦Reminder⟧"
    assert date_format(date(2026, 11, 23), "j F") == "23 ⟦November⟧"
    assert isinstance(gettext(mark_safe("Sign in")), SafeString)


def test_english_that_is_marked_as_dutch_is_found() -> None:
    assert reading.english_in_dutch('<p lang="nl">Ask your accountant</p>')
    assert not reading.english_in_dutch('<p lang="nl">Vraag het <b lang="en">your accountant</b></p>')
