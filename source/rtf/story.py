"""What a part of an RTF document tells, in order: its paragraphs and the rows of its tables."""

from __future__ import annotations

from dataclasses import dataclass, field

from source.rtf.text import TextBuffer
from source.rtf.tokens import Token


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph style: its name in lower case, its outline level from 0, if it has one, and what it is based on."""

    name: str = ""
    outline: int | None = None
    based_on: int | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`style` is the number of its style; `outline` a level from 0 that it has whatever its style."""

    text: str
    style: int
    outline: int | None
    is_item: bool


@dataclass(frozen=True, slots=True)
class CellShape:
    """Where a cell ends, in twentieths of a point, and if it goes on from the row above or the cell before."""

    right: int
    goes_on_down: bool
    goes_on_right: bool


@dataclass(frozen=True, slots=True)
class Row:
    """What is in each cell: paragraphs, and the rows of tables within.

    `shapes` may be fewer than the cells in a damaged file.
    `is_header` if the file says so; `may_be_header` if it is the first of a table that says that it has one.
    """

    cells: tuple[tuple[Paragraph | Row, ...], ...]
    shapes: tuple[CellShape, ...]
    is_header: bool
    may_be_header: bool


@dataclass(slots=True)
class RowProperties:
    """What is told of a row: in any number of places before it ends."""

    shapes: list[CellShape] = field(default_factory=list)
    is_header: bool = False
    may_be_header: bool = False
    _goes_on_down: bool = False
    _goes_on_right: bool = False

    def read(self, token: Token) -> bool:
        """True if `token` is one of them; those of a cell end with its right edge."""
        match token.text:
            case b"trhdr":
                self.is_header = True
            case b"tbllkhdrrows":
                self.may_be_header = True
            case b"clvmrg":
                self._goes_on_down = True
            case b"clmrg":
                self._goes_on_right = True
            case b"cellx":
                self.shapes.append(CellShape(token.number or 0, self._goes_on_down, self._goes_on_right))
                self._goes_on_down = self._goes_on_right = False
            case _:
                return False
        return True


@dataclass(slots=True)
class _Unfinished:
    """A row that is being written, and its cell that is."""

    cells: list[tuple[Paragraph | Row, ...]] = field(default_factory=list)
    cell: list[Paragraph | Row] = field(default_factory=list)

    def end_cell(self) -> None:
        self.cells.append(tuple(self.cell))
        self.cell.clear()


@dataclass(slots=True)
class Story:
    """The text of a document, a header or a note as it grows.

    Notes and text boxes stand below the paragraph, list or table that they hang on. `is_item` is true while the
    paragraph that `buffer` holds is known to be an item of a list.
    """

    items: list[Paragraph | Row] = field(default_factory=list)
    buffer: TextBuffer = field(default_factory=TextBuffer)
    is_item: bool = False
    _hanging: list[Paragraph | Row] = field(default_factory=list)
    _held: list[Paragraph | Row] = field(default_factory=list)
    _rows: list[_Unfinished] = field(default_factory=list)  # one for each table that lies in the one before

    def add(self, paragraph: Paragraph, *, depth: int) -> None:
        """Add a paragraph that lies in as many tables as `depth` says; a blank one is left out."""
        if not paragraph.text.strip():
            return
        if depth:
            self._row(depth).cell.append(paragraph)
            return
        self._end_rows(0)
        goes_on = paragraph.is_item and bool(self.items) and isinstance(self.items[-1], Paragraph)
        self._append(paragraph, goes_on=goes_on)
        if not paragraph.is_item:
            self._write_held()

    def end_cell(self, depth: int) -> None:
        """End the cell that is being written, even if it is empty."""
        self._row(depth).end_cell()

    def end_row(self, depth: int, row: RowProperties) -> None:
        """End the row that is being written, if there is one."""
        unfinished = self._row(depth)
        if unfinished.cell:
            unfinished.end_cell()
        if unfinished.cells:
            finished = Row(tuple(unfinished.cells), tuple(row.shapes), row.is_header, row.may_be_header)
            unfinished.cells.clear()
            if depth > 1:
                self._row(depth - 1).cell.append(finished)
            else:
                self._append(finished, goes_on=bool(self.items) and isinstance(self.items[-1], Row))

    def _row(self, depth: int) -> _Unfinished:
        """The row at a depth of tables, from 1; those deeper than that are ended."""
        self._end_rows(depth)
        while len(self._rows) < depth:
            self._rows.append(_Unfinished())
        return self._rows[depth - 1]

    def _end_rows(self, depth: int) -> None:
        while len(self._rows) > depth:
            self.end_row(len(self._rows), RowProperties())
            self._rows.pop()

    def hang(self, other: Story) -> None:
        """Let a finished story stand below what is being written."""
        self._hanging += other.items

    def finish(self) -> None:
        """End what is being written."""
        self._end_rows(0)
        self._held += self._hanging
        self._hanging.clear()
        self._write_held()

    def _append(self, item: Paragraph | Row, *, goes_on: bool) -> None:
        if not goes_on:
            self._write_held()
        self.items.append(item)
        self._held += self._hanging
        self._hanging.clear()

    def _write_held(self) -> None:
        self.items += self._held
        self._held.clear()
