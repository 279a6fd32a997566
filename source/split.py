"""Blocks to passages: one paragraph each, with its heading path, its sentences and its place.

Passages are disjoint and in order, and every non-blank character of the document lies in exactly one of them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from source.blocks import heading_words
from source.document import Block, Extraction, Lines, Markup, Part, Passage, Sentence, Span
from source.fold import fold
from source.lines import ENUMERATED, LINE_END, LineNumbers, count_words, standing_lines
from source.office.slides import SLIDE_LEVEL
from source.sentences import split_sentences, trim

MAX_PASSAGE_CHARS = 3000
"""A longer paragraph is cut at sentence ends, into pieces of about equal length."""

_MIN_PASSAGE_WORDS = 5
"""A shorter body block is ranked with its neighbour, not alone: "Yes." matches every question a little."""

_MAX_MERGED_CHARS = 600
_LEAD_LEVEL = 7  # below all levels of headings


def split_passages(extraction: Extraction) -> tuple[Passage, ...]:
    """The passages of a document, numbered from 1."""
    text, markup = extraction.text, extraction.markup
    lines_of = _line_counter(extraction)
    passages: list[Passage] = []
    blocks = _settle_roles(text, extraction.blocks, extraction.parts)
    for block_group, headings in _with_headings(text, blocks, markup, extraction.parts):
        for sentences in _cut(_sentences(text, block_group, markup)):
            span = Span(sentences[0].span.start, sentences[-1].span.end)
            lines = lines_of(span)
            role = block_group[0].role
            passages.append(Passage(len(passages) + 1, span, role, headings, lines, sentences))
    return tuple(passages)


def _line_counter(extraction: Extraction) -> Callable[[Span], Lines | None]:
    """What finds the lines of a span: of the file, or of the part that it begins in, or none."""
    if not (extraction.text_is_file or extraction.rows_in_parts):
        return lambda _: None
    numbers = LineNumbers(extraction.text)
    if extraction.text_is_file:
        return numbers.of
    starts = [part.span.start for part in extraction.parts]

    def rows_of(span: Span) -> Lines:
        lines = numbers.of(span)
        part_start = starts[bisect_right(starts, span.start) - 1]
        before = numbers.of(Span(part_start, part_start)).first - 1
        return Lines(lines.first - before, lines.last - before)

    return rows_of


def _settle_roles(text: str, blocks: tuple[Block, ...], parts: Sequence[Part]) -> list[Block]:
    """`blocks` with each heading that has nothing below it made body, so that all that is said can be found.

    Below a slide's title is the rest of its slide. In a document of nothing but furniture, the furniture is what it
    says. A few words that stand apart above the first paragraph, such as a byline, are made headings of it.
    """
    slide_of = _slide_counter(parts)
    settled: list[Block] = []
    has_body_below = False
    level_below = slide_below = 0
    for block in reversed(blocks):
        if block.role == "heading":
            is_alone = block.level >= SLIDE_LEVEL and slide_below != slide_of(block)
            if not has_body_below or 0 < level_below <= block.level or is_alone:
                settled.append(replace(block, role="body", level=0))
                has_body_below, level_below, slide_below = True, 0, slide_of(block)
                continue
            level_below = block.level
        elif block.role == "body":
            has_body_below, level_below, slide_below = True, 0, slide_of(block)
        settled.append(block)
    settled.reverse()
    if not any(block.role == "body" for block in settled):
        return [replace(block, role="body") for block in settled]
    return _lead_in(text, settled)


def _lead_in(text: str, blocks: list[Block]) -> list[Block]:
    """`blocks` with the short ones above the first paragraph that furniture divides from it as headings of it."""
    first = next((number for number, block in enumerate(blocks) if _is_paragraph(text, block)), 0)
    led = list(blocks)
    for number, (block, following) in enumerate(pairwise(blocks[: first + 1])):
        if block.role == "body" and following.role == "furniture":
            led[number] = replace(block, role="heading", level=_LEAD_LEVEL + number)  # each below the one before
    return led


def _is_paragraph(text: str, block: Block) -> bool:
    return block.role == "body" and not _is_short(text, [block])


def _slide_counter(parts: Sequence[Part]) -> Callable[[Block], int]:
    """What tells in which slide a block stands, by its number; 0 for all blocks where there are no slides."""
    starts = [part.span.start for part in parts if part.kind == "slide"]
    return lambda block: bisect_right(starts, block.span.start)


def _with_headings(
    text: str, blocks: list[Block], markup: Markup, parts: Sequence[Part]
) -> Iterator[tuple[list[Block], tuple[str, ...]]]:
    """Each block, or run of short body blocks of one part ranked together, with the headings above it."""
    part_starts = [part.span.start for part in parts]
    slide_of = _slide_counter(parts)

    def kind(block: Block) -> tuple[bool, int]:
        return block.role == "body", bisect_right(part_starts, block.span.start)

    path: list[tuple[int, str]] = []
    slide = 0
    for (is_body, _), group in groupby(blocks, key=kind):
        run = list(group)
        if slide_of(run[0]) != slide:
            slide = slide_of(run[0])
            path = [(level, heading) for level, heading in path if level < SLIDE_LEVEL]
        if is_body:
            headings = tuple(heading for _, heading in path if heading)
            yield from ((group, headings) for group in _join_short(text, run))
            continue
        for block in run:
            if block.role == "heading":
                path = [(level, heading) for level, heading in path if level < block.level]
            yield [block], tuple(heading for _, heading in path if heading)
            if block.role == "heading":
                path.append((block.level, heading_words(text, block, markup)))


def _join_short(text: str, run: list[Block]) -> list[list[Block]]:
    """Neighbouring body blocks grouped so that no group is shorter than `_MIN_PASSAGE_WORDS`, if that can be."""
    groups: list[list[Block]] = []
    for block in run:
        last = groups[-1] if groups else None
        if last and _is_short(text, last) and block.span.end - last[0].span.start <= _MAX_MERGED_CHARS:
            last.append(block)
        else:
            groups.append([block])
    if len(groups) > 1 and _is_short(text, groups[-1]):
        *_, before, last = groups
        if last[-1].span.end - before[0].span.start <= _MAX_MERGED_CHARS:
            groups[-2:] = [before + last]
    return groups


def _is_short(text: str, group: list[Block]) -> bool:
    return count_words(text[group[0].span.start : group[-1].span.end]) < _MIN_PASSAGE_WORDS


def _sentences(text: str, blocks: list[Block], markup: Markup) -> list[Sentence]:
    sentences: list[Sentence] = []
    for block in blocks:
        if block.sentences:
            sentences += block.sentences
            continue
        for item in _list_pieces(text, block.span):
            for line in standing_lines(text, item):
                for span in split_sentences(text, line):
                    sentences.append(Sentence(span, fold(span.of(text), markup)))
    return sentences


def _list_pieces(text: str, span: Span) -> list[Span]:
    """`span` cut before each line that begins with a bullet or number: no sentence runs from one to the next."""
    starts = [line_end.end() for line_end in LINE_END.finditer(text, span.start, span.end)]
    cuts = [span.start, *(start for start in starts if ENUMERATED.match(text, start)), span.end]
    pieces = (trim(text, Span(*edge)) for edge in pairwise(cuts))
    return [piece for piece in pieces if len(piece)]


def _cut(sentences: list[Sentence]) -> Iterator[tuple[Sentence, ...]]:
    """Runs of sentences of at most `MAX_PASSAGE_CHARS`, of about equal length."""
    length = sentences[-1].span.end - sentences[0].span.start
    pieces = -(-length // MAX_PASSAGE_CHARS)
    target = length / pieces
    run: list[Sentence] = []
    for sentence in sentences:
        run_start = run[0].span.start if run else sentence.span.start
        would_be = sentence.span.end - run_start
        if run and (would_be > MAX_PASSAGE_CHARS or run[-1].span.end - run_start >= target):
            yield tuple(run)
            run = []
        run.append(sentence)
    yield tuple(run)
