"""Which pages of a large library are looked through for copies of what was removed, and that none comes back.

What stands in the unused middle of pages is written there by these tests: SQLite leaves such copies, but seldom.
"""

from __future__ import annotations

import mmap
import shutil
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from index.embed import ModelIdentity
from index.erasure import erase_remains
from index.library import DATABASE_NAME, Library
from index.vector_cache import VectorCache
from index.vectors import Ids
from tests.documents import body_sentences, make_document

PLANTED = b"PLANTED!"
SIZE = 4096
# Two rows of `sentences` are on each page, and so many pages need two inner pages below the root.
DIMENSION, ROWS = 900, 2
DOCUMENTS, SENTENCES = 46, 25


def model(name: str = "wide") -> ModelIdentity:
    return ModelIdentity(name, "0" * 64, DIMENSION, "single")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a library of documents of as many sentences each; to be copied."""
    folder = tmp_path_factory.mktemp("filled") / "library"
    with Library(folder) as library:
        for number in range(DOCUMENTS):
            text = "\n\n".join(f"Bell {bell} of tower {number} was cast by Trell." for bell in range(SENTENCES))
            document = make_document(text, f"/tower{number}.txt")
            vectors = [np.ones((len(one), DIMENSION), np.float32) for one in body_sentences(document)]
            library.put(document, vectors, model())
        assert library._database.read("SELECT count(*) FROM sentences") == [(DOCUMENTS * SENTENCES,)]
    return folder


@pytest.fixture
def folder(filled: Path, tmp_path: Path) -> Path:
    return shutil.copytree(filled, tmp_path / "library")


def plant(folder: Path) -> None:
    """Write something into the unused middle of each page with rows of a table, but the first."""
    with (folder / DATABASE_NAME).open("r+b") as file, mmap.mmap(file.fileno(), 0) as data:
        for start in range(SIZE, len(data), SIZE):
            count, content = struct.unpack_from(">HH", data, start + 3)
            first = 8 + 2 * count
            if data[start] == 13 and content - first >= len(PLANTED):
                data[start + first : start + first + len(PLANTED)] = PLANTED


def leaves(data: bytes, number: int) -> Iterator[bytes]:
    """The pages with the rows of a table whose tree begins at page `number`, in the order of the rows."""
    page = data[(number - 1) * SIZE : number * SIZE]
    if page[0] == 13:
        yield page
        return
    for child in children(page):
        yield from leaves(data, child)


def children(page: bytes) -> list[int]:
    cells = struct.unpack_from(f">{int.from_bytes(page[3:5])}H", page, 12)
    return [int.from_bytes(page[at : at + 4]) for at in (*cells, 8)]


def root_of_sentences(library: Library) -> int:
    [(root,)] = library._database.read("SELECT rootpage FROM sqlite_schema WHERE name = 'sentences'")
    return int(root)


def planted(library: Library) -> list[bool]:
    """Which of the pages with sentences hold what was planted, in the order of the sentences."""
    data = (library.folder / DATABASE_NAME).read_bytes()
    return [PLANTED in page for page in leaves(data, root_of_sentences(library))]


def remove(library: Library, number: int) -> None:
    library.remove([one.id for one in library.documents() if one.name == f"tower{number}.txt"])


def erase(library: Library, cache: VectorCache | None = None) -> None:
    assert erase_remains(library._database, cache or library._cache, small_bytes=0)


def move_rows(library: Library, name: str = "another") -> None:
    ids = library._database.read("SELECT id FROM sentences")
    library.replace_vectors([(id_, np.zeros(DIMENSION, np.float32)) for (id_,) in ids], model(name))


def test_the_pages_beside_a_removed_document_are_looked_through_in_the_next_inner_page_too(folder: Path) -> None:
    with Library(folder) as library:
        data, root = (folder / DATABASE_NAME).read_bytes(), root_of_sentences(library)
        inner = children(data[(root - 1) * SIZE : root * SIZE])
        assert len(inner) > 1
        boundary = len(list(leaves(data, inner[0])))  # where the second inner page begins
    plant(folder)
    with Library(folder) as library:
        assert all(planted(library))
        number = boundary * ROWS // SENTENCES
        gap = number * SENTENCES // ROWS
        remove(library, number)
        erase(library)
        clean = [place for place, is_planted in enumerate(planted(library)) if not is_planted]
        assert set(range(gap - 3, gap + 3)) <= set(clean)
        assert len(clean) < 20


def test_after_rows_may_have_moved_all_pages_are_looked_through_once(folder: Path) -> None:
    with Library(folder) as library:
        move_rows(library)
    plant(folder)
    with Library(folder) as library:
        remove(library, 20)
        erase(library)
        assert not any(planted(library))
    plant(folder)
    with Library(folder) as library:
        remove(library, 30)
        erase(library)
        assert planted(library).count(True) > 400


class MovingCache(VectorCache):
    """The index of a library, all of whose vectors another process replaces while the index is erased."""

    def erase(self, gone: Callable[[Ids], npt.NDArray[np.bool_]]) -> None:
        super().erase(gone)
        mover = Library(self._folder)
        move_rows(mover, "a third")
        mover._database.close()


def test_rows_that_move_while_something_is_erased_are_looked_for_the_next_time(folder: Path) -> None:
    with Library(folder) as library:
        move_rows(library)
        remove(library, 20)
        erase(library, MovingCache(library._database, folder))
    plant(folder)
    with Library(folder) as library:
        remove(library, 30)
        erase(library)
        assert not any(planted(library))


def test_what_was_overwritten_does_not_come_back_with_the_next_removal(folder: Path) -> None:
    with Library(folder) as library:
        move_rows(library)  # so that all pages are looked through
    plant(folder)
    with Library(folder) as library:
        remove(library, 20)
        erase(library)
        remove(library, 21)
        log = (folder / f"{DATABASE_NAME}-wal").read_bytes()
        assert b"was cast by Trell" in log, "pages beside the removed rows"
        assert PLANTED not in log
        assert library._database.empty_log()
        assert not any(planted(library))
