"""Cutting a paragraph into sentences, exactly: spans that are disjoint, in order, and lose nothing but blanks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from sentencex import get_sentence_boundaries

from source.document import Span

MAX_SENTENCE_CHARS = 1000
"""A longer run without a sentence end (a list in one line, a file without full stops) is cut at a blank."""

# Where the splitter breaks after these, the sentence goes on: it does not know the Latin ones before a capital.
_UNFINISHED = re.compile(r"(?:^|[\s(\[])(?:e\.g|i\.e|cf|viz|vs|ca|approx|No|Nos|Fig|Figs|Eq|pp|p|Vol|\d{1,3})\.\s*$")
_HAS_WORD = re.compile(r"\w")
# "[12]" and "[^1]" after a full stop belong to the sentence before it.
_REFERENCES = re.compile(r"(?:\[[^\]\s]{1,12}\]\s*)+")


def split_sentences(text: str, within: Span) -> list[Span]:
    """The sentences of `text[within]` as spans of `text`, without blanks at their ends.

    A start with no letter or digit after it (a closing quotation mark, a row of dashes) is no sentence of its own,
    and none is longer than `MAX_SENTENCE_CHARS`.
    """
    whole = within.of(text)
    starts = [0]
    for boundary in get_sentence_boundaries("en", whole):
        start: int = boundary["start_index"]
        if references := _REFERENCES.match(whole, start):
            start = references.end()
        so_far = whole[starts[-1] : start]
        if _HAS_WORD.search(so_far) and _HAS_WORD.search(whole, start) and not _UNFINISHED.search(so_far):
            starts.append(start)
    edges = [*(within.start + start for start in starts), within.end]
    spans = (trim(text, Span(*edge)) for edge in pairwise(edges))
    return [piece for span in spans if len(span) for piece in cut_long(text, span, MAX_SENTENCE_CHARS)]


def trim(text: str, span: Span) -> Span:
    """`span` without the blanks at its ends; empty, at its start, if it holds nothing else."""
    piece = span.of(text)
    left = len(piece) - len(piece.lstrip())
    if left == len(piece):
        return Span(span.start, span.start)
    return Span(span.start + left, span.start + len(piece.rstrip()))


def cut_long(text: str, span: Span, max_chars: int) -> Iterator[Span]:
    """`span` in pieces of at most `max_chars`, cut at the last blank that allows it, or in a word if none does."""
    start = span.start
    while span.end - start > max_chars:
        window = text[start : start + max_chars + 1]
        blank = max(window.rfind(" "), window.rfind("\n"), window.rfind("\u00a0"), window.rfind("\t"))
        cut = start + (blank if blank > max_chars // 2 else max_chars)
        yield trim(text, Span(start, cut))
        start = trim(text, Span(cut, span.end)).start
    if start < span.end:
        yield Span(start, span.end)
