"""Citations: a quote is cut from its document, so that it cannot say anything else."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.library import Library
from index.records import DocumentRecord, StoredPassage
from qa.answer import Answer, Citation, citation_dict, place
from qa.ask import ask
from source.document import Lines, Location, Span
from source.errors import QuestionError
from tests.checks import slow_lines
from tests.documents import put_text
from tests.fakes import WordEmbedder
from tests.strategies import htmls, markdowns, runs, texts

WORDS = WordEmbedder()
DOCUMENT = DocumentRecord(
    1,
    "bells.txt",
    "/bells.txt",
    "0" * 64,
    9,
    "text",
    "utf-8",
    "Bells",
    "2025-01-01T00:00:00+00:00",
    1,
    9,
    0,
    0,
    0,
    0,
    0,
    0,
)
TEXT = "It rings.\r\nIt is old. It\nis No. 2."
PASSAGE = StoredPassage(7, 1, 3, "body", Span(100, 100 + len(TEXT)), ("Bells", "The oldest"), Lines(14, 16), (), TEXT)


def citation_of(start: int, end: int, *answering: Span) -> Citation:
    return Citation(DOCUMENT, PASSAGE, Span(start, end), answering, 0.75)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.tuples(st.just("/a.txt"), texts),
        st.tuples(st.just("/a.md"), markdowns),
        st.tuples(st.just("/a.html"), htmls),
    ),
    runs,
)
def test_every_quote_of_any_answer_is_to_the_letter_what_its_document_says(
    library: Library, file: tuple[str, str], question: str
) -> None:
    path, text = file
    put_text(library, WORDS, text, path)
    try:
        answer = ask(library, WORDS, f"{question} {text[:200]}")
    except QuestionError:
        return
    for citation in [*answer.citations, *answer.nearest]:
        whole = library.text(citation.document.id)
        assert citation.quote == citation.span.of(whole) != ""
        assert citation.passage.text == citation.passage.span.of(whole)
        assert all(one.of(whole) in citation.quote for one in citation.answering)
        lines = slow_lines(whole, citation.span) if citation.passage.lines else None
        assert citation.location == Location(citation.passage.number, citation.passage.headings, lines, ())


def test_a_citation_by_hand() -> None:
    citation = citation_of(111, 121, Span(117, 120))
    assert citation.quote == "It is old."
    assert citation.location == Location(3, ("Bells", "The oldest"), Lines(15, 15), ())
    assert citation_of(111, 134).location.lines == Lines(15, 16)
    assert citation_of(100, 134).location.lines == Lines(14, 16)


@pytest.mark.parametrize(
    ("start", "end", "answering"),
    [
        (99, 109, []),
        (100, 135, []),
        (105, 105, []),
        (100, 109, [Span(100, 110)]),
        (105, 109, [Span(104, 109)]),
        (100, 109, [Span(101, 101)]),
    ],
)
def test_what_is_no_part_of_its_passage_cannot_be_cited(start: int, end: int, answering: list[Span]) -> None:
    with pytest.raises(ValueError, match="is no quote of the passage"):
        citation_of(start, end, *answering)


def test_a_citation_as_plain_values() -> None:
    assert citation_dict(citation_of(111, 121, Span(117, 120))) == {
        "quote": "It is old.",
        "document": "bells.txt",
        "path": "/bells.txt",
        "sha256": "0" * 64,
        "start": 111,
        "end": 121,
        "answering": [[117, 120]],
        "location": {"paragraph": 3, "headings": ["Bells", "The oldest"], "lines": [15, 15], "parts": []},
        "boxes": [],
        "passage": {"text": TEXT, "start": 100, "end": 134, "headings": ["Bells", "The oldest"]},
        "score": 0.75,
    }


def test_an_answer_is_answered_where_there_are_citations() -> None:
    answer = Answer("Old?", 0.71239, 0.5, (citation_of(111, 121),), (), ("gull",), 0.012345)
    assert answer.answered
    values = json.loads(json.dumps(answer.as_dict()))
    keys = ["question", "answered", "score", "citations", "nearest", "missing_words", "differences", "seconds"]
    assert list(values) == keys
    assert (values["answered"], values["score"], values["missing_words"], values["seconds"]) == (
        True,
        0.7124,
        ["gull"],
        0.0123,
    )
    refused = replace(answer, citations=(), nearest=answer.citations)
    assert not refused.answered
    assert [one["quote"] for one in refused.as_dict()["nearest"]] == ["It is old."]


@pytest.mark.parametrize(
    ("lines", "words"),
    [(Lines(14, 15), "paragraph 5, lines 14-15"), (Lines(14, 14), "paragraph 5, line 14"), (None, "paragraph 5")],
)
def test_a_place_in_words(lines: Lines | None, words: str) -> None:
    assert place(Location(5, (), lines, ())) == words
