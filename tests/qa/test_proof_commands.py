"""The commands that prove words: what check and verify print, for people and as JSON, and how they end."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest

from source.load import KINDS
from tests.command import Command
from tests.conftest import ROOT
from tests.pdfs import column, make_pdf
from tests.qa.conftest import BELLS

TRUE = "The report says “cast by Jonas Trell” and that it weighs 640 kilograms on the fish market.\n"
FALSE = "The report says “cast by Tom Hill” and that it weighs 460 kilograms on the fish market.\n"


@pytest.fixture
def filled(qa: Command, documents: Path) -> Command:
    """The command `qa` on a library of two documents."""
    assert qa("add", documents).status == 0
    return qa


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    path = tmp_path / "draft.md"
    path.write_text(TRUE + FALSE, encoding="utf-8")
    return path


def test_check_prints_a_line_for_each_claim_and_ends_with_1_unless_all_are_proven(filled: Command, draft: Path) -> None:
    result = filled("check", draft)
    assert (result.status, result.errors) == (1, "")
    rows = [line.split("\t") for line in result.output.splitlines()]
    assert [(row[0], row[1], row[2], row[5]) for row in rows[:4]] == [
        ("exact", "quotation", "cast by Jonas Trell", ""),
        ("exact", "number", "640 kilograms", ""),
        ("altered", "quotation", "cast by Tom Hill", "cast by [-Jonas Trell-] {+Tom Hill+}"),
        ("altered", "number", "460 kilograms", "[-640 kilograms-] {+460 kilograms+}"),
    ]
    assert rows[0][4] == f"bells.txt {BELLS.index('cast')}-{BELLS.index('.')}"
    assert rows[4] == ["draft.md: 4 claims, 2 exact, 2 altered"]


def test_check_ends_with_0_if_all_is_proven(filled: Command, draft: Path) -> None:
    draft.write_text(TRUE, encoding="utf-8")
    assert filled("check", draft).status == 0


def test_check_in_json_is_a_list_with_places_in_the_draft_and_the_document(filled: Command, draft: Path) -> None:
    value = filled("check", draft, "--json").value
    text = TRUE + FALSE
    assert list(value[0]) == [
        *("text", "kind", "start", "end", "verdict", "document", "source_start", "source_end", "difference"),
    ]
    for found in value:
        assert text[found["start"] : found["end"]] == found["text"]
    assert [BELLS[found["source_start"] : found["source_end"]] for found in value] == [
        *("cast by Jonas Trell", "640 kilograms", "cast by Jonas Trell", "640 kilograms"),
    ]


def test_check_of_several_drafts_tells_them_apart(filled: Command, draft: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text(TRUE, encoding="utf-8")
    value = filled("check", draft, other, "--json").value
    assert [found["draft"] for found in value] == ["draft.md"] * 4 + ["other.txt"] * 2


def test_check_of_one_kind_looks_at_that_only(filled: Command, draft: Path) -> None:
    value = filled("check", draft, "--json", "--kind", "number").value
    assert [found["text"] for found in value] == ["640 kilograms", "460 kilograms"]


def test_check_reads_the_standard_input(filled: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TRUE.encode())))
    result = filled("check", "-")
    assert (result.status, result.output.splitlines()[-1]) == (0, "standard input: 2 claims, 2 exact")


def test_check_as_html_marks_the_claims_and_nothing_in_a_draft_is_an_element(filled: Command, draft: Path) -> None:
    draft = draft.with_suffix(".txt")
    draft.write_text("<script>alert(1)</script> He wrote “<img src=x> cast by Jonas Trell”.\n", encoding="utf-8")
    page = filled("check", draft, "--html").output
    assert not re.search(r"<(script|img|iframe|svg|link)\b", page)
    assert "default-src 'none'" in page
    assert '<mark class="wrong" title="altered"><a href="#claim-2">&lt;img src=x&gt; cast by Jonas Trell</a>' in page


def test_check_forges_no_line_of_the_terminal(filled: Command, draft: Path) -> None:
    draft.write_text("“red \u202e cast by Jonas\tTrell” and “none\x0b exact\tquotation”\n", encoding="utf-8")
    output = filled("check", draft).output
    assert "\u202e" not in output
    assert len(output.splitlines()) == 3


@pytest.mark.parametrize("name", ["page.html", "word.docx"])
def test_check_takes_documents_of_other_kinds(filled: Command, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name == "page.html":
        path.write_text("<p>They say:</p><blockquote>It weighs 640 kilograms.</blockquote><q>cast by Tom</q>")
    else:
        docx = pytest.importorskip("docx")
        document = docx.Document()
        document.add_paragraph("They say “It weighs 640 kilograms and hangs” and „cast by Tom“.")
        document.save(str(path))
    value = filled("check", path, "--json", "--kind", "quotation").value
    assert [found["verdict"] for found in value] == ["exact", "altered"]


def test_the_hook_for_pre_commit_is_a_command_that_works(filled: Command, draft: Path) -> None:
    hooks = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    [entry] = re.findall(r"(?m)^  entry: qa (.*)$", hooks)
    assert filled(*entry.split(), draft).status == 1
    draft.write_text(TRUE, encoding="utf-8")
    assert filled(*entry.split(), draft).status == 0


def test_check_says_what_it_cannot_read(filled: Command, tmp_path: Path) -> None:
    result = filled("check", tmp_path / "gone.md")
    assert (result.status, result.output) == (1, "")
    assert result.errors == f"Cannot read {tmp_path / 'gone.md'}: there is no such file. Check the path.\n"


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (b"", "it is empty. Try again when there is text in it."),
        (b" \n", "there is no text in it. Try again when there is text in it."),
        (b"\x00\x01\x02" * 50, "it is not text but binary data. Give it the suffix of its format and try again."),
        (b"a" * 1_000_001, "it has more than the limit of 1 MB. Split it, or raise the limit with --max-mb."),
    ],
)
def test_check_calls_the_standard_input_so_if_it_cannot_be_read(
    filled: Command, monkeypatch: pytest.MonkeyPatch, written: bytes, reason: str
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(written)))
    result = filled("check", "-", "--max-mb", "1")
    assert (result.status, result.output) == (1, "")
    assert result.errors == f"Cannot read the standard input: {reason}\n"


def test_check_says_of_no_draft_that_it_should_be_added(filled: Command, tmp_path: Path) -> None:
    empty, archive = tmp_path / "empty.md", tmp_path / "old.zip"
    empty.write_bytes(b"")
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("draft.md", TRUE)
    for path, said in (
        (empty, "Cannot read {}: it is empty. Try again when there is text in it.\n"),
        (archive, "Cannot check {}: it holds other files. Give those that are drafts, one by one.\n"),
        (tmp_path, "Cannot read {}: it is a folder. Name the files in it.\n"),
    ):
        assert filled("check", path).errors == said.format(path)


def killing(module: str) -> threading.Thread:
    """Kills the child process of this one that runs `module`, once there is one."""

    def kill() -> None:
        search = ["pgrep", "-P", str(os.getpid()), "-f", module]
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            found = subprocess.run(search, capture_output=True, text=True, check=False).stdout.split()
            if found:
                os.kill(int(found[0]), signal.SIGKILL)
                return
            time.sleep(0.02)

    thread = threading.Thread(target=kill)
    thread.start()
    return thread


def test_a_draft_that_crashes_what_reads_it_costs_check_a_line(filled: Command, draft: Path) -> None:
    killer = killing("source.worker")
    result = filled("check", draft)
    killer.join()
    assert (result.status, result.output) == (1, "")
    assert result.errors == (
        f"Cannot read {draft}: what reads such files crashed over it (status -9). "
        "Save it anew, or with another program, and try again.\n"
    )


@pytest.mark.parametrize(("option", "output"), [([], "draft.md: 0 claims\n"), (["--json"], "[]\n")])
def test_check_does_not_pass_what_it_could_not_check_to_the_end(
    filled: Command, draft: Path, option: list[str], output: str
) -> None:
    draft.write_text(TRUE, encoding="utf-8")
    killer = killing("qa.draft_worker")
    result = filled("check", draft, *option)
    killer.join()
    assert (result.status, result.output) == (1, output)
    assert result.errors == "Cannot check all of draft.md: what checks drafts crashed (status -9). Check it in parts.\n"


def test_check_says_of_a_locked_draft_how_it_can_be_checked(filled: Command, tmp_path: Path) -> None:
    locked = tmp_path / "locked.pdf"
    locked.write_bytes(make_pdf([column(60, 700, ["cast by Jonas Trell"])], passwords=("Ellery", "harbour")))
    result = filled("check", locked)
    assert (result.status, result.output) == (1, "")
    assert result.errors == (
        f"Cannot read {locked}: it is locked with a password. Save it without one, and try again.\n"
    )


@pytest.mark.parametrize(("draft", "status"), [(TRUE, 0), (TRUE + FALSE, 1)])
def test_check_in_a_pipe_ends_as_it_does_with_a_file(
    filled: Command, library_folder: Path, draft: str, status: int
) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "qa", "check", "-", "--json"],
        cwd=library_folder.parent,
        input=draft.encode(),
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (status, b"")
    path = library_folder.parent / "piped.md"
    path.write_text(draft, encoding="utf-8")
    assert json.loads(ended.stdout) == filled("check", path, "--json").value


def test_check_of_an_empty_library_says_so(qa: Command, draft: Path) -> None:
    result = qa("check", draft)
    assert result.status == 1
    assert "there is none yet. Add documents to it first" in result.errors


def test_verify_ends_with_0_only_if_every_quote_is_verified(filled: Command, tmp_path: Path, documents: Path) -> None:
    answer = tmp_path / "answer.json"
    answer.write_text(filled("ask", "Who cast the bell of Dunmouth?", "--json").output, encoding="utf-8")
    result = filled("verify", answer)
    assert (result.status, result.errors) == (0, "")
    assert result.output.splitlines()[-1].startswith("answer.json: ")
    assert filled("verify", answer, "--originals", documents).output == result.output
    answer.write_text(answer.read_text(encoding="utf-8").replace("Jonas", "Tomas"), encoding="utf-8")
    tampered = filled("verify", answer, "--json")
    assert tampered.status == 1
    assert {one["verification"] for one in tampered.value} >= {"changed"}
    (documents / "bells.txt").write_text("Something else.", encoding="utf-8")
    assert "missing" in filled("verify", answer, "--originals", documents).output


def test_verify_says_what_is_no_export(filled: Command, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("{}", encoding="utf-8")
    result = filled("verify", path)
    assert result.status == 1
    assert result.errors == (
        f"Cannot take answers from {path}: it is no conversation or answer that was exported. "
        "Export it again, as JSON, HTML or Markdown.\n"
    )


@pytest.mark.parametrize("command", ["verify", "again"])
def test_what_our_other_commands_print_is_called_by_its_name(filled: Command, tmp_path: Path, command: str) -> None:
    path = tmp_path / "a.json"
    for printed_by in (["ask", "--all"], ["search"]):
        path.write_text(filled(*printed_by, "bell", "--json").output, encoding="utf-8")
        result = filled(command, path)
        assert (result.status, result.output) == (1, "")
        assert result.errors == (
            f"Cannot take answers from {path}: it is what qa {' '.join(printed_by)} --json prints, passages and no "
            "answer. Give what qa ask --json prints without --all, or a conversation that was exported.\n"
        )


def test_where_there_are_no_originals_nothing_is_said_of_adding(filled: Command, tmp_path: Path) -> None:
    answer, empty = tmp_path / "answer.json", tmp_path / "empty"
    answer.write_text(filled("ask", "Who cast the bell of Dunmouth?", "--json").output, encoding="utf-8")
    empty.mkdir()
    gone = filled("verify", answer, "--originals", tmp_path / "gone")
    assert gone.errors == f"Cannot look in {tmp_path / 'gone'}: there is no such file or folder. Check the path.\n"
    assert filled("verify", answer, "--originals", empty).errors == (
        f"Cannot look in {empty}: there is no file in it of a kind that can be read ({KINDS}). Check the path.\n"
    )


def test_verify_of_nothing_and_of_a_folder_says_so(filled: Command, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"\n")
    assert filled("verify", path).errors == (
        f"Cannot take answers from {path}: it is empty. Export it again, as JSON, HTML or Markdown.\n"
    )
    assert filled("verify", tmp_path).errors == f"Cannot read {tmp_path}: it is a folder. Name the files in it.\n"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["verify"], "a.md: no quotes to verify\n"),
        (["highlight", "--out", "copies"], "a.md: no quotes to highlight\n"),
        (["again"], "a.md: no answers to ask for again\n"),
    ],
)
def test_an_export_without_answers_is_told_to_hold_none(
    filled: Command, tmp_path: Path, command: list[str], said: str
) -> None:
    path = tmp_path / "a.md"
    path.write_text("# Bells\n\n## Who?\n\nNo answer was waited for.\n\n", encoding="utf-8")
    result = filled(*command, path)
    assert (result.status, result.output, result.errors) == (0, said, "")
