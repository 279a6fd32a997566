"""Of a removed document nothing can be read in the files: words, stems, vectors, boxes, addresses, paths."""

from __future__ import annotations

import multiprocessing
import os
import random
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from index.erasure import erase_remains
from index.library import DATABASE_NAME, Library
from index.vector_cache import VectorCache
from index.vectors import Ids
from source.boxes import PageBoxes
from source.document import Document, Part, Span
from tests.documents import body_sentences, make_document, put_text
from tests.fakes import WordEmbedder

WORDS = WordEmbedder()
CONTEXT = multiprocessing.get_context("forkserver")

SECRET = "Zanzibar quarrels\n\nWandering kittiwakes bewildered Grimsby.\n\nPhoto: Ottokar Xanthippe\n"
SECRET_PATH = "/vaults/krakatau.txt"
TRACES = {
    "the text": b"Wandering kitti",
    "a folded sentence": b"kittiwakes bewildered",
    "a stem": b"bewild",
    "a title": b"Zanzibar",
    "a word of furniture": b"xanthipp",
    "the path": b"krakatau",
    "the name of a page": b"Plutonium",
    "an address": b"gossamer.example",
    "boxes": zlib.compress(b"kittiwake boxes"),
    "a vector": WORDS.embed_question("Wandering kittiwakes bewildered Grimsby.").astype("<f2").tobytes(),
}
HARMLESS = "The bell of Dunmouth was cast by Jonas Trell.\n"


def secret_document() -> Document:
    """A document with something in every table."""
    made = make_document(SECRET, SECRET_PATH)
    whole = Span(0, len(made.text))
    return Document(
        name=made.name,
        path=made.path,
        sha256=made.sha256,
        size_bytes=made.size_bytes,
        format=made.format,
        encoding=made.encoding,
        title=made.title,
        text=made.text,
        passages=made.passages,
        parts=(Part(whole, "page", 1, "Plutonium"),),
        boxes=(PageBoxes(1, b"kittiwake boxes"),),
        origin="https://gossamer.example/a",
        fetched_at="2026-01-01T00:00:00+00:00",
    )


def put(library: Library, document: Document) -> int:
    return library.put(document, WORDS.embed_passages(body_sentences(document)), WORDS.identity).id


def fill(library: Library) -> int:
    """Put the secret between others and search, so that all files are there; its id."""
    put_text(library, WORDS, HARMLESS, "/documents/bells.txt")
    secret = put(library, secret_document())
    put_text(library, WORDS, "Ropes wear through.\n", "/documents/ropes.txt")
    library.search_vectors(WORDS.embed_question("bell"), 5)
    return secret


def traces_in(folder: Path) -> set[str]:
    """What of the secret can be read in the files in `folder`."""
    data = [path.read_bytes() for path in folder.iterdir()]
    assert data
    return {name for name, trace in TRACES.items() if any(trace in one for one in data)}


def test_all_traces_can_be_seen_before(tmp_path: Path) -> None:
    with Library(tmp_path) as library:
        fill(library)
    assert traces_in(tmp_path) == set(TRACES)
    with sqlite3.connect(tmp_path / DATABASE_NAME) as connection:
        assert connection.execute("SELECT count(*) FROM boxes").fetchone() == (1,)
    connection.close()
    [index] = tmp_path.glob("vectors-*")
    assert TRACES["a vector"] in index.read_bytes()


def test_nothing_is_left_once_erased_though_the_library_is_open(tmp_path: Path) -> None:
    with Library(tmp_path) as library:
        library.remove([fill(library)])
        assert traces_in(tmp_path)
        assert library.erase_removed()
        assert traces_in(tmp_path) == set()
        assert [one.name for one in library.documents()] == ["bells.txt", "ropes.txt"]
        assert len(library.search_vectors(WORDS.embed_question("bell"), 5)) == 2
        assert library.search_keywords(["bell"], 5) != []
    assert traces_in(tmp_path) == set()


