"""The bytes of a SQLite file in which no row stands are overwritten, and no others; whoever has it open goes on."""

from __future__ import annotations

import mmap
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from index.database import Database
from index.unused_bytes import overwrite_unused, run_overwriting

INSERT = "INSERT INTO facts VALUES (?, ?)"
PLANTED = b"PLANTED!"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A table of 2,000 rows on many pages, each with room in its middle, and an index."""
    path = tmp_path / "rows.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, text TEXT)")
        connection.execute("CREATE INDEX rows_by_text ON rows (text)")
        texts = ((number, f"{number * 7919 % 2000:04d} {'x' * 250}") for number in range(2000))
        connection.executemany("INSERT INTO rows VALUES (?, ?)", texts)
        connection.commit()
    return path


def roots(path: Path) -> dict[str, int]:
    with closing(sqlite3.connect(path)) as connection:
        return dict(connection.execute("SELECT name, rootpage FROM sqlite_schema"))


def rows(path: Path) -> list[tuple[int, str]]:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return connection.execute("SELECT * FROM rows ORDER BY id").fetchall()


def plant(path: Path) -> int:
    """Write something into the unused middle of each page but the first that has one; how many these are."""
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as data:
        size, planted = int.from_bytes(data[16:18]), 0
        for start in range(size, len(data), size):
            count, content = int.from_bytes(data[start + 3 : start + 5]), int.from_bytes(data[start + 5 : start + 7])
            first = (8 if data[start] > 8 else 12) + 2 * count
            if content - first >= len(PLANTED):
                data[start + first : start + first + len(PLANTED)] = PLANTED
                planted += 1
    return planted


def test_what_stands_between_rows_is_overwritten_and_every_row_stays(path: Path) -> None:
    before = rows(path)
    assert plant(path) > 100
    trees = [(root, None) for root in roots(path).values()]
    assert overwrite_unused(path, trees) > 100
    # Inner pages of a table hold keys only, and are left as they are: here that is the root.
    assert path.read_bytes().count(PLANTED) == 1
    assert rows(path) == before
    assert overwrite_unused(path, trees) == 0


def test_of_a_table_only_the_pages_near_the_keys_are_looked_at(path: Path) -> None:
    planted = plant(path)
    near = overwrite_unused(path, [(roots(path)["rows"], [(1000, 1010)])])
    assert 10 <= near <= 20
    assert path.read_bytes().count(PLANTED) == planted - near
    assert overwrite_unused(path, [(roots(path)["rows"], [])]) == 0


def test_free_blocks_are_overwritten_but_for_their_links(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA secure_delete = OFF")
        connection.execute("DELETE FROM rows WHERE id % 10 = 3")
        connection.commit()
    before = rows(path)
    text = f"{13 * 7919 % 2000:04d} xxx".encode()
    assert path.read_bytes().count(text) == 2, "in the table and in the index"
    overwrite_unused(path, [(root, None) for root in roots(path).values()])
    assert path.read_bytes().count(text) == 0
    assert rows(path) == before


@pytest.mark.parametrize("page", [1, 9, 100_000])
def test_a_page_that_is_of_no_tree_is_not_written_to(path: Path, page: int) -> None:
    data = bytearray(path.read_bytes())
    data[8 * 4096] = 7
    path.write_bytes(data)
    with pytest.raises(ValueError, match="page"):
        overwrite_unused(path, [(page, None)])
    assert not run_overwriting(path, [(page, None)])
    assert path.read_bytes() == bytes(data)


def damages_of(data: bytearray, leaf: int) -> list[tuple[int, int]]:
    """Where a page of 4,096 bytes says what of it is unused, each with something that cannot be."""
    start = (leaf - 1) * 4096
    block = int.from_bytes(data[start + 1 : start + 3])
    places = [(start + 1, 4), (start + 5, 0), (start + 5, 4097), (start + 5, 65_535)]
    return [*places, (start + block, block), (start + block + 2, 4096), (start + block + 2, 1)]


@pytest.mark.parametrize("number", range(7))
def test_of_a_damaged_page_nothing_is_overwritten_nor_of_those_after_it(path: Path, number: int) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM rows WHERE id % 10 = 3")
        connection.commit()
    overwrite_unused(path, [(root, None) for root in roots(path).values()])
    data = bytearray(path.read_bytes())
    leaf = next(at // 4096 + 1 for at in range(4096, len(data), 4096) if data[at] == 13 and any(data[at + 1 : at + 3]))
    place, value = damages_of(data, leaf)[number]
    data[place : place + 2] = value.to_bytes(2)
    path.write_bytes(data)
    with pytest.raises(ValueError, match=r"damaged|in order"):
        overwrite_unused(path, [(leaf, None)])
    assert path.read_bytes() == bytes(data)


def test_a_tree_that_leads_back_to_itself_comes_to_an_end(path: Path) -> None:
    data, root = bytearray(path.read_bytes()), roots(path)["rows"]
    start = (root - 1) * 4096
    data[start + 8 : start + 12] = root.to_bytes(4)
    path.write_bytes(data)
    with pytest.raises(ValueError, match="twice"):
        overwrite_unused(path, [(root, None)])


@pytest.mark.parametrize("size", [512, 4096, 65_536])
@pytest.mark.parametrize("reserved", [0, 32])
def test_every_layout_of_a_file_keeps_its_rows(tmp_path: Path, size: int, reserved: int) -> None:
    """Pages of any size, with bytes that are kept for others at their ends, maps of pages, and rows of many pages."""
    path = tmp_path / "rows.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(f"PRAGMA page_size = {size}; PRAGMA auto_vacuum = FULL; PRAGMA user_version = 1")
    data = bytearray(path.read_bytes())
    assert len(data) == size
    data[20], data[105:107] = reserved, ((size - reserved) % 65_536).to_bytes(2)
    path.write_bytes(data)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, text TEXT)")
        connection.execute("CREATE INDEX rows_by_text ON rows (text)")
        texts = ((number, f"{number * 7919 % 2000:04d} {'x' * (number * 37 % 3000)}") for number in range(500))
        connection.executemany("INSERT INTO rows VALUES (?, ?)", texts)
        connection.execute("DELETE FROM rows WHERE id % 10 = 3")
        connection.commit()
    before, trees = rows(path), [(root, None) for root in roots(path).values()]
    assert (path.read_bytes()[20], overwrite_unused(path, trees) > 0) == (reserved, True)
    assert rows(path) == before
    assert overwrite_unused(path, trees) == 0


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with closing(Database(tmp_path / "library.sqlite3")) as opened:
        with opened.write() as writer:
            writer.run_many(INSERT, [[f"test {number:04d}", "x" * 100] for number in range(1000)])
        yield opened


def test_what_was_overwritten_does_not_come_back_with_the_next_change(database: Database) -> None:
    with closing(Database(database.path)) as other:
        assert database.empty_log()
        planted = plant(database.path)
        for opened in (database, other):
            assert len(opened.read("SELECT * FROM facts WHERE name LIKE 'test%'")) == 1000
            with opened.write() as writer:  # its pages are in the memory of this one, too
                writer.read("SELECT count(*) FROM facts")
        assert planted > 50
        assert database.overwrite_unused({})
        left = database.path.read_bytes().count(PLANTED)
        assert left <= 3, "in pages of the schema, which no row of a library is in"
        for opened in (other, database):
            with opened.write() as writer:
                writer.run("UPDATE facts SET value = replace(value, 'x', 'y') WHERE name LIKE 'test%'")
        assert database.empty_log()
        assert database.read("SELECT count(*) FROM facts WHERE value = ?", ["y" * 100]) == [(1000,)]
    assert database.path.read_bytes().count(PLANTED) == left


def test_a_reader_or_a_layout_that_is_unknown_is_no_hindrance_for_ever(database: Database) -> None:
    with closing(Database(database.path)) as other:
        with other.snapshot():
            other.read("SELECT 1 FROM facts")
            with database.write() as writer:
                writer.run(INSERT, ["test", "x"])
            assert not database.overwrite_unused({})
        assert database.overwrite_unused({})
        before = other.read("SELECT * FROM facts WHERE name LIKE 'test%'")
        assert database.overwrite_unused({"facts": [(1, 2)]})
        assert other.read("SELECT * FROM facts WHERE name LIKE 'test%'") == before
