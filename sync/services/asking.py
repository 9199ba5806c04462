"""A run that met a guard waits for a person, and says so once (D10)."""

from collections.abc import Sequence

from onboarding.facts import Owner
from onboarding.services import mails
from sync.guards import Guard, to_json
from sync.models import Run
from sync.services import leases

MAIL = "run_waiting"


def wait(run: Run, worker: str, guards: Sequence[Guard]) -> bool:
    """Leaves the run to the payroll editors, who hear of it when the question is a new one; tells whether it was ours."""
    is_told = run.guards == to_json(guards) and run.approved_at is None
    won = leases.hold_up(run, worker, Run.State.WAITING, guards=tuple(guards))
    entity = run.connection.entity
    if won and not is_told and entity is not None:
        url = mails.link("run", pk=entity.pk, run_pk=run.pk)
        mails.to_owner(entity, Owner.PAYROLL, MAIL, {"guards": tuple(guards), "url": url})
    return won
