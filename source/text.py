"""Plain text: blocks between blank lines, with headings and furniture told apart by their shape."""

from __future__ import annotations

import re
from enum import Enum, auto
from itertools import groupby, pairwise

from source.blocks import heading_words
from source.decode import decode
from source.document import Block, Extraction, Sentence, Span
from source.fold import fold
from source.lines import (
    ends_sentence,
    is_breadcrumb,
    is_credit,
    is_heading,
    is_navigation,
    is_question,
    is_request,
    is_statement,
    names_a_page,
    split_lines,
)
from source.sentences import trim

_BLANK_LINES = re.compile(r"(?>\r\n|\n|\r)[^\S\r\n]*(?>\r\n|\n|\r)\s*|\f\s*")
# Nobody wraps lines by hand as long as this: each is a paragraph.
_PARAGRAPH_LINE_CHARS = 120
_ENDED_SHARE = 0.8
_MENU_LINES = 4
_MENU_LINE_WORDS = 3
# A title, a part and a section may follow one another; more short lines than this are a list.
_MAX_HEADINGS_IN_A_ROW = 3

_TITLE_LEVEL, _DIVISION_LEVEL, _SECTION_LEVEL, _QUESTION_LEVEL = 1, 2, 3, 6
_DIVISION = re.compile(r"(?:act|appendix|book|chapter|part|volume)\b", re.IGNORECASE)
_SECTION_NUMBER = re.compile(r"\d+(?P<deeper>(?:\.\d+)*)[.)]?\s")


class _Shape(Enum):
    """What a block looks like, before its neighbours are looked at."""

    PROSE = auto()
    LINE = auto()
    QUESTION = auto()
    REQUEST = auto()
    BREADCRUMB = auto()
    FURNITURE = auto()


def load_text(data: bytes) -> Extraction:
    """The blocks of a plain text file; its text is the decoded file itself."""
    decoded = decode(data)
    blocks = _blocks(decoded.text, split_blocks(decoded.text))
    titles = (heading_words(decoded.text, block, "none") for block in blocks if block.level == _TITLE_LEVEL)
    return Extraction(decoded.text, tuple(blocks), next(titles, ""), decoded.encoding, text_is_file=True, markup="none")


def split_blocks(text: str) -> list[Span]:
    """The runs of text between blank lines and form feeds; a long line is a run of its own."""
    edges = [0]
    for gap in _BLANK_LINES.finditer(text):
        edges += gap.span()
    edges.append(len(text))
    spans = (trim(text, Span(*edge)) for edge in list(pairwise(edges))[::2])
    return [piece for span in spans if len(span) for piece in _split_long_lines(text, span)]


def _split_long_lines(text: str, span: Span) -> list[Span]:
    """The lines of `span` where most of it stands in long ones, and nearly all of these end a sentence."""
    lines = split_lines(text, span)
    long = [line for line in lines if len(line) > _PARAGRAPH_LINE_CHARS]
    ended = sum(ends_sentence(line.of(text)) for line in long)
    are_paragraphs = 2 * sum(map(len, long)) > len(span) and ended >= _ENDED_SHARE * len(long)
    return lines if are_paragraphs else [span]


def _blocks(text: str, spans: list[Span]) -> list[Block]:
    """Headings are told by what stands around them; what may be something that is said stays body."""
    shapes = _settle_shapes(text, spans, [_shape(text, span) for span in spans])
    levels = _heading_levels(text, spans, shapes)
    blocks: list[Block] = []
    for span, shape, level in zip(spans, shapes, levels, strict=True):
        if level:
            blocks.append(Block(span, "heading", level, _without_underline(text, span)))
        else:
            blocks.append(Block(span, "furniture" if shape is _Shape.FURNITURE else "body"))
    return blocks


def _without_underline(text: str, heading: Span) -> tuple[Sentence, ...]:
    """The heading without an underline of ====, if it has one."""
    first = split_lines(text, heading)[0]
    is_underlined = re.search(r"\w", text[first.end : heading.end]) is None and len(first) < len(heading)
    return (Sentence(heading, fold(first.of(text), "none")),) if is_underlined else ()


def _shape(text: str, block: Span) -> _Shape:
    lines = split_lines(text, block)
    *above, last = lines
    is_captioned = len(above) <= 2 and not any(ends_sentence(line.of(text)) for line in above)
    if is_captioned and is_credit(last.of(text)):
        return _Shape.FURNITURE
    if len(lines) == 1 and is_navigation(block.of(text)):
        return _Shape.FURNITURE
    if len(lines) == 1 and is_breadcrumb(block.of(text)):
        return _Shape.BREADCRUMB
    if is_question(text, block):
        return _Shape.QUESTION
    if is_request(text, block):
        return _Shape.REQUEST
    worded = [line for line in lines if re.search(r"\w", line.of(text))]  # without an underline of ====
    return _Shape.LINE if len(worded) == 1 and is_heading(text, worded[0]) else _Shape.PROSE


