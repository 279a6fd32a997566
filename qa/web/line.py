"""The line in which questions wait: one is answered at a time, in the order in which they came.

Two at once would take turns on the same cores and both be late. Who would have to wait for too many is told so at once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

from source.errors import QuestionError

Result = TypeVar("Result")

MOST_WAITING = 100
"""Questions: half a minute on two slow cores, beyond which people ask again instead of waiting."""


@dataclass(frozen=True, slots=True)
class Ticket(Generic[Result]):
    """A place in the line: its number, what comes of it, and how many stand before it."""

    number: int
    result: Future[Result]
    line: Line
    is_dropped: threading.Event

    def drop(self) -> None:
        """Leave the line; what is being done for it already will not be kept."""
        self.is_dropped.set()
        self.result.cancel()

    @property
    def ahead(self) -> int:
        """How many that came before have not been finished yet."""
        return self.line.unfinished_before(self.number)


class Line:
    """Does what is brought to it, one after the other; at most `most` may stand in it, the first of them included."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="answer")
        self._lock = threading.Lock()
        self._count = 0
        self._unfinished: set[int] = set()

    def stand(self, work: Callable[[], Result], keep: Callable[[Result], None]) -> Ticket[Result]:
        """Stand at the end of the line with `work`; what comes of it goes to `keep` unless the ticket is dropped.

        Raises:
            QuestionError: the line is full.
        """
        is_dropped = threading.Event()

        def work_and_keep() -> Result:
            result = work()
            if not is_dropped.is_set():
                keep(result)
            return result

        with self._lock:
            self._check_room()
            self._count += 1
            number = self._count
            self._unfinished.add(number)
        result = self._worker.submit(work_and_keep)
        result.add_done_callback(lambda _: self._leave(number))
        return Ticket(number, result, self, is_dropped)

    def unfinished_before(self, number: int) -> int:
        """How many with a smaller number are still in the line."""
        with self._lock:
            return sum(one < number for one in self._unfinished)

    def check_room(self) -> None:
        """Raise `QuestionError` if the line is full."""
        with self._lock:
            self._check_room()

    def _check_room(self) -> None:
        if len(self._unfinished) >= self._most:
            are = "question is" if self._most == 1 else "questions are"
            reason = f"{self._most:,} {are} waiting already"
            raise QuestionError("Cannot answer this question now", reason, "Ask again in a minute.")

    def close(self) -> None:
        """Turn away those that wait, and finish the one whose turn it is."""
        self._worker.shutdown(wait=True, cancel_futures=True)

    def _leave(self, number: int) -> None:
        with self._lock:
            self._unfinished.discard(number)
