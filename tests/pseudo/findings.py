"""What the checks can find, one finding for each code, with every place filled and every kind of row in its table."""

import re
from functools import cache
from typing import Any

from loket_portal.loket.diagnosis import Cause
from loket_portal.loket.rights import RIGHTS
from onboarding.checks import CHECKS, CODES
from onboarding.facts import Finding, Outcome
from onboarding.services.company_picture import Between
from onboarding.wording.check_tables import SETTINGS, STATES
from onboarding.wording.check_words import NAMES as ON_SCREENS
from onboarding.wording.checks import WORDS
from onboarding.wording.connecting import LINK

PLACE = re.compile(r"%\((\w+)\)s")
CALLS = ("GetFunctionsByEmployerId", "distribution units")  # Loket's name of a call, and one of ours where it has none
PARAMS = {"number": "2", "total": "3", "period": "11", "year": "2026", "first": "2027-03-01", "activity": CALLS[1]}
DAY = {"ends_on": "2027-03-01"}
Row = dict[str, Any]


def codes_of(fact: str) -> list[str]:
    """All that a check can find, what it should find first."""
    own = CHECKS[fact].codes
    return [*sorted(own, key=lambda code: (bool(WORDS[code].fix), code)), *sorted(CODES - own)]


@cache
def finding(fact: str, code: str) -> Finding:
    """The check found this."""
    words = WORDS[code]
    places = set(PLACE.findall(f"{words.text} {words.fix}")) - set(ON_SCREENS)
    params = {name: PARAMS.get(name, f"Zz{name}") for name in places}
    return Finding(_outcome(code), code, params, tuple(_rows(fact)))


def _outcome(code: str) -> Outcome:
    if code in CODES and not code.startswith(("forbidden", "sign_in")):
        return Outcome.UNREACHABLE
    return Outcome.FAILED if WORDS[code].fix else Outcome.PROVED


def _rows(fact: str) -> list[Row]:
    """Rows with all that a table may ask for; each state, cause, setting and reason comes once."""
    if fact == "rights":
        states = ("granted", "missing", "unknown")
        return [
            {
                "slug": right.slug,
                "name": right.name,
                "state": states[n % 3],
                "is_new": right.is_new,
                "is_derived": n % 2 == 0,
            }
            for n, right in enumerate(RIGHTS)
        ]
    several = {
        "state": list(STATES),
        "cause": [cause.value for cause in Cause],
        "slug": list(SETTINGS),
        "reason": ["", *(reason for reason in map(str, LINK) if reason in set(Between))],
        "activity": list(CALLS),
    }
    known = {name: f"Zz{name}" for name in ("name", "module", "right", "found", "names", "entity", "text")}
    length = max(map(len, several.values()))
    return [
        known
        | {"number": str(n), "code": str(n), **DAY}
        | {name: values[n % len(values)] for name, values in several.items()}
        for n in range(length)
    ]
