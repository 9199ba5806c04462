"""A run worked to its end by somebody who agrees to whatever it asks."""

from sync.models import Run
from sync.services import approvals, execution


def worked(run: Run) -> Run:
    """As far as it gets, with a yes to every question."""
    for _ in range(3):
        finished = execution.execute(run.pk)
        assert finished is not None
        if finished.state != Run.State.WAITING:
            break
        approvals.approve(finished, None, {guard.code: True for guard in approvals.questions(finished)})
    return finished
