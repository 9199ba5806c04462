"""What the three checks of "Algemeen" share: one list of the employer, and the name that must stand in it (rule 20)."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from loket_portal.loket.payloads import NamedItem
from onboarding.checks.base import Check, Row, failed, proved
from onboarding.checks.seen import Seen
from onboarding.facts import Finding, Owner

NAME = "Algemeen"


class AlgemeenCheck(Check):
    """The list has an item of exactly this name. Params and details keep its key, which a sync needs (rule 21)."""

    owner = Owner.ACCOUNTANT
    is_blocking = True
    endings: ClassVar[tuple[str, ...]] = ("found", "twice", "near", "missing")

    @abstractmethod
    def items(self, seen: Seen) -> Sequence[NamedItem]:
        """The list that this check is about."""

    def look(self, seen: Seen) -> Finding:
        items = self.items(seen)
        exact = [item for item in items if item.description == NAME]
        near = [item for item in items if item.description != NAME and _is_near(item.description)]
        rows = [_row(item, is_exact=item in exact) for item in (*exact, *near)]
        if exact:
            code = self.code("twice" if len(exact) > 1 else "found")
            return proved(code, rows, key=exact[0].key, number=str(len(exact)))
        if near:
            return failed(self.code("near"), rows, found=shown(near[0].description), number=str(len(near)))
        return failed(self.code("missing"))

    @classmethod
    def code(cls, ending: str) -> str:
        """The code of this list's check with this ending."""
        return f"{cls.key}_{ending}"


def _is_near(text: str) -> bool:
    return " ".join(text.split()).casefold() == NAME.casefold()


def _row(item: NamedItem, *, is_exact: bool) -> Row:
    state = "exact" if is_exact else "near"
    code = "" if item.code is None else str(item.code)
    return {"name": shown(item.description), "state": state, "key": item.key, "code": code}


def shown(text: str) -> str:
    """A name with its blanks made visible, for those are what is wrong with it."""
    core = text.strip()
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    inner = core.replace("  ", "··")
    return "·" * len(before) + inner + "·" * len(after)
