"""The window of threads: as many jobs at once as it has threads, each result once, and an end that leaves nothing behind."""

import threading
from typing import Any

import pytest

from sync.window import Ahead, Window


def all_of(window: Window[int, Any]) -> list[Any]:
    found = []
    while window.is_busy:
        found.append(window.take())
    return found


@pytest.mark.parametrize("threads", [1, 2, 8])
def test_every_job_is_done_once(threads: int) -> None:
    with Window(threads, lambda job: job * job) as window:
        for job in range(50):
            window.put(job)
        assert sorted(all_of(window)) == [job * job for job in range(50)]


def test_with_one_thread_the_callers_own_does_the_work_in_order() -> None:
    with Window(1, lambda job: (job, threading.current_thread())) as window:
        for job in (3, 1, 2):
            window.put(job)
        assert all_of(window) == [(job, threading.current_thread()) for job in (3, 1, 2)]


def test_as_many_jobs_run_at_once_as_there_are_threads_and_no_more() -> None:
    meeting, at_once, most = threading.Barrier(3), set[int](), list[int]()

    def work(job: int) -> None:
        at_once.add(job)
        most.append(len(at_once))
        meeting.wait(10)
        at_once.discard(job)
        meeting.wait(10)

    with Window(3, work) as window:
        for job in range(6):
            window.put(job)
        all_of(window)
    assert max(most) == 3


@pytest.mark.parametrize("threads", [1, 4])
def test_what_a_job_raises_is_raised_where_its_result_is_taken(threads: int) -> None:
    def work(job: int) -> int:
        if job == 1:
            raise KeyError(job)
        return job

    with Window(threads, work) as window:
        for job in (1, 2):
            window.put(job)
        found: list[Any] = []
        while window.is_busy:
            try:
                found.append(window.take())
            except KeyError as error:
                found.append(str(error))
    assert set(found) == {"1", 2}


def test_jobs_that_nobody_has_begun_are_given_back() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def work(job: int) -> int:
        begun.set()
        go_on.wait(10)
        return job

    with Window(2, work) as window:
        window.put(0)
        assert begun.wait(10)
        window.put(1)  # for the second thread, or given back: it may not have begun yet
        for job in range(2, 9):
            window.put(job)
        given = window.give_back()
        go_on.set()
        done = all_of(window)
    assert sorted([*given, *done]) == list(range(9))
    assert set(range(2, 9)) <= set(given)


def test_its_threads_end_with_it_each_with_a_last_word() -> None:
    left: list[str] = []
    with Window(4, lambda job: job, lambda: left.append(threading.current_thread().name)) as window:
        window.put(1)
        window.take()
        threads = [thread for thread in threading.enumerate() if thread.name.startswith("window-")]
        assert len(threads) == 4
    assert len(set(left)) == 4
    assert not any(thread.is_alive() for thread in threads)


def test_a_fault_of_the_caller_ends_the_threads_too() -> None:
    def fail(window: Window[int, int]) -> None:
        with window:
            window.put(1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail(Window(3, lambda job: job))
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("window-")]


def test_a_question_is_asked_beside_and_its_answer_waits_until_it_is_needed() -> None:
    asked_in: list[str] = []
    begun, left = threading.Event(), threading.Event()

    def ask() -> int:
        asked_in.append(threading.current_thread().name)
        begun.set()
        return len(asked_in)

    with Ahead(ask, left.set, is_threaded=True) as question:
        question.begin()
        assert begun.wait(10)
        assert left.wait(10)
        assert question.answer() == 1
        assert question.answer() == 2, "nobody asked ahead, so it is asked now"
    here = threading.current_thread().name
    assert [name == here for name in asked_in] == [False, True]


def test_without_threads_a_question_is_asked_when_its_answer_is_needed() -> None:
    asked: list[int] = []
    with Ahead(lambda: asked.append(1), lambda: None, is_threaded=False) as question:
        question.begin()
        assert asked == []
        question.answer()
        assert asked == [1]


def test_what_a_question_ended_in_is_raised_where_the_answer_is_needed() -> None:
    left = threading.Event()
    with Ahead(lambda: 1 // 0, left.set, is_threaded=True) as question:
        question.begin()
        assert left.wait(10)
        with pytest.raises(ZeroDivisionError):
            question.answer()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ahead")]
