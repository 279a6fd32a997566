"""Adding uploads, removing, suggesting and waiting, without a browser."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from index.embed import Embedder
from index.ingest import Failed, Stored, add_paths
from index.library import Library
from qa.web.librarian import Librarian
from qa.web.uploads import discard_upload, keep_upload
from source.errors import LibraryError, ModelError, QuestionError
from tests.conftest import DEMO_DOCUMENTS
from tests.fakes import WordEmbedder


def ready(model: Embedder) -> Future[Embedder]:
    future: Future[Embedder] = Future()
    future.set_result(model)
    return future


@pytest.fixture
def librarian(library: Library) -> Librarian:
    return Librarian(library, ready(WordEmbedder()))


@pytest.fixture
def uploads(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "uploads"
    folder.mkdir()
    yield folder
    assert list(folder.iterdir()) == []  # a document is not left behind where Gradio put it


def upload(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def kept_files(library: Library) -> list[str]:
    files = library.folder / "files"
    return sorted(path.relative_to(files).as_posix() for path in files.rglob("*") if path.is_file())


def test_an_upload_is_kept_by_its_digest_and_its_path_can_be_read(
    librarian: Librarian, library: Library, uploads: Path
) -> None:
    content = b"The bell was cast in 1687."
    [event] = librarian.add_uploads([upload(uploads, "bells.txt", content)])
    assert isinstance(event, Stored)
    assert event.outcome == "added"
    assert kept_files(library) == [f"{hashlib.sha256(content).hexdigest()[:16]}/bells.txt"]
    assert Path(event.document.path).read_bytes() == content


def test_a_file_that_fails_is_told_with_its_remedy_and_leaves_nothing(
    librarian: Librarian, library: Library, uploads: Path
) -> None:
    files = [upload(uploads, "a.xyz", b"?"), upload(uploads, "b.txt", b"Words."), upload(uploads, "c.txt", b"")]
    events = {event.path.name: event for event in librarian.add_uploads(files)}
    assert isinstance(events["a.xyz"], Failed)
    assert events["a.xyz"].error.reason == "files of the kind .xyz are not known"
    assert isinstance(events["b.txt"], Stored)
    assert isinstance(events["c.txt"], Failed)
    assert events["c.txt"].error.reason == "it is empty"
    assert [path.partition("/")[2] for path in kept_files(library)] == ["b.txt"]


def test_the_same_upload_again_changes_nothing(librarian: Librarian, library: Library, uploads: Path) -> None:
    for outcome in ("added", "unchanged"):
        [event] = librarian.add_uploads([upload(uploads, "bells.txt", b"The bell.")])
        assert isinstance(event, Stored)
        assert event.outcome == outcome
    assert len(library.documents()) == 1
    assert len(kept_files(library)) == 1


def test_uploads_that_cannot_be_stored_are_not_kept_but_older_ones_are(library: Library, uploads: Path) -> None:
    list(Librarian(library, ready(WordEmbedder())).add_uploads([upload(uploads, "old.txt", b"The old bell.")]))
    other = Librarian(library, ready(WordEmbedder("other")))
    again = [upload(uploads, "old.txt", b"The old bell."), upload(uploads, "new.txt", b"The new bell.")]
    with pytest.raises(LibraryError, match="Cannot use the model other"):
        list(other.add_uploads(again))
    assert [path.partition("/")[2] for path in kept_files(library)] == ["old.txt"]


def test_removal_deletes_the_librarys_copy_and_never_a_users_own_file(
    librarian: Librarian, library: Library, uploads: Path, tmp_path: Path
) -> None:
    own = tmp_path / "own.txt"
    own.write_text("My own words.", encoding="utf-8")
    list(add_paths(library, WordEmbedder(), [own]))
    list(librarian.add_uploads([upload(uploads, "bells.txt", b"The bell.")]))
    for document in library.documents():
        librarian.remove(document.id)
    librarian.remove(999)
    assert library.documents() == []
    assert list((library.folder / "files").iterdir()) == []
    assert own.read_text(encoding="utf-8") == "My own words."


def test_a_copy_beside_one_of_the_same_content_stays(tmp_path: Path, uploads: Path) -> None:
    first, second = (keep_upload(tmp_path, upload(uploads, name, b"Same.")) for name in ("a.txt", "b.txt"))
    assert first.parent == second.parent
    discard_upload(tmp_path, first)
    assert not first.exists()
    assert second.read_bytes() == b"Same."


def test_questions_that_cannot_be_asked_are_told_apart(librarian: Librarian) -> None:
    with pytest.raises(QuestionError, match="there is no word in it"):
        librarian.check(" ?! ")
    with pytest.raises(QuestionError, match="it has 10,001 characters, more than 10,000"):
        librarian.check("a" * 10_001)
    with pytest.raises(QuestionError, match=re.escape("the library is empty. Add documents to it first.")):
        librarian.check("Who cast the bell?")


def test_a_model_that_cannot_be_loaded_is_told_to_each_question(library: Library) -> None:
    model: Future[Embedder] = Future()
    librarian = Librarian(library, model)
    was_ready = librarian.is_ready
    model.set_exception(ModelError("Cannot load the model x", "its weights are gone", "Install it again."))
    assert (was_ready, librarian.is_ready) == (False, True)
    for _ in range(2):
        with pytest.raises(ModelError, match=re.escape("Cannot load the model x: its weights are gone.")):
            librarian.answer("Who?")


def test_suggestions_are_the_documents_own_questions_from_as_many_as_there_are(
    librarian: Librarian, library: Library
) -> None:
    assert librarian.suggest_questions(3) == []
    list(add_paths(library, WordEmbedder(), [DEMO_DOCUMENTS]))
    headings = [
        passage.text.lstrip("# ")
        for document in library.documents()
        for passage in library.passages_of(document.id)
        if passage.role == "heading" and passage.text.endswith("?")
    ]
    suggested = librarian.suggest_questions(3)
    assert len(suggested) == 3
    assert set(suggested) <= set(headings)
    assert "Why does a harbour need nine bells?" in suggested


def test_an_upload_that_cannot_be_kept_is_told(library: Library, librarian: Librarian, uploads: Path) -> None:
    (library.folder / "files").write_text("in the way", encoding="utf-8")
    path = upload(uploads, "a.txt", b"Words.")
    [event] = librarian.add_uploads([path])
    assert isinstance(event, Failed)
    assert str(event.error).startswith("Cannot keep a.txt: ")
    shutil.rmtree(path, ignore_errors=True)
    path.unlink()