def test_a_file_behind_a_link_is_overwritten_too(tmp_path: Path) -> None:
    real, folder = tmp_path / "real", tmp_path / "library"
    real.mkdir()
    folder.mkdir()
    (folder / DATABASE_NAME).symlink_to(real / "elsewhere.sqlite3")
    with Library(folder) as library:
        library.remove([fill(library)])
        assert library._database.overwrite_unused({})
        assert library.erase_removed()
        assert traces_in(real) == set()


def test_closing_erases_what_was_removed(tmp_path: Path) -> None:
    with Library(tmp_path) as library:
        library.remove([fill(library)])
    assert traces_in(tmp_path) == set()


def test_a_replaced_version_leaves_nothing(tmp_path: Path) -> None:
    with Library(tmp_path) as library:
        fill(library)
        put_text(library, WORDS, HARMLESS, SECRET_PATH)
    assert traces_in(tmp_path) == {"the path"}


def test_spare_vectors_go_with_a_removal(tmp_path: Path) -> None:
    with Library(tmp_path) as library:
        bell = put_text(library, WORDS, HARMLESS)
        library.keep_vectors(
            [(b"d" * 16, WORDS.embed_passages([["Wandering kittiwakes bewildered Grimsby."]])[0])], WORDS.identity
        )
        assert traces_in(tmp_path) == {"a vector"}
        library.remove([bell.id])
    assert traces_in(tmp_path) == set()


# Another process


def read_until_told(folder: Path, pipe: Connection) -> None:
    """Have the library open, in a read that goes on if the test says so, until the pipe is closed."""
    with Library(folder) as library:
        library.search_vectors(WORDS.embed_question("bell"), 5)
        pipe.send("open")
        while pipe.recv() == "read":
            with library.snapshot():
                pipe.send(len(library.documents()))
                pipe.recv()
            pipe.send("done")


@contextmanager
def another_reader(folder: Path) -> Iterator[Connection]:
    """Another process that has the library open."""
    mine, its = CONTEXT.Pipe()
    child = CONTEXT.Process(target=read_until_told, args=(folder, its))
    child.start()
    try:
        assert mine.poll(60)
        assert mine.recv() == "open"
        yield mine
        mine.send("end")
        child.join(60)
        assert child.exitcode == 0
    finally:
        child.kill()
        child.join()


def test_another_process_that_has_the_library_open_hinders_nothing(tmp_path: Path) -> None:
    with Library(tmp_path) as library:
        secret = fill(library)
        with another_reader(tmp_path):
            library.remove([secret])
            assert library.erase_removed()
            assert traces_in(tmp_path) == set()
    assert traces_in(tmp_path) == set()


def test_what_another_process_is_reading_is_erased_the_next_time(tmp_path: Path) -> None:
    with Library(tmp_path) as library:
        secret = fill(library)
        with another_reader(tmp_path) as reader:
            reader.send("read")
            assert reader.recv() == 3
            library.remove([secret])
            assert not library.erase_removed()
            assert traces_in(tmp_path)
            reader.send("go on")
            assert reader.recv() == "done"
            assert library.erase_removed()
            assert traces_in(tmp_path) == set()


def remove_and_die(folder: Path, document_id: int) -> None:
    library = Library(folder)
    library.remove([document_id])
    os._exit(9)


def test_what_a_killed_process_could_not_erase_is_erased_the_next_time(tmp_path: Path) -> None:
    with Library(tmp_path) as library:
        secret = fill(library)
    child = CONTEXT.Process(target=remove_and_die, args=(tmp_path, secret))
    child.start()
    child.join(60)
    assert child.exitcode == 9
    assert traces_in(tmp_path)
    with Library(tmp_path) as library:
        assert [one.name for one in library.documents()] == ["bells.txt", "ropes.txt"]
        assert library.erase_removed()
        generation = library.generation
        assert library.erase_removed(), "there is nothing to do"
        assert library.generation == generation
    assert traces_in(tmp_path) == set()


# Pages


