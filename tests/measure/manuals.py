"""Adds the manuals that come with this machine's Debian packages to a library, and prints how fast, in how much memory.

PDF, HTML and EPUB files below `/usr/share/doc`, `/usr/share/help` and the like are taken, so the figures depend on what
is installed; each package of documentation adds to it. `--pages` says how many are enough.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import resource
import shutil
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
from tests.measure.datasets import ROOT

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


def main() -> None:
    """Add them and print the figures."""
    parser = argparse.ArgumentParser(prog="make manuals", description="Adds this machine's manuals to a library.")
    parser.add_argument("--pages", type=float, default=3000)
    options = parser.parse_args()
    manuals = choose(find_manuals(), options.pages)
    expected = sum(one.pages for one in manuals)
    kinds = Counter(one.path.suffix.lower() for one in manuals)
    console.print(f"{len(manuals):,} files of about {expected:,.0f} pages: {dict(kinds)}", highlight=False)
    if expected < options.pages:
        console.print("That is all there is; install more packages of documentation for more.")
    folder = ROOT / "build" / "manuals"
    shutil.rmtree(folder, ignore_errors=True)
    embedder = Embedder(find_model(DEFAULT_MODEL))
    began = time.perf_counter()
    with Library(folder) as library:
        events = add_paths(library, embedder, [one.path for one in manuals])
        progress = Console(stderr=True)
        failures = [
            event
            for event in track(events, "Adding", console=progress, disable=not progress.is_terminal)
            if isinstance(event, Failed)
        ]
        seconds = time.perf_counter() - began
        documents = library.documents()
    print_ledger(documents)
    pages = sum(map(pages_of, documents))
    for reason, count in Counter(failure.error.reason for failure in failures).most_common():
        console.print(f"{count} not added: {reason}", markup=False, highlight=False)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    console.print(
        f"{pages / seconds:.1f} pages a second ({pages:,.0f} in {seconds:,.0f} s); "
        f"at most {own:,.0f} MB in this process and {child:,.0f} MB in the largest that loads files",
        highlight=False,
    )


if __name__ == "__main__":
    main()
