"""Walking an HTML tree: its visible text, and the blocks in it with their roles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import takewhile

from selectolax.lexbor import LexborNode

from source.blocks import Cell, line_sentences, merge_headers, row_sentences, spread_cells
from source.document import Block, Role, Sentence, Span
from source.lines import names_a_page, split_lines

# Readings of ruby text (rt) are set above its words; between them they would break the words apart.
_NOT_TEXT = frozenset(
    "annotation annotation-xml audio canvas embed head iframe noscript object rp rt script style svg template "
    "video".split()
)
_FURNITURE = frozenset("aside button datalist dialog figcaption footer form menu nav select textarea".split())
_FURNITURE_ARIA_ROLES = frozenset("banner complementary contentinfo navigation search".split())
# What e-books call an aside that the text refers to (EPUB Structural Semantics, DPUB-ARIA); it is part of the text.
_NOTES = frozenset("doc-endnote doc-footnote endnote footnote note rearnote".split())
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_LISTS = frozenset("dl ol ul".split())
_LIST_PARTS = _LISTS | frozenset("li dt dd".split())
_TABLE_PARTS = frozenset("caption colgroup col table tbody td tfoot th thead tr".split())
_OTHER_BLOCKS = frozenset(
    "address article aside blockquote body button center datalist details dialog div fieldset figcaption figure footer "
    "form header hgroup hr html legend main menu nav optgroup option p pre search section select summary "
    "textarea".split()
)
_BLOCKS = _HEADINGS | _LIST_PARTS | _TABLE_PARTS | _OTHER_BLOCKS
# Some servers wrap a whole page in a form.
_PROSE_IN_FORMS = "article, blockquote, h1, h2, h3, h4, h5, h6, main, p, pre, table"
_SPACE = re.compile(r"[ \t\n\r\f]+")
_BLANK = " \t\n\r\f"
_EMPTY_LINES = re.compile(r"\n(?:[ \t]*\n)+")
_UNSEEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)\b", re.IGNORECASE)
# A cell longer than this is prose in a table used for layout, not data.
_MAX_CELL_CHARS = 400
# A list of short lines that are nearly all links is a menu, where no text stands above it or it leads to pages.
_MENU_LINK_SHARE = 0.9
_MENU_LINE_CHARS = 50
_MAX_SPREAD = 100


@dataclass(frozen=True, slots=True)
class _Place:
    """What the elements around a text make of it."""

    in_main: bool
    in_furniture: bool = False
    heading_level: int = 0
    keeps_space: bool = False

    @property
    def role(self) -> Role:
        if self.in_furniture:
            return "furniture"
        if self.heading_level:
            return "heading"
        return "body" if self.in_main else "furniture"

    def inside(self, node: LexborNode) -> _Place:
        tag = node.tag or ""
        if _is_furniture(node) or not _is_seen(node):
            return replace(self, in_furniture=True)
        if tag == "main":
            return replace(self, in_main=True)
        if tag in _HEADINGS:
            return replace(self, heading_level=int(tag[1]))
        return replace(self, keeps_space=True) if tag == "pre" else self


def _is_furniture(node: LexborNode) -> bool:
    if node.tag == "form":
        return node.css_first(_PROSE_IN_FORMS) is None
    if node.tag == "aside" and _is_note(node):
        return False
    return node.tag in _FURNITURE or node.attributes.get("role") in _FURNITURE_ARIA_ROLES


def _is_note(node: LexborNode) -> bool:
    names = f"{node.attributes.get('epub:type') or ''} {node.attributes.get('role') or ''}"
    return not _NOTES.isdisjoint(names.split())


def _is_seen(node: LexborNode) -> bool:
    """False for an element that the page itself hides; style sheets are not looked at."""
    attributes = node.attributes
    return "hidden" not in attributes and not _UNSEEN.search(attributes.get("style") or "")


@dataclass(slots=True)
class BlockWriter:
    """Writes the visible text of a tree and notes the blocks in it.

    Where a page has a `main` element, what stands outside it is furniture, but for headings.
    """

    has_main: bool
    blocks: list[Block] = field(default_factory=list)
    _parts: list[str] = field(default_factory=list)
    _length: int = 0
    _run: list[str] = field(default_factory=list)

    def text(self) -> str:
        """All that has been written."""
        return "".join(self._parts)

    def write(self, root: LexborNode) -> None:
        """Write the blocks of `root`. The stack is our own: pages nest deeper than Python recurses."""
        plain = _find_plain(root)
        stack = [(root, _Place(in_main=not self.has_main), False)]
        while stack:
            node, place, is_leaving = stack.pop()
            tag = node.tag or ""
            if is_leaving:
                self._end_block(place)
            elif tag == "-text":
                text = node.text_content or ""
                self._run.append(text if place.keeps_space else _SPACE.sub(" ", text))
            elif tag == "br":
                self._run.append("\n")
            elif _is_visible(tag) and (tag in _BLOCKS or _is_seen(node)):
                inner = place.inside(node)
                if tag in _BLOCKS or inner.role != place.role:
                    self._end_block(place)
                    if node.mem_id in plain and self._write_plain(node, inner):
                        continue
                    stack.append((node, inner, True))
                stack += [(child, inner, False) for child in reversed(list(_children(node)))]

    def _end_block(self, place: _Place) -> None:
        """End the block that is being written, if it holds anything; empty lines in prose divide it."""
        written = "".join(self._run)
        self._run.clear()
        paragraphs = [written]
        if not place.keeps_space:
            written = "\n".join(line.strip(" ") for line in re.sub(" {2,}", " ", written).split("\n"))
            paragraphs = _EMPTY_LINES.split(written) if place.role == "body" else [written]
        for paragraph in paragraphs:
            if paragraph.strip():
                span = self._append(paragraph)
                self.blocks.append(Block(span, place.role, place.heading_level if place.role == "heading" else 0))

    def _append(self, written: str) -> Span:
        """Add a paragraph to the text; its span."""
        written = ("\n\n" if self._parts else "") + written.strip(_BLANK)
        start = self._length + len(written) - len(written.lstrip())
        end = self._length + len(written.rstrip())
        self._parts.append(written)
        self._length += len(written)
        return Span(start, end)

    def _write_plain(self, node: LexborNode, place: _Place) -> bool:
        """Write a table of data or a list of lines as one block; False if it is neither."""
        return self._write_table(node, place) if node.tag == "table" else self._write_list(node, place)

    def _write_table(self, node: LexborNode, place: _Place) -> bool:
        """Write a table of data as one block of a line for each row; False if it is no such table."""
        rows = _table_rows(node)
        if not rows:
            return False
        caption = node.css_first("caption")
        if caption is not None:
            self._run.append(visible_text(caption))
            self._end_block(replace(place, in_furniture=True))
        headers = merge_headers(row.columns for row in takewhile(lambda row: row.is_header, rows))
        text, lines = _join_lines(["\t".join(row.cells) for row in rows])
        sentences: list[Sentence] = []
        for line, row in zip(lines, rows, strict=True):
            sentences += row_sentences(text, line, () if row.is_header else headers, row.columns)
        self._append_block(text, place.role, sentences)
        return True

    def _write_list(self, node: LexborNode, place: _Place) -> bool:
        """Write a list of plain lines as one block; False if there is nothing in it."""
        written = _visible_lines(node, ends_line=_LIST_PARTS)
        if not written:
            return False
        role: Role = "furniture" if self._is_menu(node, written) else place.role
        text, lines = _join_lines(written)
        self._append_block(text, role, line_sentences(text, lines, "none"))
        return True

    def _is_menu(self, node: LexborNode, lines: list[str]) -> bool:
        links = node.css("a")
        linked = sum(len(visible_text(link)) for link in links)
        if linked < _MENU_LINK_SHARE * sum(map(len, lines)) or max(map(len, lines)) > _MENU_LINE_CHARS:
            return False
        is_contents = all((link.attributes.get("href") or "").startswith("#") for link in links)
        is_above_text = all(block.role == "furniture" for block in self.blocks)
        return is_contents or is_above_text or sum(map(names_a_page, lines)) > 1

    def _append_block(self, text: str, role: Role, sentences: list[Sentence]) -> None:
        """Add a paragraph whose sentences are spans of its own `text`, which has no blanks at its ends."""
        span = self._append(text)
        moved = (
            Sentence(Span(one.span.start + span.start, one.span.end + span.start), one.folded) for one in sentences
        )
        self.blocks.append(Block(span, role, sentences=tuple(moved)))


def _find_plain(root: LexborNode) -> set[int]:
    """The lists and tables with nothing in them but their own parts and inline text, by memory id, in one pass."""
    plain: set[int] = set()
    holds_more: list[list[bool]] = [[False, False]]  # than a list, than a table: for each open element
    stack = [(root, False)]
    while stack:
        node, is_leaving = stack.pop()
        tag = node.tag or ""
        if not is_leaving:
            holds_more.append([False, False])
            stack += [(node, True), *((child, False) for child in _children(node) if child.tag != "-text")]
            continue
        than_list, than_table = holds_more.pop()
        if (tag in _LISTS and not than_list) or (tag == "table" and not than_table):
            plain.add(node.mem_id)
        holds_more[-1][0] |= than_list or tag in _BLOCKS - _LIST_PARTS
        holds_more[-1][1] |= than_table or tag == "table" or tag in _BLOCKS - _TABLE_PARTS - {"p"}
    return plain


def _join_lines(lines: list[str]) -> tuple[str, list[Span]]:
    """`lines` as one text, and where each stands in it, without blanks at the ends of either."""
    text = "\n".join(lines).strip()
    return text, split_lines(text, Span(0, len(text)))


def _is_visible(tag: str) -> bool:
    return tag not in _NOT_TEXT and not tag.startswith(("-", "!"))


def _children(node: LexborNode) -> Iterator[LexborNode]:
    child = node.child
    while child is not None:
        yield child
        child = child.next


def visible_text(node: LexborNode) -> str:
    """The text that a reader sees in `node`, on one line."""
    return " ".join(_visible_lines(node, ends_line=_BLOCKS))


def _visible_lines(node: LexborNode, *, ends_line: frozenset[str]) -> list[str]:
    """The text of `node` in lines, which the elements named in `ends_line` divide; none is blank."""
    pieces: list[str] = []
    stack: list[LexborNode | str] = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, str):
            pieces.append(current)
        elif current.tag == "-text":
            pieces.append(_SPACE.sub(" ", current.text_content or ""))
        elif current.tag == "br":
            pieces.append(" ")
        elif current is node or (_is_visible(current.tag or "") and _is_seen(current)):
            end = "\n" if current.tag in ends_line else ""
            stack += [end, *reversed(list(_children(current))), end]
    lines = (re.sub(" {2,}", " ", line).strip() for line in "".join(pieces).split("\n"))
    return [line for line in lines if line]


@dataclass(frozen=True, slots=True)
class _Row:
    """The texts of a row's cells, and those of its columns: a cell may be as wide or as high as several."""

    cells: tuple[str, ...]
    columns: tuple[str, ...]
    is_header: bool


def _table_rows(table: LexborNode) -> list[_Row]:
    """The rows of a table of data that are not empty; none if it serves layout."""
    rows = [[cell for cell in _children(row) if cell.tag in {"td", "th"}] for row in table.css("tr")]
    cells = [
        [Cell(visible_text(cell), _count(cell, "rowspan"), _count(cell, "colspan")) for cell in row] for row in rows
    ]
    if any(len(cell.text) > _MAX_CELL_CHARS for row in cells for cell in row):
        return []
    return [
        _Row(tuple(cell.text for cell in row), columns, all(node.tag == "th" for node in nodes))
        for nodes, row, columns in zip(rows, cells, spread_cells(cells), strict=True)
        if any(cell.text for cell in row)
    ]


def _count(cell: LexborNode, attribute: str) -> int:
    written = cell.attributes.get(attribute) or "1"
    return max(1, min(int(written), _MAX_SPREAD)) if written.isdecimal() else 1
