"""Legal entities and administrations: what is joined with what, and why not. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from onboarding.pictures.lettering import NARROW, WIDE, Label, label, wrap

ROW, BOX = 14, 48  # between two boxes, and how tall one is at least
LEFT, RIGHT = 330, 370  # how wide the two columns of the wide picture are
INDENT = 36  # of the administrations in the narrow one


@dataclass(frozen=True, slots=True)
class Pair:
    """A legal entity, an administration, and what is between them; pairs of one entity follow each other.

    `tone`: ok (a full line), attention (dashed) or problem (dotted). An empty side is a place that nobody has yet: its
    text says so.
    """

    left: str
    right: str
    tone: str
    symbol: str
    word: str
    reason: str = ""
    href: str = ""
    is_left_empty: bool = False
    is_right_empty: bool = False

    @property
    def said(self) -> str:
        """What stands on the line."""
        return f"{self.symbol} {self.word}" + (f": {self.reason}" if self.reason else "")


@dataclass(frozen=True, slots=True)
class Box:
    """A legal entity or an administration at its place; an empty one is drawn dashed."""

    x: int
    y: int
    width: int
    height: int
    text: Label
    href: str = ""
    is_empty: bool = False


@dataclass(frozen=True, slots=True)
class Join:
    """The line between two boxes (`path` as SVG writes it) with what stands on it."""

    path: str
    tone: str
    text: Label


@dataclass(frozen=True, slots=True)
class Links:
    """A whole picture of boxes and lines."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    joins: tuple[Join, ...]


def links(pairs: Sequence[Pair]) -> Links:
    """Two columns with lines between them; the box of a legal entity is as tall as all its lines together."""
    boxes: list[Box] = []
    joins: list[Join] = []
    y = 1
    for group in _grouped(pairs):
        start = y
        for pair in group:
            lines = wrap(pair.said, WIDE - LEFT - RIGHT - 32, 13)
            tall, below = max(BOX, 16 * len(lines) + 20), y + 16 * len(lines) + 6
            joins.append(Join(f"M{LEFT} {below}H{WIDE - RIGHT}", pair.tone, label(LEFT + 16, y + 14, lines)))
            boxes.append(_box(WIDE - RIGHT, y, RIGHT - 1, tall, pair.right, is_empty=pair.is_right_empty))
            y += tall + ROW
        boxes.append(_left(group[0], start, LEFT - 1, y - ROW - start))
        y += 6
    return Links(WIDE, y, tuple(boxes), tuple(joins))


def stack(pairs: Sequence[Pair]) -> Links:
    """The same under each other: the legal entity, and from it a line to each administration below."""
    boxes: list[Box] = []
    joins: list[Join] = []
    y = 1
    for group in _grouped(pairs):
        boxes.append(_left(group[0], y, NARROW - 2, BOX))
        start = y = y + BOX
        for pair in group:
            lines = wrap(pair.said, NARROW - INDENT - 4, 13, most=6)
            below = y + 16 * len(lines) + 16
            joins.append(Join(f"M18 {start}V{below + BOX // 2}H{INDENT}", pair.tone, label(INDENT, y + 20, lines)))
            boxes.append(_box(INDENT, below, NARROW - INDENT - 1, BOX, pair.right, is_empty=pair.is_right_empty))
            y = below + BOX
        y += 28
    return Links(NARROW, y, tuple(boxes), tuple(joins))


def _grouped(pairs: Sequence[Pair]) -> list[list[Pair]]:
    """Pairs that follow each other and have the same legal entity."""
    groups: list[list[Pair]] = []
    for pair in pairs:
        if groups and not pair.is_left_empty and groups[-1][0].left == pair.left:
            groups[-1].append(pair)
        else:
            groups.append([pair])
    return groups


def _left(pair: Pair, y: int, width: int, height: int) -> Box:
    return _box(1, y, width, height, pair.left, pair.href, is_empty=pair.is_left_empty)


def _box(x: int, y: int, width: int, height: int, name: str, href: str = "", *, is_empty: bool = False) -> Box:
    lines = wrap(name, width - 28, 15, most=2)
    return Box(
        x, y, width, height, label(x + 14, y + height // 2 + 5 - 9 * (len(lines) - 1), lines, 18), href, is_empty
    )
