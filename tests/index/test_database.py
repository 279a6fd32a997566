"""The database: all of a change or none of it, one state for each reader, and every failure in a sentence."""

from __future__ import annotations

import re
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from index.database import Database
from index.schema import MIGRATIONS
from source.errors import LibraryError

INSERT = "INSERT INTO facts VALUES (?, ?)"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "library.sqlite3"


def facts_of(database: Database) -> dict[str, str]:
    rows = database.read("SELECT name, value FROM facts WHERE name LIKE 'test%' ORDER BY name")
    return {name: value for name, value in rows}  # noqa: C416 - dict() does not take untyped tuples


def generation_of(database: Database) -> int:
    return int(database.read("SELECT value FROM facts WHERE name = 'generation'")[0][0])


def insert_twice(database: Database, value: str, error: BaseException | None) -> None:
    with database.write() as writer:
        writer.run(INSERT, ["test", value])
        if error:
            raise error
        writer.run(INSERT, ["test", value])


def read_and_fail(database: Database) -> None:
    with database.snapshot():
        facts_of(database)
        raise ValueError("ours")


def test_a_change_is_whole_and_makes_the_generation_larger(path: Path) -> None:
    with closing(Database(path)) as database:
        before = generation_of(database)
        with database.write() as writer:
            writer.run(INSERT, ["test 1", "a"])
            writer.run_many(INSERT, [["test 2", "b"], ["test 3", "c"]])
            assert writer.read("SELECT count(*) FROM facts WHERE name LIKE 'test%'") == [(3,)]
        assert generation_of(database) == before + 1
    with closing(Database(path)) as database:
        assert facts_of(database) == {"test 1": "a", "test 2": "b", "test 3": "c"}


@pytest.mark.parametrize("error", [ValueError("ours"), KeyboardInterrupt()])
def test_of_a_change_that_fails_nothing_is_left(path: Path, error: BaseException) -> None:
    with closing(Database(path)) as database:
        before = generation_of(database)
        with pytest.raises(type(error)):
            insert_twice(database, "a", error)
        assert facts_of(database) == {}
        assert generation_of(database) == before
        with database.write() as writer:
            writer.run(INSERT, ["test", "b"])
        assert facts_of(database) == {"test": "b"}


def test_a_statement_that_breaks_a_rule_undoes_the_change_and_is_told_in_a_sentence(path: Path) -> None:
    with closing(Database(path)) as database:
        with pytest.raises(LibraryError, match=r"its database does not fit \(UNIQUE constraint failed"):
            insert_twice(database, "a", None)
        assert facts_of(database) == {}


def test_a_reader_s_snapshot_does_not_see_what_another_writes_meanwhile(path: Path) -> None:
    with closing(Database(path)) as reader, closing(Database(path)) as other:
        with reader.snapshot():
            assert facts_of(reader) == {}
            with other.write() as writer:
                writer.run(INSERT, ["test", "a"])
            assert facts_of(reader) == {}
            with reader.snapshot():
                assert facts_of(reader) == {}
            assert facts_of(other) == {"test": "a"}
        assert facts_of(reader) == {"test": "a"}


def test_within_a_snapshot_a_statement_may_be_read_once_and_after_it_anew(path: Path) -> None:
    statement = "SELECT name, value FROM facts WHERE name LIKE 'test%'"
    with closing(Database(path)) as reader, closing(Database(path)) as other:
        for number in range(3):
            with reader.snapshot():
                before = reader.read_once(statement)
                with other.write() as writer:
                    writer.run(INSERT, [f"test {number}", "a"])
                assert reader.read_once(statement) is before
                assert reader.fact(f"test {number}") == ""
            assert len(before) == number
            assert len(reader.read_once(statement)) == number + 1
            assert reader.fact(f"test {number}") == "a"


def test_a_snapshot_ends_when_its_block_raises(path: Path) -> None:
    with closing(Database(path)) as reader, closing(Database(path)) as other:
        with pytest.raises(ValueError, match="ours"):
            read_and_fail(reader)
        with other.write() as writer:
            writer.run(INSERT, ["test", "a"])
        assert facts_of(reader) == {"test": "a"}


