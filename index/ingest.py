"""Adding files to a library: what happens to each, as it happens, past every file that fails.

Files are loaded in child processes while the model embeds what has been loaded before. Passages of several documents
are embedded together, so that many small files cost no more than one large one; each document is then stored in a
transaction of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal

from index.embed import Embedder
from index.embedding import PASSAGES_PER_BATCH, Embedding, embed_documents
from index.library import Library
from index.records import DocumentRecord
from source.container import CONTAINERS, LeftOut, Task, Unchanged, Unloaded
from source.document import Document, Part
from source.errors import DocumentError
from source.load import absolute
from source.load_options import NO_OPTIONS, LoadOptions
from source.walk import find_files
from source.workers import PagesLoaded, TaskDone, Workers

Outcome = Literal["added", "updated", "unchanged"]


@dataclass(frozen=True, slots=True)
class Found:
    """How many files will be reported on, and how many were left out of the folders, by kind. Comes first.

    `size_bytes` are those of all files, which `FileDone` tells of one by one.
    """

    files: int
    left_out: Counter[str]
    size_bytes: int


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


@dataclass(frozen=True, slots=True)
class Removed:
    """A document was removed from the library, since what it was read from is no more."""

    path: Path
    document: DocumentRecord


@dataclass(frozen=True, slots=True)
class FileDone:
    """Nothing more will be told of the file at `path`, nor of what is in it."""

    path: Path
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Origin:
    """The web address that a file was fetched from, when (ISO 8601, UTC), and what the document is called for it."""

    address: str
    fetched_at: str
    name: str


_NO_ORIGINS: Mapping[str, Origin] = {}

Event = Found | Stored | Failed | Removed | LeftOut | FileDone | PagesLoaded | Embedding


def add_paths(
    library: Library,
    embedder: Embedder,
    paths: Iterable[Path | str],
    *,
    options: LoadOptions = NO_OPTIONS,
    origins: Mapping[str, Origin] = _NO_ORIGINS,
) -> Iterator[Event]:
    """Add files, and the files in folders, to `library`: what happened to each, as it happens.

    A file whose bytes are those already stored for its path is not embedded again, and neither is a passage that
    stands in the library already. `origins` are those of files that were fetched, by their absolute path.

    Raises:
        LibraryError: the library cannot be written; what was reported as stored stays.
    """
    library.check_model(embedder.identity)
    yield from add_paths_lazily(library, lambda: embedder, paths, options=options, origins=origins)


def add_paths_lazily(
    library: Library,
    load: Callable[[], Embedder],
    paths: Iterable[Path | str],
    *,
    options: LoadOptions = NO_OPTIONS,
    origins: Mapping[str, Origin] = _NO_ORIGINS,
) -> Iterator[Event]:
    """As `add_paths`, with a model that is loaded only once there is something to embed."""
    library.check_writable()
    found = find_files(Path(path).expanduser() for path in paths)
    sizes = {path: _size(path) for path in found.files}
    yield Found(len(found.files) + len(found.failures), found.left_out, sum(sizes.values()))
    for failure in found.failures:
        yield Failed(failure.path, failure.error)
        yield FileDone(failure.path, 0)
    stored = library.documents_at([str(absolute(path)) for path in found.files])
    addition = _Addition(library, cache(load), stored, origins)
    tasks = (Task(path, options, _known(stored, path)) for path in found.files)
    with Workers() as workers:
        for outcome in workers.load(tasks):
            match outcome:
                case TaskDone(task):
                    yield from addition.finish(FileDone(task.path, sizes[task.path]))
                case PagesLoaded() | LeftOut():
                    yield outcome
                case _:
                    yield from addition.note(outcome)
        yield from addition.store_waiting()
    library.drop_spare_vectors()
    library.prepare_search()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # loading it will say why
        return 0


def _known(stored: Mapping[str, DocumentRecord], path: Path) -> dict[str, str]:
    """The digests of the documents in the file at `path`, but for those of which a part could not be read before."""
    return {
        one.path: one.sha256 for one in _documents_in(stored, path) if not one.parts_without_text + one.parts_unreadable
    }


def _documents_in(stored: Mapping[str, DocumentRecord], path: Path) -> list[DocumentRecord]:
    """The stored document that the file at `path` is, and those that stand in it."""
    place = str(absolute(path))
    itself = [stored[place]] if place in stored else []
    if path.suffix.lower() not in CONTAINERS:
        return itself
    return itself + [one for one in stored.values() if one.path.startswith(f"{place}/")]


class _Addition:
    """One run of adding: what is known of each file so far, and what waits to be embedded with others."""

    def __init__(
        self,
        library: Library,
        load: Callable[[], Embedder],
        stored: dict[str, DocumentRecord],
        origins: Mapping[str, Origin],
    ) -> None:
        self._library = library
        self._load = load
        self._stored = stored
        self._origins = origins
        self._waiting: list[Document | FileDone] = []
        self._seen: set[str] = set()
        self._may_lack_members = False

    def note(self, outcome: Document | Unchanged | Unloaded) -> Iterator[Event]:
        """Take in what loading a file, or a member of it, has come to."""
        place = str(absolute(Path(outcome.path)))
        self._seen.add(place)
        if isinstance(outcome, Document) and (origin := self._origins.get(place)):
            outcome = replace(outcome, name=origin.name, origin=origin.address, fetched_at=origin.fetched_at)
        match outcome:
            case Unloaded(path, error):
                self._may_lack_members = True
                yield Failed(path, error)
            case Unchanged(path):
                yield Stored(path, "unchanged", self._stored[place])
            case Document() if self._is_as_stored(outcome):
                yield Stored(Path(outcome.path), "unchanged", self._stored[place])
            case Document():
                self._waiting.append(outcome)
                if sum(len(one.passages) for one in self._waiting if isinstance(one, Document)) >= PASSAGES_PER_BATCH:
                    yield from self.store_waiting()

    def finish(self, done: FileDone) -> Iterator[Event]:
        """Take in that all of a file has been told: documents that stood in it and do so no more are removed."""
        if not self._may_lack_members:
            gone = [one for one in _documents_in(self._stored, done.path) if one.path not in self._seen]
            self._library.remove(document.id for document in gone)
            yield from (Removed(Path(document.path), document) for document in gone)
        self._seen.clear()
        self._may_lack_members = False
        if self._waiting:
            self._waiting.append(done)
        else:
            yield done

    def store_waiting(self) -> Iterator[Event]:
        """Embed and store what waits."""
        waiting, self._waiting = self._waiting, []
        documents = [one for one in waiting if isinstance(one, Document)]
        vectors = iter((yield from embed_documents(self._library, self._load(), documents)) if documents else ())
        for one in waiting:
            if isinstance(one, Document):
                record = self._library.put(one, next(vectors), self._load().identity)
                outcome: Outcome = "updated" if one.path in self._stored else "added"
                yield Stored(Path(one.path), outcome, record, _gaps(one))
            else:
                yield one

    def _is_as_stored(self, document: Document) -> bool:
        """True if loading `document` once more has shown nothing that was not known of it."""
        older = self._stored.get(document.path)
        return (
            older is not None
            and older.sha256 == document.sha256
            and older.parts_without_text + older.parts_unreadable == len(_gaps(document))
            and self._library.text(older.id) == document.text
        )


def _gaps(document: Document) -> tuple[Part, ...]:
    return tuple(part for part in document.parts if part.state in ("no text", "unreadable"))
