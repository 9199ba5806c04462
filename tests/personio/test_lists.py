"""Lists: everybody once, a page at a time; a list that moved meanwhile is an error and never a shorter list."""

import tracemalloc
from typing import Any

import pytest

from loket_portal.personio.errors import ConfigProblem, ListChanged, NotReadable
from tests.personio.server import Asked, Personio, Reply, record

LIST = "/v1/company/employees"
PERSONS = "/v2/persons"


def ids(client: Any, **more: int) -> list[int | None]:
    return [employee.id for page in client.pages(**more) for employee in page.employees]


def offsets(personio: Personio) -> list[int]:
    return [int(asked.query["offset"]) for asked in personio.calls(LIST)]


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 250])
def test_everybody_comes_once(personio, client_here, count) -> None:
    personio.people = [record(number) for number in range(1, count + 1)]
    assert ids(client_here) == list(range(1, count + 1))
    assert {asked.query["limit"] for asked in personio.calls(LIST)} == {"100"}


def test_a_page_says_how_many_there_are(personio, client_here) -> None:
    personio.people = [record(1), record(2), record(3)]
    assert [page.total for page in client_here.pages(limit=2)] == [3, 3]


def test_more_than_100_a_page_is_never_asked_for(personio, client_here) -> None:
    list(client_here.pages(limit=200))
    assert personio.calls(LIST)[0].query["limit"] == "100"


def test_a_page_is_only_read_when_it_is_wanted(personio, client_here) -> None:
    personio.people = [record(number) for number in range(300)]
    next(client_here.pages())
    assert offsets(personio) == [0]


def test_a_token_that_ends_between_two_pages_loses_and_doubles_nobody(personio, client_here) -> None:
    personio.people = [record(number) for number in range(250)]
    found = []
    for page in client_here.pages():
        found += [employee.id for employee in page.employees]
        personio.forget_token()
    assert found == list(range(250))
    assert offsets(personio) == [0, 100, 100, 200, 200], "each page is asked again at its own place"
    assert len(personio.calls("/v1/auth")) == 3


def test_a_smaller_page_than_asked_for_is_followed_at_its_own_size(personio, client_here) -> None:
    """Should Personio one day give 50 where 100 were asked, nobody is skipped."""
    personio.people = [record(number) for number in range(120)]
    personio.order(LIST, lambda asked: personio.page(smaller(asked)))
    assert ids(client_here) == list(range(120))


def smaller(asked: Asked) -> Asked:
    return Asked(asked.method, asked.path, {**asked.query, "limit": "50"}, asked.headers, asked.body)


def test_a_page_that_repeats_is_an_error_before_it_is_given(personio, client_here) -> None:
    personio.people = [record(number) for number in range(250)]
    personio.order(LIST, lambda asked: personio.page(Asked("GET", "", {"offset": "0", "limit": "100"}, {}, "")))
    pages = client_here.pages()
    assert len(next(pages).employees) == 100
    with pytest.raises(ListChanged):
        next(pages)
    assert offsets(personio) == [0, 100]


@pytest.mark.parametrize("count", [100, 200])
def test_the_last_page_once_more_behind_the_total_is_the_end(personio, client_here, count) -> None:
    personio.people = [record(number) for number in range(count)]

    def last_again(asked: Asked) -> Reply:
        offset = min(int(asked.query["offset"]), count - 100)
        return personio.page(Asked("GET", "", {"offset": str(offset), "limit": "100"}, {}, ""))

    personio.order(LIST, last_again)
    assert ids(client_here) == list(range(count))
    assert offsets(personio) == [*range(0, count + 1, 100)]


def test_another_page_behind_the_total_that_repeats_somebody_is_an_error(personio, client_here) -> None:
    personio.people = [record(number) for number in range(200)]

    def first_again(asked: Asked) -> Reply:
        offset = int(asked.query["offset"]) % 200
        return personio.page(Asked("GET", "", {"offset": str(offset), "limit": "100"}, {}, ""))

    personio.order(LIST, first_again)
    with pytest.raises(ListChanged):
        ids(client_here)


