"""Measures how fast documents are added and questions answered, beside the model's own forward pass in the same run.

Bare times say more of the machine than of the program, so each is also given as a share or multiple of the time in
the model. Exits with 1 if a bound is missed.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from rich.console import Console
from rich.table import Table
from sentence_transformers.sentence_transformer.modules import Transformer
from torch.nn import Module
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook

from index.embed import Embedder
from index.model import DEFAULT_MODEL, find_model
from qa.ask import ask
from tests.measure.datasets import SHARED_DATA, build_paragraph_library, load_squad

PARAGRAPHS = 1000
QUESTIONS = 300
MAX_OUTSIDE_SHARE = 0.10
MAX_OUTSIDE_MS = 15.0


class ForwardClock:
    """The seconds that Sentence Transformers models spend in their forward pass, all told."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._began = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count while the block runs."""
        handles = [register_module_forward_pre_hook(self._start), register_module_forward_hook(self._stop)]
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()

    def _start(self, module: Module, _: object) -> None:
        if isinstance(module, Transformer):
            self._began = time.perf_counter()

    def _stop(self, module: Module, _inputs: object, _output: object) -> None:
        if isinstance(module, Transformer):
            self.seconds += time.perf_counter() - self._began


def measure_indexing(embedder: Embedder, clock: ForwardClock) -> tuple[float, float]:
    """The seconds that adding `PARAGRAPHS` paragraphs takes, and those of them in the model."""
    paragraphs = load_squad(SHARED_DATA / "squad" / "dev-v1.1.json.gz").paragraphs[:PARAGRAPHS]
    before, began = clock.seconds, time.perf_counter()
    build_paragraph_library("bench", paragraphs, embedder).close()
    return time.perf_counter() - began, clock.seconds - before


def measure_questions(embedder: Embedder, clock: ForwardClock) -> tuple[list[float], list[float]]:
    """For each of `QUESTIONS` warm questions, the milliseconds it takes and those of them in the model."""
    xquad = load_squad(SHARED_DATA / "xquad" / "xquad.en.json")
    totals, forwards = [], []
    with build_paragraph_library("xquad", xquad.paragraphs, embedder) as library:
        ask(library, embedder, xquad.questions[0].question)
        for gold in xquad.questions[1 : QUESTIONS + 1]:
            before, began = clock.seconds, time.perf_counter()
            ask(library, embedder, gold.question)
            totals.append((time.perf_counter() - began) * 1000)
            forwards.append((clock.seconds - before) * 1000)
    return totals, forwards


def main() -> None:
    """Print both, and the bounds."""
    if not SHARED_DATA.is_dir():
        sys.exit(f"Nothing to measure with: {SHARED_DATA} is not there")
    embedder = Embedder(find_model(DEFAULT_MODEL))
    clock = ForwardClock()
    with clock.running():
        total_s, forward_s = measure_indexing(embedder, clock)
        totals_ms, forwards_ms = measure_questions(embedder, clock)
    outside_ms = np.subtract(totals_ms, forwards_ms)
    outside_share = (total_s - forward_s) / total_s
    table = Table("figure", "value", "bound", title="Speed, beside the model's forward pass in this run")
    table.add_row(f"adding {PARAGRAPHS} paragraphs: share of time outside the model", f"{outside_share:.1%}", "10 %")
    table.add_row("adding, as a multiple of the time in the model", f"{total_s / forward_s:.2f}", "")
    p50 = float(np.quantile(outside_ms, 0.5))
    table.add_row("a question: time outside the model, p50", f"{p50:.1f} ms", f"{MAX_OUTSIDE_MS:.0f} ms")
    for quantile in (0.5, 0.95):
        multiple = np.quantile(totals_ms, quantile) / np.quantile(forwards_ms, 0.5)
        table.add_row(f"a question, p{quantile * 100:.0f}, as a multiple of the model's p50", f"{multiple:.2f}", "")
    Console().print(table)
    if outside_share > MAX_OUTSIDE_SHARE or p50 > MAX_OUTSIDE_MS:
        sys.exit(1)


if __name__ == "__main__":
    main()
