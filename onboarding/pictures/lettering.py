"""Letters in a picture: how wide they are, and how a text breaks into lines. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

WIDE, NARROW = 1200, 340
"""How wide a picture is, in its own units: on a page, and on a telephone."""
LETTER = 0.56  # of the size of the letters: how wide one is on average, seen generously


@dataclass(frozen=True, slots=True)
class Label:
    """Lines of text under each other; `y` is the base of the first."""

    x: int
    y: int
    lines: tuple[tuple[int, str], ...]


def wrap(text: str, width: int, size: int, most: int = 3) -> list[str]:
    """The text in lines that fit; what doesn't fit in `most` lines ends in "…"."""
    room = max(1, int(width / (size * LETTER)))
    lines: list[str] = []
    for piece in re.findall(r"\s*(?:[^\s-]+-?|-)", text):  # words, and what stands before and behind a hyphen
        word, glue = piece.strip(), " " if piece[0].isspace() else ""
        if lines and len(lines[-1]) + len(glue) + len(word) <= room:
            lines[-1] += glue + word
        else:
            lines.append(word)
    cut = [line if len(line) <= room else f"{line[: room - 1]}…" for line in lines]
    return cut if len(cut) <= most else [*cut[: most - 1], f"{cut[most - 1][: room - 1].rstrip()}…"]


def label(x: int, y: int, lines: Sequence[str], step: int = 16) -> Label:
    """A label whose first line stands at `y`."""
    return Label(x, y, tuple((y + number * step, line) for number, line in enumerate(lines)))
