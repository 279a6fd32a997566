"""Feeds thousands of broken files of all kinds to the loaders and to a library, and counts what becomes of them.

`make fuzz` runs 5,000 cases, `make fuzz CASES=300` fewer, `make fuzz FIRST=2500` those from this one on, and
`make fuzz ONLY=1234` one of them, whose file is kept below `build/fuzz`. Exits with 1 if a case crashed or raised
anything but the sentence that says why not, or if the library was harmed; those that a limit of `qa add` ends are
listed.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import track
from rich.table import Table

from source.container import Task, Unloaded
from source.document import Document
from source.workers import Workers
from tests.measure.datasets import ROOT
from tests.measure.fuzz_cases import make_case
from tests.measure.fuzz_library import add_cases, check_library
from tests.measure.fuzz_run import DEFECTS, Fate, Result, run_cases
from tests.measure.fuzz_seeds import sample_seeds

KEPT = ROOT / "build" / "fuzz"
_FATES: tuple[Fate, ...] = ("document", "refused", "left out", "exception", "crash", "too slow", "too large")
# So many files are added to the library in one go.
_BATCH = 250

console = Console(width=120)


def print_summary(results: Sequence[Result]) -> None:
    """What became of the files of each kind, and then each defect and the slowest cases."""
    table = Table("kind", *_FATES, "slowest", title=f"{len(results):,} broken files", title_justify="left")
    for suffix in sorted({result.suffix for result in results}):
        mine = [result for result in results if result.suffix == suffix]
        counts = Counter(result.fate for result in mine)
        slowest = max(result.seconds for result in mine)
        table.add_row(suffix, *(str(counts[fate] or "") for fate in _FATES), f"{slowest:.1f} s")
    totals = Counter(result.fate for result in results)
    table.add_row("all", *(str(totals[fate]) for fate in _FATES), "", style="bold")
    console.print(table)
    for result in sorted(results, key=lambda one: (one.why, one.number)):
        if result.fate in DEFECTS or result.fate in {"too slow", "too large"}:
            case = make_case(result.number)
            words = f"{result.number} {case.suffix} ({case.seed}; {case.how}): {result.fate} {result.why}"
            console.print(words, markup=False, highlight=False)


def fill_library(results: Sequence[Result]) -> bool:
    """True if a library to which all files were added, but for those that are too slow, is sound."""
    numbers = sorted(result.number for result in results if result.fate != "too slow")
    with TemporaryDirectory(prefix="qa-fuzz-library-") as folder:
        library = Path(folder) / "library"
        try:
            for start in range(0, len(numbers), _BATCH):
                add_cases(numbers[start : start + _BATCH], library)
                check_library(library)
        except AssertionError as error:
            console.print(f"The library was harmed: {error}", markup=False)
            return False
    console.print("All of them were added to a library, which is whole and answers.")
    return True


def load_at_limits(results: Sequence[Result]) -> bool:
    """True if the children of `qa add`, at their limits, account for each file that was too slow or too large."""
    numbers = [result.number for result in results if result.fate in {"too slow", "too large"}]
    with TemporaryDirectory(prefix="qa-fuzz-limits-") as folder, Workers() as workers:
        paths = []
        for case in map(make_case, numbers):
            paths.append(Path(folder, case.name))
            paths[-1].write_bytes(case.data)
        told: set[Path] = set()
        for outcome in workers.load(Task(path) for path in paths):
            if isinstance(outcome, Unloaded):
                console.print(str(outcome.error), markup=False, highlight=False)
            if isinstance(outcome, Document | Unloaded):
                told.add(Path(outcome.path))
    return told >= set(paths)


def main() -> None:
    """Run the cases that were asked for."""
    parser = argparse.ArgumentParser(prog="make fuzz", description="Feeds broken files to the loaders.")
    parser.add_argument("--cases", type=int, default=5000, help="the number after that of the last case")
    parser.add_argument("--first", type=int, default=0, help="the number of the first case")
    parser.add_argument("--only", type=int)
    options = parser.parse_args()
    numbers = range(options.first, options.cases) if options.only is None else [options.only]
    console.print(f"Made from our own files and {len(sample_seeds())} samples.")
    if options.only is not None:
        case = make_case(options.only)
        KEPT.mkdir(parents=True, exist_ok=True)
        (KEPT / case.name).write_bytes(case.data)
        console.print(f"{KEPT / case.name}: {case.seed}; {case.how}", markup=False)
    running = run_cases(numbers, lanes=os.cpu_count() or 1)
    progress = Console(stderr=True)
    results = list(track(running, "Loading", total=len(numbers), console=progress, disable=not progress.is_terminal))
    print_summary(results)
    if options.only is not None:
        console.print(*results, markup=False)
    is_sound = fill_library(results)
    if not load_at_limits(results) or not is_sound or any(result.fate in DEFECTS for result in results):
        sys.exit(1)


if __name__ == "__main__":
    main()
