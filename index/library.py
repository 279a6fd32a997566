"""A library: documents, passages, sentence vectors and keywords on disk, kept as one.

All of it is in one SQLite file; what FAISS holds is a copy of the vectors for searching. Ids are never used twice,
so an id that another process has removed finds nothing rather than something else. Higher scores are better, always.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Self

import numpy as np

from index.among import are_few, best_among, nearest_among
from index.contents import Contents
from index.database import Database, Writer
from index.embed import ModelIdentity
from index.erasure import erase_remains, note_moves, note_remains
from index.keywords import search_keywords
from index.records import DocumentRecord
from index.reuse import keep_vectors, known_vectors
from index.rows import COUNT_SENTENCES, ONE_DOCUMENT, delete_document, document_record, insert_document, pack_vectors
from index.vector_cache import VectorCache
from index.vectors import Vectors
from source.document import Document
from source.errors import LibraryError, printable

DATABASE_NAME = "library.sqlite3"
_ALL = -1  # as a limit of SQLite


class Library(Contents):
    """The library in `folder`, made if it is not there yet.

    Raises:
        LibraryError: from here and from every method, when the library cannot do what is asked.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            thing = f"Cannot make the library in {printable(str(folder))}"
            raise LibraryError(
                thing, (error.strerror or str(error)).lower(), "Choose another with --library."
            ) from error
        super().__init__(Database(folder / DATABASE_NAME))
        self._cache = VectorCache(self._database, folder)
        self._has_removed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Erase what was removed, keep the vector index for next time and close the files."""
        try:
            if self._has_removed:
                with contextlib.suppress(LibraryError):  # it stays due
                    self.erase_removed()
            if model := self.model:
                self._cache.save(model.dimension)
        finally:
            self._database.close()

    # What the library is

    @property
    def generation(self) -> int:
        """A number that every change makes larger."""
        return int(self._database.fact("generation"))

    @property
    def model(self) -> ModelIdentity | None:
        """The model that all vectors here come from; None before the first."""
        stored = self._database.fact("model")
        return ModelIdentity(**json.loads(stored)) if stored else None

    @property
    def threshold(self) -> float | None:
        """Where this library's line between answer and refusal was set; None if it was not."""
        stored = self._database.fact("threshold")
        return float(stored) if stored else None

    def check_model(self, model: ModelIdentity) -> None:
        """Raise `LibraryError` unless vectors of `model` can be compared with those here."""
        self._check_model(model, self._database.fact("model"))

    def _check_model(self, model: ModelIdentity, stored: str) -> None:
        if stored and (mine := ModelIdentity(**json.loads(stored))) != model:
            raise LibraryError(
                f"Cannot use the model {printable(model.name)} with the library in {printable(str(self.folder))}",
                f"the library was made with {mine.name} (weights {mine.digest[:12]}, not {model.digest[:12]})",
                f"Leave out --model, or embed all of it again: qa reindex --model {printable(model.name)}.",
            )

    def check_writable(self) -> None:
        """Raise `LibraryError` unless documents can be added and removed here."""
        self._database.check_writable()

    # Changing it

    def put(self, document: Document, vectors: Sequence[Vectors], model: ModelIdentity) -> DocumentRecord:
        """Add `document`, in place of the one at the same path if there is one, in a single transaction.

        `vectors` are those of its body passages, in order: (sentences, dimension) each. What is left of an older
        version in the files is erased as that of a removed document is.
        """
        with self._database.write() as writer:
            self._set_model(writer, model)
            for (document_id,) in writer.read("SELECT id FROM documents WHERE path = ?", [document.path]):
                note_remains(writer, document_id)
                delete_document(writer, document_id)
                self._has_removed = True
            document_id = insert_document(writer, document, vectors)
            [row] = writer.read(ONE_DOCUMENT, [document_id])
        return document_record(row)

    def _set_model(self, writer: Writer, model: ModelIdentity) -> None:
        writer.run("INSERT OR IGNORE INTO facts VALUES ('model', ?)", [json.dumps(asdict(model))])
        [(stored,)] = writer.read("SELECT value FROM facts WHERE name = 'model'")
        self._check_model(model, stored)

    def set_threshold(self, threshold: float | None) -> None:
        """Set the line between answer and refusal for this library and its model, or take it away again.

        Raises:
            ValueError: it is no probability.
        """
        if threshold is not None and not 0 <= threshold <= 1:
            message = f"{threshold} is no probability"
            raise ValueError(message)
        with self._database.write(changes_documents=False) as writer:
            writer.run("DELETE FROM facts WHERE name = 'threshold'")
            if threshold is not None:
                writer.run("INSERT INTO facts VALUES ('threshold', ?)", [str(threshold)])

    def remove(self, document_ids: Iterable[int]) -> None:
        """Remove documents with all that was made of them, in a single transaction; nothing if there are none.

        They cannot be found from then on; `erase_removed` makes sure that nothing of them can be read in the files.
        """
        ids = list(document_ids)
        if not ids:
            return
        with self._database.write() as writer:
            for document_id in ids:
                note_remains(writer, document_id)
                delete_document(writer, document_id)
            writer.run("DELETE FROM spare_vectors")  # some may be of their newer versions
        self._has_removed = True

    def erase_removed(self) -> bool:
        """Erase what removed and replaced documents have left in the files: once, after the last of them.

        False if another process was reading what is to be erased; then it is done later. Closing the library does
        this, too, if it has removed something. In a library of 100,000 passages it takes some seconds.
        """
        try:
            is_done = erase_remains(self._database, self._cache)
        except OSError as error:
            thing = f"Cannot erase the vectors in {printable(str(self.folder))}"
            raise LibraryError(
                thing, (error.strerror or str(error)).lower(), "Check the permissions of its files."
            ) from error
        self._has_removed = self._has_removed and not is_done
        return is_done

    def replace_vectors(self, vectors: Iterable[tuple[int, Vectors]], model: ModelIdentity) -> None:
        """Give every body sentence a new vector, by its id, in a single transaction.

        Raises:
            ValueError: not every one was given a vector.
        """
        with self._database.write() as writer:
            note_moves(writer)
            given: set[int] = set()
            for sentence_id, vector in vectors:
                given.add(sentence_id)
                writer.run(
                    "UPDATE sentences SET vector = ? WHERE id = ?", [*pack_vectors(vector[np.newaxis]), sentence_id]
                )
            [(wanted,)] = writer.read(COUNT_SENTENCES)
            if len(given) != wanted:
                message = f"{len(given)} vectors for {wanted} sentences"
                raise ValueError(message)
            writer.run("INSERT OR REPLACE INTO facts VALUES ('model', ?)", [json.dumps(asdict(model))])
            writer.run("DELETE FROM facts WHERE name = 'threshold'")  # it was set for the scores of the other one
            writer.run("UPDATE facts SET value = lower(hex(randomblob(8))) WHERE name = 'vectors'")
            writer.run("DELETE FROM spare_vectors")

    # Vectors that need not be made again

    def known_vectors(self, digests: Sequence[bytes]) -> dict[bytes, Vectors]:
        """The vectors of body passages, by their `passage_digest`, for those of `digests` that are known.

        They come from passages in the library, also of other documents, and from `keep_vectors`; all are of the
        library's model.
        """
        with self.snapshot():
            model = self.model
            return known_vectors(self._database, digests, model.dimension) if model else {}

    def keep_vectors(self, vectors: Iterable[tuple[bytes, Vectors]], model: ModelIdentity) -> None:
        """Keep the vectors of passages, by digest, whose document is still to be put, in a single transaction."""
        with self._database.write(changes_documents=False) as writer:
            self._set_model(writer, model)
            keep_vectors(writer, vectors)

    def drop_spare_vectors(self) -> None:
        """Forget the vectors that were kept for documents which were not put after all."""
        if self._database.read("SELECT 1 FROM spare_vectors LIMIT 1"):
            with self._database.write(changes_documents=False) as writer:
                writer.run("DELETE FROM spare_vectors")

    # Searching

    def search_vectors(self, vector: Vectors, k: int, among: Collection[int] | None = None) -> list[tuple[int, float]]:
        """The `k` body sentences nearest to `vector`: (passage id, cosine), best first; a passage may come again.

        Only sentences of the passages `among` count, where those are given.
        """
        with self.snapshot():
            if among is not None and are_few(among, self._counts.passages()):
                return nearest_among(self._database, vector, k, among)
            return best_among(partial(self._nearest, vector), k, among)

    def _nearest(self, vector: Vectors, k: int) -> list[tuple[int, float]]:
        found = self._cache.search(vector, k)
        ids = [sentence_id for sentence_id, _ in found]
        rows = self._database.read_by_ids("SELECT id, passage_id FROM sentences WHERE id", ids)
        passage_of: dict[int, int] = dict(rows)
        return [(passage_of[id_], score) for id_, score in found if id_ in passage_of]

    def search_keywords(
        self, words: Sequence[str], k: int, among: Collection[int] | None = None
    ) -> list[tuple[int, float]]:
        """The `k` body passages with the highest BM25 for any of `words`: (passage id, score > 0), best first.

        Only the passages `among` count, where those are given.
        """
        search: Callable[..., list[tuple[int, float]]] = partial(search_keywords, self._database, self._counts, words)
        with self.snapshot():
            if among is not None and are_few(among, self._counts.passages()):
                ids = range(min(among, default=0), max(among, default=-1) + 1)
                return [one for one in search(_ALL, ids) if one[0] in among][:k]
            return best_among(search, k, among)

    def prepare_search(self) -> None:
        """Do what searching would have to do once after many documents were added, so that no question waits for it."""
        if model := self.model:
            with contextlib.closing(Database(self._database.path)) as database:  # others go on reading in theirs
                VectorCache(database, self.folder).grow(model.dimension)

    def vectors_paths(self) -> tuple[Path, Path]:
        """Where the vector index is kept between runs, if it has been needed yet, and its clusters, if it has any."""
        return self._cache.path(), self._cache.clusters_path()
