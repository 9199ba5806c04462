"""A list's pages in order, read one after another or some ahead of the reader by threads of the caller's."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from typing import TypeVar

from loket_portal.loket.payloads import Raw

AHEAD = 4  # pages
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one page, and of how many pages and rows in all it told."""

    rows: list[Raw] = field(repr=False)
    pages: int = 1
    size: int = 0


Fetch = Callable[[int], Answer]
Read = Callable[[Answer], Page]


def pages(
    fetch: Fetch[Answer], read: Read[Answer], executor: Executor | None = None, ahead: int = 1, expected: int = 1
) -> Iterator[Page]:
    """Every page in order, until the latest says that it is the last one, or has no rows.

    With an executor the answers after the first are fetched there, up to `ahead` at a time, and never are more than
    `ahead` of them in memory, that of the reader included. What waits is the answer as it came: `read` makes a page of it,
    which takes several times the memory, when it is its turn, in the thread of the reader. The first one tells how many
    there are; whoever has reason to expect several has them fetched beside it. A thread of the executor must not read such
    a list itself: it would wait for a place that it holds.
    """
    if executor is None:
        return _one_by_one(fetch, read)
    return _ahead(fetch, read, executor, max(1, ahead), expected)


def _one_by_one(fetch: Fetch[Answer], read: Read[Answer]) -> Iterator[Page]:
    number, is_last = 0, False
    while not is_last:
        number += 1
        page = read(fetch(number))
        is_last = not page.rows or number >= page.pages
        yield page
        del page  # or it would be there still while the next one is read


def _ahead(fetch: Fetch[Answer], read: Read[Answer], executor: Executor, ahead: int, expected: int) -> Iterator[Page]:
    waiting: deque[tuple[int, Future[Answer]]] = deque()
    asked = 1

    def ask(places: int, last: int) -> None:
        nonlocal asked
        while len(waiting) < places and asked < last:
            asked += 1
            waiting.append((asked, executor.submit(fetch, asked)))

    try:
        ask(ahead - 1, expected)
        page = read(fetch(1))
        while True:
            last = page.pages if page.rows else 0
            ask(ahead - 1, last)
            yield page
            del page
            ask(ahead, last)
            if not waiting or waiting[0][0] > last:
                return
            page = read(waiting.popleft()[1].result())
    finally:
        for _, future in waiting:  # the reader stopped, or a page failed: what has not begun need not begin
            future.cancel()
