"""Whether a document's file still says what was stored of it, also where that is a member of another file."""

from __future__ import annotations

import hashlib
import os
import zipfile
from pathlib import Path

import pytest

from index.records import DocumentRecord
from index.state import FileState, file_state
from source.container import CONTAINERS
from tests.privileges import open_folder, ordinary_user

BELL = b"A bell hangs here.\n"


def record(path: Path, data: bytes = BELL) -> DocumentRecord:
    """What was stored when the file at `path` had these bytes."""
    digest = hashlib.sha256(data).hexdigest()
    return DocumentRecord(
        1, path.name, str(path), digest, len(data), "text", "utf-8", "", "2025", 1, 9, 0, 0, 0, 0, 0, 0
    )


@pytest.mark.parametrize(
    ("data", "state"), [(BELL, "current"), (BELL.upper(), "changed"), (BELL + b"x", "changed"), (None, "missing")]
)
def test_a_file_is_compared_with_what_was_stored(tmp_path: Path, data: bytes | None, state: FileState) -> None:
    if data is not None:
        (tmp_path / "bell.txt").write_bytes(data)
    assert file_state(record(tmp_path / "bell.txt")) == state


def test_a_file_that_cannot_be_read_is_not_missing() -> None:
    with open_folder() as top:
        (top / "bell.txt").write_bytes(BELL)
        (top / "bell.txt").chmod(0)
        (top / "closed").mkdir()
        (top / "closed" / "bell.txt").write_bytes(BELL)
        (top / "closed").chmod(0o600)
        with ordinary_user():
            assert file_state(record(top / "bell.txt")) == "unreadable"
            assert file_state(record(top / "closed" / "bell.txt")) == "unreadable"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive of two members, one of them in an archive in it."""
    if ".zip" not in CONTAINERS:
        pytest.skip("archives are not read")
    with zipfile.ZipFile(tmp_path / "inner.zip", "w") as inner:
        inner.writestr("deep/bell.txt", BELL)
    path = tmp_path / "papers.zip"
    with zipfile.ZipFile(path, "w") as written:
        written.writestr("bells/bell.txt", BELL)
        written.write(tmp_path / "inner.zip", "inner.zip")
    return path


def test_a_member_of_an_archive_is_compared_as_a_file_is(archive: Path) -> None:
    for member in ("bells/bell.txt", "inner.zip/deep/bell.txt"):
        assert file_state(record(archive / member)) == "current"
        assert file_state(record(archive / member, BELL.upper())) == "changed"
    for missing in ("bells/rope.txt", "bells/bell.txt/rope.txt", "inner.zip/bell.txt"):
        assert file_state(record(archive / missing)) == "missing"
    archive.unlink()
    assert file_state(record(archive / "bells/bell.txt")) == "missing"


def test_a_member_of_an_archive_that_cannot_be_read_is_not_missing(archive: Path) -> None:
    os.truncate(archive, archive.stat().st_size // 2)
    assert file_state(record(archive / "bells/bell.txt")) == "unreadable"
