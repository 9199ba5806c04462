"""The words in which an HR system says who is sent. Pure; the source reads people by them, `drift` checks options by them.

One table for both: a word that the source reads is never reported as one that stands for nothing.
"""

from collections.abc import Mapping

from mapping.catalogue import CONSIDER, STATUS

STATUSES = {
    "onboarding": ("onboarding",),
    "active": ("active", "actief", "in dienst"),
    "leave": ("leave", "on leave", "verlof", "met verlof"),
    "inactive": ("inactive", "inactief", "uit dienst"),
}
YES_NO = {"yes": ("yes", "y", "ja", "j", "true", "waar", "1"), "no": ("no", "n", "nee", "false", "onwaar", "0")}
GERMAN_STATUSES = {"aktiv": "active", "inaktiv": "inactive", "abwesend": "leave", "beurlaubt": "leave"}
GERMAN_YES_NO = {"nein": "no"}
"""Words of a German Personio beside the English and Dutch ones, which a roster has too."""


def meanings(words: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """What each spelling stands for."""
    return {spelling: word for word, spellings in words.items() for spelling in spellings}


UNDERSTOOD = {STATUS: meanings(STATUSES) | GERMAN_STATUSES, CONSIDER: meanings(YES_NO) | GERMAN_YES_NO}
"""For each target that decides who is sent: the words that need no option map, in lower case, and what they stand for."""
