"""Files that cannot be read, or only with care: what the user of `qa add` sees, and that the others are added."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from index.library import Library
from source.load import KINDS
from tests.command import Command
from tests.privileges import obey_permissions, open_folder

GOOD = "The bell of Dunmouth was cast by Jonas Trell.\n"
TYPOGRAPHIC = "“Où est l’été?” Le café coûte 3 €, la pâtisserie — à côté — en coûte 5. Noël approche, déjà."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one good file, which must be added whatever else is in it."""
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "good.txt").write_text(GOOD, encoding="utf-8")
    return folder


def failure(qa: Command, folder: Path) -> str:
    """What is said of the one bad file in `folder`; the good one is added."""
    result = qa("add", folder)
    assert result.status == 1
    assert result.output.startswith("1 added, 0 updated, 0 unchanged, 1 failed.\n")
    return result.errors


def text_of(library_folder: Path, name: str) -> str:
    """The stored text of the document called `name`."""
    with Library(library_folder) as library:
        return next(library.text(document.id) for document in library.documents() if document.name == name)


def test_a_missing_path(qa: Command, folder: Path) -> None:
    result = qa("add", folder / "good.txt", folder / "gone.txt", folder / "good.txt" / "inside")
    assert result.status == 1
    assert result.output == "1 added, 0 updated, 0 unchanged, 2 failed.\n"
    assert result.errors == (
        f"Cannot add {folder}/gone.txt: there is no such file or folder. Check the path.\n"
        f"Cannot add {folder}/good.txt/inside: there is no such file or folder. Check the path.\n"
    )


def test_a_folder_without_readable_files(qa: Command, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "bell.jpg").touch()
    result = qa("add", tmp_path / "photos")
    assert result.status == 1
    assert result.output == "0 added, 0 updated, 0 unchanged, 1 failed.\nLeft out of the folders: .jpg (1).\n"
    assert result.errors == (
        f"Cannot add {tmp_path}/photos: there is no file in it of a kind that can be read ({KINDS}). Check the path.\n"
    )


def test_a_folder_named_twice_is_not_empty_the_second_time(qa: Command, folder: Path) -> None:
    result = qa("add", folder, folder, folder / "good.txt")
    assert (result.status, result.output) == (0, "1 added, 0 updated, 0 unchanged, 0 failed.\n")


def test_a_file_of_an_unknown_kind_that_is_named_outright(qa: Command, tmp_path: Path) -> None:
    (tmp_path / "scan.iso").touch()
    assert qa("add", tmp_path / "scan.iso").errors == (
        f"Cannot read {tmp_path}/scan.iso: files of the kind .iso are not known. "
        f"Convert it to one of {KINDS} and add it again.\n"
    )


def test_an_empty_file(qa: Command, folder: Path) -> None:
    (folder / "empty.txt").touch()
    expected = f"Cannot read {folder}/empty.txt: it is empty. Add it again when there is text in it.\n"
    assert failure(qa, folder) == expected


def test_a_file_of_blanks(qa: Command, folder: Path) -> None:
    (folder / "blank.md").write_text(" \n\u00a0\n\t\n", encoding="utf-8")
    expected = f"Cannot read {folder}/blank.md: there is no text in it. Add it again when there is text in it.\n"
    assert failure(qa, folder) == expected


def test_a_file_of_200_megabytes(qa: Command, folder: Path) -> None:
    with (folder / "large.txt").open("wb") as file:
        file.truncate(200_000_000)  # sparse: it takes no room on the disk
    assert failure(qa, folder) == (
        f"Cannot read {folder}/large.txt: it has 200.0 MB, more than the limit of 50 MB. "
        "Split it, or raise the limit with --max-mb.\n"
    )


