"""Measures questions, memory, additions and removals in libraries of 10 thousand to 1 million passages.

Each size is measured in a process of its own, and all times beside the embedding of one question in that process. The
libraries are built first (`tests.measure.size_libraries`), which takes a while and gigabytes, and kept.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from index.embed import Embedder, TokenVectors
from index.ingest import add_paths
from index.library import Library
from index.model import DEFAULT_MODEL, ModelFiles, find_model
from index.records import DocumentRecord
from index.vectors import Vectors
from qa.ask import ask
from tests.documents import body_sentences, make_document
from tests.measure.datasets import ROOT, SHARED_DATA
from tests.measure.size_libraries import SIZES, build_libraries, library_folder, questions_asked
from tests.measure.timed_reader import timed_reader

STAGES = ("embedding", "counting words", "keyword search", "vector search", "second reading", "trained reader")
_WARMING_UP = 20
_CHANGES = 20
_TEXT = "The bell of Dunmouth was cast by Jonas Trell. It weighs two tons.\n\nIt hangs in the tower by the quay.\n"


class Clock:
    """The milliseconds that each stage took, question by question."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)

    def spend_reading(self, seconds: float) -> None:
        """Count the time of the trained reader."""
        self.spent["trained reader"] += seconds * 1000

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count the time of the block."""
        began = time.perf_counter()
        yield
        self.spent[name] += (time.perf_counter() - began) * 1000


class TimedLibrary(Library):
    """A library that tells `clock` how long its searches take."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        super().__init__(folder)
        self._clock = clock

    def search_vectors(self, vector: Vectors, k: int, among: Collection[int] | None = None) -> list[tuple[int, float]]:
        """As `Library.search_vectors`."""
        with self._clock.stage("vector search"):
            return super().search_vectors(vector, k, among)

    def search_keywords(
        self, words: Sequence[str], k: int, among: Collection[int] | None = None
    ) -> list[tuple[int, float]]:
        """As `Library.search_keywords`."""
        with self._clock.stage("keyword search"):
            return super().search_keywords(words, k, among)

    def count_passages_with(self, word: str) -> int:
        """As `Library.count_passages_with`."""
        with self._clock.stage("counting words"):
            return super().count_passages_with(word)


class TimedEmbedder(Embedder):
    """A model that tells `clock` how long it takes."""

    def __init__(self, files: ModelFiles, clock: Clock) -> None:
        self._clock = clock
        super().__init__(files)

    def embed_question(self, question: str) -> Vectors:
        """As `Embedder.embed_question`."""
        with self._clock.stage("embedding"):
            return super().embed_question(question)

    def embed_tokens(self, texts: Sequence[Sequence[str]]) -> Iterator[TokenVectors]:
        """As `Embedder.embed_tokens`."""
        tokens = super().embed_tokens(texts)
        for _ in texts:
            with self._clock.stage("second reading"):
                one = next(tokens)
            yield one


