"""Writing what a slide says: its texts, lists, tables, charts and diagrams as blocks with their roles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from source.blocks import Cell, TextBuilder, join_lines, line_sentences, spread_cells
from source.document import Role
from source.office.docx_xml import Element, child, elements_in, name_of, read_inline
from source.office.pptx_charts import chart_rows, chart_titles
from source.office.pptx_shapes import (
    SlideXml,
    description,
    holds_list,
    is_furniture,
    is_title,
    opens_presentation,
    read_shapes,
)
from source.office.slides import SECTION_LEVEL, SLIDE_LEVEL, TITLE_LEVEL
from source.office.tables import MAX_CELL_CHARS, TableRow, add_table, names_columns, spread_of

_PARAGRAPHS = frozenset({"p"})
_GRAPHICS = frozenset({"chart", "relIds", "tbl"})
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_BULLETS = frozenset({"buAutoNum", "buBlip", "buChar"})
_MAX_ITEM_CHARS = 400
_MAX_HEADING_CHARS = 200
# Points of a diagram that say how it is drawn.
_DRAWING_POINTS = frozenset({"parTrans", "pres", "sibTrans"})


@dataclass(slots=True)
class SlideWriter:
    """Writes slides one below the other, each followed by its notes."""

    builder: TextBuilder = field(default_factory=TextBuilder)

    def write(self, slide: SlideXml) -> None:
        """Write what is seen on a slide, then what is said to it."""
        for shape in read_shapes(slide.tree, slide.places):
            self._write_shape(shape, slide)
        if slide.notes is not None:
            for shape in read_shapes(slide.notes, {}):
                self._write_text(shape, "furniture" if is_furniture(shape) else "body", is_list=False)

    def _write_shape(self, shape: Element, slide: SlideXml) -> None:
        if name_of(shape) == "graphicFrame":
            for graphic in elements_in(shape, _GRAPHICS):
                self._write_graphic(graphic, slide)
        elif is_title(shape):
            level = SECTION_LEVEL if slide.begins_section else SLIDE_LEVEL
            self._write_text(shape, "heading", level=TITLE_LEVEL if opens_presentation(shape) else level)
        elif is_furniture(shape):
            self._write_text(shape, "furniture")
        else:
            self._write_text(shape, "body", is_list=holds_list(shape))
        self.builder.add(description(shape), "furniture")

    def _write_graphic(self, graphic: Element, slide: SlideXml) -> None:
        match name_of(graphic):
            case "tbl":
                self._write_table(graphic)
            case "chart":
                chart = slide.drawings.get(graphic.get(f"{_RELATION}id") or "")
                if chart is not None:
                    self._write_chart(chart)
            case _:
                diagram = slide.drawings.get(graphic.get(f"{_RELATION}dm") or "")
                if diagram is not None:
                    self._write_diagram(diagram)

    def _write_text(self, shape: Element, role: Role, level: int = 0, *, is_list: bool = False) -> None:
        """Write the paragraphs of a shape or cell; a heading is one block, and a very long one is none."""
        paragraphs = [(one, read_inline(one).text) for one in elements_in(shape, _PARAGRAPHS)]
        paragraphs = [(paragraph, text) for paragraph, text in paragraphs if text.strip()]
        whole = "\n".join(text.strip() for _, text in paragraphs)
        if role == "furniture" or (role == "heading" and len(whole) <= _MAX_HEADING_CHARS):
            self.builder.add(whole, role, level)
            return
        items: list[str] = []
        for paragraph, text in paragraphs:
            if _is_item(paragraph, is_list=is_list and len(paragraphs) > 1) and len(text) <= _MAX_ITEM_CHARS:
                items.append(text)
            else:
                self._end_list(items)
                self.builder.add(text, "furniture" if _is_field(paragraph) else "body")
        self._end_list(items)

    def _end_list(self, items: list[str]) -> None:
        text, lines = join_lines(items)
        items.clear()
        if lines:
            self.builder.add_sentences(text, "body", line_sentences(text, lines, "none"))

    def _write_table(self, table: Element) -> None:
        """Write a table of data as a block; one that serves layout as the paragraphs in it."""
        rows = [list(elements_in(row, frozenset({"tc"}))) for row in elements_in(table, frozenset({"tr"}))]
        cells = [[_read_cell(cell) for cell in row if not _is_covered(cell)] for row in rows]
        if any(len(cell.text) > MAX_CELL_CHARS for row in cells for cell in row) or all(len(row) < 2 for row in rows):
            for cell in (cell for row in rows for cell in row):
                self._write_text(cell, "body")
            return
        columns = list(spread_cells(cells))
        has_header = len(rows) > 1 and _is_on(child(table, "tblPr"), "firstRow") and names_columns(columns[0])
        texts = [tuple(cell.text for cell in row) for row in cells]
        add_table(
            self.builder,
            [TableRow(*row, has_header and not number) for number, row in enumerate(zip(texts, columns, strict=True))],
        )

    def _write_chart(self, chart: Element) -> None:
        for title in chart_titles(chart):
            self.builder.add(title, "body")
        for rows in chart_rows(chart):
            add_table(self.builder, rows)

    def _write_diagram(self, diagram: Element) -> None:
        points = (one for one in elements_in(diagram, frozenset({"pt"})) if one.get("type") not in _DRAWING_POINTS)
        self._end_list([_one_line(elements_in(point, _PARAGRAPHS)) for point in points])


def _is_item(paragraph: Element, *, is_list: bool) -> bool:
    properties = child(paragraph, "pPr")
    names = set(map(name_of, properties)) if properties is not None else set()
    return not names.isdisjoint(_BULLETS) or (is_list and "buNone" not in names)


def _is_field(paragraph: Element) -> bool:
    """True for what the program fills in, such as the number of the slide."""
    names = {name_of(one) for one in paragraph}
    return "fld" in names and names <= {"endParaRPr", "fld", "pPr"}


def _is_covered(cell: Element) -> bool:
    """True for the rest of a cell that is merged over several."""
    return _is_on(cell, "hMerge") or _is_on(cell, "vMerge")


def _is_on(element: Element | None, attribute: str) -> bool:
    return element is not None and element.get(attribute) in {"1", "on", "true"}


def _read_cell(cell: Element) -> Cell:
    text = _one_line(elements_in(cell, _PARAGRAPHS))
    return Cell(text, spread_of(cell.get("rowSpan")), spread_of(cell.get("gridSpan")))


def _one_line(paragraphs: Iterable[Element]) -> str:
    return " ".join(" ".join(read_inline(one).text for one in paragraphs).split())
