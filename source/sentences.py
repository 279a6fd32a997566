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
_UNFINISHED = re.compile(r"(?<![^\s(\[])(?:e\.g|i\.e|cf|viz|vs|ca|approx|No|Nos|Fig|Figs|Eq|pp|p|Vol)\.\s*\Z")
_MAX_ABBREVIATION_CHARS = 20
_NUMBER = re.compile(r"\s*\(?(?:(?:[^\W\d]+\s)?\d{1,3}|[a-z])[.)]\s*", re.IGNORECASE)
_HAS_WORD = re.compile(r"\w")
# "[12]" and "[^1]" after a full stop belong to the sentence before it; "[Here](a link)" begins the next.
_REFERENCES = re.compile(r"(?:\[(?:\^[^\]\s]{1,12}|\d{1,3}|[a-z])\](?![(:])\s*)+")
_BLANKS = re.compile(r"\s*")
# The splitter (1.0.32) panics at "A ." with any other blank than a space in it. As many characters, so places stay.
_PLAIN_BLANKS = str.maketrans(
    {"\x85": "\n", "\u2028": "\n", "\u2029": "\n"}
    | dict.fromkeys("\u00a0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B))), " ")
)
# The splitter's time grows with the square of some texts' length, so it is given no more than this at once.
_MAX_SPLIT_CHARS = 20_000


def split_sentences(text: str, within: Span) -> list[Span]:
    """The sentences of `text[within]` as spans of `text`, without blanks at their ends.

    A start with no letter or digit after it (a closing quotation mark, a row of dashes) is no sentence of its own,
    and none is longer than `MAX_SENTENCE_CHARS`.
    """
    sentences: list[Span] = []
    rest = within
    while len(rest):
        part = next(cut_long(text, rest, _MAX_SPLIT_CHARS))
        found = list(_split(text, part))
        if part.end < rest.end and len(found) > 1:
            rest = Span(found.pop().start, rest.end)  # it may go on
        else:
            rest = Span(_after_blanks(text, part.end, rest.end), rest.end)
        sentences += found
    return [piece for sentence in sentences for piece in cut_long(text, sentence, MAX_SENTENCE_CHARS)]


def _split(text: str, within: Span) -> Iterator[Span]:
    whole = within.of(text)
    last_word = max((found.end() for found in _HAS_WORD.finditer(whole)), default=0)
    starts = [0]
    has_word = False
    looked_at = 0
    for boundary in get_sentence_boundaries("en", whole.translate(_PLAIN_BLANKS)):
        start: int = boundary["start_index"]
        if start and (references := _REFERENCES.match(whole, start)):
            start = references.end()
        has_word = has_word or _HAS_WORD.search(whole, looked_at, start) is not None
        looked_at = max(looked_at, start)
        if has_word and start < last_word and not _goes_on(whole, starts[-1], start):
            starts.append(start)
            has_word = False
    for edge in pairwise([*starts, len(whole)]):
        if len(span := trim(whole, Span(*edge))):
            yield Span(within.start + span.start, within.start + span.end)


def _goes_on(text: str, start: int, end: int) -> bool:
    """True if `text[start:end]` is no more than the number of what follows ("Table 1."), or ends in an abbreviation."""
    if _NUMBER.fullmatch(text, start, end):
        return True
    return _UNFINISHED.search(text, max(start, end - _MAX_ABBREVIATION_CHARS), end) is not None


def trim(text: str, span: Span) -> Span:
    """`span` without the blanks at its ends; empty, at its start, if it holds nothing else."""
    piece = span.of(text)
    left = len(piece) - len(piece.lstrip())
    if left == len(piece):
        return Span(span.start, span.start)
    return Span(span.start + left, span.start + len(piece.rstrip()))


def cut_long(text: str, span: Span, max_chars: int) -> Iterator[Span]:
    """`span` in pieces of at most `max_chars`, cut at the last blank that allows it, or in a word if none does."""
    start, end = span.start, span.end
    while end - start > max_chars:
        window = text[start : start + max_chars + 1]
        blank = max(window.rfind(" "), window.rfind("\n"), window.rfind("\u00a0"), window.rfind("\t"))
        cut = start + (blank if blank > max_chars // 2 else max_chars)
        yield trim(text, Span(start, cut))
        start = _after_blanks(text, cut, end)
    if start < end:
        yield Span(start, end)


def _after_blanks(text: str, start: int, end: int) -> int:
    blanks = _BLANKS.match(text, start, end)
    return blanks.end() if blanks else start
