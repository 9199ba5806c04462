"""Whether the employer has a function called "Algemeen" (rule 20)."""

from collections.abc import Sequence

from loket_portal.loket.payloads import NamedItem
from onboarding.checks.named_items import AlgemeenCheck
from onboarding.checks.seen import Seen


class AlgemeenFunction(AlgemeenCheck):
    """`GET …/functions` has the description "Algemeen"."""

    key = "algemeen_function"
    codes = frozenset(f"algemeen_function_{ending}" for ending in AlgemeenCheck.endings)

    def items(self, seen: Seen) -> Sequence[NamedItem]:
        return seen.functions
