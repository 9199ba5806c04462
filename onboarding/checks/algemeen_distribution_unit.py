"""Whether the employer has a distribution unit called "Algemeen" (rule 20)."""

from collections.abc import Sequence

from loket_portal.loket.payloads import NamedItem
from onboarding.checks.named_items import AlgemeenCheck
from onboarding.checks.seen import Seen


class AlgemeenDistributionUnit(AlgemeenCheck):
    """`GET …/distributionunits` has the description "Algemeen"."""

    key = "algemeen_distribution_unit"
    codes = frozenset(f"algemeen_distribution_unit_{ending}" for ending in AlgemeenCheck.endings)

    def items(self, seen: Seen) -> Sequence[NamedItem]:
        return seen.distribution_units
