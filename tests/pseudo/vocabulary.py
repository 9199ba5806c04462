"""Names that are the same in every language. Everything else must be translated, be data, or be marked translate="no"."""

import re

from loket_portal.loket.rights import RIGHTS
from loket_portal.simulator.modules import MODULES
from mapping.attributes.asked import TYPES
from onboarding.checks.named_items import NAME
from onboarding.wording.check_words import NAMES as ON_SCREENS

PRODUCTS = ("Loket Portal", "Loket.nl", "NL | Loket", "Personio")  # ours, Loket's, the package (rule 10), the HR system
LANGUAGES = ("Nederlands", "English")  # each in itself
OF_LOKET = (*(right.name for right in RIGHTS), *MODULES, *ON_SCREENS.values(), NAME.lower())  # our sentences name them
OF_PERSONIO = tuple(name for name in TYPES.values() if " " in name)  # of its types; a single word could be one of ours

NAMES = tuple(
    re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    for name in sorted({*PRODUCTS, *LANGUAGES, *OF_LOKET, *OF_PERSONIO}, key=len, reverse=True)
)
"""The longer ones first: one may begin another."""
