"""The facts of the checks as the pages show them: what each says, how well it is known, and who acts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from onboarding.checks import CHECKS
from onboarding.facts import Fact, Outcome, Owner
from onboarding.steps import HEALTH, Step, StepKey
from onboarding.wording.base import Status, Text, Words
from onboarding.wording.check_tables import Cell, Table, table
from onboarding.wording.check_words import NAMES, TITLES, WORDS

__all__ = ["OWNERS", "TITLES", "WORDS", "Cell", "CheckRow", "Table", "check_rows", "keys_of", "summary", "words_of"]

OWNERS: dict[str, Owner] = {key: check.owner for key, check in CHECKS.items()}
"""Who acts when a fact fails, unless what was found names somebody else."""

OUTCOMES: dict[Outcome, Status] = {
    Outcome.PROVED: Status(_("Verified"), "ok"),
    Outcome.DERIVED: Status(_("Verified, derived"), "derived"),
    Outcome.FAILED: Status(_("Problem found"), "problem"),
    Outcome.UNREACHABLE: Status(_("Could not be checked"), "unreachable"),
    Outcome.DECLARED: Status(_("Completed"), "declared"),
    Outcome.WITHDRAWN: Status(_("Taken back"), "unreachable"),
}
NOT_YET = Status(_("Not checked yet"), "unreachable")
MARKS = {"ok": "✓", "derived": "≈", "problem": "!", "unreachable": "?", "declared": "–"}


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One fact on a page. `since`: Loket couldn't be asked since then, and what stands here is older."""

    key: str
    title: Text
    status: Status
    mark: str
    text: Text
    fix: Text = ""
    owner: Owner | None = None
    at: datetime | None = None
    by: str = ""
    since: datetime | None = None
    table: Table | None = None

    @property
    def is_problem(self) -> bool:
        return self.status.tone == "problem"


def words_of(fact: Fact) -> Words | None:
    """What the check found and who does what about it; None for a fact of something else."""
    words = WORDS.get(fact.code)
    return words.filled({**NAMES, **fact.params, **_dates(fact)}) if words else None


def _dates(fact: Fact) -> dict[str, str]:
    first = fact.params.get("first")
    return {"first": date_format(date.fromisoformat(first), "j F Y")} if first else {}


def keys_of(step: Step, *, is_connected: bool = False) -> tuple[str, ...]:
    """The facts that the page of a task shows; that of the connection also how it fares at work."""
    return (*step.checks, *HEALTH) if step.key is StepKey.AUTHORIZE and is_connected else step.checks


def check_rows(facts: Mapping[str, Fact], keys: Iterable[str]) -> tuple[CheckRow, ...]:
    """The facts of these keys in words, in the order of the checks; those that were never looked at too."""
    wanted = set(keys)
    return tuple(_row(key, facts.get(key)) for key in CHECKS if key in wanted)


def _row(key: str, fact: Fact | None) -> CheckRow:
    if fact is None or fact.outcome is Outcome.WITHDRAWN:  # what was seen was of something else
        return CheckRow(key, TITLES[key], NOT_YET, MARKS[NOT_YET.tone], "")
    status = _status(fact)
    words = words_of(fact) or Words(fact.code)
    owner = (fact.owner or OWNERS[key]) if fact.outcome is Outcome.FAILED else fact.owner
    return CheckRow(
        key=key,
        title=TITLES[key],
        status=status,
        mark=MARKS[status.tone],
        text=words.text,
        fix=words.fix,
        owner=owner,
        at=fact.at,
        by=fact.by,
        since=fact.since,
        table=table(fact),
    )


def _status(fact: Fact) -> Status:
    """How well it is known. What was seen before and couldn't be asked now still counts, but never looks as if seen now."""
    status, away = OUTCOMES[fact.outcome], OUTCOMES[Outcome.UNREACHABLE]
    if fact.since is None or status is away:
        return status
    tone = away.tone if fact.outcome.is_good else status.tone
    return Status(f"{status.word} ({str(away.word).lower()})", tone)


def summary(rows: Iterable[CheckRow]) -> str:
    """ "Checked at 14:02: 1 problem", for whoever can't see the marks; "" before the first look."""
    rows = list(rows)
    newest = max((row.since or row.at for row in rows if row.at), default=None)
    if newest is None:
        return ""
    return gettext("Checked at %(time)s: %(result)s") % {"time": _moment(newest), "result": _result(rows)}


def _moment(at: datetime) -> str:
    here = timezone.localtime(at)
    return date_format(here, "H:i" if here.date() == timezone.localdate() else "j F, H:i")


def _result(rows: list[CheckRow]) -> str:
    problems = sum(row.is_problem for row in rows)
    away = sum(row.since is not None for row in rows)
    found = ngettext("%(number)s problem", "%(number)s problems", problems) % {"number": problems}
    parts = [found if problems else gettext("no problem found")]
    if away:
        parts.append(
            ngettext("%(number)s could not be checked", "%(number)s could not be checked", away) % {"number": away}
        )
    return ", ".join(parts)
