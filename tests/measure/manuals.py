"""Adds the manuals that come with this machine's Debian packages to a library, and prints how fast, in how much memory.

PDF, HTML and EPUB files below `/usr/share/doc`, `/usr/share/help` and the like are taken, so the figures depend on what
is installed; each package of documentation adds to it. `--pages` says how many are enough, and `--stand-in` leaves
out the model, so that what is left is the rest of the work. Exits with 1 if a character lies in no passage or in two.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from index.embed import Embedder
from index.ingest import Failed, add_paths
from index.library import Library
from index.model import DEFAULT_MODEL, find_model
from index.records import DocumentRecord
from tests.checks import check_coverage
from tests.fakes import WordEmbedder
from tests.measure.datasets import ROOT
from tests.measure.processes import MemoryWatch, processor_seconds

_FOLDERS = ("/usr/share/doc", "/usr/share/help", "/usr/share/gtk-doc", "/usr/share/texmf/doc")
_SUFFIXES = frozenset({".epub", ".htm", ".html", ".pdf", ".xhtml"})
_CHARS_PER_PAGE = 3000
_MAX_BYTES = 50_000_000

console = Console(width=120)


@dataclass(frozen=True, slots=True)
class Manual:
    """A file, and about how many pages it has, by which files are chosen."""

    path: Path
    pages: float


def find_manuals() -> Iterator[Path]:
    """Each file once, in the order of their names; a page that only leads to others is one, too."""
    seen: set[tuple[int, int]] = set()
    for folder in map(Path, _FOLDERS):
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in _SUFFIXES and path.is_file():
                status = path.stat()
                if (status.st_dev, status.st_ino) not in seen and 0 < status.st_size <= _MAX_BYTES:
                    seen.add((status.st_dev, status.st_ino))
                    yield path


def count_pages(path: Path) -> float:
    """The pages of one file; none of a PDF that cannot be opened."""
    if path.suffix.lower() != ".pdf":
        return path.stat().st_size / 2 / _CHARS_PER_PAGE  # about half of it is markup
    import pypdfium2

    with contextlib.suppress(pypdfium2.PdfiumError), pypdfium2.PdfDocument(path) as pdf:
        return len(pdf)
    return 0


def choose(paths: Iterable[Path], pages: float) -> list[Manual]:
    """Files of so many pages together, mixed, always the same for the same files."""
    shuffled = list(paths)
    random.Random(0).shuffle(shuffled)
    chosen: list[Manual] = []
    for path in shuffled:
        if sum(one.pages for one in chosen) >= pages:
            break
        chosen.append(Manual(path, count_pages(path)))
    return chosen


def pages_of(document: DocumentRecord) -> float:
    """The pages of a PDF; of another, `_CHARS_PER_PAGE` characters of its text are one."""
    if document.format == "pdf":
        return document.parts
    return (document.body_chars + document.heading_chars + document.furniture_chars) / _CHARS_PER_PAGE


def print_ledger(documents: list[DocumentRecord]) -> None:
    """What was kept of the files of each format."""
    table = Table("format", "files", "pages", "without text", "unreadable", "in passages", "headings", "furniture")
    for name in [*sorted({one.format for one in documents}), "all"]:
        mine = [one for one in documents if name in {one.format, "all"}]
        table.add_row(
            name,
            *(
                f"{sum(figures):,}"
                for figures in (
                    [1 for _ in mine],
                    [one.parts for one in mine],
                    [one.parts_without_text for one in mine],
                    [one.parts_unreadable for one in mine],
                    [one.body_chars for one in mine],
                    [one.heading_chars for one in mine],
                    [one.furniture_chars for one in mine],
                )
            ),
        )
    console.print(table)


def find_lost(library: Library) -> list[str]:
    """The documents of which a character that is no blank lies in no passage or in two."""
    lost = []
    for document in library.documents():
        try:
            check_coverage(library.text(document.id), [one.span for one in library.passages_of(document.id)])
        except AssertionError as error:
            lost.append(f"{document.path}: {error}")
    return lost


@dataclass(frozen=True, slots=True)
class Run:
    """What adding took: seconds by the clock, and those of a processor in this process and in those that load files."""

    seconds: float
    own_s: float
    loading_s: float
    memory: MemoryWatch
    failures: list[Failed]


def add_manuals(library: Library, embedder: Embedder, manuals: list[Manual]) -> Run:
    """Add them, and watch."""
    progress = Console(stderr=True)
    began, (own_before, loading_before) = time.perf_counter(), processor_seconds()
    with MemoryWatch() as memory:
        events = add_paths(library, embedder, [one.path for one in manuals])
        shown = track(events, "Adding", console=progress, disable=not progress.is_terminal)
        failures = [event for event in shown if isinstance(event, Failed)]
    own, loading = processor_seconds()
    return Run(time.perf_counter() - began, own - own_before, loading - loading_before, memory, failures)


def print_run(run: Run, pages: float, model: str) -> None:
    """How fast it was, and in how much memory."""
    for reason, count in Counter(failure.error.reason for failure in run.failures).most_common():
        console.print(f"{count} not added: {reason}", markup=False, highlight=False)
    together, most = run.own_s + run.loading_s, run.memory.most
    console.print(
        f"{pages / run.seconds:.1f} pages a second ({pages:,.0f} in {run.seconds:,.0f} s). Processor time: loading "
        f"{run.loading_s:,.0f} s ({run.loading_s / together:.0%}, {pages / run.loading_s:.0f} pages a second), "
        f"embedding by {model} and storing {run.own_s:,.0f} s ({pages / run.own_s:.0f} pages a second). At most "
        f"{most.together / 1e6:,.0f} MB at once: {most.own / 1e6:,.0f} in this process and {most.children / 1e6:,.0f} "
        "in those that load files.",
        highlight=False,
    )


def main() -> None:
    """Add them and print the figures."""
    parser = argparse.ArgumentParser(prog="make manuals", description="Adds this machine's manuals to a library.")
    parser.add_argument("--pages", type=float, default=3000)
    parser.add_argument("--stand-in", action="store_true", help="a sum of random vectors instead of the model")
    options = parser.parse_args()
    manuals = choose(find_manuals(), options.pages)
    expected = sum(one.pages for one in manuals)
    kinds = Counter(one.path.suffix.lower() for one in manuals)
    console.print(f"{len(manuals):,} files of about {expected:,.0f} pages: {dict(kinds)}", highlight=False)
    if expected < options.pages:
        console.print("That is all there is; install more packages of documentation for more.")
    folder = ROOT / "build" / "manuals"
    shutil.rmtree(folder, ignore_errors=True)
    embedder = WordEmbedder() if options.stand_in else Embedder(find_model(DEFAULT_MODEL))
    with Library(folder) as library:
        run = add_manuals(library, embedder, manuals)
        documents = library.documents()
        lost = find_lost(library)
    print_ledger(documents)
    print_run(run, sum(map(pages_of, documents)), embedder.identity.name)
    console.print(f"Each character lies in one passage, in {len(documents) - len(lost):,} of {len(documents):,} files.")
    if lost:
        console.print(*lost, sep="\n", markup=False, highlight=False)
        sys.exit(1)


if __name__ == "__main__":
    main()
