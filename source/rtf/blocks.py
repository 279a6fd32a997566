"""RTF: paragraphs, lists, tables and notes in the order in which they are read, as of a Word document.

Headers, footers, captions and tables of contents are furniture. Hidden and deleted text, comments, pictures and
embedded files are left out, and so are the bullets and numbers of lists, unless they are written as text. There is a
reader of our own since the libraries give plain lines, without headings, rows or notes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from source.blocks import TextBuilder, heading_words, join_lines, line_sentences
from source.document import Extraction, Role
from source.errors import LoadError
from source.office.files import chosen_title
from source.office.tables import MAX_CELL_CHARS, TableRow, add_table, names_columns
from source.rtf.reader import RtfReader
from source.rtf.story import Paragraph, Row, Story, Style

_BEGINNING = rb"{\rtf"
_BLANKS = b" \t\r\n\0\xef\xbb\xbf"
# Names of built-in styles are English whatever the language of the program.
_FURNITURE = re.compile(
    r"(?:caption|footer|header|index(?: heading| \d)|table of (?:authorities|figures)|toc(?: heading| \d))\Z"
)
_TITLES = {"title": 1, "subtitle": 2}
_HEADING = re.compile(r"heading (\d)\Z")
# Some programs write the bullet or number as text, and set it apart by a tab.
_WRITTEN_ITEM = re.compile(r"\s*(?:[•◦▪‣·–-]|\(?(?:\d{1,3}|[a-z])[.)])\t")
_MAX_LEVEL = 6
_BODY_OUTLINE = 9
_MAX_HEADING_CHARS = 200
_MAX_ITEM_CHARS = 400
# Word's tables have 63 at most; in wider ones cells are taken to be as wide as one.
_MAX_COLUMNS = 200


def load_rtf(data: bytes) -> Extraction:
    """The blocks of an RTF document; it has no pages until it is printed, and so no parts.

    Raises:
        LoadError: `data` is no RTF, or ends in the middle.
    """
    if not data:
        return Extraction("", (), "", "", text_is_file=False, markup="none")
    if not data.lstrip(_BLANKS).startswith(_BEGINNING):
        raise LoadError("it is not an RTF file", "Give it the suffix of its format and add it again.")
    reader = RtfReader()
    reader.read(data)
    builder = TextBuilder()
    _add_furniture(builder, reader.headers)
    _add_items(builder, reader.body.items, reader.styles)
    _add_furniture(builder, reader.footers)
    text, blocks = builder.text(), tuple(builder.blocks)
    title = chosen_title(reader.title)
    title = title or next((heading_words(text, one, "none") for one in blocks if one.role == "heading"), "")
    return Extraction(text, blocks, title, "", text_is_file=False, markup="none")


def _add_furniture(builder: TextBuilder, stories: Iterable[Story]) -> None:
    """Add headers or footers, those that say the same once."""
    told = dict.fromkeys("\n".join(one.text for one in _paragraphs(story.items)) for story in stories)
    for text in told:
        builder.add(text, "furniture")


def _paragraphs(items: Iterable[Paragraph | Row]) -> Iterator[Paragraph]:
    for item in items:
        if isinstance(item, Paragraph):
            yield item
        else:
            yield from (paragraph for cell in item.cells for paragraph in _paragraphs(cell))


def _add_items(builder: TextBuilder, items: Iterable[Paragraph | Row], styles: dict[int, Style]) -> None:
    for is_table, group in groupby(items, key=lambda item: isinstance(item, Row)):
        run = list(group)
        rows = [item for item in run if isinstance(item, Row)]
        if not is_table:
            _add_paragraphs(builder, _paragraphs(run), styles)
        elif not _add_table(builder, rows):
            for cell in (cell for row in rows for cell in row.cells):
                _add_items(builder, cell, styles)


def _add_paragraphs(builder: TextBuilder, paragraphs: Iterable[Paragraph], styles: dict[int, Style]) -> None:
    kinds = ((paragraph, *_kind_of(paragraph, styles)) for paragraph in paragraphs)
    for is_list, group in groupby(kinds, key=lambda one: one[3]):
        if is_list:
            text, lines = join_lines(paragraph.text for paragraph, *_ in group)
            builder.add_sentences(text, "body", line_sentences(text, lines, "none"))
            continue
        for paragraph, role, level, _ in group:
            builder.add(paragraph.text, role, level)


def _kind_of(paragraph: Paragraph, styles: dict[int, Style]) -> tuple[Role, int, bool]:
    """The role and level of a paragraph, and if it is an item: a title is of level 1 and "heading 1" of level 2."""
    chain = list(_chain(paragraph.style, styles))
    names = [style.name for style in chain]
    if any(map(_FURNITURE.match, names)):
        return "furniture", 0, False
    level = _heading_level(names, [paragraph.outline, *(style.outline for style in chain)])
    if level and len(paragraph.text) <= _MAX_HEADING_CHARS:
        return "heading", level, False
    is_item = paragraph.is_item or _WRITTEN_ITEM.match(paragraph.text) is not None
    return "body", 0, is_item and not level and len(paragraph.text) <= _MAX_ITEM_CHARS


def _chain(number: int | None, styles: dict[int, Style]) -> Iterator[Style]:
    """A style and those that it is based on, the nearest first."""
    passed: set[int] = set()
    while number is not None and number in styles and number not in passed:
        passed.add(number)
        yield styles[number]
        number = styles[number].based_on


def _heading_level(names: Sequence[str], outlines: Iterable[int | None]) -> int:
    title = next((_TITLES[name] for name in names if name in _TITLES), 0)
    if title:
        return title
    outline = next((one for one in outlines if one is not None), None)
    if outline is not None:
        return min(outline + 2, _MAX_LEVEL) if 0 <= outline < _BODY_OUTLINE else 0
    heading = next(filter(None, map(_HEADING.match, names)), None)
    return min(int(heading[1]) + 1, _MAX_LEVEL) if heading else 0


def _add_table(builder: TextBuilder, rows: Sequence[Row]) -> bool:
    """Add a table of data; False if it serves layout."""
    texts = [[" ".join(" ".join(one.text for one in _paragraphs(cell)).split()) for cell in row.cells] for row in rows]
    holds_another = any(isinstance(one, Row) for row in rows for cell in row.cells for one in cell)
    if (
        holds_another
        or all(len(row) <= 1 for row in texts)
        or any(len(cell) > MAX_CELL_CHARS for row in texts for cell in row)
    ):
        return False
    edges = max((_edges(row) for row in rows), key=len)
    table: list[TableRow] = []
    above: tuple[str, ...] = ()
    for number, (row, cells) in enumerate(zip(rows, texts, strict=True)):
        above = columns = _columns(row, cells, edges, above)
        is_header = row.is_header or (
            number == 0 and len(rows) > 1 and names_columns(cells) and (row.may_be_header or _names_each(cells))
        )
        table.append(TableRow(tuple(cells), columns, is_header))
    add_table(builder, table)
    return True


def _names_each(cells: Sequence[str]) -> bool:
    """True for what looks like names of columns where the file says nothing: one for each, none with a figure."""
    return all(cell and not any(character.isdigit() for character in cell) for cell in cells)


def _edges(row: Row) -> list[int]:
    """Where the columns of a row end; those that the file does not tell are as wide as one."""
    rights = [shape.right for shape in row.shapes[: len(row.cells)]]
    return rights + [(rights[-1] if rights else 0) + number + 1 for number in range(len(row.cells) - len(rights))]


def _columns(row: Row, cells: Sequence[str], edges: Sequence[int], above: Sequence[str]) -> tuple[str, ...]:
    """The text in each of the table's columns: of the cell that is over its middle, or that goes on into it."""
    if len(edges) > _MAX_COLUMNS:
        return tuple(cells)
    rights = _edges(row)
    columns: list[str] = []
    used: set[int] = set()
    left = 0
    for number, right in enumerate(edges):
        cell = next((index for index, end in enumerate(rights) if 2 * end > left + right), None)
        left = right
        if cell is None:
            break
        shape = row.shapes[cell] if cell < len(row.shapes) else None
        if shape and shape.goes_on_right and columns and not cells[cell]:
            columns.append(columns[-1])
        elif shape and shape.goes_on_down and not cells[cell] and number < len(above):
            columns.append(above[number])
        else:
            columns.append(cells[cell])
        used.add(cell)
    is_told = all(cell in used or not text for cell, text in enumerate(cells))
    return tuple(columns) if is_told else tuple(cells)
