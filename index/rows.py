"""Documents to rows and back: the statements that keep passages, sentences, vectors and keywords as one."""

from __future__ import annotations

import json
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter

import numpy as np

from index.database import Row, Writer
from index.digest import passage_digest
from index.records import DocumentRecord, StoredPassage, StoredSentence
from index.vectors import Vectors
from index.words import keyword_text
from source.boxes import PageBoxes
from source.document import Document, Lines, Part, Passage, Span

DOCUMENT_COLUMNS = """
SELECT documents.id, name, path, sha256, size_bytes, format, encoding, title, added_at,
       count(*) FILTER (WHERE role = 'body'),
       coalesce(sum("end" - "start") FILTER (WHERE role = 'body'), 0),
       coalesce(sum("end" - "start") FILTER (WHERE role = 'heading'), 0),
       coalesce(sum("end" - "start") FILTER (WHERE role = 'furniture'), 0),
       (SELECT count(*) FROM parts WHERE parts.document_id = documents.id),
       (SELECT count(*) FROM parts WHERE parts.document_id = documents.id AND state = 'no text'),
       (SELECT count(*) FROM parts WHERE parts.document_id = documents.id AND state = 'unreadable'),
       (SELECT count(*) FROM parts WHERE parts.document_id = documents.id AND state = 'OCR'),
       coalesce(origins.address, ''),
       coalesce(origins.fetched_at, '')
FROM documents LEFT JOIN passages ON passages.document_id = documents.id
     LEFT JOIN origins ON origins.document_id = documents.id
"""

ONE_DOCUMENT = f"{DOCUMENT_COLUMNS} WHERE documents.id = ? GROUP BY documents.id"

COUNT_SENTENCES = "SELECT count(*) FROM sentences WHERE vector IS NOT NULL"

# substr counts code points, from 1, as Python counts them from 0. It reads the document up to there each time.
PASSAGE_COLUMNS = """
SELECT passages.id, document_id, number, role, "start", "end", headings, first_line, last_line,
       substr(documents.text, "start" + 1, "end" - "start")
FROM passages JOIN documents ON documents.id = passages.document_id
"""

PASSAGE_COLUMNS_BUT_TEXT = """
SELECT id, document_id, number, role, "start", "end", headings, first_line, last_line FROM passages
"""

# Of each passage, the parts it touches, in order.
PASSAGE_PARTS = """
SELECT passages.id, parts."start", parts."end", kind, parts.number, name, state
FROM passages JOIN parts
     ON parts.document_id = passages.document_id AND place BETWEEN first_part AND last_part
"""

PART_COLUMNS = 'SELECT "start", "end", kind, number, name, state FROM parts'

BOX_COLUMNS = "SELECT number, words FROM boxes"

SENTENCE_COLUMNS = 'SELECT id, passage_id, "start", "end", folded, vector FROM sentences'


def insert_document(writer: Writer, document: Document, vectors: Sequence[Vectors]) -> int:
    """Insert `document` with `vectors` for its body passages, in order; its id."""
    document_id = writer.run(
        "INSERT INTO documents (path, name, sha256, size_bytes, format, encoding, title, added_at, text)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            document.path,
            document.name,
            document.sha256,
            document.size_bytes,
            document.format,
            document.encoding,
            document.title,
            datetime.now(UTC).isoformat(timespec="seconds"),
            document.text,
        ],
    )
    writer.run_many(
        'INSERT INTO parts (document_id, place, "start", "end", kind, number, name, state)'
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            [document_id, place, part.span.start, part.span.end, part.kind, part.number, part.name, part.state]
            for place, part in enumerate(document.parts)
        ],
    )
    writer.run_many(
        "INSERT INTO boxes (document_id, number, words) VALUES (?, ?, ?)",
        [[document_id, page.number, pack_boxes(page)] for page in document.boxes],
    )
    if document.origin:
        writer.run("INSERT INTO origins VALUES (?, ?, ?)", [document_id, document.origin, document.fetched_at])
    bodies = iter(vectors)
    for passage in document.passages:
        places = _places_touched(document.parts, passage.span)
        _insert_passage(writer, document_id, passage, places, next(bodies) if passage.role == "body" else None)
    return document_id


def _places_touched(parts: Sequence[Part], span: Span) -> tuple[int | None, int | None]:
    """The places of the first and last of `parts`, which are in order, that `span` touches."""
    first = bisect_right(parts, span.start, key=lambda part: part.span.end)
    last = bisect_left(parts, span.end, key=lambda part: part.span.start) - 1
    return (first, last) if first <= last else (None, None)


def _insert_passage(
    writer: Writer,
    document_id: int,
    passage: Passage,
    places: tuple[int | None, int | None],
    vectors: Vectors | None,
) -> None:
    lines = (passage.lines.first, passage.lines.last) if passage.lines else (None, None)
    headings = json.dumps(passage.headings, ensure_ascii=False)
    span = passage.span
    digest = passage_digest(passage) if passage.role == "body" else None
    passage_id = writer.run(
        'INSERT INTO passages (document_id, number, role, "start", "end", headings,'
        " first_line, last_line, first_part, last_part, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [document_id, passage.number, passage.role, span.start, span.end, headings, *lines, *places, digest],
    )
    blobs: Sequence[bytes | None] = [None] * len(passage.sentences) if vectors is None else pack_vectors(vectors)
    writer.run_many(
        'INSERT INTO sentences (passage_id, "start", "end", folded, vector) VALUES (?, ?, ?, ?, ?)',
        [
            [passage_id, sentence.span.start, sentence.span.end, sentence.folded, blob]
            for sentence, blob in zip(passage.sentences, blobs, strict=True)
        ],
    )
    folded = keyword_text(" ".join(sentence.folded for sentence in passage.sentences))
    if passage.role == "body":
        words = [passage_id, keyword_text(" ".join(passage.headings)), folded]
        writer.run("INSERT INTO keywords (rowid, headings, text) VALUES (?, ?, ?)", words)
        writer.run("DELETE FROM spare_vectors WHERE digest = ?", [digest])
    elif passage.role == "furniture":
        writer.run("INSERT INTO furniture_keywords (rowid, text) VALUES (?, ?)", [passage_id, folded])


