"""Documents to rows and back: the statements that keep passages, sentences, vectors and keywords as one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from index.database import Row, Writer
from index.records import DocumentRecord, StoredPassage, StoredSentence
from index.vectors import Vectors
from source.document import Document, Lines, Passage, Span

DOCUMENT_COLUMNS = """
SELECT documents.id, name, path, sha256, size_bytes, format, encoding, title, added_at,
       count(*) FILTER (WHERE role = 'body'),
       coalesce(sum("end" - "start") FILTER (WHERE role = 'body'), 0),
       coalesce(sum("end" - "start") FILTER (WHERE role = 'heading'), 0),
       coalesce(sum("end" - "start") FILTER (WHERE role = 'furniture'), 0)
FROM documents LEFT JOIN passages ON passages.document_id = documents.id
"""

# substr counts code points, from 1, as Python counts them from 0. It reads the document up to there each time.
PASSAGE_COLUMNS = """
SELECT passages.id, document_id, number, role, "start", "end", headings, first_line, last_line,
       substr(documents.text, "start" + 1, "end" - "start")
FROM passages JOIN documents ON documents.id = passages.document_id
"""

PASSAGE_COLUMNS_BUT_TEXT = """
SELECT id, document_id, number, role, "start", "end", headings, first_line, last_line FROM passages
"""

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
    bodies = iter(vectors)
    for passage in document.passages:
        _insert_passage(writer, document_id, passage, next(bodies) if passage.role == "body" else None)
    return document_id


def _insert_passage(writer: Writer, document_id: int, passage: Passage, vectors: Vectors | None) -> None:
    lines = (passage.lines.first, passage.lines.last) if passage.lines else (None, None)
    headings = json.dumps(passage.headings, ensure_ascii=False)
    passage_id = writer.run(
        'INSERT INTO passages (document_id, number, role, "start", "end", headings, first_line, last_line)'
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [document_id, passage.number, passage.role, passage.span.start, passage.span.end, headings, *lines],
    )
    blobs: Sequence[bytes | None] = [None] * len(passage.sentences) if vectors is None else pack_vectors(vectors)
    writer.run_many(
        'INSERT INTO sentences (passage_id, "start", "end", folded, vector) VALUES (?, ?, ?, ?, ?)',
        [
            [passage_id, sentence.span.start, sentence.span.end, sentence.folded, blob]
            for sentence, blob in zip(passage.sentences, blobs, strict=True)
        ],
    )
    folded = " ".join(sentence.folded for sentence in passage.sentences)
    if passage.role == "body":
        words = [passage_id, " ".join(passage.headings), folded]
        writer.run("INSERT INTO keywords (rowid, headings, text) VALUES (?, ?, ?)", words)
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


def document_record(row: Row) -> DocumentRecord:
    """A row of `DOCUMENT_COLUMNS` as a record."""
    return DocumentRecord(*row)  # the columns are the fields, in order


def stored_passage_of(text: str, row: Row) -> StoredPassage:
    """A row of `PASSAGE_COLUMNS_BUT_TEXT` as a record, with its part of the document's `text`."""
    start, end = row[4:6]
    return stored_passage((*row, text[start:end]))


def stored_passage(row: Row) -> StoredPassage:
    """A row of `PASSAGE_COLUMNS` as a record."""
    passage_id, document_id, number, role, start, end, headings, first_line, last_line, text = row
    lines = None if first_line is None else Lines(first_line, last_line)
    path = tuple(json.loads(headings))
    return StoredPassage(passage_id, document_id, number, role, Span(start, end), path, lines, text)


def stored_sentence(row: Row) -> StoredSentence:
    """A row of `SENTENCE_COLUMNS`, with a vector, as a record."""
    sentence_id, passage_id, start, end, folded, blob = row
    vector = np.frombuffer(blob, dtype="<f2").astype(np.float32)
    return StoredSentence(sentence_id, passage_id, Span(start, end), folded, vector)
