"""Markdown: the document's text is the file itself, cut where CommonMark sees headings, paragraphs and tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from source.blocks import fill_gaps, heading_words, line_sentences, row_sentences, whole_sentences
from source.decode import decode
from source.document import Block, Extraction, Role, Sentence, Span
from source.fold import fold, fold_inline_markdown
from source.lines import LINE_END, all_lines, is_credit, split_lines
from source.sentences import trim

_FRONT_MATTER = re.compile(
    r"\A---[^\S\r\n]*(?:\r\n|\n|\r)"
    r"((?:(?:[A-Za-z_][\w -]*:|[ \t]|[-#}\]])[^\r\n]*(?:\r\n|\n|\r)|(?:\r\n|\n|\r))*?)"
    r"(?:---|\.\.\.)[^\S\r\n]*(?=\r|\n|\Z)"
)
_FENCE = re.compile(r"(?:(?<=[\r\n])|\A)[ \t]*(?:`{3,}|~{3,})[^\r\n]*")
_LINK_DEFINITION = re.compile(r"\[(?!\^)[^\]]+\]:\s*\S+(?:\s+(?:\"[^\"]*\"|'[^']*'|\([^)]*\)))?\Z")
_HTML_TAG = re.compile(r"<!--.*?(?:-->|\Z)|<[^>]*>", re.DOTALL)
_HTML_NOT_TEXT = re.compile(r"<(?:script|style|template)\b", re.IGNORECASE)
_FRONT_MATTER_TITLE = re.compile(r"(?:\A|[\r\n])title:[ \t]*(['\"]?)(?P<title>[^\r\n]+?)\1[ \t]*(?=[\r\n]|\Z)")


def load_markdown(data: bytes) -> Extraction:
    """The blocks of a Markdown file; inline markup stays in its text and is folded away for searching only."""
    decoded = decode(data)
    text = decoded.text
    front_matter = _FRONT_MATTER.match(text)
    body_start = front_matter.end() if front_matter else 0
    blocks = list(_blocks(text, body_start))
    title = _front_matter_title(front_matter) or next(
        (heading_words(text, block, "markdown") for block in blocks if block.role == "heading"), ""
    )
    return Extraction(text, fill_gaps(text, blocks), title, decoded.encoding, text_is_file=True, markup="markdown")


def _front_matter_title(front_matter: re.Match[str] | None) -> str:
    title = _FRONT_MATTER_TITLE.search(front_matter[1]) if front_matter else None
    return fold(title["title"], "none") if title else ""


def _blocks(text: str, body_start: int) -> Iterator[Block]:
    # Link definitions are to be seen, and footnotes are not to be taken for them; inline markup is not needed here.
    parser = MarkdownIt("commonmark").enable("table").disable(["reference", "inline"])
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
            return Block(span, "heading", int(node.tag[1]), tuple(whole_sentences(text, span, words)))
        case "table":
            return Block(span, "body", sentences=tuple(_rows(text, node, span)))
        case "fence" | "code_block":
            lines = line_sentences(text, split_lines(text, span), "none")
            return Block(span, "body", sentences=tuple(_without_fence(text, line) for line in lines))
        case "paragraph":
            return Block(span, _paragraph_role(node.children[0].content))
        case "html_block":
            return _html_block(text, span)
        case "hr":
            return Block(span, "furniture")
        case _:  # lists and block quotes
            return Block(span, "body")


def _paragraph_role(content: str) -> Role:
    """Furniture for a paragraph of nothing but images or link definitions, or a credit line."""
    if is_credit(content) or all(_LINK_DEFINITION.match(line.strip()) for line in content.split("\n")):
        return "furniture"
    if not content.startswith(("!", "[")):
        return "body"
    words = [child for token in MarkdownIt("commonmark").parseInline(content) for child in token.children or ()]
    return "body" if any(child.type != "image" and child.content.strip() for child in words) else "furniture"


def _without_fence(text: str, line: Sentence) -> Sentence:
    """`line`, searched without the marks that begin and end code, which belong to its first or last line."""
    words = line.span.of(text)
    return Sentence(line.span, fold(_FENCE.sub("", words), "none")) if _FENCE.search(words) else line


def _html_block(text: str, span: Span) -> Block:
    """What stands between the tags of HTML in Markdown, line by line; furniture if that is nothing."""
    raw = span.of(text)
    shown = _HTML_TAG.sub(lambda tag: re.sub(r"[^\r\n]", " ", tag[0]), raw)
    if _HTML_NOT_TEXT.match(raw) or not re.search(r"\w", shown):
        return Block(span, "furniture")
    lines = split_lines(raw, Span(0, len(raw)))
    sentences: list[Sentence] = []
    for line in lines:
        moved = Span(line.start + span.start, line.end + span.start)
        sentences += whole_sentences(text, moved, fold(unescape(line.of(shown)), "markdown"))
    return Block(span, "body", sentences=tuple(sentences))


def _rows(text: str, table: SyntaxTreeNode, span: Span) -> Iterator[Sentence]:
    """A sentence for the header with the rule below it, then one for each row."""
    lines = all_lines(text, span)
    header, *rows = [[_cell(cell) for cell in row.children] for part in table.children for row in part.children]
    yield from whole_sentences(text, Span(lines[0].start, lines[1].end), fold("; ".join(filter(None, header)), "none"))
    for line, cells in zip(lines[2:], rows, strict=False):
        if len(line):
            yield from row_sentences(text, line, header, cells)


def _cell(cell: SyntaxTreeNode) -> str:
    return fold_inline_markdown(cell.children[0].content) if cell.children else ""
