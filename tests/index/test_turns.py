"""Work that is shared out in turn: complete, in order, and no obstacle to what comes after it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.turns import map_in_turn


@given(st.lists(st.integers()), st.integers(1, 9), st.integers(1, 3))
def test_it_is_map(items: list[int], most_waiting: int, count: int) -> None:
    with ThreadPoolExecutor(count) as threads:
        assert list(map_in_turn(threads, lambda item: item * 2, items, most_waiting)) == [item * 2 for item in items]


def test_what_comes_later_waits_for_a_few_of_many_only() -> None:
    """One thread; while the first of ten is being done, something else is asked for: it comes after the second."""
    begun, gate, done = threading.Event(), threading.Event(), list[str]()

    def do(name: str) -> None:
        begun.set()
        assert gate.wait(30)
        done.append(name)

    with ThreadPoolExecutor(1) as threads, ThreadPoolExecutor(1) as others:
        many = others.submit(lambda: list(map_in_turn(threads, do, [f"{number} of many" for number in range(10)], 2)))
        assert begun.wait(30)
        while threads._work_queue.qsize() < 1:  # until the second stands in line
            threading.Event().wait(0.001)
        question = threads.submit(do, "question")
        gate.set()
        question.result(30)
        many.result(30)
    assert done == ["0 of many", "1 of many", "question", *(f"{number} of many" for number in range(2, 10))]


def test_an_error_comes_out_where_its_item_stands() -> None:
    with ThreadPoolExecutor(2) as threads:
        results = map_in_turn(threads, lambda item: 6 // item, [3, 2, 0, 1], 2)
        assert (next(results), next(results)) == (2, 3)
        with pytest.raises(ZeroDivisionError):
            next(results)
