"""Every activity that the client uses and Loket guards has the Dutch name of a right (rule 15)."""

from loket_portal.loket import calls
from loket_portal.loket.calls import Call
from loket_portal.loket.rights import RIGHT_OF
from loket_portal.simulator.rights import RIGHTS


def used() -> set[str]:
    return {call.activity for call in vars(calls).values() if isinstance(call, Call)}


def test_every_guarded_activity_names_a_right_of_the_article() -> None:
    guarded = {activity for activities in RIGHTS.values() for activity in activities.split()}
    assert used() & guarded <= set(RIGHT_OF)
    assert set(RIGHT_OF.values()) <= set(RIGHTS)


def test_the_simulator_guards_by_the_rights_we_name() -> None:
    for activity, right in RIGHT_OF.items():
        assert activity in RIGHTS[right].split(), f"{activity} is not given by {right} in the simulator"
