"""Vectors that need not be made again: those of passages in the library, and spare ones of passages yet to come.

A passage's vectors depend on its folded sentences only, so that its digest finds them whatever document it stands in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from index.database import Database, Writer
from index.rows import pack_vectors, unpack_vectors
from index.vectors import Vectors


def known_vectors(database: Database, digests: Sequence[bytes], dimension: int) -> dict[bytes, Vectors]:
    """(sentences, dimension) for each of `digests` that is known, of a passage in the library or a spare one."""
    spare = database.read_by_ids("SELECT digest, vectors FROM spare_vectors WHERE digest", digests)
    known = {digest: unpack_vectors([packed], dimension) for digest, packed in spare}
    found = database.read_by_ids("SELECT digest, id FROM passages WHERE digest", digests)
    passages: dict[bytes, int] = dict(found)  # any one of those with the same digest
    digest_of = {passage_id: digest for digest, passage_id in passages.items()}
    rows = database.read_by_ids(
        "SELECT passage_id, vector FROM sentences WHERE passage_id", list(digest_of), "ORDER BY passage_id, id"
    )
    for passage_id, sentences in groupby(rows, key=lambda row: row[0]):
        known[digest_of[passage_id]] = unpack_vectors([vector for _, vector in sentences], dimension)
    return known


def keep_vectors(writer: Writer, vectors: Iterable[tuple[bytes, Vectors]]) -> None:
    """Keep the vectors of passages, by digest, as spare ones."""
    rows = [[digest, b"".join(pack_vectors(of_passage))] for digest, of_passage in vectors]
    writer.run_many("INSERT OR REPLACE INTO spare_vectors VALUES (?, ?)", rows)
