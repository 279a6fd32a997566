"""What must be true of every document, whatever was loaded."""

from __future__ import annotations

from collections.abc import Iterable

from source.document import Extraction, Lines, Passage, Span
from source.sentences import MAX_SENTENCE_CHARS
from source.split import MAX_PASSAGE_CHARS, split_passages


def check_coverage(text: str, spans: Iterable[Span], within: Span | None = None) -> None:
    """`spans` are in order, disjoint, without blanks at their ends, and hold every character that is no blank."""
    end, last = (within.start, within.end) if within else (0, len(text))
    for span in spans:
        assert span.start >= end, "spans overlap or are out of order"
        assert not text[end : span.start].strip(), "text lies in no span"
        assert span.of(text) != "", "an empty span"
        assert span.of(text) == span.of(text).strip(), "a span begins or ends with blanks"
        end = span.end
    assert end <= last
    assert not text[end:last].strip(), "text lies in no span"


def slow_lines(text: str, span: Span) -> Lines:
    """The lines that `span` touches, character by character: a line ends at LF, CR LF or CR, and nowhere else."""
    line = first = 1
    for position in range(span.end):
        if position == span.start:
            first = line
        is_last_of_line = text[position] == "\n" or (
            text[position] == "\r" and text[position + 1 : position + 2] != "\n"
        )
        if is_last_of_line and position < span.end - 1:
            line += 1
    return Lines(first, line)


def check_passages(extraction: Extraction, passages: tuple[Passage, ...] | None = None) -> tuple[Passage, ...]:
    """The passages of `extraction`, which lose nothing, are quoted exactly and know their place."""
    text = extraction.text
    check_coverage(text, [block.span for block in extraction.blocks])
    passages = split_passages(extraction) if passages is None else passages
    check_coverage(text, [passage.span for passage in passages])
    assert [passage.number for passage in passages] == list(range(1, len(passages) + 1))
    for passage in passages:
        sentences = [sentence.span for sentence in passage.sentences]
        check_coverage(text, sentences, passage.span)
        assert max(map(len, sentences)) <= MAX_SENTENCE_CHARS
        assert len(passage.span) <= MAX_PASSAGE_CHARS
        assert passage.lines == (slow_lines(text, passage.span) if extraction.text_is_file else None)
    if passages:
        assert any(passage.role == "body" for passage in passages), "a document that says nothing"
    return passages
