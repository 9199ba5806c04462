"""Whether the employer has the modules of Loket that our calls need (rule 19)."""

from collections.abc import Sequence

from loket_portal.loket.diagnosis import is_among
from loket_portal.loket.errors import Forbidden
from loket_portal.loket.setup_payloads import ApplicationActivity
from onboarding.checks.activities import NEEDED
from onboarding.checks.base import Check, Row, derived, failed, proved, unreachable
from onboarding.checks.seen import Seen
from onboarding.facts import Finding, Owner


class Modules(Check):
    """For every activity that the sync needs, one of its modules is among `GET …/modules`."""

    key = "modules"
    owner = Owner.ACCOUNTANT
    is_blocking = True
    codes = frozenset({"modules_all", "modules_missing", "modules_derived", "modules_unknown"})

    def look(self, seen: Seen) -> Finding:
        application = seen.known(lambda seen: seen.application)
        try:
            modules = seen.modules
        except Forbidden:
            if _may_do_all(seen):
                return derived("modules_derived")
            raise
        if application is None:  # nobody says which modules are needed
            return derived("modules_derived") if _may_do_all(seen) else unreachable("modules_unknown")
        rows = _missing(application, modules)
        if rows:
            return failed("modules_missing", rows, number=str(len(rows)), names=", ".join(row["name"] for row in rows))
        return proved("modules_all", [{"name": name, "state": "present"} for name in modules])


def _missing(application: Sequence[ApplicationActivity], modules: Sequence[str]) -> list[Row]:
    """One row per choice of modules of which the employer has none, with how many of our calls wait for it."""
    have = {_plain(name) for name in modules}
    wanted: dict[str, int] = {}
    for row in application:
        is_ours = any(is_among(activity, (row.activity,)) for activity in NEEDED)
        if is_ours and row.modules and have.isdisjoint(map(_plain, row.modules)):
            name = " / ".join(row.modules)
            wanted[name] = wanted.get(name, 0) + 1
    return [{"name": name, "state": "missing", "number": str(number)} for name, number in wanted.items()]


def _may_do_all(seen: Seen) -> bool:
    return all(is_among(activity, seen.activities) for activity in NEEDED)


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
