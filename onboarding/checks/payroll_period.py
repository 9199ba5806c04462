"""Whether a payroll run of the open period is under way, so that no pay may be written (rule 63)."""

from onboarding.checks.base import Check, Scope, failed, proved, told
from onboarding.checks.seen import Seen
from onboarding.facts import Finding, Owner

UNDER_WAY = frozenset({0, 1, 2})
APPROVED = 9


class PayrollPeriodFree(Check):
    """Of the period that holds today, test years left out, no run stands ready or computed."""

    key = "payroll_period"
    owner = Owner.PAYROLL
    scope = Scope.ENTITY
    codes = frozenset({"period_free", "period_approved", "period_none", "period_run"})

    def look(self, seen: Seen) -> Finding | None:
        if seen.connection is None:
            return None
        administration = str(seen.connection.administration_id)
        ask = lambda: seen.client.list_payroll_periods(administration)  # noqa: E731
        periods = seen.answers.once(f"periods of {administration}", ask)
        today = [period for period in periods if period.start_on <= seen.today <= period.end_on]
        period = next((period for period in today if not period.is_test_year), None)
        if period is None:
            return proved("period_none")
        name = {"period": str(period.number), "year": str(period.year)}
        if UNDER_WAY.intersection(period.run_statuses):
            return told(failed("period_run"), name)
        return told(proved("period_approved" if APPROVED in period.run_statuses else "period_free"), name)
