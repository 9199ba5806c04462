from sync.models.bench import BenchReading
from sync.models.link import Link
from sync.models.operation import Operation
from sync.models.roster import Roster, RosterPerson
from sync.models.run import Result, Run
from sync.models.watch import Watch

__all__ = ["BenchReading", "Link", "Operation", "Result", "Roster", "RosterPerson", "Run", "Watch"]