def free_pages(path: Path) -> list[bytes]:
    """The free pages of a database that hold nothing, as the file format has them: leaves of the list of free pages."""
    data = path.read_bytes()
    size = int.from_bytes(data[16:18], "big")
    trunk, free = int.from_bytes(data[32:36], "big"), list[bytes]()
    while trunk:
        page = data[(trunk - 1) * size : trunk * size]
        leaves = [int.from_bytes(page[8 + 4 * n : 12 + 4 * n], "big") for n in range(int.from_bytes(page[4:8], "big"))]
        free += [data[(leaf - 1) * size : leaf * size] for leaf in leaves]
        trunk = int.from_bytes(page[:4], "big")
    return free


def test_freed_pages_are_overwritten_even_before(tmp_path: Path) -> None:
    text = "\n\n".join(f"Kittiwake {number} bewilders Grimsby." for number in range(1000))
    with Library(tmp_path) as library:
        secret = put_text(library, WORDS, text)
        library.remove([secret.id])
        with closing(sqlite3.connect(tmp_path / DATABASE_NAME)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        freed = free_pages(tmp_path / DATABASE_NAME)
        assert len(freed) > 50
        assert set(freed) == {bytes(len(freed[0]))}
        library.erase_removed()
        assert free_pages(tmp_path / DATABASE_NAME) == []


@pytest.mark.parametrize("small_bytes", [0, 8_000_000], ids=["overwritten", "written anew"])
@pytest.mark.parametrize("seed", [20, 21])  # the first leaves a copy behind that deleting alone does not reach
def test_after_many_changes_only_words_of_what_is_there_are_in_the_files(
    tmp_path: Path, seed: int, small_bytes: int
) -> None:
    """Rows that made room for others leave copies behind."""
    chance = random.Random(seed)
    held: dict[int, set[str]] = {}
    gone: set[str] = set()
    with Library(tmp_path) as library:
        for step in range(60):
            if held and chance.random() < 0.45:
                chosen = chance.sample(sorted(held), min(len(held), chance.randint(1, 3)))
                library.remove(chosen)
                gone |= {word for one in chosen for word in held.pop(one)}
                if chance.random() < 0.3:
                    assert erase_remains(library._database, library._cache, small_bytes=small_bytes)
            else:
                words = {make_word(chance) for _ in range(chance.randint(1, 300))}
                name = make_word(chance)
                text = "".join(word + chance.choice([" ", " ", " ", ". ", ".\n\n"]) for word in words)
                held[put_text(library, WORDS, text, f"/{name}{step}.txt").id] = words | {name}
        assert erase_remains(library._database, library._cache, small_bytes=small_bytes)
        assert len(gone) > 1000
        for path in tmp_path.iterdir():
            data = path.read_bytes()
            assert [word for word in gone if word[:-1].encode() in data] == [], path.name
        present = (tmp_path / DATABASE_NAME).read_bytes()
        assert all(word.encode() in present for words in held.values() for word in words)
        assert library._database.read("PRAGMA integrity_check") == [("ok",)]


def make_word(chance: random.Random) -> str:
    """A word that is part of no other: no letter but its first is a "q"."""
    return "q" + "".join(chance.choices("bcdfghjklmnprtvwxz", k=9))


class RemovingCache(VectorCache):
    """The index of a library, out of which another process removes a document while the index is erased."""

    def remove_meanwhile(self, folder: Path, document_id: int) -> None:
        self._meanwhile = folder, document_id

    def erase(self, gone: Callable[[Ids], npt.NDArray[np.bool_]]) -> None:
        super().erase(gone)
        folder, document_id = self._meanwhile
        remover = Library(folder)
        remover.remove([document_id])
        remover._database.close()


def test_what_is_removed_while_something_is_erased_stays_due(tmp_path: Path) -> None:
    with Library(tmp_path) as library:
        secret = fill(library)
        other = put_text(library, WORDS, "The harbour was dredged in 1901.", "/harbour.txt").id
        library.remove([other])
        cache = RemovingCache(library._database, tmp_path)
        cache.remove_meanwhile(tmp_path, secret)
        erase_remains(library._database, cache)
        assert library._database.fact("to_erase") == "everything"
        assert library.erase_removed()
        assert library._database.fact("to_erase") == ""
        assert library._database.read("SELECT * FROM removed_rows") == []
        assert traces_in(tmp_path) == set()
