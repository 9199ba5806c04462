"""The table of contents of a setup: the article's four prerequisites and five steps, in the order of rule 8. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from onboarding.facts import Owner


class StepKey(StrEnum):
    """Names a task, in addresses and evidence."""

    PAYROLL_PERSON = "payroll-person"
    SCOPE = "scope"
    LEGAL_ENTITY = "legal-entity"
    PERMISSIONS = "permissions"
    INTEGRATION_USER = "integration-user"
    LOKET_ACCOUNT = "loket-account"
    BOOKING = "booking"
    ATTRIBUTES = "attributes"
    AUTHORIZE = "authorize"


class Group(StrEnum):
    """The three groups of the hub."""

    BEFORE = "before"
    LOKET = "loket"
    CONNECT = "connect"


@dataclass(frozen=True, slots=True)
class Step:
    """One task. `checks`: the facts that prove it; `needs`: what must be done before it can start (rule 8)."""

    key: StepKey
    group: Group
    owner: Owner
    minutes: int
    checks: tuple[str, ...] = ()
    needs: tuple[StepKey, ...] = ()
    is_assignable: bool = False
    is_reversible: bool = True


STEPS: tuple[Step, ...] = (
    Step(StepKey.PAYROLL_PERSON, Group.BEFORE, Owner.PAYROLL, 5),
    Step(StepKey.SCOPE, Group.BEFORE, Owner.PAYROLL, 10),
    Step(StepKey.LEGAL_ENTITY, Group.BEFORE, Owner.PAYROLL, 5, checks=("own_tax_id",)),
    Step(StepKey.PERMISSIONS, Group.BEFORE, Owner.ADMINISTRATOR, 5),
    Step(
        StepKey.INTEGRATION_USER,
        Group.LOKET,
        Owner.ACCOUNTANT,
        15,
        checks=(
            "token_works",
            "single_employer",
            "employer_user",
            "rights",
            "activities",
            "modules",
            "filter_settings",
        ),
        needs=(StepKey.LEGAL_ENTITY,),
        is_assignable=True,
    ),
    Step(
        StepKey.LOKET_ACCOUNT,
        Group.LOKET,
        Owner.ACCOUNTANT,
        5,
        checks=("algemeen_function", "algemeen_department", "algemeen_distribution_unit"),
        needs=(StepKey.LEGAL_ENTITY,),
        is_assignable=True,
    ),
    Step(
        StepKey.BOOKING,
        Group.CONNECT,
        Owner.PAYROLL,
        5,
        needs=(StepKey.PAYROLL_PERSON, StepKey.SCOPE, StepKey.LEGAL_ENTITY, StepKey.PERMISSIONS),
    ),
    Step(StepKey.ATTRIBUTES, Group.CONNECT, Owner.SUPPORT, 0, needs=(StepKey.BOOKING,)),
    Step(
        StepKey.AUTHORIZE,
        Group.CONNECT,
        Owner.ADMINISTRATOR,
        10,
        checks=("administrations", "linked_administration"),
        needs=(StepKey.ATTRIBUTES,),
        is_reversible=False,  # rule 37
    ),
)
BY_KEY: dict[StepKey, Step] = {step.key: step for step in STEPS}

HEALTH: tuple[str, ...] = ("bsn_access", "payroll_period", "drift", "api_lifetime", "new_hire_rules")
"""Facts about a connection at work. They are shown with it and told to their owner, and open no task again."""
