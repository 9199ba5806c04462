"""What a guest sees: his tasks and where each stands. Nothing about employees, and of the company only these entities."""

from collections.abc import Collection
from dataclasses import dataclass

from onboarding.models import Assignment, Guest
from onboarding.progress import State, Status
from onboarding.services import assignments, guests, hub, rights
from onboarding.services.hub import Board
from onboarding.services.rights import NotAllTicked, Ticks
from onboarding.steps import StepKey


@dataclass(frozen=True, slots=True)
class Task:
    """One task in the guest's hands. What waits for him is to be done by him."""

    assignment: Assignment
    board: Board

    @property
    def key(self) -> StepKey:
        return StepKey(self.assignment.step)

    @property
    def state(self) -> State:
        return self.board.state(self.key)

    @property
    def is_open(self) -> bool:
        """Whether the guest still has something to do: nothing is reported, or a check found a problem since."""
        is_reported = self.assignment.done_at is not None
        return not self.state.status.is_done and (not is_reported or self.state.status is Status.PROBLEM)


def tasks(guest: Guest) -> list[Task]:
    """All tasks of the guest, by legal entity and in the order in which they are done; a constant number of queries."""
    order = list(StepKey)
    found = sorted(
        guests.tasks(guest), key=lambda row: (row.entity.name, row.entity_id, order.index(StepKey(row.step)))
    )
    boards = {board.entity.pk: board for board in hub.boards({row.entity for row in found}, None)}
    return [Task(row, boards[row.entity_id]) for row in found]


def task(guest: Guest, pk: int) -> Task | None:
    """One task of the guest's own; None for anybody else's, as for one that doesn't exist."""
    row = guests.find_task(guest, pk)
    return Task(row, hub.board(row.entity, None)) if row else None


def keep_ticks(task: Task, guest: Guest, chosen: Collection[str], shown: Collection[str]) -> Ticks:
    """Keeps which of the 15 rights the guest says are given."""
    return rights.save_ticks(task.board.entity, chosen, shown=shown, guest=guest)


def report(task: Task, guest: Guest, note: str) -> None:
    """The guest says that it is done; who gave the task gets an e-mail. Raises NotAllTicked and AssignRefused.

    Without all ticks the task of the integration user is done only where the checks have already proved it.
    """
    if task.key is StepKey.INTEGRATION_USER and not task.state.status.is_done:
        missing = rights.ticks_of(task.board.entity).missing
        if missing:
            raise NotAllTicked(missing)
    assignments.report_done(task.assignment, guest=guest, note=note)
