"""SQLite: opening, migrating, reading and writing a library's one file of truth.

This is the only module that imports `sqlite3`; what SQLite raises leaves it as `LibraryError`. Writers wait for
each other, readers for nobody (write-ahead log), and a commit is on the disk before it returns.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

from index.schema import MIGRATIONS
from index.unused_bytes import Ranges, run_overwriting
from index.words import keyword_text
from source.errors import LibraryError, printable

_BUSY_TIMEOUT_S, _BUSY_WAIT_S = 20.0, 0.01
# How long emptying the log waits for readers, which take milliseconds.
_LOG_TIMEOUT_S = 2.0
# Statements take at most 32,766 parameters; a batch of this size keeps them short.
_IDS_PER_STATEMENT = 500

_NOT_WRITABLE = (
    "you have no permission to write to its folder",
    "Change its permissions, or choose another with --library.",
)

# Only a commit that changes something is noticed by others.
_COUNT_OVERWRITING = "INSERT INTO facts VALUES ('overwritten', '1') ON CONFLICT (name) DO UPDATE SET value = value + 1"

Row = tuple[Any, ...]


class Database:
    """One library's SQLite file, opened for reading and, where the folder allows it, writing.

    Safe to use from several threads: readers take turns, and so do writers, but readers need not wait for a writer,
    and see what it has done only when that is whole.

    Raises:
        LibraryError: from every method, when SQLite cannot do what is asked.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._reading = threading.RLock()
        self._writing = threading.RLock()
        self._read_in_snapshot: dict[str, list[Row]] = {}
        self.is_writable = _may_write(path.parent) and (not path.exists() or _may_write(path))
        with ExitStack() as opened, self._translated("open"):
            self._writer = opened.enter_context(closing(self._connect()))
            if self.is_writable:
                _make_safe(self._writer)
            self._migrate()
            self._reader = self._writer
            if self.is_writable:
                self._reader = opened.enter_context(closing(self._connect()))
                self._reader.execute("PRAGMA query_only = ON")
            self._connections = opened.pop_all()

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
        if self._version() < len(MIGRATIONS):
            self._writer.create_function("keyword_text", 1, keyword_text, deterministic=True)
            self._writer.execute("BEGIN IMMEDIATE")
            for number, script in enumerate(MIGRATIONS[self._version() :], self._version() + 1):
                for statement in script.split(";\n"):
                    self._writer.execute(statement)
                self._writer.execute(f"PRAGMA user_version = {number}")
            self._writer.execute("COMMIT")

    def _version(self) -> int:
        version: int = self._writer.execute("PRAGMA user_version").fetchone()[0]
        if version > len(MIGRATIONS):
            reason = f"a newer version of this program wrote it (format {version}, known are 1 to {len(MIGRATIONS)})"
            raise LibraryError(self._thing("open"), reason, "Upgrade: pip install --upgrade quoted-answers.")
        return version

    def close(self) -> None:
        """Close the file; the database cannot be used afterwards."""
        with self._reading, self._writing:  # in the order of a search that has the index to write
            self._connections.close()

    def read(self, statement: str, parameters: Sequence[object] = ()) -> list[Row]:
        """The rows of a SELECT; of a change that is under way, also one of this thread, nothing is seen."""
        with self._reading, self._translated("read"):
            return self._reader.execute(statement, parameters).fetchall()

    def read_once(self, statement: str) -> list[Row]:
        """As `read`; within a snapshot, where nothing changes, a statement is run once and its rows are kept."""
        with self._reading:
            if not self._reader.in_transaction:
                return self.read(statement)
            if statement not in self._read_in_snapshot:
                self._read_in_snapshot[statement] = self.read(statement)
            return self._read_in_snapshot[statement]

    def read_by_ids(self, statement: str, ids: Sequence[object], order: str = "") -> list[Row]:
        """The rows of a SELECT that ends in the name of a column, for those of its values that are in `ids`."""
        rows: list[Row] = []
        for start in range(0, len(ids), _IDS_PER_STATEMENT):
            batch = ids[start : start + _IDS_PER_STATEMENT]
            rows += self.read(f"{statement} IN ({','.join('?' * len(batch))}) {order}", batch)
        return rows

    def fact(self, name: str) -> str:
        """What is noted under `name`; empty if nothing is."""
        facts: dict[str, str] = dict(self.read_once("SELECT name, value FROM facts"))  # there are few
        return facts.get(name, "")

    def check_writable(self) -> None:
        """Raise `LibraryError` where the file or its folder cannot be written to."""
        if not self.is_writable:
            raise LibraryError(self._thing("change"), *_NOT_WRITABLE)

    @contextmanager
    def write(self, *, changes_documents: bool = True) -> Iterator[Writer]:
        """A transaction: all of it is done when the block ends, or none of it if the block raises.

        One that changes no documents leaves the generation as it is, and so what was made for it.
        """
        self.check_writable()
        with self._writing, self._translated("change"):
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield Writer(self._writer)
                if changes_documents:
                    self._writer.execute("UPDATE facts SET value = value + 1 WHERE name = 'generation'")
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Reads inside the block see one state of the library, whatever is written meanwhile."""
        with self._reading, self._translated("read"):
            if self._reader.in_transaction:
                yield
                return
            self._read_in_snapshot.clear()
            self._reader.execute("BEGIN")
            try:
                yield
            finally:
                self._reader.rollback()  # it only read

    def rewrite(self) -> None:
        """Write the file anew from what it holds: pages keep copies of rows that were moved and deleted later.

        There must be room on the disk for two more of it while that is done.
        """
        self.check_writable()
        with self._writing, self._translated("change"):
            self._writer.execute("VACUUM")

    def overwrite_unused(self, near: Mapping[str, Ranges], left_out: Collection[str] = ()) -> bool:
        """Overwrite what pages hold beside their rows, in all tables and indexes but `left_out`; False if one may not.

        Of the tables in `near` only those pages are looked at that hold row ids in its ranges, or are near to one that
        does. Nobody can write meanwhile. False means that somebody reads or writes; it is then to be done again.
        """
        if not self.empty_log():
            return False
        # A connection of its own: its commit makes all others, which live on, forget the pages as they were.
        with self._writing, self._translated("change"), closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            log = Path(f"{self.path.resolve()}-wal")  # SQLite follows links
            if log.exists() and log.stat().st_size:  # somebody has written since
                return False
            roots = connection.execute("SELECT name, rootpage FROM sqlite_schema WHERE rootpage > 0").fetchall()
            trees = [(root, near.get(name)) for name, root in roots if name not in left_out]
            is_done = run_overwriting(self.path, trees)
            connection.execute(_COUNT_OVERWRITING)
            connection.execute("COMMIT")
        if not is_done:  # the file is laid out in another way
            self.rewrite()
        return True

    def empty_log(self) -> bool:
        """Move what the write-ahead log holds to its place and cut the log to nothing; False if a reader hinders that.

        Until then, what was overwritten or deleted may still be read in the files.
        """
        self.check_writable()
        with self._writing, self._translated("change"):
            self._writer.execute(f"PRAGMA busy_timeout = {_LOG_TIMEOUT_S * 1000:.0f}")
            try:
                is_busy, _, _ = self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                self._writer.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_S * 1000:.0f}")
        return not is_busy

    def _thing(self, verb: str) -> str:
        return f"Cannot {verb} the library in {printable(str(self.path.parent))}"

    @contextmanager
    def _translated(self, verb: str) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise LibraryError(self._thing(verb), *_reason_and_remedy(error, self.path)) from error


def _make_safe(connection: sqlite3.Connection) -> None:
    _begin_log(connection)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON").fetchone()  # what is deleted is overwritten with zeros


def _begin_log(connection: sqlite3.Connection) -> None:
    """Switch to a write-ahead log; while others do so to the same new file, SQLite does not wait for them itself."""
    deadline = time.monotonic() + _BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_BUSY_WAIT_S)
        else:
            return


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
