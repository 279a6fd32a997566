"""Where libraries live: a plain name in the user's data folder, anything with a slash where it says."""

from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.embed import Embedder
from index.library import Library
from qa.folders import add_command, library_folder, load_model, open_existing_library, open_library
from source.errors import LibraryError, ModelError
from tests.documents import put_text
from tests.fakes import WordEmbedder


def named_libraries() -> Path:
    return platformdirs.user_data_path("quoted-answers", appauthor=False) / "libraries"


@pytest.mark.parametrize("name", ["default", "articles", "my bells", "bells-2.old", "2024", "Glöckchen", "鐘", "_x"])
def test_a_plain_name_is_a_library_in_the_user_s_data_folder(name: str) -> None:
    assert library_folder(name) == named_libraries() / name


@pytest.mark.parametrize("folder", ["./bells", "bells/", "/data/bells", "../bells", "a/b", ".", ".."])
def test_anything_with_a_slash_is_a_folder(folder: str) -> None:
    assert library_folder(folder) == Path(folder)


def test_a_tilde_is_the_user_s_home() -> None:
    assert library_folder("~/bells") == Path.home() / "bells"


@pytest.mark.parametrize(
    ("name", "shown"),
    [("", ""), (" bells", " bells"), (".hidden", ".hidden"), ("-x", "-x"), ("a:b", "a:b"), ("a\nb", "a\\\\nb")],
)
def test_a_name_with_anything_else_in_it_is_refused(name: str, shown: str) -> None:
    with pytest.raises(LibraryError) as caught:
        library_folder(name)
    assert str(caught.value) == (
        f"Cannot open the library '{shown}': a name has letters, digits, blanks, dots and dashes only. "
        "Choose another with --library."
    )


@given(st.text().filter(lambda name: "/" not in name and "\\" not in name and name not in {".", ".."}))
def test_a_name_never_leads_out_of_the_data_folder(name: str) -> None:
    try:
        folder = library_folder(name)
    except LibraryError:
        return
    assert folder.parent == named_libraries()
    assert folder.name == name


def test_a_library_is_made_where_it_is_opened(tmp_path: Path) -> None:
    with open_library(f"{tmp_path}/new/library") as library:
        assert library.folder == tmp_path / "new" / "library"
        assert library.documents() == []
    with open_existing_library(f"{tmp_path}/new/library") as library:
        assert library.folder == tmp_path / "new" / "library"


def test_a_library_that_is_not_there_is_not_made_by_opening_an_existing_one(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for name in ("none", "empty"):
        folder = tmp_path / name
        with pytest.raises(LibraryError) as caught:
            open_existing_library(str(folder))
        assert str(caught.value) == (
            f"Cannot open the library in {folder}: there is none yet. "
            f"Add documents to it first: qa add --library {folder} PATH."
        )
    assert [path.name for path in tmp_path.rglob("*")] == ["empty"]


def test_the_command_to_add_can_be_typed_as_it_stands() -> None:
    assert add_command("default") == "qa add PATH"
    assert add_command("articles") == "qa add --library articles PATH"
    assert add_command("my bells") == "qa add --library 'my bells' PATH"
    assert add_command("/a; rm -r *") == "qa add --library '/a; rm -r *' PATH"


def test_a_library_is_opened_with_the_default_model_if_it_has_none(library: Library, embedder: Embedder) -> None:
    assert load_model(library).identity == embedder.identity


def test_the_model_as_published_is_used_where_that_is_wanted(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_MODEL_AS_PUBLISHED", "1")
    assert not load_model(library).is_converted


def test_a_library_is_opened_with_the_model_it_was_made_with_unless_another_is_named(library: Library) -> None:
    put_text(library, WordEmbedder("no-such-model"), "The bell hangs on the quay.\n")
    with pytest.raises(ModelError, match="no-such-model"):
        load_model(library)
    with pytest.raises(ModelError, match="no-such-other"):
        load_model(library, "no-such-other")