def test_somebody_twice_on_one_page_is_an_error(personio, client_here) -> None:
    personio.people = [record(1), record(2), record(1)]
    with pytest.raises(ListChanged):
        ids(client_here)


def test_somebody_who_leaves_the_list_meanwhile_is_an_error_for_another_is_skipped(personio, client_here) -> None:
    personio.people = [record(number) for number in range(200)]
    pages = client_here.pages()
    next(pages)
    del personio.people[5]  # number 100 is now on the first page, which was read
    with pytest.raises(ListChanged):
        list(pages)


def test_a_list_that_is_shorter_than_its_total_is_an_error(personio, client_here) -> None:
    body = {"success": True, "metadata": {"total_elements": 3}, "data": [record(1), record(2)]}
    personio.order(LIST, Reply(body=body), Reply(body={**body, "data": []}))
    with pytest.raises(ListChanged):
        ids(client_here)


def test_a_total_that_is_too_small_hides_nobody_behind_a_full_page(personio, client_here) -> None:
    people = [record(number) for number in range(120)]

    def page(asked: Asked) -> Reply:
        start = int(asked.query["offset"])
        return Reply(body={"metadata": {"total_elements": 100}, "data": people[start : start + 100]})

    personio.order(LIST, page)
    assert ids(client_here) == list(range(120))


def test_without_a_total_the_list_ends_at_an_empty_page(personio, client_here) -> None:
    people = [record(number) for number in range(130)]
    personio.order(
        LIST, lambda asked: Reply(body={"success": True, "data": people[int(asked.query["offset"]) :][:100]})
    )
    assert ids(client_here) == list(range(130))
    assert offsets(personio) == [0, 100, 200]


def test_a_record_with_every_field_null_is_given_and_counted(personio, client_here) -> None:
    nothing = {"type": "Employee", "attributes": {"id": {"label": "ID", "value": None}, "email": {"value": None}}}
    personio.people = [record(1), nothing, None, record(2)]  # type: ignore[list-item]
    assert ids(client_here) == [1, None, None, 2]


def test_a_list_of_records_without_ids_ends_too(personio, client_here, monkeypatch) -> None:
    monkeypatch.setattr("loket_portal.personio.lists.MAX_PAGES", 5)
    personio.order(LIST, Reply(body={"success": True, "data": [None] * 100}))
    with pytest.raises(ConfigProblem):
        ids(client_here)
    assert len(personio.calls(LIST)) == 5


def test_memory_does_not_grow_with_the_number_of_people(personio, client_here) -> None:
    """Only the ids are kept: 24 bytes or so for each, where a record takes thousands."""
    fields = {f"dynamic_{number}": "x" * 50 for number in range(30)}
    personio.order(LIST, lambda asked: big_page(int(asked.query["offset"]), fields))
    tracemalloc.start()
    try:
        peaks = []
        for page in client_here.pages():
            assert len(page.employees) in (100, 0)
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.reset_peak()
    finally:
        tracemalloc.stop()
    assert len(peaks) == 41
    assert max(peaks[20:]) < 1.3 * max(peaks[:5])


def big_page(offset: int, fields: dict[str, str]) -> Reply:
    rows = [record(number, **fields) for number in range(offset, min(offset + 100, 4000))]
    return Reply(body={"success": True, "metadata": {"total_elements": 4000}, "data": rows})


@pytest.mark.parametrize("body", [[], {"success": True}, {"success": True, "data": {"0": 1}}, "<html>", None])
def test_a_list_that_is_none_is_told_and_not_taken_for_an_empty_one(personio, client_here, body) -> None:
    personio.order(LIST, Reply(body=body))
    with pytest.raises(ConfigProblem, match="not what Personio documents"):
        ids(client_here)


# v2


def link(cursor: str, host: str = "https://api.personio.de") -> dict[str, Any]:
    return {"links": {"next": {"href": f"{host}/v2/persons?cursor={cursor}"}}}


def people(*numbers: int) -> list[dict[str, Any]]:
    return [{"id": str(number), "employments": [{"id": f"e{number}"}]} for number in numbers]


