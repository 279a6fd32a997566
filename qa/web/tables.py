"""Where the tables in a document's passages are: their rows and cells, as spans of its text, whatever divides them.

What a loader knew of a table is not kept, so this goes by the text: rows of CSV, lines with tabs between their cells
(sheets, and what the loaders write of other tables), and tables of Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from index.records import DocumentRecord, StoredPassage
from qa.web.structure import TABLE_RULE, Styled
from source.delimited import DELIMITERS, delimiter_of
from source.document import Span
from source.lines import LINE_END
from source.sentences import trim

_PROSE = frozenset({"text", "pdf"})
_DELIMITED = {"csv": DELIMITERS, "tsv": "\t"}
_SHEETS = frozenset({*_DELIMITED, "xlsx", "xls", "ods"})
_EMPTY_LINES = re.compile(r"(?:\r\n|\n|\r)[^\S\r\n]*(?:\r\n|\n|\r)\s*")
_BAR = re.compile(r"(?<!\\)\|")
_MAX_NAME_CHARS = 60
# Of the lines of a table, so many have several cells; the others are titles in it.
_DIVIDED_SHARE = 0.6


def is_sheet(document: DocumentRecord) -> bool:
    """True for a document that is nothing but tables, whose rows are counted."""
    return document.format in _SHEETS


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row, in order and inside its `span`; what lies between them divides them and is not shown."""

    span: Span
    cells: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows that follow each other without a gap; `unshown` are signs inside cells: `""` for a quotation mark."""

    rows: tuple[Row, ...]
    has_names: bool
    unshown: tuple[Styled, ...] = ()

    @property
    def span(self) -> Span:
        """From its first row to its last."""
        return Span(self.rows[0].span.start, self.rows[-1].span.end)


@dataclass(frozen=True)
class Tables:
    """The tables of one document; `text` is the whole of it."""

    text: str
    format: str
    passages: Sequence[StoredPassage] = field(repr=False)

    def of(self, passage: StoredPassage) -> list[Table]:
        """The tables in a passage, in order; most have none, and that of a sheet nothing else."""
        if passage.role != "body" or self.format in _PROSE:
            return []
        if self.format in _DELIMITED:
            return [self._delimited(passage)]
        if self.format == "markdown":
            return list(self._markdown(passage))
        return [one for chunk in _chunks(self.text, passage.span) if (one := self._tabbed(chunk))]

    def continues(self, passage: StoredPassage) -> bool:
        """True if a passage goes on where the one before it was cut, with nothing but a line's end between them."""
        if passage.number == 1:
            return False
        before = self.passages[passage.number - 2]
        between = self.text[before.span.end : passage.span.start]
        one_table = self.format in _DELIMITED or LINE_END.fullmatch(between.strip(" \t")) is not None
        return one_table and before.role == passage.role == "body" and before.parts == passage.parts

    def names_above(self, passage: StoredPassage) -> list[str]:
        """What the columns of the table are called that this passage goes on with; nothing if it begins one."""
        first = self._first_of(passage)
        if first.number == passage.number:
            return []
        tables = self.of(first)
        return [cell.of(self.text) for cell in tables[-1].rows[0].cells] if tables and tables[-1].has_names else []

    def _first_of(self, passage: StoredPassage) -> StoredPassage:
        while self.continues(passage):
            passage = self.passages[passage.number - 2]
        return passage

    @cached_property
    def _delimiter(self) -> str:
        return delimiter_of(self.text, _DELIMITED[self.format])

    def _delimited(self, passage: StoredPassage) -> Table:
        rows, unshown = delimited_rows(self.text, _with_indent(self.text, passage.span), self._delimiter)
        rows = [_clipped(row, passage.span) for row in rows]
        is_first = passage.number == 1
        return Table(tuple(rows), is_first and _names_columns(self.text, rows), tuple(unshown))

    def _tabbed(self, chunk: Span) -> Table | None:
        lines = list(_lines(self.text, _with_indent(self.text, chunk)))
        divided = sum("\t" in line.of(self.text) for line, _ in lines)
        if not divided or divided < _DIVIDED_SHARE * len(lines):
            return None
        rows = [_clipped(Row(whole, tuple(_cut(self.text, line, re.compile("\t")))), chunk) for line, whole in lines]
        return Table(tuple(rows), _names_columns(self.text, rows))

    def _markdown(self, passage: StoredPassage) -> Iterator[Table]:
        lines = list(_lines(self.text, passage.span))
        at = 0
        if self.continues(passage) and (above := self.of(self._first_of(passage))) and above[-1].has_names:
            at, rows = _barred(self.text, lines, 0)
            if rows:
                yield Table(tuple(rows), has_names=False)
        while at + 1 < len(lines):
            (names, _), (rule, whole) = lines[at : at + 2]
            if not (TABLE_RULE.fullmatch(rule.of(self.text)) and "|" in names.of(self.text)):
                at += 1
                continue
            first = Row(Span(names.start, whole.end), tuple(_bar_cells(self.text, names)))
            at, rows = _barred(self.text, lines, at + 2)
            yield Table((first, *rows), has_names=True)


