"""Walking an HTML tree: its visible text, and the blocks in it with their roles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from selectolax.lexbor import LexborNode

from source.blocks import line_sentences, row_sentences
from source.document import Block, Role, Sentence, Span
from source.lines import split_lines

_NOT_TEXT = frozenset("audio canvas embed head iframe math noscript object script style svg template video".split())
_FURNITURE = frozenset("aside button datalist dialog figcaption footer form menu nav select textarea".split())
_FURNITURE_ARIA_ROLES = frozenset("banner complementary contentinfo navigation search".split())
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_LISTS = frozenset("dl ol ul".split())
_LIST_PARTS = _LISTS | frozenset("li dt dd".split())
_TABLE_PARTS = frozenset("caption colgroup col table tbody td tfoot th thead tr".split())
_OTHER_BLOCKS = frozenset(
    "address article aside blockquote body button center details dialog div fieldset figcaption figure footer form "
    "header hr html legend main menu nav optgroup option p pre search section summary textarea".split()
)
_BLOCKS = _HEADINGS | _LIST_PARTS | _TABLE_PARTS | _OTHER_BLOCKS
_SPACE = re.compile(r"[ \t\n\r\f]+")
_BLANK = " \t\n\r\f"
# A cell longer than this is prose in a table used for layout, not data.
_MAX_CELL_CHARS = 400
# A list of short lines that are nearly all links is a menu.
_MENU_LINK_SHARE = 0.9
_MENU_LINE_CHARS = 50


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
        if tag in _FURNITURE or node.attributes.get("role") in _FURNITURE_ARIA_ROLES or "hidden" in node.attributes:
            return replace(self, in_furniture=True)
        if tag == "main":
            return replace(self, in_main=True)
        if tag in _HEADINGS:
            return replace(self, heading_level=int(tag[1]))
        return replace(self, keeps_space=True) if tag == "pre" else self


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
            elif _is_visible(tag):
                inner = place.inside(node)
                if tag in _BLOCKS:
                    self._end_block(place)
                    if self._write_table(node, inner) or self._write_list(node, inner):
                        continue
                    stack.append((node, inner, True))
                stack += [(child, inner, False) for child in reversed(list(_children(node)))]

    def _end_block(self, place: _Place) -> None:
        """End the block that is being written, if it holds anything."""
        written = "".join(self._run)
        self._run.clear()
        if not place.keeps_space:
            written = "\n".join(line.strip(" ") for line in re.sub(" {2,}", " ", written).split("\n"))
        if not written.strip():
            return
        span = self._append(written)
        self.blocks.append(Block(span, place.role, place.heading_level if place.role == "heading" else 0))

    def _append(self, written: str) -> Span:
        """Add a paragraph to the text; its span."""
        written = ("\n\n" if self._parts else "") + written.strip(_BLANK)
        start = self._length + len(written) - len(written.lstrip())
        end = self._length + len(written.rstrip())
        self._parts.append(written)
        self._length += len(written)
        return Span(start, end)

    def _write_table(self, node: LexborNode, place: _Place) -> bool:
        """Write a table of data as one block of a line for each row; False if it is no such table."""
        rows = _table_rows(node) if node.tag == "table" else []
        if not rows:
            return False
        caption = node.css_first("caption")
        if caption is not None:
            self._run.append(_visible_text(caption))
            self._end_block(replace(place, in_furniture=True))
        headers = rows[0].cells if rows[0].is_header else ()
        text, lines = _join_lines(["\t".join(row.cells) for row in rows])
        sentences: list[Sentence] = []
        for line, row in zip(lines, rows, strict=True):
            sentences += row_sentences(text, line, () if row.is_header else headers, row.cells)
        self._append_block(text, place.role, sentences)
        return True

    def _write_list(self, node: LexborNode, place: _Place) -> bool:
        """Write a list of plain lines as one block; False if its parts are paragraphs and more."""
        written = _list_lines(node) if node.tag in _LISTS else []
        if not written:
            return False
        role: Role = "furniture" if _is_menu(node, written) else place.role
        text, lines = _join_lines(written)
        self._append_block(text, role, line_sentences(text, lines, "none"))
        return True

    def _append_block(self, text: str, role: Role, sentences: list[Sentence]) -> None:
        """Add a paragraph whose sentences are spans of its own `text`, which has no blanks at its ends."""
        span = self._append(text)
        moved = (
            Sentence(Span(one.span.start + span.start, one.span.end + span.start), one.folded) for one in sentences
        )
        self.blocks.append(Block(span, role, sentences=tuple(moved)))


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


def _visible_text(node: LexborNode, *, without: frozenset[str] = frozenset()) -> str:
    """The text of `node` on one line, leaving out elements named in `without`."""
    pieces: list[str] = []
    stack = [node]
    while stack:
        current = stack.pop()
        tag = current.tag or ""
        if tag == "-text":
            pieces.append(current.text_content or "")
        elif tag == "br":
            pieces.append(" ")
        elif current is node or (_is_visible(tag) and tag not in without):
            stack += reversed(list(_children(current)))
    return _SPACE.sub(" ", "".join(pieces)).strip()


@dataclass(frozen=True, slots=True)
class _Row:
    cells: tuple[str, ...]
    is_header: bool


def _table_rows(table: LexborNode) -> list[_Row]:
    """The rows of a table of data that are not empty; none if it serves layout."""
    if any(
        node.tag in _BLOCKS - _TABLE_PARTS - {"p"} or (node.tag == "table" and node != table)
        for node in table.traverse()
    ):
        return []
    rows = []
    for row in table.css("tr"):
        cells = [cell for cell in _children(row) if cell.tag in {"td", "th"}]
        texts = tuple(_visible_text(cell) for cell in cells)
        if any(len(text) > _MAX_CELL_CHARS for text in texts):
            return []
        if any(texts):
            rows.append(_Row(texts, all(cell.tag == "th" for cell in cells)))
    return rows


def _list_lines(node: LexborNode) -> list[str]:
    """A line for each part of a list, nested lists included; none if a part holds paragraphs or tables."""
    if any(inner.tag in _BLOCKS - _LIST_PARTS for inner in node.traverse()):
        return []
    parts = (inner for inner in node.traverse() if inner.tag in {"li", "dt", "dd"})
    return [line for part in parts if (line := _visible_text(part, without=_LISTS))]


def _is_menu(node: LexborNode, lines: list[str]) -> bool:
    linked = sum(len(_visible_text(link)) for link in node.css("a"))
    written = sum(map(len, lines))
    return linked >= _MENU_LINK_SHARE * written and max(map(len, lines)) <= _MENU_LINE_CHARS
