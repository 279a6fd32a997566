"""Taking uploads in: what happens to each, what is kept of it, and who may know."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from index.embed import Embedder
from index.embedding import Embedding
from index.ingest import Failed, Stored
from index.library import Library
from qa.web.intake import FileProgress, Intake, _after, add_uploads
from qa.web.render_library import progress_words
from qa.web.uploads import clear_incoming, clear_old_uploads, discard_upload, keep_upload
from source.container import CONTAINERS
from source.errors import DocumentError, LibraryError, ModelError
from source.workers import PagesLoaded
from tests.fakes import WordEmbedder


def ready(model: Embedder) -> Future[Embedder]:
    future: Future[Embedder] = Future()
    future.set_result(model)
    return future


@pytest.fixture
def uploads(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "uploads"
    folder.mkdir()
    yield folder
    assert [path for path in folder.rglob("*") if path.is_file()] == []  # nothing is left where it was uploaded to


def upload(folder: Path, name: str, content: bytes, number: int = 0) -> Path:
    path = folder / str(number) / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return path


def kept_files(library: Library) -> list[str]:
    files = library.folder / "files"
    return sorted(path.relative_to(files).as_posix() for path in files.rglob("*") if path.is_file())


def outcomes(library: Library, files: list[Path], model: Embedder | None = None) -> dict[str, Stored | Failed]:
    events = add_uploads(library, model or WordEmbedder(), files)
    return {path.name: event for path, event in events if isinstance(event, Stored | Failed)}


def finished(intake: Intake, owner: str) -> list[FileProgress]:
    """The files of `owner` once all are done."""
    for _ in range(600):
        files = intake.files(owner)
        if files and all(one.is_finished for one in files):
            return files
        time.sleep(0.05)
    raise AssertionError(intake.files(owner))


def test_an_upload_is_kept_by_its_digest_and_its_path_can_be_read(library: Library, uploads: Path) -> None:
    content = b"The bell was cast in 1687."
    [event] = outcomes(library, [upload(uploads, "bells.txt", content)]).values()
    assert isinstance(event, Stored)
    assert event.outcome == "added"
    assert kept_files(library) == [f"{hashlib.sha256(content).hexdigest()[:16]}/bells.txt"]
    assert Path(event.document.path).read_bytes() == content


def test_a_file_that_fails_is_told_with_its_remedy_and_leaves_nothing(library: Library, uploads: Path) -> None:
    files = [upload(uploads, "a.xyz", b"?"), upload(uploads, "b.txt", b"Words."), upload(uploads, "c.txt", b"")]
    events = outcomes(library, files)
    assert isinstance(events["a.xyz"], Failed)
    assert "are not known" in events["a.xyz"].error.reason
    assert isinstance(events["b.txt"], Stored)
    assert isinstance(events["c.txt"], Failed)
    assert events["c.txt"].error.reason == "it is empty"
    assert [path.partition("/")[2] for path in kept_files(library)] == ["b.txt"]


def test_the_same_upload_again_changes_nothing(library: Library, uploads: Path) -> None:
    for outcome in ("added", "unchanged"):
        [event] = outcomes(library, [upload(uploads, "bells.txt", b"The bell.")]).values()
        assert isinstance(event, Stored)
        assert event.outcome == outcome
    assert len(library.documents()) == 1
    assert len(kept_files(library)) == 1


def test_uploads_that_cannot_be_stored_are_not_kept_but_older_ones_are(library: Library, uploads: Path) -> None:
    outcomes(library, [upload(uploads, "old.txt", b"The old bell.")])
    again = [upload(uploads, "old.txt", b"The old bell."), upload(uploads, "new.txt", b"The new bell.")]
    with pytest.raises(LibraryError, match="Cannot use the model other"):
        outcomes(library, again, WordEmbedder("other"))
    assert [path.partition("/")[2] for path in kept_files(library)] == ["old.txt"]


def test_a_copy_beside_one_of_the_same_content_stays(tmp_path: Path, uploads: Path) -> None:
    first, second = (keep_upload(tmp_path, upload(uploads, name, b"Same.")) for name in ("a.txt", "b.txt"))
    assert first.parent == second.parent
    discard_upload(tmp_path, first)
    assert not first.exists()
    assert second.read_bytes() == b"Same."


def test_an_upload_that_cannot_be_kept_is_told(library: Library, uploads: Path) -> None:
    (library.folder / "files").write_text("in the way", encoding="utf-8")
    path = upload(uploads, "a.txt", b"Words.")
    [event] = outcomes(library, [path]).values()
    assert isinstance(event, Failed)
    assert str(event.error).startswith("Cannot keep a.txt: ")
    shutil.rmtree(path.parent)


def test_each_sees_how_far_the_own_files_are_and_nobody_else_s(library: Library, uploads: Path) -> None:
    intake = Intake(library, ready(WordEmbedder()))
    for number, (owner, name) in enumerate([("ann", "a.txt"), ("bob", "b.xyz"), ("ann", "a.txt"), ("ann", "c.txt")]):
        intake.add(owner, upload(uploads, name, b"Words of " + name.encode(), number))
    states = {(one.name, one.state) for one in finished(intake, "ann")}
    assert {("a.txt", "ready"), ("c.txt", "ready")} <= states
    assert [one.name for one in intake.files("ann")] == ["a.txt", "a.txt", "c.txt"]
    [failed] = finished(intake, "bob")
    assert failed.state == "failed"
    assert ".xyz" in failed.words
    assert intake.files("eve") == []
    intake.dismiss("eve")
    intake.dismiss("ann")
    assert intake.files("ann") == []
    assert [one.name for one in intake.files("bob")] == ["b.xyz"]
    intake.close()
    assert {document.name for document in library.documents()} == {"a.txt", "c.txt"}


def test_an_archive_is_told_of_as_one_file(library: Library, uploads: Path) -> None:
    if ".zip" not in CONTAINERS:
        pytest.skip("archives are not known")
    archive = uploads / "letters.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("one.txt", "The first letter.")
        file.writestr("two.txt", "The second letter.")
    intake = Intake(library, ready(WordEmbedder()))
    intake.add("ann", archive)
    assert [(one.name, one.state) for one in finished(intake, "ann")] == [("letters.zip", "ready")]
    intake.close()
    assert {document.name for document in library.documents()} == {"one.txt", "two.txt"}


def test_a_model_that_cannot_be_loaded_is_told_for_every_file(library: Library, uploads: Path) -> None:
    model: Future[Embedder] = Future()
    intake = Intake(library, model)
    intake.add("ann", upload(uploads, "a.txt", b"Words."))
    assert [one.state for one in intake.files("ann")] == ["waiting"]
    model.set_exception(ModelError("Cannot load the model x", "its weights are gone", "Install it again."))
    assert [one.words for one in finished(intake, "ann")] == ["Its weights are gone. Install it again."]
    intake.close()
    shutil.rmtree(uploads / "0")


def test_progress_is_told_in_words() -> None:
    one = FileProgress(1, "ann", "book.pdf")
    path = Path("/files/book.pdf")
    assert progress_words(one) == "Waiting"
    one = _after(one, PagesLoaded(path, 3, 1200))
    assert progress_words(one) == "Reading page 3 of 1,200"
    one = _after(one, Embedding(path, 30, 120))
    assert progress_words(one) == "Learning what it says: 25 %"
    failed = _after(one, Failed(path, DocumentError("Cannot read it", "it is locked", "Unlock it.")))
    assert progress_words(failed) == "It is locked. Unlock it."
    assert not one.is_finished
    assert failed.is_finished


def test_what_was_left_by_a_killed_program_is_cleared_after_a_day(library: Library) -> None:
    incoming = library.folder / "incoming"
    for name, hours in (("old", 30), ("new", 1)):
        (incoming / name).mkdir(parents=True)
        (incoming / name / "a.txt").touch()
        then = time.time() - hours * 3600
        os.utime(incoming / name, (then, then))
    clear_old_uploads(library.folder)
    assert [folder.name for folder in incoming.iterdir()] == ["new"]
    clear_incoming(incoming / "new" / "a.txt")
    assert list(incoming.iterdir()) == []
    clear_incoming(library.folder / "elsewhere" / "a.txt")
    clear_old_uploads(library.folder / "nowhere")
