"""What all words are made of: texts with places to fill, a page of its own, a state, names and numbers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop, ngettext

from loket_portal.loket.answers import RETRY_LATER
from loket_portal.loket.errors import SyncError
from onboarding.wording.calls import with_names

Text = str | Promise
BY_HAND = gettext_noop("Start again in a few minutes. When it stays like this, support asks Loket.")


@dataclass(frozen=True, slots=True)
class Page:
    """A page of its own for something that stopped. `again`: the button "Connect Loket.nl" helps.

    `is_in_loket`: the fix is for whoever runs the payroll in Loket, and the page says who that is.
    """

    title: Text
    text: Text
    fix: Text
    again: bool = True
    is_in_loket: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """What is wrong, and what to do about it. `%(name)s` places are filled by `filled`.

    `one` is the text where `%(number)s` is 1. A fix that names nobody is for whoever acts: the page says who that is.
    """

    text: Text
    fix: Text = ""
    one: Text = ""

    def filled(self, params: Mapping[str, str]) -> "Words":
        """The same words with their places filled; a place nobody knows stays a question mark."""
        known = _Params(with_names(params))
        text = self.one if self.one and params.get("number") == "1" else self.text
        return Words(_one_stop(str(text) % known), _one_stop(str(self.fix) % known))


def _one_stop(text: str) -> str:
    """A sentence that ends with "Tulp Horeca B.V." has its full stop already."""
    return re.sub(r"(?<!\.)\.\.(?!\.)", ".", text)


class _Params(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "?"


def of_error(error: SyncError) -> Words:
    """What a SyncError says on a page, in the language of the reader: nothing there is tried again by itself."""
    hint = BY_HAND if error.hint_id == RETRY_LATER else error.hint_id
    return Words(gettext(error.message_id), gettext(hint) if hint else "").filled(error.params)


@dataclass(frozen=True, slots=True)
class Status:
    """A word for a state, its tone (ok, todo, attention, problem or nothing), and one more sentence."""

    word: Text
    tone: str = ""
    text: Text = ""


def names(listed: tuple[str, ...] | list[str]) -> str:
    """ "A", "A and B", "A, B and C"; "nobody" where the list is empty."""
    if len(listed) < 2:
        return listed[0] if listed else gettext("nobody")
    return gettext("%(first)s and %(last)s") % {"first": ", ".join(listed[:-1]), "last": listed[-1]}


def thousands(number: int) -> str:
    """A count as people write it: 1,204 or 1.204. Not for numbers that name something."""
    return number_format(number, use_l10n=True, force_grouping=True)


def people_count(number: int) -> str:
    """ "1 person", "60 people"."""
    return ngettext("%(number)s person", "%(number)s people", number) % {"number": thousands(number)}
