"""Syncing and watching a folder: what the commands print, and that the library follows real files."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index.library import Library
from tests.command import Command
from tests.qa.conftest import BELLS

ROPES = "Ropes wear through in a year.\n"

# qa sync


def test_sync_adds_replaces_and_removes(qa: Command, documents: Path, library_folder: Path) -> None:
    assert qa("sync", documents).output == "2 added, 0 updated, 0 unchanged, 0 failed.\n"
    (documents / "bells.txt").unlink()
    (documents / "honey.md").write_text("# Honey\n\nThere is none this year.\n", encoding="utf-8")
    (documents / "ropes.txt").write_text(ROPES, encoding="utf-8")
    result = qa("sync", documents)
    assert result.output == "1 added, 1 updated, 0 unchanged, 1 removed, 0 failed.\n"
    assert result.status == 0
    assert f"{documents}/bells.txt" in result.errors
    with Library(library_folder) as library:
        assert [one.name for one in library.documents()] == ["honey.md", "ropes.txt"]
    assert not any(b"Jonas Trell" in path.read_bytes() for path in library_folder.iterdir())


def test_sync_counts_documents_from_elsewhere_and_leaves_them(qa: Command, documents: Path, tmp_path: Path) -> None:
    (tmp_path / "ropes.txt").write_text(ROPES, encoding="utf-8")
    qa("add", tmp_path / "ropes.txt")
    assert qa("sync", documents).output.splitlines() == [
        "2 added, 0 updated, 0 unchanged, 0 failed.",
        "Documents from elsewhere, which stay: 1.",
    ]


def test_sync_of_a_file_that_fails_exits_1_and_keeps_its_older_version(
    qa: Command, documents: Path, library_folder: Path
) -> None:
    qa("sync", documents)
    (documents / "bells.txt").write_bytes(b"")
    result = qa("sync", documents)
    assert (result.status, result.output) == (1, "0 added, 0 updated, 1 unchanged, 1 failed.\n")
    assert "it is empty" in result.errors
    with Library(library_folder) as library:
        assert next(library.text(one.id) for one in library.documents()) == BELLS


def test_sync_of_an_empty_folder_must_be_meant(qa: Command, documents: Path, library_folder: Path) -> None:
    qa("sync", documents)
    shutil.rmtree(documents)
    missing = qa("sync", documents, "--empty")
    assert (missing.status, missing.output) == (1, "")
    assert missing.errors == (
        f"Cannot sync {documents}: there is no such folder. Check the path, and that its disk is mounted.\n"
    )
    documents.mkdir()
    refused = qa("sync", documents)
    assert refused.status == 1
    assert refused.errors == (
        f"Cannot sync {documents}: there is no readable file in it, but the library holds 2 documents from there. "
        "Check that its disk is mounted, or remove them with --empty.\n"
    )
    assert len(qa("list", "--json").value["documents"]) == 2
    assert qa("sync", documents, "--empty").output == "0 added, 0 updated, 0 unchanged, 2 removed, 0 failed.\n"
    assert qa("list", "--json").value == {"documents": []}


def test_sync_with_another_model_is_refused_though_nothing_is_to_be_embedded(qa: Command, documents: Path) -> None:
    qa("sync", documents)
    result = qa("sync", documents, "--model", "others")
    assert result.status == 1
    assert "Cannot use the model others" in result.errors


# qa watch

# The command with the stand-in for the model, which a process of its own cannot be given otherwise.
_PROGRAM = (
    "import sys; from qa.cli import main; from tests.fakes import load_words; main(sys.argv[1:], load_model=load_words)"
)
_PATIENCE_S = 60.0


class Watch:
    """`qa watch` in a process of its own."""

    def __init__(self, folder: Path, library: Path, printed: Path) -> None:
        self._printed = printed
        with printed.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-c", _PROGRAM, "watch", str(folder), "--library", str(library)],
                stdout=file,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )

    def wait_for(self, line: str) -> None:
        """Return when `line` has been printed, and forget all up to there."""
        end = time.monotonic() + _PATIENCE_S
        while line not in self.lines():
            assert time.monotonic() < end, f"{line!r} was not printed, but {self.lines()}"
            assert self.process.poll() is None, f"it ended: {self.lines()}"
            time.sleep(0.1)

    def lines(self) -> list[str]:
        """What has been printed so far."""
        return self._printed.read_text(encoding="utf-8").splitlines()

    def stop(self) -> int:
        """Press Ctrl-C; how it ended."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(_PATIENCE_S)


