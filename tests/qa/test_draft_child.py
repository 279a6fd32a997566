"""Drafts checked in a child: the same findings as here, draft by draft, and those in time where it has not enough."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.library import Library
from qa.check import check_draft
from qa.check_draft import make_draft
from qa.check_sources import sources_of
from qa.draft_child import DraftChild, FindingReader, Line, Told, generous_s, read_told
from qa.draft_worker import CheckTask
from source.document import Document, Span
from source.load import load_document
from tests.documents import put_text
from tests.fakes import WordEmbedder

BELLS = "The bell of Dunmouth was cast by Jonas Trell. It weighs 640 kilograms."
DRAFTS = {
    "a.md": "Some say “the bell of Dunmouth” and 460 kilograms.\n\n> It weighs 650 kilograms.\n",
    "b.txt": "Nothing is claimed here.",
    "c.html": "<blockquote>The bell of Dunmouth was cast by Tom Hill.</blockquote><p>It weighs 640 kilograms.</p>",
}


@pytest.fixture
def drafts(tmp_path: Path) -> list[tuple[Document, bytes]]:
    for name, written in DRAFTS.items():
        (tmp_path / name).write_text(written, encoding="utf-8")
    return [(load_document(tmp_path / name), written.encode()) for name, written in DRAFTS.items()]


def test_findings_are_those_that_are_made_here(library: Library, drafts: list[tuple[Document, bytes]]) -> None:
    put_text(library, WordEmbedder(), BELLS)
    with DraftChild() as child:
        told = child.check(CheckTask(library.folder, drafts, max_s=120, niceness=0))
    reader = FindingReader(library)
    found = [reader.read_all(document.text, one) for (document, _), one in zip(drafts, told, strict=True)]
    sources = sources_of(library)
    expected = [check_draft(sources, make_draft(document, data)) for document, data in drafts]
    assert [[one.as_dict() for one in findings] for findings in found] == [
        [one.as_dict() for one in findings] for findings in expected
    ]
    assert [[one.verdict for one in findings] for findings in found] == [
        ["folded", "altered", "altered"],
        [],
        ["altered", "exact"],
    ]
    assert [one.unfinished for one in told] == ["", "", ""]


def test_what_is_not_done_in_time_is_told_of_each_draft(library: Library, drafts: list[tuple[Document, bytes]]) -> None:
    put_text(library, WordEmbedder(), BELLS)
    with DraftChild() as child:
        told = child.check(CheckTask(library.folder, drafts, max_s=0.01, niceness=0))
    assert told == [Told((), "checking took longer than 0 s")] * 3


def test_a_child_that_is_asked_nothing_says_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    with DraftChild():
        pass
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("dumps", "lines", "unfinished"),
    [
        ("print('Noise')\n    return dumps(value)", [3, 0, 2], ""),
        ("raise MemoryError", [0, 0, 0], "checking takes more memory than a draft may take"),
    ],
)
def test_what_a_library_does_in_the_child(
    library: Library,
    drafts: list[tuple[Document, bytes]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    dumps: str,
    lines: list[int],
    unfinished: str,
) -> None:
    """What it prints is no finding, and what it lacks memory for is told; here in place of `json.dumps`."""
    code = f"import json\ndumps = json.dumps\ndef other(value):\n    {dumps}\njson.dumps = other\n"
    (tmp_path / "sitecustomize.py").write_text(code, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    put_text(library, WordEmbedder(), BELLS)
    with DraftChild() as child:
        told = child.check(CheckTask(library.folder, drafts, max_s=120, niceness=0))
    assert [len(one.lines) for one in told] == lines
    assert {one.unfinished for one in told} == {unfinished}


def line_at(start: int) -> Line:
    return Line("number", Span(start, start + 2), "exact", 7, Span(3, 5), "")


def written(line: Line) -> str:
    values = {"kind": line.kind, "verdict": line.verdict, "document": line.document, "difference": line.difference}
    place = line.place
    spans = {"span": [line.span.start, line.span.end], "place": [place.start, place.end] if place else None}
    return json.dumps(values | spans)


LINES = st.integers(0, 9).map(line_at)


@given(st.lists(st.lists(LINES, max_size=3), min_size=1, max_size=4), st.data())
def test_of_output_that_was_cut_off_all_whole_lines_are_read(drafts: list[list[Line]], data: st.DataObject) -> None:
    output = "".join("".join(f"{written(line)}\n" for line in lines) + "\n" for lines in drafts).encode()
    cut = data.draw(st.integers(0, len(output)))
    told = read_told(output[:cut], len(drafts), "late")
    assert [one.unfinished for one in read_told(output, len(drafts), "late")] == [""] * len(drafts)
    assert output[:cut].count(b"\n") == sum(len(one.lines) + (not one.unfinished) for one in told)
    for lines, one in zip(drafts, told, strict=True):
        assert list(one.lines) == lines[: len(one.lines)]
        assert one.unfinished or list(one.lines) == lines


@pytest.mark.parametrize(
    "malformed",
    ["Loading ...", "é", "7", "[]", "{}", written(line_at(1))[:-1], written(line_at(1)).replace("[1, 3]", "[3, 1]")],
)
def test_a_line_that_tells_of_no_claim_ends_what_is_read_with_a_reason(malformed: str) -> None:
    lines = [written(line_at(0)), "", written(line_at(4)), malformed, written(line_at(8)), "", "", ""]
    reason = "what checks drafts wrote a line that tells of no claim"
    assert read_told("\n".join(lines).encode(), 3, "late") == [
        Told((line_at(0),), ""),
        Told((line_at(4),), reason),
        Told((), reason),
    ]


def test_a_longer_draft_may_take_longer() -> None:
    assert generous_s(0) == 600
    assert generous_s(100_000) == 1_200
