"""Which rows were removed: noted in the transaction that removes them, until what is left of them is erased.

Of a removed row only its id is kept.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import numpy.typing as npt

from index.counts import REMOVALS
from index.database import Database, Writer
from index.unused_bytes import Ranges
from index.vectors import Ids

# How many of the removals there have been were erased; those after them are all noted.
_ERASED = "removals_erased"

# The tables in which a document's rows follow each other. All were added at the end, so that only deleting moves them.
ROWS_OF_DOCUMENT = {
    "documents": "documents WHERE id = ?",
    "passages": "passages WHERE document_id = ?",
    "sentences": "sentences WHERE passage_id IN (SELECT id FROM passages WHERE document_id = ?)",
    "boxes": "boxes WHERE document_id = ?",
}


def note_removed(writer: Writer, document_id: int) -> None:
    """Note the rows of a document that is about to be deleted."""
    writer.run("INSERT INTO facts VALUES (?, '1') ON CONFLICT (name) DO UPDATE SET value = value + 1", [REMOVALS])
    for table, rows in ROWS_OF_DOCUMENT.items():
        writer.run(
            f"INSERT INTO removed_rows SELECT ?, min(rowid), max(rowid) FROM {rows} GROUP BY 1",  # noqa: S608
            [table, document_id],
        )


def removed_ranges(database: Database) -> dict[str, Ranges]:
    """The ids of the noted rows of each table: first and last of those that followed each other, in order."""
    removed = defaultdict(list)
    for table, first, last in database.read('SELECT "table", first, last FROM removed_rows ORDER BY first'):
        removed[table].append((first, last))
    return dict(removed)


def forget_removed(writer: Writer, removals: str) -> None:
    """Note that nothing is left of the first so many `removals`, which are all there have been."""
    writer.run("INSERT OR REPLACE INTO facts VALUES (?, ?)", [_ERASED, removals])
    writer.run("DELETE FROM removed_rows")


def are_noted(database: Database, since: str) -> bool:
    """True if all removals are noted but those that had been when they were counted as `since`."""
    return int(since or 0) >= int(database.fact(_ERASED) or 0)


def within(ranges: Ranges, ids: Ids) -> npt.NDArray[np.bool_]:
    """Which of `ids` lie in one of `ranges`, which are disjoint and in order."""
    firsts = np.array([first for first, _ in ranges], dtype=np.int64)
    lasts = np.array([-1, *(last for _, last in ranges)], dtype=np.int64)
    inside: npt.NDArray[np.bool_] = ids <= lasts[np.searchsorted(firsts, ids, side="right")]
    return inside