@pytest.mark.parametrize("data", [bytes(range(256)) * 20, b"\x7fELF\x02\x01\x01" + bytes(500), os.urandom(4096)])
def test_a_binary_file_that_is_called_text(qa: Command, folder: Path, data: bytes) -> None:
    (folder / "binary.txt").write_bytes(data)
    assert failure(qa, folder) == (
        f"Cannot read {folder}/binary.txt: it is not text but binary data. "
        "Give it the suffix of its format and add it again.\n"
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_text_in_other_encodings_is_read_as_what_it_says(
    qa: Command, tmp_path: Path, library_folder: Path, encoding: str
) -> None:
    (tmp_path / "french.txt").write_bytes(TYPOGRAPHIC.encode(encoding))
    assert qa("add", tmp_path / "french.txt").status == 0
    assert text_of(library_folder, "french.txt") == TYPOGRAPHIC


def test_utf_16_that_ends_in_half_a_character(qa: Command, folder: Path) -> None:
    (folder / "cut.txt").write_bytes(TYPOGRAPHIC.encode("utf-16")[:-1])
    assert failure(qa, folder) == (
        f"Cannot read {folder}/cut.txt: it is marked as utf-16 but byte {2 * len(TYPOGRAPHIC):,} does not fit. "
        "Save it again as UTF-8.\n"
    )


def test_broken_utf_8(qa: Command, folder: Path) -> None:
    (folder / "broken.txt").write_bytes(b"First line.\n" + TYPOGRAPHIC.encode("utf-8") + b" \xff\xfe \xc3(")
    assert failure(qa, folder) == (
        f"Cannot read {folder}/broken.txt: it is UTF-8 with 3 broken bytes, the first in line 2. "
        "Repair it, or save it again as UTF-8.\n"
    )


def test_a_file_that_changes_while_it_is_read(qa: Command, tmp_path: Path) -> None:
    """Another process appends to it all the time. If it ever manages not to, the file is binary, and said to be."""
    log = tmp_path / "log.txt"
    with log.open("wb") as file:
        file.truncate(40_000_000)
    code = f"file = open({str(log)!r}, 'ab', 0)\nprint('writing', flush=True)\nwhile True: file.write(bytes(9))"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as writer:
        assert writer.stdout
        writer.stdout.readline()
        said = {qa("add", log).errors for _ in range(10)}
        writer.kill()
    assert f"Cannot read {log}: it changed while it was read. Add it again when nothing writes to it.\n" in said


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="root obeys permissions on Linux only, if asked to")
def test_a_file_and_a_folder_that_may_not_be_read() -> None:
    with open_folder() as top:
        for name in ("documents", "documents/closed", "library"):
            (top / name).mkdir()
            (top / name).chmod(0o777)
        for name in ("good.txt", "secret.txt", "closed/inside.txt"):
            (top / "documents" / name).write_text(GOOD, encoding="utf-8")
        (top / "documents" / "secret.txt").chmod(0)
        (top / "documents" / "closed").chmod(0)
        paths = [top / "documents", top / "documents" / "closed" / "inside.txt"]
        result = subprocess.run(
            [sys.executable, "-m", "qa", "--library", str(top / "library"), "add", *paths],
            preexec_fn=obey_permissions,
            capture_output=True,
            text=True,
            check=False,
        )
    assert result.returncode == 1
    assert result.stdout == "1 added, 0 updated, 0 unchanged, 3 failed.\n"
    assert result.stderr == (
        f"Cannot search {top}/documents/closed: you have no permission to read it. Change its permissions.\n"
        f"Cannot read {top}/documents/secret.txt: you have no permission to read it. "
        "Change its permissions (chmod u+r) and add it again.\n"
        f"Cannot read {top}/documents/closed/inside.txt: you have no permission to read it. "
        "Change its permissions (chmod u+r) and add it again.\n"
    )


def test_folders_that_link_to_each_other_are_searched_once(qa: Command, folder: Path) -> None:
    for name in ("north", "south"):
        (folder / name).mkdir()
        (folder / name / f"{name}.txt").write_text(GOOD, encoding="utf-8")
    (folder / "north" / "up").symlink_to(folder)
    (folder / "north" / "across").symlink_to(folder / "south")
    (folder / "south" / "across").symlink_to(folder / "north")
    (folder / "again.txt").symlink_to(folder / "good.txt")
    assert qa("add", folder).output == "3 added, 0 updated, 0 unchanged, 0 failed.\n"


def test_links_that_lead_nowhere(qa: Command, folder: Path) -> None:
    (folder / "itself.txt").symlink_to(folder / "itself.txt")
    (folder / "lost.txt").symlink_to(folder / "gone.txt")
    assert qa("add", folder).errors == (
        f"Cannot read {folder}/itself.txt: too many levels of symbolic links. "
        "Check the disk and the path, then add it again.\n"
        f"Cannot read {folder}/lost.txt: there is no such file. Check the path.\n"
    )


