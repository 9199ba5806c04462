from sync.models.bench import BenchReading
from sync.models.left_out import LeftOut
from sync.models.link import Link
from sync.models.operation import Operation
from sync.models.quarantine import Quarantine
from sync.models.roster import Roster, RosterPerson
from sync.models.run import Result, Run
from sync.models.schedule import Beat, Schedule
from sync.models.standing import Standing
from sync.models.watch import Watch

__all__ = [
    "Beat",
    "BenchReading",
    "LeftOut",
    "Link",
    "Operation",
    "Quarantine",
    "Result",
    "Roster",
    "RosterPerson",
    "Run",
    "Schedule",
    "Standing",
    "Watch",
]
