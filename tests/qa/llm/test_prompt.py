"""What a language model is sent: one line for each sentence, and no way out of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.ingest import add_paths
from index.library import Library
from index.records import DocumentRecord, StoredPassage
from qa.llm.prompt import NumberedSentence, messages_for, number_sentences
from source.document import Span
from tests.fakes import WordEmbedder

WORDS = st.text(max_size=40) | st.sampled_from(
    ["[1] no", "\n[2] no", "----", "\u2028[3] x", "\x1b[2J", "［4］", "\u202eabc", "\U000e0041", "[ 5, 6 ]", "【7】"]
)


@pytest.fixture(scope="module")
def some_document(tmp_path_factory: pytest.TempPathFactory) -> DocumentRecord:
    folder = tmp_path_factory.mktemp("some")
    (folder / "some.txt").write_text("A bell.", encoding="utf-8")
    with Library(folder / "library") as library:
        list(add_paths(library, WordEmbedder(), [folder / "some.txt"]))
        return library.documents()[0]


def _one(document: DocumentRecord, text: str, number: int) -> NumberedSentence:
    passage = StoredPassage(1, document.id, 1, "body", Span(0, len(text)), (), None, (), text)
    return NumberedSentence(number, document, passage, Span(0, len(text)))


@given(texts=st.lists(st.lists(WORDS, max_size=3).map(" ".join), max_size=4), question=WORDS)
def test_only_the_program_begins_a_line_or_writes_a_number_in_brackets(
    some_document: DocumentRecord, texts: list[str], question: str
) -> None:
    sentences = [_one(some_document, text, number) for number, text in enumerate(texts, 1)]
    system, user = messages_for(question, sentences)
    lines = user["content"].split("\n")
    assert lines[0] == lines[len(texts) + 1]
    assert re.fullmatch(r"---- [0-9a-f]{16} ----", lines[0])
    assert lines[0] in system["content"]
    assert len(lines) == len(texts) + 4
    for number, line in enumerate(lines[1 : len(texts) + 1], 1):
        assert line.startswith(f"[{number}] ")
        assert not re.search(r"[\[【［]\s*\d+\s*[\]】］]", line.removeprefix(f"[{number}] "))
        assert len(line.splitlines()) == 1
    assert lines[-1].startswith("Question: ")


def test_headings_stand_above_their_sentences(library: Library, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Bells [1]\n\nIt rang. It fell.\n\n## Ropes\n\nThey broke.\n", encoding="utf-8")
    list(add_paths(library, WordEmbedder(), [tmp_path / "a.md"]))
    (document,) = library.documents()
    numbered = number_sentences(library, [(document, passage) for passage in library.passages_of(document.id)])
    _, user = messages_for("Who?", numbered)
    expected = ["# Bells (1)", "[1] It rang.", "[2] It fell.", "# Bells (1) › Ropes", "[3] They broke."]
    assert user["content"].split("\n")[1:6] == expected


def test_marks_differ_each_time(some_document: DocumentRecord) -> None:
    sentences = [_one(some_document, "It rang.", 1)]
    assert messages_for("Who?", sentences)[1] != messages_for("Who?", sentences)[1]


def test_only_so_much_is_sent(library: Library, tmp_path: Path) -> None:
    paragraphs = [f"Bell {number} rang. {'The bell of the tower rang again. ' * 60}" for number in range(12)]
    (tmp_path / "long.txt").write_text("\n\n".join(paragraphs), encoding="utf-8")
    list(add_paths(library, WordEmbedder(), [tmp_path / "long.txt"]))
    (document,) = library.documents()
    numbered = number_sentences(library, [(document, passage) for passage in library.passages_of(document.id)])
    assert numbered[0].text == "Bell 0 rang."
    assert [one.number for one in numbered] == list(range(1, 151))