def measure_questions(folder: Path, count: int) -> dict[str, Any]:
    """Milliseconds of each stage for each of `count` questions, of opening, and the recall of the vector search."""
    clock = Clock()
    began = time.perf_counter()
    library = TimedLibrary(folder, clock)
    embedder = TimedEmbedder(find_model(DEFAULT_MODEL), clock)
    questions = questions_asked()
    questions = questions[:: max(1, len(questions) // (count + _WARMING_UP))][: count + _WARMING_UP]
    ask(library, embedder, questions[0])
    first_s = time.perf_counter() - began
    rows: dict[str, list[float]] = defaultdict(list)
    for question in questions[1:]:
        clock.spent.clear()
        began = time.perf_counter()
        with timed_reader(clock.spend_reading):
            ask(library, embedder, question)
        rows["total"].append((time.perf_counter() - began) * 1000)
        for name in STAGES:
            rows[name].append(clock.spent[name])
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    recall = measure_recall(library, [embedder.embed_question(one) for one in questions[-count // 4 :]])
    library.close()
    kept = {name: values[_WARMING_UP - 1 :] for name, values in rows.items()}
    return {"first_s": first_s, "peak_mb": peak_mb, "recall": recall, "times": kept}


def measure_recall(library: Library, queries: Sequence[Vectors]) -> float:
    """The part of the ten nearest sentences, by comparing all, whose cosine the vector search reaches."""
    statement = "SELECT id, vector FROM sentences WHERE vector IS NOT NULL AND id > ? ORDER BY id LIMIT 20000"
    best = np.full((len(queries), 10), -1.0, dtype=np.float32)
    last = 0
    while rows := library._database.read(statement, [last]):  # past all that searching does
        last = rows[-1][0]
        vectors = np.frombuffer(b"".join(row[1] for row in rows), dtype="<f2").reshape(len(rows), -1)
        scores = np.stack(queries) @ vectors.astype(np.float32).T
        best = -np.sort(-np.concatenate([best, scores], axis=1), axis=1)[:, :10]
    found = [
        sum(score > least[-1] - 1e-4 for _, score in library.search_vectors(query, 10))
        for query, least in zip(queries, best, strict=True)
    ]
    return float(sum(found)) / (10 * len(queries))


def _add_file(library: Library, embedder: Embedder, path: Path) -> None:
    for _ in add_paths(library, embedder, [path]):
        pass


def measure_changes(folder: Path, embedder: Embedder) -> dict[str, float]:
    """Milliseconds of changes with a small document, and of the vector search after each; medians but for erasing.

    "add a file" is all that `qa add` does once the model is there; "put" is its transaction alone.
    """
    vectors = embedder.embed_passages(body_sentences(make_document(f"{_TEXT}0")))
    times, records = defaultdict[str, list[float]](list), list[DocumentRecord]()
    with Library(folder) as library, tempfile.TemporaryDirectory() as files:
        library.search_vectors(vectors[0][0], 10)

        def timed(name: str, change: Callable[[], Any]) -> Any:
            began = time.perf_counter()
            result = change()
            times[name].append((time.perf_counter() - began) * 1000)
            return result

        def search(name: str) -> None:
            timed(name, lambda: library.search_vectors(vectors[0][0], 10))

        for number in range(_CHANGES):
            search("search")
            document = make_document(f"{_TEXT}{number}", f"/documents/added-{number}.txt")
            records.append(timed("put", partial(library.put, document, vectors, embedder.identity)))
            search("search after putting")
            path = Path(files, f"{number}.txt")
            path.write_text(f"{_TEXT}{number}", encoding="utf-8")
            timed("add a file", partial(_add_file, library, embedder, path))
        records += library.documents_under(Path(files).resolve())
        for record in records:
            timed("remove", partial(library.remove, [record.id]))
            search("search after removing")
        timed("erase", library.erase_removed)
    return {name: float(np.median(values)) for name, values in times.items()}


def measure(folder: Path, count: int, *, with_changes: bool) -> dict[str, Any]:
    """All figures of one library."""
    figures = measure_questions(folder, count)
    if with_changes:
        embedder = Embedder(find_model(DEFAULT_MODEL))
        with tempfile.TemporaryDirectory() as empty:
            figures["empty"] = measure_changes(Path(empty), embedder)
        figures["changes"] = measure_changes(folder, embedder)
    return figures


def print_figures(size: int, figures: dict[str, Any]) -> None:
    """One table for one library."""
    times = {name: np.array(values) for name, values in figures["times"].items()}
    one = float(np.median(times["embedding"]))
    times["ranking, reading, all else"] = times["total"] - sum(times[name] for name in STAGES)
    times["total without the trained reader"] = times["total"] - times["trained reader"]
    times["total without the second reading"] = times["total without the trained reader"] - times["second reading"]
    table = Table("stage", "p50, ms", "p95, ms", "p50", "p95", title=f"{size:,} passages; x = embedding one question")
    for name, values in times.items():
        p50, p95 = np.quantile(values, [0.5, 0.95])
        table.add_row(name, f"{p50:.1f}", f"{p95:.1f}", f"{p50 / one:.2f}x", f"{p95 / one:.2f}x")
    console = Console()
    console.print(table)
    console.print(
        f"recall@10 of the vector search {figures['recall']:.4f}; opened and first question answered after "
        f"{figures['first_s'] * 1000 / one:.0f}x; peak memory {figures['peak_mb']:.0f} MB"
    )
    for name, value in figures.get("changes", {}).items():
        console.print(f"{name}: {value:.1f} ms, {value / figures['empty'][name]:.2f} times that of an empty library")


def main() -> None:
    """Build what is missing, measure each size in a process of its own, and print all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=list(SIZES), help="passages, ascending")
    default = ROOT / ".cache" / "measure" / "size"
    parser.add_argument("--folder", type=Path, default=default, help="where libraries built before are, and are kept")
    parser.add_argument("--questions", type=int, default=200, metavar="N")
    parser.add_argument("--changes", action="store_true", help="measure adding and removing, too")
    parser.add_argument("--one", type=int, metavar="SIZE", help="measure this size here and print JSON")
    arguments = parser.parse_args()
    if not SHARED_DATA.is_dir():
        sys.exit(f"Nothing to measure with: {SHARED_DATA} is not there")
    if arguments.one:
        folder = library_folder(arguments.folder, arguments.one)
        sys.stdout.write(json.dumps(measure(folder, arguments.questions, with_changes=arguments.changes)))
        return
    for stored in build_libraries(arguments.folder, arguments.sizes, lambda: Embedder(find_model(DEFAULT_MODEL))):
        if stored % 10_000 < 50:
            sys.stderr.write(f"{stored:,} passages built\n")
    options = ["--folder", str(arguments.folder), "--questions", str(arguments.questions)]
    for size in arguments.sizes:
        command = [sys.executable, "-m", "tests.measure.size", "--one", str(size), *options]
        command += ["--changes"] if arguments.changes else []
        child = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
        print_figures(size, json.loads(child.stdout.splitlines()[-1]))


if __name__ == "__main__":
    main()
