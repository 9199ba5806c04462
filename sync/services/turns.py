"""Turns: what a ring is for. It is nobody's own: whoever waits longest has the turn, in whatever order messages arrive (D8).

One message is one turn at most, and who lets go of a run rings once for the next (`leases.ring_next`). So messages don't
grow in number, none is spent on nothing while anybody waits, and no run of thousands comes twice before one of twenty.
"""

from sync.services import execution, leases

TRIES = 50
"""So many that were taken by others just now are passed by."""


def take() -> None:
    """Works the run that waits longest, for a while; nothing when nobody waits."""
    for run_id in list(leases.in_turn().values_list("pk", flat=True)[:TRIES]):
        if execution.execute(run_id, is_sliced=True) is not None:
            return
