"""A library: documents, passages, sentence vectors and keywords on disk, kept as one.

All of it is in one SQLite file; what FAISS holds is a copy of the vectors for searching. Ids are never used twice,
so an id that another process has removed finds nothing rather than something else. Higher scores are better, always.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Any, Self

import numpy as np

from index.database import Database
from index.embed import ModelIdentity
from index.records import DocumentRecord, StoredPassage, StoredSentence
from index.rows import (
    DOCUMENT_COLUMNS,
    PART_COLUMNS,
    PASSAGE_COLUMNS,
    PASSAGE_COLUMNS_BUT_TEXT,
    PASSAGE_PARTS,
    SENTENCE_COLUMNS,
    delete_document,
    document_record,
    insert_document,
    pack_vectors,
    parts_by_passage,
    stored_part,
    stored_passage,
    stored_passage_of,
    stored_sentence,
    unpack_vectors,
)
from index.vectors import VectorIndex, Vectors
from source.document import Document, Part
from source.errors import LibraryError, printable

DATABASE_NAME = "library.sqlite3"

# bm25() weights of the two columns, chosen on development data.
_HEADINGS_WEIGHT = 0.5
_TEXT_WEIGHT = 1.0
# Statements take at most 32,766 parameters; a batch of this size keeps them short.
_IDS_PER_STATEMENT = 500


class Library:
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
        self._database = Database(folder / DATABASE_NAME)
        self._vectors: VectorIndex | None = None
        self._vectors_state = (-1, "")
        self._vectors_are_saved = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Keep the vector index for next time and close the files."""
        try:
            self._save_vectors()
        finally:
            self._database.close()

    # What the library is

    @property
    def generation(self) -> int:
        """A number that every change makes larger."""
        return int(self._fact("generation"))

    @property
    def model(self) -> ModelIdentity | None:
        """The model that all vectors here come from; None before the first."""
        stored = self._fact("model")
        return ModelIdentity(**json.loads(stored)) if stored else None

    def check_model(self, model: ModelIdentity) -> None:
        """Raise `LibraryError` unless vectors of `model` can be compared with those here."""
        mine = self.model
        if mine is not None and mine != model:
            raise LibraryError(
                f"Cannot use the model {printable(model.name)} with the library in {printable(str(self.folder))}",
                f"the library was made with {mine.name} (weights {mine.digest[:12]}, not {model.digest[:12]})",
                f"Leave out --model, or embed all of it again: qa reindex --model {printable(model.name)}.",
            )

    def check_writable(self) -> None:
        """Raise `LibraryError` unless documents can be added and removed here."""
        self._database.check_writable()

    def snapshot(self) -> AbstractContextManager[None]:
        """Reads inside the block see one state of the library, whatever others write meanwhile."""
        return self._database.snapshot()

    def _fact(self, name: str) -> str:
        rows = self._database.read("SELECT value FROM facts WHERE name = ?", [name])
        return str(rows[0][0]) if rows else ""

    # Changing it

    def put(self, document: Document, vectors: Sequence[Vectors], model: ModelIdentity) -> DocumentRecord:
        """Add `document`, in place of the one at the same path if there is one, in a single transaction.

        `vectors` are those of its body passages, in order: (sentences, dimension) each.
        """
        with self._database.write() as writer:
            writer.run("INSERT OR IGNORE INTO facts VALUES ('model', ?)", [json.dumps(asdict(model))])
            self.check_model(model)
            for (document_id,) in writer.read("SELECT id FROM documents WHERE path = ?", [document.path]):
                delete_document(writer, document_id)
                self._vectors_are_saved = False
            return self.document(insert_document(writer, document, vectors))

    def remove(self, document_ids: Iterable[int]) -> None:
        """Remove documents with all that was made of them, in a single transaction."""
        with self._database.write() as writer:
            for document_id in document_ids:
                delete_document(writer, document_id)
        self._vectors_are_saved = False

    def replace_vectors(self, vectors: Iterable[tuple[int, Vectors]], model: ModelIdentity) -> None:
        """Give every body sentence a new vector, by its id, in a single transaction.

        Raises:
            ValueError: not every one was given a vector.
        """
        with self._database.write() as writer:
            given: set[int] = set()
            for sentence_id, vector in vectors:
                given.add(sentence_id)
                writer.run(
                    "UPDATE sentences SET vector = ? WHERE id = ?", [*pack_vectors(vector[np.newaxis]), sentence_id]
                )
            if len(given) != self.count_sentences():
                message = f"{len(given)} vectors for {self.count_sentences()} sentences"
                raise ValueError(message)
            writer.run("INSERT OR REPLACE INTO facts VALUES ('model', ?)", [json.dumps(asdict(model))])
            writer.run("UPDATE facts SET value = lower(hex(randomblob(8))) WHERE name = 'vectors'")

    # Looking things up

    def documents(self) -> list[DocumentRecord]:
        """All documents, by name and then path."""
        rows = self._database.read(f"{DOCUMENT_COLUMNS} GROUP BY documents.id ORDER BY name, path")
        return [document_record(row) for row in rows]

    def document(self, document_id: int) -> DocumentRecord:
        """One document; KeyError if it is not there."""
        rows = self._database.read(f"{DOCUMENT_COLUMNS} WHERE documents.id = ? GROUP BY documents.id", [document_id])
        if not rows:
            raise KeyError(document_id)
        return document_record(rows[0])

    def documents_by_path(self) -> dict[str, DocumentRecord]:
        """All documents, by their path, which no two share."""
        return {document.path: document for document in self.documents()}

    def text(self, document_id: int) -> str:
        """A document's whole text; KeyError if it is not there."""
        rows = self._database.read("SELECT text FROM documents WHERE id = ?", [document_id])
        if not rows:
            raise KeyError(document_id)
        return str(rows[0][0])

    def passages_of(self, document_id: int) -> list[StoredPassage]:
        """All passages of a document, in order."""
        with self.snapshot():
            where = " WHERE document_id = ? ORDER BY number"
            rows = self._database.read(PASSAGE_COLUMNS_BUT_TEXT + where, [document_id])
            text = self.text(document_id) if rows else ""
            found = self._database.read(f"{PASSAGE_PARTS} WHERE passages.document_id = ? ORDER BY place", [document_id])
        parts = parts_by_passage(found)
        return [stored_passage_of(text, row, parts.get(row[0], ())) for row in rows]

    def parts_of(self, document_id: int) -> list[Part]:
        """The pages or the like of a document, in order; none if it has none."""
        rows = self._database.read(f"{PART_COLUMNS} WHERE document_id = ? ORDER BY place", [document_id])
        return [stored_part(row) for row in rows]

    def passages(self, passage_ids: Sequence[int]) -> dict[int, StoredPassage]:
        """Passages by id, those that are there."""
        with self.snapshot():
            rows = self._read_by_ids(f"{PASSAGE_COLUMNS} WHERE passages.id", passage_ids)
            found = self._read_by_ids(f"{PASSAGE_PARTS} WHERE passages.id", passage_ids, " ORDER BY place")
        parts = parts_by_passage(found)
        return {row[0]: stored_passage(row, parts.get(row[0], ())) for row in rows}

    def sentences(self, passage_ids: Sequence[int]) -> list[StoredSentence]:
        """The sentences of body passages, in the order of the document within each passage."""
        rows = self._read_by_ids(
            f"{SENTENCE_COLUMNS} WHERE vector IS NOT NULL AND passage_id", passage_ids, " ORDER BY id"
        )
        return [stored_sentence(row) for row in rows]

    def folded_passages(self) -> Iterator[tuple[list[int], list[str]]]:
        """For each body passage, the ids of its sentences and their folded texts."""
        rows: list[Any] = self._database.read(
            "SELECT passage_id, id, folded FROM sentences WHERE vector IS NOT NULL ORDER BY passage_id, id"
        )
        for _, group in groupby(rows, key=lambda row: row[0]):
            sentences = list(group)
            yield [row[1] for row in sentences], [row[2] for row in sentences]

    def _read_by_ids(self, statement: str, ids: Sequence[int], order: str = "") -> list[Any]:
        rows: list[Any] = []
        for start in range(0, len(ids), _IDS_PER_STATEMENT):
            batch = ids[start : start + _IDS_PER_STATEMENT]
            rows += self._database.read(f"{statement} IN ({','.join('?' * len(batch))}){order}", batch)
        return rows

    # Searching

    def search_vectors(self, vector: Vectors, k: int) -> list[tuple[int, float]]:
        """The `k` body sentences nearest to `vector`: (passage id, cosine), best first; a passage may come again."""
        with self.snapshot():
            found = self._current_vectors(len(vector)).search(vector, k)
            ids = [sentence_id for sentence_id, _ in found]
            rows = self._read_by_ids("SELECT id, passage_id FROM sentences WHERE id", ids)
        passage_of: dict[int, int] = dict(rows)
        return [(passage_of[id_], score) for id_, score in found if id_ in passage_of]

    def search_keywords(self, words: Sequence[str], k: int) -> list[tuple[int, float]]:
        """The `k` body passages with the highest BM25 for any of `words`: (passage id, score > 0), best first."""
        if not words:
            return []
        any_word = " OR ".join('"{}"'.format(word.replace('"', '""')) for word in words)
        rows: list[Any] = self._database.read(
            "SELECT rowid, -bm25(keywords, ?, ?) AS score FROM keywords WHERE keywords MATCH ?"
            " ORDER BY score DESC, rowid LIMIT ?",
            [_HEADINGS_WEIGHT, _TEXT_WEIGHT, any_word, k],
        )
        return [(passage_id, score) for passage_id, score in rows]

    def count_passages(self) -> int:
        """How many body passages there are."""
        rows: list[Any] = self._database.read("SELECT count(*) FROM passages WHERE role = 'body'")
        return int(rows[0][0])

    def count_sentences(self) -> int:
        """How many sentences of body passages there are: each has a vector."""
        rows: list[Any] = self._database.read("SELECT count(*) FROM sentences WHERE vector IS NOT NULL")
        return int(rows[0][0])

    def count_passages_with(self, word: str) -> int:
        """In how many passages, furniture included, `word` or another form of it stands."""
        quoted = '"{}"'.format(word.replace('"', '""'))
        rows: list[Any] = self._database.read(
            "SELECT (SELECT count(*) FROM keywords WHERE keywords MATCH ?)"
            " + (SELECT count(*) FROM furniture_keywords WHERE furniture_keywords MATCH ?)",
            [quoted, quoted],
        )
        return int(rows[0][0])

    # The vector index, a copy of what SQLite holds

    def vectors_path(self) -> Path:
        """Where the vector index is kept between runs, if it has been needed yet."""
        return self.folder / f"vectors-{self._fact('vectors')}.faiss"

    def _current_vectors(self, dimension: int) -> VectorIndex:
        """The vector index, brought to the state of the library if anyone has changed that."""
        state = (self.generation, self._fact("vectors"))
        if self._vectors is None or state[1] != self._vectors_state[1]:
            self._vectors = VectorIndex.load(self.vectors_path(), dimension) or VectorIndex(dimension)
        if state != self._vectors_state:
            self._synchronize(self._vectors)
            self._vectors_state = state
        return self._vectors

    def _synchronize(self, index: VectorIndex) -> None:
        stored = np.array(
            [row[0] for row in self._database.read("SELECT id FROM sentences WHERE vector IS NOT NULL")], dtype=np.int64
        )
        held = index.ids()
        gone, new = np.setdiff1d(held, stored), np.setdiff1d(stored, held)
        index.remove(gone)
        for start in range(0, len(new), _IDS_PER_STATEMENT):
            ids = new[start : start + _IDS_PER_STATEMENT]
            rows = self._read_by_ids("SELECT id, vector FROM sentences WHERE id", ids.tolist(), " ORDER BY id")
            index.add(np.array([row[0] for row in rows]), unpack_vectors([row[1] for row in rows], index.dimension))
        if len(gone) or len(new):
            self._vectors_are_saved = False

    def _save_vectors(self) -> None:
        """Keep the index for next time, without what was removed. Where that cannot be written, it is made again."""
        with self.snapshot(), contextlib.suppress(OSError):
            model, path = self.model, self.vectors_path()
            is_there = self._vectors is not None or path.exists()
            if self._vectors_are_saved or model is None or not is_there:
                return
            self._current_vectors(model.dimension).save(path)
            self._vectors_are_saved = True
            for old in self.folder.glob("vectors-*"):  # unfinished ones of processes that were killed, too
                if old != path:
                    old.unlink()