def test_threads_take_turns(path: Path) -> None:
    with closing(Database(path)) as database:

        def work(number: int) -> None:
            for step in range(10):
                with database.write() as writer:
                    writer.run(INSERT, [f"test {number} {step}", "x"])
                assert len(facts_of(database)) > step

        threads = [threading.Thread(target=work, args=[number]) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert facts_of(database) == {f"test {number} {step}": "x" for number in range(4) for step in range(10)}


def test_readers_go_on_while_a_change_waits_and_while_it_is_made(path: Path) -> None:
    waits, goes_on = threading.Event(), threading.Event()
    with closing(Database(path)) as database, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        def work() -> None:
            waits.set()
            with database.write() as writer:
                writer.run(INSERT, ["test", "x"])
                waits.set()
                goes_on.wait(30)

        thread = threading.Thread(target=work)
        thread.start()
        assert waits.wait(30)
        assert facts_of(database) == {}
        waits.clear()
        other.execute("ROLLBACK")
        assert waits.wait(30)
        with database.snapshot():
            assert facts_of(database) == {}
            goes_on.set()
            thread.join(30)
            assert facts_of(database) == {}
        assert facts_of(database) == {"test": "x"}


def test_a_change_that_is_none_to_documents_leaves_the_generation(path: Path) -> None:
    with closing(Database(path)) as database:
        before = generation_of(database)
        with database.write(changes_documents=False) as writer:
            writer.run(INSERT, ["test", "a"])
        assert (generation_of(database), facts_of(database)) == (before, {"test": "a"})


def test_the_log_is_emptied_unless_somebody_reads_what_is_in_it(path: Path) -> None:
    log = path.with_name(f"{path.name}-wal")
    with closing(Database(path)) as database, closing(Database(path)) as other:
        assert log.stat().st_size > 0
        assert database.empty_log()
        assert log.stat().st_size == 0
        with other.snapshot():
            facts_of(other)
            with database.write() as writer:
                writer.run(INSERT, ["test", "a"])
            assert not database.empty_log()
        assert database.empty_log()
        assert log.stat().st_size == 0
        assert facts_of(other) == {"test": "a"}


def test_a_file_is_written_anew_with_what_it_holds(path: Path) -> None:
    with closing(Database(path)) as database:
        with database.write() as writer:
            writer.run_many(INSERT, [[f"test {number}", "x" * 100] for number in range(1000)])
        with database.write() as writer:
            writer.run("DELETE FROM facts WHERE name LIKE 'test%' AND name != 'test 7'")
        before = database.read("PRAGMA page_count")[0][0]
        database.rewrite()
        assert database.read("PRAGMA page_count")[0][0] < before
        assert facts_of(database) == {"test 7": "x" * 100}
        assert database.read("PRAGMA user_version") == [(len(MIGRATIONS),)]


def test_several_may_make_the_same_library_at_once(path: Path) -> None:
    errors: list[BaseException] = []
    start = threading.Barrier(6)

    def work(number: int) -> None:
        try:
            start.wait()
            with closing(Database(path)) as database, database.write() as writer:
                writer.run(INSERT, [f"test {number}", "x"])
        except BaseException as error:  # noqa: BLE001 - reported below, from the main thread
            errors.append(error)

    threads = [threading.Thread(target=work, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with closing(Database(path)) as database:
        assert facts_of(database) == {f"test {number}": "x" for number in range(6)}


def test_a_new_library_has_the_latest_format_and_safe_settings(path: Path) -> None:
    with closing(Database(path)) as database, database.write() as writer:
        settings = {
            name: writer.read(f"PRAGMA {name}")[0][0]
            for name in ("user_version", "journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    assert settings == {
        "user_version": len(MIGRATIONS),
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
    }


def test_a_library_of_a_newer_format_is_refused_and_left_as_it_is(path: Path) -> None:
    Database(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    with pytest.raises(LibraryError) as caught:
        Database(path)
    assert str(caught.value) == (
        f"Cannot open the library in {path.parent}: a newer version of this program wrote it (format 99, known are "
        f"1 to {len(MIGRATIONS)}). Upgrade: pip install --upgrade quoted-answers."
    )
    assert path.read_bytes() == before


@pytest.mark.parametrize("damage", [b"not a database at all" * 100, b"SQLite format 3\0" + b"\xff" * 4000])
def test_a_damaged_file_is_kept_and_said_to_be_damaged(path: Path, damage: bytes) -> None:
    path.write_bytes(damage)
    with pytest.raises(LibraryError) as caught:
        Database(path)
    assert re.match(
        rf"Cannot open the library in {path.parent}: its database is damaged\. The damaged file is kept",
        str(caught.value),
    )
    assert path.read_bytes() == damage


def test_documents_take_their_passages_and_sentences_with_them(path: Path) -> None:
    with closing(Database(path)) as database:
        with database.write() as writer:
            writer.run("INSERT INTO documents VALUES (1, 'p', 'n', 's', 1, 'text', 'utf-8', 't', 'now', 'x')")
            writer.run("INSERT INTO passages VALUES (1, 1, 1, 'body', 0, 1, '[]', NULL, NULL, NULL, NULL, NULL)")
            writer.run("INSERT INTO sentences VALUES (1, 1, 0, 1, 'x', NULL)")
        with database.write() as writer:
            writer.run("DELETE FROM documents")
        assert (
            database.read("SELECT count(*) FROM passages") == database.read("SELECT count(*) FROM sentences") == [(0,)]
        )
        with database.write() as writer:
            row = writer.run("INSERT INTO documents VALUES (NULL, 'p', 'n', 's', 1, 'text', 'utf-8', 't', 'now', 'x')")
        assert row == 2, "an id was used again"
