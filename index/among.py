"""Searching some of a library's passages only, as if there were no others."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection

from index.database import Database
from index.rows import cosines_with
from index.vectors import Vectors

Scored = list[tuple[int, float]]
"""Passage ids with their scores, best first."""

# So many passages, and no larger a share of all, are compared one by one: in some tenths of a second at most.
MOST_COMPARED = 20_000
_LARGEST_SHARE = 1 / 8


def are_few(among: Collection[int], passages: int) -> bool:
    """Whether it is faster to compare `among` one by one than to look for them among all `passages`."""
    return len(among) <= min(MOST_COMPARED, passages * _LARGEST_SHARE)


def nearest_among(database: Database, vector: Vectors, k: int, among: Collection[int]) -> Scored:
    """The `k` sentences of the passages `among` that are nearest to `vector`: (passage id, cosine).

    Raises:
        LibraryError: the database cannot be read.
    """
    rows = database.read(
        "SELECT id, passage_id, vector FROM sentences WHERE vector IS NOT NULL"
        " AND passage_id IN (SELECT value FROM json_each(?))",
        [json.dumps(sorted(among))],
    )
    cosines = cosines_with(vector, [row[2] for row in rows])
    best = sorted(zip(cosines, rows, strict=True), key=lambda pair: (-pair[0], pair[1][0]))[:k]
    return [(passage_id, cosine) for cosine, (_, passage_id, _) in best]


def best_among(search: Callable[[int], Scored], k: int, among: Collection[int] | None) -> Scored:
    """The `k` best of `among`, or of all if None, by asking `search` for more and more."""
    asked = k
    while True:
        found = search(asked)
        kept = [one for one in found if among is None or one[0] in among]
        if len(kept) >= k or len(found) < asked:
            return kept[:k]
        asked *= 8