@pytest.fixture
def watch(documents: Path, library_folder: Path, tmp_path: Path) -> Iterator[Watch]:
    watch = Watch(documents, library_folder, tmp_path / "printed")
    try:
        watch.wait_for(f"Watching {documents}; Ctrl-C ends it.")
        yield watch
    finally:
        watch.process.kill()
        watch.process.wait()


def eventually(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE_S
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_watch_follows_files_as_they_change(watch: Watch, documents: Path, library_folder: Path) -> None:
    assert watch.lines()[0] == "2 added, 0 updated, 0 unchanged, 0 failed."
    (documents / "ropes.txt").write_text(ROPES, encoding="utf-8")
    watch.wait_for(f"Added {documents}/ropes.txt.")
    (documents / "ropes.txt").write_text(ROPES + "\nThe tide turns.\n", encoding="utf-8")
    watch.wait_for(f"Updated {documents}/ropes.txt.")
    (documents / "ropes.txt").rename(documents / "lines.txt")
    watch.wait_for(f"Added {documents}/lines.txt.")
    watch.wait_for(f"Removed {documents}/ropes.txt.")
    (documents / "broken.txt").write_bytes(b"")
    watch.wait_for(f"Cannot read {documents}/broken.txt: it is empty. Add it again when there is text in it.")
    (documents / "bells.txt").unlink()
    watch.wait_for(f"Removed {documents}/bells.txt.")
    with Library(library_folder) as library:
        assert [one.name for one in library.documents()] == ["honey.md", "lines.txt"]
    assert watch.stop() == 0
    lines = watch.lines()
    assert lines[-1] == "Stopped."
    assert len([line for line in lines if "broken.txt" in line]) == 1, "a failure is told once"
    assert not any(b"Jonas Trell" in path.read_bytes() for path in library_folder.iterdir())


def test_watch_keeps_the_documents_of_a_folder_that_is_away(
    watch: Watch, documents: Path, library_folder: Path
) -> None:
    documents.rename(documents.with_name("away"))
    watch.wait_for(f"{documents} is away; its documents stay.")
    documents.with_name("away").rename(documents)
    watch.wait_for(f"{documents} is back.")
    (documents / "ropes.txt").write_text(ROPES, encoding="utf-8")
    watch.wait_for(f"Added {documents}/ropes.txt.")
    with Library(library_folder) as library:
        assert [one.name for one in library.documents()] == ["bells.txt", "honey.md", "ropes.txt"]
    assert watch.stop() == 0


def test_watch_does_not_empty_the_library_with_the_folder(watch: Watch, documents: Path, library_folder: Path) -> None:
    for path in documents.iterdir():
        path.rename(documents.parent / path.name)
    eventually(lambda: any("there is no readable file in it" in line for line in watch.lines()))
    with Library(library_folder) as library:
        assert len(library.documents()) == 2
    assert watch.stop() == 0


def test_watch_of_a_folder_that_is_not_there_is_an_error(qa: Command, tmp_path: Path) -> None:
    result = qa("watch", tmp_path / "missing")
    assert result.status == 1
    assert result.errors == (
        f"Cannot sync {tmp_path}/missing: there is no such folder. Check the path, and that its disk is mounted.\n"
    )


def test_watch_and_sync_are_shown_in_the_help(qa: Command) -> None:
    shown = qa("--help").output
    assert re.search(r"^\W*sync\s+Make the library hold", shown, re.MULTILINE)
    assert re.search(r"^\W*watch\s+Keep the library in step", shown, re.MULTILINE)
