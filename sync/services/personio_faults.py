"""What keeps a person of Personio from being sent, and what ends a whole look at Personio."""

from dataclasses import replace

from loket_portal.lib.errors import ConfigProblem, gettext_noop
from mapping.definitions import names_of
from onboarding.models import LegalEntity
from sync.records import Effect, HRRecord, Problem

NO_PERSONIO_ID = Problem("no_personio_id", effect=Effect.PERSON)
NO_LEGAL_ENTITY = Problem("no_legal_entity", effect=Effect.PERSON)
UNREADABLE = Problem("employments_unreadable", effect=Effect.PERSON)
AT_TWO = Problem("works_at_two", effect=Effect.PERSON)


def with_problem(record: HRRecord, problem: Problem) -> HRRecord:
    """The record with this problem once."""
    others = tuple(other for other in record.problems if other.code != problem.code)
    return replace(record, problems=(*others, problem))


NOT_CONNECTED = (
    gettext_noop("The company is not connected with Personio any more."),
    gettext_noop("An administrator connects Personio again on the page “Personio”; then you start again."),
)


def not_readable(entity: LegalEntity, keys: list[str]) -> ConfigProblem:
    """What to raise when Personio doesn't show attributes without which nobody knows who is to be sent."""
    names = names_of(entity.company)
    return ConfigProblem(
        gettext_noop("Personio no longer shows: %(attributes)s. Without that nobody knows who is to be sent."),
        gettext_noop(
            "Whoever administers Personio opens Marketplace › Connected integrations › your integration › Readable employee "
            "attributes and ticks it; then you start again."
        ),
        params={"attributes": ", ".join(names.get(key, key) for key in keys)},
    )
