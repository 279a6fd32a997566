"""Erasing: of what was deleted, nothing can be read in the files of a library any more.

SQLite overwrites deleted rows and freed pages with zeros (`secure_delete`). Four places hold more: the keyword index,
which keeps words in its segments until these are merged; pages, which keep copies of rows that had to move; the
write-ahead log, which keeps older pages until it is emptied; and the files of the vector index. All of it takes seconds
in a large library and is for everything that was deleted until then, so that it is done once after many deletions.
That it is due is noted in the transaction that deletes, and so survives a process that is killed before it is done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from index.counts import REMOVALS
from index.database import Database, Writer
from index.vector_cache import VectorCache
from index.vectors import Ids

_FACT = "to_erase"
# "erased 17" with the value "23": the sentences 17 to 23 were removed, and their vectors are still to be erased.
_RANGES = "FROM facts WHERE name BETWEEN 'erased ' AND 'erased 9'"


def note_remains(writer: Writer, document_id: int) -> None:
    """Note that a document is about to be deleted."""
    writer.run("INSERT OR REPLACE INTO facts VALUES (?, 'everything')", [_FACT])
    writer.run("INSERT INTO facts VALUES (?, '1') ON CONFLICT (name) DO UPDATE SET value = value + 1", [REMOVALS])
    [(first, last)] = writer.read(
        "SELECT min(id), max(id) FROM sentences WHERE passage_id IN (SELECT id FROM passages WHERE document_id = ?)",
        [document_id],
    )
    if first is not None:  # the sentences of a document follow each other
        writer.run("INSERT OR REPLACE INTO facts VALUES (?, ?)", [f"erased {first:020d}", str(last)])


def erase_remains(database: Database, cache: VectorCache) -> bool:
    """Erase what was deleted before; False if another process still reads it, and it is to be done again later.

    Raises:
        LibraryError: the library cannot be written.
        OSError: the file of the vector index cannot be deleted.
    """
    due = database.fact(_FACT)
    if due == "everything":
        removals = database.fact(REMOVALS)
        ranges = database.read(f"SELECT name, value {_RANGES} ORDER BY name")
        cache.erase(_within([(int(name.split()[1]), int(last)) for name, last in ranges]))
        with database.write(changes_documents=False) as writer:
            writer.run("INSERT INTO keywords (keywords) VALUES ('optimize')")
            writer.run("INSERT INTO furniture_keywords (furniture_keywords) VALUES ('optimize')")
        database.rewrite()
        with database.write(changes_documents=False) as writer:
            now = writer.read("SELECT value FROM facts WHERE name = ?", [REMOVALS])
            if (now[0][0] if now else "") == removals:  # else it is due for what was deleted meanwhile
                writer.run("UPDATE facts SET value = 'log' WHERE name = ?", [_FACT])
            writer.run_many("DELETE FROM facts WHERE name = ?", [[name] for name, _ in ranges])
    if not due:
        return True
    if not database.empty_log():
        return False
    with database.write(changes_documents=False) as writer:
        writer.run("DELETE FROM facts WHERE name = ? AND value = 'log'", [_FACT])
    return True


def _within(ranges: Sequence[tuple[int, int]]) -> Callable[[Ids], npt.NDArray[np.bool_]]:
    """Tells of ids which lie in one of `ranges`, first and last of each, which are disjoint and in order."""
    firsts = np.array([first for first, _ in ranges], dtype=np.int64)
    lasts = np.array([-1, *(last for _, last in ranges)], dtype=np.int64)
    return lambda ids: ids <= lasts[np.searchsorted(firsts, ids, side="right")]
