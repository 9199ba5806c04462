"""What the worker does when it is rung. Tasks carry ids; each makes one call into the domain."""

from celery import shared_task

from sync.services import bench_reading, comparing, retention, runs, schedules, turns


@shared_task(name=runs.TASK)
def execute(_run_id: int) -> None:
    """Works the run that waits longest for a while, which is the one that rang as a rule; a second delivery finds nobody."""
    turns.take()


@shared_task
def sweep() -> None:
    """Rings runs that wait and runs whose process was killed."""
    runs.sweep()


@shared_task(name=schedules.TASK)
def dispatch() -> None:
    """Starts the scheduled syncs that are due."""
    schedules.dispatch()


@shared_task(name=comparing.TASK)
def compare() -> None:
    """Compares with Personio what is due: after an event, and once a day."""
    comparing.compare()


@shared_task(name=bench_reading.TASK)
def read_for_mapping(reading_id: int) -> None:
    """Reads Personio for a draft of a mapping; a second delivery finds it taken and ends."""
    bench_reading.work(reading_id)


@shared_task
def purge() -> None:
    """Deletes the values of people whose term is over."""
    retention.purge()
