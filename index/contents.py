"""What a library holds, read from its database: documents, passages, sentences, pages, and how many there are."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import groupby
from pathlib import Path
from typing import Any

from index.database import Database
from index.records import DocumentRecord, StoredPassage, StoredSentence
from index.rows import (
    BOX_COLUMNS,
    COUNT_SENTENCES,
    DOCUMENT_COLUMNS,
    ONE_DOCUMENT,
    PART_COLUMNS,
    PASSAGE_COLUMNS,
    PASSAGE_COLUMNS_BUT_TEXT,
    PASSAGE_PARTS,
    SENTENCE_COLUMNS,
    document_record,
    parts_by_passage,
    stored_boxes,
    stored_part,
    stored_passage,
    stored_passage_of,
    stored_sentence,
)
from source.boxes import PageBoxes
from source.document import Part


class Contents:
    """The documents in `database`, and all that was made of them.

    Raises:
        LibraryError: from every method, when the database cannot be read.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def snapshot(self) -> AbstractContextManager[None]:
        """Reads inside the block see one state of the library, whatever others write meanwhile."""
        return self._database.snapshot()

    def documents(self) -> list[DocumentRecord]:
        """All documents, by name and then path."""
        rows = self._database.read(f"{DOCUMENT_COLUMNS} GROUP BY documents.id ORDER BY name, path")
        return [document_record(row) for row in rows]

    def document(self, document_id: int) -> DocumentRecord:
        """One document; KeyError if it is not there."""
        rows = self._database.read(ONE_DOCUMENT, [document_id])
        if not rows:
            raise KeyError(document_id)
        return document_record(rows[0])

    def documents_by_path(self) -> dict[str, DocumentRecord]:
        """All documents, by their path, which no two share."""
        return {document.path: document for document in self.documents()}

    def documents_under(self, folder: Path) -> list[DocumentRecord]:
        """The documents whose paths lie in `folder`, at any depth, by path."""
        start = os.path.join(folder, "")  # noqa: PTH118 - this ends in a separator
        where = "WHERE substr(path, 1, length(?1)) = ?1 GROUP BY documents.id ORDER BY path"
        return [document_record(row) for row in self._database.read(DOCUMENT_COLUMNS + where, [start])]

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

    def passage_ids_of(self, document_ids: Iterable[int]) -> frozenset[int]:
        """The ids of all passages of these documents."""
        rows = self._database.read(
            "SELECT id FROM passages WHERE document_id IN (SELECT value FROM json_each(?))",
            [json.dumps(sorted(document_ids))],
        )
        return frozenset(row[0] for row in rows)

    def parts_of(self, document_id: int) -> list[Part]:
        """The pages or the like of a document, in order; none if it has none."""
        rows = self._database.read(f"{PART_COLUMNS} WHERE document_id = ? ORDER BY place", [document_id])
        return [stored_part(row) for row in rows]

    def boxes_of(self, document_id: int, numbers: Iterable[int]) -> list[PageBoxes]:
        """The boxes of the words on a document's pages of these numbers, in order; of those that have any."""
        wanted = sorted(set(numbers))
        where = f"{BOX_COLUMNS} WHERE document_id = {document_id:d} AND number"
        return [stored_boxes(row) for row in self._database.read_by_ids(where, wanted, "ORDER BY number")]

    def passages(self, passage_ids: Sequence[int]) -> dict[int, StoredPassage]:
        """Passages by id, those that are there."""
        with self.snapshot():
            rows = self._database.read_by_ids(f"{PASSAGE_COLUMNS} WHERE passages.id", passage_ids)
            found = self._database.read_by_ids(f"{PASSAGE_PARTS} WHERE passages.id", passage_ids, " ORDER BY place")
        parts = parts_by_passage(found)
        return {row[0]: stored_passage(row, parts.get(row[0], ())) for row in rows}

    def sentences(self, passage_ids: Sequence[int]) -> list[StoredSentence]:
        """The sentences of body passages, in the order of the document within each passage."""
        rows = self._database.read_by_ids(
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

    def count_passages(self) -> int:
        """How many body passages there are."""
        rows: list[Any] = self._database.read("SELECT count(*) FROM passages WHERE role = 'body'")
        return int(rows[0][0])

    def count_sentences(self) -> int:
        """How many sentences of body passages there are: each has a vector."""
        rows: list[Any] = self._database.read(COUNT_SENTENCES)
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
