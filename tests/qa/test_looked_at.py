"""Drafts as files: loaded as what is added is, by a child with bounds, and in words that do not speak of adding."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from qa.looked_at import LoadedDraft, load_apart, load_bytes_apart, load_drafts, without_adding
from source.child import Limits
from source.errors import DocumentError
from source.load import load_document, read_bytes
from source.load_options import NO_OPTIONS
from source.workers import Workers
from tests.archives import zipped
from tests.conftest import DEMO_DOCUMENTS

SENTENCE = "The bell of Dunmouth was cast by Jonas Trell. "


@pytest.fixture
def endless(tmp_path: Path) -> Path:
    """A draft whose loading takes longer than anybody waits for here."""
    path = tmp_path / "endless.md"
    path.write_text(SENTENCE * 260_000, encoding="utf-8")
    return path


def test_drafts_are_the_documents_that_are_loaded_here_in_the_order_given() -> None:
    paths = sorted(DEMO_DOCUMENTS.iterdir(), reverse=True)
    assert load_drafts(paths, NO_OPTIONS) == [LoadedDraft(load_document(path), path.read_bytes()) for path in paths]


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (
            Limits(processor_s=1, processor_s_per_mb=0),
            (
                "reading it took too long (no sign of progress in 1 s of processor time). "
                "Save it anew, or with another program, and try again."
            ),
        ),
        (
            Limits(max_memory_bytes=150_000_000),
            "reading it takes more memory than a file may take. Split it and try its parts.",
        ),
    ],
)
def test_a_draft_that_takes_more_than_it_may_is_told_of_in_a_sentence(endless: Path, limits: Limits, said: str) -> None:
    with pytest.raises(DocumentError) as caught:
        load_drafts([endless], NO_OPTIONS, limits)
    assert str(caught.value) == f"Cannot read {endless}: {said}"


def test_a_draft_that_holds_too_much_is_told_of_in_a_sentence(tmp_path: Path) -> None:
    large = tmp_path / "large.md"
    large.write_text(SENTENCE * 1_000, encoding="utf-8")
    with pytest.raises(DocumentError) as caught:
        load_drafts([large], NO_OPTIONS, Limits(max_message_bytes=20_000))
    assert str(caught.value) == (
        f"Cannot read {large}: it holds more than a document may hold. Split it and try its parts."
    )


def test_a_draft_that_changes_while_it_is_read_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "changing.md"
    path.write_text(SENTENCE, encoding="utf-8")

    def read_and_change(*arguments: Any) -> bytes:
        data = read_bytes(*arguments)
        path.write_text(SENTENCE * 2, encoding="utf-8")
        return data

    monkeypatch.setattr("qa.looked_at.read_bytes", read_and_change)
    with pytest.raises(DocumentError) as caught:
        load_drafts([path], NO_OPTIONS)
    assert str(caught.value) == (
        f"Cannot read {path}: it changed while it was read. Try again when nothing writes to it."
    )


def test_bytes_are_loaded_as_a_file_of_their_name() -> None:
    with Workers(children=1) as workers:
        document = load_bytes_apart(workers, "a.html", b"<p>The bell <b>rings</b>.</p>")
        assert (document.name, document.format, document.text) == ("a.html", "html", "The bell rings.")
        for name in ("x" * 300 + ".txt", "a\0.txt"):
            with pytest.raises(DocumentError, match=r"its name cannot be used here\. Rename it\.$"):
                load_bytes_apart(workers, name, b"words")


def test_what_only_holds_documents_is_none_and_the_next_is_loaded(tmp_path: Path) -> None:
    archive, draft = tmp_path / "a.zip", tmp_path / "a.txt"
    archive.write_bytes(zipped({f"{number}.txt": SENTENCE for number in range(20)}))
    draft.write_text(SENTENCE, encoding="utf-8")
    with Workers(children=1) as workers:
        with pytest.raises(DocumentError) as caught:
            load_apart(workers, archive)
        assert load_apart(workers, draft) == load_document(draft)
    assert str(caught.value) == (
        f"Cannot read {archive}: it is no document by itself. Use a Markdown, text, Word or HTML file."
    )


@pytest.mark.parametrize(
    ("remedy", "told"),
    [
        ("Add it again later.", "Try again later."),
        ("Save it anew and add it again.", "Save it anew and try again."),
        ("Split it and add its parts.", "Split it and try its parts."),
        (
            "Give it with --password, or save it without one, and add it again.",
            "Save it without one, and try again.",
        ),
        ("Check the path.", "Check the path."),
    ],
)
def test_what_is_looked_at_is_not_to_be_added(remedy: str, told: str) -> None:
    with pytest.raises(DocumentError) as caught, without_adding("This"):
        raise DocumentError("Cannot read a.md", "it is damaged", remedy)
    assert str(caught.value) == f"This: it is damaged. {told}"
