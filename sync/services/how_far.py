"""How far a run is, in people: what its progress bar shows."""

from dataclasses import dataclass

from sync.models import Result, Run


@dataclass(frozen=True, slots=True)
class HowFar:
    """`is_sending`: the plan is whole, and `done` of `total` people for whom something is written are finished.

    Else everybody is compared, and `total` is None until their number is known.
    """

    done: int
    total: int | None
    is_sending: bool = False

    @property
    def percentage(self) -> int:
        return min(100, 100 * self.done // self.total) if self.total else 0


def of(run: Run) -> HowFar:
    """How far this run is."""
    if run.is_dry or run.planned is None:
        return HowFar(run.done, run.total)
    to_do = run.results.filter(outcome=Result.Outcome.PLANNED).count()
    return HowFar(max(0, run.planned - to_do), run.planned, is_sending=True)
