"""Measures how fast documents are added and questions answered, as ratios within one run: machines differ."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from index.embed import Embedder

PARAGRAPHS = 1000
QUESTIONS = 300
MAX_OUTSIDE_SHARE = 0.10
MAX_OUTSIDE_MS = 15.0

console = Console()


class ForwardClock:
    """The time that a model spends in its forward pass."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.seconds = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count while the block runs."""
        began = [0.0]

        def start(*_: object) -> None:
            began[0] = time.perf_counter()

        def stop(*_: object) -> None:
            self.seconds += time.perf_counter() - began[0]

        handles = self._embedder.on_forward(start, stop)
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()
