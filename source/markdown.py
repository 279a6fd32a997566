"""Markdown: the document's text is the file itself, cut where CommonMark sees headings, paragraphs and tables."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from source.blocks import fill_gaps, line_sentences, row_sentences
from source.decode import decode
from source.document import Block, Extraction, Role, Sentence, Span
from source.fold import fold, fold_inline_markdown
from source.lines import LINE_END, is_credit, split_lines
from source.sentences import trim

_FRONT_MATTER = re.compile(
    r"\A---[^\S\r\n]*(?:\r\n|\n|\r)(.*?)(?:\r\n|\n|\r)(?:---|\.\.\.)[^\S\r\n]*(?=\r|\n|\Z)", re.DOTALL
)
_FRONT_MATTER_TITLE = re.compile(r"(?m)^title:[ \t]*(['\"]?)(?P<title>[^\r\n]+?)\1[ \t]*\r?$")


def load_markdown(data: bytes) -> Extraction:
    """The blocks of a Markdown file; inline markup stays in its text and is folded away for searching only."""
    decoded = decode(data)
    text = decoded.text
    front_matter = _FRONT_MATTER.match(text)
    body_start = front_matter.end() if front_matter else 0
    blocks = list(_blocks(text, body_start))
    title = _front_matter_title(front_matter) or next(
        (block.sentences[0].folded for block in blocks if block.role == "heading"), ""
    )
    return Extraction(text, fill_gaps(text, blocks), title, decoded.encoding, text_is_file=True, markup="markdown")


def _front_matter_title(front_matter: re.Match[str] | None) -> str:
    title = _FRONT_MATTER_TITLE.search(front_matter[1]) if front_matter else None
    return fold(title["title"], "none") if title else ""


def _blocks(text: str, body_start: int) -> Iterator[Block]:
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    tree = SyntaxTreeNode(parser.parse(text[body_start:]))
    line_starts = [
        body_start,
        *(line_end.end() for line_end in LINE_END.finditer(text, body_start)),
        len(text),
    ]
    for node in tree.children:
        if node.map is None:
            continue
        first, last = node.map
        span = trim(text, Span(line_starts[first], line_starts[min(last, len(line_starts) - 1)]))
        if len(span):
            yield _block(text, node, span)


def _block(text: str, node: SyntaxTreeNode, span: Span) -> Block:
    match node.type:
        case "heading":
            words = fold_inline_markdown(node.children[0].content)
            return Block(span, "heading", int(node.tag[1]), (Sentence(span, words),))
        case "table":
            return Block(span, "body", sentences=tuple(_rows(text, node, span)))
        case "fence" | "code_block":
            return Block(span, "body", sentences=tuple(line_sentences(text, split_lines(text, span), "none")))
        case "paragraph":
            return Block(span, _paragraph_role(node))
        case "hr" | "html_block":
            return Block(span, "furniture")
        case _:  # lists and block quotes
            return Block(span, "body")


def _paragraph_role(node: SyntaxTreeNode) -> Role:
    """Furniture for a paragraph of nothing but images, or a credit line."""
    inline = node.children[0]
    has_words = any(child.type != "image" and child.content.strip() for child in inline.walk() if not child.children)
    only_images = any(child.type == "image" for child in inline.walk()) and not has_words
    return "furniture" if only_images or is_credit(inline.content) else "body"


def _rows(text: str, table: SyntaxTreeNode, span: Span) -> Iterator[Sentence]:
    """A sentence for the header with the rule below it, then one for each row."""
    lines = split_lines(text, span)
    header, *rows = [[_cell(cell) for cell in row.children] for part in table.children for row in part.children]
    yield Sentence(Span(lines[0].start, lines[1].end), fold("; ".join(filter(None, header)), "none"))
    for line, cells in zip(lines[2:], rows, strict=True):
        yield from row_sentences(text, line, header, cells)


def _cell(cell: SyntaxTreeNode) -> str:
    return fold_inline_markdown(cell.children[0].content) if cell.children else ""
