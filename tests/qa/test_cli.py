"""The command line as a whole: options before and after commands, help, exit statuses, and processes of their own."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from tests.command import Command, run_process


def test_the_library_may_be_named_before_or_after_the_command(qa: Command, documents: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    qa("--library", first, "add", documents)
    qa("add", documents / "honey.md", "--library", second)
    assert qa("list", "--library", first).output.count("\n") == 2
    assert qa("--library", first, "list", "--library", second).output.count("\n") == 1


def test_a_library_that_is_not_there_is_not_made_by_looking(qa: Command, tmp_path: Path) -> None:
    mistyped = tmp_path / "mistyped"
    for command in (["ask", "What?"], ["search", "What?"], ["list"], ["stats"], ["remove", "x"], ["reindex"]):
        result = qa(*command, "--library", mistyped)
        assert result.status == 1
        assert result.errors == (
            f"Cannot open the library in {mistyped}: there is none yet. "
            f"Add documents to it first: qa add --library {mistyped} PATH.\n"
        )
    assert not mistyped.exists()


def test_a_library_whose_name_is_empty_is_not_the_usual_one(qa: Command, documents: Path) -> None:
    assert qa("add", documents).status == 0
    for command in (["--library", "", "list"], ["list", "--library", ""]):
        result = qa(*command)
        assert (result.status, result.output) == (1, "")
        assert result.errors == (
            "Cannot open the library '': a name has letters, digits, blanks, dots and dashes only. "
            "Choose another with --library.\n"
        )


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["add", ""], "a path is empty; for the current folder, write a dot"),
        (["sync", ""], "it is empty. For the current folder, write a dot."),
        (["watch", ""], "it is empty. For the current folder, write a dot."),
        (["reindex", "--model", ""], "Invalid value for '--model': it is empty"),
        (["verify", "a.json", "--originals", ""], "it is empty. For the current folder, write a dot."),
        (["highlight", "a.json", "--out", ""], "it is empty. For the current folder, write a dot."),
    ],
)
def test_what_is_empty_is_neither_the_current_folder_nor_left_out(qa: Command, command: list[str], said: str) -> None:
    result = qa(*command)
    assert (result.status, result.output) == (2, "")
    assert said in result.errors


def test_a_file_is_no_library(qa: Command, documents: Path) -> None:
    file = documents / "bells.txt"
    for command in (["list"], ["ask", "Who?"], ["add", documents]):
        result = qa(*command, "--library", file)
        assert (result.status, result.output.replace("0 added, 0 updated, 0 unchanged, 0 failed.\n", "")) == (1, "")
        assert result.errors == (f"Cannot open the library in {file}: it is a file. Name a folder with --library.\n")


def test_help_shows_each_name_of_an_argument_once_and_says_what_may_be_given(qa: Command) -> None:
    for command, shown in (("check", "{DRAFT}..."), ("verify", "{FILE}..."), ("again", "{FILE}...")):
        assert qa(command, "--help").output.splitlines()[0].endswith(f"qa {command} [OPTIONS] {shown}")
    assert "--kind quotation|number|cited " in qa("check", "--help").output


def test_usage_errors_exit_2(qa: Command) -> None:
    assert qa("asq").status == 2
    assert qa("ask").status == 2
    assert qa("search", "x", "-k", "0").status == 2


def test_the_version_is_that_of_the_package() -> None:
    """In a process of its own, as the package's data are looked up there."""
    result = run_process("--version", library=Path("/tmp/none"))
    assert result.output == f"qa {metadata.version('quoted-answers')}\n"


def test_every_command_has_help_with_an_example(qa: Command) -> None:
    for command in ("add", "ask", "search", "serve", "list", "remove", "stats", "reindex", "eval"):
        result = qa(command, "--help")
        assert result.status == 0
        assert f"Examples:\n    qa {command}" in result.output


def test_a_reader_that_stops_reading_is_no_error(qa: Command, documents: Path, library_folder: Path) -> None:
    qa("add", documents)
    command = f"{sys.executable} -m qa list; echo status $? >&2"
    ended = subprocess.run(["bash", "-c", f"({command}) | true"], capture_output=True, text=True, check=True)
    assert ended.stderr == "status 1\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("command", ["list", "list --json", "ask Bells?", "stats", "--version"])
@pytest.mark.usefixtures("demo_qa")
def test_output_that_cannot_be_written_is_an_error_of_one_line(command: str) -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123 - not a file to be made
        ended = subprocess.run(
            [sys.executable, "-m", "qa", *command.split()], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (ended.returncode, ended.stderr) == (
        1,
        "Cannot write the output: no space left on device. Send it elsewhere.\n",
    )


def test_the_whole_path_in_processes_of_their_own(documents: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    added = run_process("add", documents, library=library)
    assert (added.status, added.output, added.errors) == (0, "2 added, 0 updated, 0 unchanged, 0 failed.\n", "")
    answer = run_process("ask", "What weighs 640 kilograms?", "--json", library=library).value
    assert answer["citations"][0]["quote"] == "It weighs 640 kilograms and hangs on the fish market."
    assert run_process("remove", "bells.txt", library=library).status == 0
    with sqlite3.connect(library / "library.sqlite3") as connection:
        assert connection.execute("SELECT name FROM documents").fetchall() == [("honey.md",)]
    connection.close()
