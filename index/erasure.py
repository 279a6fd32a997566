"""Erasing: of what was deleted, nothing can be read in the files of a library any more.

SQLite overwrites deleted rows and freed pages with zeros (`secure_delete`). Four places hold more: the keyword index,
which keeps words in its segments until these are merged; pages, which keep copies of rows that had to move
(`index.unused_bytes`); the write-ahead log, which keeps older pages until it is emptied; and the files of the vector
index. That is done once for everything that was deleted until then. That it is due is noted in the transaction that
deletes, and so survives a process that is killed before it is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from index.counts import REMOVALS
from index.database import Database, Writer
from index.removed_rows import ROWS_OF_DOCUMENT, forget_removed, note_removed, removed_ranges, within
from index.unused_bytes import Ranges
from index.vector_cache import VectorCache

_FACT = "to_erase"
# Set while rows may have moved elsewhere than near those that were removed, which is where deleting moves them.
_MOVED = "rows_moved"

_ROW_BY_PASSAGE = ("keywords_content", "keywords_docsize", "furniture_keywords_content", "furniture_keywords_docsize")
# Nothing but ids stands in these.
_HARMLESS = ("passages_by_document", "sentences_by_passage")

# So many pages of the keyword index are merged at once, in some tenths of a second.
_PAGES_PER_MERGE = 2_000
# https://www.sqlite.org/fts5.html#the_merge_command: with fewer, there was nothing to merge.
_CHANGES_OF_A_MERGE = 2

# A smaller file is written anew faster than it is looked through.
_SMALL_BYTES = 8_000_000
# A file of which so much is free is written anew, which takes no longer than what was removed deserves.
_FREE_SHARE = 0.25


def note_remains(writer: Writer, document_id: int) -> None:
    """Note that a document is about to be deleted."""
    writer.run("INSERT OR REPLACE INTO facts VALUES (?, 'everything')", [_FACT])
    note_removed(writer, document_id)


def note_moves(writer: Writer) -> None:
    """Note that rows of any document may be about to move."""
    writer.run("INSERT OR REPLACE INTO facts VALUES (?, hex(randomblob(8)))", [_MOVED])


def erase_remains(database: Database, cache: VectorCache, *, small_bytes: int = _SMALL_BYTES) -> bool:
    """Erase what was deleted before; False if another process still reads it, and it is to be done again later.

    Raises:
        LibraryError: the library cannot be written.
        OSError: the file of the vector index cannot be deleted.
    """
    due = database.fact(_FACT)
    if due == "everything" and not _erase_all(database, cache, small_bytes):
        return False
    if not due:
        return True
    if not database.empty_log():
        return False
    with database.write(changes_documents=False) as writer:
        writer.run("DELETE FROM facts WHERE name = ? AND value = 'log'", [_FACT])
    return True


def _erase_all(database: Database, cache: VectorCache, small_bytes: int) -> bool:
    removals, moved = database.fact(REMOVALS), database.fact(_MOVED)
    removed = removed_ranges(database)
    cache.erase(partial(within, removed.get("sentences", ())))
    for table in ("keywords", "furniture_keywords"):
        _merge_segments(database, table)
    if not _erase_copies(database, removed, small_bytes):
        return False
    with database.write(changes_documents=False) as writer:
        now = writer.read("SELECT value FROM facts WHERE name = ?", [REMOVALS])
        if (now[0][0] if now else "") == removals:  # else it is due for what was deleted meanwhile
            writer.run("UPDATE facts SET value = 'log' WHERE name = ?", [_FACT])
            writer.run("DELETE FROM facts WHERE name = ? AND value = ?", [_MOVED, moved])
            forget_removed(writer, removals)
    return True


def _merge_segments(database: Database, table: str) -> None:
    """Merge all segments of a keyword index, which leaves out what was deleted, so that others can write in between."""
    merge = f"INSERT INTO {table} ({table}, rank) VALUES ('merge', ?)"  # noqa: S608
    step = -_PAGES_PER_MERGE  # negative: take all segments; those after it go on
    while True:
        with database.write(changes_documents=False) as writer:
            [(before,)] = writer.read("SELECT total_changes()")
            writer.run(merge, [step])
            [(after,)] = writer.read("SELECT total_changes()")
        if after - before < _CHANGES_OF_A_MERGE:
            return
        step = _PAGES_PER_MERGE


def _erase_copies(database: Database, removed: Mapping[str, Ranges], small_bytes: int) -> bool:
    """Overwrite the copies of rows that had to move; False if somebody hinders that."""
    [(pages,)], [(free,)] = database.read("PRAGMA page_count"), database.read("PRAGMA freelist_count")
    [(size,)] = database.read("PRAGMA page_size")
    if pages * size < small_bytes or free > pages * _FREE_SHARE:
        database.rewrite()
        return True
    if database.fact(_MOVED):
        return database.overwrite_unused({}, _HARMLESS)
    by_passage = dict.fromkeys(_ROW_BY_PASSAGE, removed.get("passages", ()))
    return database.overwrite_unused({**dict.fromkeys(ROWS_OF_DOCUMENT, ()), **removed, **by_passage}, _HARMLESS)
