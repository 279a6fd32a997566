"""Adding files to a library: one event for each file, past every file that fails.

Passages of several documents are embedded together, so that many small files cost no more than one large one; each
document is then stored in a transaction of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from index.embed import Embedder
from index.library import Library
from index.records import DocumentRecord
from source.document import Document
from source.errors import DocumentError
from source.load import DEFAULT_MAX_BYTES, load_document
from source.walk import find_files

Outcome = Literal["added", "updated", "unchanged"]

# Enough for the model to work on full batches; few enough that progress shows and little is lost by an interruption.
_PASSAGES_PER_BATCH = 64


@dataclass(frozen=True, slots=True)
class Found:
    """How many files will be loaded, and how many were left out of the folders, by kind. Comes first."""

    files: int
    left_out: Counter[str]


@dataclass(frozen=True, slots=True)
class Stored:
    """A document is in the library, on the disk: as new, in place of an older version, or as it was."""

    path: Path
    outcome: Outcome
    document: DocumentRecord


@dataclass(frozen=True, slots=True)
class Failed:
    """A file or folder could not be added; an older version of it, if there is one, stays as it was."""

    path: Path
    error: DocumentError


Event = Found | Stored | Failed


def add_paths(
    library: Library, embedder: Embedder, paths: Iterable[Path | str], *, max_bytes: int = DEFAULT_MAX_BYTES
) -> Iterator[Event]:
    """Add files, and the files in folders, to `library`: what happened to each, as it happens.

    A file whose bytes are those already stored for its path is not embedded again.

    Raises:
        LibraryError: the library cannot be written; what was reported as stored stays.
    """
    library.check_model(embedder.identity)
    found = find_files(Path(path).expanduser() for path in paths)
    yield Found(len(found.files), found.left_out)
    for failure in found.failures:
        yield Failed(failure.path, failure.error)
    stored = library.documents_by_path()
    waiting: list[Document] = []
    for path in found.files:
        try:
            document = load_document(path, max_bytes=max_bytes)
        except DocumentError as error:
            yield Failed(path, error)
            continue
        older = stored.get(document.path)
        if older and older.sha256 == document.sha256:
            yield Stored(path, "unchanged", older)
            continue
        waiting.append(document)
        if sum(len(one.passages) for one in waiting) >= _PASSAGES_PER_BATCH:
            yield from _store(library, embedder, waiting, stored)
            waiting = []
    yield from _store(library, embedder, waiting, stored)


def _store(
    library: Library, embedder: Embedder, documents: list[Document], stored: dict[str, DocumentRecord]
) -> Iterator[Stored]:
    bodies = [[passage for passage in document.passages if passage.role == "body"] for document in documents]
    vectors = iter(
        embedder.embed_passages(
            [[sentence.folded for sentence in passage.sentences] for body in bodies for passage in body]
        )
    )
    for document, body in zip(documents, bodies, strict=True):
        record = library.put(document, [next(vectors) for _ in body], embedder.identity)
        yield Stored(Path(document.path), "updated" if document.path in stored else "added", record)
