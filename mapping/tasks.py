"""What the worker does for the mapping. Each task makes one call into the domain."""

from celery import shared_task

from mapping import definitions


@shared_task
def look() -> None:
    """Looks at each Personio whose turn it is: what changed there is an issue before the next sync."""
    definitions.look_where_due()
