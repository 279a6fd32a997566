"""Walking a Word document: its paragraphs, lists and tables as blocks with their roles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import takewhile

from source.blocks import TextBuilder, join_lines, line_sentences, merge_headers, row_sentences
from source.document import Sentence
from source.office.docx_styles import Kind, Styles
from source.office.docx_xml import Element, Inline, NoteKey, child, elements_in, is_on, name_of, read_inline, value_of

_BLOCKS = frozenset({"p", "tbl"})
# A cell longer than this is prose in a table used for layout, not data, and such an item of a list a paragraph.
_MAX_CELL_CHARS = 400
_MAX_ITEM_CHARS = 400
_MAX_HEADER_CHARS = 60
_MAX_SPREAD = 100


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell's text on one line, the columns that it takes, and if it goes on from the row above."""

    text: str
    columns: int
    goes_on: bool


@dataclass(frozen=True, slots=True)
class _Row:
    """The texts of a row's cells, and those of its columns: a cell may be as wide or as high as several."""

    cells: tuple[str, ...]
    columns: tuple[str, ...]
    is_header: bool


@dataclass(slots=True)
class DocxWriter:
    """Writes what a reader sees in parts of a document: text boxes and notes stand below what they hang on."""

    styles: Styles
    notes: Mapping[NoteKey, Element]
    builder: TextBuilder = field(default_factory=TextBuilder)
    _items: list[str] = field(default_factory=list)
    _hanging: list[Element] = field(default_factory=list)
    _noted: set[NoteKey] = field(default_factory=set)

    def write(self, root: Element, *, is_furniture: bool = False) -> None:
        """Write the paragraphs, lists and tables in `root`."""
        stack = [elements_in(root, _BLOCKS)]
        while stack:
            element = next(stack[-1], None)
            if element is None:
                stack.pop()
                self._end_list()
            elif name_of(element) == "tbl":
                if self._ends_list(element, stack):
                    continue
                if is_furniture or not self._write_table(element):
                    stack.append(elements_in(element, _BLOCKS))
            else:
                self._write_paragraph(element, stack, is_furniture=is_furniture)
            if not self._items:
                self._write_hanging(stack)

    def _write_paragraph(self, paragraph: Element, stack: list[Iterator[Element]], *, is_furniture: bool) -> None:
        inline = read_inline(paragraph)
        kind = Kind("furniture") if is_furniture else self.styles.kind_of(paragraph, inline.text)
        is_item = kind.is_item and len(inline.text) <= _MAX_ITEM_CHARS
        if inline.text.strip() and not is_item and self._ends_list(paragraph, stack):
            return
        if is_item:
            self._items.append(inline.text)
        else:
            self.builder.add(inline.text, kind.role, kind.level)
        self._hang(inline)

    def _ends_list(self, element: Element, stack: list[Iterator[Element]]) -> bool:
        """True if a list had to be ended, so that `element` was put back to come after what hangs on that list."""
        if not self._items:
            return False
        self._end_list()
        stack.append(iter([element]))
        self._write_hanging(stack)
        return True

    def _end_list(self) -> None:
        text, lines = join_lines(self._items)
        self._items.clear()
        if lines:
            self.builder.add_sentences(text, "body", line_sentences(text, lines, "none"))

    def _hang(self, inline: Inline) -> None:
        self._hanging += inline.boxes
        for key in inline.notes:
            if key in self.notes and key not in self._noted:
                self._noted.add(key)
                self._hanging.append(self.notes[key])

    def _write_hanging(self, stack: list[Iterator[Element]]) -> None:
        stack += [elements_in(root, _BLOCKS) for root in reversed(self._hanging)]
        self._hanging.clear()

    def _write_table(self, table: Element) -> bool:
        """Write a table of data as one block of a line for each row; False if it serves layout."""
        inlines: list[Inline] = []
        rows = [
            (row, [_read_cell(cell, inlines) for cell in elements_in(row, frozenset({"tc"}))])
            for row in elements_in(table, frozenset({"tr"}))
        ]
        cells = [cell for _, row in rows for cell in row]
        is_prose = any(cell is None or len(cell.text) > _MAX_CELL_CHARS for cell in cells)
        if is_prose or all(len(row) <= 1 for _, row in rows):
            return False
        self._write_rows(_spread(table, [(row, [cell for cell in row_cells if cell]) for row, row_cells in rows]))
        for inline in inlines:
            self._hang(inline)
        return True

    def _write_rows(self, rows: list[_Row]) -> None:
        rows = [row for row in rows if any(cell.strip() for cell in row.cells)]
        if not rows:
            return
        headers = merge_headers(row.columns for row in takewhile(lambda row: row.is_header, rows))
        text, lines = join_lines("\t".join(row.cells) for row in rows)
        sentences: list[Sentence] = []
        for line, row in zip(lines, rows, strict=True):
            sentences += row_sentences(text, line, () if row.is_header else headers, row.columns)
        self.builder.add_sentences(text, "body", sentences)


def _read_cell(cell: Element, inlines: list[Inline]) -> _Cell | None:
    """What is in a cell, its inline parts added to `inlines`; None if there is a table in it."""
    pieces: list[str] = []
    for element in elements_in(cell, _BLOCKS):
        if name_of(element) == "tbl":
            return None
        inline = read_inline(element)
        inlines.append(inline)
        pieces.append(inline.text)
    properties = child(cell, "tcPr")
    written = value_of(child(properties, "gridSpan"), "val")
    columns = max(1, min(int(written), _MAX_SPREAD)) if re.fullmatch(r"[0-9]{1,9}", written) else 1
    merge = child(properties, "vMerge")
    goes_on = merge is not None and value_of(merge, "val") != "restart"
    return _Cell(" ".join(" ".join(pieces).split()), columns, goes_on)


def _spread(table: Element, rows: list[tuple[Element, list[_Cell]]]) -> list[_Row]:
    """The rows with the text of a cell merged over several in each, but written once."""
    read: list[_Row] = []
    above: tuple[str, ...] = ()
    for row, cells in rows:
        written = value_of(child(child(row, "trPr"), "gridBefore"), "val")
        columns = [""] * min(int(written), _MAX_SPREAD) if re.fullmatch(r"[0-9]{1,9}", written) else []
        for cell in cells:
            taken = above[len(columns) : len(columns) + cell.columns]
            is_same = cell.goes_on and not cell.text
            columns += (taken + ("",) * cell.columns)[: cell.columns] if is_same else [cell.text] * cell.columns
        above = tuple(columns)
        read.append(
            _Row(
                tuple(cell.text for cell in cells if cell.text or not cell.goes_on),
                above,
                is_on(child(row, "trPr"), "tblHeader"),
            )
        )
    if len(read) > 1 and not read[0].is_header and _names_columns(table, read[0]):
        read[0] = _Row(read[0].cells, read[0].columns, is_header=True)
    return read


def _names_columns(table: Element, row: _Row) -> bool:
    """True for a first row that is set off from the others and says what is in them, though it is not marked so."""
    look = child(child(table, "tblPr"), "tblLook")
    flags = value_of(look, "val")
    has_flag = re.fullmatch(r"[0-9A-Fa-f]{1,8}", flags) is not None and int(flags, 16) & 0x20 != 0
    is_set_off = value_of(look, "firstRow") in {"1", "true"} or has_flag
    names = list(filter(None, row.columns))
    return is_set_off and all(len(one) <= _MAX_HEADER_CHARS and re.search(r"[^\W\d_]", one) for one in names)
