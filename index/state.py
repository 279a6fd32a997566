"""What a library can say of itself: how much it holds, and whether its files still say what it has stored."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from index.embed import ModelIdentity
from index.library import Library
from index.records import DocumentRecord

FileState = Literal["current", "changed", "missing", "unreadable"]
"""A document's file now, compared with what was stored of it: the same bytes, others, or none to compare."""


@dataclass(frozen=True, slots=True)
class Stats:
    """The size of a library. Passages and sentences are those of body text, which is what is ranked and quoted.

    `vectors_bytes` is 0 until the vector index has been needed and kept; `bytes_on_disk` is that of all files but
    SQLite's shared memory, which goes when the library is closed.
    """

    documents: int
    passages: int
    sentences: int
    body_chars: int
    heading_chars: int
    furniture_chars: int
    model: ModelIdentity | None
    generation: int
    bytes_on_disk: int
    vectors_bytes: int


def measure_library(library: Library) -> Stats:
    """How much `library` holds, and how much room it takes."""
    with library.snapshot():
        documents = library.documents()
        return Stats(
            documents=len(documents),
            passages=library.count_passages(),
            sentences=library.count_sentences(),
            body_chars=sum(document.body_chars for document in documents),
            heading_chars=sum(document.heading_chars for document in documents),
            furniture_chars=sum(document.furniture_chars for document in documents),
            model=library.model,
            generation=library.generation,
            bytes_on_disk=sum(_size(path) for path in library.folder.rglob("*") if not path.name.endswith("-shm")),
            vectors_bytes=_size(library.vectors_path()),
        )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size if path.is_file() else 0
    except OSError:  # another process has just replaced it
        return 0


def file_state(document: DocumentRecord) -> FileState:
    """Whether the file that `document` was read from still has the same bytes; all of it is read if it may have."""
    path = Path(document.path)
    try:
        if path.stat().st_size != document.size_bytes:
            return "changed"
        with path.open("rb") as file:
            same = hashlib.file_digest(file, "sha256").hexdigest() == document.sha256
    except (FileNotFoundError, NotADirectoryError):
        return "missing"
    except OSError:
        return "unreadable"
    return "current" if same else "changed"