def _settle_shapes(text: str, spans: list[Span], shapes: list[_Shape]) -> list[_Shape]:
    """`shapes` with doubtful ones settled by the whole: requests, breadcrumbs, menus, and lines that come again."""
    request = _Shape.QUESTION if _Shape.QUESTION in shapes else _Shape.PROSE
    breadcrumb = _Shape.FURNITURE
    settled: list[_Shape] = []
    for shape in _furnish_menus(text, spans, shapes):
        if shape in (_Shape.PROSE, _Shape.QUESTION):
            breadcrumb = _Shape.PROSE  # below the first of what is said, it is said too
        settled.append({_Shape.REQUEST: request, _Shape.BREADCRUMB: breadcrumb}.get(shape, shape))
    return _furnish_repeats(text, spans, settled)


def _furnish_repeats(text: str, spans: list[Span], shapes: list[_Shape]) -> list[_Shape]:
    """`shapes` with each line that repeats the title or the line above what stands before it as furniture."""
    furnished: list[_Shape] = []
    title = latest = ""
    for span, shape in zip(spans, shapes, strict=True):
        key = fold(span.of(text), "none").casefold() if shape is _Shape.LINE else ""
        is_repeat = key != "" and key in (title, latest)
        furnished.append(_Shape.FURNITURE if is_repeat else shape)
        if key and not is_repeat:
            latest = key
            title = title or key
    return furnished


def _furnish_menus(text: str, spans: list[Span], shapes: list[_Shape]) -> list[_Shape]:
    """`shapes` with the runs of very short lines that only a menu has, names of pages among them, as furniture."""
    is_short = [
        shape in (_Shape.LINE, _Shape.FURNITURE)
        and len(span.of(text).split()) <= _MENU_LINE_WORDS
        and not re.search(r"\d", span.of(text))
        for span, shape in zip(spans, shapes, strict=True)
    ]
    furnished: list[_Shape] = []
    for run_is_short, run in groupby(zip(is_short, spans, shapes, strict=True), key=lambda one: one[0]):
        _, run_spans, run_shapes = zip(*run, strict=True)
        names = sum(names_a_page(span.of(text)) for span in run_spans)
        if run_is_short and len(run_shapes) > _MENU_LINES and names > 1:
            # the last of them may be the heading of what follows
            run_shapes = (*[_Shape.FURNITURE] * (len(run_shapes) - 1), run_shapes[-1])
        furnished += run_shapes
    return furnished


def _heading_levels(text: str, spans: list[Span], shapes: list[_Shape]) -> list[int]:
    """The level of each block that is a heading, and 0 of each other.

    A question is below the heading that stands directly above it, and below that above the questions that follow.
    """
    levels = _line_levels(text, spans, shapes)
    question_level = _SECTION_LEVEL
    said = [number for number, shape in enumerate(shapes) if shape is not _Shape.FURNITURE]
    for before, number in zip([None, *said], said, strict=False):
        is_question = shapes[number] is _Shape.QUESTION
        if before is not None and levels[before] and shapes[before] is _Shape.LINE:
            question_level = _QUESTION_LEVEL if is_question else _SECTION_LEVEL
        if is_question:
            levels[number] = question_level
    return levels


def _line_levels(text: str, spans: list[Span], shapes: list[_Shape]) -> list[int]:
    """The level of each line that is a heading, and 0 of each other block.

    A few lines in a row are headings where prose or a question follows them; but not those that say something, and
    not after a question, which they may answer.
    """
    levels = [0] * len(shapes)
    said = [number for number, shape in enumerate(shapes) if shape is not _Shape.FURNITURE]
    runs = [list(run) for _, run in groupby(said, key=lambda number: shapes[number] is _Shape.LINE)]
    for before, run, after in zip([[], *runs], runs, [*runs[1:], []], strict=False):
        answers = bool(before) and shapes[before[-1]] is _Shape.QUESTION
        if shapes[run[0]] is not _Shape.LINE or not after or answers:
            continue
        if not before:
            levels[run[0]] = _level(text, spans[run[0]], plain=_TITLE_LEVEL)
        if len(run) <= _MAX_HEADINGS_IN_A_ROW:
            for number in run if before else run[1:]:
                if not is_statement(spans[number].of(text)):
                    levels[number] = _level(text, spans[number], plain=_SECTION_LEVEL)
    return levels


def _level(text: str, heading: Span, *, plain: int) -> int:
    words = heading.of(text)
    if number := _SECTION_NUMBER.match(words):
        return min(_SECTION_LEVEL + number["deeper"].count("."), _QUESTION_LEVEL - 1)
    return _DIVISION_LEVEL if _DIVISION.match(words) else plain
