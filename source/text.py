"""Plain text: blocks between blank lines, with headings and furniture told apart by their shape."""

from __future__ import annotations

import re
from itertools import groupby, pairwise
from statistics import median

from source.decode import decode
from source.document import Block, Extraction, Role, Span
from source.fold import fold
from source.lines import is_credit, is_heading, is_navigation, is_prompt, split_lines
from source.sentences import trim

_BLANK_LINES = re.compile(r"(?>\r\n|\n|\r)[^\S\r\n]*(?>\r\n|\n|\r)\s*|\f\s*")
# Nobody wraps lines by hand as long as this: each is a paragraph.
_PARAGRAPH_LINE_CHARS = 120
_MENU_LINES = 4
_MENU_LINE_WORDS = 3


def load_text(data: bytes) -> Extraction:
    """The blocks of a plain text file; its text is the decoded file itself."""
    decoded = decode(data)
    spans = split_blocks(decoded.text)
    blocks = _blocks(decoded.text, spans)
    title = next((fold(block.span.of(decoded.text), "none") for block in blocks if block.role == "heading"), "")
    return Extraction(decoded.text, tuple(blocks), title, decoded.encoding, text_is_file=True, markup="none")


def split_blocks(text: str) -> list[Span]:
    """The runs of text between blank lines and form feeds; a long line is a run of its own."""
    edges = [0]
    for gap in _BLANK_LINES.finditer(text):
        edges += gap.span()
    edges.append(len(text))
    spans = (trim(text, Span(*edge)) for edge in list(pairwise(edges))[::2])
    return [piece for span in spans if len(span) for piece in _split_long_lines(text, span)]


def _split_long_lines(text: str, span: Span) -> list[Span]:
    lines = split_lines(text, span)
    return lines if median(len(line) for line in lines) > _PARAGRAPH_LINE_CHARS else [span]


def _blocks(text: str, spans: list[Span]) -> list[Block]:
    """The first heading is the title, at level 1; each other is below it, and a repeated one is furniture."""
    roles = _furnish_menus(text, spans, [_role(text, span) for span in spans])
    blocks: list[Block] = []
    headings_seen: set[str] = set()
    for span, role in zip(spans, roles, strict=True):
        if role != "heading":
            blocks.append(Block(span, role))
        elif _key(text, span) in headings_seen:
            blocks.append(Block(span, "furniture"))
        else:
            blocks.append(Block(span, "heading", level=2 if headings_seen else 1))
            headings_seen.add(_key(text, span))
    return blocks


def _key(text: str, span: Span) -> str:
    return fold(span.of(text), "none").casefold()


def _role(text: str, block: Span) -> Role:
    lines = split_lines(text, block)
    ends_in_credit = len(lines) <= 3 and is_credit(lines[-1].of(text))
    if ends_in_credit or (len(lines) == 1 and is_navigation(block.of(text))):
        return "furniture"
    worded = [line for line in lines if re.search(r"\w", line.of(text))]  # without an underline of ====
    if is_prompt(text, block) or (len(worded) == 1 and is_heading(text, worded[0])):
        return "heading"
    return "body"


def _furnish_menus(text: str, spans: list[Span], roles: list[Role]) -> list[Role]:
    """`roles` with the runs of very short headings that only a menu has turned into furniture."""
    furnished: list[Role] = []
    is_menu_line = [
        role == "heading" and len(span.of(text).split()) <= _MENU_LINE_WORDS and not re.search(r"\d", span.of(text))
        for span, role in zip(spans, roles, strict=True)
    ]
    for is_menu, run in groupby(zip(is_menu_line, roles, strict=True), key=lambda pair: pair[0]):
        run_roles = [role for _, role in run]
        if is_menu and len(run_roles) > _MENU_LINES:  # the last of them may be the heading of what follows
            run_roles[:-1] = ["furniture"] * (len(run_roles) - 1)
        furnished += run_roles
    return furnished
