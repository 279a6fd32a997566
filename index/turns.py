"""Threads that long work shares with short: what is asked for meanwhile need not wait until all of it is done."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def map_in_turn(
    threads: Executor, do: Callable[[Item], Result], items: Iterable[Item], most_waiting: int
) -> Iterator[Result]:
    """What `do` makes of each item, in their order; at most `most_waiting` of them are with `threads` at any time.

    To keep all threads busy, that is one more than there are.
    """
    waiting: deque[Future[Result]] = deque()
    for item in items:
        if len(waiting) == most_waiting:
            yield waiting.popleft().result()
        waiting.append(threads.submit(do, item))
    while waiting:
        yield waiting.popleft().result()