def test_a_pipe_and_a_device(qa: Command, folder: Path) -> None:
    os.mkfifo(folder / "pipe.txt")
    (folder / "zero.txt").symlink_to("/dev/zero")
    assert qa("add", folder).errors == "".join(
        f"Cannot read {folder}/{name}: it is not a file but a pipe or device. Save what it holds in a file.\n"
        for name in ("pipe.txt", "zero.txt")
    )


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("two\nlines.txt", "two\\nlines.txt"),
        ("\x1b[31mred\x1b[0m.txt", "\\x1b[31mred\\x1b[0m.txt"),
        ("[bold red]markup[/] :smile: <b>&amp;.txt", "[bold red]markup[/] :smile: <b>&amp;.txt"),
        ("\N{BELL}\N{FAMILY} 👩‍🔬 café 鐘.txt", "\N{BELL}\N{FAMILY} 👩‍🔬 café 鐘.txt"),
        ("right\u202etxt.txt", "right\\u202etxt.txt"),
        ("-k 3 --json; $(true) 'quoted'.txt", "-k 3 --json; $(true) 'quoted'.txt"),
    ],
)
def test_strange_names_are_stored_as_they_are_and_shown_on_one_line(
    qa: Command, tmp_path: Path, name: str, shown: str
) -> None:
    path = tmp_path / "documents" / name.replace("/", "∕")
    path.parent.mkdir()
    path.write_text(GOOD, encoding="utf-8")
    shown = shown.replace("/", "∕")
    assert qa("add", path.parent).status == 0
    assert qa("list", "--json").value["documents"][0]["name"] == path.name
    assert qa("list").output == f"{shown}\t1\tcurrent\t{path.parent}/{shown}\n"
    assert qa("search", "Who cast the bell?").output.startswith(f"1  {shown}, paragraph 1, line 1\n")
    assert qa("remove", "--", path.name).output == f"Removed {shown} ({path.parent}/{shown}).\n"


def test_a_bad_file_with_a_strange_name_is_reported_on_one_line(qa: Command, tmp_path: Path) -> None:
    (tmp_path / "a\nb\x1b[2J.txt").touch()
    assert qa("add", tmp_path / "a\nb\x1b[2J.txt").errors == (
        f"Cannot read {tmp_path}/a\\nb\\x1b[2J.txt: it is empty. Add it again when there is text in it.\n"
    )


def test_a_name_that_is_not_utf_8(qa: Command, folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.txt")).write_text(GOOD, encoding="utf-8")
    assert failure(qa, folder) == (
        f"Cannot read {folder}/caf\\udce9.txt: its name is not valid UTF-8. Rename it and add it again.\n"
    )


def test_text_cannot_write_to_the_terminal(qa: Command, tmp_path: Path) -> None:
    path = tmp_path / "forged.txt"
    text = "The bell\x1b[2J\x1b[1;1H of [red]Dunmouth[/red]\rwas cast by\ttwo\u2028founders \u202etogether.\n"
    path.write_bytes(text.encode("utf-8"))
    qa("add", path)
    result = qa("search", "bell")
    assert result.output.splitlines()[-2:] == [
        "   │ The bell\\x1b[2J\\x1b[1;1H of [red]Dunmouth[/red]",
        "   │ was cast by    two\\u2028founders \\u202etogether.",
    ]
    assert qa("search", "bell", "--json").value["hits"][0]["passage"]["text"] == text.strip()


def test_ctrl_c_while_adding_keeps_what_was_added(tmp_path: Path) -> None:
    """In a process of its own, with the real model, so that there is time to interrupt it."""
    documents, library = tmp_path / "documents", tmp_path / "library"
    documents.mkdir()
    for number in range(400):
        paragraphs = (f"Paragraph {part} of document {number} tells of bell {number * part}." for part in range(60))
        (documents / f"{number:03}.txt").write_text("\n\n".join(paragraphs), encoding="utf-8")
    command = [sys.executable, "-m", "qa", "--library", str(library), "add", str(documents)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as adding:
        wait_for_documents(library, 2)
        adding.send_signal(signal.SIGINT)
        output, errors = adding.communicate(timeout=60)
    assert adding.returncode == 130
    assert errors == "Interrupted. What was added is kept; the same command goes on from there.\n"
    with Library(library) as opened:
        count = len(opened.documents())
    assert 2 <= count < 400
    assert output in {f"{n} added, 0 updated, 0 unchanged, 0 failed.\n" for n in (count, count - 1)}


def wait_for_documents(folder: Path, count: int) -> None:
    """Wait until `count` documents are in the library that another process is filling."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if folder.exists():
            with Library(folder) as library:
                if len(library.documents()) >= count:
                    return
        time.sleep(0.05)
    pytest.fail("nothing was added")
