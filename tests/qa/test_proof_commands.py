"""The commands that prove words: what check and verify print, for people and as JSON, and how they end."""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

import pytest

from tests.command import Command
from tests.conftest import ROOT
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
        f"Cannot verify {path}: it is no conversation or answer that was exported. "
        "Export it again, as JSON, HTML or Markdown.\n"
    )
