"""What stops a sync: the first fact that must be mended before, in words that the pages of a run translate (rule 57)."""

from collections.abc import Iterator

from django.utils.translation import gettext_noop

from loket_portal.loket.errors import ConfigProblem, Retryable, SignInNeeded
from onboarding.checks import CHECKS, Scope
from onboarding.checks.linked_administration import LinkedAdministration
from onboarding.checks.looking import SIGN_IN_NEEDED
from onboarding.facts import Fact, Outcome, Owner
from onboarding.models import LegalEntity
from onboarding.services import evidence

MESSAGES = {
    "token_works": gettext_noop("The sign-in at Loket is another user's than before, so nothing was sent."),
    "single_employer": gettext_noop("The Loket user doesn't see exactly one employer, so nothing was sent."),
    "employer_user": gettext_noop("The Loket user is not set up as an integration user, so nothing was sent."),
    "rights": gettext_noop("The Loket user lacks one or more of the 15 rights, so nothing was sent."),
    "activities": gettext_noop("The Loket user may not do all that a sync does, so nothing was sent."),
    "modules": gettext_noop("The employer lacks a module of Loket that a sync needs, so nothing was sent."),
    "filter_settings": gettext_noop("A filter in Loket hides people from the Loket user, so nothing was sent."),
    "algemeen_function": gettext_noop("The function “Algemeen” is missing in Loket, so nothing was sent."),
    "algemeen_department": gettext_noop("The department “Algemeen” is missing in Loket, so nothing was sent."),
    "algemeen_distribution_unit": gettext_noop(
        "The distribution unit “Algemeen” is missing in Loket, so nothing was sent."
    ),
    "linked_administration": gettext_noop(
        "The connected administration is no longer there as it was when it was connected, so nothing was sent."
    ),
}
HINTS = {
    Owner.ADMINISTRATOR: gettext_noop("An administrator mends it; the page “Setup” says how. Then start again."),
    Owner.PAYROLL: gettext_noop("The payroll manager mends it; the page “Setup” says how. Then start again."),
    Owner.ACCOUNTANT: gettext_noop(
        "Your payroll administrator or tax accountant mends it in Loket; the page “Setup” says how. Then start again."
    ),
    Owner.SUPPORT: gettext_noop("Support mends it; nothing needs to be entered again."),
}


def by(entity: LegalEntity) -> Fact | None:
    """The first failed fact that stops a sync of this entity, as far as it is known."""
    return next((fact for fact in _needed(entity) if _stops(fact)), None)


def raise_if_not_green(entity: LegalEntity) -> None:
    """Raises the ConfigProblem of the first failed fact, or Retryable when one couldn't be looked at now."""
    needed = list(_needed(entity))
    failed = next((fact for fact in needed if _stops(fact)), None)
    if failed is not None:
        raise _problem(failed)
    if any(fact.since or fact.outcome is Outcome.UNREACHABLE for fact in needed):
        raise Retryable(
            gettext_noop("Loket could not be asked whether everything is as it must be for a sync."),
            gettext_noop("Nothing to do: it is tried again by itself."),
        )


def _needed(entity: LegalEntity) -> Iterator[Fact]:
    facts = evidence.facts_of([entity])[entity.pk]
    for key, check in CHECKS.items():
        is_needed = (check.is_blocking and check.scope is Scope.LOGIN) or key == LinkedAdministration.key
        if is_needed and key in facts:
            yield facts[key]


def _stops(fact: Fact) -> bool:
    """A later duplicate of the tax ID is a problem, but stops nothing that runs (rule 5)."""
    if fact.key == LinkedAdministration.key and fact.code not in LinkedAdministration.stopping:
        return False
    return fact.outcome is Outcome.FAILED


def _problem(fact: Fact) -> ConfigProblem:
    if fact.code == SIGN_IN_NEEDED:
        return SignInNeeded(
            gettext_noop("Loket no longer accepts the sign-in."),
            gettext_noop("An administrator signs in at Loket again."),
        )
    hint = HINTS[fact.owner or CHECKS[fact.key].owner]
    return ConfigProblem(MESSAGES[fact.key], hint, f"{fact.key}: {fact.code}")
