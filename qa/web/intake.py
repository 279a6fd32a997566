"""Taking uploads into a library in the background: what has become of each file so far, for whoever sent it.

A page that is closed or loaded again loses nothing: the work goes on, and the new page asks how far it is.
"""

from __future__ import annotations

import itertools
import logging
import queue
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from index.embedding import Embedding
from index.ingest import Failed, Stored, add_paths
from index.library import Library
from qa.gaps import describe_gaps
from qa.web.uploads import clear_incoming, discard_upload, keep_upload
from source.errors import DocumentError, QuotedAnswersError
from source.workers import PagesLoaded

if TYPE_CHECKING:
    from index.embed import Embedder

State = Literal["waiting", "reading", "embedding", "ready", "partly", "unchanged", "failed"]
"""`partly`: it is in the library, but for pages or the like that could not be read."""

FINISHED = ("ready", "partly", "unchanged", "failed")
# What a page that asks now and then has seen; no one sends so many at once and looks at all.
_MOST_KEPT = 2_000
_LOG = logging.getLogger(__name__)
_BROKEN = "Something went wrong in the program: see the terminal it was started in."


@dataclass(frozen=True, slots=True)
class FileProgress:
    """How far one uploaded file is; `done` of `total` pages or passages; `words` say what was wrong, if anything."""

    id: int
    owner: str
    name: str
    state: State = "waiting"
    done: int = 0
    total: int = 0
    words: str = ""

    @property
    def is_finished(self) -> bool:
        """True if nothing more will happen to it."""
        return self.state in FINISHED


class Intake:
    """The uploads of all visitors, taken into `library` one batch after the other; safe for several threads."""

    def __init__(self, library: Library, model: Future[Embedder]) -> None:
        self._library = library
        self._model = model
        self._lock = threading.Lock()
        self._files: dict[int, FileProgress] = {}
        self._ids = itertools.count(1)
        self._waiting: queue.SimpleQueue[tuple[int, Path] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="intake", daemon=True)
        self._is_started = self._is_closed = False

    def add(self, owner: str, upload: Path) -> int:
        """Take in an uploaded file, in its turn, on behalf of `owner`; the id of its progress."""
        with self._lock:
            id_ = next(self._ids)
            self._files[id_] = FileProgress(id_, owner, upload.name)
            self._forget_old()
            if not self._is_started:
                self._is_started = True
                self._thread.start()
        self._waiting.put((id_, upload))
        return id_

    def files(self, owner: str) -> list[FileProgress]:
        """How far the files of `owner` are, in the order in which they came."""
        with self._lock:
            return [one for one in self._files.values() if one.owner == owner]

    def dismiss(self, owner: str) -> None:
        """Forget the files of `owner` that are finished."""
        with self._lock:
            self._files = {id_: one for id_, one in self._files.items() if one.owner != owner or not one.is_finished}

    def close(self) -> None:
        """Finish the batch that is being taken in, and no other."""
        self._is_closed = True
        self._waiting.put(None)
        if self._is_started:
            self._thread.join()

    def _forget_old(self) -> None:
        finished = [id_ for id_, one in self._files.items() if one.is_finished]
        for id_ in finished[: max(0, len(self._files) - _MOST_KEPT)]:
            del self._files[id_]

    def _work(self) -> None:
        while (first := self._waiting.get()) is not None and not self._is_closed:
            batch = [first]
            while not self._waiting.empty():
                one = self._waiting.get()
                if one is None:
                    return
                batch.append(one)
            self._take_in(batch)

    def _take_in(self, batch: Sequence[tuple[int, Path]]) -> None:
        ids = {upload: id_ for id_, upload in batch}
        try:
            for upload, event in add_uploads(self._library, self._model.result(), list(ids)):
                self._note(ids[upload], event)
        except QuotedAnswersError as error:
            self._fail_rest(ids.values(), _sentence(error))
        except Exception:  # noqa: BLE001 - a bug must not leave the page waiting for ever
            _LOG.exception("Uploads could not be added")
            self._fail_rest(ids.values(), _BROKEN)
        finally:
            for upload in ids:
                clear_incoming(upload)

    def _fail_rest(self, ids: Iterable[int], words: str) -> None:
        with self._lock:
            for id_ in ids:
                if id_ in self._files and not self._files[id_].is_finished:
                    self._files[id_] = replace(self._files[id_], state="failed", words=words)

    def _note(self, id_: int, event: object) -> None:
        with self._lock:
            if id_ in self._files:
                self._files[id_] = _after(self._files[id_], event)


def _after(progress: FileProgress, event: object) -> FileProgress:
    """How far a file is after `event`."""
    match event:
        case PagesLoaded():
            return replace(progress, state="reading", done=event.done, total=event.total)
        case Embedding():
            return replace(progress, state="embedding", done=event.done, total=event.total)
        case Failed():
            return replace(progress, state="failed", words=_sentence(event.error))
        case Stored() if progress.state == "failed":  # of an archive, of which something else failed
            return progress
        case Stored() if event.gaps:
            gaps = describe_gaps(event.gaps)
            return replace(progress, state="partly", words=f"{gaps[:1].upper()}{gaps[1:]}.")
        case Stored():
            return replace(progress, state="unchanged" if event.outcome == "unchanged" else "ready")
        case _:
            return progress


def _sentence(error: QuotedAnswersError) -> str:
    """Reason and remedy as sentences, without the path, which the page shows in its own way."""
    return f"{error.reason[:1].upper()}{error.reason[1:]}. {error.remedy}"


def add_uploads(library: Library, model: Embedder, uploads: Sequence[Path]) -> Iterator[tuple[Path, object]]:
    """Take uploaded files into the library: each upload with what happens to it; raises as `add_paths` does.

    The library keeps a copy of each that becomes a document.
    """
    known = library.documents_by_path()
    kept: dict[Path, list[Path]] = {}
    for upload in uploads:
        try:
            kept.setdefault(keep_upload(library.folder, upload), []).append(upload)
        except DocumentError as error:
            yield upload, Failed(upload, error)
    unstored = {path for path in kept if str(path) not in known}
    try:
        for event in add_paths(library, model, list(kept)):
            file = next((one for one in _itself_and_parents(event) if one in kept), None)
            if file is None:
                continue
            if isinstance(event, Stored):
                unstored.discard(file)
            for upload in kept[file]:
                yield upload, event
    finally:
        for path in unstored:
            discard_upload(library.folder, path)


def _itself_and_parents(event: object) -> list[Path]:
    """The path that `event` tells of, and those that it may stand in: an archive's members have paths below its own."""
    path = getattr(event, "path", None)
    return [path, *path.parents] if isinstance(path, Path) else []
