"""The child process in which drafts are checked, so that one that takes for ever ends with it, and nobody waits.

It reads what to do from its standard input, and writes a line of JSON for each claim as it is found, and an empty one
after each draft. It has been sent nothing that its parent does not hold itself.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import pickle
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TextIO

from index.library import DATABASE_NAME, Library
from qa.check import Checker, Finding
from qa.check_draft import make_draft
from qa.check_sources import sources_of
from source.document import Document
from source.worker import OUT_OF_MEMORY

_MAX_MEMORY_BYTES = 4_000_000_000
# All texts of the library are held, with copies as long to be searched; in its file, vectors take more than texts.
_MEMORY_PER_LIBRARY_BYTE = 4


@dataclass(frozen=True, slots=True)
class CheckTask:
    """The library in `folder`, and drafts with the bytes that they were loaded from.

    `max_s` is for all of them; `niceness` is as that of the system, 0 for what somebody waits for alone.
    """

    folder: Path
    drafts: Sequence[tuple[Document, bytes]]
    max_s: float
    niceness: int


def main() -> None:
    """Check the drafts that the parent sends."""
    output = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="ascii")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what a library prints is no finding
    try:
        task: CheckTask = pickle.load(sys.stdin.buffer)  # noqa: S301 - what comes from the parent is its own
        library_bytes = (task.folder / DATABASE_NAME).stat().st_size
        _limit("RLIMIT_AS", _MAX_MEMORY_BYTES + _MEMORY_PER_LIBRARY_BYTE * library_bytes)
        _limit("RLIMIT_CPU", math.ceil(task.max_s) + 1)  # should nobody be left to end it
        if hasattr(os, "nice"):
            os.nice(task.niceness)
        check(task, output)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)  # what is left of the memory may not do for more
    except (EOFError, BrokenPipeError):
        os._exit(1)  # the parent has ended


def check(task: CheckTask, output: TextIO) -> None:
    """Write what the library says of each claim to `output`."""
    with Library(task.folder) as library:
        sources = sources_of(library)
        for document, data in task.drafts:
            checker = Checker(sources, make_draft(document, data))
            for finding in chain(checker.quotations(), checker.numbers(), checker.cited()):
                print(json.dumps(_values(finding)), file=output, flush=True)
            print(file=output, flush=True)


def _values(one: Finding) -> dict[str, object]:
    return {
        "kind": one.kind,
        "span": [one.span.start, one.span.end],
        "verdict": one.verdict,
        "document": one.source.id if one.source and one.place else None,
        "place": [one.place.start, one.place.end] if one.place else None,
        "difference": one.difference,
    }


def _limit(kind: str, most: int) -> None:
    """Bound what this process takes of one thing, where the system can do so."""
    if sys.platform == "win32":
        return
    import resource

    with contextlib.suppress(ValueError, OSError):  # macOS refuses some
        resource.setrlimit(getattr(resource, kind), (most, most))
