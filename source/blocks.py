"""What the loaders share: filling the gaps between blocks, and sentences of table rows and list lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import zip_longest

from source.document import Block, Markup, Sentence, Span
from source.fold import fold
from source.sentences import MAX_SENTENCE_CHARS, cut_long, split_sentences, trim


def fill_gaps(text: str, blocks: Iterable[Block]) -> tuple[Block, ...]:
    """`blocks` with furniture wherever text lies in none of them, so that nothing of a document is lost."""
    filled: list[Block] = []
    end = 0
    for block in blocks:
        filled += _gap(text, end, block.span.start)
        filled.append(block)
        end = block.span.end
    return (*filled, *_gap(text, end, len(text)))


def _gap(text: str, start: int, end: int) -> list[Block]:
    gap = trim(text, Span(start, end))
    return [Block(gap, "furniture")] if len(gap) else []


def row_sentences(text: str, span: Span, headers: Sequence[str], cells: Sequence[str]) -> list[Sentence]:
    """One table row, searched as "header: cell; header: cell"; a very long one is cut and searched as it stands."""
    if len(span) > MAX_SENTENCE_CHARS:
        return [Sentence(piece, fold(piece.of(text), "none")) for piece in cut_long(text, span, MAX_SENTENCE_CHARS)]
    named = [
        f"{header}: {cell}" if header and cell else header or cell
        for header, cell in zip_longest(headers[: len(cells)], cells, fillvalue="")
        if cell
    ]
    return [Sentence(span, fold("; ".join(named), "none"))]


def line_sentences(text: str, lines: Iterable[Span], markup: Markup) -> list[Sentence]:
    """The sentences of lines that stand for themselves, such as list items: none runs from one to the next.

    A line without a letter or digit (the fence of a code block) belongs to its neighbour.
    """
    spans: list[Span] = []
    for piece in (piece for line in lines for piece in split_sentences(text, line)):
        if spans and not (_has_word(text, piece) and _has_word(text, spans[-1])):
            spans[-1] = Span(spans[-1].start, piece.end)
        else:
            spans.append(piece)
    return [Sentence(span, fold(span.of(text), markup)) for span in spans]


def _has_word(text: str, span: Span) -> bool:
    return re.search(r"\w", span.of(text)) is not None
