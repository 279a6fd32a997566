"""The time that the trained reader takes, told while other code uses it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from index.embed import TokenVectors
from qa.trained import SentenceAnswer, TrainedReader


@contextmanager
def timed_reader(spend: Callable[[float], None]) -> Iterator[None]:
    """Within the block, `spend` is told the seconds of each passage that any trained reader reads."""
    untimed = TrainedReader.read

    def read(reader: TrainedReader, asked: TokenVectors, passage: TokenVectors, sentences: int) -> list[SentenceAnswer]:
        began = time.perf_counter()
        answers = untimed(reader, asked, passage, sentences)
        spend(time.perf_counter() - began)
        return answers

    TrainedReader.read = read  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        TrainedReader.read = untimed  # type: ignore[method-assign]
