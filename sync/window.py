"""A sliding window of threads: as many jobs at once as there are threads, no barrier between them. Pure.

The caller's thread puts jobs in and takes results out; only it may. With one thread there is none: a job runs when its
result is taken. Beside it a question may be asked before its answer is needed.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

Job = TypeVar("Job")
Done = TypeVar("Done")
Answer = TypeVar("Answer")


class Window(Generic[Job, Done]):
    """Works on jobs in `threads` threads; a job is never None. Use it in a `with`: at its end all threads have ended."""

    def __init__(self, threads: int, work: Callable[[Job], Done], leave: Callable[[], object] = lambda: None) -> None:
        """`leave` is called by each thread when it ends."""
        self.threads, self._work, self._leave = max(1, threads), work, leave
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()  # None: nothing more comes
        self._done: SimpleQueue[tuple[Done | None, BaseException | None]] = SimpleQueue()
        self._open = 0
        numbers = range(self.threads) if self.threads > 1 else range(0)
        self._team = [threading.Thread(target=self._run, name=f"window-{n}", daemon=True) for n in numbers]

    def __enter__(self) -> "Window[Job, Done]":
        for thread in self._team:
            thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.give_back()
        for _ in self._team:
            self._jobs.put(None)
        for thread in self._team:
            thread.join()

    @property
    def waiting(self) -> int:
        """Jobs that nobody has begun."""
        return self._jobs.qsize()

    @property
    def is_busy(self) -> bool:
        """Whether a result is still to come."""
        return self._open > 0

    @property
    def has_done(self) -> bool:
        """Whether a result can be taken without waiting for it."""
        return not self._done.empty()

    def put(self, job: Job) -> None:
        """One more job."""
        self._open += 1
        self._jobs.put(job)

    def take(self) -> Done:
        """The next result, in the order in which they come; raises what a job raised. Only when `is_busy`."""
        if not self._team and (job := self._next()) is not None:
            self._one(job)
        done, error = self._done.get()
        self._open -= 1
        if error is not None:
            raise error
        return done  # type: ignore[return-value]

    def give_back(self) -> list[Job]:
        """The jobs that nobody has begun; they are no longer in the window."""
        unbegun: list[Job] = []
        while (job := self._next()) is not None:
            unbegun.append(job)
        self._open -= len(unbegun)
        return unbegun

    def _next(self) -> Job | None:
        try:
            return self._jobs.get_nowait()
        except Empty:
            return None

    def _run(self) -> None:
        try:
            while (job := self._jobs.get()) is not None:
                self._one(job)
        finally:
            self._leave()

    def _one(self, job: Job) -> None:
        try:
            self._done.put((self._work(job), None))
        except BaseException as error:  # noqa: BLE001  whatever it is, it goes to the caller's thread
            self._done.put((None, error))


class Ahead(Generic[Answer]):
    """A question that is asked before its answer is needed, in a thread of its own. Use it in a `with`."""

    def __init__(self, ask: Callable[[], Answer], leave: Callable[[], object], *, is_threaded: bool) -> None:
        """`leave` is called in the thread after each answer. Without one it is asked when the answer is needed."""
        self._ask, self._leave = ask, leave
        self._pool = ThreadPoolExecutor(1, "ahead") if is_threaded else None
        self._asked: Future[Answer] | None = None

    def __enter__(self) -> "Ahead[Answer]":
        return self

    def __exit__(self, *_exc: object) -> None:
        if self._pool:
            self._pool.shutdown()

    def begin(self) -> None:
        """Asks, if that can be done meanwhile."""
        if self._pool:
            self._asked = self._pool.submit(self._left)

    def answer(self) -> Answer:
        """What was asked last, or is asked now; raises what asking raises."""
        asked, self._asked = self._asked, None
        return asked.result() if asked else self._ask()

    def _left(self) -> Answer:
        try:
            return self._ask()
        finally:
            self._leave()
