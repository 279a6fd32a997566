"""A watched folder: each change is told soon, hidden files are not, and it may go away and come back."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from source.watch import FolderState, watch_folder

_PATIENCE_S = 30.0
# What is not told must not be told for as long.
_QUIET_TICKS = 2


class Watched:
    """The states of a folder as they are told."""

    def __init__(self, folder: Path, ignored: Path) -> None:
        self._states = watch_folder(folder, ignored)

    def wait_for(self, wanted: FolderState) -> None:
        """Return when this state is told."""
        end = time.monotonic() + _PATIENCE_S
        for state in self._states:
            if state == wanted:
                return
            assert time.monotonic() < end, f"never {wanted}"

    def check_quiet(self) -> None:
        """Nothing is told for a while."""
        assert [next(self._states) for _ in range(_QUIET_TICKS)] == ["same"] * _QUIET_TICKS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    (folder / "deep").mkdir(parents=True)
    (folder / "library").mkdir()
    (folder / "bell.txt").write_text("A bell.")
    return folder


@pytest.fixture
def watched(folder: Path) -> Watched:
    watched = Watched(folder, folder / "library")
    assert next(watched._states) == "changed"
    watched.check_quiet()
    return watched


def test_what_is_written_renamed_and_deleted_is_told(folder: Path, watched: Watched) -> None:
    (folder / "bell.txt").write_text("Another bell.")
    watched.wait_for("changed")
    watched.check_quiet()
    (folder / "deep" / "new").mkdir()
    watched.wait_for("changed")
    (folder / "deep" / "new" / "rope.txt").write_text("A rope.")
    watched.wait_for("changed")
    (folder / "deep" / "new").rename(folder / "moved")
    watched.wait_for("changed")
    (folder / "bell.txt").unlink()
    watched.wait_for("changed")


def test_what_changes_while_nobody_asks_is_told_the_next_time(folder: Path, watched: Watched) -> None:
    (folder / "bell.txt").write_text("Another bell.")
    time.sleep(1)
    assert next(watched._states) == "changed"


def test_hidden_files_and_the_library_are_not_told(folder: Path, watched: Watched) -> None:
    (folder / ".git").mkdir()
    (folder / ".git" / "index.txt").write_text("x")
    (folder / ".bell.txt.swp").write_text("x")
    (folder / "library" / "library.sqlite3").write_text("x")
    watched.check_quiet()
    (folder / "library.txt").write_text("This is no part of it.")
    watched.wait_for("changed")


def test_reading_is_no_change(folder: Path, watched: Watched) -> None:
    assert (folder / "bell.txt").read_text() == "A bell."
    assert len(list(folder.rglob("*"))) == 3
    watched.check_quiet()


def test_a_folder_below_a_hidden_one_is_watched(tmp_path: Path) -> None:
    folder = tmp_path / ".config" / "documents"
    folder.mkdir(parents=True)
    watched = Watched(folder, tmp_path / "library")
    watched.wait_for("same")
    (folder / "bell.txt").write_text("A bell.")
    watched.wait_for("changed")


def test_a_folder_goes_away_and_comes_back(folder: Path, watched: Watched) -> None:
    folder.rename(folder.with_name("elsewhere"))
    watched.wait_for("away")
    assert next(watched._states) == "away"
    folder.with_name("elsewhere").rename(folder)
    watched.wait_for("changed")
    watched.check_quiet()
    (folder / "bell.txt").write_text("Another bell.")
    watched.wait_for("changed")


def test_another_folder_in_its_place_is_a_change(folder: Path, watched: Watched) -> None:
    """As when a disk is mounted where an empty folder was."""
    other = folder.with_name("other")
    other.mkdir()
    folder.rename(folder.with_name("elsewhere"))
    other.rename(folder)
    watched.wait_for("changed")
    watched.check_quiet()
    (folder / "rope.txt").write_text("A rope.")
    watched.wait_for("changed")


def test_a_folder_that_is_not_there_yet_is_waited_for(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    watched = Watched(folder, tmp_path / "library")
    assert next(watched._states) == "away"
    folder.write_text("This is no folder.")
    assert next(watched._states) == "away"
    folder.unlink()
    folder.mkdir()
    watched.wait_for("changed")