def delimited_rows(text: str, span: Span, delimiter: str) -> tuple[list[Row], list[Styled]]:
    """The rows of CSV in `span`, which begins with one; blank lines belong to the row above them."""
    cell = re.compile(rf'(?:"(?P<quoted>(?:[^"]|"")*)(?:"|\Z))?[^{re.escape(delimiter)}\r\n]*')
    rows: list[Row] = []
    unshown: list[Styled] = []
    at = start = span.start
    cells: list[Span] = []
    while at <= span.end and (found := cell.match(text, at, span.end)):
        cells.append(_inside(text, found))
        if found["quoted"] is not None:
            quotes = re.finditer('""', found["quoted"])
            unshown += [
                Styled(found.start("quoted") + one.start(), found.start("quoted") + one.end() - 1, "unshown")
                for one in quotes
            ]
        at = found.end()
        if text.startswith(delimiter, at) and at < span.end:
            at += 1
            continue
        ended = LINE_END.match(text, at, span.end)
        end = ended.end() if ended else at
        if any(map(len, cells)) or len(cells) > 1 or not rows:
            rows.append(Row(Span(start, end), tuple(cells)))
        else:
            rows[-1] = Row(Span(rows[-1].span.start, end), rows[-1].cells)
        cells, start, at = [], end, end
        if ended is None or end >= span.end:
            break
    return rows, unshown


def _inside(text: str, found: re.Match[str]) -> Span:
    """What a cell holds: without its quotation marks if it is quoted as a whole, and without blanks at its ends."""
    quoted = found.span("quoted")
    is_whole = quoted[0] >= 0 and not text[quoted[1] + 1 : found.end()].strip()
    return trim(text, Span(*(quoted if is_whole else found.span())))


def _barred(text: str, lines: Sequence[tuple[Span, Span]], at: int) -> tuple[int, list[Row]]:
    """The rows of Markdown from the line `at` on, and the number of the first line after them."""
    rows: list[Row] = []
    while at < len(lines) and "|" in lines[at][0].of(text):
        line, whole = lines[at]
        rows.append(Row(whole, tuple(_bar_cells(text, line))))
        at += 1
    return at, rows


def _bar_cells(text: str, line: Span) -> list[Span]:
    cells = _cut(text, line, _BAR)
    words = line.of(text)
    return cells[words.startswith("|") : len(cells) - (words.endswith("|") and not words.endswith("\\|"))]


def _cut(text: str, line: Span, divider: re.Pattern[str]) -> list[Span]:
    edges = [line.start]
    for found in divider.finditer(text, line.start, line.end):
        edges += found.span()
    edges.append(line.end)
    return [trim(text, Span(*edge)) for edge in zip(edges[::2], edges[1::2], strict=True)]


def _lines(text: str, span: Span) -> Iterator[tuple[Span, Span]]:
    """Each line without what ends it and blanks at its end, and with that."""
    start = span.start
    for ended in LINE_END.finditer(text, span.start, span.end):
        yield _without_end(text, Span(start, ended.start())), Span(start, ended.end())
        start = ended.end()
    if start < span.end:
        yield Span(start, span.end), Span(start, span.end)


def _without_end(text: str, line: Span) -> Span:
    return Span(line.start, line.start + len(line.of(text).rstrip(" ")))


def _chunks(text: str, span: Span) -> list[Span]:
    """What lies between empty lines."""
    edges = [span.start]
    for gap in _EMPTY_LINES.finditer(text, span.start, span.end):
        edges += gap.span()
    edges.append(span.end)
    return [Span(*edge) for edge in zip(edges[::2], edges[1::2], strict=True)]


def _with_indent(text: str, span: Span) -> Span:
    """`span` with the tabs before it on its line: empty cells, which no passage begins with."""
    start = span.start
    while start > 0 and text[start - 1] == "\t":
        start -= 1
    return Span(start, span.end)


def _clipped(row: Row, span: Span) -> Row:
    """The part of a row that lies in `span`; the cells before it are empty."""
    if row.span.start >= span.start:
        return row
    cells = (Span(max(cell.start, span.start), max(cell.end, span.start)) for cell in row.cells)
    return Row(Span(span.start, row.span.end), tuple(cells))


def _names_columns(text: str, rows: Sequence[Row]) -> bool:
    """True if rows follow the first, and its cells are names: short, with a letter, and beginning with no figure."""
    names = [cell.of(text) for cell in rows[0].cells]
    return len(rows) > 1 and sum(map(bool, names)) > 1 and all(map(_is_name, filter(None, names)))


def _is_name(words: str) -> bool:
    return len(words) <= _MAX_NAME_CHARS and not words[0].isdigit() and any(map(str.isalpha, words))
