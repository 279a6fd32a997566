"""Erasing: of what was deleted, nothing can be read in the files of a library any more.

SQLite overwrites deleted rows and freed pages with zeros (`secure_delete`). Four places hold more: the keyword index,
which keeps words in its segments until these are merged; pages, which keep copies of rows that had to move; the
write-ahead log, which keeps older pages until it is emptied; and the file of the vector index. All of it takes seconds
in a large library and is for everything that was deleted until then, so that it is done once after many deletions.
That it is due is noted in the transaction that deletes, and so survives a process that is killed before it is done.
"""

from __future__ import annotations

from index.database import Database, Writer
from index.vector_cache import VectorCache

_FACT = "to_erase"


def note_remains(writer: Writer) -> None:
    """Note that something was deleted."""
    writer.run("INSERT OR REPLACE INTO facts VALUES (?, 'everything')", [_FACT])


def erase_remains(database: Database, cache: VectorCache) -> bool:
    """Erase what was deleted before; False if another process still reads it, and it is to be done again later.

    Raises:
        LibraryError: the library cannot be written.
        OSError: the file of the vector index cannot be deleted.
    """
    due = database.fact(_FACT)
    if due == "everything":
        cache.discard_file()
        with database.write(changes_documents=False) as writer:
            writer.run("INSERT INTO keywords (keywords) VALUES ('optimize')")
            writer.run("INSERT INTO furniture_keywords (furniture_keywords) VALUES ('optimize')")
        database.rewrite()
        with database.write(changes_documents=False) as writer:
            writer.run("UPDATE facts SET value = 'log' WHERE name = ?", [_FACT])
    if not due:
        return True
    if not database.empty_log():
        return False
    with database.write(changes_documents=False) as writer:
        writer.run("DELETE FROM facts WHERE name = ? AND value = 'log'", [_FACT])
    return True
