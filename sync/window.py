"""A sliding window of threads: as many jobs at once as there are threads, no barrier between them. Pure.

The caller's thread puts jobs in and takes results out. With one thread there is none: a job runs when its result is
taken.
"""

import threading
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue
from typing import Generic, TypeVar

Job = TypeVar("Job")
Done = TypeVar("Done")


class Window(Generic[Job, Done]):
    """Works on jobs in `threads` threads. Use it in a `with`: at its end all threads have ended."""

    def __init__(self, threads: int, work: Callable[[Job], Done], leave: Callable[[], object] = lambda: None) -> None:
        """`leave` is called by each thread when it ends."""
        self.threads, self._work, self._leave = max(1, threads), work, leave
        self._jobs: deque[Job] = deque()
        self._ready = threading.Semaphore(0)
        self._done: SimpleQueue[tuple[Done | None, BaseException | None]] = SimpleQueue()
        self._begun = 0
        self._lock = threading.Lock()
        self._is_closed = False
        self._team = [threading.Thread(target=self._run, name=f"window-{n}", daemon=True) for n in self._numbers]

    @property
    def _numbers(self) -> range:
        return range(self.threads) if self.threads > 1 else range(0)

    def __enter__(self) -> "Window[Job, Done]":
        for thread in self._team:
            thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.give_back()
        self._is_closed = True
        for _ in self._team:
            self._ready.release()
        for thread in self._team:
            thread.join()

    @property
    def waiting(self) -> int:
        """Jobs that nobody has begun."""
        return len(self._jobs)

    @property
    def is_busy(self) -> bool:
        """Whether a result is still to come."""
        with self._lock:
            return bool(self._jobs or self._begun)

    @property
    def has_done(self) -> bool:
        """Whether a result can be taken without waiting for it."""
        return not self._done.empty()

    def put(self, job: Job) -> None:
        """One more job."""
        with self._lock:
            self._jobs.append(job)
        self._ready.release()

    def take(self) -> Done:
        """The next result, in the order in which they come; raises what a job raised. Only when `is_busy`."""
        if not self._team:
            return self._work(self._jobs.popleft())
        done, error = self._done.get()
        with self._lock:
            self._begun -= 1
        if error is not None:
            raise error
        return done  # type: ignore[return-value]

    def give_back(self) -> list[Job]:
        """The jobs that nobody has begun; they are no longer in the window."""
        with self._lock:
            unbegun = list(self._jobs)
            self._jobs.clear()
        return unbegun

    def _run(self) -> None:
        try:
            while True:
                self._ready.acquire()
                with self._lock:
                    if self._is_closed and not self._jobs:
                        return
                    if not self._jobs:  # given back
                        continue
                    job = self._jobs.popleft()
                    self._begun += 1
                self._one(job)
        finally:
            self._leave()

    def _one(self, job: Job) -> None:
        try:
            self._done.put((self._work(job), None))
        except BaseException as error:  # noqa: BLE001  whatever it is, it goes to the caller's thread
            self._done.put((None, error))
