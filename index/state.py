"""What a library can say of itself: how much it holds, and whether its files still say what it has stored."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from index.embed import ModelIdentity
from index.library import Library
from index.records import DocumentRecord
from source.container import container_of, walk_members
from source.errors import DocumentError, LoadError
from source.load import read_bytes
from source.load_options import LoadOptions
from source.member import Member

FileState = Literal["current", "changed", "missing", "unreadable"]
"""A document's file now, compared with what was stored of it: the same bytes, others, or none to compare."""


@dataclass(frozen=True, slots=True)
class Stats:
    """The size of a library. Passages and sentences are those of body text, which is what is ranked and quoted.

    Characters and parts are the sums of what `DocumentRecord` tells of each document.
    `vectors_bytes` is 0 until the vector index has been needed and kept; `bytes_on_disk` is that of all files but
    SQLite's shared memory, which goes when the library is closed.
    """

    documents: int
    passages: int
    sentences: int
    body_chars: int
    heading_chars: int
    furniture_chars: int
    parts: int
    parts_without_text: int
    parts_unreadable: int
    parts_by_ocr: int
    model: ModelIdentity | None
    generation: int
    bytes_on_disk: int
    vectors_bytes: int

    @property
    def extracted_chars(self) -> int:
        """All characters that were read, blanks between passages left out."""
        return self.body_chars + self.heading_chars + self.furniture_chars


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
            parts=sum(document.parts for document in documents),
            parts_without_text=sum(document.parts_without_text for document in documents),
            parts_unreadable=sum(document.parts_unreadable for document in documents),
            parts_by_ocr=sum(document.parts_by_ocr for document in documents),
            model=library.model,
            generation=library.generation,
            bytes_on_disk=sum(_size(path) for path in library.folder.rglob("*") if not path.name.endswith("-shm")),
            vectors_bytes=sum(map(_size, library.vectors_paths())),
        )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size if path.is_file() else 0
    except OSError:  # another process has just replaced it
        return 0


def file_state(document: DocumentRecord) -> FileState:
    """Whether what `document` was read from still has the same bytes; all of it is read if it may have."""
    return file_states([document])[document.id]


def file_states(documents: Iterable[DocumentRecord]) -> dict[int, FileState]:
    """The same for several documents, by id; a container is unpacked once for all that are in it."""
    digests = cache(_member_digests)
    return {document.id: _state(document, digests) for document in documents}


def _state(document: DocumentRecord, digests: Callable[[Path], dict[str, str]]) -> FileState:
    path = Path(document.path)
    try:
        if path.stat().st_size != document.size_bytes:
            return "changed"
        with path.open("rb") as file:
            same = hashlib.file_digest(file, "sha256").hexdigest() == document.sha256
    except (FileNotFoundError, NotADirectoryError):
        return _member_state(document, digests)
    except OSError:
        return "unreadable"
    return "current" if same else "changed"


def _member_state(document: DocumentRecord, digests: Callable[[Path], dict[str, str]]) -> FileState:
    try:
        container = container_of(Path(document.path))
        if container is None:
            return "missing"
        digest = digests(container).get(document.path)
    except (DocumentError, LoadError, OSError):
        return "unreadable"
    if digest is None:
        return "missing"
    if not digest:
        return "unreadable"
    return "current" if digest == document.sha256 else "changed"


def _member_digests(container: Path) -> dict[str, str]:
    """The SHA-256 of each member of `container`, by its path; empty for one that cannot be read."""
    options = LoadOptions(max_bytes=container.stat().st_size)
    return {
        str(path): hashlib.sha256(member.data).hexdigest() if isinstance(member, Member) else ""
        for path, member in walk_members(container, read_bytes(container, options.max_bytes), options)
    }
