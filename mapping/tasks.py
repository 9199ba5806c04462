"""What the worker does for the mapping. Each task makes one call into the domain."""

from celery import shared_task

from mapping import attributes, definitions
from onboarding.services import value_lists


@shared_task
def look() -> None:
    """Looks at each Personio whose turn it is: what changed there is an issue before the next sync."""
    definitions.look_where_due()


@shared_task(name=value_lists.TASK)
def compare_lists(company_id: int | None = None) -> None:
    """After Loket's lists were read, and by the beat: a value that a mapping stands on and that went is an issue (rule 30)."""
    attributes.note_vanished_of(company_id)
