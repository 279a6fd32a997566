"""The line in which questions wait: one is answered at a time, in the order in which they came.

Two at once would take turns on the same cores and both be late.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

Result = TypeVar("Result")


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
    """Does what is brought to it, one after the other."""

    def __init__(self) -> None:
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="answer")
        self._lock = threading.Lock()
        self._count = 0
        self._unfinished: set[int] = set()

    def stand(self, work: Callable[[], Result], keep: Callable[[Result], None]) -> Ticket[Result]:
        """Stand at the end of the line with `work`; what comes of it goes to `keep` unless the ticket is dropped."""
        is_dropped = threading.Event()

        def work_and_keep() -> Result:
            result = work()
            if not is_dropped.is_set():
                keep(result)
            return result

        with self._lock:
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

    def close(self) -> None:
        """Turn away those that wait, and finish the one whose turn it is."""
        self._worker.shutdown(wait=True, cancel_futures=True)

    def _leave(self, number: int) -> None:
        with self._lock:
            self._unfinished.discard(number)
