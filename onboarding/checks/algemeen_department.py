"""Whether the employer has a department called "Algemeen" (rule 20)."""

from collections.abc import Sequence

from loket_portal.loket.payloads import NamedItem
from onboarding.checks.named_items import AlgemeenCheck
from onboarding.checks.seen import Seen


class AlgemeenDepartment(AlgemeenCheck):
    """`GET …/departments` has the description "Algemeen"."""

    key = "algemeen_department"
    codes = frozenset(f"algemeen_department_{ending}" for ending in AlgemeenCheck.endings)

    def items(self, seen: Seen) -> Sequence[NamedItem]:
        return seen.departments
