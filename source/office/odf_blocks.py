"""Walking an OpenDocument text or slide: its paragraphs, lists and tables as blocks with their roles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from source.blocks import Cell, TextBuilder, join_lines, line_sentences, spread_cells
from source.office.odf_styles import Styles
from source.office.odf_xml import OBJECT, SVG, TABLE, TEXT, H, Inline, P, formula, held_by, nearest, read_inline
from source.office.tables import MAX_CELL_CHARS, TableRow, add_table, names_columns, spread_of

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_LIST = f"{TEXT}list"
_TABLE, _ROW, _HEADER_ROWS = f"{TABLE}table", f"{TABLE}table-row", f"{TABLE}table-header-rows"
_CELL, _COVERED = f"{TABLE}table-cell", f"{TABLE}covered-table-cell"
_DESCRIPTIONS = frozenset({f"{SVG}title", f"{SVG}desc"})
_INDEXES = frozenset(
    f"{TEXT}{kind}"
    for kind in "alphabetical-index illustration-index object-index table-index table-of-content user-index".split()
)
_BLOCKS = frozenset({P, H, _LIST, _TABLE, OBJECT, *_DESCRIPTIONS, *_INDEXES})
_MAX_ITEM_CHARS = 400


@dataclass(frozen=True, slots=True)
class _Place:
    """Blocks that are being walked, and what the elements around make of them."""

    blocks: Iterator[Element]
    in_list: bool
    in_furniture: bool


@dataclass(frozen=True, slots=True)
class _Row:
    cells: list[Cell]
    is_header: bool


@dataclass(slots=True)
class OdfWriter:
    """Writes what a reader sees: drawings and notes stand below the paragraph, list or table that they hang on."""

    styles: Styles
    objects: Mapping[str, Element]
    builder: TextBuilder = field(default_factory=TextBuilder)
    _items: list[str] = field(default_factory=list)
    _hanging: list[Element] = field(default_factory=list)
    _shown: set[int] = field(default_factory=set)

    def write(self, root: Element, *, is_furniture: bool = False) -> None:
        """Write the paragraphs, lists and tables in `root`."""
        stack = [_Place(nearest(root, _BLOCKS), in_list=False, in_furniture=is_furniture)]
        while stack:
            place = stack[-1]
            element = next(place.blocks, None)
            if element is None:
                if not stack.pop().in_list:  # some programs write each item as a list of its own
                    self._end_list()
            else:
                self._write_block(element, place, stack)
            if not self._items:
                self._write_hanging(stack)

    def _write_block(self, element: Element, place: _Place, stack: list[_Place]) -> None:
        if element.tag in {P, H}:
            self._write_paragraph(element, place, stack)
        elif element.tag == _LIST:
            stack.append(replace(place, blocks=nearest(element, _BLOCKS), in_list=True))
        elif not self._ends_list(element, stack):
            self._write_other(element, place, stack)

    def _write_other(self, element: Element, place: _Place, stack: list[_Place]) -> None:
        in_furniture = place.in_furniture or element.tag in _INDEXES
        if element.tag in _DESCRIPTIONS:
            self.builder.add(" ".join("".join(element.itertext()).split()), "furniture")
        elif element.tag == OBJECT:
            held = held_by(element, self.objects)
            if id(held) not in self._shown:  # it may refer to itself
                self._shown.add(id(held))
                self.builder.add(formula(held), "body")
                stack.append(_Place(nearest(held, _BLOCKS), in_list=False, in_furniture=in_furniture))
        elif element.tag != _TABLE or in_furniture or not self._write_table(element):
            stack.append(_Place(nearest(element, _BLOCKS), in_list=False, in_furniture=in_furniture))

    def _write_paragraph(self, paragraph: Element, place: _Place, stack: list[_Place]) -> None:
        inline = self._read(paragraph)
        role, level = self.styles.kind_of(paragraph, inline.text)
        if place.in_furniture:
            role, level = "furniture", 0
        is_item = place.in_list and role == "body" and len(inline.text) <= _MAX_ITEM_CHARS
        if inline.text.strip() and not is_item and self._ends_list(paragraph, stack):
            return
        if is_item:
            self._items.append(inline.text)
        else:
            self.builder.add(inline.text, role, level)
        self._hanging += inline.hanging

    def text_of(self, root: Element) -> str:
        """The paragraphs in `root`, one below the other; what hangs on them is not looked at."""
        return "\n".join(filter(None, (self._read(one).text.strip() for one in nearest(root, {P, H}))))

    def _read(self, paragraph: Element) -> Inline:
        if paragraph.get(f"{TEXT}style-name") in self.styles.hidden:
            return Inline("", ())
        return read_inline(paragraph, self.styles.hidden, self.objects)

    def _ends_list(self, element: Element, stack: list[_Place]) -> bool:
        """True if a list had to be ended, so that `element` was put back to come after what hangs on that list."""
        if not self._items:
            return False
        self._end_list()
        stack.append(replace(stack[-1], blocks=iter([element])))
        return True

    def _end_list(self) -> None:
        text, lines = join_lines(self._items)
        self._items.clear()
        if lines:
            self.builder.add_sentences(text, "body", line_sentences(text, lines, "none"))

    def _write_hanging(self, stack: list[_Place]) -> None:
        in_furniture = bool(stack) and stack[-1].in_furniture
        stack += [
            _Place(nearest(root, _BLOCKS), in_list=False, in_furniture=in_furniture) for root in reversed(self._hanging)
        ]
        self._hanging.clear()

    def _write_table(self, table: Element) -> bool:
        """Write a table of data as one block of a line for each row; False if it serves layout."""
        hanging: list[Element] = []
        rows: list[_Row] = []
        for row, is_header in _rows(table):
            cells = [self._read_cell(cell, hanging) for cell in row if cell.tag == _CELL]
            if any(cell is None or len(cell.text) > MAX_CELL_CHARS for cell in cells):
                return False
            repeated = zip(cells, (cell for cell in row if cell.tag == _CELL), strict=True)
            spread = [cell for cell, one in repeated if cell for _ in range(_count(one, "columns-repeated"))]
            rows.append(_Row(spread, is_header))
        if all(len(row.cells) < 2 for row in rows):
            return False
        columns = list(spread_cells(row.cells for row in rows))
        if len(rows) > 1 and not rows[0].is_header and self._names_columns(table, columns[0]):
            rows[0] = replace(rows[0], is_header=True)
        add_table(
            self.builder,
            [
                TableRow(tuple(cell.text for cell in row.cells), texts, row.is_header)
                for row, texts in zip(rows, columns, strict=True)
            ],
        )
        self._hanging += hanging
        return True

    def _read_cell(self, cell: Element, hanging: list[Element]) -> Cell | None:
        """What is in a cell, its drawings and notes added to `hanging`; None if there is a table in it."""
        pieces: list[str] = []
        for element in nearest(cell, {P, H, _TABLE}):
            if element.tag == _TABLE:
                return None
            inline = self._read(element)
            pieces.append(inline.text)
            hanging += inline.hanging
        return Cell(" ".join(" ".join(pieces).split()), _count(cell, "rows-spanned"), _count(cell, "columns-spanned"))

    def _names_columns(self, table: Element, texts: tuple[str, ...]) -> bool:
        """True for a first row that is set off from the others and says what is in them, though not marked so."""
        row = next(nearest(table, {_ROW}))
        styles = [self.styles.names_of(paragraph) for paragraph in nearest(row, {P})]
        is_set_off = table.get(f"{TABLE}use-first-row-styles") == "true"
        is_named_so = bool(styles) and all("table heading" in names for names in styles)
        return (is_set_off or is_named_so) and names_columns(texts)


def _rows(table: Element) -> Iterator[tuple[Element, bool]]:
    """The rows of a table, and which are marked as its header."""
    for element in nearest(table, {_ROW, _HEADER_ROWS}):
        if element.tag == _ROW:
            yield element, False
        else:
            yield from ((row, True) for row in nearest(element, {_ROW}))


def _count(element: Element, attribute: str) -> int:
    return spread_of(element.get(f"{TABLE}number-{attribute}"))
