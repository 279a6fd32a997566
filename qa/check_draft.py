"""A draft and what is claimed in it: its quotations, its numbers, and its sentences that end in a citation marker."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from qa.check_fold import MASK
from qa.check_mask import mask_code, mask_markdown
from qa.check_quotations import Quotation, block_quote, block_quotes, find_quotations
from qa.check_said import MARKER, REFERENCE
from qa.check_sources import Source, Sources, make_source
from qa.check_values import Value, find_values
from source.document import Document, Span
from source.html import quoted_in
from source.office.docx import paragraphs_of
from source.sentences import split_sentences, trim

_BLOCK_FORMATS = {"text", "markdown"}
_QUOTE_LINE = re.compile(r"(?m)^[ \t]{0,3}(?:>[ \t]?)+")
_PARAGRAPH_GAP = re.compile(r"(?:\r\n|\n|\r)[^\S\r\n]*(?:\r\n|\n|\r)\s*")
_ENDS_IN_MARKERS = re.compile(rf"(?:\s*(?:{MARKER.pattern}))(?P<end>\s*[.!?]?)\s*\Z")
_NO_CLAIM = re.compile(
    r"(?m)^[ \t]*(?:#{1,6}[ \t]+)?\d+(?:\.\d+)*[.)][ \t]|^[ \t]*#{1,6}[ \t]+\d+(?:\.\d+)*[ \t]|https?://[^\s)>\]]+"
    r"|(?<![\w./-])[\w./-]{1,200}\.(?:md|txt|pdf|docx?|html?|epub|csv|xlsx?|pptx?|eml)\b"
)
_SIGNS = re.compile(r"[^\w\s]*")


@dataclass(frozen=True, slots=True)
class Draft:
    """`text` as it was loaded, and `words`: a copy as long, with masks for what is markup or code."""

    text: str
    words: str
    quotations: tuple[Quotation, ...]

    def sentences(self) -> Iterator[Span]:
        """The sentences of all paragraphs, in order."""
        edges = [0]
        for gap in _PARAGRAPH_GAP.finditer(self.text):
            edges += gap.span()
        for edge in list(pairwise([*edges, len(self.text)]))[::2]:
            if len(span := trim(self.text, Span(*edge))):
                yield from split_sentences(self.text, span)


@dataclass(frozen=True, slots=True)
class Cited:
    """A sentence without the citation `markers` that it ends in."""

    span: Span
    markers: Span


def make_draft(document: Document, data: bytes) -> Draft:
    """The draft that `document`, loaded from `data`, is."""
    text = document.text
    words = mask_markdown(mask_code(text)) if document.format == "markdown" else text
    blocks: tuple[Quotation, ...] = ()
    if document.format in _BLOCK_FORMATS:
        blocks = block_quotes(text)
        words = _without_quote_marks(words)
    elif document.format == "html":
        blocks = tuple(_quotes_in(text, quoted_in(data)))
    elif document.format == "docx":
        blocks = tuple(_docx_quotes(text, paragraphs_of(data)))
    quotations = tuple(find_quotations(words, blocks))
    if document.format == "markdown":
        words = _with_quoted_code(words, _without_quote_marks(mask_markdown(text)), quotations)
    return Draft(text, words, quotations)


def _without_quote_marks(words: str) -> str:
    return _QUOTE_LINE.sub(lambda line: MASK * len(line[0]), words)


def _with_quoted_code(words: str, with_code: str, quotations: Sequence[Quotation]) -> str:
    """`words` with the code in quotations: code quotes nobody, but what is quoted holds it."""
    pieces, at = [], 0
    for one in quotations:
        pieces += [words[at : one.outer.start], with_code[one.outer.start : one.outer.end]]
        at = one.outer.end
    return "".join([*pieces, words[at:]])


def numbers_of(draft: Draft) -> Iterator[tuple[Value, Span]]:
    """The numbers outside quotations, markers, lists of references and addresses, each with its sentence."""
    taken = [quotation.outer for quotation in draft.quotations]
    for pattern in (MARKER, REFERENCE, _NO_CLAIM):
        taken += [Span(*found.span()) for found in pattern.finditer(draft.text)]
    hidden = list(draft.words)
    for span in taken:
        hidden[span.start : span.end] = MASK * len(span)
    words = "".join(hidden)
    for sentence in draft.sentences():
        for value in find_values(sentence.of(words)):
            span = Span(value.span.start + sentence.start, value.span.end + sentence.start)
            yield Value(span, value.amount, value.unit, value.is_ordinal), sentence


def cited_in(draft: Draft) -> Iterator[Cited]:
    """The sentences that end in a citation marker; one with a quotation is checked by that, not as a whole."""
    references = [Span(*found.span()) for found in REFERENCE.finditer(draft.text)]
    for sentence in draft.sentences():
        found = _ENDS_IN_MARKERS.search(sentence.of(draft.text))
        first = found
        while found and (more := _ENDS_IN_MARKERS.search(sentence.of(draft.text)[: found.start()])):
            found = more
        if found is None or first is None:
            continue
        words = trim(draft.text, Span(sentence.start, sentence.start + found.start()))
        is_quoted = any(one.outer.overlaps(sentence) for one in draft.quotations)
        if len(words) and not is_quoted and not any(one.overlaps(sentence) for one in references):
            yield Cited(words, Span(sentence.start + found.start(), sentence.start + first.end()))


def _docx_quotes(text: str, paragraphs: Sequence[tuple[str, bool]]) -> Iterator[Quotation]:
    """The block quotes of a Word document, as they stand in its text; those in a row are one."""
    spans: list[Span] = []
    at, was_quote = 0, False
    for words, is_quote in paragraphs:
        start = text.find(words.strip(), at) if words.strip() else -1
        if start < 0:
            continue
        at = start + len(words.strip())
        if is_quote:
            spans.append(Span(spans.pop().start if was_quote else start, at))
        was_quote = is_quote
    return (block_quote(text, span) for span in spans)


def _quotes_in(text: str, quotes: Sequence[str]) -> Iterator[Quotation]:
    """The quotes of a file, in order, as they stand in the text that was extracted of it."""
    sources = Sources([make_source(0, "", "", text, "text")], lambda *_: [])
    places: dict[str, Iterator[tuple[Source, Span]]] = {}  # each is gone through once: those of the page are in order
    end = 0
    for quote in quotes:
        after = places.setdefault(quote, sources.places(quote))
        place = next((span for _, span in after if span.start >= end), None)
        if place:
            found = block_quote(text, _with_signs(text, place, end))
            end = found.outer.end
            yield found


def _with_signs(text: str, place: Span, first: int) -> Span:
    """With the marks that stand around it, and the sign that ends its last sentence."""
    start = place.start
    while start > first and not (text[start - 1].isspace() or text[start - 1].isalnum()):
        start -= 1
    ended = _SIGNS.match(text, place.end)
    return Span(start, ended.end() if ended else place.end)
