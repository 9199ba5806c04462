"""Pages ahead of their reader: in order, never more than told in memory, and no row of a list that moves is missed."""

import threading
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any

import pytest
import responses

from loket_portal.loket.client import LoketClient
from loket_portal.loket.errors import Retryable
from loket_portal.loket.paging import Fetch, Page, pages
from tests.loket.test_lists import ID, LIST

API = "https://api.loket.example/v2"


class AtOnce(Executor):
    """Fetches a page as soon as it is asked for, in the same thread; keeps the futures."""

    def __init__(self) -> None:
        self.futures: list[Future[Any]] = []

    def submit(self, work: Callable[..., Any], /, *args: Any, **more: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.futures.append(future)
        try:
            future.set_result(work(*args, **more))
        except Exception as error:  # noqa: BLE001  as a pool does
            future.set_exception(error)
        return future


class Never(AtOnce):
    """Takes work and never begins it."""

    def submit(self, work: Callable[..., Any], /, *args: Any, **more: Any) -> Future[Any]:
        self.futures.append(Future())
        return self.futures[-1]


def as_is(page: Page) -> Page:
    """The answers of these tests are pages already."""
    return page


def list_of(count: int, asked: list[int]) -> Fetch[Page]:
    """So many pages of one row, the number of the page; `asked` gets the numbers."""

    def fetch(number: int) -> Page:
        asked.append(number)
        return Page([{"n": number}], count, count)

    return fetch


def numbers(found: Iterator[Page]) -> list[int]:
    return [row["n"] for page in found for row in page.rows]


@pytest.mark.parametrize("ahead", [1, 2, 3, 9])
def test_every_page_comes_once_and_in_order(ahead: int) -> None:
    asked: list[int] = []
    assert numbers(pages(list_of(7, asked), as_is, AtOnce(), ahead)) == [1, 2, 3, 4, 5, 6, 7]
    assert asked == [1, 2, 3, 4, 5, 6, 7]


def test_a_page_that_is_answered_late_still_comes_first() -> None:
    third = threading.Event()

    def fetch(number: int) -> Page:
        if number == 2:
            assert third.wait(10), "the third page is asked for before the second one is there"
        if number == 3:
            third.set()
        return Page([{"n": number}], 3, 3)

    with ThreadPoolExecutor(2) as pool:
        assert numbers(pages(fetch, as_is, pool, 2)) == [1, 2, 3]


def test_pages_are_asked_for_before_the_reader_needs_them() -> None:
    asked: list[int] = []
    found = pages(list_of(9, asked), as_is, AtOnce(), 3)
    next(found)
    assert asked == [1, 2, 3], "the page that is read and two more"
    next(found)
    assert asked == [1, 2, 3, 4]


def test_pages_that_are_expected_are_asked_for_beside_the_first_one() -> None:
    third = threading.Event()

    def fetch(number: int) -> Page:
        if number == 1:
            assert third.wait(10), "the third page is asked for before the first one is there"
        if number == 3:
            third.set()
        return Page([{"n": number}], 4, 4)

    with ThreadPoolExecutor(2) as pool:
        assert numbers(pages(fetch, as_is, pool, 3, expected=4)) == [1, 2, 3, 4]


def test_an_expected_page_that_is_there_no_more_is_left_out() -> None:
    def fetch(number: int) -> Page:
        if number > 2:
            raise Retryable("", "", "there is no such page")
        return Page([{"n": number}], 2, 2)

    assert numbers(pages(fetch, as_is, AtOnce(), 9, expected=7)) == [1, 2]


def test_without_threads_a_page_is_asked_for_when_it_is_needed() -> None:
    asked: list[int] = []
    found = pages(list_of(9, asked), as_is, None, 3)
    next(found)
    assert asked == [1]


class Rows(list[Any]):
    """A list that can be watched."""

    __hash__ = object.__hash__  # type: ignore[assignment]


@pytest.mark.parametrize(("executor", "most"), [(AtOnce(), 3), (None, 1)])
def test_no_more_answers_are_in_memory_than_told(executor: Executor | None, most: int) -> None:
    alive: weakref.WeakSet[Rows] = weakref.WeakSet()
    seen = []

    def fetch(number: int) -> Page:
        rows = Rows([{"n": number}])
        alive.add(rows)
        seen.append(len(alive))
        return Page(rows, 20, 20)

    if isinstance(executor, AtOnce):
        executor.futures = Forgetful()
    for page in pages(fetch, as_is, executor, 3):
        assert page.rows
        del page
    assert max(seen) == most


@pytest.mark.parametrize("executor", [AtOnce(), None])
def test_an_answer_is_made_a_page_only_when_it_is_its_turn(executor: Executor | None) -> None:
    alive: weakref.WeakSet[Rows] = weakref.WeakSet()
    seen = []

    def read(number: int) -> Page:
        rows = Rows([{"n": number}])
        alive.add(rows)
        seen.append(len(alive))
        return Page(rows, 20, 20)

    for page in pages(int, read, executor, 9):
        assert page.rows
        del page
    assert (len(seen), max(seen)) == (20, 1)


class Forgetful(list[Any]):
    """Keeps nothing, so that the test itself holds no page."""

    def append(self, item: Any) -> None:
        pass


def test_a_list_that_grew_is_read_to_its_end() -> None:
    def fetch(number: int) -> Page:
        return Page([{"n": number}], 2 if number == 1 else 4, 4)

    assert numbers(pages(fetch, as_is, AtOnce(), 3)) == [1, 2, 3, 4]
    assert numbers(pages(fetch, as_is)) == [1, 2, 3, 4]


@pytest.mark.parametrize("executor", [AtOnce(), None])
def test_a_page_without_rows_is_the_last_one(executor: Executor | None) -> None:
    asked: list[int] = []

    def fetch(number: int) -> Page:
        asked.append(number)
        return Page([{"n": number}] if number < 3 else [], 9, 9)

    assert numbers(pages(fetch, as_is, executor, 2)) == [1, 2]
    assert max(asked) <= 4


def test_the_error_of_a_page_reaches_the_reader() -> None:
    def fetch(number: int) -> Page:
        if number == 3:
            raise Retryable("busy")
        return Page([{"n": number}], 5, 5)

    found = pages(fetch, as_is, AtOnce(), 2)
    assert [next(found).rows, next(found).rows] == [[{"n": 1}], [{"n": 2}]]
    with pytest.raises(Retryable):
        next(found)


def test_a_reader_that_stops_leaves_no_page_to_be_fetched() -> None:
    executor, asked = Never(), list[int]()
    found = pages(list_of(9, asked), as_is, executor, 4)
    next(found)
    found.close()  # type: ignore[attr-defined]
    assert len(executor.futures) == 3
    assert all(future.cancelled() for future in executor.futures)


# In the client


def page(number: int, count: int, total: int, of: int = 3) -> None:
    body = {"currentPage": number, "totalPages": of, "totalSize": total, "_embedded": [{"n": number}] * count}
    responses.get(
        LIST, json=body, match=[responses.matchers.query_param_matcher({"pageNumber": number, "pageSize": 250})]
    )


@responses.activate
@pytest.mark.parametrize("executor", [AtOnce(), None])
def test_a_list_that_shrank_while_it_was_read_is_not_taken_for_whole(executor: Executor | None) -> None:
    """As many rows came as its last page counts; but one of them may have moved to a page that was read before."""
    page(1, 2, total=6)
    page(2, 2, total=6)
    page(3, 1, total=5)
    with pytest.raises(Retryable, match="changed"):
        list(LoketClient(API, lambda: "t").iter_employees(ID, pages=executor))


@responses.activate
@pytest.mark.parametrize("name", ["iter_employees", "iter_employments", "iter_concepts"])
def test_every_long_list_can_be_read_ahead(client_here: LoketClient, monkeypatch, name: str) -> None:
    responses.add_passthru("http://127.0.0.1")
    monkeypatch.setattr("loket_portal.loket.transport.PAGE_SIZE", 7)
    employer = client_here.list_employers()[0].id
    read = getattr(client_here, name)
    with ThreadPoolExecutor(4) as pool:
        ahead = list(read(employer, pages=pool, ahead=4))
    assert ahead == list(read(employer))
    assert len(ahead) == (0 if name == "iter_concepts" else 40)
