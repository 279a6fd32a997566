"""The child process in which one draft is checked, so that one that takes for ever ends with it, and nobody waits.

It reads a library's folder, a draft and its bytes from its standard input, and writes a line of JSON for each claim
as it is found, then an empty one. It has been sent nothing that its parent does not hold itself.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import sys
from itertools import chain
from pathlib import Path

from index.library import Library
from qa.check import Checker, Finding
from qa.check_draft import make_draft
from qa.check_sources import sources_of
from source.document import Document

_MAX_MEMORY_BYTES = 4_000_000_000
_NICENESS = 10


def main() -> None:
    """Check the draft, after whatever else there is to do on this machine."""
    limit_memory()
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    folder, document, data = pickle.load(sys.stdin.buffer)  # noqa: S301 - what comes from the parent is its own
    check(folder, document, data)


def check(folder: Path, document: Document, data: bytes) -> None:
    """Write what the library in `folder` says of each claim."""
    draft = make_draft(document, data)
    with Library(folder) as library:
        checker = Checker(sources_of(library), draft)
        for finding in chain(checker.quotations(), checker.numbers(), checker.cited()):
            print(json.dumps(_values(finding)), flush=True)
    print(flush=True)


def _values(one: Finding) -> dict[str, object]:
    return {
        "kind": one.kind,
        "span": [one.span.start, one.span.end],
        "verdict": one.verdict,
        "document": one.source.id if one.source and one.place else None,
        "place": [one.place.start, one.place.end] if one.place else None,
        "difference": one.difference,
    }


def limit_memory() -> None:
    """Bound the memory of this process, where the system can do so."""
    if sys.platform == "win32":
        return
    import resource

    with contextlib.suppress(ValueError, OSError):  # macOS refuses it
        resource.setrlimit(resource.RLIMIT_AS, (_MAX_MEMORY_BYTES, _MAX_MEMORY_BYTES))


if __name__ == "__main__":
    main()