def test_persons_come_by_cursor_on_our_own_base_with_the_limit_sent_again(personio, client_here) -> None:
    personio.order(
        PERSONS,
        Reply(body={"_data": people(1, 2), "_meta": link("cur_a+b%2Fc%3D", "https://evil.example")}),
        Reply(body={"_data": people(3), "_meta": {"links": {"self": {"href": "x"}}}}),
    )
    found = list(client_here.iter_persons())
    assert [(person.id, person.employment_ids) for person in found] == [(1, ("e1",)), (2, ("e2",)), (3, ("e3",))]
    first, second = personio.calls(PERSONS)
    assert first.query == {"limit": "50"}
    assert second.query == {"limit": "50", "cursor": "cur_a+b/c="}


def test_a_link_may_be_a_plain_text(personio, client_here) -> None:
    plain = {"links": {"next": "https://api.personio.de/v2/persons?cursor=b"}}
    personio.order(PERSONS, Reply(body={"_data": people(1), "_meta": plain}), Reply(body={"_data": people(2)}))
    assert [person.id for person in client_here.iter_persons()] == [1, 2]


def test_a_cursor_that_repeats_is_an_error_and_no_loop(personio, client_here) -> None:
    personio.order(
        PERSONS,
        Reply(body={"_data": people(1), "_meta": link("a")}),
        Reply(body={"_data": people(2), "_meta": link("a")}),
    )
    with pytest.raises(ListChanged):
        list(client_here.iter_persons())
    assert len(personio.calls(PERSONS)) == 2


def test_a_person_who_repeats_is_an_error(personio, client_here) -> None:
    personio.order(
        PERSONS,
        Reply(body={"_data": people(1), "_meta": link("a")}),
        Reply(body={"_data": people(1), "_meta": link("b")}),
    )
    with pytest.raises(ListChanged):
        list(client_here.iter_persons())


def test_an_empty_page_ends_the_list_whatever_its_link_says(personio, client_here) -> None:
    personio.order(PERSONS, Reply(body={"_data": [], "_meta": link("a")}))
    assert list(client_here.iter_persons()) == []
    assert len(personio.calls(PERSONS)) == 1


@pytest.mark.parametrize(
    "row",
    [
        *(None, [], "x", {}, {"id": None, "employments": [{"id": "e"}]}, {"id": "x7", "employments": []}),
        *(
            {"id": "7", "employments": "e1"},
            {"id": "7", "employments": [None]},
            {"id": "7", "employments": {"id": "e"}},
        ),
        {"id": "7", "employments": [{"id": "e1"}, {"id": None}]},
    ],
)
def test_a_broken_row_is_somebody_without_an_id_and_hides_nobody_else(personio, client_here, row) -> None:
    personio.order(PERSONS, Reply(body={"_data": [*people(1), row, *people(2)]}))
    assert [person.id for person in client_here.iter_persons()] == [1, None, 2]


def test_two_rows_without_an_id_are_no_repetition(personio, client_here) -> None:
    personio.order(PERSONS, Reply(body={"_data": [{}, *people(1), {}]}))
    assert [person.id for person in client_here.iter_persons()] == [None, 1, None]


def test_employments_answer_404_now_and_then_and_are_asked_again(personio, client_here) -> None:
    path = "/v2/persons/7/employments"
    gone = Reply(404, {"errors": [{"title": "Resource not found"}]})
    personio.order(path, gone, gone, Reply(body={"_data": []}))
    assert client_here.list_employments(7) == []
    assert len(personio.calls(path)) == 3


def test_the_employments_of_nobody_are_an_error_and_not_an_empty_list(personio, client_here) -> None:
    personio.order("/v2/persons/7/employments", Reply(404, {"errors": []}))
    with pytest.raises(ListChanged):
        client_here.list_employments(7)


def test_persons_need_their_own_right(personio, client_here) -> None:
    personio.order(PERSONS, Reply(403, {"errors": [{"title": "Insufficient access scope"}]}))
    with pytest.raises(NotReadable) as caught:
        list(client_here.iter_persons())
    assert caught.value.what == "persons"
