"""Several libraries by name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.library import Library
from qa.folders import library_folder
from qa.web.libraries import Libraries
from source.errors import LibraryError
from tests.documents import put_text
from tests.fakes import WordEmbedder


@pytest.fixture
def libraries(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Libraries]:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    opened = Libraries(library, lambda _: WordEmbedder(), undo_s=1)
    yield opened
    opened.close()


def test_a_library_that_is_made_is_listed_opened_once_and_its_own(libraries: Libraries, library: Library) -> None:
    assert libraries.names() == []
    assert libraries.make("  Field   notes ") == "Field notes"
    assert libraries.names() == ["Field notes"]
    notes = libraries.get("Field notes")
    assert libraries.get("Field notes") is notes
    put_text(notes.library, WordEmbedder(), "A note.", "/note.txt")
    assert [document.name for document in notes.documents()] == ["note.txt"]
    assert libraries.served.documents() == []
    assert libraries.get("").library is library
    assert notes.library.folder == library_folder("Field notes")


@pytest.mark.parametrize("name", ["", " ", ".", "..", "../x", "a/b", "a\\b", "~", "x" * 81, "\0", "-x"])
def test_a_name_that_is_none_makes_nothing(libraries: Libraries, name: str) -> None:
    with pytest.raises(LibraryError, match="a name has"):
        libraries.make(name)
    assert libraries.names() == []


def test_a_name_that_is_taken_is_told(libraries: Libraries) -> None:
    libraries.make("notes")
    with pytest.raises(LibraryError, match="there is one of this name already"):
        libraries.make("notes")


@pytest.mark.parametrize("name", ["nothing", "../library", "/etc", ".", "x/../y"])
def test_only_a_library_of_the_data_folder_is_opened(libraries: Libraries, name: str) -> None:
    libraries.make("notes")
    with pytest.raises(KeyError):
        libraries.get(name)
    assert not library_folder("nothing").exists()


def test_the_served_library_is_not_listed_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    with Library(library_folder("default")) as served:
        libraries = Libraries(served, lambda _: WordEmbedder(), undo_s=1)
        assert libraries.names() == []
        libraries.close()
