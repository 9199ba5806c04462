"""Live checks, one file per fact. A check proves and never changes anything at Loket."""

from onboarding.checks.activities import Activities
from onboarding.checks.administrations import Administrations
from onboarding.checks.algemeen_department import AlgemeenDepartment
from onboarding.checks.algemeen_distribution_unit import AlgemeenDistributionUnit
from onboarding.checks.algemeen_function import AlgemeenFunction
from onboarding.checks.api_lifetime import ApiLifetime
from onboarding.checks.base import Check, Scope
from onboarding.checks.bsn_access import BsnAccess
from onboarding.checks.drift import Drift
from onboarding.checks.employer_user import EmployerUserFlags
from onboarding.checks.filter_settings import FilterNeutral
from onboarding.checks.linked_administration import LinkedAdministration
from onboarding.checks.looking import CODES, look
from onboarding.checks.modules import Modules
from onboarding.checks.new_hire_rules import NewHireRules
from onboarding.checks.own_tax_id import OwnTaxId
from onboarding.checks.payroll_period import PayrollPeriodFree
from onboarding.checks.rights import Rights
from onboarding.checks.seen import Seen
from onboarding.checks.single_employer import SingleEmployer
from onboarding.checks.token_works import TokenWorks

__all__ = ["CHECKS", "CODES", "Check", "Scope", "Seen", "look"]

CHECKS: dict[str, Check] = {
    check.key: check
    for check in (
        TokenWorks(),
        SingleEmployer(),
        EmployerUserFlags(),
        Rights(),
        Activities(),
        Modules(),
        FilterNeutral(),
        AlgemeenFunction(),
        AlgemeenDepartment(),
        AlgemeenDistributionUnit(),
        Administrations(),
        OwnTaxId(),
        LinkedAdministration(),
        PayrollPeriodFree(),
        BsnAccess(),
        Drift(),
        NewHireRules(),
        ApiLifetime(),
    )
}
"""Every check by its key, in the order in which they look: the sign-in first, and last what the answers said by the way."""
