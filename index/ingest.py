"""Adding files to a library: one event for each file, past every file that fails.

Passages of several documents are embedded together, so that many small files cost no more than one large one; each
document is then stored in a transaction of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Literal

from index.embed import Embedder
from index.library import Library
from index.records import DocumentRecord
from index.vectors import Vectors
from source.document import Document, Part
from source.errors import DocumentError
from source.load import DEFAULT_MAX_BYTES, load_document
from source.walk import find_files

Outcome = Literal["added", "updated", "unchanged"]

# Enough for the model to work on full batches; few enough that progress shows and little is lost by an interruption.
_PASSAGES_PER_BATCH = 64


@dataclass(frozen=True, slots=True)
class Found:
    """How many files will be reported on, and how many were left out of the folders, by kind. Comes first."""

    files: int
    left_out: Counter[str]


@dataclass(frozen=True, slots=True)
class Stored:
    """A document is in the library, on the disk: as new, in place of an older version, or as it was.

    `gaps` are its pages or the like that have no text or could not be read; none are told of one that is as it was.
    """

    path: Path
    outcome: Outcome
    document: DocumentRecord
    gaps: tuple[Part, ...] = ()


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
    yield from add_paths_lazily(library, lambda: embedder, paths, max_bytes=max_bytes)


def add_paths_lazily(
    library: Library, load: Callable[[], Embedder], paths: Iterable[Path | str], *, max_bytes: int = DEFAULT_MAX_BYTES
) -> Iterator[Event]:
    """As `add_paths`, with a model that is loaded only once there is something to embed."""
    library.check_writable()
    load = cache(load)
    found = find_files(Path(path).expanduser() for path in paths)
    yield Found(len(found.files) + len(found.failures), found.left_out)
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
            yield from _store(library, load(), waiting, stored)
            waiting = []
    if waiting:
        yield from _store(library, load(), waiting, stored)


def _store(
    library: Library, embedder: Embedder, documents: list[Document], stored: dict[str, DocumentRecord]
) -> Iterator[Stored]:
    library.check_model(embedder.identity)
    bodies = [[passage for passage in document.passages if passage.role == "body"] for document in documents]
    vectors = iter(
        embedder.embed_passages(
            [[sentence.folded for sentence in passage.sentences] for body in bodies for passage in body]
        )
    )
    for document, body in zip(documents, bodies, strict=True):
        record = library.put(document, [next(vectors) for _ in body], embedder.identity)
        gaps = tuple(part for part in document.parts if part.state != "text")
        yield Stored(Path(document.path), "updated" if document.path in stored else "added", record, gaps)


def embed_again(library: Library, embedder: Embedder) -> Iterator[tuple[int, Vectors]]:
    """A new vector for every body sentence, by its id: what `Library.replace_vectors` takes."""
    passages = library.folded_passages()
    while batch := list(islice(passages, _PASSAGES_PER_BATCH)):
        embedded = embedder.embed_passages([sentences for _, sentences in batch])
        for (sentence_ids, _), vectors in zip(batch, embedded, strict=True):
            yield from zip(sentence_ids, vectors, strict=True)
