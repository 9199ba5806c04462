"""Tells people of what failed: whoever must act hears of it once, when something that was good is not any more."""

import logging
from collections.abc import Iterable

from django.utils import timezone

from onboarding.checks import CHECKS
from onboarding.checks.looking import SIGN_IN_NEEDED
from onboarding.facts import Fact, Owner
from onboarding.models import LegalEntity, LoketLogin
from onboarding.services import mails
from onboarding.services.rounds import Found, entities_of
from onboarding.steps import STEPS, StepKey

STEP_OF: dict[str, StepKey] = {
    "bsn_access": StepKey.INTEGRATION_USER,  # a right is missing
    **{key: step.key for step in STEPS for key in step.checks},
}
"""Where a fact is mended; those about a connection at work are with the connection."""

QUIET = frozenset({"drift", "payroll_period"})
"""They come and go in every month's work: shown with the connection, and no reason for an e-mail."""

log = logging.getLogger(__name__)


def tell(login: LoketLogin, found: Iterable[Found]) -> None:
    """One e-mail for each who must act and each task. A mail that can't be written never undoes what was found."""
    problems: dict[tuple[LegalEntity, Owner, StepKey], list[Fact]] = {}
    everybody = entities_of(login)
    for one in found:
        # Of a refused sign-in services/tokens.py has written to the administrators.
        is_news = one.is_new_problem and one.key not in QUIET and one.finding.code != SIGN_IN_NEEDED
        if not is_news or not (one.entity or everybody):
            continue
        entity = one.entity or everybody[0]
        place = (entity, _owner(one), STEP_OF.get(one.key, StepKey.AUTHORIZE))
        problems.setdefault(place, []).append(_fact(one))
    for (entity, owner, step), facts in problems.items():
        _send(entity, owner, step, facts)


def _owner(found: Found) -> Owner:
    return found.finding.owner or CHECKS[found.key].owner  # of what failed it is always there


def _fact(found: Found) -> Fact:
    finding = found.finding
    return Fact(
        found.key,
        finding.outcome,
        timezone.now(),
        code=finding.code,
        params=finding.params,
        details=finding.details,
        owner=_owner(found),
    )


def _send(entity: LegalEntity, owner: Owner, step: StepKey, facts: list[Fact]) -> None:
    try:
        mails.to_owner(entity, owner, "problem_found", {"facts": facts}, step=step)
    except Exception as error:  # noqa: BLE001  its words may hold an address
        log.error("nobody could be told of %s: %s", ", ".join(fact.key for fact in facts), type(error).__name__)
