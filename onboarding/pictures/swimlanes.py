"""Who does what next: the nine tasks in the lanes of those who do them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from onboarding.pictures.lettering import NARROW, WIDE, Label, label, wrap


@dataclass(frozen=True, slots=True)
class Task:
    """A task in the lane of whoever has to do something for it. `href` is empty for one that can't start yet."""

    title: str
    short: str
    group: str
    lane: int
    tone: str
    symbol: str
    word: str
    note: str = ""
    href: str = ""

    @property
    def said(self) -> str:
        """The whole of it, for somebody who doesn't see the picture."""
        return f"{self.title}: {self.word}{f', {self.note}' if self.note else ''}"


@dataclass(frozen=True, slots=True)
class Cell:
    """A task at its place: a box in the wide picture, a point on a line in the narrow one.

    `text` stands in it, centred on `text.x`; `name` is the task's short name, above or beside.
    """

    task: Task
    x: int
    y: int
    width: int
    height: int
    text: Label
    name: Label


@dataclass(frozen=True, slots=True)
class Swimlanes:
    """A whole picture: names of groups, lanes (a name, and where its line is) and cells."""

    width: int
    height: int
    groups: tuple[Label, ...]
    lanes: tuple[tuple[Label, int], ...]
    cells: tuple[Cell, ...]


def swimlanes(tasks: Sequence[Task], lanes: Sequence[str]) -> Swimlanes:
    """Tasks from left to right, a lane for each who does something."""
    left, top, tall = 156, 62, 68
    step = (WIDE - left) // len(tasks)
    starts = [left + number * step for number in range(len(tasks))]
    firsts = [next(members)[0] for _name, members in groupby(enumerate(tasks), key=lambda pair: pair[1].group)]
    tops = [top + number * tall for number in range(len(lanes))]
    return Swimlanes(
        width=WIDE,
        height=top + tall * len(lanes),
        groups=tuple(label(starts[first] + 4, 14, [tasks[first].group]) for first in firsts),
        lanes=tuple((_lane(y, tall, name, left), y) for y, name in zip(tops, lanes, strict=True)),
        cells=tuple(_box(task, x, tops[task.lane], step, tall) for x, task in zip(starts, tasks, strict=True)),
    )


def _box(task: Task, x: int, y: int, step: int, tall: int) -> Cell:
    """A box a little smaller than its place; symbol and word on one line where they fit."""
    lines = wrap(f"{task.symbol} {task.word}", step - 16, 13, most=2) + ([task.note] if task.note else [])
    middle = x + step // 2
    text = label(middle, y + tall // 2 + 5 - 15 * (len(lines) - 1) // 2, lines, 15)
    return Cell(task, x + 4, y + 8, step - 8, tall - 16, text, _column(task, middle, step))


def _lane(y: int, tall: int, name: str, width: int) -> Label:
    lines = wrap(name, width - 12, 14)
    return label(0, y + tall // 2 + 5 - 8 * (len(lines) - 1), lines)


def _column(task: Task, middle: int, width: int) -> Label:
    lines = wrap(task.short, width - 6, 13, most=2)
    return label(middle, 52 - 15 * (len(lines) - 1), lines, 15)


def track(tasks: Sequence[Task], lanes: Sequence[str]) -> Swimlanes:
    """The same from top to bottom: the lanes are lines, the tasks are points on them with their words beside."""
    top, tall, apart = 24 * len(lanes) + 16, 50, 26
    beside = apart * len(lanes) + 10
    return Swimlanes(
        width=NARROW,
        height=top + tall * len(tasks),
        groups=(),
        lanes=tuple(
            (label(28 + number * apart, 18 + 24 * number, wrap(name, 250, 13, most=1)), 14 + number * apart)
            for number, name in enumerate(lanes)
        ),
        cells=tuple(
            _point(task, 14 + task.lane * apart, top + number * tall, beside) for number, task in enumerate(tasks)
        ),
    )


def _point(task: Task, x: int, y: int, beside: int) -> Cell:
    symbol = label(x, y + 24, [task.symbol])
    return Cell(task, x - 11, y + 8, 22, 22, symbol, label(beside, y + 16, _beside(task), 18))


def _beside(task: Task) -> list[str]:
    word = f"{task.word}, {task.note}" if task.note else task.word
    return [*wrap(task.short, 240, 14, most=1), *wrap(word, 240, 13, most=1)]
