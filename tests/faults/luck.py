"""Bad luck at a rate, for all calls to Loket: answers that get lost after the work was done, and 500s before it.

Seeded, and bounded: the same call is struck twice at most, and never four calls in a row. A write that has no luck three
times is told as such, and a Loket that is away lets the run wait; both are other tests.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from werkzeug import Request

from loket_portal.simulator import Simulator
from loket_portal.simulator.faults import only_validates
from loket_portal.simulator.log import READING

Call = tuple[str, str, str]
SAME, IN_A_ROW = 2, 3
SEEN = "tests.luck"


class Luck:
    """What `Faults.chance` is asked for each call and each rate. It counts the writes, too: `sent`, by what they are about."""

    def __init__(self, seed: int, rate: float) -> None:
        self._random, self._rate = Random(f"luck {seed}"), rate
        self._in_a_row = 0
        self.sent: Counter[Call] = Counter()
        self.struck: Counter[Call] = Counter()

    def __call__(self, asked: Request) -> float:
        """Below the rate: this call is struck."""
        call, value = _call(asked), self._random.random()
        if SEEN not in asked.environ:
            asked.environ[SEEN] = True
            self.sent[call] += _is_write(asked)
            self._in_a_row, self._before = 0, self._in_a_row
        if value >= self._rate or self.struck[call] == SAME or self._before == IN_A_ROW:
            return 1.0
        self.struck[call] += 1
        self._in_a_row = self._before + 1
        return value

    def most_sent(self) -> int:
        """How often the write was sent that was sent most often."""
        return max(self.sent.values())

    def struck_writes(self) -> int:
        """How often a write had bad luck."""
        return sum(times for call, times in self.struck.items() if call[0] not in READING)


@contextmanager
def bad_luck(simulator: Simulator, seed: int, rate: float = 0.05) -> Iterator[Luck]:
    """Meanwhile this share of the answers is lost after the work, and this share of the calls gets a 500."""
    before, luck = simulator.faults.chance, Luck(seed, rate)
    simulator.faults.chance = luck
    simulator.options.change({"error_rate": rate, "drop_after": rate})
    try:
        yield luck
    finally:
        simulator.options.change({"error_rate": 0, "drop_after": 0})
        simulator.faults.chance = before


def _call(asked: Request) -> Call:
    """What tells one call from another: of a POST who is new, of a PATCH whether it is done or only judged."""
    about = ""
    if asked.method == "POST":
        about = str((asked.get_json(silent=True, force=True) or {}).get("uniqueName", ""))
    elif only_validates(asked.headers):
        about = "validation"
    return asked.method, asked.path, about


def _is_write(asked: Request) -> bool:
    return asked.path.startswith("/v2") and asked.method not in READING and not only_validates(asked.headers)
