"""Gold questions: what a file of them holds, and what counts as right."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.library import Library
from index.records import DocumentRecord
from qa.evaluate import GoldQuestion, load_gold_questions
from source.document import Span
from source.errors import QuestionError
from tests.command import Command
from tests.qa.conftest import DEMO_QUESTIONS

LONG = json.dumps({"question": "a" * 10_001, "document": None})
EMPTY = "a document or quote is empty; for none, write null"
WHOLE = "start and end must be whole numbers"

WriteLines = Callable[..., Path]


@pytest.fixture
def gold_file(tmp_path: Path) -> WriteLines:
    """Writes a file of these lines."""

    def write(*lines: str) -> Path:
        path = tmp_path / "gold.jsonl"
        path.write_text("\n".join(lines), encoding="utf-8")
        return path

    return write


def record(name: str) -> DocumentRecord:
    return DocumentRecord(
        1, name, f"/{name}", "0" * 64, 9, "text", "utf-8", "", "2025-01-01T00:00:00", 1, 9, 0, 0, 0, 0, 0, 0
    )


# The file


def test_the_formats_of_a_line(gold_file: WriteLines) -> None:
    path = gold_file(
        '{"question": "A?", "document": "a.txt"}',
        "",
        '{"question": "B?", "document": ["a.txt", "b.txt"], "quote": "so\u2028so"}\r',
        '{"question": "C?", "document": "a.txt", "start": 3, "end": 9, "quote": "within"}',
        '{"question": "D?", "document": null}',
        '  {"question": "E?", "document": [], "start": null, "end": null, "quote": null, "id": 7}  ',
        "",
    )
    assert load_gold_questions(path) == [
        GoldQuestion("A?", frozenset({"a.txt"}), None, None),
        GoldQuestion("B?", frozenset({"a.txt", "b.txt"}), None, "so\u2028so"),
        GoldQuestion("C?", frozenset({"a.txt"}), Span(3, 9), "within"),
        GoldQuestion("D?", frozenset(), None, None),
        GoldQuestion("E?", frozenset(), None, None),
    ]
    assert [one.answerable for one in load_gold_questions(path)] == [True, True, True, False, False]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Who?", "it is not JSON"),
        ("[" * 100_000, "it is not JSON"),
        ('"Who?"', "it is not a JSON object"),
        ("[]", "it is not a JSON object"),
        ("7", "it is not a JSON object"),
        ('{"question": "Who?"}', "it has no document"),
        ('{"document": "a.txt"}', "it has no question"),
        ('{"question": 7, "document": null}', "question must be text"),
        ('{"question": null, "document": null}', "question must be text"),
        ('{"question": "", "document": null}', "of its question: there is no word in it"),
        ('{"question": " ?! ", "document": null}', "of its question: there is no word in it"),
        (LONG, "of its question: it has 10,001 characters, more than 10,000"),
        ('{"question": "Who?", "document": 7}', "document must be text"),
        ('{"question": "Who?", "document": false}', "document must be text"),
        ('{"question": "Who?", "document": ["a.txt", 7]}', "document must be text"),
        ('{"question": "Who?", "document": ""}', EMPTY),
        ('{"question": "Who?", "document": ["a.txt", ""]}', EMPTY),
        ('{"question": "Who?", "document": "a.txt", "quote": 7}', "quote must be text"),
        ('{"question": "Who?", "document": "a.txt", "quote": ["a"]}', "quote must be text"),
        ('{"question": "Who?", "document": "a.txt", "quote": ""}', EMPTY),
        ('{"question": "Who?", "document": "a.txt", "start": "3", "end": 4}', WHOLE),
        ('{"question": "Who?", "document": "a.txt", "start": 3.0, "end": 4}', WHOLE),
        ('{"question": "Who?", "document": "a.txt", "start": true, "end": 4}', WHOLE),
        ('{"question": "Who?", "document": "a.txt", "start": 3}', "of start and end, one is missing"),
        ('{"question": "Who?", "document": "a.txt", "start": null, "end": 4}', "of start and end, one is missing"),
        ('{"question": "Who?", "document": "a.txt", "start": 5, "end": 4}', "not a span: [5, 4)"),
        ('{"question": "Who?", "document": "a.txt", "start": -1, "end": 4}', "not a span: [-1, 4)"),
    ],
)
def test_a_line_that_is_no_gold_question_is_named(gold_file: WriteLines, line: str, reason: str) -> None:
    path = gold_file('{"question": "A?", "document": null}', "", line)
    with pytest.raises(QuestionError) as caught:
        load_gold_questions(path)
    assert str(caught.value) == (
        f"Cannot read the gold questions in {path}: line 3 is not a gold question ({reason}). "
        "See qa eval --help for the format."
    )


def test_a_file_that_cannot_be_read_is_said_so(tmp_path: Path) -> None:
    missing, binary, empty = tmp_path / "missing", tmp_path / "binary", tmp_path / "empty"
    binary.write_bytes(b"\xff\xfe")
    empty.write_text("\n\n")
    for path, why in (
        (missing, "there is no such file. Check the path."),
        (tmp_path, "it is a folder. Check the path."),
        (binary, "it is not UTF-8. Save it again as UTF-8."),
        (empty, "there is no question in it. See qa eval --help for the format."),
    ):
        with pytest.raises(QuestionError) as caught:
            load_gold_questions(path)
        assert str(caught.value) == f"Cannot read the gold questions in {path}: {why}"


def test_a_command_on_a_file_with_a_bad_line_asks_nothing(
    qa: Command, gold_file: WriteLines, library_folder: Path
) -> None:
    path = gold_file(json.dumps({"question": "A?", "document": "a.txt", "start": 9, "end": 3}))
    result = qa("eval", path)
    assert (result.status, result.output) == (1, "")
    assert result.errors == (
        f"Cannot read the gold questions in {path}: line 1 is not a gold question "
        "(not a span: [9, 3)). See qa eval --help for the format.\n"
    )
    assert not library_folder.exists()


def test_every_quote_of_the_demo_questions_stands_in_its_document(demo_library: Library) -> None:
    texts = {document.name: demo_library.text(document.id) for document in demo_library.documents()}
    for gold in load_gold_questions(DEMO_QUESTIONS):
        assert gold.documents <= set(texts)
        for name in gold.documents:
            assert gold.quote is not None
            assert gold.quote in " ".join(texts[name].split()), asdict(gold)


# What is right

SPANS = st.tuples(st.integers(0, 12), st.integers(1, 6)).map(lambda pair: Span(pair[0], pair[0] + pair[1]))


@given(SPANS, SPANS)
def test_with_a_span_right_is_what_shares_a_character_with_it(gold_span: Span, span: Span) -> None:
    gold = GoldQuestion("?", frozenset({"a.txt"}), gold_span, "a quote that is not looked at then")
    shared = set(range(gold_span.start, gold_span.end)) & set(range(span.start, span.end))
    assert gold.is_right(record("a.txt"), span, "x" * len(span)) == bool(shared)
    assert not gold.is_right(record("b.txt"), span, "x" * len(span))


@pytest.mark.parametrize(
    ("quote", "text", "right"),
    [
        ("by Jonas", "It was cast by Jonas Trell.", True),
        ("by Jonas", "It was cast by\n  Jonas Trell.", True),
        ("by\nJonas", "It was cast by\nJonas Trell.", True),
        ("by Jonas", "It was cast by", False),
        ("By Jonas", "It was cast by Jonas Trell.", False),
        (None, "Anything.", True),
    ],
)
def test_without_a_span_right_is_what_contains_the_quote_or_comes_from_the_document(
    quote: str | None, text: str, right: bool
) -> None:
    gold = GoldQuestion("?", frozenset({"a.txt", "b.txt"}), None, quote)
    assert gold.is_right(record("a.txt"), Span(0, len(text)), text) is right
    assert gold.is_right(record("b.txt"), Span(0, len(text)), text) is right
    assert not gold.is_right(record("c.txt"), Span(0, len(text)), text)


def test_of_a_question_without_an_answer_nothing_is_right() -> None:
    assert not GoldQuestion("?", frozenset(), None, None).is_right(record("a.txt"), Span(0, 5), "Bells")