def delete_document(writer: Writer, document_id: int) -> None:
    """Delete a document with its passages, sentences, vectors and keywords; nothing if it is not there."""
    ids = writer.read("SELECT id FROM passages WHERE document_id = ?", [document_id])
    writer.run_many("DELETE FROM keywords WHERE rowid = ?", ids)
    writer.run_many("DELETE FROM furniture_keywords WHERE rowid = ?", ids)
    writer.run("DELETE FROM documents WHERE id = ?", [document_id])


def pack_vectors(vectors: Vectors) -> list[bytes]:
    """Each vector as little-endian half precision: half the bytes, and no ranking on XQuAD changes."""
    return [vector.tobytes() for vector in vectors.astype("<f2")]


def unpack_vectors(blobs: Sequence[bytes], dimension: int) -> Vectors:
    """(len(blobs), dimension) float32."""
    return np.frombuffer(b"".join(blobs), dtype="<f2").reshape(-1, dimension).astype(np.float32)


def cosines_with(vector: Vectors, blobs: Sequence[bytes]) -> list[float]:
    """How near each packed vector is to `vector`; the same number whatever stands beside it."""
    # Summed row by row: a matrix product may round the same row differently beside others.
    cosines: list[float] = (unpack_vectors(blobs, len(vector)) * vector).sum(axis=1).tolist()
    return cosines


def pack_boxes(page: PageBoxes) -> bytes:
    """The boxes of a page in a fifth of their room."""
    return zlib.compress(page.words)


def stored_boxes(row: Row) -> PageBoxes:
    """A row of `BOX_COLUMNS` as a record."""
    number, words = row
    return PageBoxes(number, zlib.decompress(words))


def document_record(row: Row) -> DocumentRecord:
    """A row of `DOCUMENT_COLUMNS` as a record."""
    return DocumentRecord(*row)  # the columns are the fields, in order


def stored_part(row: Row) -> Part:
    """A row of `PART_COLUMNS` as a record."""
    start, end, kind, number, name, state = row
    return Part(Span(start, end), kind, number, name, state)


def parts_by_passage(rows: Sequence[Row]) -> dict[int, tuple[Part, ...]]:
    """Rows of `PASSAGE_PARTS` as the parts of each passage, by its id."""
    parts: dict[int, tuple[Part, ...]] = {}
    for passage_id, *part in rows:
        parts[passage_id] = (*parts.get(passage_id, ()), stored_part(tuple(part)))
    return parts


def stored_passage_of(text: str, row: Row, parts: tuple[Part, ...]) -> StoredPassage:
    """A row of `PASSAGE_COLUMNS_BUT_TEXT` as a record, with its piece of the document's `text`."""
    start, end = row[4:6]
    return stored_passage((*row, text[start:end]), parts)


def stored_passage(row: Row, parts: tuple[Part, ...]) -> StoredPassage:
    """A row of `PASSAGE_COLUMNS` as a record."""
    passage_id, document_id, number, role, start, end, headings, first_line, last_line, text = row
    lines = None if first_line is None else Lines(first_line, last_line)
    path = tuple(json.loads(headings))
    return StoredPassage(passage_id, document_id, number, role, Span(start, end), path, lines, parts, text)


@dataclass(frozen=True, slots=True)
class SentenceTable:
    """Sentences of body passages before records are made of them, which takes as long as reading them does.

    `rows` are of `SENTENCE_COLUMNS`, those of one passage together and in the order of the document. `vectors` is
    (rows, dimension) float32; with no rows it is (0, 0).
    """

    rows: Sequence[Row]
    vectors: Vectors

    @classmethod
    def of(cls, rows: Sequence[Row]) -> SentenceTable:
        """The table of rows that have vectors."""
        dimension = len(rows[0][-1]) // 2 if rows else 0
        vectors = unpack_vectors([row[-1] for row in rows], dimension) if rows else np.zeros((0, 0), np.float32)
        return cls(rows, vectors)

    def places(self) -> dict[int, range]:
        """Where in the table the sentences of each passage are, by its id."""
        places: dict[int, range] = {}
        start = 0
        for passage_id, group in groupby(self.rows, key=itemgetter(1)):
            end = start + sum(1 for _ in group)
            places[passage_id] = range(start, end)
            start = end
        return places

    def folded(self) -> list[str]:
        """The folded text of each sentence."""
        return [row[4] for row in self.rows]

    def sentence(self, place: int) -> StoredSentence:
        """One of them as a record."""
        sentence_id, passage_id, start, end, folded, _ = self.rows[place]
        return StoredSentence(sentence_id, passage_id, Span(start, end), folded, self.vectors[place])
