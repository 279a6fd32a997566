"""SQLite: opening, migrating, reading and writing a library's one file of truth.

This is the only module that imports `sqlite3`; what SQLite raises leaves it as `LibraryError`. Writers wait for
each other, readers for nobody (write-ahead log), and a commit is on the disk before it returns.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from source.errors import LibraryError, printable

_BUSY_TIMEOUT_S = 20.0

_VERSION_1 = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO facts VALUES ('generation', '0'), ('vectors', lower(hex(randomblob(8))));

CREATE TABLE documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    path TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    format TEXT NOT NULL,
    encoding TEXT NOT NULL,
    title TEXT NOT NULL,
    added_at TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX documents_by_name ON documents (name);

CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    role TEXT NOT NULL,
    "start" INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    headings TEXT NOT NULL,
    first_line INTEGER,
    last_line INTEGER
);
CREATE INDEX passages_by_document ON passages (document_id, number);

CREATE TABLE sentences (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    passage_id INTEGER NOT NULL REFERENCES passages (id) ON DELETE CASCADE,
    "start" INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    folded TEXT NOT NULL,
    vector BLOB
);
CREATE INDEX sentences_by_passage ON sentences (passage_id);

CREATE VIRTUAL TABLE keywords USING fts5 (headings, text, tokenize = 'porter unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE furniture_keywords USING fts5 (text, tokenize = 'porter unicode61 remove_diacritics 2');
"""

_NOT_WRITABLE = (
    "you have no permission to write to its folder",
    "Change its permissions, or choose another with --library.",
)

_VERSION_2 = """
CREATE TABLE parts (
    document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    kind TEXT NOT NULL,
    number INTEGER NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    "start" INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    PRIMARY KEY (document_id, place)
) WITHOUT ROWID;
ALTER TABLE passages ADD COLUMN first_part INTEGER;
ALTER TABLE passages ADD COLUMN last_part INTEGER;
"""

MIGRATIONS = (_VERSION_1, _VERSION_2)
"""Each brings a library from the version of its index to the next; `PRAGMA user_version` says where it stands."""

Row = tuple[Any, ...]


class Database:
    """One library's SQLite file, opened for reading and, where the folder allows it, writing.

    Safe to use from several threads, which take turns.

    Raises:
        LibraryError: from every method, when SQLite cannot do what is asked.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        self.is_writable = _may_write(path.parent) and (not path.exists() or _may_write(path))
        with self._translated("open"):
            self._connection = self._connect()
        try:
            with self._translated("open"):
                self._migrate()
        except LibraryError:
            self._connection.close()
            raise

    def _connect(self) -> sqlite3.Connection:
        mode = "mode=rwc"
        if not self.is_writable:
            # Reading a log needs a second file beside it, which cannot be made here. Where there is no log, nobody
            # is writing and the file can be read as it is.
            mode = "mode=ro" if Path(f"{self.path}-wal").exists() else "mode=ro&immutable=1"
        return sqlite3.connect(
            f"{self.path.absolute().as_uri()}?{mode}",
            uri=True,
            timeout=_BUSY_TIMEOUT_S,
            isolation_level=None,
            check_same_thread=False,
        )

    def _migrate(self) -> None:
        if self.is_writable:
            self._connection.execute("PRAGMA journal_mode = WAL").fetchone()
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute("PRAGMA foreign_keys = ON")
        if self._version() < len(MIGRATIONS):
            self._connection.execute("BEGIN IMMEDIATE")
            for number, script in enumerate(MIGRATIONS[self._version() :], self._version() + 1):
                for statement in script.split(";\n"):
                    self._connection.execute(statement)
                self._connection.execute(f"PRAGMA user_version = {number}")
            self._connection.execute("COMMIT")

    def _version(self) -> int:
        version: int = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if version > len(MIGRATIONS):
            reason = f"a newer version of this program wrote it (format {version}, known are 1 to {len(MIGRATIONS)})"
            raise LibraryError(self._thing("open"), reason, "Upgrade: pip install --upgrade quoted-answers.")
        return version

    def close(self) -> None:
        """Close the file; the database cannot be used afterwards."""
        with self._lock:
            self._connection.close()

    def read(self, statement: str, parameters: Sequence[object] = ()) -> list[Row]:
        """The rows of a SELECT."""
        with self._lock, self._translated("read"):
            return self._connection.execute(statement, parameters).fetchall()

    def check_writable(self) -> None:
        """Raise `LibraryError` where the file or its folder cannot be written to."""
        if not self.is_writable:
            raise LibraryError(self._thing("change"), *_NOT_WRITABLE)

    @contextmanager
    def write(self) -> Iterator[Writer]:
        """A transaction: all of it is done when the block ends, or none of it if the block raises."""
        self.check_writable()
        with self._lock, self._translated("change"):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield Writer(self._connection)
                self._connection.execute("UPDATE facts SET value = value + 1 WHERE name = 'generation'")
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Reads inside the block see one state of the library, whatever other processes write meanwhile."""
        with self._lock, self._translated("read"):
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                self._connection.rollback()  # it only read

    def _thing(self, verb: str) -> str:
        return f"Cannot {verb} the library in {printable(str(self.path.parent))}"

    @contextmanager
    def _translated(self, verb: str) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise LibraryError(self._thing(verb), *_reason_and_remedy(error, self.path)) from error


def _may_write(path: Path) -> bool:
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


class Writer:
    """The statements of one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def run(self, statement: str, parameters: Sequence[object] = ()) -> int:
        """Run one statement; the row id of what it inserted."""
        return self._connection.execute(statement, parameters).lastrowid or 0

    def run_many(self, statement: str, rows: Sequence[Sequence[object]]) -> None:
        """Run one statement for each row of parameters."""
        self._connection.executemany(statement, rows)

    def read(self, statement: str, parameters: Sequence[object] = ()) -> list[Row]:
        """The rows of a SELECT as this transaction sees them."""
        return self._connection.execute(statement, parameters).fetchall()


def _reason_and_remedy(error: sqlite3.Error, path: Path) -> tuple[str, str]:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    rebuild = (
        f"The damaged file is kept as it is: {printable(str(path))}. Move it away and add your documents again with "
        "qa add"
    )
    match code:
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return "its database is damaged", f"{rebuild}."
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return "another process is writing to it", "Wait until that is done and try again."
        case sqlite3.SQLITE_FULL:
            return "the disk is full", "Free some space and try again; what was reported as done is kept."
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return _NOT_WRITABLE
        case sqlite3.SQLITE_IOERR:
            return "the disk reported an error", "Check the disk and try again; what was reported as done is kept."
        case _:
            return f"its database does not fit ({error})", f"{rebuild}."
