"""Libraries that are damaged, locked, full, or another program's: what the user sees, and that nothing is lost."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from index.ingest import add_paths
from index.library import DATABASE_NAME, Library
from index.schema import MIGRATIONS
from qa.folders import load_model
from source.errors import LibraryError
from tests.command import Command, command_here
from tests.fakes import WordEmbedder
from tests.privileges import open_folder, ordinary_user

BELLS = "The bell of Dunmouth was cast by Jonas Trell.\n\nIt weighs 640 kilograms and hangs on the fish market.\n"
NOT_WRITABLE = (
    "you have no permission to write to its folder. Change its permissions, or choose another with --library.\n"
)


@pytest.fixture
def bells(tmp_path: Path) -> Path:
    """A document."""
    path = tmp_path / "bells.txt"
    path.write_text(BELLS, encoding="utf-8")
    return path


@pytest.fixture
def filled(qa: Command, bells: Path, library_folder: Path) -> Path:
    """The folder of a library with one document, which has been searched."""
    qa("add", bells)
    assert quote(qa) == "The bell of Dunmouth was cast by Jonas Trell."
    return library_folder


def quote(qa: Command) -> str:
    """The best passage for a question about the one document."""
    result = qa("search", "The bell of Dunmouth was cast by Jonas Trell.", "-k", "1", "--json")
    assert (result.status, result.errors) == (0, "")
    assert result.value["hits"][0]["cosine"] == pytest.approx(1, abs=1e-3)
    return str(result.value["hits"][0]["passage"]["text"])


# Empty, or not there


def test_a_library_that_is_empty(qa: Command, bells: Path, library_folder: Path) -> None:
    qa("add", bells)
    qa("remove", "bells.txt")
    for command in ("ask", "search"):
        result = qa(command, "Who cast the bell?")
        assert result.status == 1
        assert result.errors == (
            f"Cannot search the library in {library_folder}: it is empty. "
            f"Add documents to it first: qa add --library {library_folder} PATH.\n"
        )
    assert qa("list", "--json").value == {"documents": []}


def test_the_default_library_before_anything_was_added(
    qa: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("QA_LIBRARY")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert qa("ask", "Who cast the bell?").errors == (
        f"Cannot open the library in {tmp_path}/quoted-answers/libraries/default: there is none yet. "
        "Add documents to it first: qa add PATH.\n"
    )


def test_a_library_name_that_is_none(qa: Command) -> None:
    assert qa("list", "--library", "a:b\n").errors == (
        "Cannot open the library 'a:b\\\\n': a name has letters, digits, blanks, dots and dashes only. "
        "Choose another with --library.\n"
    )


def test_a_file_where_the_library_should_be(qa: Command, bells: Path) -> None:
    assert qa("add", bells, "--library", bells).errors == (
        f"Cannot open the library in {bells}: it is a file. Name a folder with --library.\n"
    )


# Read-only, in use, full


def test_a_read_only_library_answers_but_takes_no_documents(
    qa: Command, monkeypatch: pytest.MonkeyPatch, bells: Path
) -> None:
    with open_folder() as top:
        monkeypatch.setenv("QA_LIBRARY", str(top / "library"))
        (top / "bells.txt").write_text(BELLS, encoding="utf-8")
        qa("add", top / "bells.txt")
        for path in (top / "library").iterdir():
            path.chmod(0o444)
        for folder in (top / "library", top):
            folder.chmod(0o555)
        with ordinary_user():
            assert quote(qa) == "The bell of Dunmouth was cast by Jonas Trell."
            added, removed, embedded = qa("add", top / "bells.txt"), qa("remove", "bells.txt"), qa("reindex")
            made = qa("add", top / "bells.txt", "--library", top / "new")
    for result in (added, removed, embedded):
        assert result.status == 1
        assert result.output == ""
        assert result.errors == f"Cannot change the library in {top}/library: {NOT_WRITABLE}"
    assert made.errors == f"Cannot make the library in {top}/new: permission denied. Choose another with --library.\n"


def test_a_read_only_library_that_its_owner_is_writing_to_shows_what_was_written(
    qa: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_folder() as top:
        monkeypatch.setenv("QA_LIBRARY", str(top / "library"))
        for name in ("bells.txt", "others.txt"):
            (top / name).write_text(BELLS, encoding="utf-8")
        qa("add", top / "bells.txt")
        with Library(top / "library"):
            qa("add", top / "others.txt")
            (top / "library").chmod(0o555)
            with ordinary_user():
                names = [document["name"] for document in qa("list", "--json").value["documents"]]
            (top / "library").chmod(0o755)
    assert names == ["bells.txt", "others.txt"]


def test_another_process_that_is_writing(qa: Command, filled: Path, bells: Path) -> None:
    """Questions are answered meanwhile; adding waits for a while and then gives up."""
    bells.write_text("The bells were sold to a scrap dealer in Ostend.\n", encoding="utf-8")
    with closing(sqlite3.connect(filled / DATABASE_NAME, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert quote(qa) == "The bell of Dunmouth was cast by Jonas Trell."
        result = qa("add", bells)
    assert result.status == 1
    assert result.output == "0 added, 0 updated, 0 unchanged, 0 failed.\n"
    assert result.errors == (
        f"Cannot change the library in {filled}: another process is writing to it. "
        "Wait until that is done and try again.\n"
    )
    assert qa("add", bells).output == "0 added, 1 updated, 0 unchanged, 0 failed.\n"


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    """A file system of this size at `folder`, in memory; the test is skipped where that cannot be had."""
    folder.mkdir(exist_ok=True)
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], capture_output=True, check=False
        ).returncode
    )
    if not mounted:
        pytest.skip("a small disk can be mounted by root only")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_keeps_what_was_added_before(qa: Command, library_folder: Path, tmp_path: Path) -> None:
    documents = tmp_path / "documents"
    documents.mkdir()
    for number in range(40):
        text = "\n\n".join(f"Bell {number} hangs in place {part} of the town." for part in range(400))
        (documents / f"{number:02}.txt").write_text(text, encoding="utf-8")
    with small_disk(library_folder, "3m"):
        result = qa("add", documents)
        assert result.status == 1
        assert result.errors == (
            f"Cannot change the library in {library_folder}: the disk is full. "
            "Free some space and try again; what was reported as done is kept.\n"
        )
        added = int(result.output.split()[0])
        assert result.output == f"{added} added, 0 updated, 0 unchanged, 0 failed.\n"
        assert 0 < added < 40
        names = [document["name"] for document in qa("list", "--json").value["documents"]]
        assert names == [f"{number:02}.txt" for number in range(added)]
        assert qa("search", "Bell 0 hangs in place 7 of the town.", "-k", "1").status == 0


def test_a_change_that_does_not_fit_is_undone(library: Library, bells: Path, tmp_path: Path) -> None:
    """SQLite itself is told the size, so that this can be tried without a small disk."""
    with library._database.write() as writer:
        pages = writer.read("PRAGMA page_count")[0][0]
        writer.read(f"PRAGMA max_page_count = {pages + 20}")
    large = tmp_path / "large.txt"
    large.write_text("\n\n".join(f"Bell {number} hangs in the town." for number in range(2000)), encoding="utf-8")
    events = add_paths(library, WordEmbedder(), [bells])
    assert [type(event).__name__ for event in events] == ["Found", "Embedding", "Stored", "FileDone"]
    with pytest.raises(LibraryError) as raised:
        list(add_paths(library, WordEmbedder(), [large]))
    assert str(raised.value) == (
        f"Cannot change the library in {library.folder}: the disk is full. "
        "Free some space and try again; what was reported as done is kept."
    )
    assert [document.name for document in library.documents()] == ["bells.txt"]
    assert library.count_passages() == len(library.search_vectors(WordEmbedder().embed_question("bell"), 100)) == 2


# Other models, newer formats


def test_a_library_of_another_model(qa: Command, filled: Path, bells: Path) -> None:
    bells.write_text("Changed.\n", encoding="utf-8")
    result = qa("add", bells, "--model", "others")
    assert result.status == 1
    assert result.errors == (
        f"Cannot use the model others with the library in {filled}: "
        "the library was made with words (weights 717d1e8c717d, not 20b9b7f620b9). "
        "Leave out --model, or embed all of it again: qa reindex --model others.\n"
    )


@pytest.mark.usefixtures("filled")
def test_a_library_of_a_model_that_is_not_here(capsys: pytest.CaptureFixture[str]) -> None:
    result = command_here(capsys, load_model)("ask", "Who cast the bell?")
    assert result.status == 1
    assert result.errors == (
        "Cannot find the model words: it is neither a folder nor in this machine's Hugging Face cache. "
        "Fetch it first (hf download sentence-transformers/words), or give the path of its folder.\n"
    )


def test_a_library_of_a_newer_version(qa: Command, filled: Path) -> None:
    with closing(sqlite3.connect(filled / DATABASE_NAME)) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = (filled / DATABASE_NAME).read_bytes()
    for command in (["search", "bell"], ["list"], ["add", filled]):
        result = qa(*command)
        assert result.status == 1
        assert result.errors == (
            f"Cannot open the library in {filled}: "
            f"a newer version of this program wrote it (format 99, known are 1 to {len(MIGRATIONS)}). "
            "Upgrade: pip install --upgrade quoted-answers.\n"
        )
    assert (filled / DATABASE_NAME).read_bytes() == before


# Damaged


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda _: b"", id="emptied"),
        pytest.param(lambda data: data[:3], id="cut to nothing"),
        pytest.param(lambda data: data[: len(data) // 2], id="cut in half"),
        pytest.param(lambda data: data[:-1], id="cut by a byte"),
        pytest.param(lambda data: os.urandom(len(data)), id="garbage"),
        pytest.param(lambda data: data[:-1] + bytes([data[-1] ^ 1]), id="a bit turned"),
        pytest.param(lambda data: data[:4] + b"IxMp" + data[8:12] + b"\xff" * 8 + data[20:], id="a giant one"),
        pytest.param(lambda data: data + data, id="twice"),
    ],
)
def test_a_damaged_vector_index_is_made_again(qa: Command, filled: Path, damage: object) -> None:
    path = next(filled.glob("vectors-*.faiss"))
    good = path.read_bytes()
    assert callable(damage)
    path.write_bytes(damage(good))
    assert quote(qa) == "The bell of Dunmouth was cast by Jonas Trell."
    assert path.read_bytes() == good


def test_a_deleted_vector_index_is_made_again(qa: Command, filled: Path) -> None:
    path = next(filled.glob("vectors-*.faiss"))
    good = path.read_bytes()
    path.unlink()
    assert quote(qa) == "The bell of Dunmouth was cast by Jonas Trell."
    assert path.read_bytes() == good


def test_a_vector_index_of_another_library_is_not_used(qa: Command, filled: Path, tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("Bees dance in the dark of the hive.\n", encoding="utf-8")
    qa("add", tmp_path / "other.txt", "--library", tmp_path / "second")
    qa("search", "bees", "--library", tmp_path / "second")
    foreign = next((tmp_path / "second").glob("vectors-*.faiss"))
    next(filled.glob("vectors-*.faiss")).rename(filled / foreign.name)
    assert quote(qa) == "The bell of Dunmouth was cast by Jonas Trell."


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda _: b"This is no database. " * 500, id="not a database"),
        pytest.param(lambda data: data[:100] + bytes(len(data) - 100), id="zeros"),
        pytest.param(lambda data: data[: len(data) // 2], id="cut in half"),
        pytest.param(lambda data: data[:4096] + os.urandom(len(data) - 4096), id="garbage after the first page"),
    ],
)
def test_a_damaged_database_is_kept_and_said_to_be_damaged(qa: Command, filled: Path, damage: object) -> None:
    path = filled / DATABASE_NAME
    assert callable(damage)
    damaged = damage(path.read_bytes())
    path.write_bytes(damaged)
    for command in (["search", "bell"], ["list"], ["add", filled.parent / "bells.txt"], ["stats"]):
        result = qa(*command)
        assert result.status == 1
        assert result.errors in {
            f"Cannot {verb} the library in {filled}: its database is damaged. "
            f"The damaged file is kept as it is: {path}. Move it away and add your documents again with qa add.\n"
            for verb in ("open", "read")
        }
    assert path.read_bytes() == damaged
