"""What a library holds, read from its database: documents, passages, sentences, pages, and how many there are."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import groupby
from pathlib import Path
from typing import Any

from index.counts import WordCounts
from index.database import Database
from index.keywords import passages_with_all, passages_with_phrase
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
    SentenceTable,
    document_record,
    parts_by_passage,
    stored_boxes,
    stored_part,
    stored_passage,
    stored_passage_of,
)
from source.boxes import PageBoxes
from source.document import Part, Span

# Finding so many takes as long as reading all documents of a large library.
_MANY_PATHS = 1000
# Documents that are kept as they were read last, since all passages of each are counted for it.
_MANY_KNOWN = 10_000
_AT_PATH = "SELECT id FROM documents WHERE path = ? OR path > ? AND path < ?"


class Contents:
    """The documents in `database`, and all that was made of them.

    Raises:
        LibraryError: from every method, when the database cannot be read.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._counts = WordCounts(database)
        self._listed: tuple[str, tuple[DocumentRecord, ...]] = "", ()
        self._known: tuple[str, dict[int, DocumentRecord]] = "", {}

    def snapshot(self) -> AbstractContextManager[None]:
        """Reads inside the block see one state of the library, whatever others write meanwhile."""
        return self._database.snapshot()

    def documents(self) -> list[DocumentRecord]:
        """All documents, by name and then path."""
        with self.snapshot():
            generation = self._database.fact("generation")
            if self._listed[0] != generation:  # all passages are counted for it
                rows = self._database.read(f"{DOCUMENT_COLUMNS} GROUP BY documents.id ORDER BY name, path")
                self._listed = generation, tuple(map(document_record, rows))
            return list(self._listed[1])

    def is_empty(self) -> bool:
        """True if there is no document."""
        return not self._database.read("SELECT 1 FROM documents LIMIT 1")

    def document(self, document_id: int) -> DocumentRecord:
        """One document; KeyError if it is not there."""
        rows = self._database.read(ONE_DOCUMENT, [document_id])
        if not rows:
            raise KeyError(document_id)
        return document_record(rows[0])

    def documents_by_id(self, document_ids: Collection[int]) -> dict[int, DocumentRecord]:
        """Documents by id, those that are there."""
        with self.snapshot():
            generation = self._database.fact("generation")
            if self._known[0] != generation or len(self._known[1]) > _MANY_KNOWN:
                self._known = generation, {}
            known = self._known[1]
            for document_id in document_ids:
                if document_id not in known and (rows := self._database.read(ONE_DOCUMENT, [document_id])):
                    known[document_id] = document_record(rows[0])
            return {document_id: known[document_id] for document_id in document_ids if document_id in known}

    def documents_by_path(self) -> dict[str, DocumentRecord]:
        """All documents, by their path, which no two share."""
        return {document.path: document for document in self.documents()}

    def documents_at(self, paths: Sequence[str]) -> dict[str, DocumentRecord]:
        """The documents that are, or stand in, the files at `paths`, by path; others may be among them."""
        if len(paths) > _MANY_PATHS:
            return self.documents_by_path()
        where = f"{DOCUMENT_COLUMNS} WHERE documents.id IN ({_AT_PATH}) GROUP BY documents.id"
        named = filter(_is_text, paths)
        found = (self._database.read(where, [path, f"{path}/", f"{path}0"]) for path in named)  # "0" follows "/"
        return {row[2]: document_record(row) for rows in found for row in rows}

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

    def body_passage_ids(self) -> list[int]:
        """The ids of all body passages, in the order in which they were added."""
        return [row[0] for row in self._database.read("SELECT id FROM passages WHERE role = 'body' ORDER BY id")]

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

    def headings(self, passage_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
        """The heading paths of passages, by their ids, of those that are there."""
        rows = self._database.read_by_ids("SELECT id, headings FROM passages WHERE id", passage_ids)
        return {id_: tuple(json.loads(headings)) for id_, headings in rows}

    def sentences(self, passage_ids: Sequence[int]) -> list[StoredSentence]:
        """The sentences of body passages, in the order of the document within each passage."""
        table = self.sentence_table(passage_ids)
        return [table.sentence(place) for place in range(len(table.rows))]

    def sentence_table(self, passage_ids: Sequence[int]) -> SentenceTable:
        """As `sentences`, for those who need records of few of them."""
        # In the order of the index, so that no vector is sorted.
        where = f"{SENTENCE_COLUMNS} WHERE vector IS NOT NULL AND passage_id"
        return SentenceTable.of(self._database.read_by_ids(where, passage_ids, " ORDER BY passage_id, id"))

    def folded_sentences(self, passage_ids: Sequence[int]) -> dict[int, list[tuple[Span, str]]]:
        """For each passage, of whatever role, where its sentences stand and their folded texts, in order."""
        where = 'SELECT passage_id, "start", "end", folded FROM sentences WHERE passage_id'
        found: dict[int, list[tuple[Span, str]]] = {}
        for passage_id, start, end, folded in self._database.read_by_ids(where, passage_ids, " ORDER BY id"):
            found.setdefault(passage_id, []).append((Span(start, end), folded))
        return found

    def folded_passages(self) -> Iterator[tuple[list[int], list[str]]]:
        """For each body passage, the ids of its sentences and their folded texts."""
        rows: list[Any] = self._database.read(
            "SELECT passage_id, id, folded FROM sentences WHERE vector IS NOT NULL ORDER BY passage_id, id"
        )
        for _, group in groupby(rows, key=lambda row: row[0]):
            sentences = list(group)
            yield [row[1] for row in sentences], [row[2] for row in sentences]

    def passages_with_all(self, words: Sequence[str]) -> list[int]:
        """The ids of all passages that hold each of `words` in some form; headings are among them without a look."""
        return passages_with_all(self._database, words)

    def passages_with_phrase(self, phrase: str) -> frozenset[int]:
        """The ids of all body passages that hold the words of `phrase` one after the other, each in some form."""
        return passages_with_phrase(self._database, phrase)

    def count_passages(self) -> int:
        """How many body passages there are."""
        with self.snapshot():
            return self._counts.passages()

    def count_sentences(self) -> int:
        """How many sentences of body passages there are: each has a vector."""
        rows: list[Any] = self._database.read(COUNT_SENTENCES)
        return int(rows[0][0])

    def count_passages_with(self, word: str) -> int:
        """In how many passages, furniture included, `word` or another form of it stands."""
        with self.snapshot():
            count = self._counts.of(word)
        return count.body + count.furniture

    def terms_with(self, first_letter: str) -> dict[str, int]:
        """In how many body passages each word stands that begins with a letter, as the keyword index stems it."""
        rows = self._database.read(
            "SELECT term, doc FROM keyword_terms WHERE term >= ? AND term < ?",
            [first_letter, chr(ord(first_letter) + 1)],
        )
        return dict(rows)

    def passage_with_term(self, term: str) -> str:
        """What the keyword index holds of the first body passage with `term`, one of `terms_with`."""
        rows = self._database.read(
            "SELECT headings || ' ' || text FROM keywords"
            " WHERE rowid = (SELECT doc FROM keyword_places WHERE term = ? LIMIT 1)",
            [term],
        )
        return str(rows[0][0]) if rows else ""


def _is_text(path: str) -> bool:
    """False for a name in no encoding that is known: no document can be there, for none can be stored so."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
